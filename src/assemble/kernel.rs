//! What the kernel said of a socket, put where the timeline shows it.

use super::endpoints::Endpoints;
use crate::source::Timestamp;
use crate::tcp::{Peer, State};
use crate::timeline::KernelTimer;
use crate::track::Connection;
use std::collections::HashMap;
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
    /// Who owns the socket, as `synfin[123]`.
    pub process: Option<String>,
}

pub(super) fn hear(
    timers: &mut HashMap<(u64, Peer), KernelTimer>,
    endpoints: &mut Endpoints,
    connections: &[Connection],
    word: &KernelWord,
    start: Option<Timestamp>,
) {
    // The youngest incarnation is the one that the kernel speaks of.
    let find = |peer: Peer| {
        connections.iter().rev().find(|connection| {
            *peer.of(&connection.addresses) == word.local && *(!peer).of(&connection.addresses) == word.remote
        })
    };
    let Some((connection, peer)) = Peer::BOTH.into_iter().find_map(|peer| find(peer).map(|found| (found, peer))) else {
        return;
    };
    if let Some(process) = &word.process {
        endpoints.of(connection);
        endpoints.set_process(word.local, process);
    }
    let at = word.at.since(start.unwrap_or_default());
    let key = (connection.id, peer);
    match (word.state, word.remaining) {
        (Some(State::TimeWait), Some(remaining)) => {
            let remaining_ns = i64::try_from(remaining.as_nanos()).unwrap_or(i64::MAX);
            timers.insert(key, KernelTimer { asked_ns: at, remaining_ns, gone_ns: None });
        }
        (None, _) => {
            if let Some(timer) = timers.get_mut(&key) {
                timer.gone_ns.get_or_insert(at);
            }
        }
        _ => {}
    }
}
