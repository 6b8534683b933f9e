//! What the programs of a scenario share: the host's sockets by name, marks, what the kernels say, and what was called.

use super::Listener;
use super::socket::Socket;
use crate::lab::kernel::witness::Seen;
use crate::lab::scenario::script::MOST_PROBES;
use crate::lab::scenario::script::{Line, Wait};
use crate::lab::wire::Injector;
use crate::tcp::{CallWord, HostsWord, Peer, State};
use crate::timeline::Text;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long one wait lasts at most.
const GLANCE: Duration = Duration::from_millis(50);

/// The scenario is over before the call returned.
pub(super) struct Over;

/// A call that gave something else than it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    pub program: String,
    /// Of the script, counted from 1.
    pub line: usize,
    /// As it stands there.
    pub text: String,
    /// What it gave; none: nothing until the scenario was over.
    pub gave: Option<Text>,
}

pub(super) struct Board<'l> {
    /// Of client and server.
    pub(super) addresses: [IpAddr; 2],
    /// Of the DNS server.
    pub(super) names: IpAddr,
    /// Some program listens, so clients wait for it.
    listens: bool,
    listener: Listener<'l>,
    /// Makes segments up, where there is a wire.
    pub(super) injector: Option<Injector>,
    shared: Mutex<Shared>,
    changed: Condvar,
    /// The scenario is over.
    over: AtomicBool,
}

#[derive(Default)]
struct Shared {
    /// What the kernel of each host showed, and the last look at which it did. Who waits may be late: what lasted only a moment
    /// is here still.
    shown: HashMap<(Peer, Sign), u64>,
    /// What began no later has seen the wire quiet.
    quiet_for: Option<Instant>,
    /// How often the kernels were asked.
    looks: u64,
    /// Sockets that no call is using.
    sockets: HashMap<(Peer, String), Socket>,
    /// Each with the last look before it.
    marks: HashMap<String, u64>,
    calls: Vec<CallWord>,
    hosts: Vec<HostsWord>,
    missed: Vec<Missed>,
}

/// What one look at a host's sockets may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sign {
    /// A socket is in this state; CLOSED: none is left but listeners.
    State(State),
    /// Octets wait to be read.
    Unread,
    /// A closed window is asked to open.
    /// After at least so many probes.
    Probing(u8),
}

