//! The nouns of RFC 9293: what a segment carries, what a peer remembers, which states there are.

pub mod acceptability;
pub mod flags;
pub mod icmp;
pub mod msl;
pub mod multipath;
pub mod options;
mod ports;
pub mod scope;
pub mod segment;
pub mod seq;
pub mod state;
pub mod tcb;
pub mod timestamp;
pub mod transition;
pub mod word;

pub use flags::Flags;
pub use icmp::{IcmpError, IcmpReason, QuotedHeader};
pub use msl::MslProfile;
pub use multipath::Multipath;
pub use options::{Options, Signature};
pub use ports::{EPHEMERAL_PORTS, is_ephemeral};
pub use scope::Scope;
pub use segment::{Checksum, Passage, Segment};
pub use seq::SeqNumber;
pub use state::State;
pub use tcb::Tcb;
pub use timestamp::Timestamp;
pub use transition::Signal;
pub use word::{
    CallName, CallWord, HostsWord, KernelAct, KernelDeed, KernelSample, KernelWord, Polling, RunningTimer, Sample,
};

use serde::{Deserialize, Serialize};

/// One of the two ends of a connection. A sent the first SYN; where none was seen, A has the port that is not well-known, else
/// it sent the first segment. A is called the client, B the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    A,
    B,
}

impl Peer {
    /// Both peers, in the order in which arrays of two are laid out.
    pub const BOTH: [Peer; 2] = [Peer::A, Peer::B];

    /// The peer's place in an array of two.
    pub fn index(self) -> usize {
        match self {
            Peer::A => 0,
            Peer::B => 1,
        }
    }

    /// The peer's element of a pair.
    pub fn of<T>(self, pair: &[T; 2]) -> &T {
        let [a, b] = pair;
        match self {
            Peer::A => a,
            Peer::B => b,
        }
    }

    /// The peer's element of a pair, to be changed.
    pub fn of_mut<T>(self, pair: &mut [T; 2]) -> &mut T {
        let [a, b] = pair;
        match self {
            Peer::A => a,
            Peer::B => b,
        }
    }
}

impl std::ops::Not for Peer {
    type Output = Peer;
    fn not(self) -> Peer {
        match self {
            Peer::A => Peer::B,
            Peer::B => Peer::A,
        }
    }
}

/// What a claim rests on. LISTEN, receipt, a user's close and the 2MSL timer never cross the wire, so every claim says this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// It was on the wire.
    Observed,
    /// It was deduced from what was on the wire.
    Inferred,
    /// The kernel said so (sock_diag), or the program's own calls did.
    Kernel,
}
