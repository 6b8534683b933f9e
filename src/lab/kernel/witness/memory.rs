//! All that a kernel said, socket by socket; knows neither kernel nor clock.

use super::seen::Seen;
use crate::lab::kernel::process::Process;
use crate::lab::kernel::sock_diag::KernelSocket;
use crate::tcp::{State, Timestamp};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

/// Sockets remembered at most; what comes later is passed over.
const MOST_SOCKETS: usize = 4096;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) seen: Vec<Seen>,
    /// Where in `seen`, by cookie.
    known: HashMap<u64, usize>,
    /// Where in `seen`, by its ends, each that was a request when it was last asked of.
    requests: HashMap<Ends, usize>,
}

/// Local and remote address.
type Ends = (SocketAddr, SocketAddr);

impl Memory {
    pub(super) fn note(
        &mut self,
        now: Timestamp,
        sockets: &[KernelSocket],
        owners: &dyn Fn(&[u32]) -> HashMap<u32, Process>,
    ) {
        let mut present = vec![false; self.seen.len()];
        // On its way from a socket to less than one, as in TIME-WAIT, it is CLOSED for a moment: that is no word on it.
        let behind = left_behind(sockets);
        let told = |socket: &&KernelSocket| match socket.state {
            State::Closed => false,
            State::SynReceived => !behind.contains(&socket.cookie),
            _ => true,
        };
        for socket in sockets.iter().filter(told) {
            let next = self.seen.len();
            let known = self.known.get(&socket.cookie).copied().or_else(|| self.request_of(socket));
            let place = match known {
                Some(place) => place,
                None if next >= MOST_SOCKETS => continue,
                None => {
                    self.known.insert(socket.cookie, next);
                    self.seen.push(Seen::new(socket));
                    next
                }
            };
            if socket.state == State::SynReceived {
                self.requests.insert(socket.ends(), place);
            }
            if let Some(seen) = self.seen.get_mut(place) {
                seen.note(now, socket);
            }
            if let Some(present) = present.get_mut(place) {
                *present = true;
            }
        }
        for (seen, _) in self.seen.iter_mut().zip(&present).filter(|(_, present)| !**present) {
            seen.gone.get_or_insert(now);
        }
        self.ask_owners(sockets, owners);
    }

    /// The request that became this socket, where it did so while a dump gave the request a cookie: then each has its own.
    fn request_of(&mut self, socket: &KernelSocket) -> Option<usize> {
        let place = self.requests.remove(&socket.ends())?;
        self.seen.get(place).filter(|seen| seen.state() == Some(State::SynReceived))?;
        self.known.insert(socket.cookie, place);
        Some(place)
    }

    /// Looks for the owners of sockets that have a new inode: a connection gets one when its program accepts it.
    fn ask_owners(&mut self, sockets: &[KernelSocket], owners: &dyn Fn(&[u32]) -> HashMap<u32, Process>) {
        let mut asked = Vec::new();
        for socket in sockets.iter().filter(|socket| socket.inode != 0) {
            let Some(place) = self.known.get(&socket.cookie) else { continue };
            if let Some(seen) = self.seen.get_mut(*place).filter(|seen| seen.inode != socket.inode) {
                seen.inode = socket.inode;
                asked.push((*place, socket.inode));
            }
        }
        if asked.is_empty() {
            return;
        }
        let inodes: Vec<u32> = asked.iter().map(|(_, inode)| *inode).collect();
        let found = owners(&inodes);
        for (place, inode) in asked {
            if let (Some(seen), Some(owner)) = (self.seen.get_mut(place), found.get(&inode)) {
                seen.owner = Some(owner.clone());
            }
        }
    }
}

