//! What was heard of one socket.

use crate::lab::kernel::process::Process;
use crate::lab::kernel::sock_diag::{KernelSocket, TimerKind};
use crate::tcp::{KernelSample, KernelWord, Sample, State, Timestamp};
use std::net::SocketAddr;
use std::time::Duration;

/// Changes of its sending remembered of one socket at most.
const MOST_SAMPLES: usize = 512;
/// States remembered of one socket at most. A life has eight at the longest.
const MOST_STATES: usize = 16;
/// More time left than before, beyond what ticks explain: the timer was started anew.
const REARMED: Duration = Duration::from_millis(50);

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
    /// So many probes had found the window closed then.
    pub probes: u8,
    /// Its retransmission timer was running then: it has sent what is not acknowledged.
    pub is_unanswered: bool,
    /// The inode whose owner was looked for.
    pub(super) inode: u32,
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

    pub(super) fn new(socket: &KernelSocket) -> Seen {
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
            probes: 0,
            is_unanswered: false,
            inode: 0,
        }
    }

    pub(super) fn note(&mut self, now: Timestamp, socket: &KernelSocket) {
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
        self.probes = socket.info.filter(|_| self.is_probing).map_or(0, |info| info.backoff);
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
