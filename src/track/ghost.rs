//! What stays of a retired connection for a while: enough to tell its stragglers from its successor.

use super::Connection;
use super::key::Key;
use crate::tcp::{Peer, Segment, SeqNumber};

/// A retired connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ghost {
    pub(super) key: Key,
    incarnation: u32,
    /// By peer.
    iss: [Option<SeqNumber>; 2],
    /// It had come to its end. (Else it was the least active one when room was needed, and may go on.)
    was_over: bool,
}

impl Ghost {
    pub(super) fn of(connection: &Connection) -> Ghost {
        let iss = [Peer::A, Peer::B].map(|peer| peer.of(&connection.tcb).snd.iss);
        let (key, incarnation) = (connection.key, connection.incarnation);
        Ghost { key, incarnation, iss, was_over: connection.is_over() }
    }

    /// Of the first connection of its key, which came to its end.
    pub(super) fn of_plain(key: Key, iss: [SeqNumber; 2]) -> Ghost {
        Ghost { key, incarnation: 1, iss: iss.map(Some), was_over: true }
    }

    /// The incarnation that a segment begins which is not its own.
    pub(super) fn next_incarnation(&self, segment: &Segment<'_>) -> u32 {
        self.incarnation.saturating_add(u32::from(self.was_over || segment.flags.syn()))
    }

    /// Whether the segment belongs to what is over: it changes nothing any more.
    pub(super) fn owns(&self, segment: &Segment<'_>) -> bool {
        self.was_over && (!segment.flags.syn() || self.iss.contains(&Some(segment.seq)))
    }
}