/// The cookies of requests of which the kernel has just made a socket: for a moment a dump may hold both.
fn left_behind(sockets: &[KernelSocket]) -> HashSet<u64> {
    let is_request = |socket: &&KernelSocket| socket.state == State::SynReceived;
    let requests: HashMap<Ends, u64> =
        sockets.iter().filter(is_request).map(|socket| (socket.ends(), socket.cookie)).collect();
    if requests.is_empty() {
        return HashSet::new();
    }
    let others = sockets.iter().filter(|socket| socket.state != State::SynReceived);
    others.filter_map(|socket| requests.get(&socket.ends()).copied()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::super::TimeWait;
    use super::*;
    use crate::lab::kernel::sock_diag::{Timer, TimerKind};
    use std::time::Duration;

    fn socket(cookie: u64, state: State, inode: u32, left_ms: Option<u64>) -> KernelSocket {
        KernelSocket {
            local: "127.0.0.1:8080".parse().unwrap(),
            remote: "127.0.0.1:51000".parse().unwrap(),
            state,
            timer: left_ms.map(|ms| Timer { kind: TimerKind::TimeWait, expires: Duration::from_millis(ms) }),
            retransmits: 0,
            rqueue: 0,
            wqueue: 0,
            uid: 0,
            inode,
            cookie,
            info: None,
        }
    }

    fn held(inodes: &[u32]) -> HashMap<u32, Process> {
        inodes.iter().map(|inode| (*inode, Process { pid: *inode, name: "server".to_string() })).collect()
    }

    #[test]
    fn a_life_is_remembered_with_its_owner_its_time_wait_and_its_end() {
        let mut memory = Memory::default();
        let mut at = 0;
        let mut note = |sockets: &[KernelSocket]| {
            at += 1;
            memory.note(Timestamp(at), sockets, &held);
        };
        note(&[socket(1, State::SynReceived, 0, None)]);
        note(&[socket(1, State::Established, 0, None)]);
        note(&[socket(1, State::Established, 7, None)]);
        // FIN-WAIT-2 without a program runs the same kind of timer, but is not TIME-WAIT.
        note(&[socket(1, State::FinWait2, 0, Some(59_000))]);
        note(&[socket(1, State::TimeWait, 0, Some(60_000))]);
        note(&[socket(1, State::TimeWait, 0, Some(59_000))]);
        note(&[socket(1, State::TimeWait, 0, Some(59_996))]);
        note(&[]);
        note(&[]);
        let seen = &memory.seen[0];
        let states: Vec<_> = seen.states.iter().map(|(at, state)| (at.0, *state)).collect();
        assert_eq!(
            states,
            [(1, State::SynReceived), (2, State::Established), (4, State::FinWait2), (5, State::TimeWait)]
        );
        let expected = TimeWait { asked: Timestamp(7), remaining: Duration::from_millis(59_996), rearmed: 1 };
        assert_eq!(seen.time_wait, Some(expected));
        assert_eq!(seen.gone, Some(Timestamp(8)));
        assert_eq!(seen.owner.as_ref().unwrap().to_string(), "server[7]");
    }

    #[test]
    fn the_timer_that_runs_is_told() {
        let mut memory = Memory::default();
        for (at, kind) in [TimerKind::Retransmit, TimerKind::Probe, TimerKind::KeepAlive].into_iter().enumerate() {
            let timer = Some(Timer { kind, expires: Duration::from_millis(200) });
            memory.note(
                Timestamp(at as i64),
                &[KernelSocket { timer, ..socket(1, State::Established, 0, None) }],
                &held,
            );
            let seen = &memory.seen[0];
            assert_eq!(
                (seen.is_unanswered, seen.is_probing),
                (kind == TimerKind::Retransmit, kind == TimerKind::Probe)
            );
        }
    }

    #[test]
    fn a_request_beside_its_socket_is_over() {
        for order in [[State::SynReceived, State::Established], [State::Established, State::SynReceived]] {
            let mut memory = Memory::default();
            memory.note(Timestamp(1), &order.map(|state| socket(1, state, 0, None)), &held);
            assert_eq!(memory.seen[0].states, [(Timestamp(1), State::Established)]);
        }
    }

    #[test]
    fn on_the_way_to_time_wait_it_is_not_closed() {
        let mut memory = Memory::default();
        for (at, state) in [State::FinWait1, State::Closed, State::FinWait2].into_iter().enumerate() {
            memory.note(Timestamp(at as i64), &[socket(1, state, 0, None)], &held);
        }
        let seen = &memory.seen[0];
        assert_eq!(seen.states, [(Timestamp(0), State::FinWait1), (Timestamp(2), State::FinWait2)]);
        assert_eq!(seen.gone, None);
    }

    #[test]
    fn a_request_and_its_socket_are_one_whatever_their_cookies() {
        let mut memory = Memory::default();
        memory.note(Timestamp(1), &[socket(1, State::SynReceived, 0, None)], &held);
        memory.note(Timestamp(2), &[socket(2, State::Established, 0, None)], &held);
        memory.note(Timestamp(3), &[socket(2, State::CloseWait, 0, None)], &held);
        assert_eq!(memory.seen.len(), 1);
        let states: Vec<_> = memory.seen[0].states.iter().map(|(_, state)| *state).collect();
        assert_eq!(states, [State::SynReceived, State::Established, State::CloseWait]);
        assert_eq!(memory.seen[0].gone, None);
    }

    #[test]
    fn a_reused_pair_of_addresses_is_another_socket() {
        let mut memory = Memory::default();
        memory.note(Timestamp(1), &[socket(1, State::TimeWait, 0, Some(60_000))], &held);
        memory.note(Timestamp(2), &[socket(2, State::Established, 5, None)], &held);
        assert_eq!(memory.seen.len(), 2);
        assert_eq!((memory.seen[0].gone, memory.seen[1].gone), (Some(Timestamp(2)), None));
    }

    #[test]
    fn owners_are_looked_for_once() {
        let asked = std::cell::Cell::new(0);
        let count = |inodes: &[u32]| {
            asked.set(asked.get() + inodes.len());
            HashMap::new()
        };
        let mut memory = Memory::default();
        for at in 0..5 {
            memory.note(Timestamp(at), &[socket(1, State::Established, 7, None)], &count);
        }
        assert_eq!(asked.get(), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let mut memory = Memory::default();
        let many: Vec<_> = (0..10_000).map(|cookie| socket(cookie, State::Established, 0, None)).collect();
        memory.note(Timestamp(1), &many, &held);
        assert_eq!((memory.seen.len(), memory.known.len()), (MOST_SOCKETS, MOST_SOCKETS));
    }
}
