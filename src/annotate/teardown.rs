//! Rules of the closing: who closes first, what a FIN leaves open, why its acknowledgment is what it is, and who waits.

use super::words::{octets, role};
use super::{Finding, Rule};
use crate::tcp::{Passage, State};
use crate::timeline::Severity::{Lesson, Note};
use crate::track::{News, Seen, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "active-close",
        severity: Lesson,
        rfc: "RFC 9293 3.6",
        explain: (
            "The first FIN: its sender closes actively. It says 'I have no more to send', not 'I listen no more'. Who closes first will wait in TIME-WAIT.",
            "第一个 FIN：发送方主动关闭。它表示“我没有数据要发送了”，而不是“我不再接收”。先关闭的一方将进入 TIME-WAIT。",
        ),
        advice: Some((
            "Nothing. On a busy server let the client close first: then TIME-WAIT is the client's.",
            "无需处理。繁忙的服务器应让客户端先关闭：这样 TIME-WAIT 留在客户端。",
        )),
        check: active_close,
    },
    Rule {
        id: "passive-close",
        severity: Lesson,
        rfc: "RFC 9293 3.6",
        explain: (
            "The second FIN: the other side has nothing left to send either. Where it rides on the acknowledgment of the first, the close needs three segments instead of four.",
            "第二个 FIN：另一方也没有数据要发送了。如果它与对第一个 FIN 的确认合并，关闭只需三个报文段而不是四个。",
        ),
        advice: Some((
            "Nothing. If it comes long after the first FIN, the program here was slow to close its socket.",
            "无需处理。若比第一个 FIN 晚很多，说明本端程序迟迟没有关闭套接字。",
        )),
        check: passive_close,
    },
    Rule {
        id: "simultaneous-close",
        severity: Note,
        rfc: "RFC 9293 3.6, figure 13",
        explain: (
            "Both sides sent a FIN before either had received one. Both pass through CLOSING and both wait in TIME-WAIT.",
            "双方在收到对方的 FIN 之前都发送了 FIN。双方都经过 CLOSING，并且都在 TIME-WAIT 等待。",
        ),
        advice: Some((
            "Nothing: it is legal, and costs a TIME-WAIT on both sides.",
            "无需处理：这是合法的，只是双方都要经历 TIME-WAIT。",
        )),
        check: simultaneous_close,
    },
    Rule {
        id: "ack-of-fin",
        severity: Lesson,
        rfc: "RFC 9293 3.4",
        explain: (
            "A FIN uses one sequence number, so its acknowledgment is one more than the last octet's.",
            "FIN 消耗一个序号，因此对它的确认号比最后一个字节多一。",
        ),
        advice: Some(("Nothing: this is how it must be.", "无需处理：本应如此。")),
        check: ack_of_fin,
    },
    Rule {
        id: "half-close-data",
        severity: Note,
        rfc: "RFC 9293 3.6",
        explain: (
            "Data after the other side's FIN: a half-close. A FIN closes one direction only.",
            "在对方的 FIN 之后仍发送数据：半关闭。FIN 只关闭一个方向。",
        ),
        advice: Some((
            "Nothing: the first closer must keep reading until the other's FIN.",
            "无需处理：先关闭的一方应继续读取，直到收到对方的 FIN。",
        )),
        check: half_close_data,
    },
    Rule {
        id: "time-wait",
        severity: Lesson,
        rfc: "RFC 9293 3.6.1",
        explain: (
            "Who closed first waits 2MSL: so that a lost last ACK can be sent again, and so that old segments die before these ports are used anew.",
            "先关闭的一方等待 2MSL：以便最后的 ACK 丢失时可以重发，并让旧报文段在端口被重用之前消失。",
        ),
        advice: Some((
            "If a client runs out of ports: reuse connections, let the other side close first, widen ip_local_port_range, or set net.ipv4.tcp_tw_reuse=1.",
            "若客户端端口耗尽：复用连接、让对方先关闭、扩大 ip_local_port_range，或设 net.ipv4.tcp_tw_reuse=1。",
        )),
        check: time_wait,
    },
    Rule {
        id: "time-wait-rearmed",
        severity: Note,
        rfc: "RFC 9293 3.10.7.4",
        explain: (
            "The FIN came again, so the last ACK was lost. It is acknowledged again and the 2MSL wait starts anew. Linux starts it anew for any other old segment with an ACK too, as for an old duplicate of data.",
            "再次收到 FIN，说明最后的 ACK 丢失。重新确认，并重新开始 2MSL 等待。Linux 收到其他带 ACK 的旧报文段（如数据的旧副本）时也会重新计时。",
        ),
        advice: Some(("Nothing: this is what TIME-WAIT is for.", "无需处理：这正是 TIME-WAIT 的用途。")),
        check: time_wait_rearmed,
    },
];

/// Whether the segment carries the first FIN that its sender sent.
fn is_first_of_sender(step: &Step<'_>, seen: &Seen<'_>) -> bool {
    let own = seen.peer.of(&step.connection.closing.fin);
    seen.segment.flags.fin() && own.is_some_and(|fin| fin.first.ordinal == seen.ordinal)
}

