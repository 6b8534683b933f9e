//! What is remembered of one connection: both control blocks, what is under way, and the facts that verdicts need.

use super::flight::Flight;
use super::time_wait::TimeWait;
use crate::source::Timestamp;
use crate::tcp::{Options, Peer, Segment, SeqNumber, State, Tcb};
use std::net::SocketAddr;

/// How many gaps in a peer's numbers are remembered.
const HOLES: usize = 4;

/// One incarnation of a connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Counted from 1 in the order of first segments.
    pub id: u64,
    pub incarnation: u32,
    /// By peer.
    pub addresses: [SocketAddr; 2],
    pub tcb: [Tcb; 2],
    pub first: Timestamp,
    pub last: Timestamp,
    /// Segments so far; the place of the next one.
    pub segments: u64,
    pub flows: [Flow; 2],
    pub opening: Opening,
    pub closing: Closing,
    pub time_wait: [Option<TimeWait>; 2],
    pub history: super::history::History,
    pub(super) flight: [Flight; 2],
    pub(super) memory: [Memory; 2],
}

/// What one peer sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flow {
    pub segments: u64,
    /// Payload octets, each once.
    pub bytes: u64,
    pub retransmissions: u64,
    /// TSval of its last segment (RFC 7323).
    pub(super) tsval: Option<u32>,
    /// A right checksum of it was seen, so a wrong one means damage and not offloading.
    pub(super) has_valid_checksums: bool,
    /// The largest payload before the last segment, octets.
    pub largest_before: u32,
    largest: u32,
    /// Where relative numbers count from: the initial number, or one before the first number seen.
    pub base: Option<SeqNumber>,
    /// SND.NXT counted from `base` without wrapping.
    nxt_from_base: i64,
    /// Octets that were passed over in sequence space and never captured.
    pub missing: u64,
}

/// The facts of the handshake, by peer where there are two.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    /// SYN without ACK.
    pub syn: [Option<SynFact>; 2],
    pub syn_ack: [Option<SynFact>; 2],
    /// The first acknowledgment of the SYN,ACK.
    pub ack: Option<Moment>,
    /// The SYN that a RST answered.
    pub refused: Option<Moment>,
    /// A SYN,ACK was answered by RST, and its sender fell back to LISTEN.
    pub dropped: Option<Moment>,
    /// Octets of the SYN's payload that the SYN,ACK acknowledged (Fast Open, RFC 7413).
    pub early_data: u32,
    /// A SYN was answered by an ACK without SYN.
    pub bare_ack_of_syn: bool,
    /// A SYN was answered by the ACK of an older connection: half-open (RFC 9293 3.5.1).
    pub met_old: bool,
}

/// A SYN or SYN,ACK and its repetitions.
#[derive(Debug, Clone, Copy)]
pub struct SynFact {
    pub first: Moment,
    pub last: Moment,
    pub copies: u32,
    pub options: Options,
    /// Payload octets that it carried.
    pub len: u32,
}

/// A place in the connection and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub ordinal: u64,
    pub time: Timestamp,
}

/// The facts of the teardown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Closing {
    pub fin: [Option<FinFact>; 2],
    /// Who sent the first FIN.
    pub first_fin: Option<Peer>,
    /// First RST of each peer that was not ignored.
    pub reset: [Option<Moment>; 2],
    /// RSTs that their receiver had to ignore.
    pub ignored_resets: u32,
    /// The state of the receiver that the first effective RST ended.
    pub reset_in: Option<State>,
    /// Payload octets that the second closer sent after the first FIN.
    pub late_bytes: u64,
}

/// A FIN and its repetitions.
#[derive(Debug, Clone, Copy)]
pub struct FinFact {
    pub first: Moment,
    pub last: Moment,
    pub copies: u32,
    /// It did not acknowledge the other's FIN although that had been sent.
    pub crossed: bool,
    /// The first segment that acknowledged it.
    pub acknowledged: Option<Moment>,
}

/// What must be remembered of a peer to take a change back or to place it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// Its last own segment.
    pub(super) last_own: Option<u64>,
    /// After which segment its last change stands.
    pub(super) last_change_at: u64,
    /// Its last change, while it rests on nothing but a segment that was seen and may not have arrived.
    pub(super) unproved: Option<super::step::Change>,
    /// It went from LISTEN to SYN-RECEIVED, so a RST leads back there.
    pub(super) from_listen: bool,
    /// LISTEN was told, so a SYN in its name may be an old duplicate that it never sent.
    pub(super) told_listen: bool,
    /// It sent a new SYN in the middle of a live connection: it has lost its memory of that one.
    pub(super) forgot: bool,
    /// A SYN with another number in its name while it was in the connection, until what follows tells what it was.
    pub(super) stray_syn: Option<(SeqNumber, SynFact)>,
    /// Where a segment ended that lay beyond the window: the next one there shows that it was meant.
    pub(super) jump: Option<SeqNumber>,
    /// Numbers that were passed over, the youngest first: data there is late, not repeated.
    holes: [Option<(SeqNumber, SeqNumber)>; HOLES],
    /// How it came into SYN-SENT, while that can still prove to be an old duplicate's doing.
    pub(super) syn_sent: Option<super::step::Change>,
    /// A RST was counted as received at this time, in this state.
    pub(super) reset: Option<(State, Timestamp)>,
}

