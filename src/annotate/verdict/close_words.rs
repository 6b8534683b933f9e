//! A closing in words: its title, and why it is called that.

use super::cause::{gave_up_opening, has_other_ttl};
use super::close::{Aborted, first_reset};
use crate::annotate::words::{octets, role, span, times};
use crate::tcp::{Peer, State};
use crate::timeline::{CloseCause, CloseKind, Text};
use crate::track::{Connection, ResetFact};

/// A silence from here on is worth a word, nanoseconds.
const LONG_NS: i64 = 1_000_000_000;

pub(super) fn title(connection: &Connection, kind: CloseKind, cause: Option<CloseCause>, never_opened: bool) -> Text {
    let late_data = connection.closing.late_bytes > 0;
    let (en, zh) = match kind {
        CloseKind::None if never_opened => ("never opened", "从未建立"),
        CloseKind::FourSegment if late_data => ("four segments, with a half-close", "四次挥手（含半关闭）"),
        CloseKind::FourSegment => ("four segments", "四次挥手"),
        CloseKind::ThreeSegment => ("three segments (FIN and ACK merged)", "三次挥手（FIN 与 ACK 合并）"),
        CloseKind::HalfClosed => ("half-closed", "半关闭"),
        CloseKind::Simultaneous => ("simultaneous close", "同时关闭"),
        CloseKind::Reset => ("reset", "异常终止（RST）"),
        CloseKind::ResetAfterFin if cause == Some(CloseCause::FinWait2Abandoned) => {
            ("FIN-WAIT-2 abandoned, then reset", "放弃 FIN-WAIT-2，随后被 RST 终止")
        }
        CloseKind::ResetAfterFin => ("reset after FIN", "FIN 之后被 RST 终止"),
        CloseKind::UnansweredFin if connection.has_only_one_side() => {
            ("FIN seen, the other direction not captured", "看到 FIN，另一方向没有捕获到")
        }
        CloseKind::UnansweredFin => {
            let whose = unanswered(connection);
            return Text::new(
                format!("FIN of the {} unanswered", whose.en),
                format!("{}的 FIN 没有得到应答", whose.zh),
            );
        }
        CloseKind::None => ("still open when the capture ended", "捕获结束时仍未关闭"),
    };
    Text::new(en, zh)
}

pub(super) fn why(
    connection: &Connection,
    kind: CloseKind,
    cause: Option<CloseCause>,
    closer: Option<Peer>,
    told: Option<Aborted>,
) -> Text {
    let facts = &connection.closing;
    let Text { mut en, mut zh } = by_kind(connection, kind, cause, closer, told);
    let mut add = |more_en: String, more_zh: String| {
        en = format!("{en}; {more_en}");
        zh = format!("{zh}；{more_zh}");
    };
    let other = closer.map(|peer| role(connection.receiver_of(peer))).unwrap_or_default();
    let closes_by_fin = matches!(
        kind,
        CloseKind::FourSegment | CloseKind::ThreeSegment | CloseKind::HalfClosed | CloseKind::ResetAfterFin
    );
    if facts.late_bytes > 0 && closes_by_fin {
        let late = octets(facts.late_bytes);
        let first = facts.first_fin.map(|peer| role(connection.receiver_of(peer))).unwrap_or(other);
        add(
            format!("the {} sent {late} after that FIN", first.en),
            format!("{}在该 FIN 之后又发送了 {late}", first.zh),
        );
    }
    let again: u32 = facts.fin.iter().flatten().map(|fin| fin.copies.saturating_sub(1)).sum();
    if again > 0 {
        add(format!("FIN sent again {}", times(again)), format!("FIN 重传 {again} 次"));
    }
    let ignored = facts.ignored_resets;
    if ignored > 0 && cause != Some(CloseCause::OtherDevice) {
        let noun = if ignored == 1 { "RST" } else { "RSTs" };
        let ttl = connection.strange_ttl();
        let (ttl_en, ttl_zh) = ttl.map_or_else(Default::default, |(seen, own)| {
            (
                format!(" (TTL {seen}, not {own} as its supposed sender's: a device on the way may have sent it)"),
                format!("（TTL {seen}，而所称发送方为 {own}：可能由途中的设备发出）"),
            )
        });
        add(format!("{ignored} {noun} did nothing{ttl_en}"), format!("有 {ignored} 个 RST 没有起作用{ttl_zh}"));
    }
    Text::new(en, zh)
}

