//! Loss, order and flow of one direction in numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Retransmissions by what made the sender repeat itself. Each is in one count; `spurious` counts some of them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Causes {
    /// The retransmission timer ran out (RFC 6298).
    pub timeout: u64,
    /// Sent again as a consequence of a timeout before.
    pub after_timeout: u64,
    /// Duplicate or selective acknowledgments asked for it (RFC 5681, RFC 6675, RFC 8985).
    pub fast: u64,
    /// Tail loss probes (RFC 8985).
    pub tail_loss_probe: u64,
    /// An ICMP error said that a packet was too big: sent again in smaller segments (RFC 1191, RFC 8201).
    #[serde(skip_serializing_if = "super::is_zero")]
    pub path_mtu: u64,
    /// All of it had been acknowledged before.
    pub already_acknowledged: u64,
    /// The capture does not show why.
    pub unknown: u64,
    /// Of all of these, those that proved needless.
    pub spurious: u64,
}

/// Round trips from the point of capture to the receiver and back, without those that are ambiguous (Karn).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Rtt {
    /// How many were measured, the handshake's among them.
    pub samples: u64,
    /// The shortest, nanoseconds.
    pub min_ns: i64,
    /// Half of them were shorter; exact up to 32 samples, beyond that of an even choice of 16 to 32 of them.
    pub median_ns: i64,
    /// The longest, nanoseconds.
    pub max_ns: i64,
    /// The smoothed round trip at the end, nanoseconds (RFC 6298 2).
    pub srtt_ns: i64,
    /// Its deviation at the end, nanoseconds.
    pub rttvar_ns: i64,
    /// The timeout that Linux would hold at the end: SRTT + max(200 ms, 4 RTTVAR); RFC 6298 asks for a second at least.
    pub rto_ns: i64,
}

/// Pure acknowledgments that cover new data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Acks {
    /// How many.
    pub count: u64,
    /// Those that cover two segments or more.
    pub of_several: u64,
    /// Those that were held back in the hope of more (RFC 9293 3.8.6.3).
    pub delayed: u64,
    /// The longest such wait, nanoseconds.
    pub longest_delay_ns: i64,
}

/// Spells in which the window was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ZeroWindow {
    /// How many.
    pub spells: u64,
    /// All together, nanoseconds; one that is still closed counts to the connection's last segment.
    pub total_ns: i64,
    /// The longest, nanoseconds.
    pub longest_ns: i64,
    /// Probes that the other side sent meanwhile.
    pub probes: u64,
}

/// Explicit congestion notification (RFC 3168).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct EcnTotals {
    /// Packets sent with ECT or CE in the IP header.
    pub capable: u64,
    /// Packets that a router had marked (CE).
    pub marked: u64,
    /// Segments that echo a mark (ECE), where classic ECN is in force.
    pub echoes: u64,
    /// Segments that tell of a reduced congestion window (CWR), where classic ECN is in force.
    pub reduced: u64,
}

/// Which kind of ECN is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EcnKind {
    /// One echo per round trip (RFC 3168).
    Classic,
    /// Marked packets are counted (RFC 9768).
    Accurate,
}
