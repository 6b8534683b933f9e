//! What the wire saw last of each sender of each connection: where a segment that is made up belongs.

use super::counter::Fins;
use crate::tcp::{Peer, Segment, SeqNumber};
use std::collections::HashMap;
use std::net::SocketAddr;

/// What one sender's segments said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flow {
    /// The next octet that it would send: its SND.NXT.
    pub(super) next: SeqNumber,
    /// What it acknowledged last.
    pub(super) acknowledged: SeqNumber,
    pub(super) window: u16,
    /// What acknowledges its FIN, once it has sent one.
    fin: Option<SeqNumber>,
}

/// All senders' flows, by source and destination.
#[derive(Debug, Default)]
pub(super) struct Flows {
    known: HashMap<(SocketAddr, SocketAddr), Flow>,
    /// Client and server of the connection that was carried last.
    last: Option<(SocketAddr, SocketAddr)>,
}

impl Flows {
    pub(super) fn saw(&mut self, from: Peer, segment: &Segment<'_>) {
        self.last = Some(match from {
            Peer::A => (segment.src, segment.dst),
            Peer::B => (segment.dst, segment.src),
        });
        let flow = self.known.entry((segment.src, segment.dst)).or_default();
        // A SYN begins anew. The number of a RST may be the peer's own words and moves nothing on.
        if segment.flags.syn() {
            (flow.next, flow.fin) = (segment.end(), None);
        } else if !segment.flags.rst() {
            flow.next = flow.next.max(segment.end());
        }
        if let Some(ack) = segment.acknowledges() {
            flow.acknowledged = ack;
        }
        if segment.flags.fin() {
            flow.fin = Some(segment.fin_seq() + 1);
        }
        flow.window = segment.wnd;
    }

    /// The acknowledgments of both sides' FINs on this segment's connection, as far as these went by.
    pub(super) fn fins(&self, from: Peer, segment: &Segment<'_>) -> Fins {
        let own = self.of((segment.src, segment.dst)).fin;
        let other = self.of((segment.dst, segment.src)).fin;
        match from {
            Peer::A => [own, other],
            Peer::B => [other, own],
        }
    }

    /// Source and destination of what this host would send on the connection that was carried last.
    pub(super) fn last(&self, from: Peer) -> Option<(SocketAddr, SocketAddr)> {
        self.last.map(|(client, server)| match from {
            Peer::A => (client, server),
            Peer::B => (server, client),
        })
    }

    /// What was seen from there to there; nothing is all zeros.
    pub(super) fn of(&self, ends: (SocketAddr, SocketAddr)) -> Flow {
        self.known.get(&ends).copied().unwrap_or_default()
    }
}