/// Of a side that has closed without a FIN on the wire.
pub(super) fn unsent_title(peer: Peer) -> Text {
    let who = role(peer);
    Text::new(format!("FIN of the {} never sent", who.en), format!("{}的 FIN 从未发出", who.zh))
}

pub(super) fn unsent_why(connection: &Connection, kind: CloseKind, peer: Peer) -> Text {
    let (who, other) = (role(peer), role(connection.receiver_of(peer)));
    let (before_en, before_zh) = match kind {
        CloseKind::HalfClosed => (
            format!("the {} sent FIN and it was acknowledged; ", other.en),
            format!("{}发送了 FIN 并得到确认；", other.zh),
        ),
        CloseKind::UnansweredFin => (
            format!("the FIN of the {} was never acknowledged; ", other.en),
            format!("{}的 FIN 始终没有得到确认；", other.zh),
        ),
        _ => Default::default(),
    };
    Text::new(
        format!(
            "{before_en}the {} has closed, as its kernel says, but its FIN waits behind data that did not get through",
            who.en
        ),
        format!("{before_zh}据内核，{}已经关闭，但其 FIN 排在未能送达的数据之后", who.zh),
    )
}

fn by_kind(
    connection: &Connection,
    kind: CloseKind,
    cause: Option<CloseCause>,
    closer: Option<Peer>,
    told: Option<Aborted>,
) -> Text {
    let who = closer.map(role).unwrap_or_default();
    let other = closer.map(|peer| role(connection.receiver_of(peer))).unwrap_or_default();
    match kind {
        CloseKind::FourSegment => Text::new(
            format!("FIN, ACK, FIN, ACK: the {} closed first, the {} had not finished yet", who.en, other.en),
            format!("FIN、ACK、FIN、ACK：{}先关闭，{}当时还未结束", who.zh, other.zh),
        ),
        CloseKind::ThreeSegment
            if closer.is_some_and(|peer| connection.closing.had_gone(peer, connection.receiver_of(peer))) =>
        {
            Text::new(
                format!(
                    "the {} closed first; the number of the {}'s ACK shows that its FIN had gone already, and was lost before the capture",
                    who.en, other.en
                ),
                format!("{}先关闭；{}的 ACK 序号表明其 FIN 此前已经发出，在到达观测点之前丢失", who.zh, other.zh),
            )
        }
        CloseKind::ThreeSegment => Text::new(
            format!(
                "the {} closed first; the {} had nothing left to send, so its FIN rode on the ACK",
                who.en, other.en
            ),
            format!("{}先关闭；{}已没有数据要发送，所以 FIN 与 ACK 合并", who.zh, other.zh),
        ),
        CloseKind::HalfClosed => Text::new(
            format!("the {} sent FIN and it was acknowledged; the {} has not closed", who.en, other.en),
            format!("{}发送了 FIN 并得到确认；{}还没有关闭", who.zh, other.zh),
        ),
        CloseKind::Simultaneous => {
            Text::new("both sides sent FIN before either had arrived", "双方在收到对方的 FIN 之前都发送了 FIN")
        }
        CloseKind::Reset | CloseKind::ResetAfterFin => by_reset(connection, cause, told),
        CloseKind::UnansweredFin if connection.has_only_one_side() => Text::new(
            format!("the {} sent FIN; what the other side did was not captured", who.en),
            format!("{}发送了 FIN；另一方的报文段没有捕获到", who.zh),
        ),
        CloseKind::UnansweredFin => {
            let whose = unanswered(connection);
            Text::new(
                format!("the FIN of the {} was never acknowledged", whose.en),
                format!("{}的 FIN 始终没有得到确认", whose.zh),
            )
        }
        CloseKind::None => Text::new("neither FIN nor RST was seen", "没有看到 FIN 或 RST"),
    }
}

/// Whose FIN was never acknowledged.
fn unanswered(connection: &Connection) -> Text {
    let open = |peer: &Peer| peer.of(&connection.closing.fin).is_some_and(|fin| fin.acknowledged.is_none());
    Peer::BOTH.into_iter().find(open).map(role).unwrap_or_default()
}

