//! An opening in words: its title, and why it is called that.

use super::backoff::{backoff, schedule};
use super::cause::is_ignored_on_loopback;
use super::open::fast_open;
use crate::annotate::words::{icmp_reason, some, span, times};
use crate::tcp::{Peer, State};
use crate::timeline::{Backoff, FastOpen, FastOpenOutcome, OpenCause, OpenKind, Text};
use crate::track::{Circumstances, Connection, Reuse, ReuseProof, SynFact};

/// Windows asks again so long after a RST refused its SYN, nanoseconds.
const REFUSED_NS: std::ops::RangeInclusive<i64> = 400_000_000..=650_000_000;

pub(super) fn title(connection: &Connection, kind: OpenKind) -> Text {
    let (en, zh) = match kind {
        _ if is_probe(connection) => ("a probe, no opening", "探测，并非建立连接"),
        OpenKind::ThreeWay => ("three-way handshake", "三次握手"),
        OpenKind::Simultaneous => ("simultaneous open", "同时打开"),
        OpenKind::SelfConnect => ("self-connect", "自连接"),
        OpenKind::FastOpen => ("TCP Fast Open", "TCP 快速打开"),
        OpenKind::Split => ("split handshake", "拆分握手"),
        OpenKind::Refused => ("refused", "连接被拒绝"),
        OpenKind::Unreachable => ("unreachable", "目标不可达"),
        OpenKind::Unanswered => ("unanswered", "无应答"),
        OpenKind::HalfOpen => ("half-open", "半打开"),
        OpenKind::MidStream => ("seen from mid-stream", "从中途开始捕获"),
        OpenKind::OneSided => ("one direction only", "只捕获到一个方向"),
    };
    Text::new(en, zh)
}

pub(super) fn why(connection: &Connection, kind: OpenKind, cause: Option<OpenCause>) -> Text {
    let Text { mut en, mut zh } = by_kind(connection, kind, cause);
    let none = Circumstances::default();
    let evidence = connection.evidence.as_deref().unwrap_or(&none);
    let more = [
        syn_again(connection, evidence),
        syn_ack_again(connection),
        lost(connection, evidence, cause),
        fast_open(connection).filter(|_| kind != OpenKind::FastOpen).and_then(fast_open_words),
        evidence.reuse.map(reused),
    ];
    for Text { en: more_en, zh: more_zh } in more.into_iter().flatten() {
        en = en + "; " + &more_en;
        zh = zh + "；" + &more_zh;
    }
    Text::new(en, zh)
}

fn by_kind(connection: &Connection, kind: OpenKind, cause: Option<OpenCause>) -> Text {
    match kind {
        OpenKind::ThreeWay => three_way(connection),
        OpenKind::Simultaneous => Text::new("the SYNs of both sides crossed", "双方的 SYN 在途中交错"),
        OpenKind::SelfConnect => {
            Text::new("the socket connected to its own address and port", "套接字连接到了自己的地址和端口")
        }
        OpenKind::FastOpen => fast_open(connection).and_then(fast_open_words).unwrap_or_default(),
        OpenKind::Split if cause == Some(OpenCause::FiveWay) => Text::new(
            "five-way: the server acknowledged the SYN first and then sent a SYN of its own, which the client answered",
            "五次握手：服务器先确认 SYN，再发送自己的 SYN，由客户端应答",
        ),
        OpenKind::Split => Text::new(
            "four-way: the server answered the SYN by a SYN of its own, and the client answered that by SYN,ACK",
            "四次握手：服务器以自己的 SYN 应答，客户端再以 SYN,ACK 应答",
        ),
        OpenKind::Refused if is_held(connection) => Text::new(
            "the SYN was answered by RST while these ports were still in TIME-WAIT",
            "这些端口仍处于 TIME-WAIT 时，SYN 得到 RST 应答",
        ),
        OpenKind::Refused => Text::new(
            "the SYN was answered by RST: nobody listens on that port",
            "SYN 得到 RST 应答：该端口没有进程监听",
        ),
        OpenKind::Unreachable => unreachable(connection),
        OpenKind::Unanswered => unanswered(connection, cause),
        OpenKind::HalfOpen => half_open(connection, cause),
        OpenKind::MidStream if is_probe(connection) => Text::new(
            "a segment without SYN and ACK, which neither opens a connection nor belongs to one",
            "既无 SYN 也无 ACK 的报文段：既不建立连接，也不属于任何连接",
        ),
        OpenKind::MidStream => Text::new(
            "the capture began after the handshake; who is the client is guessed",
            "捕获开始时握手已经结束；哪一方是客户端为推测",
        ),
        OpenKind::OneSided => Text::new("only one side's segments were captured", "只捕获到一方的报文段"),
    }
}

