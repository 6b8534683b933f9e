//! Rules of the opening: what is asked and agreed, why each acknowledgment number is what it is, and the round trips.

use super::words::{some, span};
use super::{Finding, Rule};
use crate::tcp::{Passage, Segment, State};
use crate::timeline::Severity::{Lesson, Note};
use crate::track::{Connection, News, Seen, Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "syn-offer",
        severity: Lesson,
        rfc: "RFC 9293 3.5",
        explain: (
            "The first SYN opens: it carries the client's initial sequence number and what it offers (MSS, window scale, SACK, timestamps).",
            "第一个 SYN 发起连接：它携带客户端的初始序号和它所提供的选项（MSS、窗口扩大、SACK、时间戳）。",
        ),
        advice: Some((
            "Nothing. If an option is missing that both hosts support, compare the SYN at both ends: a device on the way may remove it.",
            "无需处理。若缺少两端主机都支持的选项，比较两端捕获的 SYN：途中设备可能将其删除。",
        )),
        check: syn_offer,
    },
    Rule {
        id: "ack-of-syn",
        severity: Lesson,
        rfc: "RFC 9293 3.4",
        explain: (
            "A SYN uses one sequence number, so it is acknowledged by the initial number plus one, as if it were an octet of data.",
            "SYN 消耗一个序号，因此确认号等于初始序号加一，就像它是一个字节的数据。",
        ),
        advice: Some(("Nothing: this is how it must be.", "无需处理：本应如此。")),
        check: ack_of_syn,
    },
    Rule {
        id: "negotiated",
        severity: Lesson,
        rfc: "RFC 9293 3.7.1, RFC 7323 1.3, RFC 2018 2",
        explain: (
            "Window scale, SACK and timestamps are in force only if both SYN and SYN,ACK carried them; each MSS limits what the other side may send.",
            "窗口扩大、SACK 和时间戳只有在 SYN 与 SYN,ACK 都携带时才生效；每一方的 MSS 限制对方可发送的报文段大小。",
        ),
        advice: Some((
            "Without window scale no more than 64 KiB can be under way, and without SACK loss is repaired slowly: see which side did not offer it.",
            "没有窗口扩大时在途数据不超过 64 KiB，没有 SACK 时丢包修复缓慢：查看哪一方没有提供。",
        )),
        check: negotiated,
    },
    Rule {
        id: "handshake-rtt",
        severity: Lesson,
        rfc: "RFC 9293 3.5, RFC 6298 3",
        explain: (
            "SYN to SYN,ACK and SYN,ACK to ACK add up to one round trip, wherever the capture stands. Where a segment was sent twice the figure is not valid (Karn).",
            "SYN 到 SYN,ACK 与 SYN,ACK 到 ACK 之和就是一个往返时间，与观测点无关。若有报文段重传，则该值无效（Karn 算法）。",
        ),
        advice: Some((
            "Compare it with the time that answers to requests take: what is longer is the program's, not the network's.",
            "与请求的应答时间比较：多出的部分属于程序，而不是网络。",
        )),
        check: handshake_rtt,
    },
    Rule {
        id: "fast-open",
        severity: Note,
        rfc: "RFC 7413 3",
        explain: (
            "TCP Fast Open: a client that holds a cookie of the server may send data with the SYN, and saves a round trip. Without a cookie it asks for one first; a server may always ignore the data.",
            "TCP 快速打开：持有服务器 Cookie 的客户端可以随 SYN 发送数据，省去一个往返。没有 Cookie 时先请求一个；服务器始终可以忽略这些数据。",
        ),
        advice: Some((
            "Nothing while it works. If data on the SYN is ignored time and again, check net.ipv4.tcp_fastopen on the server and the devices on the way.",
            "正常工作时无需处理。若 SYN 上的数据总被忽略，检查服务器的 net.ipv4.tcp_fastopen 和途中设备。",
        )),
        check: fast_open,
    },
    Rule {
        id: "simultaneous-open",
        severity: Note,
        rfc: "RFC 9293 3.5, figure 7",
        explain: (
            "Both sides sent a SYN before either had received one. Both pass through SYN-RECEIVED and one connection results, not two.",
            "双方在收到对方的 SYN 之前都发送了 SYN。双方都经过 SYN-RECEIVED，结果是一个连接，而不是两个。",
        ),
        advice: Some((
            "Rare and legal. Where it is not meant (hole punching is), two programs connect to each other from fixed ports: let one of them listen.",
            "少见但合法。若非有意（如打洞），说明两个程序以固定端口互相连接：让其中一方监听。",
        )),
        check: simultaneous_open,
    },
];

fn syn_offer(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let flags = seen.segment.flags;
    if !flags.syn() || flags.ack() || flags.rst() || seen.repeats.is_some() {
        return None;
    }
    let iss = seen.segment.seq;
    Some(Finding::new(
        format!("asks to open; its initial sequence number {iss} is shown as 0"),
        format!("请求建立连接；初始序号 ISN {iss} 显示为 0"),
    ))
}

