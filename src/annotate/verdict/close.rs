//! How a connection closed, by name.

use super::cause::close_cause;
use super::close_words::{title, unsent_title, unsent_why, why};
use crate::tcp::{Basis, Peer};
use crate::timeline::{CloseCause, CloseKind, OpenKind, Text};
use crate::track::Connection;

/// A closing, judged.
#[derive(Debug, Clone)]
pub struct Closing {
    pub kind: CloseKind,
    pub cause: Option<CloseCause>,
    pub basis: Basis,
    pub title: Text,
    pub why: Text,
    pub active_closer: Option<Peer>,
}

/// Why a RST was sent, as calls of the program or its kernel tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aborted {
    /// It had set SO_LINGER to 0.
    Linger,
    /// So many octets that had come were never received.
    Unread(u64),
    /// The kernel had given the closed socket up in FIN-WAIT-2.
    Abandoned,
}

/// A side whose program has closed, as its kernel says, while its FIN waits behind data and was never sent (RFC 9293 3.10.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsentFin {
    pub peer: Peer,
    /// Before the other side sent a FIN.
    pub is_first: bool,
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
    closing_told(connection, opened, None, None)
}

/// The same; what calls and the kernel told counts where the segments leave the cause open, or show no close.
pub fn closing_told(
    connection: &Connection,
    opened: OpenKind,
    told: Option<Aborted>,
    unsent: Option<UnsentFin>,
) -> Closing {
    let (kind, active_closer) = close_kind(connection, opened);
    let never = never_opened(kind, opened);
    let is_open = matches!(kind, CloseKind::None | CloseKind::HalfClosed | CloseKind::UnansweredFin);
    if let Some(unsent) = unsent.filter(|_| is_open && !never) {
        return Closing {
            kind,
            cause: Some(CloseCause::FinBehindData),
            basis: Basis::Kernel,
            title: unsent_title(unsent.peer),
            why: unsent_why(connection, kind, unsent.peer),
            active_closer: if unsent.is_first { Some(unsent.peer) } else { active_closer },
        };
    }
    let cause = close_cause(connection, kind);
    let told = told.filter(|told| match told {
        Aborted::Linger | Aborted::Unread(_) => {
            matches!(cause, Some(CloseCause::Abort | CloseCause::LingerZero | CloseCause::UnreadData))
        }
        Aborted::Abandoned => cause == Some(CloseCause::DataAfterClose),
    });
    let cause = match told {
        Some(Aborted::Linger) => Some(CloseCause::LingerZero),
        Some(Aborted::Unread(_)) => Some(CloseCause::UnreadData),
        Some(Aborted::Abandoned) => Some(CloseCause::FinWait2Abandoned),
        None => cause,
    };
    Closing {
        kind,
        cause,
        basis: if connection.has_only_one_side() { Basis::Inferred } else { Basis::Observed },
        title: title(connection, kind, cause, never),
        why: if never {
            Text::new("it never opened", "从未建立，无需关闭")
        } else {
            why(connection, kind, cause, active_closer, told)
        },
        active_closer,
    }
}

/// Who sent the RST that ended it.
pub(super) fn first_reset(connection: &Connection) -> Option<Peer> {
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
        (Some(_), _) if facts.had_gone(first, second) => CloseKind::ThreeSegment,
        (Some(_), _) => CloseKind::FourSegment,
    }
}
