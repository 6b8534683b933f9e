//! Rules of order: what was overtaken, what was lost before the capture, and what acknowledgments say of it.

use super::words::{role, some, span};
use super::{Finding, Rule};
use crate::tcp::SeqNumber;
use crate::timeline::Severity::{Lesson, Note};
use crate::timeline::Text;
use crate::track::{Acking, Evidence, Late, Seen, Sending, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "out-of-order",
        severity: Note,
        rfc: "RFC 9293 3.4, RFC 4737",
        explain: (
            "Overtaken on the way: a segment that was sent earlier passes the capture later. The sender's timestamp or IP identification shows it, or it came sooner than any answer could have called for it. Nothing was lost.",
            "途中被超越：较早发送的报文段较晚经过观测点。发送方的时间戳或 IP 标识表明了这一点，或它来得比任何请求都早。没有丢失。",
        ),
        advice: Some((
            "A little reordering is normal with several paths or several queues. Three segments or more out of place look like loss to a sender without RACK: look at load balancing per packet.",
            "多路径或多队列时少量乱序属正常。错位三个以上报文段时，没有 RACK 的发送方会当作丢包：检查逐包负载均衡。",
        )),
        check: |_, seen| late(seen, true),
    },
    Rule {
        id: "lost-before-capture",
        severity: Note,
        rfc: "RFC 9293 3.8.1",
        explain: (
            "These octets are seen for the first time, but only after later ones, and too late to have been overtaken: the first copy was lost between its sender and the capture (or the capture missed it), and this is its retransmission.",
            "这些字节首次出现，却在后面的字节之后，且迟到得不可能只是被超越：第一份在发送方与观测点之间丢失（或被捕获遗漏），这是它的重传。",
        ),
        advice: Some((
            "The loss is on the sender's side of the capture point. If the capture dropped packets itself, capture with a larger buffer.",
            "丢包发生在观测点的发送方一侧。若捕获自身丢弃了数据包，请加大捕获缓冲区。",
        )),
        check: |_, seen| late(seen, false),
    },
    Rule {
        id: "duplicate-ack",
        severity: Lesson,
        rfc: "RFC 5681 2",
        explain: (
            "The same acknowledgment once more while data is under way: a later segment arrived, and the one before it is missing. The third in a row calls for a fast retransmission.",
            "数据在途时再次发送相同的确认：后面的报文段已到达，而前面的缺失。连续第三个将触发快速重传。",
        ),
        advice: Some((
            "One or two come from reordering; three or more call for a retransmission: look at what is sent again next.",
            "一两个可能只是乱序；三个以上会引发重传：查看随后重传的内容。",
        )),
        check: |_, seen| match seen.recovery.acking {
            Acking::Duplicate { nth } if nth != 3 => Some(duplicate(seen, nth)),
            _ => None,
        },
    },
    Rule {
        id: "third-duplicate-ack",
        severity: Note,
        rfc: "RFC 5681 3.2",
        explain: (
            "The third duplicate acknowledgment: by now the missing segment counts as lost, and a sender repeats it at once.",
            "第三个重复确认：至此缺失的报文段视为丢失，发送方立即重传。",
        ),
        advice: Some((
            "Loss repaired the quick way. Where it happens often, look for the lossy link or the full queue before this receiver.",
            "这是快速的丢包修复。若频繁发生，检查该接收方之前丢包的链路或已满的队列。",
        )),
        check: |_, seen| match seen.recovery.acking {
            Acking::Duplicate { nth: 3 } => Some(duplicate(seen, 3)),
            _ => None,
        },
    },
    Rule {
        id: "sack",
        severity: Lesson,
        rfc: "RFC 2018 3",
        explain: (
            "Selective acknowledgment: beyond the acknowledgment number these ranges have arrived too, so that only what is missing between them must be sent again.",
            "选择确认：除确认号之前的字节外，这些范围也已到达，因此只需重传其间缺失的部分。",
        ),
        advice: Some((
            "Nothing: SACK keeps the repair small. Look at what is missing between the ranges, and whether it is sent again.",
            "无需处理：SACK 使修复量最小。查看各范围之间缺失的部分是否被重传。",
        )),
        check: sack,
    },
    Rule {
        id: "d-sack",
        severity: Note,
        rfc: "RFC 2883 4",
        explain: (
            "The first SACK block reports octets that arrived twice (D-SACK): a retransmission was needless, or the network duplicated a packet. The sender can undo the reduction of its window.",
            "第一个 SACK 块报告收到两次的字节（D-SACK）：某次重传不必要，或网络复制了数据包。发送方可以撤销窗口的减小。",
        ),
        advice: Some((
            "A few are harmless. Many after timeouts mean that the delay jumps; many after fast retransmissions mean reordering; without any retransmission, a device on the way doubles packets.",
            "少量无害。若多在超时之后，说明延迟突变；若多在快速重传之后，说明乱序；若没有重传，则途中有设备复制了数据包。",
        )),
        check: d_sack,
    },
];

