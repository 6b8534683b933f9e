//! Words that are no rules of ours and are asked for all the same: how a connection opened or closed, and Wireshark's marks.

mod advice;
mod causes;
mod messages;
mod names;

use super::kernel;
use crate::timeline::{CloseCause, CloseKind, OpenCause, OpenKind, Text};

/// A word and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As the timeline or Wireshark has it.
    pub word: String,
    pub family: Family,
    pub meaning: Text,
    /// What to do about it.
    pub advice: Option<Text>,
    /// The rule of ours that says the same or more.
    pub rule: Option<&'static str>,
}

/// Where a word comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `open.kind`.
    Opening,
    /// `close.kind`.
    Closing,
    /// `open.cause`.
    OpeningCause,
    /// `close.cause`.
    ClosingCause,
    /// What is said of names and addresses, as `lookup`.
    Names,
    /// `tcp.analysis.…`.
    Wireshark,
    /// What the kernel says of its sockets, as far as the lab can hear it.
    Kernel,
    /// What applications say.
    Application,
}

/// Every word, in the order of the families.
pub fn glossary() -> impl Iterator<Item = Entry> {
    let openings = OpenKind::ALL.into_iter().map(|kind| Entry {
        word: name(&kind),
        family: Family::Opening,
        meaning: opening(kind),
        advice: Some(advice::of_opening(kind)),
        rule: None,
    });
    let closings = CloseKind::ALL.into_iter().map(|kind| Entry {
        word: name(&kind),
        family: Family::Closing,
        meaning: closing(kind),
        advice: Some(advice::of_closing(kind)),
        rule: None,
    });
    let marks = WIRESHARK.into_iter().map(|(word, rule, en, zh)| Entry {
        word: word.into(),
        family: Family::Wireshark,
        meaning: Text::new(en, zh),
        advice: None,
        rule: (!rule.is_empty()).then_some(rule),
    });
    let behind_openings =
        OpenCause::ALL.into_iter().map(|cause| of_cause(name(&cause), Family::OpeningCause, causes::of_opening(cause)));
    let behind_closings = CloseCause::ALL
        .into_iter()
        .map(|cause| of_cause(name(&cause), Family::ClosingCause, causes::of_closing(cause)));
    let of_kernel = |word: &str, (en, zh): (&str, &str)| Entry {
        word: word.to_ascii_lowercase(),
        family: Family::Kernel,
        meaning: Text::new(en, zh),
        advice: None,
        rule: None,
    };
    let reasons = kernel::REASONS.into_iter().map(move |(word, en, zh)| match kernel::explained(word) {
        Some(explained) => of_cause(word.to_ascii_lowercase(), Family::Kernel, explained),
        None => of_kernel(word, (en, zh)),
    });
    let kernel = std::iter::once(of_kernel("kernel-states", kernel::STATES)).chain(reasons);
    let names = names::NAMES.into_iter().map(|(word, [(en, zh), (advice_en, advice_zh)])| Entry {
        word: word.into(),
        family: Family::Names,
        meaning: Text::new(en, zh),
        advice: Some(Text::new(advice_en, advice_zh)),
        rule: None,
    });
    let said = messages::WORDS.into_iter().map(|(word, texts)| of_cause(word.into(), Family::Application, texts));
    let of_tcp = openings.chain(closings).chain(behind_openings).chain(behind_closings).chain(marks).chain(kernel);
    names.chain(of_tcp).chain(said)
}

fn of_cause(word: String, family: Family, [meaning, advice]: [(&str, &str); 2]) -> Entry {
    let text = |(en, zh): (&str, &str)| Text::new(en, zh);
    Entry { word, family, meaning: text(meaning), advice: Some(text(advice)), rule: None }
}

/// The stable name of a kind.
fn name(kind: &impl serde::Serialize) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(String::from)).unwrap_or_default()
}

