//! What the kernel said of sockets, kept until the timeline shows it.

use super::agree::Unasked;
use crate::tcp::{KernelAct, KernelDeed, KernelSample, KernelWord, Peer, Polling, Sample, State, Timestamp};
use crate::timeline::KernelTimer;
use crate::track::{Connection, Tracker};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

/// Changes of state kept of one socket. A life has eight at the longest.
const MOST_CHANGES: usize = 32;
/// What was said of one peer's sending at most.
const MOST_SAMPLES: usize = 1024;

/// The least that FIN-WAIT-2 lasts before the kernel gives it up, nanoseconds: the setting counts in seconds. In SYN-RECEIVED the
/// first SYN,ACK alone is waited for as long (RFC 6298 2.1).
const ABANDONED_NS: i64 = 900_000_000;

/// Addresses remembered at which somebody listened.
const MOST_LISTENERS: usize = 256;

/// When a kernel acted, nanoseconds after the start, and what it did.
type Act = (i64, KernelDeed);

/// What was heard, by connection and peer.
#[derive(Debug, Default)]
pub(super) struct Heard {
    timers: HashMap<(u64, Peer), KernelTimer>,
    states: HashSet<(u64, Peer, State)>,
    histories: HashMap<(u64, Peer), History>,
    /// Whose socket it is, by the kernel's cookie.
    sockets: HashMap<u64, (u64, Peer)>,
    samples: HashMap<(u64, Peer), Vec<(i64, Sample)>>,
    acts: HashMap<(u64, Peer), Vec<Act>>,
    unasked: Option<Unasked>,
    /// Each with when it was first seen, nanoseconds after the start.
    listeners: Vec<(SocketAddr, i64)>,
}

/// The states that the kernel had a socket in, each when it was first seen.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Nanoseconds after the start.
    pub(super) changes: Vec<(i64, State)>,
    /// When it was last asked.
    pub(super) until: i64,
}

impl Heard {
    /// The kernel's word on a TIME-WAIT.
    pub(super) fn timer(&self, id: u64, peer: Peer) -> Option<&KernelTimer> {
        self.timers.get(&(id, peer))
    }

    /// Whether the kernel had the peer in this state; CLOSED when it no longer knew the socket.
    pub(super) fn confirms(&self, id: u64, peer: Peer, state: State) -> bool {
        self.states.contains(&(id, peer, state))
    }

    /// Whether the kernel's TIME-WAIT ended at this time, nanoseconds after the start, as exactly as it was asked.
    pub(super) fn was_gone(&self, id: u64, peer: Peer, at: i64) -> bool {
        let late = self.timer(id, peer).and_then(|timer| timer.gone_ns).map(|gone| gone.saturating_sub(at));
        let most = |late: i64| Some(self.unasked.as_ref()?.around(at, at.saturating_add(late)));
        late.is_some_and(|late| most(late).is_some_and(|most| (0..=most).contains(&late)))
    }

