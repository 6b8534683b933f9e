//! The kernel as witness: asked again and again about the sockets on some ports, and what it said remembered.

use super::process::{Process, owners};
use super::sock_diag::{KernelSocket, SockDiag, TimerKind};
use crate::tcp::{KernelSample, KernelWord, Sample, State, Timestamp};
use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Sockets remembered at most; what comes later is passed over.
const MOST_SOCKETS: usize = 4096;
/// Changes of its sending remembered of one socket at most.
const MOST_SAMPLES: usize = 512;
/// States remembered of one socket at most. A life has eight at the longest.
const MOST_STATES: usize = 16;
/// More time left than before, beyond what ticks explain: the timer was started anew.
const REARMED: Duration = Duration::from_millis(50);

/// Asks and remembers. It knows the network namespace in which it was opened.
pub struct Witness {
    kernel: SockDiag,
    ports: Vec<u16>,
    /// Whatever their ports.
    all: bool,
    memory: Memory,
}

/// One socket, over all the times the kernel was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// Tells two sockets with the same addresses apart, as when TIME-WAIT was reused.
    pub cookie: u64,
    /// Each state when it was first seen. States shorter than the time between two questions are missing.
    pub states: Vec<(Timestamp, State)>,
    pub time_wait: Option<TimeWait>,
    /// When the kernel first no longer knew it.
    pub gone: Option<Timestamp>,
    /// Who held it, where that may be known.
    pub owner: Option<Process>,
    /// What it said of its sending, each time that changed.
    pub samples: Vec<(Timestamp, Sample)>,
    /// Octets that its program had not read when it was last asked; for a listener, connections not yet accepted.
    pub unread: u32,
    /// Its zero-window probe timer was running when it was last asked.
    pub is_probing: bool,
    /// Its retransmission timer was running then: it has sent what is not acknowledged.
    pub is_unanswered: bool,
    /// The inode whose owner was looked for.
    inode: u32,
}

/// A TIME-WAIT in the kernel's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWait {
    /// When it was last asked, and what was left then. Zero can stand for seconds: the kernel's timers run late, never early.
    pub asked: Timestamp,
    pub remaining: Duration,
    /// How often it was started anew.
    pub rearmed: u32,
}

impl Witness {
    /// Watches the TCP sockets that have one of these ports on either side.
    ///
    /// # Errors
    /// What the kernel says, as where a sandbox forbids netlink.
    pub fn open(ports: &[u16]) -> io::Result<Witness> {
        Ok(Witness { kernel: SockDiag::open()?, ports: ports.to_vec(), all: false, memory: Memory::default() })
    }

    /// Watches every TCP socket, as of a host where nobody else is.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn open_all() -> io::Result<Witness> {
        Ok(Witness { all: true, ..Witness::open(&[])? })
    }

    /// Watches another port as well.
    pub fn watch(&mut self, port: u16) {
        if !self.ports.contains(&port) {
            self.ports.push(port);
        }
    }

    /// Asks once. `now` is read when the answer is there. Costs some 0.3 ms, more when a new socket's owner is looked for.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn look(&mut self, now: impl FnOnce() -> Timestamp) -> io::Result<()> {
        if self.ports.is_empty() && !self.all {
            return Ok(());
        }
        let sockets = self.kernel.dump(&self.ports)?;
        self.memory.note(now(), &sockets, &owners);
        Ok(())
    }

    /// Everything seen, in the order in which it was first seen.
    pub fn seen(&self) -> &[Seen] {
        &self.memory.seen
    }

    /// The latest socket with these addresses.
    pub fn socket(&self, local: SocketAddr, remote: SocketAddr) -> Option<&Seen> {
        self.memory.seen.iter().rev().find(|seen| seen.local == local && seen.remote == remote)
    }

    /// The process at an address: who holds a connection from there, else who listens on its port.
    pub fn process(&self, local: SocketAddr) -> Option<&Process> {
        let held = self.memory.seen.iter().rev().filter(|seen| seen.local == local);
        let listens = self.memory.seen.iter().filter(|seen| {
            let states = seen.states.iter().any(|(_, state)| *state == State::Listen);
            states && seen.local.port() == local.port()
        });
        held.chain(listens).find_map(|seen| seen.owner.as_ref())
    }
}

