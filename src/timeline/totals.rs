//! What each peer of a connection sent, in numbers.

use super::{Acks, Causes, EcnTotals, Rtt, ZeroWindow, is_zero};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What each peer sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Sent by the client.
    pub client: FlowTotals,
    /// Sent by the server.
    pub server: FlowTotals,
}

/// What one peer sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FlowTotals {
    /// Segments of every kind.
    pub segments: u64,
    /// Payload octets, each counted once however often it was sent.
    pub bytes: u64,
    /// Segments that repeated what had been sent before.
    pub retransmissions: u64,
    /// Payload octets that were sent, as later numbers show, and not captured.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing: u64,
    /// Payload octets in retransmissions that had been sent before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retransmitted_bytes: u64,
    /// Retransmissions of data by cause, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causes: Option<Causes>,
    /// Segments that were overtaken on the way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub out_of_order: u64,
    /// Segments seen once, and late: sent again after a loss before the capture (or that the capture missed).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost_before_capture: u64,
    /// Duplicate acknowledgments that it sent (RFC 5681; with SACK, whatever their window, RFC 6675).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicate_acks: u64,
    /// Round trips of its segments, where any could be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Rtt>,
    /// Most octets that it had under way at a time, as far as was seen.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub largest_flight: u64,
    /// Its pure acknowledgments, where the other side had more than a segment to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acks: Option<Acks>,
    /// How often it filled the other's window to the edge.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub window_full: u64,
    /// When its own window was closed, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_window: Option<ZeroWindow>,
    /// Keep-alives that it sent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub keep_alives: u64,
    /// The most keep-alives in a row that were not answered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub keep_alives_unanswered: u64,
    /// Segments with an outdated timestamp, which the other side drops (RFC 7323).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub outdated: u64,
    /// Congestion marks, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecn: Option<EcnTotals>,
}