/// Whether all there was is a probe, and the RST that refused it.
fn is_probe(connection: &Connection) -> bool {
    connection.evidence.as_ref().and_then(|evidence| evidence.reset).is_some_and(|reset| reset.refuses_probe)
}

/// Whether somebody still waited in TIME-WAIT on these ports and did not give way.
pub(super) fn is_held(connection: &Connection) -> bool {
    connection
        .evidence
        .as_ref()
        .and_then(|evidence| evidence.reuse)
        .is_some_and(|reuse| !reuse.taken && !reuse.refused_first)
}

fn three_way(connection: &Connection) -> Text {
    let facts = &connection.opening;
    let [asked, answered] = [facts.syn[0], facts.syn_ack[1]];
    let missing: Vec<&str> = [(asked, "SYN"), (answered, "SYN,ACK")]
        .iter()
        .filter(|(fact, _)| fact.is_none())
        .map(|(_, name)| *name)
        .collect();
    if missing.is_empty() {
        return match facts.ack {
            Some(_) => Text::new("SYN, SYN,ACK, ACK", "SYN、SYN,ACK、ACK"),
            None => Text::new(
                "SYN, SYN,ACK; the ACK was not captured, but what follows implies it",
                "SYN、SYN,ACK；没有捕获到 ACK，但后续报文段说明它存在",
            ),
        };
    }
    let missing = missing.join(", ");
    Text::new(
        format!("{missing} not captured, but what follows implies it"),
        format!("没有捕获到 {missing}，但后续报文段说明它存在"),
    )
}

fn unreachable(connection: &Connection) -> Text {
    let Some(fact) = connection.evidence.as_ref().and_then(|evidence| evidence.icmp) else {
        return Text::new("an ICMP error answered the SYN", "SYN 得到 ICMP 差错应答");
    };
    let (reason, who) = (icmp_reason(fact.reason), fact.reporter);
    Text::new(
        format!("the SYN was answered by ICMP: {who} says {}", reason.en),
        format!("SYN 得到 ICMP 差错应答：{who} 报告{}", reason.zh),
    )
}

fn unanswered(connection: &Connection, cause: Option<OpenCause>) -> Text {
    match cause {
        Some(OpenCause::Withdrawn) => Text::new(
            "the client took its SYN back by a RST of its own before any answer was seen",
            "在看到任何应答之前，客户端自己以 RST 撤回了 SYN",
        ),
        Some(OpenCause::AcceptQueueFull) => Text::new(
            "no answer to the SYN, though this port had accepted others: its accept queue may be full, or this client is filtered",
            "SYN 没有得到应答，而该端口此前接受过其他连接：全连接队列可能已满，或该客户端被过滤",
        ),
        _ if connection.opening.syn.iter().all(Option::is_some) => {
            Text::new("SYNs of both sides, neither of which was answered", "双方都发送了 SYN，但都没有得到应答")
        }
        _ if connection.opening.syn[0].is_some_and(|syn| syn.lost == syn.copies) => Text::new(
            "no answer to the SYN: all copies of it were lost on the way, as where something filters them",
            "SYN 没有得到应答：它的每一次发送都在途中丢失，例如被过滤",
        ),
        _ => Text::new("no answer to the SYN: filtered, or nobody there", "SYN 没有得到应答：被过滤，或目标不存在"),
    }
}