impl<'l> Board<'l> {
    pub(super) fn new(
        addresses: [IpAddr; 2],
        names: IpAddr,
        listens: bool,
        listener: Listener<'l>,
        injector: Option<Injector>,
    ) -> Board<'l> {
        Board {
            addresses,
            names,
            listens,
            listener,
            injector,
            shared: Mutex::default(),
            changed: Condvar::new(),
            over: AtomicBool::new(false),
        }
    }

    /// What the kernels say now.
    pub(super) fn see(&self, hosts: [Vec<(&Seen, State)>; 2], quiet_for: Option<Instant>) {
        let mut shared = self.lock();
        shared.looks += 1;
        let look = shared.looks;
        for (host, open) in Peer::BOTH.into_iter().zip(hosts) {
            let mut show = |sign| _ = shared.shown.insert((host, sign), look);
            if open.iter().all(|(_, state)| *state == State::Listen) {
                show(Sign::State(State::Closed));
            }
            for (seen, state) in open {
                show(Sign::State(state));
                if state != State::Listen && seen.unread > 0 {
                    show(Sign::Unread);
                }
                if seen.is_probing {
                    (0..=seen.probes.min(MOST_PROBES)).for_each(|probes| show(Sign::Probing(probes)));
                }
            }
        }
        shared.quiet_for = quiet_for;
        drop(shared);
        self.changed.notify_all();
    }

    /// Ends all waiting.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// For those who only look whether they should stop.
    pub(super) fn over(&self) -> &AtomicBool {
        &self.over
    }

    /// A client begins when somebody listens, where anybody does.
    pub(super) fn until_listening(&self) -> Result<(), Over> {
        if !self.listens {
            return Ok(());
        }
        let listens = |shared: &Shared, host| shared.showed(host, Sign::State(State::Listen), shared.looks);
        self.until(|shared| Peer::BOTH.into_iter().any(|host| listens(shared, host)).then_some(()))
    }

    /// How often the kernels were asked so far.
    pub(super) fn looks(&self) -> u64 {
        self.lock().looks
    }

    /// Waits. A state may come and go while the program that waits for it is not scheduled: what was shown at any look after
    /// `since`, when its last call began, is what it waits for. Gives from which look on the next wait is about.
    pub(super) fn wait(&self, wait: &Wait, since: u64) -> Result<u64, Over> {
        let begun = Instant::now();
        // What the call on the line before has ended must not be taken for what comes of it: the next look may still be of
        // before the call's end.
        let fresh = self.lock().looks + 2;
        self.until(|shared| {
            let (is_met, next) = match wait {
                Wait::Time(time) => (begun.elapsed() >= *time, shared.looks),
                Wait::Quiet => (shared.quiet_for.is_some_and(|quiet| quiet >= begun), shared.looks),
                // What comes of what another program does after its mark may come before this one has heard of the mark.
                Wait::Mark(mark) => match shared.marks.get(mark) {
                    Some(look) => (true, *look),
                    None => (false, since),
                },
                Wait::State(host, State::Closed) => {
                    (shared.showed(*host, Sign::State(State::Closed), fresh), shared.looks)
                }
                Wait::State(host, state) => (shared.showed(*host, Sign::State(*state), since + 1), since),
                Wait::Unread(host) => (shared.showed(*host, Sign::Unread, fresh), since),
                Wait::Probing(host, probes) => (shared.showed(*host, Sign::Probing(*probes), since + 1), since),
            };
            is_met.then_some(next)
        })
    }

    pub(super) fn mark(&self, mark: &str) {
        self.change(|shared| {
            let looks = shared.looks;
            shared.marks.entry(mark.into()).or_insert(looks);
        });
    }

    /// Takes a socket for a call, as soon as it is there and nobody else uses it.
    pub(super) fn take(&self, host: Peer, name: &str) -> Result<Socket, Over> {
        let key = (host, name.to_string());
        self.until(|shared| shared.sockets.remove(&key))
    }

    /// The same, if it is there now.
    pub(super) fn take_now(&self, host: Peer, name: &str) -> Option<Socket> {
        self.lock().sockets.remove(&(host, name.to_string()))
    }

    pub(super) fn put(&self, host: Peer, name: &str, socket: Socket) {
        self.change(|shared| _ = shared.sockets.insert((host, name.into()), socket));
    }

    /// A call has returned, or never will: whoever listens hears of it at once.
    pub(super) fn say(&self, program: &str, word: &CallWord) {
        (self.listener)(program, word);
    }

    /// A call, once it is known whose it is.
    pub(super) fn hear(&self, word: CallWord) {
        self.change(|shared| shared.calls.push(word));
    }

    /// A program has looked into the hosts file.
    pub(super) fn hear_hosts(&self, word: HostsWord) {
        self.change(|shared| shared.hosts.push(word));
    }

    /// A call gave something else than it must: the scenario is over.
    pub(super) fn miss(&self, program: &str, line: &Line, gave: Option<Text>) {
        self.change(|shared| {
            // What fails after the end fails because of it.
            if !self.over.swap(true, Ordering::AcqRel) || shared.missed.is_empty() {
                let missed = Missed { program: program.into(), line: line.number, text: line.text.clone(), gave };
                shared.missed.push(missed);
            }
        });
    }

    /// The calls by time, what was found in the hosts file, and the calls that went wrong.
    pub(super) fn told(self) -> (Vec<CallWord>, Vec<HostsWord>, Vec<Missed>) {
        let Shared { mut calls, hosts, missed, .. } = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        calls.sort_by_key(|word| word.at);
        (calls, hosts, missed)
    }

    fn change(&self, change: impl FnOnce(&mut Shared)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn until<T>(&self, mut met: impl FnMut(&mut Shared) -> Option<T>) -> Result<T, Over> {
        let mut shared = self.lock();
        loop {
            if let Some(value) = met(&mut shared) {
                return Ok(value);
            }
            if self.is_over() {
                return Err(Over);
            }
            shared = self.changed.wait_timeout(shared, GLANCE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Whether a host showed this at that look or later.
    fn showed(&self, host: Peer, sign: Sign, look: u64) -> bool {
        self.shown.get(&(host, sign)).is_some_and(|last| *last >= look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board<'static> {
        let addresses = [1, 2, 53].map(|last| IpAddr::from([10, 0, 0, last]));
        let [client, server, names] = addresses;
        Board::new([client, server], names, false, &|_, _| {}, None)
    }

    fn look(board: &Board<'_>, client: &[State]) {
        let any = std::net::SocketAddr::from(([10, 0, 0, 1], 5000));
        let seen = Seen::at(any, any);
        board.see([client.iter().map(|state| (&seen, *state)).collect(), Vec::new()], None);
    }

    fn waits(board: &Board<'_>, state: State, since: u64) -> bool {
        // Nothing more comes: who is not met by now hears that it is over.
        board.end();
        board.wait(&Wait::State(Peer::A, state), since).is_err()
    }

    #[test]
    fn a_state_that_is_gone_again_was_there() {
        let board = board();
        look(&board, &[State::SynSent]);
        let since = board.looks();
        look(&board, &[State::FinWait1]);
        look(&board, &[State::TimeWait]);
        assert!(!waits(&board, State::FinWait1, since));
        assert!(waits(&board, State::SynSent, since), "that was before the call");
        assert!(waits(&board, State::Closed, since), "TIME-WAIT is there");
    }

    #[test]
    fn closed_is_what_was_seen_after_the_call() {
        let board = board();
        look(&board, &[State::Listen]);
        assert!(waits(&board, State::Closed, 0), "that look may be of before");
    }

    #[test]
    fn what_comes_of_a_mark_may_come_before_it_is_heard() {
        let board = board();
        look(&board, &[]);
        board.mark("now");
        look(&board, &[State::SynSent]);
        look(&board, &[]);
        let since = board.wait(&Wait::Mark("now".into()), board.looks());
        assert!(since.is_ok_and(|since| !waits(&board, State::SynSent, since)));
    }
}
