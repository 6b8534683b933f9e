//! Rules of RST: whom it hit, in which state, and which ones are ignored.

use super::words::role;
use super::{Finding, Rule};
use crate::tcp::{Signal, State};
use crate::timeline::Severity::{Error, Note, Warning};
use crate::track::{News, Reset, Seen, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "refused",
        severity: Error,
        rfc: "RFC 9293 3.10.7.1",
        explain: (
            "A RST answers the SYN: nobody listens on that port (connect() gives ECONNREFUSED).",
            "SYN 得到 RST 应答：该端口没有进程监听（connect() 返回 ECONNREFUSED）。",
        ),
        advice: Some((
            "Check the port and whether the server runs (ss -ltn); a firewall that rejects by RST looks the same.",
            "检查端口号以及服务器是否在运行（ss -ltn）；以 RST 拒绝的防火墙看起来相同。",
        )),
        check: |_, seen| {
            (seen.reset == Some(Reset::Refused))
                .then(|| Finding::new("refused: nobody listens on this port", "连接被拒绝：该端口没有进程监听"))
        },
    },
    Rule {
        id: "reset",
        severity: Error,
        rfc: "RFC 9293 3.5.2, 3.10.7.4",
        explain: (
            "A RST ends the connection at once: no FIN, no TIME-WAIT, and data under way is lost. A program aborted (linger 0), closed with unread data, or is gone.",
            "RST 立即终止连接：没有 FIN，没有 TIME-WAIT，在途数据丢失。可能是程序异常终止（linger 0）、关闭时有未读数据，或进程已不存在。",
        ),
        advice: Some((
            "Look at the program of who sent it: a crash, SO_LINGER 0, a close with unread data; after a long idle time, at devices on the way.",
            "检查发送方的程序：崩溃、SO_LINGER 0、关闭时有未读数据；若之前长时间空闲，检查途中的设备。",
        )),
        check: reset,
    },
    Rule {
        id: "reset-in-time-wait",
        severity: Warning,
        rfc: "RFC 1337 2",
        explain: (
            "A RST ended TIME-WAIT early (TIME-WAIT assassination). Old segments may now be taken for new ones.",
            "RST 提前终结了 TIME-WAIT（“暗杀”）。旧报文段可能被误认为新的。",
        ),
        advice: Some(("Linux: net.ipv4.tcp_rfc1337=1 prevents it.", "Linux 可设 net.ipv4.tcp_rfc1337=1 来防止。")),
        check: |_, seen| {
            (seen.reset == Some(Reset::Ended(State::TimeWait)))
                .then(|| Finding::new("this RST ends TIME-WAIT before its time", "这个 RST 提前终结了 TIME-WAIT"))
        },
    },
    Rule {
        id: "reset-to-listen",
        severity: Note,
        rfc: "RFC 9293 3.10.7.4",
        explain: (
            "A RST in SYN-RECEIVED: the server drops the half-open connection and listens again. The SYN was stale, or a scanner's.",
            "在 SYN-RECEIVED 收到 RST：服务器丢弃半打开的连接并回到监听。该 SYN 是过期的，或来自扫描器。",
        ),
        advice: Some((
            "Nothing for one; many from one address are a scan.",
            "单个无需处理；同一地址大量出现则为扫描。",
        )),
        check: |_, seen| {
            (seen.reset == Some(Reset::BackToListen)).then(|| {
                Finding::new(
                    "the half-open connection is dropped; the server listens again",
                    "丢弃半打开的连接，服务器回到监听",
                )
            })
        },
    },
    Rule {
        id: "reset-ignored",
        severity: Warning,
        rfc: "RFC 9293 3.10.7.3, 3.10.7.4, RFC 1337 3",
        explain: (
            "The RST lies outside the receiver's window (or, in SYN-SENT, does not acknowledge the SYN): it is dropped, the connection goes on. It may be forged. In TIME-WAIT a host can be told to ignore every RST (RFC 1337), so that none ends the wait.",
            "RST 落在接收窗口之外（或在 SYN-SENT 状态下没有确认 SYN）：被丢弃，连接继续。它可能是伪造的。在 TIME-WAIT 中，主机可设为忽略所有 RST（RFC 1337），使等待不被终结。",
        ),
        advice: Some((
            "If they keep coming, look for who forges them; TCP-AO (RFC 5925) protects.",
            "若持续出现，查找伪造者；TCP-AO 可提供保护。",
        )),
        check: ignored,
    },
    Rule {
        id: "reset-disproved",
        severity: Warning,
        rfc: "RFC 5961 3",
        explain: (
            "A RST was seen, yet the connection goes on: it was lost, ignored or forged. A device on the way may have sent it.",
            "看到了 RST，但连接仍在继续：它丢失、被忽略或是伪造的。可能由途中的设备发出。",
        ),
        advice: Some((
            "Compare TTL and IP id of the RST with those of its supposed sender: a device on the way has its own.",
            "比较该 RST 与其声称的发送方的 TTL 和 IP 标识：途中设备的值会不同。",
        )),
        check: disproved,
    },
    Rule {
        id: "reset-challenged",
        severity: Warning,
        rfc: "RFC 5961 3.2",
        explain: (
            "The RST is in the window but not exactly at RCV.NXT: the receiver answers by a challenge ACK and stays. A true peer would then send the exact RST.",
            "RST 在窗口内但不恰好等于 RCV.NXT：接收方以质询确认应答并保持状态。真正的对方随后会发送序号准确的 RST。",
        ),
        advice: Some((
            "Nothing, unless the exact RST does not follow: then the first was likely forged.",
            "无需处理；若随后没有序号准确的 RST，则前一个很可能是伪造的。",
        )),
        check: |_, seen| {
            (seen.reset == Some(Reset::Challenged)).then(|| {
                Finding::new("not exact: the receiver asks by a challenge ACK", "序号不准确：接收方以质询确认应答")
            })
        },
    },
    Rule {
        id: "challenge-ack",
        severity: Note,
        rfc: "RFC 5961 3.2, 4.2",
        explain: (
            "A challenge ACK: the answer to a RST or SYN that may be forged. It asks the true peer; if that has lost the connection, it answers by an exact RST.",
            "质询确认：对可能伪造的 RST 或 SYN 的应答。它询问真正的对方；如果对方已丢失该连接，会以序号准确的 RST 应答。",
        ),
        advice: Some((
            "One is normal after a crash or a late RST. Many mean forged segments, or a device on the way that resets with wrong numbers (nstat TcpExtTCPChallengeACK).",
            "主机崩溃或迟到的 RST 之后出现一次属正常。大量出现说明有伪造报文段，或途中设备以错误序号复位（nstat TcpExtTCPChallengeACK）。",
        )),
        check: challenge_ack,
    },
];