fn half_open(connection: &Connection, cause: Option<OpenCause>) -> Text {
    let facts = &connection.opening;
    match cause {
        Some(OpenCause::OldConnection) if connection.closing.reset.iter().any(Option::is_some) => Text::new(
            "the server still knew an older connection of these ports, and was told by RST that it is gone",
            "服务器仍保留着这些端口上的旧连接，随后被 RST 告知它已不存在",
        ),
        Some(OpenCause::OldConnection) => Text::new(
            "the server still knew an older connection of these ports: it answered the SYN by that one's acknowledgment",
            "服务器仍保留着这些端口上的旧连接：它以旧连接的确认号应答了 SYN",
        ),
        Some(OpenCause::WrongAck) => Text::new(
            "the SYN,ACK was answered by a segment that does not fit it, so the server never opened",
            "对 SYN,ACK 的应答与其不符，因此服务器一方从未建立",
        ),
        Some(OpenCause::AckTooLate) => Text::new(
            "the client's ACK came too late: the server had given up SYN-RECEIVED, as its RST to that ACK shows",
            "客户端的 ACK 来得太迟：服务器已放弃 SYN-RECEIVED，它对该 ACK 的 RST 表明了这一点",
        ),
        Some(OpenCause::AcceptQueueFull) => Text::new(
            "the client acknowledged the SYN,ACK, but the server went on repeating it: its accept queue is full, or these ACKs never reach it",
            "客户端确认了 SYN,ACK，但服务器仍不断重传：其全连接队列已满，或这些 ACK 始终没有到达",
        ),
        Some(OpenCause::ThirdAckLost) => Text::new(
            "the client acknowledged the SYN,ACK, but the server repeated it and nothing shows that it ever opened",
            "客户端确认了 SYN,ACK，但服务器又重传了它，没有迹象表明服务器一方已建立",
        ),
        Some(OpenCause::SynScan) => Text::new(
            "SYN, SYN,ACK, and a RST instead of the ACK: a port scan that found the port open, or a stale SYN that its sender did not know",
            "SYN、SYN,ACK，之后是 RST 而不是 ACK：端口扫描（端口开放），或发送方并不认识的过期 SYN",
        ),
        Some(OpenCause::StaleSyn) => Text::new(
            "the SYN came out of the network and not from the client, which knew of no connection and answered the SYN,ACK by RST",
            "该 SYN 来自网络而非客户端；客户端不认识这个连接，以 RST 应答了 SYN,ACK",
        ),
        _ if facts.dropped.is_some() => {
            Text::new("the handshake was not completed: a RST ended it", "握手没有完成：被 RST 终止")
        }
        _ => Text::new("the SYN,ACK was never acknowledged", "SYN,ACK 始终没有得到确认"),
    }
}

fn syn_again(connection: &Connection, evidence: &Circumstances) -> Option<Text> {
    let syn = connection.opening.syn[0].filter(|syn| syn.copies > 1)?;
    let again = syn.copies - 1;
    let waits: Vec<i64> = evidence.syn_waits.iter().collect();
    let fits = match syn_backoff(connection) {
        _ if is_after_refusal(connection, &waits) => {
            ("asking again after a RST, as Windows does", "收到 RST 后再次请求，这是 Windows 的做法")
        }
        Some(Backoff::LinuxLinear) => ("as Linux since 6.5 does", "符合 Linux 6.5 起的做法"),
        Some(Backoff::Doubling) => ("each twice the one before", "每次加倍"),
        Some(Backoff::Other) => ("the schedule of no common system", "不符合常见系统的重传间隔"),
        Some(Backoff::Undecided) | None => ("", ""),
    };
    let within = span(syn.last.time.since(syn.first.time));
    let (waited_en, waited_zh) = match (waits.len(), fits) {
        (0, _) => (format!("within {within}"), format!("历时 {within}")),
        (_, ("", _)) => (format!("after {}", schedule(&waits)), format!("间隔 {}", schedule(&waits))),
        (_, (en, zh)) => (format!("after {} ({en})", schedule(&waits)), format!("间隔 {}（{zh}）", schedule(&waits))),
    };
    Some(Text::new(
        format!("the SYN was sent again {} {waited_en}", times(again)),
        format!("SYN 重传 {again} 次，{waited_zh}"),
    ))
}

