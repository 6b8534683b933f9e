//! Rules of data sent again: what it repeats, what made its sender repeat it, and whether that was needed.

use super::words::{some, span, times};
use super::{Finding, Rule};
use crate::timeline::Severity::{Note, Warning};
use crate::timeline::Text;
use crate::track::{Cause, Extent, Probe, Proof, Retransmission, Seen, Sending, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "retransmission-timeout",
        severity: Warning,
        rfc: "RFC 6298 5",
        explain: (
            "No acknowledgment came until the retransmission timer ran out (RTO), so the oldest octets under way are sent again. The timer waits for SRTT + 4 RTTVAR, on Linux at least SRTT + 200 ms, and doubles with each further timeout (backoff); the congestion window falls to one segment.",
            "直到重传定时器（RTO）超时都没有收到确认，于是重传最早的在途字节。超时为 SRTT + 4 RTTVAR，Linux 上至少 SRTT + 200 ms，每再次超时加倍（退避）；拥塞窗口降为一个报文段。",
        ),
        advice: Some((
            "A timeout means that a whole flight, its tail, or the acknowledgments were lost. Look for loss in bursts on the way (ethtool -S, queue drops), and for a path MTU problem where only large segments are repeated.",
            "超时说明整个在途窗口、其尾部或确认丢失。检查途中的突发丢包（ethtool -S、队列丢弃）；若只有大报文段被重传，检查路径 MTU 问题。",
        )),
        check: |_, seen| again(seen, |cause| matches!(cause, Cause::Timeout { .. })),
    },
    Rule {
        id: "retransmission-after-timeout",
        severity: Note,
        rfc: "RFC 5681 3.1, RFC 6298 5",
        explain: (
            "After a timeout everything that was under way counts as lost: it is sent again as the acknowledgments let it.",
            "超时后所有在途数据都视为丢失，随确认的到来依次重传。",
        ),
        advice: Some(("It follows from the timeout before it: see there.", "这是之前超时的后果：参见该超时。")),
        check: |_, seen| again(seen, |cause| cause == Cause::AfterTimeout),
    },
    Rule {
        id: "fast-retransmission",
        severity: Note,
        rfc: "RFC 5681 3.2, RFC 6675 5, RFC 8985 6",
        explain: (
            "The receiver shows that later octets arrived and these did not: by three duplicate acknowledgments, or by SACK blocks above them. They are sent again at once, without waiting for the timer, and the congestion window is reduced.",
            "接收方表明后面的字节已到达而这些没有：三个重复确认，或其上方的 SACK 块。于是不等定时器立即重传，并减小拥塞窗口。",
        ),
        advice: Some((
            "This is how loss is repaired well. Where it happens often, look for the lossy link or the full queue; where the octets had arrived after all, for reordering on the way.",
            "这是正常的丢包修复。若频繁发生，检查丢包的链路或已满的队列；若字节其实已到达，检查途中的乱序。",
        )),
        check: |_, seen| {
            again(seen, |cause| matches!(cause, Cause::DuplicateAcks { .. } | Cause::SelectiveAcks | Cause::Recovery))
        },
    },
    Rule {
        id: "tail-loss-probe",
        severity: Note,
        rfc: "RFC 8985 7",
        explain: (
            "About two round trips went by without an acknowledgment, so the last segment is sent again before the timer runs out: if the tail was lost, its acknowledgment shows it and fast recovery can begin.",
            "约两个往返时间没有确认，于是在定时器超时之前重传最后一个报文段：若尾部丢失，其确认会显示出来，快速恢复即可开始。",
        ),
        advice: Some((
            "If its acknowledgment shows loss, look for loss at the end of bursts (shallow queues, policers). If it was needless, the receiver only acknowledged late.",
            "若其确认表明有丢失，检查突发末尾的丢包（浅队列、限速）。若不必要，只是接收方确认较晚。",
        )),
        check: |_, seen| again(seen, |cause| cause == Cause::TailLossProbe),
    },
    Rule {
        id: "path-mtu-retransmission",
        severity: Note,
        rfc: "RFC 1191 6.5, RFC 8201 5.4",
        explain: (
            "A router dropped a packet as too big for the next hop and said so by ICMP. The sender lowers its path MTU and sends what was under way again in smaller segments, at once: no timer ran out, and it is no sign of congestion.",
            "路由器因数据包大于下一跳 MTU 而丢弃，并用 ICMP 告知。发送方降低路径 MTU，立即用更小的报文段重传在途数据：不是定时器超时，也不是拥塞的迹象。",
        ),
        advice: Some((
            "Once per path is how path MTU discovery works. To spare it, clamp the MSS at the tunnel or router (TCPMSS --clamp-mss-to-pmtu), or make the MTU of the way equal.",
            "每条路径一次属路径 MTU 发现的正常过程。要避免，可在隧道或路由器上钳制 MSS（TCPMSS --clamp-mss-to-pmtu），或使全程 MTU 一致。",
        )),
        check: |_, seen| again(seen, |cause| cause == Cause::PathMtu),
    },
    Rule {
        id: "needless-retransmission",
        severity: Note,
        rfc: "RFC 9293 3.8.1, RFC 3708",
        explain: (
            "These octets had been acknowledged before: the acknowledgment was lost or delayed on its way to the sender.",
            "这些字节之前已被确认：确认在返回发送方的途中丢失或延迟。",
        ),
        advice: Some((
            "Look for loss or long queues on the way back, and for a sender whose timeout is too short for this path.",
            "检查返回路径的丢包或长队列，以及发送方的超时是否对该路径过短。",
        )),
        check: |_, seen| again(seen, |cause| cause == Cause::AlreadyAcknowledged),
    },
    Rule {
        id: "retransmission",
        severity: Note,
        rfc: "RFC 9293 3.8.1",
        explain: (
            "Data that had been sent before is sent again, and the capture does not show what made its sender do so. The first copy or its acknowledgment was lost or late.",
            "重新发送以前发过的数据，捕获中看不出发送方重传的原因。第一份数据或其确认丢失或迟到。",
        ),
        advice: Some((
            "A few are normal. From about 1 % of segments on, look for the lossy link or a full queue.",
            "少量属正常。达到报文段的约 1% 以上时，检查丢包的链路或已满的队列。",
        )),
        check: |_, seen| again(seen, |cause| cause == Cause::Unknown),
    },
    Rule {
        id: "spurious-retransmission",
        severity: Note,
        rfc: "RFC 2883 4, RFC 3522 3.2, RFC 3708",
        explain: (
            "A retransmission was needless: the first copy had arrived. The receiver reports the octets as received twice (D-SACK), or the acknowledgment echoes the timestamp of the first copy (Eifel), or it came sooner than a round trip after the second.",
            "某次重传是不必要的：第一份已经到达。接收方报告收到两次（D-SACK），或确认回显了第一份的时间戳（Eifel），或在第二份之后不到一个往返时间就已到达。",
        ),
        advice: Some((
            "Reordering, a sudden delay (wireless, a queue) or lost acknowledgments deceived the sender. Often harmless; where frequent, it halves the sending rate for nothing: look for paths of unequal length.",
            "发送方被乱序、突然的延迟（无线、队列）或丢失的确认误导。通常无害；若频繁，发送速率会白白减半：检查是否有不等长的多条路径。",
        )),
        check: spurious,
    },
];

