//! TIME-WAITs that a kernel told of, known before the segments are: whether a RST ended one is not on the wire (RFC 1337).

use super::Tracker;
use crate::tcp::{Peer, Segment, Timestamp};
use std::collections::HashMap;
use std::net::SocketAddr;

/// By the ends of a socket, its own first: from when to when the kernel was sure to have it in TIME-WAIT.
#[derive(Debug, Default)]
pub(super) struct ToldWaits {
    spans: HashMap<(SocketAddr, SocketAddr), Vec<(Timestamp, Timestamp)>>,
}

impl ToldWaits {
    fn lasts(&self, local: SocketAddr, remote: SocketAddr, at: Timestamp) -> bool {
        let spans = self.spans.get(&(local, remote)).map_or(&[][..], Vec::as_slice);
        spans.iter().any(|(from, to)| *from <= at && at < *to)
    }
}

impl Tracker {
    /// Learns that the kernel still had a socket in TIME-WAIT at `to`. To be told before the segments of that time; `from` and
    /// `to` leave out what lies so near to a segment's arrival that the kernel may not have taken that up.
    pub fn tell_wait(&mut self, socket: SocketAddr, remote: SocketAddr, from: Timestamp, to: Timestamp) {
        self.told_waits.spans.entry((socket, remote)).or_default().push((from, to));
    }

    /// Before a RST is judged: whether the kernel has its receiver in TIME-WAIT after its arrival at `at`.
    pub(super) fn ask_waits(&mut self, place: u32, segment: &Segment<'_>, at: Timestamp) {
        if !segment.flags.rst() || self.told_waits.spans.is_empty() {
            return;
        }
        let waits_on = self.told_waits.lasts(segment.dst, segment.src, at);
        let Some(connection) = self.table.get_mut(place) else { return };
        let receiver = connection.receiver_of(connection.peer_at(segment.src));
        if waits_on || connection.evidence.is_some() {
            connection.evidence.get_or_insert_default().waits_on = waits_on.then_some(receiver);
        }
    }

    /// When the receiver has a segment, as far as that was seen.
    pub(super) fn arrival_of(segment: &Segment<'_>) -> Timestamp {
        use crate::tcp::Passage;
        match segment.passage {
            Passage::Arrived(at) | Passage::ArrivedTwice(at) => at,
            Passage::Unknown | Passage::Lost | Passage::Appeared => segment.time,
        }
    }
}

impl super::Connection {
    /// Whether a kernel's word keeps this peer in TIME-WAIT whatever RST has come.
    pub(super) fn waits_on(&self, peer: Peer) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| evidence.waits_on == Some(peer))
    }
}
