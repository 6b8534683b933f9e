//! What is remembered of one connection: both control blocks, what is under way, and the facts that verdicts need.

use super::circumstances::Circumstances;
use super::facts::{Closing, Moment, Opening, SynFact};
use super::flight::Flight;
use super::flow::Flow;
use super::key::{Key, Oriented};
use super::prefetch::prefetch;
use super::recovery::{EcnOffer, Sender};
use super::table::Handle;
use super::time_wait::TimeWait;
use super::twice::Copies;
use crate::tcp::{Peer, Segment, SeqNumber, State, Tcb, Timestamp};
use std::net::SocketAddr;

/// One incarnation of a connection. What every segment needs stands together, in this order; what few need stands behind it.
#[derive(Debug, Clone)]
#[repr(C)]
pub struct Connection {
    /// Counted from 1 in the order of first segments.
    pub id: u64,
    pub(super) key: Key,
    /// Segments so far; the place of the next one.
    pub segments: u64,
    pub last: Timestamp,
    /// By peer.
    pub addresses: [SocketAddr; 2],
    pub tcb: [Tcb; 2],
    pub flows: [Flow; 2],
    /// By sender: what loss, order and flow need.
    pub(super) senders: [Sender; 2],
    pub history: super::history::History,
    pub(super) copies: Copies,
    pub(super) ecn: EcnOffer,
    /// Where it is kept.
    pub(super) place: u32,
    pub incarnation: u32,
    /// The last silence of more than a second: its milliseconds, and the place of the segment that ended it, modulo 2^32.
    pub(super) silence: (u32, u32),
    /// Who last sent payload that was new.
    pub last_data: Option<Peer>,
    /// It waits to be retired.
    pub(super) lingers: bool,
    /// A successor has its addresses and ports.
    pub(super) gave_way: bool,
    /// Both addresses and ports are the same.
    is_self: bool,
    pub evidence: Option<Box<Circumstances>>,
    pub(super) memory: [Memory; 2],
    pub(super) flight: [Flight; 2],
    pub time_wait: [Option<TimeWait>; 2],
    pub closing: Closing,
    pub opening: Opening,
    pub first: Timestamp,
}

/// What must be remembered of a peer to take a change back or to place it.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// The place of its last own segment, counted from 1; 0 where there was none.
    pub(super) last_own: u64,
    /// After which segment its last change stands.
    pub(super) last_change_at: u64,
    /// Its last change, while it rests on nothing but a segment that was seen and may not have arrived.
    pub(super) unproved: Option<super::step::Change>,
    /// It went from LISTEN to SYN-RECEIVED, so a RST leads back there.
    pub(super) from_listen: bool,
    /// It went from ESTABLISHED to CLOSE-WAIT, so that can be taken back.
    pub(super) was_established: bool,
    /// LISTEN was told, so a SYN in its name may be an old duplicate that it never sent.
    pub(super) told_listen: bool,
    /// It sent a new SYN in the middle of a live connection: it has lost its memory of that one.
    pub(super) forgot: bool,
    /// A SYN with another number in its name while it was in the connection, until what follows tells what it was.
    pub(super) stray_syn: Option<Box<(SeqNumber, SynFact)>>,
    /// The segment that last filled a gap in its numbers.
    pub(super) filled: Option<Moment>,
    /// Where a segment ended that lay beyond the window: the next one there shows that it was meant.
    pub(super) jump: Option<SeqNumber>,
    /// How far everything of it was seen to arrive.
    pub(super) edge: Option<SeqNumber>,
    /// How it came into SYN-SENT, while that can still prove to be an old duplicate's doing.
    pub(super) syn_sent: Option<Box<super::step::Change>>,
    /// A RST was counted as received at this time, in this state.
    pub(super) reset: Option<(State, Timestamp)>,
}

impl Connection {
    /// Whether a capture at the other end told of the arrival of a SYN.
    pub fn tells_arrivals(&self) -> bool {
        self.flight.iter().any(Flight::has_landed)
    }

    /// Whether the first copy of a SYN,ACK was seen to be lost: it was damaged, or a capture at the other end lacks it.
    pub fn has_lost_syn_ack(&self) -> bool {
        self.flight.iter().any(Flight::has_lost_syn_ack)
    }

    /// A connection between these two, of which nothing is known yet. Peer A is the first one of the pair.
    pub(super) fn new(id: u64, incarnation: u32, pair: &Oriented, now: Timestamp) -> Connection {
        let addresses = pair.key.addresses(pair.is_forward);
        Connection {
            id,
            incarnation,
            addresses,
            is_self: addresses[0] == addresses[1],
            tcb: [Tcb::default(); 2],
            first: now,
            last: now,
            segments: 0,
            flows: [Flow::default(); 2],
            opening: Opening::default(),
            closing: Closing::default(),
            time_wait: [None; 2],
            history: super::history::History::default(),
            senders: Default::default(),
            ecn: EcnOffer::default(),
            silence: (0, 0),
            last_data: None,
            evidence: None,
            copies: Copies::default(),
            flight: Default::default(),
            memory: Default::default(),
            key: pair.key,
            place: 0,
            lingers: false,
            gave_way: false,
        }
    }

