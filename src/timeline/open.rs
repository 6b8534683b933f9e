//! How a connection opened: the kind, what lies behind it, and what the two sides agreed on.

use super::cause::{Backoff, FastOpen, IcmpReport, OpenCause, Reuse};
use super::{EcnKind, PerPeer, Text};
use crate::tcp::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the connection opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Open {
    /// The kind by its stable name.
    pub kind: OpenKind,
    /// What lies behind it, where there is more to say than the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<OpenCause>,
    /// What the kind rests on.
    pub basis: Basis,
    /// The kind in words.
    pub title: Text,
    /// Why it is called that.
    pub why: Text,
    /// Nanoseconds from SYN to SYN-ACK, when both were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syn_to_synack_ns: Option<i64>,
    /// Nanoseconds from SYN-ACK to the acknowledgment of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synack_to_ack_ns: Option<i64>,
    /// The sum of the two: one round trip between the hosts, wherever the capture stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_ns: Option<i64>,
    /// Whether the round trips may be used: false when a segment of the handshake was sent twice (Karn's algorithm).
    pub rtt_valid: bool,
    /// How often the SYN was sent again.
    pub syn_retransmissions: u32,
    /// How often the SYN-ACK was sent again.
    pub synack_retransmissions: u32,
    /// Nanoseconds between the copies of the SYN, the first twelve waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub syn_waits_ns: Vec<i64>,
    /// Which schedule these waits fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syn_backoff: Option<Backoff>,
    /// Fast Open, where it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fast_open: Option<FastOpen>,
    /// What the network reported of the SYN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icmp: Option<IcmpReport>,
    /// The TIME-WAIT that was still running on these addresses and ports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse: Option<Reuse>,
    /// What the two agreed on, when both SYN and SYN-ACK were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negotiated: Option<Negotiated>,
}

/// How a connection opened, by its stable name. Repeats and losses are notes and fields beside it, not more kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpenKind {
    /// SYN, SYN-ACK, ACK.
    ThreeWay,
    /// The SYNs of both sides crossed (RFC 9293 figure 7).
    Simultaneous,
    /// A socket connected to its own address and port.
    SelfConnect,
    /// The SYN-ACK acknowledged data that came with the SYN (RFC 7413).
    FastOpen,
    /// SYN and ACK of the answer came apart.
    Split,
    /// A RST answered the SYN: nobody listens on that port.
    Refused,
    /// An ICMP error answered the SYN.
    Unreachable,
    /// Nothing answered the SYN.
    Unanswered,
    /// The SYN-ACK was never acknowledged.
    HalfOpen,
    /// The capture began after the handshake.
    MidStream,
    /// Only one side's segments were captured.
    OneSided,
}

impl OpenKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [OpenKind; 11] = [
        OpenKind::ThreeWay,
        OpenKind::Simultaneous,
        OpenKind::SelfConnect,
        OpenKind::FastOpen,
        OpenKind::Split,
        OpenKind::Refused,
        OpenKind::Unreachable,
        OpenKind::Unanswered,
        OpenKind::HalfOpen,
        OpenKind::MidStream,
        OpenKind::OneSided,
    ];
}

/// What the handshake settled. An option is in force only if both sides sent it (MSS apart).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Negotiated {
    /// Largest payload that each side is willing to receive in one segment, octets.
    pub mss: PerPeer<Option<u16>>,
    /// Shift count for each side's own window field; `null` when scaling is off.
    pub wscale: PerPeer<Option<u8>>,
    /// Selective acknowledgments (RFC 2018) are in force.
    pub sack: bool,
    /// Timestamps (RFC 7323) are in force.
    pub timestamps: bool,
    /// Explicit congestion notification, where both sides agreed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecn: Option<EcnKind>,
}
