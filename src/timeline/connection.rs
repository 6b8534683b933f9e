//! One connection: how it opened, how it closed, who waits, and the verdict.

use super::cause::{Backoff, CloseCause, FastOpen, IcmpReport, OpenCause, Reuse};
use super::{Acks, Causes, EcnKind, EcnTotals, Rtt, Text, ZeroWindow};
use crate::tcp::{Basis, MslProfile, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One incarnation of a connection. `client` is who sent the first SYN, or the first segment where none was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Connection {
    /// Counted from 1 in the order of first segments.
    pub id: u64,
    /// Endpoint id of the client.
    pub client: String,
    /// Endpoint id of the server.
    pub server: String,
    /// 1 for the first use of these addresses and ports, 2 for the next, …
    pub incarnation: u32,
    /// Time of its first segment, nanoseconds after `source.start`.
    pub start_ns: i64,
    /// Time of its last segment, nanoseconds after `source.start`.
    pub end_ns: i64,
    /// How it opened.
    pub open: Open,
    /// How it closed.
    pub close: Close,
    /// Who waits out 2MSL, when somebody does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub time_wait: Vec<TimeWait>,
    /// What was seen in order, a letter each as Zeek writes it: S h A D F R …, upper case from the client.
    pub history: String,
    /// How Zeek would log it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zeek: Option<Zeek>,
    /// What each peer sent, in numbers.
    pub totals: Totals,
    /// What it has to do with MPTCP, where it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mptcp: Option<Mptcp>,
    /// What became of segments on their way, where both sides were captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ways: Option<Ways>,
    /// Packets that were seen twice (a mirror port, several interfaces, the network); they are in no other count.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub captured_twice: u64,
    /// Those of them that the network doubled, as their receiver reports (D-SACK).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub doubled_by_network: u64,
    /// Where each peer stood when the capture ended, or what it had come to.
    pub last_states: EndStates,
    /// One sentence on the whole life.
    pub verdict: Text,
}

/// How Zeek would log the connection, so that its logs can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Zeek {
    /// S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR or OTH.
    pub conn_state: String,
    /// Its `history`, at most 24 letters.
    pub history: String,
}

/// What a connection has to do with MPTCP (RFC 8684, version 0: RFC 6824).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mptcp {
    /// The version, where the connection is the first path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u8>,
    /// Both sides sent options of MPTCP.
    pub agreed: bool,
    /// The token by which the client knows the whole, where its key was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_client: Option<u32>,
    /// The token by which the server knows the whole, where its key was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_server: Option<u32>,
    /// Id of the connection that it joins as a further path, where that one's key was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<u64>,
    /// The token of what it joins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins_token: Option<u32>,
}

/// A value for each peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PerPeer_{T}")]
pub struct PerPeer<T> {
    /// The client's.
    pub client: T,
    /// The server's.
    pub server: T,
}

/// What both captures together show of the way between the peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ways {
    /// Of what the client sent.
    pub to_server: OneWay,
    /// Of what the server sent.
    pub to_client: OneWay,
}

/// One direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct OneWay {
    /// How long segments were on their way; `null` where none was seen to arrive.
    pub delay: Option<OneWayDelay>,
    /// Segments that both captures have.
    pub arrived: u64,
    /// Segments that the sender's capture has and the receiver's, which covers the time, has not.
    pub lost: u64,
    /// Segments that only the receiver's capture has: made on the way, or missed by the sender's.
    pub appeared: u64,
}

/// One-way delays, nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OneWayDelay {
    /// The shortest.
    pub min_ns: i64,
    /// The one in the middle.
    pub median_ns: i64,
    /// The longest.
    pub max_ns: i64,
    /// By how much all of them may be too large or too small together: nobody knows the two clocks better.
    pub uncertainty_ns: i64,
}

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

/// How the connection closed, as far as the capture shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Close {
    /// The kind by its stable name.
    pub kind: CloseKind,
    /// What lies behind it, where the segments tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<CloseCause>,
    /// What the kind rests on.
    pub basis: Basis,
    /// The kind in words.
    pub title: Text,
    /// Why it is called that.
    pub why: Text,
    /// Endpoint id of who closed first: sent the first FIN, or the RST that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_closer: Option<String>,
    /// Endpoint ids of those who sent a RST.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset_by: Vec<String>,
    /// Nanoseconds of silence before the RST that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_before_reset_ns: Option<i64>,
    /// RSTs that did nothing: outside the window, answered by a challenge ACK, or disproved by what followed.
    #[serde(default, skip_serializing_if = "is_none_at_all")]
    pub ignored_resets: u32,
    /// How often a FIN was sent again, both sides together.
    pub fin_retransmissions: u32,
    /// Octets that the second closer still sent after the first FIN.
    #[serde(default)]
    pub late_bytes: u64,
}

/// How a connection closed, by its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CloseKind {
    /// FIN, ACK, FIN, ACK.
    FourSegment,
    /// The second FIN rode on the ACK of the first.
    ThreeSegment,
    /// One side's FIN was acknowledged; the other has not closed.
    HalfClosed,
    /// Both FINs were sent before either had arrived (RFC 9293 figure 13).
    Simultaneous,
    /// A RST ended it.
    Reset,
    /// A RST ended it while it was closing.
    ResetAfterFin,
    /// A FIN was never acknowledged.
    UnansweredFin,
    /// Neither FIN nor an effective RST was seen.
    None,
}

impl CloseKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [CloseKind; 8] = [
        CloseKind::FourSegment,
        CloseKind::ThreeSegment,
        CloseKind::HalfClosed,
        CloseKind::Simultaneous,
        CloseKind::Reset,
        CloseKind::ResetAfterFin,
        CloseKind::UnansweredFin,
        CloseKind::None,
    ];
}

/// TIME-WAIT of one peer, as an interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeWait {
    /// Endpoint id of who waits.
    pub endpoint: String,
    /// When it began, nanoseconds after `source.start`.
    pub begins_ns: i64,
    /// When it is due to end, after the last re-arming.
    pub due_ns: i64,
    /// How long it lasts by the profile, nanoseconds.
    pub two_msl_ns: i64,
    /// Whose 2MSL that is.
    pub msl_profile: MslProfile,
    /// How often a repeated FIN started the wait anew.
    pub rearmed: u32,
    /// How it ended.
    pub end: EndCause,
    /// When it ended, or when the capture did.
    pub end_ns: i64,
    /// What was left at `end_ns`; 0 when it expired.
    pub remaining_ns: i64,
    /// What the interval rests on: deduced from the segments, or told by the kernel.
    pub basis: Basis,
    /// What the kernel said of it, when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<KernelTimer>,
}

/// The kernel's own word on a TIME-WAIT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelTimer {
    /// When it was asked.
    pub asked_ns: i64,
    /// What was left then.
    pub remaining_ns: i64,
    /// When the socket was found gone, if it was watched until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_ns: Option<i64>,
}

/// How a TIME-WAIT ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndCause {
    /// 2MSL went by.
    Expired,
    /// A new SYN took the addresses and ports over.
    Reused,
    /// A RST ended it early (RFC 1337).
    Reset,
    /// The capture stopped first.
    CaptureEnded,
    /// It was running when the connection was let go of, so that memory stays bounded: what ended it was not watched. Only in
    /// lists of connections that are written while the capture is read.
    LetGo,
}

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

/// The last state known of each peer; `null` where nothing showed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndStates {
    /// The client's.
    pub client: Option<State>,
    /// The server's.
    pub server: Option<State>,
}

fn is_none_at_all(count: &u32) -> bool {
    *count == 0
}

pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
}
