//! What the kernel said of sockets, kept until the timeline shows it.

use crate::tcp::Timestamp;
use crate::tcp::{Peer, State};
use crate::timeline::KernelTimer;
use crate::track::{Connection, Tracker};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

/// The kernel's word on one socket, or on its absence.
#[derive(Debug, Clone)]
pub struct KernelWord {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// When the kernel was asked.
    pub at: Timestamp,
    /// `None`: there is no such socket any more.
    pub state: Option<State>,
    /// What is left of TIME-WAIT.
    pub remaining: Option<Duration>,
}

/// What was heard, by connection and peer.
#[derive(Debug, Default)]
pub(super) struct Heard {
    timers: HashMap<(u64, Peer), KernelTimer>,
    states: HashSet<(u64, Peer, State)>,
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

    /// Notes a word on one of the tracker's connections. Times are kept relative to `start`.
    pub(super) fn hear(&mut self, tracker: &Tracker, word: &KernelWord, start: Timestamp) {
        let whose = |connection: &Connection| {
            let is_at = |peer: Peer| {
                let [local, remote] = [*peer.of(&connection.addresses), *(!peer).of(&connection.addresses)];
                (local, remote) == (word.local, word.remote)
            };
            Peer::BOTH.into_iter().find(|peer| is_at(*peer)).map(|peer| (connection.id, peer))
        };
        // The youngest incarnation is the one that the kernel speaks of.
        let found = match tracker.between(word.local, word.remote) {
            Some(connection) => whose(connection),
            None => tracker.connections().into_iter().rev().find_map(whose),
        };
        let Some((id, peer)) = found else { return };
        let at = word.at.since(start);
        self.states.insert((id, peer, word.state.unwrap_or(State::Closed)));
        if let (Some(State::TimeWait), Some(remaining)) = (word.state, word.remaining) {
            let remaining_ns = i64::try_from(remaining.as_nanos()).unwrap_or(i64::MAX);
            self.timers.insert((id, peer), KernelTimer { asked_ns: at, remaining_ns, gone_ns: None });
        }
        if let (None, Some(timer)) = (word.state, self.timers.get_mut(&(id, peer))) {
            timer.gone_ns.get_or_insert(at);
        }
    }
}