fn opening(kind: OpenKind) -> Text {
    let (en, zh) = match kind {
        OpenKind::ThreeWay => (
            "SYN, SYN,ACK, ACK: the ordinary opening (RFC 9293 3.5). What of it is missing in the capture is proved by what follows.",
            "SYN、SYN,ACK、ACK：正常的建立过程（RFC 9293 3.5）。捕获中缺少的部分由后续报文段证明。",
        ),
        OpenKind::Simultaneous => (
            "Both sides sent a SYN before either had arrived (RFC 9293 figure 7). One connection results. Analysers that judge by order alone take the answers for retransmissions.",
            "双方的 SYN 在途中交错（RFC 9293 图 7），结果是一个连接。只按顺序判断的分析器会把应答当作重传。",
        ),
        OpenKind::SelfConnect => (
            "A socket connected to its own address and port: a client tried an unused port of its own host's ephemeral range and met itself. Choose server ports outside of that range.",
            "套接字连接到了自己的地址和端口：客户端尝试本机临时端口范围内一个未使用的端口时遇到了自己。请把服务器端口设在该范围之外。",
        ),
        OpenKind::FastOpen => (
            "The SYN carried data and the SYN,ACK acknowledged it (RFC 7413): one round trip was saved.",
            "SYN 携带数据并由 SYN,ACK 确认（RFC 7413）：节省了一个往返时间。",
        ),
        OpenKind::Split => (
            "The answer's ACK and SYN came in two segments: allowed, unusual, and a way to slip past simple filters.",
            "应答的 ACK 与 SYN 分成两个报文段：允许但少见，可用于绕过简单的过滤器。",
        ),
        OpenKind::Refused => (
            "A RST answered the SYN: nobody listens on that port, or a firewall says so. The program sees ECONNREFUSED.",
            "SYN 得到 RST 应答：该端口没有进程监听，或防火墙代为拒绝。程序看到 ECONNREFUSED。",
        ),
        OpenKind::Unreachable => (
            "An ICMP error answered the SYN: no route, no host, or a firewall that rejects. The program sees EHOSTUNREACH or ENETUNREACH.",
            "SYN 得到 ICMP 差错应答：没有路由、主机不存在，或防火墙拒绝。程序看到 EHOSTUNREACH 或 ENETUNREACH。",
        ),
        OpenKind::Unanswered => (
            "Nothing answered the SYN: a firewall drops it, nobody is there, the accept queue is full, or the answer takes another way. The program waits for two minutes and sees ETIMEDOUT.",
            "SYN 没有得到应答：被防火墙丢弃、目标不存在、全连接队列已满，或应答走了另一条路。程序等待约两分钟后看到 ETIMEDOUT。",
        ),
        OpenKind::HalfOpen => (
            "The SYN,ACK was never acknowledged: a scan, a forged sender (SYN flood), or loss. It takes a place in the server's SYN queue until it gives up.",
            "SYN,ACK 始终没有得到确认：扫描、伪造的源地址（SYN 洪泛）或丢包。它在服务器的半连接队列中占位，直到超时。",
        ),
        OpenKind::MidStream => (
            "The capture began after the handshake: window scale and initial numbers are unknown, who is the client is guessed by the port.",
            "捕获开始时握手已经结束：窗口扩大因子和初始序号未知，客户端由端口推测。",
        ),
        OpenKind::OneSided => (
            "Only one side's segments were captured: the other direction takes another way, or a filter hid it. Capture both to learn more.",
            "只捕获到一方的报文段：另一方向走了不同路径，或被过滤器隐去。请捕获双向流量。",
        ),
    };
    Text::new(en, zh)
}

fn closing(kind: CloseKind) -> Text {
    let (en, zh) = match kind {
        CloseKind::FourSegment => (
            "FIN, ACK, FIN, ACK (RFC 9293 figure 12): the second closer was not finished when the first FIN came. Who closed first waits in TIME-WAIT.",
            "FIN、ACK、FIN、ACK（RFC 9293 图 12）：第一个 FIN 到达时，后关闭的一方还未结束。先关闭的一方在 TIME-WAIT 等待。",
        ),
        CloseKind::ThreeSegment => (
            "The second FIN rode on the acknowledgment of the first: that side had nothing left to send.",
            "第二个 FIN 与对第一个 FIN 的确认合并：该方已没有数据要发送。",
        ),
        CloseKind::HalfClosed => (
            "One side's FIN was acknowledged and the other goes on: a half-close on purpose, or a program that forgot to close its socket (CLOSE-WAIT).",
            "一方的 FIN 得到确认而另一方继续：有意的半关闭，或程序忘记关闭套接字（CLOSE-WAIT）。",
        ),
        CloseKind::Simultaneous => (
            "Both FINs were under way at once (RFC 9293 figure 13). Both sides pass through CLOSING and both wait in TIME-WAIT.",
            "两个 FIN 同时在途（RFC 9293 图 13）。双方都经过 CLOSING，并且都在 TIME-WAIT 等待。",
        ),
        CloseKind::Reset => (
            "A RST ended it at once: data under way is lost, nobody waits in TIME-WAIT. See the rule 'reset' for who does this and why.",
            "RST 立即终止连接：在途数据丢失，没有一方进入 TIME-WAIT。原因参见规则 reset。",
        ),
        CloseKind::ResetAfterFin => (
            "A RST ended it while it was closing: often a program that closed with data still coming, or one that is in a hurry.",
            "关闭过程中被 RST 终止：常见于关闭后仍有数据到达，或程序急于结束。",
        ),
        CloseKind::UnansweredFin => (
            "A FIN was never acknowledged: the other side is gone, a device on the way has forgotten the connection, or the capture ended too early.",
            "FIN 始终没有得到确认：对方已不存在、途中的设备忘记了连接，或捕获过早结束。",
        ),
        CloseKind::None => (
            "Neither FIN nor an effective RST was seen: still open when the capture ended, or never opened.",
            "没有看到 FIN 或有效的 RST：捕获结束时仍未关闭，或从未建立。",
        ),
    };
    Text::new(en, zh)
}

