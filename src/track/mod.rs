//! Segments into steps: which connection, which peer, which state, and on what evidence. Pure: time comes with the segments.

mod arrival;
mod circumstances;
mod connection;
mod deadlines;
mod facts;
mod flight;
mod flow;
mod follow;
mod ghost;
mod history;
mod icmp;
mod incarnation;
mod index;
mod keep;
mod key;
mod lone;
mod paths;
mod receipt;
mod recovery;
mod reset;
mod retire;
mod ring;
mod send;
mod step;
mod table;
mod time_wait;
mod turn;
mod twice;
mod vlans;
mod zeek;

pub use circumstances::{Challenge, Circumstances, IcmpFact, ResetFact, Reuse, ReuseProof, Waits};
pub use connection::Connection;
pub use facts::{Closing, FinFact, Moment, Opening, SynFact, SynOptions};
pub use flow::Flow;
pub use history::History;
pub use keep::{Keep, LINGER, LetGo, MOST_CONNECTIONS, MOST_GHOSTS, MOST_LONE_SYNS};
pub use paths::{Joins, Paths};
pub use recovery::{
    Acking, Cause, Causes, ClosedWindow, DSack, EcnCounts, EcnNews, Evidence, Extent, Late, Place, Probe, Proof,
    Recovery, Retransmission, RoundTrips, Sending, Spurious, Totals, WindowNews,
};
pub use step::{Change, Fate, Hear, Input, LoneSyn, News, Repeat, Report, Reset, Seen, Step};
pub use table::Handle;
pub use time_wait::{Ended, TimeWait};

use crate::tcp::{Basis, Checksum, IcmpError, MslProfile, Passage, Peer, Segment, Signal, State, Timestamp};
use arrival::{UnderWay, is_known};
use deadlines::{Deadline, Deadlines};
use incarnation::Belongs;
use key::{Key, Oriented};
use paths::Tokens;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet, VecDeque};
use std::net::SocketAddr;
use table::{Found, Table};
use turn::Turn;
use twice::Recent;
use vlans::Vlans;

/// Follows every connection of a capture.
pub struct Tracker {
    table: Table,
    deadlines: Deadlines,
    /// Connections that are over, in the order of their ends.
    over: VecDeque<Handle>,
    /// Where the search for the least active connection goes on.
    hand: u32,
    let_go: LetGo,
    keep: Keep,
    merges_vlans: bool,
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
    tokens: Tokens,
    vlans: Vlans,
}

/// Nobody sent anything for so long: remembered, for what a RST may say of it.
const SILENCE_NS: i64 = 1_000_000_000;

/// So many servers are remembered, to tell a full accept queue from a filter.
const MOST_SERVERS: usize = 4096;

/// Ports below this are servers' (RFC 6335: system ports).
const WELL_KNOWN: u16 = 1024;

impl Tracker {
    /// A tracker that reckons TIME-WAIT by this profile and remembers everything.
    pub fn new(msl: MslProfile) -> Tracker {
        Tracker::keeping(msl, Keep::ALL, false)
    }

    /// A tracker that remembers as much as is asked for. With `merges_vlans` VLANs do not keep connections apart.
    pub fn keeping(msl: MslProfile, keep: Keep, merges_vlans: bool) -> Tracker {
        Tracker {
            table: Table::new(),
            deadlines: Deadlines::default(),
            over: VecDeque::new(),
            hand: 0,
            let_go: LetGo::default(),
            keep,
            merges_vlans,
            under_way: BinaryHeap::new(),
            under_way_so_far: 0,
            two_msl_ns: msl.two_msl_ns(),
            recent: Recent::new(),
            captured_twice: 0,
            changes: Vec::new(),
            fates: Vec::new(),
            servers: HashSet::default(),
            tokens: Tokens::default(),
            vlans: Vlans::default(),
        }
    }

    /// All connections that are remembered, in the order of their first segments.
    pub fn connections(&self) -> Vec<&Connection> {
        self.table.by_id()
    }

    /// Packets that the capture held twice, and that were left out of everything else.
    pub fn captured_twice(&self) -> u64 {
        self.captured_twice
    }

    /// Connections seen so far.
    pub fn opened(&self) -> u64 {
        self.table.opened()
    }

    /// A connection, as long as it is remembered.
    pub fn at(&self, handle: Handle) -> Option<&Connection> {
        self.table.at(handle)
    }

    /// The youngest connection between two addresses, outside VLANs.
    pub fn between(&self, one: SocketAddr, other: SocketAddr) -> Option<&Connection> {
        let pair = Key::of(one, other, 0);
        match self.table.find(self.table.hash(&pair.key), &pair.key)? {
            Found::Connection(place) => self.table.get(place),
            Found::Lone(_) | Found::Ghost(_) => None,
        }
    }