fn reset(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let Some(Reset::Ended(state)) = seen.reset else { return None };
    if state == State::TimeWait {
        return None;
    }
    if seen.peer.of(&step.before).state == Some(State::SynSent) && state.is_synchronized() {
        return Some(Finding::new(
            "tells the other side that its old connection of these ports is gone",
            "告知对方：这些端口上的旧连接已不存在",
        ));
    }
    let by = role(seen.peer);
    let whom = role(step.connection.receiver_of(seen.peer));
    let fact = step.connection.evidence.as_ref().and_then(|evidence| evidence.reset);
    let had_closed = seen.peer.of(&step.connection.closing.fin).is_some();
    if had_closed && fact.is_some_and(|fact| fact.by == seen.peer && fact.answers) {
        return Some(Finding::new(
            format!("the {} has closed and takes nothing more; it hits the {} in {state}", by.en, whom.en),
            format!("{}已关闭，不再接收任何数据；{}当时处于 {state}", by.zh, whom.zh),
        ));
    }
    Some(Finding::new(
        format!("the {} aborts; it hits the {} in {state}", by.en, whom.en),
        format!("{}异常终止连接；{}当时处于 {state}", by.zh, whom.zh),
    ))
}

fn disproved(step: &Step<'_>, _: &Seen<'_>) -> Option<Finding> {
    let taken_back = step
        .changes
        .iter()
        .find(|change| change.news == News::TakenBack && matches!(change.signal, Signal::RcvRst | Signal::SndRst))?;
    Some(
        Finding::new(
            "goes on after the RST: that was lost, ignored or forged",
            "RST 之后仍在继续：该 RST 丢失、被忽略或是伪造的",
        )
        .about(Some(taken_back.cause)),
    )
}

fn ignored(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    match seen.reset {
        Some(Reset::InTimeWait) => {
            return Some(Finding::new(
                "ignored: the kernel stays in TIME-WAIT, as RFC 1337 asks (net.ipv4.tcp_rfc1337)",
                "被忽略：内核按 RFC 1337 的建议留在 TIME-WAIT（net.ipv4.tcp_rfc1337）",
            ));
        }
        Some(Reset::OutsideWindow) => {}
        _ => return None,
    }
    let receiver = step.connection.receiver_of(seen.peer);
    Some(if receiver.of(&step.before).state == Some(State::SynSent) {
        Finding::new(
            "ignored: in SYN-SENT a RST must acknowledge the SYN",
            "被忽略：在 SYN-SENT 状态，RST 必须确认 SYN",
        )
    } else {
        Finding::new("ignored: outside the receiver's window", "被忽略：在接收窗口之外")
    })
}

fn challenge_ack(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let challenge = step.connection.evidence.as_ref()?.challenge?;
    (challenge.answer == Some(seen.ordinal)).then(|| {
        Finding::new(
            "a challenge ACK: says what it expects, and lets the sender prove itself",
            "质询确认：说明它所期待的序号，让发送方证明自己",
        )
        .about(Some(challenge.of))
    })
}