    /// Makes of it what [`Connection::new`] would, in its own place.
    pub(super) fn begin_anew(&mut self, id: u64, incarnation: u32, pair: &Oriented, now: Timestamp) {
        // Field by field: a connection built beside its place would be moved there twice.
        let Connection {
            id: its_id,
            incarnation: its_incarnation,
            addresses: its_addresses,
            is_self: its_is_self,
            tcb: its_tcb,
            first: its_first,
            last: its_last,
            segments: its_segments,
            flows: its_flows,
            opening: its_opening,
            closing: its_closing,
            time_wait: its_time_wait,
            history: its_history,
            senders: its_senders,
            ecn: its_ecn,
            silence: its_silence,
            last_data: its_last_data,
            evidence: its_evidence,
            copies: its_copies,
            flight: its_flight,
            memory: its_memory,
            key: its_key,
            place: its_place,
            lingers: its_lingers,
            gave_way: its_gave_way,
        } = self;
        *its_id = id;
        *its_incarnation = incarnation;
        *its_addresses = pair.key.addresses(pair.is_forward);
        *its_is_self = its_addresses[0] == its_addresses[1];
        *its_tcb = [Tcb::default(); 2];
        *its_first = now;
        *its_last = now;
        *its_segments = 0;
        *its_flows = [Flow::default(); 2];
        *its_opening = Opening::default();
        *its_closing = Closing::default();
        *its_time_wait = [None; 2];
        *its_history = super::history::History::default();
        its_senders.iter_mut().for_each(Sender::begin_anew);
        *its_ecn = EcnOffer::default();
        *its_silence = (0, 0);
        *its_last_data = None;
        *its_evidence = None;
        *its_copies = Copies::default();
        *its_flight = Default::default();
        *its_memory = Default::default();
        *its_key = pair.key;
        *its_place = 0;
        *its_lingers = false;
        *its_gave_way = false;
    }

    /// Fetches what every segment needs.
    #[inline]
    pub(super) fn prefetch(&self) {
        prefetch(&self.key);
        prefetch(&self.tcb);
        prefetch(&self.flows);
        prefetch(&self.senders);
        prefetch(&self.history);
    }

    /// Which one it is, and where it is kept.
    pub fn handle(&self) -> Handle {
        Handle { id: self.id, place: self.place }
    }

    /// Neither peer will do anything more, unless a RST turns out to have been ignored: what is left is TIME-WAIT, or nothing.
    pub fn is_over(&self) -> bool {
        let ended = |peer| matches!(self.state(peer), Some(State::Closed | State::TimeWait));
        self.gave_way || ended(Peer::A) && (ended(Peer::B) || self.is_self_connect())
    }

    /// One socket that connected to itself: its segments arrive where they came from.
    #[inline]
    pub fn is_self_connect(&self) -> bool {
        self.is_self
    }

    /// Both ends are on one host: what was captured between them has arrived, for the loopback interface loses nothing behind
    /// the capture.
    pub fn is_on_loopback(&self) -> bool {
        let [one, other] = self.addresses.map(|address| address.ip());
        one == other || one.is_loopback() && other.is_loopback()
    }

    /// Who receives what `peer` sends.
    #[inline]
    pub fn receiver_of(&self, peer: Peer) -> Peer {
        if self.is_self_connect() { peer } else { !peer }
    }

    /// The peer that has this address, as a sender.
    pub fn peer_at(&self, source: SocketAddr) -> Peer {
        let [a, _] = self.addresses;
        if a == source { Peer::A } else { Peer::B }
    }

    #[inline]
    pub fn state(&self, peer: Peer) -> Option<State> {
        peer.of(&self.tcb).state
    }

    /// A sequence number of `peer`'s, counted from its initial one without wrapping.
    pub fn relative(&self, peer: Peer, seq: SeqNumber) -> Option<i64> {
        peer.of(&self.flows).relative(peer.of(&self.tcb), seq)
    }

    /// The window that a segment of `peer` announces, octets; `None` where the handshake, and so the scale, was not seen
    /// (RFC 7323 2.2: the window of a SYN is never scaled, every other one is).
    pub fn window_octets(&self, peer: Peer, segment: &Segment<'_>) -> Option<u64> {
        if segment.flags.syn() {
            return Some(segment.wnd.into());
        }
        let known = self.is_self_connect() && self.opening.shows_any() || self.opening.shows_both();
        known.then(|| u64::from(segment.wnd) << self.window_shift(peer))
    }

    /// The shift for `peer`'s window, 0 unless both sides sent the option.
    #[inline]
    pub(super) fn window_shift(&self, peer: Peer) -> u8 {
        match (peer.of(&self.tcb).rcv.scale, self.receiver_of(peer).of(&self.tcb).rcv.scale) {
            (Some(own), Some(_)) => own,
            _ => 0,
        }
    }

    /// Whether segments of one peer only were captured, so that the other's silence proves nothing.
    pub fn has_only_one_side(&self) -> bool {
        !self.is_self_connect() && self.flows.iter().any(|flow| flow.segments == 0)
    }

    /// What the handshake took from SYN to ACK, nanoseconds; 0 where it was not seen.
    pub(super) fn round_trip_ns(&self) -> i64 {
        let asked = self.opening.syn.iter().flatten().map(|syn| syn.last.time).next();
        self.opening.ack.zip(asked).map_or(0, |(ack, asked)| ack.time.since(asked).clamp(0, 10_000_000_000))
    }

    /// Whether any segment of `peer` was seen.
    pub fn has_sent(&self, peer: Peer) -> bool {
        peer.of(&self.flows).segments > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_used_again_as_if_it_were_new() {
        let end = |port: u16| SocketAddr::from(([10, 0, 0, 1], port));
        let (one, other) = (Key::of(end(1), end(2), 0), Key::of(end(9), end(5), 7));
        let mut used = Connection::new(1, 1, &one, Timestamp(3));
        used.evidence.get_or_insert_default().port_accepts = true;
        (used.segments, used.silence, used.lingers) = (9, (4, 4), true);
        used.begin_anew(2, 5, &other, Timestamp(8));
        assert_eq!(format!("{used:?}"), format!("{:?}", Connection::new(2, 5, &other, Timestamp(8))));
    }
}