impl Connection {
    /// A connection between these two, of which nothing is known yet.
    pub(super) fn new(id: u64, incarnation: u32, addresses: [SocketAddr; 2], now: Timestamp) -> Connection {
        Connection {
            id,
            incarnation,
            addresses,
            tcb: [Tcb::default(); 2],
            first: now,
            last: now,
            segments: 0,
            flows: [Flow::default(); 2],
            opening: Opening::default(),
            closing: Closing::default(),
            time_wait: [None; 2],
            history: super::history::History::default(),
            flight: [Flight::default(); 2],
            memory: [Memory::default(); 2],
        }
    }

    /// One socket that connected to itself: its segments arrive where they came from.
    pub fn is_self_connect(&self) -> bool {
        let [a, b] = self.addresses;
        a == b
    }

    /// Who receives what `peer` sends.
    pub fn receiver_of(&self, peer: Peer) -> Peer {
        if self.is_self_connect() { peer } else { !peer }
    }

    /// The peer that has this address, as a sender.
    pub fn peer_at(&self, source: SocketAddr) -> Peer {
        let [a, _] = self.addresses;
        if a == source { Peer::A } else { Peer::B }
    }

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
    pub(super) fn window_shift(&self, peer: Peer) -> u8 {
        let [own, other] = [peer, self.receiver_of(peer)].map(|peer| peer.of(&self.tcb).rcv.scale);
        own.zip(other).map_or(0, |(own, _)| own)
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

impl Memory {
    /// Notes numbers that were passed over.
    pub(super) fn note_hole(&mut self, from: SeqNumber, to: SeqNumber) {
        self.holes.rotate_right(1);
        if let Some(first) = self.holes.first_mut() {
            *first = Some((from, to));
        }
    }

    /// Whether a segment lies in what was passed over, which is then smaller.
    pub(super) fn fills_hole(&mut self, seq: SeqNumber, end: SeqNumber) -> bool {
        let holds = |hole: &Option<(SeqNumber, SeqNumber)>| hole.is_some_and(|(from, to)| from.le(seq) && end.le(to));
        let Some(hole) = self.holes.iter_mut().find(|hole| seq != end && holds(hole)) else { return false };
        *hole = hole.and_then(|(from, to)| match (seq == from, end == to) {
            (true, true) => None,
            (true, false) => Some((end, to)),
            (false, true) => Some((from, seq)),
            // The larger rest is remembered.
            (false, false) if to.since(end) > seq.since(from) => Some((end, to)),
            (false, false) => Some((from, seq)),
        });
        true
    }
}

impl Opening {
    /// Whether any SYN or SYN,ACK was seen.
    pub fn shows_any(&self) -> bool {
        self.syn.iter().chain(&self.syn_ack).any(Option::is_some)
    }

    /// Whether a SYN or SYN,ACK of each side was seen.
    pub fn shows_both(&self) -> bool {
        Peer::BOTH.iter().all(|peer| peer.of(&self.syn).is_some() || peer.of(&self.syn_ack).is_some())
    }
}

impl Closing {
    /// Whether both FINs were under way at once.
    pub fn is_simultaneous(&self) -> bool {
        self.fin.iter().all(Option::is_some) && self.fin.iter().flatten().any(|fin| fin.crossed)
    }

    /// The RST of this peer turned out to have done nothing.
    pub(super) fn ignore_reset(&mut self, sender: Peer) {
        if sender.of_mut(&mut self.reset).take().is_some() {
            self.ignored_resets += 1;
            self.reset_in = None;
        }
    }
}

impl Flow {
    fn relative(&self, tcb: &Tcb, seq: SeqNumber) -> Option<i64> {
        match (self.base, tcb.snd.nxt) {
            (Some(_), Some(nxt)) => Some(self.nxt_from_base + i64::from(seq.offset_from(nxt))),
            (Some(base), None) => Some(i64::from(seq.offset_from(base))),
            (None, _) => None,
        }
    }

    /// Counts relative numbers from here; SND.NXT is `nxt`.
    pub(super) fn set_base(&mut self, base: SeqNumber, nxt: SeqNumber) {
        self.base = Some(base);
        self.nxt_from_base = i64::from(nxt.offset_from(base));
    }

    /// Notes the payload of one more segment, octets.
    pub(super) fn note_len(&mut self, len: u32) {
        self.largest_before = self.largest;
        self.largest = self.largest.max(len);
    }

    /// Follows SND.NXT forward by so many octets.
    pub(super) fn advance(&mut self, octets: u32) {
        self.nxt_from_base += i64::from(octets);
    }
}

impl Moment {
    pub(super) fn of(segment: &Segment<'_>, ordinal: u64) -> Moment {
        Moment { ordinal, time: segment.time }
    }
}

impl SynFact {
    /// Notes a SYN for the first time or again.
    pub(super) fn note(slot: &mut Option<SynFact>, segment: &Segment<'_>, ordinal: u64, is_repeat: bool) {
        let moment = Moment::of(segment, ordinal);
        match slot {
            Some(fact) if is_repeat => {
                fact.last = moment;
                fact.copies = fact.copies.saturating_add(1);
            }
            _ => {
                *slot =
                    Some(SynFact { first: moment, last: moment, copies: 1, options: segment.options, len: segment.len })
            }
        }
    }
}

impl FinFact {
    pub(super) fn new(moment: Moment, crossed: bool) -> FinFact {
        FinFact { first: moment, last: moment, copies: 1, crossed, acknowledged: None }
    }
}
