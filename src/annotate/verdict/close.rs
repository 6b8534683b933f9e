//! How a connection closed, by name.

use crate::annotate::words::{octets, role};
use crate::tcp::{Basis, Peer, State};
use crate::timeline::{CloseKind, OpenKind, Text};
use crate::track::Connection;

/// A closing, judged.
#[derive(Debug, Clone)]
pub struct Closing {
    pub kind: CloseKind,
    pub basis: Basis,
    pub title: Text,
    pub why: Text,
    pub active_closer: Option<Peer>,
}

/// The kind of a closing and who closed first, without a word: cheap enough to be asked of a million connections.
pub fn close_kind(connection: &Connection, opened: OpenKind) -> (CloseKind, Option<Peer>) {
    let kind = kind(connection);
    let active_closer = match kind {
        CloseKind::Simultaneous => None,
        _ => connection.closing.first_fin.or_else(|| first_reset(connection)),
    };
    (kind, active_closer.filter(|_| !never_opened(kind, opened)))
}

/// Nothing was there that could have been closed.
pub fn never_opened(kind: CloseKind, opened: OpenKind) -> bool {
    let failed =
        matches!(opened, OpenKind::Refused | OpenKind::Unanswered | OpenKind::Unreachable | OpenKind::HalfOpen);
    failed && kind == CloseKind::None
}

/// Names the closing of a connection that opened in this way.
pub fn closing(connection: &Connection, opened: OpenKind) -> Closing {
    let (kind, active_closer) = close_kind(connection, opened);
    let never = never_opened(kind, opened);
    Closing {
        kind,
        basis: if connection.has_only_one_side() { Basis::Inferred } else { Basis::Observed },
        title: title(kind, never, connection.closing.late_bytes > 0, connection.has_only_one_side()),
        why: if never {
            Text::new("it never opened", "从未建立，无需关闭")
        } else {
            why(connection, kind, active_closer)
        },
        active_closer,
    }
}

/// Who sent the RST that ended it.
fn first_reset(connection: &Connection) -> Option<Peer> {
    let place = |peer: Peer| peer.of(&connection.closing.reset).map(|reset| reset.ordinal);
    match (place(Peer::A), place(Peer::B)) {
        (Some(a), Some(b)) => Some(if a <= b { Peer::A } else { Peer::B }),
        (Some(_), None) => Some(Peer::A),
        (None, Some(_)) => Some(Peer::B),
        (None, None) => None,
    }
}

fn kind(connection: &Connection) -> CloseKind {
    let facts = &connection.closing;
    let reset = first_reset(connection).and_then(|peer| *peer.of(&facts.reset));
    let reset = if connection.opening.refused.is_some() { None } else { reset };
    let Some(first) = facts.first_fin else {
        return if reset.is_some() { CloseKind::Reset } else { CloseKind::None };
    };
    let second = connection.receiver_of(first);
    if first == second {
        return CloseKind::Simultaneous;
    }
    let (Some(one), two) = (first.of(&facts.fin), second.of(&facts.fin)) else { return CloseKind::None };
    match (two, reset) {
        (None, Some(_)) => CloseKind::ResetAfterFin,
        (None, None) if one.acknowledged.is_some() => CloseKind::HalfClosed,
        (None, None) => CloseKind::UnansweredFin,
        (Some(two), Some(reset))
            if two.acknowledged.is_none_or(|acknowledged| acknowledged.ordinal >= reset.ordinal) =>
        {
            CloseKind::ResetAfterFin
        }
        (Some(two), None) if two.acknowledged.is_none() || one.acknowledged.is_none() => CloseKind::UnansweredFin,
        (Some(two), _) if two.crossed => CloseKind::Simultaneous,
        (Some(two), _) if one.acknowledged.is_some_and(|acknowledged| acknowledged.ordinal == two.first.ordinal) => {
            CloseKind::ThreeSegment
        }
        (Some(_), _) => CloseKind::FourSegment,
    }
}