fn by_reset(connection: &Connection, cause: Option<CloseCause>, told: Option<Aborted>) -> Text {
    let by = first_reset(connection).map(role).unwrap_or_default();
    let hit = match connection.closing.reset_in {
        Some(State::Closed) | None => Text::new(format!("the {} sent RST", by.en), format!("{}发送了 RST", by.zh)),
        Some(state) => Text::new(
            format!("the {} sent RST; it hit {state}", by.en),
            format!("{}发送了 RST；对方当时处于 {state}", by.zh),
        ),
    };
    let reset = connection.evidence.as_ref().and_then(|evidence| evidence.reset);
    let reason = match (cause, reset) {
        _ if told.is_some() => told.map(by_call).unwrap_or_default(),
        (Some(cause), Some(reset)) => reason(connection, cause, &reset),
        (None, Some(reset)) if gave_up_opening(connection, &reset) && connection.opening.ack_too_late => Text::new(
            "it had given up waiting for that ACK, and knows no such connection",
            "它已放弃等待该 ACK，没有这个连接",
        ),
        (None, Some(reset)) if gave_up_opening(connection, &reset) => {
            Text::new("it gave up waiting for the ACK of its SYN,ACK", "它放弃了等待对其 SYN,ACK 的确认")
        }
        _ => return hit,
    };
    Text::new(format!("{}: {}", hit.en, reason.en), format!("{}：{}", hit.zh, reason.zh))
}

/// As calls of the program or its kernel tell.
fn by_call(told: Aborted) -> Text {
    match told {
        Aborted::Linger => Text::new(
            "its program had set SO_LINGER to 0, so close() aborted",
            "其程序已将 SO_LINGER 设为 0，因此 close() 异常终止连接",
        ),
        Aborted::Abandoned => Text::new(
            "its kernel had given the closed socket up in FIN-WAIT-2 (net.ipv4.tcp_fin_timeout) and knew no such connection any more",
            "其内核已放弃停留在 FIN-WAIT-2 的已关闭套接字（net.ipv4.tcp_fin_timeout），不再有这个连接",
        ),
        Aborted::Unread(unread) => {
            let unread = octets(unread);
            Text::new(
                format!("its program closed with {unread} unread that the kernel had received"),
                format!("其程序关闭时，内核已收到的 {unread} 尚未读取"),
            )
        }
    }
}