/// What was seen; knows neither kernel nor clock.
#[derive(Default)]
struct Memory {
    seen: Vec<Seen>,
    /// Where in `seen`, by cookie.
    known: HashMap<u64, usize>,
    /// Where in `seen`, by its ends, each that was a request when it was last asked of.
    requests: HashMap<Ends, usize>,
}

/// Local and remote address.
type Ends = (SocketAddr, SocketAddr);

impl Memory {
    fn note(&mut self, now: Timestamp, sockets: &[KernelSocket], owners: &dyn Fn(&[u32]) -> HashMap<u32, Process>) {
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

impl Seen {
    /// What the timeline hears of it, oldest first.
    pub fn words(&self) -> Vec<KernelWord> {
        let Seen { local, remote, cookie, .. } = *self;
        let word = |at, state, remaining| KernelWord { local, remote, at, state, remaining, cookie: Some(cookie) };
        let mut all: Vec<KernelWord> = self.states.iter().map(|(at, state)| word(*at, Some(*state), None)).collect();
        all.extend(self.time_wait.map(|wait| word(wait.asked, Some(State::TimeWait), Some(wait.remaining))));
        all.extend(self.gone.map(|gone| word(gone, None, None)));
        all
    }

    /// What the timeline hears of its sending, oldest first.
    pub fn sampled(&self) -> impl Iterator<Item = KernelSample> {
        let Seen { local, remote, .. } = *self;
        self.samples.iter().map(move |(at, sample)| KernelSample { local, remote, at: *at, sample: *sample })
    }

    /// The state it is in; `None`: it is there no more.
    pub fn state(&self) -> Option<State> {
        self.states.last().filter(|_| self.gone.is_none()).map(|(_, state)| *state)
    }

    fn new(socket: &KernelSocket) -> Seen {
        Seen { cookie: socket.cookie, ..Seen::at(socket.local, socket.remote) }
    }

    /// One of which nothing is known yet.
    pub(in crate::lab) fn at(local: SocketAddr, remote: SocketAddr) -> Seen {
        Seen {
            local,
            remote,
            cookie: 0,
            states: Vec::new(),
            time_wait: None,
            gone: None,
            owner: None,
            samples: Vec::new(),
            unread: 0,
            is_probing: false,
            is_unanswered: false,
            inode: 0,
        }
    }

    fn note(&mut self, now: Timestamp, socket: &KernelSocket) {
        // A dump walks several tables, and a socket that moves from one to the next meanwhile can be missed once.
        self.gone = None;
        self.unread = socket.rqueue;
        if let Some(sample) = socket.sample()
            && self.samples.last().is_none_or(|(_, last)| !last.is_like(&sample))
            && self.samples.len() < MOST_SAMPLES
        {
            self.samples.push((now, sample));
        }
        let runs = |kind| socket.timer.is_some_and(|timer| timer.kind == kind);
        self.is_probing = runs(TimerKind::Probe);
        self.is_unanswered = runs(TimerKind::Retransmit);
        if self.states.last().is_none_or(|(_, state)| *state != socket.state) && self.states.len() < MOST_STATES {
            self.states.push((now, socket.state));
        }
        let timer = socket.timer.filter(|timer| timer.kind == TimerKind::TimeWait && socket.state == State::TimeWait);
        if let Some(timer) = timer {
            let before = self.time_wait;
            let again = before.is_some_and(|before| timer.expires > before.remaining + REARMED);
            let rearmed = before.map_or(0, |before| before.rearmed) + u32::from(again);
            self.time_wait = Some(TimeWait { asked: now, remaining: timer.expires, rearmed });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::lab::kernel::sock_diag::Timer;

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

    #[test]
    fn a_real_server_is_named_by_its_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let Ok(mut witness) = Witness::open(&[address.port()]) else { return };
        let client = std::net::TcpStream::connect(address).unwrap();
        let local = client.local_addr().unwrap();
        let (server, _) = listener.accept().unwrap();
        witness.look(|| Timestamp(1)).unwrap();
        for of in [local, address] {
            assert_eq!(witness.process(of).unwrap().pid, std::process::id());
        }
        assert_eq!(witness.socket(local, address).unwrap().states, [(Timestamp(1), State::Established)]);
        drop((client, server));
        witness.look(|| Timestamp(2)).unwrap();
        let waits = witness.socket(local, address).unwrap();
        assert_eq!(waits.gone, None, "the client closed first, and so its socket waits: {waits:?}");
    }
}
