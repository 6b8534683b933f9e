//! Rules of repetition: what was sent again, after which wait, and what that proves.

use super::words::{role, span};
use super::{Finding, Rule};
use crate::timeline::Severity::Warning;
use crate::track::{Repeat, Seen, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "syn-retransmission",
        severity: Warning,
        rfc: "RFC 9293 3.8.1, RFC 6298 5",
        explain: (
            "The SYN was not answered in time and is sent again: it or its answer was lost, or a filter drops it. Linux waits 1, 1, 1, 1, 1, 2, 4 … s; older systems 1, 2, 4 … s.",
            "SYN 没有及时得到应答而重传：它或其应答丢失，或者被过滤。Linux 的等待为 1、1、1、1、1、2、4… 秒；旧系统为 1、2、4… 秒。",
        ),
        advice: Some((
            "Capture at the server too: if the SYN arrives there, look at its accept queue (ss -ltn) and the way back; if not, at filters on the way.",
            "同时在服务器端捕获：若 SYN 已到达，检查其全连接队列（ss -ltn）和返回路径；若没有到达，检查途中的过滤。",
        )),
        check: |_, seen| control(seen, seen.segment.flags.syn() && !seen.segment.flags.ack(), "SYN", "SYN"),
    },
    Rule {
        id: "syn-ack-retransmission",
        severity: Warning,
        rfc: "RFC 9293 3.8.1, RFC 6298 5",
        explain: (
            "The server sends its SYN,ACK again: it has not received the handshake's last ACK, or it answers a repeated SYN.",
            "服务器重传 SYN,ACK：它没有收到握手的最后一个 ACK，或者在应答重复的 SYN。",
        ),
        advice: Some((
            "Look for loss on the way to the client, and for a full accept queue (nstat TcpExtListenOverflows).",
            "检查到客户端方向的丢包，以及全连接队列是否已满（nstat TcpExtListenOverflows）。",
        )),
        check: |_, seen| control(seen, seen.segment.flags.syn() && seen.segment.flags.ack(), "SYN,ACK", "SYN,ACK"),
    },
    Rule {
        id: "fin-retransmission",
        severity: Warning,
        rfc: "RFC 9293 3.8.1, RFC 6298 5",
        explain: (
            "The FIN was not acknowledged in time and is sent again: it or its acknowledgment was lost, or the peer is gone.",
            "FIN 没有及时得到确认而重传：它或其确认丢失，或者对方已不存在。",
        ),
        advice: Some((
            "If the peer never answers, a device on the way may have forgotten the connection: look at its idle timeout.",
            "若对方始终不应答，途中的设备可能已忘记该连接：检查其空闲超时。",
        )),
        check: |step, seen| {
            // Its data may be old and the FIN new.
            let fin = seen.peer.of(&step.connection.closing.fin);
            let is_old = fin.is_some_and(|fin| fin.first.ordinal < seen.ordinal);
            control(seen, seen.segment.flags.fin() && !seen.segment.flags.syn() && is_old, "FIN", "FIN")
        },
    },
    Rule {
        id: "ack-lost",
        severity: Warning,
        rfc: "RFC 9293 3.10.7.4",
        explain: (
            "A pure ACK leaves no proof of arrival, so it counts as received. Here the peer repeats what the ACK had acknowledged: it was lost, or came too late.",
            "纯 ACK 的到达没有证据，所以先视为已收到。这里对方重复了该 ACK 已确认的内容：说明它丢失了或来得太迟。",
        ),
        advice: Some((
            "Nothing, unless it happens often: then look for loss on the way of the ACKs.",
            "无需处理；若经常发生，应检查 ACK 方向的丢包。",
        )),
        check: ack_lost,
    },
];

fn control(seen: &Seen<'_>, is_one: bool, en: &str, zh: &str) -> Option<Finding> {
    let Repeat { of, wait_ns, copies } = seen.repeats.filter(|_| is_one)?;
    let wait = span(wait_ns?);
    Some(
        Finding::new(
            format!("{en} sent again after {wait}: attempt {}", copies + 1),
            format!("{zh} 在 {wait} 后重传：第 {} 次发送", copies + 1),
        )
        .about(of),
    )
}

fn ack_lost(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let lost = seen.lost_ack?;
    let who = role(seen.peer);
    Some(
        Finding::new(
            format!("the ACK had not reached the {}: lost, or late; its state is put back", who.en),
            format!("该 ACK 没有到达{}：丢失或迟到；其状态退回", who.zh),
        )
        .about(Some(lost)),
    )
}