fn title(kind: CloseKind, never_opened: bool, late_data: bool, one_sided: bool) -> Text {
    let (en, zh) = match kind {
        CloseKind::None if never_opened => ("never opened", "从未建立"),
        CloseKind::FourSegment if late_data => ("four segments, with a half-close", "四次挥手（含半关闭）"),
        CloseKind::FourSegment => ("four segments", "四次挥手"),
        CloseKind::ThreeSegment => ("three segments (FIN and ACK merged)", "三次挥手（FIN 与 ACK 合并）"),
        CloseKind::HalfClosed => ("half-closed", "半关闭"),
        CloseKind::Simultaneous => ("simultaneous close", "同时关闭"),
        CloseKind::Reset => ("reset", "异常终止（RST）"),
        CloseKind::ResetAfterFin => ("reset after FIN", "FIN 之后被 RST 终止"),
        CloseKind::UnansweredFin if one_sided => {
            ("FIN seen, the other direction not captured", "看到 FIN，另一方向没有捕获到")
        }
        CloseKind::UnansweredFin => ("FIN unanswered", "FIN 没有得到应答"),
        CloseKind::None => ("still open when the capture ended", "捕获结束时仍未关闭"),
    };
    Text::new(en, zh)
}

fn why(connection: &Connection, kind: CloseKind, closer: Option<Peer>) -> Text {
    let facts = &connection.closing;
    let who = closer.map(role).unwrap_or_default();
    let other = closer.map(|peer| role(connection.receiver_of(peer))).unwrap_or_default();
    let by_reset = || {
        let by = first_reset(connection).map(role).unwrap_or_default();
        let state = facts.reset_in.map_or("?", State::name);
        (format!("the {} sent RST; it hit {state}", by.en), format!("{}发送了 RST；对方当时处于 {state}", by.zh))
    };
    let (mut en, mut zh) = match kind {
        CloseKind::FourSegment => (
            format!("FIN, ACK, FIN, ACK: the {} closed first, the {} had not finished yet", who.en, other.en),
            format!("FIN、ACK、FIN、ACK：{}先关闭，{}当时还未结束", who.zh, other.zh),
        ),
        CloseKind::ThreeSegment => (
            format!(
                "the {} closed first; the {} had nothing left to send, so its FIN rode on the ACK",
                who.en, other.en
            ),
            format!("{}先关闭；{}已没有数据要发送，所以 FIN 与 ACK 合并", who.zh, other.zh),
        ),
        CloseKind::HalfClosed => (
            format!("the {} sent FIN and it was acknowledged; the {} has not closed", who.en, other.en),
            format!("{}发送了 FIN 并得到确认；{}还没有关闭", who.zh, other.zh),
        ),
        CloseKind::Simultaneous => {
            ("both sides sent FIN before either had arrived".into(), "双方在收到对方的 FIN 之前都发送了 FIN".into())
        }
        CloseKind::Reset | CloseKind::ResetAfterFin => by_reset(),
        CloseKind::UnansweredFin if connection.has_only_one_side() => (
            format!("the {} sent FIN; what the other side did was not captured", who.en),
            format!("{}发送了 FIN；另一方的报文段没有捕获到", who.zh),
        ),
        CloseKind::UnansweredFin => {
            let open = |peer: &Peer| peer.of(&facts.fin).is_some_and(|fin| fin.acknowledged.is_none());
            let whose = Peer::BOTH.into_iter().find(open).map(role).unwrap_or_default();
            (
                format!("the FIN of the {} was never acknowledged", whose.en),
                format!("{}的 FIN 始终没有得到确认", whose.zh),
            )
        }
        CloseKind::None => ("neither FIN nor RST was seen".into(), "没有看到 FIN 或 RST".into()),
    };
    if facts.late_bytes > 0 && matches!(kind, CloseKind::FourSegment | CloseKind::ThreeSegment | CloseKind::HalfClosed)
    {
        let late = octets(facts.late_bytes);
        en += &format!("; the {} sent {late} after that FIN", other.en);
        zh += &format!("；{}在该 FIN 之后又发送了 {late}", other.zh);
    }
    let again: u32 = facts.fin.iter().flatten().map(|fin| fin.copies.saturating_sub(1)).sum();
    if again > 0 {
        en += &format!("; {again} FIN sent again");
        zh += &format!("；FIN 重传 {again} 次");
    }
    Text::new(en, zh)
}
