//! The atom that every rule looks at: one input, and what it changed.

use super::{Connection, Ordinary, Recovery};
use crate::tcp::{Basis, IcmpError, Peer, Segment, Signal, State, Tcb, Timestamp};
use std::net::SocketAddr;

/// One input to one connection.
#[derive(Debug)]
pub struct Step<'a> {
    /// The connection as it is after the input.
    pub connection: &'a Connection,
    /// Both peers' control blocks as they were before it.
    pub before: [Tcb; 2],
    pub input: Input<'a>,
    /// In the order in which they happened.
    pub changes: &'a [Change],
    /// What this input proved of segments sent before: their place in the connection, and whether they arrived.
    pub fates: &'a [(u64, Fate)],
}

/// Who hears the steps. Every `FnMut(&Step)` does.
pub trait Hear {
    fn step(&mut self, step: &Step<'_>);

    /// Whether the step of a segment at this place in the connection of this id is to be told; where it is not, it is not
    /// made.
    #[inline]
    fn looks(&self, _id: u64, _ordinal: u64) -> bool {
        true
    }

    /// A SYN that was all there was of its connection is forgotten. Whoever says `true` has heard enough by that; else a
    /// connection is made of it, and its last step told.
    fn lone(&mut self, _syn: &LoneSyn) -> bool {
        false
    }

    /// A connection in which nothing unusual was seen is forgotten. Whoever says `true` has heard enough by that; else it is
    /// judged as a whole, and its last step told.
    fn ordinary(&mut self, _connection: &Ordinary) -> bool {
        false
    }
}

impl<F: FnMut(&Step<'_>)> Hear for F {
    #[inline]
    fn step(&mut self, step: &Step<'_>) {
        self(step);
    }
}

/// A plain SYN that nothing followed: without payload, and of known ends.
#[derive(Debug, Clone, Copy)]
pub struct LoneSyn {
    /// From where, and where to.
    pub addresses: [SocketAddr; 2],
    pub time: Timestamp,
}

/// What came in.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    Segment(Seen<'a>),
    /// A segment that came in before has arrived, as its receiver's own capture shows.
    Arrival {
        /// Who received it.
        peer: Peer,
        /// Its place in the connection.
        ordinal: u64,
        at: Timestamp,
    },
    /// The 2MSL timer of a peer in TIME-WAIT ran out.
    Timeout {
        peer: Peer,
        at: Timestamp,
    },
    /// The network reports that a segment did not arrive.
    Icmp(Report<'a>),
    /// The last step of every connection: nothing will change it any more, and it is forgotten.
    Retired,
}

/// An ICMP error and the segment that it speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    pub error: &'a IcmpError,
    /// Who sent the quoted segment.
    pub peer: Peer,
    /// The place of the quoted segment, where it is remembered: SYN only.
    pub about: Option<u64>,
    /// The quoted number is none that could be under way: it may be forged (RFC 5927 4.1).
    pub is_strange: bool,
}

/// A captured segment and its place in the connection.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub segment: &'a Segment<'a>,
    /// Who sent it.
    pub peer: Peer,
    /// Its place among the connection's segments, from 0.
    pub ordinal: u64,
    /// The place of the segment that it repeats, when it does.
    pub repeats: Option<Repeat>,
    /// What it says of loss, order and flow.
    pub recovery: &'a Recovery,
    /// What became of a RST.
    pub reset: Option<Reset>,
    /// The place of a pure ACK that was counted as received but did not arrive in time: the peer repeats what it acknowledged.
    pub lost_ack: Option<u64>,
}

/// A segment sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// The place of the first copy, where it is remembered.
    pub of: Option<u64>,
    /// Nanoseconds since the copy before this one, where remembered.
    pub wait_ns: Option<i64>,
    /// How often it had been sent before.
    pub copies: u32,
}

/// What a RST did to its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// It ended the connection of this peer, which was in this state.
    Ended(State),
    /// It answered a SYN to a port where nobody listens.
    Refused,
    /// The receiver fell back to LISTEN (RFC 9293 3.10.7.4).
    BackToListen,
    /// The receiver's window did not hold it.
    OutsideWindow,
    /// In the window but not at its edge: the receiver answers by a challenge ACK (RFC 5961).
    Challenged,
    /// The receiver's kernel stays in TIME-WAIT, and says so (RFC 1337 3: RSTs are ignored there).
    InTimeWait,
    /// The receiver had no connection any more, or none was known.
    Nothing,
}

/// A state change of one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub peer: Peer,
    /// `None`: nothing had shown a state.
    pub from: Option<State>,
    pub to: State,
    pub signal: Signal,
    pub basis: Basis,
    pub rfc: &'static str,
    /// The place of the segment that did it by being sent or by arriving.
    pub cause: u64,
    /// The place of the segment after which it stands: its cause, or what the peer itself did since without it.
    pub at: u64,
    /// The place of the segment that proves it.
    pub evidence: u64,
    /// When the segment that did it arrived, where the receiver's own capture shows that.
    pub arrived: Option<Timestamp>,
    pub news: News,
}

/// What is new about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Happened,
    /// It was told before, and did not happen: the segment behind it did not arrive.
    TakenBack,
    /// It was told before as inferred, and the peer's own segment now proves it.
    Confirmed,
}

impl Reset {
    /// Its receiver drops it and stays as it is.
    pub(super) fn is_ignored(self) -> bool {
        matches!(self, Reset::OutsideWindow | Reset::Challenged | Reset::InTimeWait)
    }
}

/// Whether a segment arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Received,
    Lost,
}