/// Which schedule the waits between the copies of the SYN fit; none where each answers a RST.
pub fn syn_backoff(connection: &Connection) -> Option<Backoff> {
    let waits: Vec<i64> = connection.evidence.as_ref()?.syn_waits.iter().collect();
    if is_after_refusal(connection, &waits) { None } else { backoff(&waits) }
}

/// Whether the SYN was sent again because a RST had refused it, as Windows does.
fn is_after_refusal(connection: &Connection, waits: &[i64]) -> bool {
    let was_refused = connection.opening.refused.is_some() || connection.opening.refused_before;
    was_refused && !waits.is_empty() && waits.iter().all(|wait| REFUSED_NS.contains(wait))
}

fn syn_ack_again(connection: &Connection) -> Option<Text> {
    let repeats = |fact: &Option<SynFact>| fact.map_or(0, |fact| fact.copies.saturating_sub(1));
    let again = repeats(&connection.opening.syn_ack[1]);
    (again > 0)
        .then(|| Text::new(format!("the SYN,ACK was sent again {}", times(again)), format!("SYN,ACK 重传 {again} 次")))
}

/// What was lost, and how that is known.
fn lost(connection: &Connection, evidence: &Circumstances, cause: Option<OpenCause>) -> Option<Text> {
    let facts = &connection.opening;
    // The half-open has words of its own.
    let is_stuck = connection.state(Peer::B) == Some(State::SynReceived);
    Some(match cause? {
        OpenCause::SynLost if connection.tells_arrivals() => Text::new(
            "the first SYN was lost on the way: it left the client and did not reach the server",
            "第一个 SYN 在途中丢失：它已由客户端发出，但没有到达服务器",
        ),
        OpenCause::SynLost if evidence.port_accepts => Text::new(
            "the first SYN was lost or ignored, as the answer echoes the timestamp of a later one; the port accepts others, so its accept queue may have been full",
            "第一个 SYN 已丢失或被忽略，因为应答回显的是后一个 SYN 的时间戳；该端口接受其他连接，因此全连接队列可能曾已满",
        ),
        OpenCause::SynLost => Text::new(
            "the first SYN was lost: the answer echoes the timestamp of a later one",
            "第一个 SYN 已丢失：应答回显的是后一个 SYN 的时间戳",
        ),
        OpenCause::SynAckLost if !connection.has_lost_syn_ack() && facts.syn[0].is_some_and(|syn| syn.copies > 1) => {
            Text::new(
                "the SYN,ACK was lost or late behind the capture: it had been seen, yet the SYN came again",
                "SYN,ACK 在观测点之后丢失或迟到：它已被捕获，但 SYN 仍再次发送",
            )
        }
        OpenCause::SynAckLost => Text::new("the first SYN,ACK was lost on the way", "第一个 SYN,ACK 在途中丢失"),
        OpenCause::SynAckOrAckLost => Text::new(
            "the SYN,ACK or its ACK was lost or late: it came again before any ACK was seen; nothing here tells which",
            "SYN,ACK 或对它的 ACK 丢失或迟到：在看到任何 ACK 之前再次发送；此处无法判断是哪一个",
        ),
        OpenCause::ClosedPort if facts.refused_before => Text::new(
            "an earlier SYN was refused by RST: nobody listened on that port yet",
            "较早的 SYN 被 RST 拒绝：当时该端口还没有进程监听",
        ),
        OpenCause::NetUnreachable
        | OpenCause::HostUnreachable
        | OpenCause::ProtocolUnreachable
        | OpenCause::PortUnreachable
        | OpenCause::Prohibited
        | OpenCause::TimeExceeded
            if facts.shows_both() =>
        {
            let fact = evidence.icmp?;
            let (reason, who) = (icmp_reason(fact.reason), fact.reporter);
            Text::new(
                format!("an earlier SYN was answered by ICMP: {who} says {}", reason.en),
                format!("较早的 SYN 得到 ICMP 差错应答：{who} 报告{}", reason.zh),
            )
        }
        OpenCause::SynOrAnswerLost if evidence.port_accepts => Text::new(
            "the SYN or its answer was lost, or the accept queue was full: the port accepts others",
            "SYN 或其应答丢失，或全连接队列已满：该端口接受其他连接",
        ),
        OpenCause::SynOrAnswerLost if connection.closing.ignored_resets > 0 => {
            Text::new("the SYN came again; a RST was seen and did nothing", "SYN 再次发送；看到了 RST，但没有起作用")
        }
        OpenCause::OldConnection if facts.syn_ack[1].is_some() => Text::new(
            "the server first answered by the acknowledgment of an older connection of these ports, and was told by RST that it is gone",
            "服务器起初以这些端口上旧连接的确认号应答，随后被 RST 告知旧连接已不存在",
        ),
        OpenCause::SynOrAnswerLost => Text::new(
            "the SYN or its answer was lost before the capture; nothing tells which",
            "SYN 或其应答在到达观测点之前丢失；无法判断是哪一个",
        ),
        OpenCause::ThirdAckLost if facts.ack_lost && facts.syn_ack_after_ack == 0 && !is_stuck => Text::new(
            "the client's ACK was lost on the way; what it sent next carried the same acknowledgment and completed the handshake",
            "客户端的 ACK 在途中丢失；它随后发送的报文段带有同样的确认，完成了握手",
        ),
        OpenCause::ThirdAckLost if facts.ack_lost && !is_stuck => Text::new(
            "the client's ACK was lost on the way: the SYN,ACK came again after it",
            "客户端的 ACK 在途中丢失：其后 SYN,ACK 再次发送",
        ),
        OpenCause::ThirdAckLost if !is_stuck => Text::new(
            "the client's ACK was lost or late: the SYN,ACK came again after it",
            "客户端的 ACK 丢失或迟到：其后 SYN,ACK 再次发送",
        ),
        OpenCause::AcceptQueueFull if facts.syn_ignored => Text::new(
            "the first SYN arrived, and the server ignored it: its accept queue was full",
            "第一个 SYN 已经到达，但服务器没有理会：其全连接队列已满",
        ),
        OpenCause::AcceptQueueFull if is_ignored_on_loopback(connection) => Text::new(
            "the first SYN arrived, for loopback loses nothing, and the server ignored it though its port had accepted others: its accept queue was full",
            "第一个 SYN 已经到达（环回接口不会丢包），但服务器没有理会，而该端口接受过其他连接：其全连接队列已满",
        ),
        OpenCause::AcceptQueueFull if facts.syn_ack_after_ack > 0 && !is_stuck => Text::new(
            "the server repeated the SYN,ACK although it was acknowledged each time: its accept queue was full for a while, or the ACKs were lost",
            "每次都已得到确认，服务器仍重传 SYN,ACK：其全连接队列一度已满，或这些 ACK 丢失",
        ),
        OpenCause::StaleSyn if !facts.syn_unsent => Text::new(
            "a stale SYN was answered first, and that answer refused by RST",
            "服务器先应答了一个过期的 SYN，该应答被 RST 拒绝",
        ),
        _ => return None,
    })
}