fn again(seen: &Seen<'_>, is_one: impl Fn(Cause) -> bool) -> Option<Finding> {
    let Sending::Again(it) = seen.recovery.sending else { return None };
    is_one(it.cause).then(|| {
        let [what, why] = [what(seen, &it), why(&it)];
        Finding::new(format!("{}{}", what.en, why.en), format!("{}{}", what.zh, why.zh))
            .about(it.of.map(|place| place.ordinal))
    })
}

/// What is repeated: `1460 octets of frame 7 sent again`.
fn what(seen: &Seen<'_>, it: &Retransmission) -> Text {
    // Octets that were never sent before are not sent again.
    let len = match it.extent {
        Extent::WithNew(new) => seen.segment.len.saturating_sub(new),
        _ => seen.segment.len,
    };
    let (of, of_zh) = it.of.map_or_else(Default::default, |of| match it.extent {
        Extent::Whole | Extent::Part => (format!(" of frame {}", of.frame), format!("帧 {} 的 ", of.frame)),
        // They need not all have been in that one.
        Extent::Several(_) | Extent::WithNew(_) => {
            (format!(" from frame {} on", of.frame), format!("自帧 {} 起的 ", of.frame))
        }
    });
    let (how, how_zh) = match it.extent {
        Extent::Whole => (String::new(), String::new()),
        Extent::Part => (", a part of that segment".into(), "（该报文段的一部分）".into()),
        Extent::Several(count) => {
            (format!(", cut anew from {count} segments"), format!("（由 {count} 个报文段重新划分）"))
        }
        Extent::WithNew(new) => {
            (format!(", with {new} new ones behind them"), format!("（其后另有 {new} 字节新数据）"))
        }
    };
    let (times_en, times_zh) = match it.copies {
        0 | 1 => (String::new(), String::new()),
        copies => (format!(", sent {} before", times(copies)), format!("（此前已发送 {copies} 次）")),
    };
    Text::new(
        format!("{}{of} sent again{how}{times_en}", some(len.into(), "octet")),
        format!("重传{of_zh} {len} 字节{how_zh}{times_zh}"),
    )
}