/// Wireshark's word, our rule that is nearest or nothing, and how Wireshark decides.
const WIRESHARK: [(&str, &str, &str, &str); 18] = [
    (
        "tcp.analysis.retransmission",
        "retransmission",
        "Wireshark: the segment begins below the highest number sent so far, and none of spurious, fast and out-of-order fits. The answers of a simultaneous open are called so too.",
        "Wireshark：报文段起始序号低于已发送的最高序号，且不属于伪重传、快速重传或乱序。同时打开的应答也会被这样标记。",
    ),
    (
        "tcp.analysis.fast_retransmission",
        "",
        "Wireshark: a retransmission at the number that two or more duplicate ACKs asked for, less than 20 ms after the last of them.",
        "Wireshark：在至少两个重复 ACK 所请求的序号处重传，且距最后一个 ACK 不足 20 ms。",
    ),
    (
        "tcp.analysis.spurious_retransmission",
        "",
        "Wireshark: all of the segment had been acknowledged before: it was needless.",
        "Wireshark：该报文段的全部数据此前已被确认：不必要的重传。",
    ),
    (
        "tcp.analysis.out_of_order",
        "",
        "Wireshark: it begins below the highest number, sooner after it than one round trip (3 ms where that is unknown): it was overtaken, not sent again.",
        "Wireshark：起始序号低于最高序号，且间隔小于一个往返时间（未知时为 3 ms）：是被超越，而不是重传。",
    ),
    (
        "tcp.analysis.duplicate_ack",
        "",
        "Wireshark: no payload, the same acknowledgment and window as before, at the sender's next number. Three ask for a fast retransmit (RFC 5681 2).",
        "Wireshark：没有数据，确认号和窗口与之前相同。三个重复 ACK 请求快速重传（RFC 5681 2）。",
    ),
    (
        "tcp.analysis.keep_alive",
        "",
        "Wireshark: 0 or 1 octets, one below the next number: it asks whether the peer is still there (RFC 9293 3.8.4).",
        "Wireshark：0 或 1 字节，序号比下一个低一：探询对方是否仍在（RFC 9293 3.8.4）。",
    ),
    (
        "tcp.analysis.keep_alive_ack",
        "",
        "Wireshark: nothing new, right after a keep-alive: the peer is there.",
        "Wireshark：紧接在保活探测之后，没有新内容：对方仍在。",
    ),
    (
        "tcp.analysis.lost_segment",
        "gap",
        "Wireshark: the segment begins beyond the next number expected: what lies between was lost, comes late, or was not captured.",
        "Wireshark：报文段起始序号超过预期：中间的数据丢失、迟到或没有捕获到。",
    ),
    (
        "tcp.analysis.ack_lost_segment",
        "gap",
        "Wireshark: it acknowledges what the capture has not seen: the capture missed it, not the receiver.",
        "Wireshark：确认了捕获中没有的数据：是捕获遗漏，而不是接收方没有收到。",
    ),
    (
        "tcp.analysis.window_full",
        "",
        "Wireshark: the segment ends exactly where the peer's window ends: the sender must stop.",
        "Wireshark：报文段恰好结束于对方窗口的边界：发送方必须停止。",
    ),
    (
        "tcp.analysis.window_update",
        "",
        "Wireshark: nothing new but the window: the reader has made room.",
        "Wireshark：除窗口外没有新内容：读取方腾出了空间。",
    ),
    (
        "tcp.analysis.zero_window",
        "",
        "Wireshark: the window field is 0 and it is neither SYN, FIN nor RST: the receiver's program does not read.",
        "Wireshark：窗口为 0，且不是 SYN、FIN 或 RST：接收方的程序没有读取。",
    ),
    (
        "tcp.analysis.zero_window_probe",
        "",
        "Wireshark: 1 octet at the next number into a closed window: it asks whether there is room again (RFC 9293 3.8.6.1).",
        "Wireshark：向关闭的窗口发送下一个序号处的 1 字节：探询是否有空间（RFC 9293 3.8.6.1）。",
    ),
    (
        "tcp.analysis.zero_window_probe_ack",
        "",
        "Wireshark: still window 0, right after a probe.",
        "Wireshark：紧接在探测之后，窗口仍为 0。",
    ),
    (
        "tcp.analysis.reused_ports",
        "",
        "Wireshark: a SYN with another initial number on the same addresses and ports: a new connection. synfin counts it as the next incarnation.",
        "Wireshark：相同地址和端口上出现初始序号不同的 SYN：新的连接。synfin 将其计为下一个实例（incarnation）。",
    ),
    (
        "tcp.analysis.tfo_syn",
        "",
        "Wireshark: a SYN with a Fast Open cookie and data (RFC 7413).",
        "Wireshark：携带快速打开 cookie 和数据的 SYN（RFC 7413）。",
    ),
    (
        "tcp.analysis.tfo_ack",
        "",
        "Wireshark: the SYN,ACK acknowledges the SYN's data.",
        "Wireshark：SYN,ACK 确认了 SYN 的数据。",
    ),
    (
        "tcp.analysis.tfo_ignored",
        "",
        "Wireshark: the SYN,ACK acknowledges the SYN alone: its data must be sent again.",
        "Wireshark：SYN,ACK 只确认了 SYN：其数据需要重新发送。",
    ),
];