fn reason(connection: &Connection, cause: CloseCause, reset: &ResetFact) -> Text {
    let idle = span(reset.idle_ns);
    let since_fin = span(reset.since_fin_ns.unwrap_or(0));
    match cause {
        CloseCause::OtherDevice if reset.made_on_the_way => Text::new(
            "its sender's own capture does not have it: a device on the way made it",
            "所称发送方自己的捕获中没有它：由途中的设备产生",
        ),
        CloseCause::OtherDevice if !has_other_ttl(reset) && reset.strange_id.is_some() => {
            let (seen, own) = reset.strange_id.unwrap_or_default();
            Text::new(
                format!(
                    "its IP identification {seen} does not continue its sender's, which had come to {own}, so a device on the way may have sent it"
                ),
                format!("其 IP 标识 {seen} 与该方此前递增到的 {own} 不连续，可能由途中的设备发出"),
            )
        }
        CloseCause::OtherDevice if !has_other_ttl(reset) => {
            let other = role(connection.receiver_of(reset.by));
            let ttl = connection.strange_ttl();
            let (ttl_en, ttl_zh) = ttl.map_or_else(Default::default, |(seen, own)| {
                (format!(" (TTL {seen}, not {own})"), format!("（TTL {seen} 而非 {own}）"))
            });
            Text::new(
                format!(
                    "an earlier RST had ended its side, which the {} did not send{ttl_en}: a device on the way did, or somebody forged it",
                    other.en
                ),
                format!(
                    "此前有一个 RST 终止了它这一方，但{}并未发送该 RST{ttl_zh}：由途中的设备发出，或是伪造的",
                    other.zh
                ),
            )
        }
        CloseCause::OtherDevice => {
            let (seen, own) = reset.ttl;
            Text::new(
                format!(
                    "its TTL {seen} is not that of its sender's other segments ({own}), so a device on the way may have sent it, after {idle} of silence"
                ),
                format!("其 TTL {seen} 与该方其他报文段的（{own}）不同，可能由途中的设备发出；此前静默 {idle}"),
            )
        }
        CloseCause::ClosedPort => Text::new(
            "it answers a segment without ACK, which no connection sends: a probe (NULL, FIN or XMAS scan) of a port on which nobody listens",
            "它应答的是一个不带 ACK 的报文段，任何连接都不会这样发送：探测（NULL、FIN 或 XMAS 扫描），该端口没有进程监听",
        ),
        CloseCause::FinWait2Abandoned => Text::new(
            format!(
                "it answers what came {since_fin} after its own FIN was acknowledged; the closed socket was no longer kept in FIN-WAIT-2 (Linux keeps it for 60 s)"
            ),
            format!(
                "它应答的是自身 FIN 被确认 {since_fin} 之后到来的报文段；已关闭的套接字不再停留在 FIN-WAIT-2（Linux 保留 60 s）"
            ),
        ),
        CloseCause::DataAfterClose => {
            Text::new("it answers data that came after its socket was closed", "它应答的是在其套接字关闭之后到来的数据")
        }
        CloseCause::VanishedSocket if reset.after_new_syn => Text::new(
            "it had forgotten this connection and asked for a new one on the same ports: its host restarted, or its socket died without a word",
            "它已丢失该连接的状态，并在相同端口上请求新连接：主机已重启，或其套接字无声消失",
        ),
        // So soon after its own SYN,ACK or data, nothing restarts.
        CloseCause::VanishedSocket if reset.idle_ns < LONG_NS => Text::new(
            "it answers a segment for which it has no connection: its socket was just aborted (as by tcp_abort_on_overflow, with a full accept queue), or something on the way forgot the connection",
            "它应答的报文段没有对应的连接：其套接字刚被异常终止（如全连接队列已满且启用 tcp_abort_on_overflow），或途中设备丢失了连接状态",
        ),
        CloseCause::VanishedSocket => {
            let (idle_en, idle_zh) = match reset.idle_ns >= LONG_NS {
                true => (format!(", after {idle} of silence"), format!("（此前静默 {idle}）")),
                false => Default::default(),
            };
            Text::new(
                format!(
                    "it answers a segment for which it has no connection{idle_en}: process or host restarted, or something on the way forgot the connection"
                ),
                format!("它应答的报文段没有对应的连接{idle_zh}：进程或主机已重启，或途中设备丢失了连接状态"),
            )
        }
        CloseCause::AbortAfterFin if answers_fin(connection, reset.by) => Text::new(
            "it had sent FIN, and answered the other FIN by RST instead of the last ACK, so that it need not wait in TIME-WAIT",
            "它已发送 FIN，并以 RST 而不是最后的 ACK 应答对方的 FIN，因此无需在 TIME-WAIT 等待",
        ),
        CloseCause::AbortAfterFin => Text::new(
            "it had sent FIN and then gave up the rest of the connection",
            "它已发送 FIN，随后放弃了连接的其余部分",
        ),
        CloseCause::IdleTimeout => Text::new(
            format!("after {idle} of silence: an idle timeout of the program, or of a device on the way"),
            format!("在静默 {idle} 之后：程序的空闲超时，或途中设备的超时"),
        ),
        CloseCause::PeerVanished => {
            let (keep_alives, timeouts) = reset.unanswered;
            let (en, zh) = match keep_alives > timeouts {
                true => (format!("{keep_alives} keep-alives"), format!("{keep_alives} 个保活探测")),
                false => (format!("{timeouts} timeouts"), format!("{timeouts} 次超时重传")),
            };
            Text::new(
                format!(
                    "{en} in a row had gone unanswered: the peer was not heard any more, and it likely gave up (ETIMEDOUT)"
                ),
                format!("此前连续 {zh}没有得到应答：已收不到对方的任何报文，很可能是放弃了连接（ETIMEDOUT）"),
            )
        }
        CloseCause::ClosedWindow => {
            let (closed, other) = (span(reset.other_closed_ns.unwrap_or(0)), role(connection.receiver_of(reset.by)));
            Text::new(
                format!(
                    "the {}'s window had been closed for {closed}: its program did not read, and the other side gave up waiting",
                    other.en
                ),
                format!("{}的窗口已关闭 {closed}：其程序没有读取数据，另一方放弃了等待", other.zh),
            )
        }
        CloseCause::UnreadData if reset.own_closed_ns.is_some() => {
            let closed = span(reset.own_closed_ns.unwrap_or(0));
            Text::new(
                format!(
                    "its own window had been closed for {closed}, full of what its program had not read: closed with unread data"
                ),
                format!("它自己的窗口已关闭 {closed}，缓冲区满是其程序未读取的数据：关闭时有未读数据"),
            )
        }
        CloseCause::UnreadData => {
            let unread = octets(reset.arriving.into());
            Text::new(
                format!(
                    "it closed while {unread} were arriving that it had not even acknowledged: closed with unread data"
                ),
                format!("关闭时还有 {unread} 正在到达且尚未确认：关闭时有未读数据"),
            )
        }
        CloseCause::MidTransfer => {
            let lost = octets(reset.own_under_way.into());
            match reset.is_more_under_way {
                true => Text::new(
                    format!(
                        "it aborted with at least {lost} of its own not acknowledged yet, as it saw it: what acknowledges them here came too late to reach it"
                    ),
                    format!("就它所知，异常终止时它自己至少有 {lost} 尚未得到确认：此处看到的确认来不及到达它"),
                ),
                false => Text::new(
                    format!("it aborted with {lost} of its own not acknowledged yet, which may be lost"),
                    format!("异常终止时它自己的 {lost} 尚未得到确认，可能已丢失"),
                ),
            }
        }
        CloseCause::LingerZero if connection.flows.iter().all(|flow| flow.bytes + flow.missing == 0) => Text::new(
            "no data was carried in either direction: linger 0, as a port scan or a health check does it",
            "双方都没有传送数据：linger 0，端口扫描或健康检查常这样做",
        ),
        CloseCause::LingerZero => Text::new(
            "nothing had ever come that could be unread: an abort on purpose, as with linger 0",
            "从未收到可能未读的数据：有意的异常终止，如 linger 0",
        ),
        CloseCause::Abort if !reset.nothing_came && connection.last_data != Some(reset.by) => Text::new(
            "RST instead of FIN after data had come: closed with that data unread, or linger 0",
            "在收到数据之后以 RST 代替 FIN：关闭时数据未读，或 linger 0",
        ),
        // No RST is sent for it.
        CloseCause::FinBehindData => Text::default(),
        CloseCause::Abort => Text::new(
            "RST instead of FIN: linger 0, or closed with unread data",
            "以 RST 代替 FIN：linger 0，或关闭时有未读数据",
        ),
    }
}

