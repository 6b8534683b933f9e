//! Connections of which each direction has a VLAN of its own: a mirror port may show a trunk's frames with the tag one way and
//! without it the other. Looked for only where a segment's own VLAN leads nowhere.

use super::key::{Key, Oriented};
use super::table::Found;
use super::{Connection, Tracker};
use crate::tcp::{Peer, Segment, SeqNumber};
use std::net::SocketAddr;

/// VLANs that are remembered, 0 (no tag) among them; so many are searched at most.
const MOST_VLANS: usize = 32;

/// Numbers of one stream are no further apart than this at a time, where both directions are of one connection.
const NEAR: u32 = 1 << 24;

/// The VLANs of a capture.
#[derive(Debug, Default)]
pub(super) struct Vlans {
    /// The one that last led to something in front.
    seen: Vec<u32>,
    /// Connections whose directions were put together.
    joined: u64,
}

/// What a segment's addresses lead to in another VLAN than its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elsewhere {
    pub(super) pair: Oriented,
    pub(super) hash: u32,
    pub(super) found: Found,
    /// It is the first segment of its direction.
    is_first: bool,
}

impl Tracker {
    /// Connections of which each direction has a VLAN of its own.
    pub fn split_by_vlan(&self) -> u64 {
        self.vlans.joined
    }

    /// What this segment belongs to although its own VLAN leads nowhere: a connection of which only the other direction was
    /// seen, and whose numbers fit; or one where that was found out before.
    pub(super) fn elsewhere(&mut self, pair: &Oriented, segment: &Segment<'_>) -> Option<Elsewhere> {
        let own = pair.key.vlan();
        if !self.vlans.seen.contains(&own) && self.vlans.seen.len() < MOST_VLANS {
            self.vlans.seen.push(own);
        }
        // A SYN opens, whatever was in another VLAN; a flood of them shall cost nothing here.
        let is_opening = segment.flags.syn() && !segment.flags.ack();
        if self.vlans.seen.len() < 2 || is_opening && self.vlans.joined == 0 {
            return None;
        }
        let places = 0..self.vlans.seen.len();
        let (place, elsewhere) =
            places.filter_map(|place| Some((place, self.look_in(place, pair, segment)?))).next()?;
        self.vlans.seen.swap(0, place);
        self.vlans.joined += u64::from(elsewhere.is_first);
        Some(elsewhere)
    }

    fn look_in(&self, place: usize, pair: &Oriented, segment: &Segment<'_>) -> Option<Elsewhere> {
        let own = pair.key.vlan();
        let vlan = *self.vlans.seen.get(place).filter(|vlan| **vlan != own)?;
        let pair = Oriented { key: pair.key.within(vlan), ..*pair };
        let hash = self.table.hash(&pair.key);
        let found = self.table.find(hash, &pair.key)?;
        let (belongs, is_first) = match found {
            Found::Connection(place) => {
                let connection = self.table.get(place)?;
                let peer = connection.peer_at(segment.src);
                let is_first = connection.other_vlan().is_none() && connection.lacks(peer, segment);
                (is_first || connection.other_vlan() == Some((peer, own)), is_first)
            }
            Found::Lone(place) => {
                let syn = self.table.lone(place)?.segment();
                let answers = segment.acknowledges() == Some(syn.seq + 1) && segment.src == syn.dst;
                (answers && segment.src != segment.dst, true)
            }
            // Both its directions were seen.
            Found::Plain(_) => (false, false),
            // What is over has no memory of its VLANs: its late segments are likelier than a connection that nobody opened.
            Found::Ghost(place) => (self.vlans.joined > 0 && self.table.ghost(place)?.owns(segment), false),
        };
        belongs.then_some(Elsewhere { pair, hash, found, is_first })
    }

    /// The connection that has this VLAN for what `src` sends.
    pub(super) fn split_at(&self, pair: &Oriented, src: SocketAddr) -> Option<u32> {
        let own = pair.key.vlan();
        self.vlans.seen.iter().filter(|_| self.vlans.joined > 0).find_map(|vlan| {
            let place = self.connection_at(&pair.key.within(*vlan))?;
            let connection = self.table.get(place)?;
            (connection.other_vlan() == Some((connection.peer_at(src), own))).then_some(place)
        })
    }

    /// The one VLAN in which these addresses lead to something that is remembered.
    pub(super) fn only_vlan_of(&self, src: SocketAddr, dst: SocketAddr) -> Option<u32> {
        let is_known = |vlan: &u32| {
            let key = Key::of(src, dst, *vlan).key;
            matches!(
                self.table.find(self.table.hash(&key), &key),
                Some(Found::Connection(_) | Found::Lone(_) | Found::Plain(_))
            )
        };
        let mut known = self.vlans.seen.iter().copied().filter(is_known);
        known.next().filter(|_| known.next().is_none())
    }

    fn connection_at(&self, key: &Key) -> Option<u32> {
        match self.table.find(self.table.hash(key), key)? {
            Found::Connection(place) => Some(place),
            Found::Lone(_) | Found::Plain(_) | Found::Ghost(_) => None,
        }
    }
}

impl Connection {
    /// The peer whose segments have another VLAN than those of the other one, and which.
    fn other_vlan(&self) -> Option<(Peer, u32)> {
        self.evidence.as_ref()?.other_vlan
    }

    /// What this address sends has this VLAN, and not that of the other one.
    #[cold]
    pub(super) fn note_other_vlan(&mut self, src: SocketAddr, vlan: u32) {
        let peer = self.peer_at(src);
        self.evidence.get_or_insert_default().other_vlan = Some((peer, vlan));
    }

    /// Whether only the other peer's segments were seen so far, and this one of `peer` fits to them.
    fn lacks(&self, peer: Peer, segment: &Segment<'_>) -> bool {
        if self.is_self_connect() || self.has_sent(peer) || !self.has_sent(!peer) {
            return false;
        }
        let other = (!peer).of(&self.tcb);
        let seq_fits = other.rcv.nxt.map(|expected| near(segment.seq, expected));
        match (segment.acknowledges(), other.snd.nxt) {
            // An answer to a SYN may have any number; a RST that refuses has 0.
            (Some(ack), Some(nxt)) => near(ack, nxt) && (segment.flags.rst() || seq_fits.unwrap_or(true)),
            // RFC 9293 3.10.7.1: a RST without ACK has the number that was acknowledged.
            (None, _) => segment.flags.rst() && other.rcv.nxt == Some(segment.seq),
            (Some(_), None) => false,
        }
    }
}

fn near(one: SeqNumber, other: SeqNumber) -> bool {
    one.since(other) < NEAR || other.since(one) < NEAR
}
