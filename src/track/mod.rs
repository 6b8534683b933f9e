//! Segments into steps: which connection, which peer, which state, and on what evidence. Pure: time comes with the segments.

mod arrival;
mod aside;
mod circumstances;
mod connection;
mod deadlines;
mod elapse;
mod facts;
mod flight;
mod flow;
mod follow;
mod foresee;
mod ghost;
mod history;
mod icmp;
mod incarnation;
mod index;
mod keep;
mod key;
mod paths;
mod place;
mod prefetch;
mod rearm;
mod receipt;
mod recovery;
mod reset;
mod retire;
mod ring;
mod send;
mod send_fin;
mod steady;
mod step;
mod table;
mod time_wait;
mod told_waits;
mod turn;
mod twice;
mod vlans;
mod work;
mod zeek;

pub use aside::{MOST_PLAIN, Ordinary};
pub use circumstances::{Challenge, Circumstances, IcmpFact, Rearmed, ResetFact, Reuse, ReuseProof, Waits};
pub use connection::Connection;
pub use facts::{Closing, FinFact, Moment, Opening, SynFact, SynOptions};
pub use flow::Flow;
pub use foresee::Foreseen;
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

use crate::tcp::{IcmpError, MslProfile, Passage, Segment, State, Timestamp};
use arrival::UnderWay;
use deadlines::Deadlines;
use elapse::queue_waits;
use key::Key;
use paths::Tokens;
use retire::Over;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet, VecDeque};
use std::net::SocketAddr;
use table::{Found, Table};
use told_waits::ToldWaits;
use turn::Turn;
use twice::Recent;
use vlans::Vlans;
use work::Verdict;

/// Follows every connection of a capture.
pub struct Tracker {
    table: Table,
    deadlines: Deadlines,
    /// Connections that are over, in the order of their ends.
    over: VecDeque<Over>,
    /// Where the search for the least active connection goes on.
    hand: u32,
    let_go: LetGo,
    /// When the last input came.
    now: Timestamp,
    keep: Keep,
    merges_vlans: bool,
    /// Segments whose arrival is known and still to come, the first to arrive on top.
    under_way: BinaryHeap<Reverse<UnderWay>>,
    under_way_so_far: u64,
    two_msl_ns: i64,
    /// See [`MslProfile::rearms_by_any`].
    rearms_by_any: bool,
    recent: Recent,
    captured_twice: u64,
    changes: Vec<Change>,
    fates: Vec<(u64, Fate)>,
    /// Addresses and ports that answered a SYN by SYN,ACK, at most [`MOST_SERVERS`].
    servers: Servers,
    tokens: Tokens,
    vlans: Vlans,
    told_waits: ToldWaits,
}

type Servers = HashSet<SocketAddr, foldhash::fast::RandomState>;

/// So many servers are remembered, to tell a full accept queue from a filter.
const MOST_SERVERS: usize = 4096;

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
            now: Timestamp::default(),
            keep,
            merges_vlans,
            under_way: BinaryHeap::new(),
            under_way_so_far: 0,
            two_msl_ns: msl.two_msl_ns(),
            rearms_by_any: msl.rearms_by_any(),
            recent: Recent::new(),
            captured_twice: 0,
            changes: Vec::new(),
            fates: Vec::new(),
            servers: Servers::default(),
            tokens: Tokens::default(),
            vlans: Vlans::default(),
            told_waits: ToldWaits::default(),
        }
    }

    /// Whether somebody looks at every step from here on: then no SYN is set aside.
    pub fn watch(&mut self, watched: bool) {
        self.keep.is_watched = watched;
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
            Found::Lone(_) | Found::Plain(_) | Found::Ghost(_) => None,
        }
    }

    /// What was let go of, so that memory stays bounded.
    pub fn let_go(&self) -> LetGo {
        self.let_go
    }

    /// Works in one segment. `sink` gets the timers that ran out before it, then the segment's own step, and the last steps of
    /// connections that are retired.
    pub fn push(&mut self, segment: &Segment<'_>, sink: &mut impl Hear) {
        self.push_foreseen(segment, &self.find_out(segment, segment.payload), sink);
    }

    /// The same of a segment of which something is known already.
    pub fn push_foreseen(&mut self, segment: &Segment<'_>, foreseen: &Foreseen, sink: &mut impl Hear) {
        self.advance(segment.time, sink);
        if self.is_copy(segment, foreseen, sink) {
            return;
        }
        let Some(place) = self.place_of(segment, foreseen, sink) else { return };
        self.work_in(place, segment, sink);
    }

    fn work_in(&mut self, place: u32, segment: &Segment<'_>, sink: &mut impl Hear) {
        self.ask_waits(place, segment, Tracker::arrival_of(segment));
        let Some(connection) = self.table.get_mut(place) else { return };
        let peer = connection.peer_at(segment.src);
        let (id, ordinal) = (connection.id, connection.segments);
        let before = if sink.looks(id, ordinal) { Some(connection.tcb) } else { None };
        connection.note_original(peer, segment);
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        if before.is_none() && (Turn { connection, changes, fates, ordinal, time: segment.time }).go_on(peer, segment) {
            return;
        }
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        // Filled where it stands: it is large, and mostly stays as it is.
        let mut recovery = Recovery::default();
        let mut turn = Turn { connection, changes, fates, ordinal, time: segment.time };
        let finds_waiting = self.rearms_by_any && turn.finds_waiting(peer, segment);
        let verdict = turn.work_in(peer, segment, &mut recovery);
        match segment.passage {
            Passage::Appeared if finds_waiting => turn.rearm_by_any(peer, segment.time),
            Passage::Appeared => {}
            _ => {
                turn.answer_from_wait(peer, segment);
                if finds_waiting {
                    turn.expect_rearming(peer, segment);
                }
            }
        }
        queue_waits(&mut self.deadlines, connection, self.two_msl_ns);
        if let Passage::Arrived(at) | Passage::ArrivedTwice(at) = segment.passage {
            let (segment, handle) = (segment.without_payload(), connection.handle());
            let number = self.under_way_so_far;
            self.under_way.push(Reverse(UnderWay { at, number, handle, sender: peer, ordinal, segment }));
            self.under_way_so_far += 1;
        }
        let Verdict { repeats, reset, lost_ack } = verdict;
        if segment.flags.syn() {
            if repeats.is_none() && segment.flags.ack() {
                note_server(&mut self.servers, segment.src);
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
            self.linger(Over::Whole(handle), sink);
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
            Some(_) if connection.opening.met_old && !reuse.refused_first => return,
            Some(_) => Ended::Reused,
        };
        reuse.taken = ended == Ended::Reused;
        reuse.refused_first |= ended == Ended::ResetByNext;
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
    fn is_copy(&mut self, segment: &Segment<'_>, foreseen: &Foreseen, sink: &mut impl Hear) -> bool {
        let Some(twin) = self.recent.look(segment, foreseen.print) else { return false };
        let place = self.find(segment.src, segment.dst, segment.vlan, sink);
        let Some(connection) = place.and_then(|place| self.table.get_mut(place)) else { return false };
        if !connection.is_copy(segment, &twin) {
            return false;
        }
        connection.note_copy(segment);
        self.captured_twice += 1;
        true
    }
}

/// Remembers who answered a SYN.
fn note_server(servers: &mut Servers, server: SocketAddr) {
    if servers.len() < MOST_SERVERS {
        servers.insert(server);
    }
}
