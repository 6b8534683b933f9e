//! Why a RST was sent: the program's calls and its kernel tell what the segments leave open.

use super::item::{Item, What};
use super::kernel::Heard;
use crate::annotate::verdict::Aborted;
use crate::tcp::{CallName, Peer, State};
use crate::track::Connection;
use std::collections::HashMap;

/// How a program asks for an abort.
const LINGER_ZERO: &str = "SO_LINGER, 0";

/// By connection.
#[derive(Debug, Default)]
pub(super) struct Aborts {
    told: HashMap<u64, Aborted>,
}

/// What one peer's program had called.
#[derive(Debug, Clone, Copy, Default)]
struct Called {
    lingers_not: bool,
    received: u64,
    closed: bool,
}

impl Aborts {
    pub(super) fn told(connections: &[&Connection], calls: &[(u64, Item)], kernel: &Heard) -> Aborts {
        let mut called: HashMap<(u64, Peer), Called> = HashMap::new();
        for (id, item) in calls {
            let What::Call(call) = &item.what else { continue };
            let known = called.entry((*id, call.peer)).or_default();
            match (call.word.call, &call.word.result) {
                (CallName::Setsockopt, Ok(_)) => known.lingers_not |= call.word.arguments == LINGER_ZERO,
                (CallName::Recv, Ok(count)) => known.received += count.unwrap_or(0),
                (CallName::Close, _) => known.closed = true,
                _ => {}
            }
        }
        let told = connections.iter().filter_map(|connection| {
            let reset = connection.evidence.as_ref()?.reset?;
            if reset.sender_was == Some(State::FinWait2)
                && kernel.abandoned(connection.id, reset.by).is_some_and(|(from, _)| from == State::FinWait2)
            {
                return Some((connection.id, Aborted::Abandoned));
            }
            let known = called.get(&(connection.id, reset.by)).filter(|known| known.closed)?;
            let came = connection.receiver_of(reset.by).of(&connection.flows).bytes;
            let unread = came.saturating_sub(known.received);
            let why = match (known.lingers_not, unread) {
                (true, _) => Aborted::Linger,
                (false, 0) => return None,
                (false, unread) => Aborted::Unread(unread),
            };
            Some((connection.id, why))
        });
        Aborts { told: told.collect() }
    }

    pub(super) fn of(&self, id: u64) -> Option<Aborted> {
        self.told.get(&id).copied()
    }
}