fn active_close(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let closing = &step.connection.closing;
    if !is_first_of_sender(step, seen) || closing.first_fin != Some(seen.peer) {
        return None;
    }
    let who = role(seen.peer);
    Some(Finding::new(
        format!("the {} closes first: it sends no more data, but still receives", who.en),
        format!("{}主动关闭：不再发送数据，但仍可接收", who.zh),
    ))
}

fn passive_close(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let closing = &step.connection.closing;
    let first = closing.first_fin.filter(|first| *first != seen.peer)?;
    let own = seen.peer.of(&closing.fin).as_ref()?;
    if !is_first_of_sender(step, seen) || own.crossed {
        return None;
    }
    let who = role(seen.peer);
    let first_fin = first.of(&closing.fin).as_ref()?;
    let merged = first_fin.acknowledged.is_some_and(|acknowledged| acknowledged.ordinal == seen.ordinal);
    Some(
        if merged && seen.segment.len > 0 {
            let last = octets(seen.segment.len.into());
            Finding::new(
                format!("the last {last}, FIN, and the ACK of the other FIN in one segment"),
                format!("最后 {last}、FIN 与对另一个 FIN 的 ACK 在同一个报文段中"),
            )
        } else if merged {
            Finding::new(
                format!("FIN and the ACK of the other FIN in one segment: the {} had nothing left to send", who.en),
                format!("FIN 与对另一个 FIN 的 ACK 合并为一个报文段：{}已没有数据要发送", who.zh),
            )
        } else {
            Finding::new(format!("the {} closes too", who.en), format!("{}也关闭", who.zh))
        }
        .about(Some(first_fin.first.ordinal)),
    )
}

fn simultaneous_close(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let own = seen.peer.of(&step.connection.closing.fin).as_ref()?;
    if !is_first_of_sender(step, seen) || !own.crossed {
        return None;
    }
    let other = (!seen.peer).of(&step.connection.closing.fin).as_ref().map(|fin| fin.first.ordinal);
    Some(
        Finding::new(
            "simultaneous close: this FIN was sent before the other one had arrived",
            "同时关闭：发送这个 FIN 时还没有收到对方的 FIN",
        )
        .about(other),
    )
}

fn ack_of_fin(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let ack = seen.segment.acknowledges()?;
    let other = step.connection.receiver_of(seen.peer);
    let fin = other.of(&step.connection.closing.fin).as_ref()?;
    if fin.acknowledged.is_none_or(|acknowledged| acknowledged.ordinal != seen.ordinal) {
        return None;
    }
    let ack = step.connection.relative(other, ack)?;
    Some(
        Finding::new(
            format!("ack = {ack}: the FIN uses one sequence number"),
            format!("确认号 = {ack}：FIN 消耗一个序号"),
        )
        .about(Some(fin.first.ordinal)),
    )
}

fn half_close_data(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let first = step.connection.closing.first_fin.filter(|first| *first != seen.peer)?;
    let proved = first.of(&step.connection.closing.fin).as_ref()?.acknowledged?;
    // Data that was sent before the FIN had arrived is no half-close, nor is what the network made up or kept back.
    let is_made_up = seen.segment.passage == Passage::Appeared;
    if seen.segment.len == 0 || is_made_up || seen.repeats.is_some() || proved.ordinal > seen.ordinal {
        return None;
    }
    let (who, len) = (role(seen.peer), octets(seen.segment.len.into()));
    Some(Finding::new(
        format!("half-close: the {} still sends {len} after the other side's FIN", who.en),
        format!("半关闭：对方已发送 FIN，{}仍在发送 {len}", who.zh),
    ))
}

fn time_wait(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let change = step.changes.iter().find(|change| change.to == State::TimeWait && change.news == News::Happened)?;
    let who = role(change.peer);
    // (The FIN itself may be captured last.)
    let (this_en, this_zh) = if seen.peer == change.peer { ("this", "这个") } else { ("its", "其") };
    Some(
        Finding::new(
            format!("the {} waits 2MSL in TIME-WAIT, in case {this_en} ACK is lost and the FIN comes again", who.en),
            format!("{}在 TIME-WAIT 等待 2MSL，以防{this_zh} ACK 丢失、FIN 再次到来", who.zh),
        )
        .about(Some(change.cause)),
    )
}

fn time_wait_rearmed(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let evidence = step.connection.evidence.as_ref()?;
    let rearmed = seen.peer.of(&evidence.rearmed).filter(|rearmed| rearmed.answer == Some(seen.ordinal))?;
    let found = if rearmed.by_fin {
        Finding::new(
            "the FIN came again: acknowledged again, and the 2MSL wait starts anew",
            "FIN 再次到来：重新确认，2MSL 等待重新开始",
        )
    } else {
        Finding::new(
            "an old segment came: acknowledged, and on Linux the 2MSL wait starts anew",
            "旧报文段到来：予以确认，在 Linux 上 2MSL 等待重新开始",
        )
    };
    Some(found.about(Some(rearmed.of)))
}
