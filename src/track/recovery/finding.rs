//! What loss recovery, order and flow control say of one segment.

use super::sent::Place;
use crate::tcp::SeqNumber;
use crate::track::Repeat;

/// What was found out about one segment, as data, as acknowledgment and as announcement of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovery {
    pub sending: Sending,
    pub acking: Acking,
    pub window: Option<WindowNews>,
    /// It shows that a retransmission of the other side was needless.
    pub spurious: Option<Spurious>,
    /// What its first SACK block reports as received twice (RFC 2883).
    pub d_sack: Option<DSack>,
    /// `d_sack` speaks of octets that were sent once, while packets of the connection were seen twice.
    pub is_doubled_by_network: bool,
    /// The round trip that it closes at the point of capture, nanoseconds; none where it is ambiguous (Karn).
    pub rtt_ns: Option<i64>,
    /// It held its acknowledgment back for so long (RFC 9293 3.8.6.3), nanoseconds.
    pub delayed_ns: Option<i64>,
    /// Octets under way from its sender with it, unacknowledged as far as was seen.
    pub flight: u32,
    /// Its timestamp is older than the newest that its receiver holds, by so many ticks: the receiver drops it (RFC 7323 5).
    pub outdated: Option<u32>,
    pub ecn: Option<EcnNews>,
    /// Packets before it that the capture held twice, where that has not been told yet.
    pub copies: u32,
}

impl Recovery {
    /// A SYN or FIN came again that its sender did not send again.
    pub(in crate::track) fn note_control_again(&mut self, repeat: Option<Repeat>) {
        if let Some(Repeat { of, wait_ns, .. }) = repeat
            && !matches!(self.sending, Sending::OldDuplicate { .. })
        {
            let of = of.map(|ordinal| Place { ordinal, frame: 0 });
            self.sending = Sending::OldDuplicate { of, after_ns: wait_ns, of_earlier: false };
        }
    }
}

/// What a segment is as far as its sender's octets go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sending {
    /// Nothing that uses sequence numbers, or SYN and FIN alone.
    #[default]
    Nothing,
    /// Octets never sent before.
    New,
    Again(Retransmission),
    /// What was sent before, and its sender did not send it again: a copy that the network kept back, or somebody's.
    OldDuplicate {
        /// The segment that first held it, where it is remembered.
        of: Option<Place>,
        /// Since its sender last sent it, nanoseconds.
        after_ns: Option<i64>,
        /// It lies before the first number of this connection.
        of_earlier: bool,
    },
    /// It fills a gap: seen for the first time, though later octets passed before.
    Late(Late),
    KeepAlive {
        /// The how-manieth in a row without an answer.
        nth: u32,
    },
    ZeroWindowProbe {
        nth: u32,
        /// Since the window closed, nanoseconds.
        closed_ns: i64,
    },
}

/// Octets that were seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retransmission {
    /// The segment that first held them, where it is remembered.
    pub of: Option<Place>,
    /// Since their last copy, nanoseconds.
    pub wait_ns: Option<i64>,
    /// How often they had been sent before.
    pub copies: u32,
    pub cause: Cause,
    pub extent: Extent,
}

/// Why a sender repeats itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The retransmission timer ran out (RFC 6298 5); the how-manieth time in a row. `rto_ns` is what it should have been.
    Timeout { nth: u32, rto_ns: i64, probe: Probe },
    /// The timer had run out, and what else was under way follows.
    AfterTimeout,
    /// Duplicate acknowledgments (RFC 5681 3.2).
    DuplicateAcks { count: u32 },
    /// What was sent later was selectively acknowledged (RFC 6675, RFC 8985).
    SelectiveAcks,
    /// Fast recovery goes on, after a partial acknowledgment (RFC 6582).
    Recovery,
    /// A probe of the tail (RFC 8985 7): the last segment again, before the timer runs out.
    TailLossProbe,
    /// A router said that it was too big for the way on (RFC 1191, RFC 8201): sent again in smaller segments.
    PathMtu,
    /// All of it had been acknowledged: the acknowledgment was lost or late.
    AlreadyAcknowledged,
    /// The capture does not show it.
    Unknown,
}

/// Whether a tail loss probe came instead of a first timeout: for a lone segment both come at the same time (RFC 8985 7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It cannot be one.
    No,
    /// This may be one.
    Perhaps,
    /// The repetition before was one: the wait did not double after it.
    Before,
}

/// How a repeated segment lies over those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Just the same octets.
    Whole,
    /// A part of one segment.
    Part,
    /// Octets of so many segments, cut anew.
    Several(u32),
    /// Old octets, and so many new ones behind them.
    WithNew(u32),
}

/// A segment that fills a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// It was only overtaken; else it was lost before it came here (or the capture missed it) and this is its retransmission.
    pub overtaken: bool,
    pub evidence: Evidence,
    /// After the segment that passed it, nanoseconds.
    pub after_ns: i64,
}

/// What tells one that was overtaken from one that was sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The sender's timestamp (RFC 7323).
    Timestamp,
    /// The IP identification, which its sender counts up.
    IpId,
    /// The receiver asked for it by duplicate or selective acknowledgments.
    Acks,
    /// Sooner, or not sooner, than a round trip to the sender.
    Time,
}

/// What a segment is as an acknowledgment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Acking {
    /// None, or nothing to tell.
    #[default]
    Ordinary,
    /// A duplicate (RFC 5681 2), the how-manieth.
    Duplicate { nth: u32 },
    /// It answers keep-alives, so many.
    KeepAlives(u32),
}

/// What a segment's window says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowNews {
    /// Its sender's window closes.
    Closes,
    /// It opens again, after so many nanoseconds and probes.
    Opens { closed_ns: i64, probes: u32 },
    /// The segment fills the other's window to its edge, octets.
    Filled(u32),
}

/// A retransmission that turned out needless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spurious {
    /// Its place in the connection.
    pub ordinal: u64,
    pub by: Proof,
}

/// What shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The receiver reports its octets as received twice (RFC 2883, RFC 3708).
    DSack,
    /// The acknowledgment echoes the timestamp of the first copy (RFC 3522, Eifel).
    Timestamp,
    /// The acknowledgment came sooner after it than any round trip takes, nanoseconds.
    TooSoon(i64),
}

/// A range that a receiver reports as received twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DSack {
    pub left: SeqNumber,
    pub right: SeqNumber,
}

/// What a segment says of congestion (RFC 3168, RFC 9768).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EcnNews {
    /// The SYN,ACK agrees to classic ECN.
    Agreed,
    /// The SYN,ACK agrees to accurate ECN.
    AgreedAccurate,
    /// The SYN offered it, and the SYN,ACK does not take it up.
    Refused,
    /// A router marked the packet instead of dropping it.
    CongestionExperienced,
    /// The receiver begins to echo a mark.
    Echo,
    /// The sender has reduced its window.
    Reduced,
}
