//! Segments into steps: which connection, which peer, which state, and on what evidence. Pure: time comes with the segments.

mod arrival;
mod circumstances;
mod connection;
mod facts;
mod flight;
mod flow;
mod follow;
mod history;
mod icmp;
mod incarnation;
mod receipt;
mod recovery;
mod reset;
mod send;
mod step;
mod time_wait;
mod turn;
mod twice;
mod zeek;

pub use circumstances::{Challenge, Circumstances, IcmpFact, ResetFact, Reuse, ReuseProof, Waits};
pub use connection::Connection;
pub use facts::{Closing, FinFact, Moment, Opening, SynFact};
pub use flow::Flow;
pub use history::History;
pub use recovery::{
    Acking, Cause, Causes, ClosedWindow, DSack, EcnCounts, EcnNews, Evidence, Extent, Late, Place, Probe, Proof,
    Recovery, Retransmission, RoundTrips, Sending, Spurious, Totals, WindowNews,
};
pub use step::{Change, Fate, Input, News, Repeat, Report, Reset, Seen, Step};
pub use time_wait::{Ended, TimeWait};

use crate::tcp::{Basis, Checksum, IcmpError, MslProfile, Passage, Peer, Segment, Signal, State, Timestamp};
use arrival::{UnderWay, is_known};
use incarnation::Belongs;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::net::SocketAddr;
use turn::Turn;
use twice::Recent;

/// Follows every connection of a capture.
pub struct Tracker {
    table: HashMap<Key, usize, foldhash::fast::RandomState>,
    connections: Vec<Connection>,
    /// TIME-WAITs, the first due on top.
    waits: BinaryHeap<Reverse<(Timestamp, usize, usize)>>,
    /// Segments whose arrival is known and still to come, the first to arrive on top.
    under_way: BinaryHeap<Reverse<UnderWay>>,
    under_way_so_far: u64,
    two_msl_ns: i64,
    recent: Recent,
    captured_twice: u64,
    changes: Vec<Change>,
    fates: Vec<(u64, Fate)>,
    /// Addresses and ports that answered a SYN by SYN,ACK, at most [`MOST_SERVERS`].
    servers: HashSet<SocketAddr, foldhash::fast::RandomState>,
}

/// Nobody sent anything for so long: remembered, for what a RST may say of it.
const SILENCE_NS: i64 = 1_000_000_000;

/// So many servers are remembered, to tell a full accept queue from a filter.
const MOST_SERVERS: usize = 4096;

/// Ports below this are servers' (RFC 6335: system ports).
const WELL_KNOWN: u16 = 1024;

/// Two addresses and ports, whichever way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key(SocketAddr, SocketAddr);

impl Key {
    fn of(one: SocketAddr, other: SocketAddr) -> Key {
        if one <= other { Key(one, other) } else { Key(other, one) }
    }
}

impl Tracker {
    /// A tracker that reckons TIME-WAIT by this profile.
    pub fn new(msl: MslProfile) -> Tracker {
        Tracker {
            table: HashMap::default(),
            connections: Vec::new(),
            waits: BinaryHeap::new(),
            under_way: BinaryHeap::new(),
            under_way_so_far: 0,
            two_msl_ns: msl.two_msl_ns(),
            recent: Recent::new(),
            captured_twice: 0,
            changes: Vec::new(),
            fates: Vec::new(),
            servers: HashSet::default(),
        }
    }

    /// All connections so far, in the order of their first segments.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// Packets that the capture held twice, and that were left out of everything else.
    pub fn captured_twice(&self) -> u64 {
        self.captured_twice
    }