    /// What was let go of, so that memory stays bounded.
    pub fn let_go(&self) -> LetGo {
        self.let_go
    }

    /// Works in one segment. `sink` gets the timers that ran out before it, then the segment's own step, and the last steps of
    /// connections that are retired.
    pub fn push(&mut self, segment: &Segment<'_>, sink: &mut impl Hear) {
        self.advance(segment.time, sink);
        if self.is_copy(segment, sink) {
            return;
        }
        let Some(place) = self.place_of(segment, sink) else { return };
        self.work_in(place, segment, sink);
    }

    fn work_in(&mut self, place: u32, segment: &Segment<'_>, sink: &mut impl Hear) {
        let Some(connection) = self.table.get_mut(place) else { return };
        let peer = connection.peer_at(segment.src);
        let ordinal = connection.segments;
        let before = if sink.looks(ordinal) { Some(connection.tcb) } else { None };
        connection.note_original(peer, segment);
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        // Filled where it stands: it is large, and mostly stays as it is.
        let mut recovery = Recovery::default();
        let mut turn = Turn { connection, changes, fates, ordinal, time: segment.time };
        let verdict = turn.work_in(peer, segment, &mut recovery);
        queue_waits(&mut self.deadlines, connection, self.two_msl_ns);
        if let Passage::Arrived(at) = segment.passage {
            let (segment, handle) = (segment.without_payload(), connection.handle());
            let number = self.under_way_so_far;
            self.under_way.push(Reverse(UnderWay { at, number, handle, sender: peer, ordinal, segment }));
            self.under_way_so_far += 1;
        }
        let Verdict { repeats, reset, lost_ack } = verdict;
        if segment.flags.syn() {
            let is_new = repeats.is_none() && segment.flags.ack() && self.servers.len() < MOST_SERVERS;
            if is_new {
                self.servers.insert(segment.src);
            }
            if repeats.is_some() && !segment.flags.ack() && self.servers.contains(&segment.dst) {
                connection.evidence.get_or_insert_default().port_accepts = true;
            }
        }
        if segment.options.mptcp.is_some() {
            connection.note_paths(peer, segment, &mut self.tokens);
        }
        if let Some(before) = before {
            let input = Input::Segment(Seen { segment, peer, ordinal, repeats, recovery: &recovery, reset, lost_ack });
            sink.step(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
        }
        let over = (!connection.lingers && connection.is_over()).then(|| connection.handle());
        connection.lingers |= over.is_some();
        if connection.evidence.is_some() {
            self.settle_reuse(place, segment.time);
        }
        if let Some(handle) = over {
            self.linger(handle, sink);
        }
    }

    /// Ends the TIME-WAIT whose addresses and ports this connection has taken over, once that is sure.
    fn settle_reuse(&mut self, place: u32, now: Timestamp) {
        let Some(connection) = self.table.get_mut(place) else { return };
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
        let (id, old, waiter) = (reuse.of, reuse.place, *reuse.waiter.of(&connection.addresses));
        if let Some(connection) = self.table.get_mut(old).filter(|old| old.id == id) {
            let waiter = connection.peer_at(waiter);
            Turn { connection, changes: &mut self.changes, fates: &mut self.fates, ordinal: 0, time: now }
                .give_way(waiter, ended);
        }
    }

    /// Hears what the network says of a segment that did not arrive.
    pub fn hear_icmp(&mut self, error: &IcmpError, sink: &mut impl Hear) {
        self.advance(error.time, sink);
        let place = self.find(error.src, error.dst, error.vlan, sink).or_else(|| {
            // It may come back on another VLAN than what it quotes.
            let vlan = self.only_vlan_of(error.src, error.dst)?;
            self.find(error.src, error.dst, vlan, sink)
        });
        let Some(connection) = place.and_then(|place| self.table.get_mut(place)) else { return };
        let before = connection.tcb;
        self.changes.clear();
        self.fates.clear();
        let (ordinal, time) = (connection.segments, error.time);
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        let input = Input::Icmp(Turn { connection, changes, fates, ordinal, time }.hear_icmp(error));
        sink.step(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
    }

    /// Lets time pass: what arrives by `now` arrives, and TIME-WAITs that are due by then end.
    #[inline]
    pub fn advance(&mut self, now: Timestamp, sink: &mut impl Hear) {
        while self.under_way.peek().is_some_and(|Reverse(next)| next.at <= now)
            && let Some(Reverse(next)) = self.under_way.pop()
        {
            self.expire(next.at, sink);
            self.arrive(&next, sink);
        }
        self.expire(now, sink);
    }

    fn arrive(&mut self, it: &UnderWay, sink: &mut impl Hear) {
        let place = it.handle.place;
        let Some(connection) = self.table.get_mut(place).filter(|known| known.id == it.handle.id) else { return };
        let before = connection.tcb;
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        Turn { connection, changes, fates, ordinal: it.ordinal, time: it.at }.arrive(it.sender, &it.segment);
        queue_waits(&mut self.deadlines, connection, self.two_msl_ns);
        let input = Input::Arrival { peer: connection.receiver_of(it.sender), ordinal: it.ordinal, at: it.at };
        sink.step(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
    }

    #[inline]
    fn expire(&mut self, now: Timestamp, sink: &mut impl Hear) {
        if self.deadlines.is_any_due(now) {
            self.expire_due(now, sink);
        }
    }

    fn expire_due(&mut self, now: Timestamp, sink: &mut impl Hear) {
        while let Some(deadline) = self.deadlines.pop_due(now) {
            let (due, peer) = (deadline.due, deadline.peer());
            let place = deadline.handle.place;
            let Some(connection) = self.table.get_mut(place).filter(|known| known.id == deadline.handle.id) else {
                continue;
            };
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
            sink.step(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
        }
    }

    /// Learns a state that somebody knows for certain, as the kernel or a program's own calls.
    pub fn tell(&mut self, socket: SocketAddr, remote: SocketAddr, state: State, at: Timestamp) {
        let pair = Key::of(socket, remote, 0);
        let hash = self.table.hash(&pair.key);
        let place = match self.table.find(hash, &pair.key) {
            Some(Found::Connection(place)) => place,
            found => self.open(hash, &pair, 1, at, found),
        };
        let Some(connection) = self.table.get_mut(place) else { return };
        let peer = connection.peer_at(socket);
        peer.of_mut(&mut connection.tcb).state = Some(state);
        peer.of_mut(&mut connection.memory).told_listen = state == State::Listen;
    }

    /// Whether the capture holds this packet for the second time; counted, it leaves no other trace.
    #[inline]
    fn is_copy(&mut self, segment: &Segment<'_>, sink: &mut impl Hear) -> bool {
        let Some(twin) = self.recent.look(segment) else { return false };
        let place = self.find(segment.src, segment.dst, segment.vlan, sink);
        let Some(connection) = place.and_then(|place| self.table.get_mut(place)) else { return false };
        if !connection.is_copy(segment, &twin) {
            return false;
        }
        connection.note_copy(segment);
        self.captured_twice += 1;
        true
    }

    /// The connection between two addresses, if it is remembered; a lone SYN becomes one.
    fn find(&mut self, src: SocketAddr, dst: SocketAddr, vlan: u32, sink: &mut impl Hear) -> Option<u32> {
        let pair = Key::of(src, dst, if self.merges_vlans { 0 } else { vlan });
        let hash = self.table.hash(&pair.key);
        match self.table.find(hash, &pair.key) {
            Some(Found::Connection(place)) => Some(place),
            Some(Found::Lone(lone)) => self.promote(lone, hash, sink),
            Some(Found::Ghost(_)) => None,
            None => self.split_at(&pair, src),
        }
    }

    /// The connection that a segment belongs to, opened where there is none. `None`: it is set aside, or too late.
    fn place_of(&mut self, segment: &Segment<'_>, sink: &mut impl Hear) -> Option<u32> {
        let vlan = if self.merges_vlans { 0 } else { segment.vlan };
        let mut pair = Key::of(segment.src, segment.dst, vlan);
        let mut hash = self.table.hash(&pair.key);
        let mut found = self.table.find(hash, &pair.key);
        let mut other_vlan = None;
        if found.is_none()
            && let Some(elsewhere) = self.elsewhere(&pair, segment)
        {
            (pair, hash, found) = (elsewhere.pair, elsewhere.hash, Some(elsewhere.found));
            other_vlan = Some(vlan);
        }
        let place = match found {
            Some(Found::Connection(place)) => place,
            Some(Found::Lone(lone)) => self.promote(lone, hash, sink)?,
            Some(Found::Ghost(ghost)) => {
                let ghost = self.table.ghost(ghost)?;
                if ghost.owns(segment) {
                    self.let_go.stragglers += 1;
                    return None;
                }
                let incarnation = ghost.next_incarnation(segment);
                return self.begin(hash, &pair, incarnation, segment, found, sink);
            }
            None => return self.begin(hash, &pair, 1, segment, found, sink),
        };
        let old = self.table.get_mut(place)?;
        if let Some(vlan) = other_vlan {
            old.note_other_vlan(segment.src, vlan);
        }
        let belongs = incarnation::decide(old, segment);
        if belongs == Belongs::Here {
            return Some(place);
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
        old.gave_way = true;
        let over = (!std::mem::replace(&mut old.lingers, true)).then(|| old.handle());
        let seed = (belongs == Belongs::ToNextWithSyn).then(|| old.clone());
        let opens = self.opening_side(&pair, segment);
        let next = self.open(hash, &opens, incarnation, segment.time, Some(Found::Connection(place)));
        if let Some(fresh) = self.table.get_mut(next) {
            if let Some(vlan) = other_vlan {
                fresh.note_other_vlan(segment.src, vlan);
            }
            if reuse.is_some() {
                fresh.evidence.get_or_insert_default().reuse = reuse;
            }
            if let Some(old) = seed {
                fresh.seed_by_syn(&old, segment);
            }
        }
        if let Some(over) = over {
            self.linger(over, sink);
        }
        Some(next)
    }

    /// The first segment of a connection.
    fn begin(
        &mut self,
        hash: u32,
        pair: &Oriented,
        incarnation: u32,
        segment: &Segment<'_>,
        found: Option<Found>,
        sink: &mut impl Hear,
    ) -> Option<u32> {
        if incarnation == 1 && self.set_aside(hash, pair, segment, found, sink) {
            return None;
        }
        let opens = self.opening_side(pair, segment);
        let place = self.open(hash, &opens, incarnation, segment.time, found);
        self.make_room(place, sink);
        Some(place)
    }

    /// The pair with the side in front that is taken for the client.
    fn opening_side(&self, pair: &Oriented, segment: &Segment<'_>) -> Oriented {
        // A SYN,ACK that comes first answers a SYN that was not captured or comes late: its receiver opened.
        let answers = segment.flags.syn() && segment.flags.ack();
        // Where nothing shows who opened, a well-known port is likelier the server's.
        let serves = !segment.flags.syn() && segment.src.port() < WELL_KNOWN && segment.dst.port() >= WELL_KNOWN;
        Oriented { is_forward: pair.is_forward != (answers || serves), ..*pair }
    }

    fn open(&mut self, hash: u32, pair: &Oriented, incarnation: u32, now: Timestamp, found: Option<Found>) -> u32 {
        let id = self.table.next_id();
        self.table.open(hash, id, incarnation, pair, now, found)
    }
}

/// Queues the TIME-WAITs that began or began anew.
#[inline]
fn queue_waits(deadlines: &mut Deadlines, connection: &mut Connection, two_msl_ns: i64) {
    // Most of the time nobody waits.
    if connection.time_wait.iter().any(Option::is_some) {
        queue_any(deadlines, connection, two_msl_ns);
    }
}

fn queue_any(deadlines: &mut Deadlines, connection: &mut Connection, two_msl_ns: i64) {
    for waiter in Peer::BOTH {
        let wait = waiter.of_mut(&mut connection.time_wait).as_mut();
        if let Some(due) = wait.and_then(|wait| wait.queue_anew(two_msl_ns)) {
            deadlines.push(Deadline::new(due, connection.handle(), waiter));
        }
    }
}

/// What working in a segment found out about the segment itself.
struct Verdict {
    repeats: Option<Repeat>,
    reset: Option<Reset>,
    lost_ack: Option<u64>,
}

impl Turn<'_> {
    /// The order matters: what the segment disproves, what it proves of the past, what it says of its sender, and what it
    /// does to its receiver.
    fn work_in(&mut self, peer: Peer, segment: &Segment<'_>, recovery: &mut Recovery) -> Verdict {
        let damaged = self.is_damaged(peer, segment);
        let next = peer.of(&self.connection.tcb).snd.nxt;
        self.recover(peer, segment, damaged, recovery);
        recovery.copies = self.connection.copies_to_tell();
        let repeats = self.note_repeat(peer, segment, damaged, recovery);
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
        Verdict { repeats, reset, lost_ack }
    }

    /// Whether the segment was damaged on its way. A wrong checksum alone does not say so: where the network card fills it in,
    /// all of a sender's are wrong.
    fn is_damaged(&mut self, peer: Peer, segment: &Segment<'_>) -> bool {
        let flow = peer.of_mut(&mut self.connection.flows);
        flow.has_valid_checksums |= segment.checksum == Checksum::Valid;
        segment.checksum == Checksum::Invalid && flow.has_valid_checksums
    }
}
