//! What the programs of a scenario share: the host's sockets by name, marks, what the kernels say, and what was called.

use super::socket::Socket;
use super::{Listener, shows};
use crate::lab::scenario::script::{Line, Wait};
use crate::lab::wire::Injector;
use crate::lab::witness::Seen;
use crate::tcp::{CallWord, Peer, State};
use crate::timeline::Text;
use std::collections::{HashMap, HashSet};
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
    /// What it gave.
    pub gave: Text,
}

pub(super) struct Board<'l> {
    /// Of client and server.
    pub(super) addresses: [IpAddr; 2],
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
    /// States of the sockets of each host.
    states: [Vec<State>; 2],
    /// Whether octets wait to be read on a host.
    unread: [bool; 2],
    /// Whether a host asks for a closed window to open.
    probing: [bool; 2],
    /// What began no later has seen the wire quiet.
    quiet_for: Option<Instant>,
    /// How often the kernels were asked.
    looks: u64,
    /// Sockets that no call is using.
    sockets: HashMap<(Peer, String), Socket>,
    marks: HashSet<String>,
    calls: Vec<CallWord>,
    missed: Vec<Missed>,
}

impl<'l> Board<'l> {
    pub(super) fn new(
        addresses: [IpAddr; 2],
        listens: bool,
        listener: Listener<'l>,
        injector: Option<Injector>,
    ) -> Board<'l> {
        Board {
            addresses,
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
        for (host, open) in Peer::BOTH.into_iter().zip(hosts) {
            *host.of_mut(&mut shared.states) = open.iter().map(|(_, state)| *state).collect();
            *host.of_mut(&mut shared.unread) =
                open.iter().any(|(seen, state)| *state != State::Listen && seen.unread > 0);
            *host.of_mut(&mut shared.probing) = open.iter().any(|(seen, _)| seen.is_probing);
        }
        shared.quiet_for = quiet_for;
        shared.looks += 1;
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
        let listens = |shared: &mut Shared| shared.states.iter().flatten().any(|state| *state == State::Listen);
        self.until(|shared| listens(shared).then_some(()))
    }

    pub(super) fn wait(&self, wait: &Wait) -> Result<(), Over> {
        let begun = Instant::now();
        // That nothing is left must be seen after the call on the line before; the next answer may still be of before it. A
        // state that lasts a moment, however, must not be missed.
        let fresh = self.lock().looks + 2;
        let met = |shared: &mut Shared| match wait {
            Wait::Time(time) => begun.elapsed() >= *time,
            Wait::Mark(mark) => shared.marks.contains(mark),
            Wait::Quiet => shared.quiet_for.is_some_and(|quiet| quiet >= begun),
            Wait::State(_, State::Closed) if shared.looks < fresh => false,
            Wait::State(host, state) => shows(host.of(&shared.states).as_slice(), *state),
            Wait::Unread(host) => *host.of(&shared.unread),
            Wait::Probing(host) => *host.of(&shared.probing),
        };
        self.until(|shared| met(shared).then_some(()))
    }

    pub(super) fn mark(&self, mark: &str) {
        self.change(|shared| _ = shared.marks.insert(mark.into()));
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

    /// A call has returned, or never will.
    pub(super) fn hear(&self, program: &str, word: CallWord) {
        (self.listener)(program, &word);
        self.change(|shared| shared.calls.push(word));
    }

    /// A call gave something else than it must: the scenario is over.
    pub(super) fn miss(&self, program: &str, line: &Line, gave: Text) {
        self.change(|shared| {
            // What fails after the end fails because of it.
            if !self.over.swap(true, Ordering::AcqRel) || shared.missed.is_empty() {
                let missed = Missed { program: program.into(), line: line.number, text: line.text.clone(), gave };
                shared.missed.push(missed);
            }
        });
    }

    /// The calls by time, and those that went wrong.
    pub(super) fn told(self) -> (Vec<CallWord>, Vec<Missed>) {
        let Shared { mut calls, missed, .. } = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        calls.sort_by_key(|word| word.at);
        (calls, missed)
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