fn fast_open_words(tried: FastOpen) -> Option<Text> {
    let FastOpen { outcome, sent, accepted } = tried;
    Some(match outcome {
        FastOpenOutcome::CookieAsked => {
            Text::new("a Fast Open cookie was asked for and none given", "请求了快速打开 Cookie，但没有得到")
        }
        FastOpenOutcome::CookieGiven => Text::new(
            "a Fast Open cookie was asked for and given, for the next time",
            "请求并得到了快速打开 Cookie，供下次使用",
        ),
        FastOpenOutcome::DataAccepted if accepted < sent => Text::new(
            format!("the SYN,ACK acknowledges {accepted} of the {} that came with the SYN", some(sent.into(), "octet")),
            format!("SYN,ACK 确认了随 SYN 到达的 {sent} 字节数据中的 {accepted} 字节"),
        ),
        FastOpenOutcome::DataAccepted => Text::new(
            format!("the SYN,ACK acknowledges the {} that came with the SYN", some(accepted.into(), "octet")),
            format!("SYN,ACK 确认了随 SYN 到达的 {accepted} 字节数据"),
        ),
        FastOpenOutcome::DataIgnored => Text::new(
            format!(
                "Fast Open failed: {} came with the SYN, and the SYN,ACK acknowledges none of that",
                some(sent.into(), "octet")
            ),
            format!("快速打开未成功：SYN 携带了 {sent} 字节数据，SYN,ACK 没有确认其中任何一个"),
        ),
        FastOpenOutcome::CookieOnly => {
            Text::new("the SYN carries a Fast Open cookie but no data", "SYN 携带快速打开 Cookie，但没有数据")
        }
    })
}

