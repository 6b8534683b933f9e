//! What the system's side of a connection says: the calls that programs made on sockets, and the kernel's word on a socket.

use super::{State, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// One call that a program made on a TCP socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallWord {
    /// The socket's own address, also for a call made before it had one. A listener may have the unspecified address.
    pub local: SocketAddr,
    /// `None` for a listener's calls.
    pub remote: Option<SocketAddr>,
    /// Who made it, as `client.py[123]`.
    pub program: Option<String>,
    /// When it was entered.
    pub at: Timestamp,
    /// How long until it returned; `None`: it had not, when last looked.
    pub took: Option<Duration>,
    pub call: CallName,
    /// A few words, as `10.0.0.2:8080` or `SHUT_WR`; without brackets.
    pub arguments: String,
    /// A count (octets) where the call gives one, or the error's name, as `ECONNREFUSED`.
    pub result: Result<Option<u64>, String>,
}

/// What a program found in the hosts file for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostsWord {
    /// The host that asked; `None`: the one whose connections follow.
    pub client: Option<IpAddr>,
    /// Who asked, as `synfin[123]`.
    pub program: Option<String>,
    pub name: String,
    pub at: Timestamp,
    pub took: Duration,
    /// Where the file is; `None`: it says nothing, and `localhost` is loopback all the same (RFC 6761 6.3).
    pub path: Option<String>,
    /// The addresses, each with its line, from 1.
    pub found: Vec<(IpAddr, Option<u64>)>,
}

/// The kernel's word on one socket, or on its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelWord {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// When the kernel was asked.
    pub at: Timestamp,
    /// `None`: there is no such socket any more.
    pub state: Option<State>,
    /// What is left of TIME-WAIT.
    pub remaining: Option<Duration>,
    /// Tells two sockets with the same addresses apart, as when TIME-WAIT was reused.
    pub cookie: Option<u64>,
}

/// How often the kernels were asked: a state that began and ended between two questions may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Polling {
    /// The longest time that a kernel went unasked, but for `gaps`.
    pub usual: Duration,
    /// Longer times, each from one question to the next.
    pub gaps: Vec<(Timestamp, Timestamp)>,
}

impl Polling {
    /// The longest time of all.
    pub fn longest(&self) -> Duration {
        let gap = |(from, to): &(Timestamp, Timestamp)| Duration::from_nanos(to.since(*from).try_into().unwrap_or(0));
        self.gaps.iter().map(gap).max().unwrap_or_default().max(self.usual)
    }
}

/// Of which no single gap is known.
impl From<Duration> for Polling {
    fn from(usual: Duration) -> Polling {
        Polling { usual, gaps: Vec::new() }
    }
}

/// What the kernel said of one socket's sending at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelSample {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// When the kernel was asked.
    pub at: Timestamp,
    pub sample: Sample,
}

/// What a kernel did for a socket of its own accord, as its tracepoints tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelAct {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub at: Timestamp,
    pub deed: KernelDeed,
}

/// What it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KernelDeed {
    /// It sent a segment again.
    SentAgain,
    /// It sent RST, with its own name for why, as `NO_SOCKET`.
    SentReset(String),
    /// It took a RST in, and gave the socket up.
    TookReset,
}

/// How a socket sends, in the kernel's words (`struct tcp_info`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Congestion window, in segments.
    pub cwnd: u32,
    /// Slow start ends there, in segments; `None`: nothing was lost yet.
    pub ssthresh: Option<u32>,
    /// Smoothed round trip (RFC 6298); zero before the first.
    pub srtt: Duration,
    /// How much it varies.
    pub rttvar: Duration,
    /// The retransmission timeout, as it was backed off.
    pub rto: Duration,
    /// Retransmissions since the last acknowledgment, or probes of a closed window.
    pub retransmits: u8,
    /// The timer that runs.
    pub timer: Option<RunningTimer>,
    /// How long until it runs out.
    pub due_in: Option<Duration>,
    /// Segments under way.
    pub in_flight: u32,
    /// Octets handed over and not yet sent, where the kernel tells.
    pub unsent: Option<u32>,
    /// The peer's window in octets, where the kernel tells.
    pub window: Option<u32>,
    /// Octets that the peer has not acknowledged, sent or not.
    pub unacknowledged: u32,
    /// Octets that arrived and were not read.
    pub unread: u32,
}

impl Sample {
    /// Whether nothing that matters differs; what is under way changes with every segment, which the wire shows, and how
    /// long a timer still runs with every moment.
    pub fn is_like(&self, other: &Sample) -> bool {
        let Sample { due_in, in_flight, unsent, window, unacknowledged, unread, .. } = *self;
        *self == Sample { due_in, in_flight, unsent, window, unacknowledged, unread, ..*other }
    }
}

/// A timer that the kernel runs for a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunningTimer {
    /// Of retransmission.
    Retransmission,
    /// Of zero-window probes.
    Probe,
    /// Of keep-alives.
    KeepAlive,
}

/// A call by its name in C and in Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CallName {
    /// Makes a socket.
    Socket,
    /// Gives it an address and port.
    Bind,
    /// The passive open.
    Listen,
    /// Takes a connection from a listener's queue.
    Accept,
    /// The active open.
    Connect,
    /// Hands octets over for sending.
    Send,
    /// Takes octets that arrived.
    Recv,
    /// Closes one direction or both, and keeps the socket.
    Shutdown,
    /// Gives the socket up.
    Close,
    /// Sets an option.
    Setsockopt,
}

impl CallName {
    /// All of them, in the order of a connection's life.
    pub const ALL: [CallName; 10] = [
        CallName::Socket,
        CallName::Bind,
        CallName::Listen,
        CallName::Accept,
        CallName::Connect,
        CallName::Send,
        CallName::Recv,
        CallName::Shutdown,
        CallName::Close,
        CallName::Setsockopt,
    ];

    /// The name itself.
    pub fn name(self) -> &'static str {
        match self {
            CallName::Socket => "socket",
            CallName::Bind => "bind",
            CallName::Listen => "listen",
            CallName::Accept => "accept",
            CallName::Connect => "connect",
            CallName::Send => "send",
            CallName::Recv => "recv",
            CallName::Shutdown => "shutdown",
            CallName::Close => "close",
            CallName::Setsockopt => "setsockopt",
        }
    }

    /// The call of this name.
    pub fn of(name: &str) -> Option<CallName> {
        CallName::ALL.into_iter().find(|call| call.name() == name)
    }
}