/// Whether the RST of this peer is also the first to acknowledge the other's FIN.
fn answers_fin(connection: &Connection, by: Peer) -> bool {
    let reset = by.of(&connection.closing.reset).map(|reset| reset.ordinal);
    let fin = connection.receiver_of(by).of(&connection.closing.fin).and_then(|fin| fin.acknowledged);
    fin.is_some_and(|fin| reset == Some(fin.ordinal))
}

/// The cause in a few words, for the sentence on the whole life.
pub(super) fn in_short(cause: CloseCause, reset: Option<&ResetFact>) -> Text {
    let idle = span(reset.map_or(0, |reset| reset.idle_ns));
    let (en, zh) = match cause {
        CloseCause::OtherDevice => ("a device on the way had a hand in it", "途中的设备可能介入"),
        CloseCause::ClosedPort => ("a probe of a port on which nobody listens", "探测，该端口没有进程监听"),
        CloseCause::FinWait2Abandoned => ("its FIN-WAIT-2 had been given up", "其 FIN-WAIT-2 已被放弃"),
        CloseCause::DataAfterClose => ("data came after it had closed", "在其关闭之后仍有数据到来"),
        CloseCause::VanishedSocket => ("it knew no such connection", "它没有这个连接"),
        CloseCause::AbortAfterFin => ("it gave up the rest after its FIN", "在 FIN 之后放弃了其余部分"),
        CloseCause::IdleTimeout => {
            return Text::new(format!("after {idle} of silence"), format!("此前静默 {idle}"));
        }
        CloseCause::PeerVanished => ("its peer was not heard any more", "收不到对方的任何报文"),
        CloseCause::ClosedWindow => {
            let closed = span(reset.and_then(|reset| reset.other_closed_ns).unwrap_or(0));
            return Text::new(format!("after {closed} before a closed window"), format!("此前窗口关闭了 {closed}"));
        }
        CloseCause::UnreadData => ("with unread data", "有未读数据"),
        CloseCause::MidTransfer => ("in the middle of its own data", "自身数据尚在途中"),
        CloseCause::LingerZero => ("as with linger 0", "如 linger 0"),
        CloseCause::FinBehindData => ("it waits behind data", "排在未送达的数据之后"),
        CloseCause::Abort => ("linger 0, or unread data", "linger 0，或有未读数据"),
    };
    Text::new(en, zh)
}