    pub(super) fn heard_listeners(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// Whether somebody listened at this address before that time, nanoseconds after the start, be it at every address of the
    /// host.
    pub(super) fn listened(&self, address: SocketAddr, before: i64) -> bool {
        let covers = |at: &SocketAddr| {
            // Who listens at [::] hears IPv4 as well, unless it declined.
            let everywhere = at.ip().is_unspecified() && (at.is_ipv6() || address.is_ipv4());
            at.port() == address.port() && (everywhere || at.ip().to_canonical() == address.ip().to_canonical())
        };
        self.listeners.iter().any(|(at, since)| *since <= before && covers(at))
    }

    /// When a peer's kernel was told to close, nanoseconds after the start, and the state that this led to.
    pub(super) fn told_to_close(&self, id: u64, peer: Peer) -> Option<(i64, State)> {
        let closes = |(_, state): &&(i64, State)| matches!(state, State::FinWait1 | State::LastAck);
        self.history(id, peer)?.changes.iter().find(closes).copied()
    }

    /// All states of a peer in order.
    pub(super) fn history(&self, id: u64, peer: Peer) -> Option<&History> {
        self.histories.get(&(id, peer))
    }

    /// What was said of a peer's sending, each with its time, nanoseconds after the start.
    pub(super) fn samples(&self, id: u64, peer: Peer) -> &[(i64, Sample)] {
        self.samples.get(&(id, peer)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn hear_sample(&mut self, tracker: &Tracker, word: &KernelSample, start: Timestamp) {
        let KernelSample { local, remote, at, sample } = *word;
        let Some(life) = whose(tracker, &KernelWord { local, remote, at, state: None, remaining: None, cookie: None })
        else {
            return;
        };
        let samples = self.samples.entry(life).or_default();
        if samples.len() < MOST_SAMPLES {
            samples.push((at.since(start), sample));
        }
    }

    /// When a socket went from FIN-WAIT-2 or SYN-RECEIVED without any other state, after longer than a segment of the peer
    /// explains, and from which of the two.
    pub(super) fn abandoned(&self, id: u64, peer: Peer) -> Option<(State, i64)> {
        match self.history(id, peer)?.changes.as_slice() {
            [.., (since, from @ (State::FinWait2 | State::SynReceived)), (gone, State::Closed)]
                if gone - since >= ABANDONED_NS =>
            {
                Some((*from, *gone))
            }
            _ => None,
        }
    }

    /// What a peer's kernel did of its own accord: when, nanoseconds after the start.
    pub(super) fn acts(&self, id: u64, peer: Peer) -> &[Act] {
        self.acts.get(&(id, peer)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn hear_act(&mut self, tracker: &Tracker, word: KernelAct, start: Timestamp) {
        let KernelAct { local, remote, at, deed } = word;
        let Some(life) = whose(tracker, &KernelWord { local, remote, at, state: None, remaining: None, cookie: None })
        else {
            return;
        };
        let acts = self.acts.entry(life).or_default();
        if acts.len() < MOST_SAMPLES {
            acts.push((at.since(start), deed));
        }
    }

    /// For how long the kernel went unasked.
    pub(super) fn unasked(&self) -> Option<&Unasked> {
        self.unasked.as_ref()
    }

    pub(super) fn hear_polling(&mut self, polling: &Polling, start: Timestamp) {
        let usual_ns = i64::try_from(polling.usual.as_nanos()).unwrap_or(i64::MAX);
        let gaps = polling.gaps.iter().map(|(from, to)| (from.since(start), to.since(start)));
        self.unasked = Some(Unasked { usual_ns, gaps: gaps.collect() });
    }

    /// Notes a word on one of the tracker's connections. Times are kept relative to `start`.
    pub(super) fn hear(&mut self, tracker: &Tracker, word: &KernelWord, start: Timestamp) {
        if word.state == Some(State::Listen) {
            if self.listeners.len() < MOST_LISTENERS {
                self.listeners.push((word.local, word.at.since(start)));
            }
            return;
        }
        let known = word.cookie.and_then(|cookie| self.sockets.get(&cookie).copied());
        let Some((id, peer)) = known.or_else(|| whose(tracker, word)) else { return };
        if let Some(cookie) = word.cookie {
            self.sockets.insert(cookie, (id, peer));
        }
        let at = word.at.since(start);
        let state = word.state.unwrap_or(State::Closed);
        self.states.insert((id, peer, state));
        let history = self.histories.entry((id, peer)).or_default();
        history.until = history.until.max(at);
        if history.changes.last().is_none_or(|(_, last)| *last != state) && history.changes.len() < MOST_CHANGES {
            history.changes.push((at, state));
        }
        if let (Some(State::TimeWait), Some(remaining)) = (word.state, word.remaining) {
            let remaining_ns = i64::try_from(remaining.as_nanos()).unwrap_or(i64::MAX);
            self.timers.insert((id, peer), KernelTimer { asked_ns: at, remaining_ns, gone_ns: None });
        }
        if let (None, Some(timer)) = (word.state, self.timers.get_mut(&(id, peer))) {
            timer.gone_ns.get_or_insert(at);
        }
    }
}

/// Of several incarnations the youngest that had begun; a socket in SYN-SENT may be seen before its SYN is.
fn whose(tracker: &Tracker, word: &KernelWord) -> Option<(u64, Peer)> {
    let peer = |connection: &Connection| {
        let is_at = |peer: &Peer| {
            let [local, remote] = [*peer.of(&connection.addresses), *(!*peer).of(&connection.addresses)];
            (local, remote) == (word.local, word.remote)
        };
        Peer::BOTH.into_iter().find(is_at).map(|peer| (connection.id, peer))
    };
    let young = tracker.between(word.local, word.remote);
    if let Some(connection) = young.filter(|connection| connection.incarnation == 1 || connection.first <= word.at) {
        return peer(connection);
    }
    let all = tracker.connections();
    if word.state == Some(State::SynSent) {
        let asked = all.iter().filter(|connection| peer(connection).is_some());
        return asked.min_by_key(|connection| connection.first.since(word.at).abs()).and_then(|it| peer(it));
    }
    let begun = all.iter().rev().filter(|connection| connection.first <= word.at);
    begun.chain(all.iter().rev()).find_map(|connection| peer(connection))
}
