//! What became of the TIME-WAITs of connections that were let go of, told by what came later and by the capture's end.

use crate::assemble::Entry;
use crate::timeline::{EndCause, Endpoint};
use std::collections::HashMap;
use std::net::SocketAddr;

/// Watches the addresses and ports of connections that are kept.
#[derive(Debug, Default)]
pub(super) struct Aftermath(HashMap<[SocketAddr; 2], Vec<Watched>, foldhash::fast::RandomState>);

#[derive(Debug)]
struct Watched {
    id: u64,
    /// When the next connection began on the same addresses and ports.
    next_ns: Option<i64>,
}

impl Aftermath {
    /// Watches for what comes after a connection.
    pub(super) fn watch(&mut self, entry: &Entry) {
        let watched = Watched { id: entry.connection.id, next_ns: None };
        self.0.entry(pair_of(entry)).or_default().push(watched);
    }

    /// A connection is no longer kept.
    pub(super) fn leave(&mut self, entry: &Entry) {
        let pair = pair_of(entry);
        let Some(watched) = self.0.get_mut(&pair) else { return };
        watched.retain(|watched| watched.id != entry.connection.id);
        if watched.is_empty() {
            self.0.remove(&pair);
        }
    }

    /// Hears of a connection.
    pub(super) fn hear(&mut self, id: u64, ends: [SocketAddr; 2], start_ns: i64) {
        let Some(watched) = self.0.get_mut(&pair(ends)) else { return };
        for earlier in watched.iter_mut().filter(|watched| watched.id < id) {
            earlier.next_ns = Some(earlier.next_ns.map_or(start_ns, |next| next.min(start_ns)));
        }
    }

    /// Tells how the waits of a connection ended that were let go of: by the next one, else by time, unless the capture ended
    /// first, at `end_ns`.
    pub(super) fn settle(&self, entry: &mut Entry, end_ns: i64) {
        let of_id = |watched: &&Watched| watched.id == entry.connection.id;
        let next_ns = self.0.get(&pair_of(entry)).and_then(|all| all.iter().find(of_id)?.next_ns);
        for wait in entry.connection.time_wait.iter_mut().filter(|wait| wait.end == EndCause::LetGo) {
            (wait.end, wait.end_ns) = match next_ns {
                Some(next_ns) if next_ns < wait.due_ns => (EndCause::Reused, next_ns),
                _ if wait.due_ns <= end_ns => (EndCause::Expired, wait.due_ns),
                _ => (EndCause::CaptureEnded, end_ns),
            };
            wait.remaining_ns = wait.due_ns.saturating_sub(wait.end_ns);
        }
    }
}

fn pair_of(entry: &Entry) -> [SocketAddr; 2] {
    pair([&entry.client, &entry.server].map(|Endpoint { ip, port, .. }| SocketAddr::new(*ip, *port)))
}

fn pair(mut ends: [SocketAddr; 2]) -> [SocketAddr; 2] {
    ends.sort_unstable();
    ends
}