fn late(seen: &Seen<'_>, overtaken: bool) -> Option<Finding> {
    let Sending::Late(Late { evidence, after_ns, .. }) = seen.recovery.sending else { return None };
    if !matches!(seen.recovery.sending, Sending::Late(late) if late.overtaken == overtaken) {
        return None;
    }
    let (after, len) = (span(after_ns), seen.segment.len);
    let by = match (evidence, overtaken) {
        (Evidence::Timestamp, true) => Text::new("its timestamp is older", "其时间戳更旧"),
        (Evidence::Timestamp, false) => Text::new("its timestamp is newer", "其时间戳更新"),
        (Evidence::IpId, true) => Text::new("its IP identification comes before theirs", "其 IP 标识在它们之前"),
        (Evidence::IpId, false) => Text::new("its IP identification comes after theirs", "其 IP 标识在它们之后"),
        (Evidence::Acks, _) => Text::new("the receiver had asked for it", "接收方已请求重传"),
        (Evidence::Time, true) => Text::new("sooner than a round trip to the sender", "短于到发送方的往返时间"),
        (Evidence::Time, false) => Text::new("too late for that to be reordering", "迟到过久，不会是乱序"),
    };
    Some(match overtaken {
        true => Finding::new(
            format!("{} out of order: {after} behind later ones; {}", some(len.into(), "octet"), by.en),
            format!("{len} 字节乱序：比后面的字节晚 {after}；{}", by.zh),
        ),
        false => Finding::new(
            format!(
                "{} seen only now, {after} behind later ones: sent again after a loss before the capture; {}",
                some(len.into(), "octet"),
                by.en
            ),
            format!("{len} 字节此时才首次出现，比后面的字节晚 {after}：在观测点之前丢失后的重传；{}", by.zh),
        ),
    })
}

fn duplicate(seen: &Seen<'_>, nth: u32) -> Finding {
    let who = role(seen.peer);
    Finding::new(
        format!("duplicate ACK number {nth}: the {} still misses octets", who.en),
        format!("第 {nth} 个重复 ACK：{}仍缺少字节", who.zh),
    )
}

fn sack(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let is_d_sack = seen.recovery.d_sack.is_some();
    let blocks = seen.segment.options.sack().get(usize::from(is_d_sack)..)?;
    if blocks.is_empty() {
        return None;
    }
    let ranges: Vec<String> = blocks.iter().map(|(left, right)| range(step, seen, *left, *right)).collect();
    let ack = seen.segment.acknowledges()?;
    let missing = blocks.iter().map(|(left, _)| left.offset_from(ack)).filter(|gap| *gap > 0).min()?;
    Some(Finding::new(
        match missing {
            1 => format!("has {} too; the next octet is missing", ranges.join(", ")),
            _ => format!("has {} too; the next {missing} octets are missing", ranges.join(", ")),
        },
        format!("还收到 {}；缺少接下来的 {missing} 字节", ranges.join("、")),
    ))
}

fn d_sack(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let block = seen.recovery.d_sack?;
    let twice = range(step, seen, block.left, block.right);
    // No retransmission was seen that it could speak of, and a packet was seen twice: that copy was on the wire.
    let by_network = seen.recovery.is_doubled_by_network;
    let (why, why_zh) = if by_network {
        (": the network duplicated a packet, it was not sent again", "：数据包被网络复制，并非重传")
    } else {
        ("", "")
    };
    Some(
        Finding::new(format!("received twice: {twice}{why}"), format!("收到两次：{twice}{why_zh}"))
            .about(seen.recovery.spurious.map(|spurious| spurious.ordinal)),
    )
}

/// A range of the other side's octets, counted from its initial number.
fn range(step: &Step<'_>, seen: &Seen<'_>, left: SeqNumber, right: SeqNumber) -> String {
    let other = step.connection.receiver_of(seen.peer);
    let number = |seq| step.connection.relative(other, seq).unwrap_or_default();
    format!("{}..{}", number(left), number(right))
}