/// The TIME-WAIT that the ports were taken from.
fn reused(reuse: Reuse) -> Text {
    let after = span(reuse.after_ns);
    let (proof_en, proof_zh) = match reuse.proof {
        Some(ReuseProof::LinuxStep) => (
            "the side that was in TIME-WAIT begins at its old SND.NXT + 65537, as Linux does",
            "曾处于 TIME-WAIT 的一方以自己旧的 SND.NXT + 65537 作为新的初始序号，这是 Linux 的做法",
        ),
        Some(ReuseProof::Timestamp) => {
            ("the new SYN's timestamp is later (RFC 6191)", "新 SYN 的时间戳更新（RFC 6191）")
        }
        Some(ReuseProof::LargerNumber) => {
            ("the new SYN's number is larger (RFC 9293 MAY-2)", "新 SYN 的初始序号更大（RFC 9293 MAY-2）")
        }
        None => ("nothing shows the new SYN to be younger", "没有证据表明新 SYN 更新"),
    };
    let of = reuse.of;
    match reuse.taken {
        _ if reuse.refused_first => {
            let (end_en, end_zh) = match reuse.taken {
                true => ("; then the ports were free", "；此后端口可用"),
                false => Default::default(),
            };
            Text::new(
                format!(
                    "the TIME-WAIT of connection {of} refused the SYN by that one's last ACK, and was ended after {after} by the RST in answer (RFC 1337){end_en}"
                ),
                format!(
                    "连接 {of} 的 TIME-WAIT 以其最后的 ACK 拒绝了该 SYN，并在 {after} 后因对此的 RST 而结束（RFC 1337）{end_zh}"
                ),
            )
        }
        true => Text::new(
            format!("it takes the ports of connection {of} after {after} of TIME-WAIT: {proof_en}"),
            format!("在 TIME-WAIT 进行了 {after} 后重用连接 {of} 的端口：{proof_zh}"),
        ),
        false => Text::new(
            format!("it asks for the ports of connection {of} after {after} of TIME-WAIT, and does not get them"),
            format!("在 TIME-WAIT 进行了 {after} 后请求连接 {of} 的端口，但没有得到"),
        ),
    }
}
