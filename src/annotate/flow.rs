//! Rules of flow control and of silence: closed windows and their probes, full windows, delayed acknowledgments, keep-alives.

use super::words::{octets, role, some, span};
use super::{Finding, Rule};
use crate::timeline::Severity::{Lesson, Note, Warning};
use crate::track::{Acking, Seen, Sending, Step, WindowNews};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "zero-window",
        severity: Warning,
        rfc: "RFC 9293 3.8.6",
        explain: (
            "The receiver has no room: its program does not read as fast as data comes. The sender must wait until the window opens.",
            "接收方没有缓冲空间：其程序读取数据不够快。发送方必须等待窗口打开。",
        ),
        advice: Some((
            "Look at the program on the receiving side, not at the network: what keeps it from reading? (ss -tmi shows its buffers.)",
            "检查接收端的程序而不是网络：是什么让它不读取数据？（ss -tmi 可看缓冲区。）",
        )),
        check: |_, seen| {
            let who = role(seen.peer);
            (seen.recovery.window == Some(WindowNews::Closes)).then(|| {
                Finding::new(
                    format!("the {}'s window is closed: it takes no more data", who.en),
                    format!("{}的窗口关闭：不再接收数据", who.zh),
                )
            })
        },
    },
    Rule {
        id: "zero-window-probe",
        severity: Note,
        rfc: "RFC 9293 3.8.6.1",
        explain: (
            "While the window is closed the sender asks from time to time, with at most one octet, whether it has opened: the update may have been lost. The waits grow like those of the retransmission timer.",
            "窗口关闭期间，发送方不时用至多一个字节询问窗口是否已打开，因为窗口更新可能丢失。等待时间像重传定时器一样增长。",
        ),
        advice: Some((
            "The receiving program does not read: look there (ss -tmi, its threads, its disk), not at the network.",
            "接收端程序没有读取数据：检查该程序（ss -tmi、线程、磁盘），而不是网络。",
        )),
        check: |_, seen| match seen.recovery.sending {
            Sending::ZeroWindowProbe { nth, closed_ns } => Some(Finding::new(
                format!("probe number {nth} of a window that has been closed for {}", span(closed_ns)),
                format!("第 {nth} 次零窗口探测，窗口已关闭 {}", span(closed_ns)),
            )),
            _ => None,
        },
    },
    Rule {
        id: "window-opens",
        severity: Note,
        rfc: "RFC 9293 3.8.6.2.2",
        explain: (
            "The receiver has room again: its program has read, and the sender may go on.",
            "接收方又有了空间：其程序已读取数据，发送方可以继续。",
        ),
        advice: Some((
            "Nothing now. If windows close again and again, speed up the reading program or give it a larger receive buffer.",
            "此刻无需处理。若窗口反复关闭，应加快读取程序或加大接收缓冲区。",
        )),
        check: |_, seen| match seen.recovery.window {
            Some(WindowNews::Opens { closed_ns, probes }) => Some(Finding::new(
                format!("the window opens again after {}, {}", span(closed_ns), some(probes.into(), "probe")),
                format!("窗口在 {} 后重新打开，其间探测 {probes} 次", span(closed_ns)),
            )),
            _ => None,
        },
    },
    Rule {
        id: "window-full",
        severity: Note,
        rfc: "RFC 9293 3.8.6",
        explain: (
            "This segment fills the receiver's window to its edge: more may be sent only when an acknowledgment or an update comes. The receiver, not the network, sets the pace.",
            "该报文段填满接收方的窗口：在确认或窗口更新到来之前不能再发送。此时限制速率的是接收方而不是网络。",
        ),
        advice: Some((
            "If it comes often, the receive buffer is too small for this path (window = rate x round trip; net.ipv4.tcp_rmem), or the program reads slowly.",
            "若经常出现，说明接收缓冲区对该路径过小（窗口 = 速率 x 往返时间；net.ipv4.tcp_rmem），或程序读取缓慢。",
        )),
        check: |_, seen| match seen.recovery.window {
            Some(WindowNews::Filled(wnd)) => Some(Finding::new(
                format!("the window of {} is full: the sender must wait", octets(wnd.into())),
                format!("{} 的窗口已满：发送方必须等待", octets(wnd.into())),
            )),
            _ => None,
        },
    },
    Rule {
        id: "delayed-ack",
        severity: Lesson,
        rfc: "RFC 9293 3.8.6.3, RFC 5681 4.2",
        explain: (
            "The receiver held the acknowledgment of a single segment back, hoping for data to send it with or a second segment: 40 ms on Linux, up to 200 ms elsewhere, never more than 500 ms.",
            "接收方推迟了对单个报文段的确认，希望与数据一起发送或等到第二个报文段：Linux 为 40 ms，其他系统可达 200 ms，不超过 500 ms。",
        ),
        advice: Some((
            "Harmless, unless the sender waits for it before it sends more (Nagle's algorithm): then write in one call, or set TCP_NODELAY.",
            "通常无害，除非发送方要等到它才继续发送（Nagle 算法）：此时应一次写入，或设置 TCP_NODELAY。",
        )),
        check: |_, seen| {
            let wait = span(seen.recovery.delayed_ns?);
            Some(Finding::new(format!("delayed ACK: held back for about {wait}"), format!("延迟确认：推迟约 {wait}")))
        },
    },
    Rule {
        id: "keep-alive",
        severity: Note,
        rfc: "RFC 9293 3.8.4",
        explain: (
            "Nothing was sent for a while, so an old number is sent again to make the other side answer: the connection is idle, and somebody wants to know whether the peer is still there.",
            "一段时间没有数据，于是重发一个旧序号让对方应答：连接空闲，一方想确认对方是否仍在。",
        ),
        advice: Some((
            "Nothing while it is answered. The interval must be shorter than the idle timeout of each NAT or firewall on the way (net.ipv4.tcp_keepalive_time).",
            "只要有应答就无需处理。间隔须短于途中每个 NAT 或防火墙的空闲超时（net.ipv4.tcp_keepalive_time）。",
        )),
        check: |step, seen| keep_alive(step, seen, 1),
    },
    Rule {
        id: "keep-alive-unanswered",
        severity: Warning,
        rfc: "RFC 9293 3.8.4",
        explain: (
            "The keep-alive before this one was not answered. Linux asks 9 times, 75 s apart, and then gives the connection up.",
            "上一次保活没有得到应答。Linux 会询问 9 次，间隔 75 秒，然后放弃该连接。",
        ),
        advice: Some((
            "The peer is gone, or a NAT or firewall on the way has forgotten the connection: keep-alives must come more often than its idle timeout (net.ipv4.tcp_keepalive_time).",
            "对方已消失，或途中的 NAT、防火墙已忘记该连接：保活间隔必须短于其空闲超时（net.ipv4.tcp_keepalive_time）。",
        )),
        check: |step, seen| keep_alive(step, seen, 2),
    },
    Rule {
        id: "keep-alive-answered",
        severity: Lesson,
        rfc: "RFC 9293 3.8.4",
        explain: (
            "The peer answers the keep-alive: it is there and knows the connection.",
            "对方应答了保活：它仍在，并且知道这个连接。",
        ),
        advice: Some(("Nothing: both sides still know the connection.", "无需处理：双方仍知道该连接。")),
        check: |_, seen| match seen.recovery.acking {
            Acking::KeepAlives(asked) => {
                let who = role(seen.peer);
                Some(Finding::new(
                    format!("the {} answers: it is still there ({asked} asked)", who.en),
                    format!("{}应答：它仍在（询问 {asked} 次）", who.zh),
                ))
            }
            _ => None,
        },
    },
];

/// The first one, or one after another that was not answered.
fn keep_alive(_: &Step<'_>, seen: &Seen<'_>, least: u32) -> Option<Finding> {
    let Sending::KeepAlive { nth } = seen.recovery.sending else { return None };
    match (nth, least) {
        (1, 1) => Some(Finding::new("keep-alive: is the peer still there?", "保活：对方是否仍在？")),
        (2.., 2) => Some(Finding::new(
            format!("keep-alive number {nth}: the one before was not answered"),
            format!("第 {nth} 次保活：上一次没有应答"),
        )),
        _ => None,
    }
}
