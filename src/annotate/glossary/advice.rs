//! What to do about the way in which a connection opened or closed.

use crate::timeline::{CloseKind, OpenKind, Text};

pub(super) fn of_opening(kind: OpenKind) -> Text {
    let (en, zh) = match kind {
        OpenKind::ThreeWay => ("Nothing: this is how it must be.", "无需处理：本应如此。"),
        OpenKind::Simultaneous => (
            "Nothing, if it is on purpose (hole punching); else two programs call each other.",
            "若是有意为之（如打洞）则无需处理；否则是两个程序在互相连接。",
        ),
        OpenKind::SelfConnect => (
            "Choose server ports outside of net.ipv4.ip_local_port_range; let the client check for its own address.",
            "把服务器端口选在 net.ipv4.ip_local_port_range 之外；让客户端检查是否连到了自己。",
        ),
        OpenKind::FastOpen => ("Nothing: it works.", "无需处理：工作正常。"),
        OpenKind::Split => (
            "Look at who answers so; devices that judge by the usual order may be misled.",
            "检查是谁这样应答；按通常顺序判断的设备可能被误导。",
        ),
        OpenKind::Refused => {
            ("Check the port and whether the server runs (ss -ltn).", "检查端口号以及服务器是否在运行（ss -ltn）。")
        }
        OpenKind::Unreachable => (
            "Read who reports it and why: check the route, the host, or the firewall there.",
            "看是谁报告、原因为何：检查那里的路由、主机或防火墙。",
        ),
        OpenKind::Unanswered => (
            "Check address, route and firewalls; capture at the server: does the SYN arrive, does an answer leave?",
            "检查地址、路由和防火墙；在服务器端捕获：SYN 是否到达，应答是否发出？",
        ),
        OpenKind::HalfOpen => (
            "Many at once are a SYN flood or a scan (net.ipv4.tcp_syncookies=1); a few: look for loss towards the client.",
            "大量同时出现为 SYN 洪泛或扫描（net.ipv4.tcp_syncookies=1）；少量：检查到客户端方向的丢包。",
        ),
        OpenKind::MidStream => {
            ("Start the capture before the connection to see its opening.", "要看到建立过程，应在连接之前开始捕获。")
        }
        OpenKind::OneSided => {
            ("Capture where both directions pass, and check the filter.", "在双向流量都经过的位置捕获，并检查过滤器。")
        }
    };
    Text::new(en, zh)
}

pub(super) fn of_closing(kind: CloseKind) -> Text {
    let (en, zh) = match kind {
        CloseKind::FourSegment => ("Nothing: this is how it must be.", "无需处理：本应如此。"),
        CloseKind::ThreeSegment => ("Nothing: this is how it must be.", "无需处理：本应如此。"),
        CloseKind::HalfClosed => (
            "If it stays so, look for a program that does not close its socket (ss -tan state close-wait).",
            "若一直如此，查找没有关闭套接字的程序（ss -tan state close-wait）。",
        ),
        CloseKind::Simultaneous => ("Nothing: rare, and as it must be.", "无需处理：少见，但符合规范。"),
        CloseKind::Reset => (
            "See close.cause and 'synfin explain reset': look at the program of who sent the RST.",
            "参见 close.cause 与 synfin explain reset：检查发送 RST 的程序。",
        ),
        CloseKind::ResetAfterFin => (
            "See close.cause: let each side read until the end before it closes.",
            "参见 close.cause：双方都应读到结尾再关闭。",
        ),
        CloseKind::UnansweredFin => (
            "Look whether the other side is still there, and at the idle timeouts of devices on the way.",
            "检查对方是否仍在，以及途中设备的空闲超时。",
        ),
        CloseKind::None => (
            "Capture longer to see the end; if it stays open, look at who should close it (ss -tanp).",
            "延长捕获以看到结束；若一直未关闭，检查应由谁关闭（ss -tanp）。",
        ),
    };
    Text::new(en, zh)
}