    /// Works in one segment. `sink` gets the timers that ran out before it, then the segment's own step.
    pub fn push(&mut self, segment: &Segment<'_>, sink: &mut impl FnMut(&Step<'_>)) {
        self.advance(segment.time, sink);
        if self.is_copy(segment) {
            return;
        }
        let place = self.place_of(segment);
        let Some(connection) = self.connections.get_mut(place) else { return };
        let before = connection.tcb;
        let peer = connection.peer_at(segment.src);
        let ordinal = connection.segments;
        connection.note_original(peer, segment);
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        let verdict = Turn { connection, changes, fates, ordinal, time: segment.time }.work_in(peer, segment);
        queue_waits(&mut self.waits, connection, place, self.two_msl_ns);
        if let Passage::Arrived(at) = segment.passage {
            let segment = segment.without_payload();
            let number = self.under_way_so_far;
            self.under_way.push(Reverse(UnderWay { at, number, place, sender: peer, ordinal, segment }));
            self.under_way_so_far += 1;
        }
        let Verdict { recovery, repeats, reset, lost_ack } = verdict;
        if segment.flags.syn() {
            let is_new = repeats.is_none() && segment.flags.ack() && self.servers.len() < MOST_SERVERS;
            if is_new {
                self.servers.insert(segment.src);
            }
            if repeats.is_some() && !segment.flags.ack() && self.servers.contains(&segment.dst) {
                connection.evidence.get_or_insert_default().port_accepts = true;
            }
        }
        let input = Input::Segment(Seen { segment, peer, ordinal, repeats, recovery: &recovery, reset, lost_ack });
        sink(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
        if connection.evidence.is_some() {
            self.settle_reuse(place, segment.time);
        }
    }

    /// Ends the TIME-WAIT whose addresses and ports this connection has taken over, once that is sure.
    fn settle_reuse(&mut self, place: usize, now: Timestamp) {
        let Some(connection) = self.connections.get_mut(place) else { return };
        let states = connection.tcb.map(|tcb| tcb.state);
        let Some(reuse) = connection.evidence.as_mut().and_then(|evidence| evidence.reuse.as_mut()) else { return };
        let state = reuse.waiter.of(&states);
        let ended = match state {
            _ if reuse.taken => return,
            // It answered by the old connection's acknowledgment, and the RST that came back ended that one.
            Some(State::Closed) if connection.opening.met_old => Ended::ResetByNext,
            None | Some(State::Closed | State::Listen) => return,
            Some(_) if connection.opening.met_old => return,
            Some(_) => Ended::Reused,
        };
        reuse.taken = ended == Ended::Reused;
        let (id, waiter) = (reuse.of, *reuse.waiter.of(&connection.addresses));
        let old = usize::try_from(id.saturating_sub(1)).ok().and_then(|place| self.connections.get_mut(place));
        if let Some(connection) = old {
            let waiter = connection.peer_at(waiter);
            Turn { connection, changes: &mut self.changes, fates: &mut self.fates, ordinal: 0, time: now }
                .give_way(waiter, ended);
        }
    }

    /// Hears what the network says of a segment that did not arrive.
    pub fn hear_icmp(&mut self, error: &IcmpError, sink: &mut impl FnMut(&Step<'_>)) {
        self.advance(error.time, sink);
        let place = self.table.get(&Key::of(error.src, error.dst)).copied();
        let Some(connection) = place.and_then(|place| self.connections.get_mut(place)) else { return };
        let before = connection.tcb;
        self.changes.clear();
        self.fates.clear();
        let (ordinal, time) = (connection.segments, error.time);
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        let input = Input::Icmp(Turn { connection, changes, fates, ordinal, time }.hear_icmp(error));
        sink(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
    }

    /// Lets time pass: what arrives by `now` arrives, and TIME-WAITs that are due by then end.
    pub fn advance(&mut self, now: Timestamp, sink: &mut impl FnMut(&Step<'_>)) {
        while self.under_way.peek().is_some_and(|Reverse(next)| next.at <= now)
            && let Some(Reverse(next)) = self.under_way.pop()
        {
            self.expire(next.at, sink);
            self.arrive(&next, sink);
        }
        self.expire(now, sink);
    }

    fn arrive(&mut self, it: &UnderWay, sink: &mut impl FnMut(&Step<'_>)) {
        let Some(connection) = self.connections.get_mut(it.place) else { return };
        let before = connection.tcb;
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        Turn { connection, changes, fates, ordinal: it.ordinal, time: it.at }.arrive(it.sender, &it.segment);
        queue_waits(&mut self.waits, connection, it.place, self.two_msl_ns);
        let input = Input::Arrival { peer: connection.receiver_of(it.sender), ordinal: it.ordinal, at: it.at };
        sink(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
    }

    fn expire(&mut self, now: Timestamp, sink: &mut impl FnMut(&Step<'_>)) {
        while let Some(Reverse((due, place, waiter))) = self.waits.peek().copied()
            && due <= now
        {
            self.waits.pop();
            let peer = if waiter == Peer::A.index() { Peer::A } else { Peer::B };
            let Some(connection) = self.connections.get_mut(place) else { continue };
            let two_msl_ns = self.two_msl_ns;
            let is_due =
                peer.of(&connection.time_wait).is_some_and(|wait| wait.ended.is_none() && wait.due(two_msl_ns) == due);
            if !is_due {
                continue;
            }
            let before = connection.tcb;
            // After everything so far: what comes next comes after it.
            let ordinal = connection.segments;
            self.changes.clear();
            self.fates.clear();
            let (changes, fates) = (&mut self.changes, &mut self.fates);
            let mut turn = Turn { connection, changes, fates, ordinal, time: due };
            let here = turn.here();
            turn.signal(peer, Signal::MslTimeout, Basis::Inferred, here);
            let input = Input::Timeout { peer, at: due };
            sink(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
        }
    }

    /// Learns a state that somebody knows for certain, as the kernel or a program's own calls.
    pub fn tell(&mut self, socket: SocketAddr, remote: SocketAddr, state: State, at: Timestamp) {
        let place = match self.table.get(&Key::of(socket, remote)) {
            Some(place) => *place,
            None => self.open([socket, remote], 1, at),
        };
        let Some(connection) = self.connections.get_mut(place) else { return };
        let peer = connection.peer_at(socket);
        peer.of_mut(&mut connection.tcb).state = Some(state);
        peer.of_mut(&mut connection.memory).told_listen = state == State::Listen;
    }

    /// Whether the capture holds this packet for the second time; counted, it leaves no other trace.
    #[inline]
    fn is_copy(&mut self, segment: &Segment<'_>) -> bool {
        let Some(twin) = self.recent.look(segment) else { return false };
        let place = self.table.get(&Key::of(segment.src, segment.dst)).copied();
        let Some(connection) = place.and_then(|place| self.connections.get_mut(place)) else { return false };
        if !connection.is_copy(segment, &twin) {
            return false;
        }
        connection.note_copy(segment);
        self.captured_twice += 1;
        true
    }

    /// The connection that a segment belongs to, opened where there is none.
    fn place_of(&mut self, segment: &Segment<'_>) -> usize {
        // A SYN,ACK that comes first answers a SYN that was not captured or comes late: its receiver opened.
        let answers = segment.flags.syn() && segment.flags.ack();
        // Where nothing shows who opened, a well-known port is likelier the server's.
        let serves = !segment.flags.syn() && segment.src.port() < WELL_KNOWN && segment.dst.port() >= WELL_KNOWN;
        let addresses = if answers || serves { [segment.dst, segment.src] } else { [segment.src, segment.dst] };
        let Some(place) = self.table.get(&Key::of(segment.src, segment.dst)).copied() else {
            return self.open(addresses, 1, segment.time);
        };
        let Some(old) = self.connections.get_mut(place) else { return place };
        let belongs = incarnation::decide(old, segment);
        if belongs == Belongs::Here {
            return place;
        }
        let incarnation = old.incarnation.saturating_add(1);
        let mut turn = Turn {
            connection: old,
            changes: &mut self.changes,
            fates: &mut self.fates,
            ordinal: 0,
            time: segment.time,
        };
        let reuse = turn.ask_to_give_way(segment);
        let next = self.open(addresses, incarnation, segment.time);
        if let Some(fresh) = self.connections.get_mut(next).filter(|_| reuse.is_some()) {
            fresh.evidence.get_or_insert_default().reuse = reuse;
        }
        if belongs == Belongs::ToNextWithSyn
            && let Some(old) = self.connections.get(place).cloned()
            && let Some(fresh) = self.connections.pop()
        {
            self.connections.push(fresh.seeded_by_syn(&old, segment));
        }
        next
    }

    fn open(&mut self, addresses: [SocketAddr; 2], incarnation: u32, now: Timestamp) -> usize {
        let place = self.connections.len();
        let [one, other] = addresses;
        self.connections.push(Connection::new(place as u64 + 1, incarnation, addresses, now));
        self.table.insert(Key::of(one, other), place);
        place
    }
}

/// Queues the TIME-WAITs that began or began anew.
fn queue_waits(
    waits: &mut BinaryHeap<Reverse<(Timestamp, usize, usize)>>,
    connection: &mut Connection,
    place: usize,
    two_msl_ns: i64,
) {
    for waiter in Peer::BOTH {
        let wait = waiter.of_mut(&mut connection.time_wait).as_mut();
        if let Some(due) = wait.and_then(|wait| wait.queue_anew(two_msl_ns)) {
            waits.push(Reverse((due, place, waiter.index())));
        }
    }
}

/// What working in a segment found out about the segment itself.
struct Verdict {
    recovery: Recovery,
    repeats: Option<Repeat>,
    reset: Option<Reset>,
    lost_ack: Option<u64>,
}

impl Turn<'_> {
    /// The order matters: what the segment disproves, what it proves of the past, what it says of its sender, and what it
    /// does to its receiver.
    fn work_in(&mut self, peer: Peer, segment: &Segment<'_>) -> Verdict {
        let damaged = self.is_damaged(peer, segment);
        let next = peer.of(&self.connection.tcb).snd.nxt;
        let mut recovery = self.recover(peer, segment, damaged);
        recovery.copies = self.connection.copies_to_tell();
        let repeats = self.note_repeat(peer, segment, damaged, &recovery);
        let mut reset = None;
        let mut lost_ack = None;
        if segment.passage == Passage::Appeared {
            // Nobody was seen to send it: it says nothing of its supposed sender.
            self.arrive(peer, segment);
        } else if damaged {
            // Its receiver throws it away (RFC 9293 3.1): it shows what was sent, and that it did not arrive.
            self.fates.push((self.ordinal, Fate::Lost));
            if !segment.flags.rst() {
                self.send(peer, segment, repeats);
            }
            self.count(peer, segment, repeats);
        } else {
            lost_ack = self.contradict(peer, segment, repeats);
            if segment.flags.rst() {
                let own = peer.of(&self.connection.memory).last_own;
                reset = Some(self.reset(peer, segment));
                self.count(peer, segment, repeats);
                if matches!(reset, Some(Reset::OutsideWindow | Reset::Challenged)) {
                    // It may be anybody's: it dates nothing that its supposed sender did.
                    peer.of_mut(&mut self.connection.memory).last_own = own;
                }
            } else {
                self.prove(peer, segment);
                self.send(peer, segment, repeats);
                self.count(peer, segment, repeats);
                if !is_known(segment) {
                    self.deliver_ack(peer, segment);
                }
            }
            let receiver = self.connection.receiver_of(peer);
            self.deliver_waiting(receiver);
            if self.connection.evidence.is_some() {
                self.answer_challenge(peer, segment);
            }
        }
        self.remember(peer, segment, next);
        let missing = self.connection.receiver_of(peer).of(&self.connection.flows).missing;
        self.connection.history.note(peer, segment, missing);
        self.connection.segments += 1;
        let silence = segment.time.since(self.connection.last);
        if silence > SILENCE_NS {
            let millis = u32::try_from(silence / 1_000_000).unwrap_or(u32::MAX);
            self.connection.silence = (millis, self.ordinal as u32);
        }
        self.connection.last = self.connection.last.max(segment.time);
        Verdict { recovery, repeats, reset, lost_ack }
    }

    /// Whether the segment was damaged on its way. A wrong checksum alone does not say so: where the network card fills it in,
    /// all of a sender's are wrong.
    fn is_damaged(&mut self, peer: Peer, segment: &Segment<'_>) -> bool {
        let flow = peer.of_mut(&mut self.connection.flows);
        flow.has_valid_checksums |= segment.checksum == Checksum::Valid;
        segment.checksum == Checksum::Invalid && flow.has_valid_checksums
    }
}