fn ack_of_syn(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let ack = seen.segment.acknowledges().filter(|_| seen.segment.passage != Passage::Appeared)?;
    let other = step.connection.receiver_of(seen.peer);
    let iss = other.of(&step.connection.tcb).snd.iss?;
    let first_time = seen.peer.of(&step.before).rcv.nxt != Some(ack);
    if iss + 1 != ack || seen.segment.flags.rst() || !first_time || seen.repeats.is_some() {
        return None;
    }
    Some(Finding::new("ack = 1: the SYN uses one sequence number", "确认号 = 1：SYN 消耗一个序号"))
}

fn negotiated(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let flags = seen.segment.flags;
    if !flags.syn() || !flags.ack() || seen.repeats.is_some() {
        return None;
    }
    let asked = (!seen.peer).of(&step.connection.opening.syn).as_ref()?.options;
    let answered = seen.segment.options;
    let in_force = [
        (asked.wscale.is_some() && answered.wscale.is_some(), "window scale", "窗口扩大"),
        (asked.sack_permitted && answered.sack_permitted, "SACK", "选择确认 SACK"),
        (asked.timestamps && answered.timestamps.is_some(), "timestamps", "时间戳"),
    ];
    let agreed: Vec<_> = in_force.iter().filter(|(both, ..)| *both).collect();
    let en: Vec<&str> = agreed.iter().map(|(_, en, _)| *en).collect();
    let zh: Vec<&str> = agreed.iter().map(|(.., zh)| *zh).collect();
    Some(if agreed.is_empty() {
        Finding::new("agrees to open; no option is in force on both sides", "同意建立连接；没有双方都支持的选项")
    } else {
        Finding::new(
            format!("agrees to open; in force on both sides: {}", en.join(", ")),
            format!("同意建立连接；双方生效：{}", zh.join("、")),
        )
    })
}

/// Whether the segment is the one that completed the handshake for its sender.
fn completes(step: &Step<'_>, seen: &Seen<'_>) -> bool {
    step.connection.opening.ack.is_some_and(|ack| ack.ordinal == seen.ordinal)
}

fn handshake_rtt(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    if !completes(step, seen) {
        return None;
    }
    let (to_synack, to_ack, valid) = super::verdict::round_trips(step.connection)?;
    let sum = span(to_synack.saturating_add(to_ack));
    let (one, two) = (span(to_synack), span(to_ack));
    let facts = &step.connection.opening;
    let first = facts.syn.iter().flatten().map(|syn| syn.first.time).min()?;
    let whole = span(facts.ack?.time.since(first));
    Some(if valid {
        Finding::new(
            format!("the handshake took one round trip: {one} + {two} = {sum}"),
            format!("握手用了一个往返时间：{one} + {two} = {sum}"),
        )
    } else {
        Finding::new(
            format!("no valid round trip from this handshake: a segment of it was sent again (Karn); it took {whole}"),
            format!("这次握手得不到有效的往返时间：其中有报文段重传（Karn 算法）；用时 {whole}"),
        )
    })
}

fn fast_open(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let Segment { flags, len, options, .. } = *seen.segment;
    if !flags.syn() || flags.rst() || seen.repeats.is_some() {
        return None;
    }
    if !flags.ack() {
        return match (options.fast_open?, len) {
            (0, 0) => Some(Finding::new("asks for a Fast Open cookie", "请求快速打开 Cookie")),
            (0, len) => Some(Finding::new(
                format!("{} on the SYN, and a cookie is asked for", some(len.into(), "octet")),
                format!("SYN 携带 {len} 字节数据，并请求 Cookie"),
            )),
            (_, 0) => Some(Finding::new("shows its Fast Open cookie", "出示快速打开 Cookie")),
            (_, len) => Some(Finding::new(
                format!("{} on the SYN, with a Fast Open cookie", some(len.into(), "octet")),
                format!("SYN 携带 {len} 字节数据与快速打开 Cookie"),
            )),
        };
    }
    let asked = (!seen.peer).of(&step.connection.opening.syn).filter(|syn| syn.options.fast_open.is_some())?;
    let accepted = step.connection.opening.early_data;
    if accepted > 0 {
        return Some(Finding::new(
            format!("takes {accepted} of the {} on the SYN", some(asked.len.into(), "octet")),
            format!("接受随 SYN 到达的 {} 字节中的 {accepted} 字节", asked.len),
        ));
    }
    if asked.len > 0 {
        return Some(Finding::new(
            format!("ignores the {} on the SYN: to be sent again", some(asked.len.into(), "octet")),
            format!("忽略随 SYN 到达的 {} 字节：须重新发送", asked.len),
        ));
    }
    options.fast_open.filter(|cookie| *cookie > 0).map(|cookie| {
        Finding::new(
            format!("gives a Fast Open cookie of {} for the next time", some(cookie.into(), "octet")),
            format!("给出 {cookie} 字节的快速打开 Cookie，供下次使用"),
        )
    })
}

fn simultaneous_open(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let entered = step.changes.iter().any(|change| {
        change.news == News::Happened && change.from == Some(State::SynSent) && change.to == State::SynReceived
    });
    let first = entered && seen.segment.flags.syn() && !step.connection.is_self_connect();
    let other_not_yet = !both_received(step.connection);
    (first && other_not_yet)
        .then(|| Finding::new("both sides opened at once: the SYNs crossed", "双方同时打开：两个 SYN 在途中交错"))
}

fn both_received(connection: &Connection) -> bool {
    connection.opening.syn_ack.iter().all(Option::is_some)
}