/// What made the sender do it.
fn why(it: &Retransmission) -> Text {
    let wait = it.wait_ns.map(span);
    let after = wait.as_ref().map_or_else(String::new, |wait| format!(" after {wait}"));
    let after_zh = wait.as_ref().map_or_else(String::new, |wait| format!("（{wait} 之后）"));
    match it.cause {
        Cause::Timeout { probe: Probe::Perhaps, rto_ns, .. } => Text::new(
            format!(": timeout{after} (RTO about {}), or the tail loss probe of a lone segment", span(rto_ns)),
            format!("：超时{after_zh}，RTO 约 {}，或对单个报文段的尾部丢失探测", span(rto_ns)),
        ),
        Cause::Timeout { probe: Probe::Before, .. } => Text::new(
            format!(": timeout{after}; the wait did not double, so the repetition before was a tail loss probe"),
            format!("：超时{after_zh}；等待没有加倍，可见上一次重传是尾部丢失探测"),
        ),
        Cause::Timeout { nth: 1, rto_ns, .. } => Text::new(
            format!(": timeout{after} (RTO about {})", span(rto_ns)),
            format!("：超时{after_zh}，RTO 约 {}", span(rto_ns)),
        ),
        Cause::Timeout { nth, .. } => Text::new(
            format!(": timeout number {nth} in a row{after}, the timer backs off"),
            format!("：连续第 {nth} 次超时{after_zh}，定时器退避"),
        ),
        Cause::AfterTimeout => Text::new(
            format!("{after}: what was under way follows the timeout"),
            format!("{after_zh}：超时后在途数据随之重传"),
        ),
        Cause::DuplicateAcks { count } => Text::new(
            format!(": {} asked for it{after}", some(count.into(), "duplicate ACK")),
            format!("：{count} 个重复 ACK 请求重传{after_zh}"),
        ),
        Cause::SelectiveAcks => Text::new(
            format!(": SACK shows that later octets arrived{after}"),
            format!("：SACK 表明后面的字节已到达{after_zh}"),
        ),
        Cause::Recovery => {
            Text::new(format!("{after}: the same recovery goes on"), format!("{after_zh}：同一次快速恢复的继续"))
        }
        Cause::TailLossProbe => {
            Text::new(format!(": tail loss probe{after} of silence"), format!("：尾部丢失探测{after_zh}"))
        }
        Cause::PathMtu => Text::new(
            format!("{after}: the packet was too big for the way, as ICMP said"),
            format!("{after_zh}：ICMP 报告数据包对路径过大"),
        ),
        Cause::AlreadyAcknowledged => Text::new(
            format!("{after}, though they had been acknowledged"),
            format!("{after_zh}，而这些字节早已被确认"),
        ),
        Cause::Unknown => Text::new(after, after_zh),
    }
}

fn spurious(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let it = seen.recovery.spurious?;
    let (why, why_zh) = match it.by {
        Proof::DSack => ("the receiver had its octets already (D-SACK)".into(), "接收方已有这些字节（D-SACK）".into()),
        Proof::Timestamp => {
            ("this ACK echoes the timestamp of the first copy".into(), "此 ACK 回显第一份的时间戳".into())
        }
        Proof::TooSoon(ns) => (
            format!("this ACK came {} after it, sooner than any round trip", span(ns)),
            format!("此 ACK 在其后 {} 到达，短于任何往返时间", span(ns)),
        ),
    };
    let (why, why_zh): (String, String) = (why, why_zh);
    Some(
        Finding::new(format!("a retransmission was needless: {why}"), format!("有一次重传不必要：{why_zh}"))
            .about(Some(it.ordinal)),
    )
}
