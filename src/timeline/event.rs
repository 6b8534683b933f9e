//! The events of a timeline and the steps that tell them.

use super::{Call, KernelTimer, Lookup, Message, PacketComment, Text};
use crate::tcp::{Basis, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Counted from 1 in the order of the list.
    pub id: u64,
    /// Id of the connection that it belongs to.
    pub connection: u64,
    /// Nanoseconds after `source.start`: when the segment was captured, the call made, the timer fired, the name asked for. A
    /// call or a lookup may be earlier than the first segment: then it is negative.
    pub t_ns: i64,
    /// The part of the connection's life that it belongs to.
    pub phase: Phase,
    #[serde(flatten)]
    pub detail: Detail,
    /// State changes that this event brought, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<StateChange>,
    /// What the rules have to say about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What people wrote on its packets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<PacketComment>,
}

impl Event {
    /// The segment, where it is one.
    pub fn segment(&self) -> Option<&SegmentEvent> {
        match &self.detail {
            Detail::Segment(segment) => Some(segment),
            _ => None,
        }
    }
}

/// The part of a connection's life that an event belongs to, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// A name is looked up.
    Lookup,
    /// The handshake.
    Open,
    /// Data and acknowledgments.
    Data,
    /// The teardown.
    Close,
    /// The wait of 2MSL after it.
    TimeWait,
}

impl Phase {
    /// Its name in the timeline.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Lookup => "lookup",
            Phase::Open => "open",
            Phase::Data => "data",
            Phase::Close => "close",
            Phase::TimeWait => "time-wait",
        }
    }
}

/// What kind of event it is. A reader passes over kinds that it does not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant)] // Nearly every event is a segment: a box would cost one allocation each and save nothing.
pub enum Detail {
    /// One TCP segment.
    Segment(SegmentEvent),
    /// A stretch of ordinary data, folded.
    Run(Run),
    /// The 2MSL timer of one peer.
    Timer(Timer),
    /// What a program asked of the system.
    Call(Call),
    /// What an application said.
    Message(Message),
    /// A name was looked up.
    Lookup(Box<Lookup>),
    /// A kind of a later version: pass over it.
    #[serde(other)]
    Unknown,
}

/// One TCP segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentEvent {
    /// Endpoint id of the sender.
    pub from: String,
    /// Endpoint id of the receiver.
    pub to: String,
    /// When it reached the receiver, nanoseconds after `source.start`; known only with two vantage points.
    pub received_ns: Option<i64>,
    /// What became of it, as far as the capture proves.
    pub fate: Fate,
    /// `SYN`, `ACK`, … in the order in which people say them.
    pub flags: Vec<String>,
    /// Relative to the sender's initial sequence number.
    pub seq: i64,
    /// The sequence number as sent.
    pub seq_raw: u32,
    /// Relative to the receiver's initial sequence number; `null` without the ACK flag.
    pub ack: Option<i64>,
    /// The acknowledgment number as sent; `null` without the ACK flag.
    pub ack_raw: Option<u32>,
    /// Payload octets.
    pub len: u32,
    /// The window field as sent.
    pub wnd: u16,
    /// The window in octets, when the scale is known.
    pub wnd_bytes: Option<u64>,
    /// TCP options.
    pub options: SegmentOptions,
    /// Whether the TCP checksum is right.
    pub checksum: Checksum,
    /// Number of the frame in the capture, from 1.
    pub frame: u64,
    /// Id of the event that first sent what this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u64>,
    /// The TCP header as captured, in hexadecimal digits; there where it was asked for, as a page does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub octets: Option<String>,
    /// What Wireshark says of it, right or wrong; the notes say what synfin does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wireshark: Option<Wireshark>,
}

/// A segment in the words of tshark 4.0, in one pass over the capture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Wireshark {
    /// `tcp.stream`.
    pub stream: u32,
    /// The flags of `tcp.analysis.*`, without that prefix.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub analysis: Vec<String>,
    /// `tcp.analysis.ack_rtt` in nanoseconds: since the segment that this one acknowledges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack_rtt_ns: Option<i64>,
    /// `tcp.analysis.duplicate_ack_num`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_ack_num: Option<u32>,
    /// `tcp.analysis.duplicate_ack_frame`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_ack_frame: Option<u64>,
}

/// What became of a segment, as far as the capture proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The peer's own later segment proves that it arrived.
    Received,
    /// It did not arrive: the peer's answer proves it, or both vantage points show it.
    Lost,
    /// Nothing proves either; a pure ACK or RST leaves no proof behind.
    Unknown,
}

/// Whether a checksum is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    /// It fits the segment.
    Valid,
    /// It does not fit: the receiver discards the segment.
    Invalid,
    /// Left to the network card, or to nobody on loopback: not checked.
    Offloaded,
    /// Cut short in the capture: could not be checked.
    Unchecked,
}

/// The options that matter to people; absent ones are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SegmentOptions {
    /// Largest payload that the sender is willing to receive in one segment, octets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mss: Option<u16>,
    /// Shift count for the sender's window field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wscale: Option<u8>,
    /// Selective acknowledgments are welcome.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sack_permitted: bool,
    /// TSval, TSecr.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamps: Option<[u32; 2]>,
    /// Left and right edge of each block, relative to the receiver's initial sequence number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sack: Vec<[i64; 2]>,
    /// Length of the Fast Open cookie; 0 asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fast_open: Option<u8>,
    /// MPTCP subtype.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mptcp: Option<u8>,
    /// It is signed: by `md5` or `ao`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// TCP-MD5 (RFC 2385).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub md5: bool,
    /// TCP-AO (RFC 5925).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ao: Option<AoKeys>,
    /// Kinds without a field of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<u8>,
    /// The list could not be read to its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub malformed: bool,
}

/// The keys that an authentication option names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AoKeys {
    /// KeyID: the segment is signed by this one.
    pub key_id: u8,
    /// RNextKeyID: its sender is ready to receive this one.
    pub next_key_id: u8,
}

/// A stretch of ordinary data and acknowledgments, folded into one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// When the last segment of the stretch was captured, nanoseconds after `source.start`.
    pub end_ns: i64,
    /// Number of the stretch's first frame in the capture, from 1.
    pub first_frame: u64,
    /// Number of its last frame.
    pub last_frame: u64,
    /// Segments, both directions together.
    pub count: u64,
    /// What each sender put into it; who sent more payload first.
    pub flows: Vec<Flow>,
}

/// One direction of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flow {
    /// Endpoint id of the sender.
    pub from: String,
    /// Endpoint id of the receiver.
    pub to: String,
    /// Segments of every kind.
    pub segments: u64,
    /// Payload octets sent.
    pub bytes: u64,
}

/// The 2MSL timer of one peer. Nothing of it is on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timer {
    /// Endpoint id of who waits.
    pub endpoint: String,
    /// What it does.
    pub action: TimerAction,
    /// When it is due, nanoseconds after `source.start`, for an action that starts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_ns: Option<i64>,
    /// Nanoseconds that were left, for an action that ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_ns: Option<i64>,
    /// What the kernel said of it, when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<KernelTimer>,
}

/// What a 2MSL timer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimerAction {
    /// The peer enters TIME-WAIT.
    Begins,
    /// A repeated FIN starts the wait anew.
    Rearmed,
    /// 2MSL went by.
    Expired,
    /// A new SYN took the addresses and ports over.
    Reused,
    /// A RST ended it early (RFC 1337).
    Reset,
    /// The capture stopped first.
    CaptureEnded,
}

/// A state change of one peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateChange {
    /// Endpoint id.
    pub endpoint: String,
    /// `null`: nothing had shown a state before.
    pub from: Option<State>,
    /// What `from` rests on, where this change is the first to tell of it and the kernel said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_basis: Option<Basis>,
    /// The state after it.
    pub to: State,
    /// What the claim rests on.
    pub basis: Basis,
    /// What did it, as `rcv-syn-ack`.
    pub signal: String,
    /// Section of the RFC, as `9293 3.10.7.3`.
    pub rfc: String,
    /// When it happened, nanoseconds after `source.start`, where a segment's arrival did it and both sides were captured;
    /// without it, at the event's own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ns: Option<i64>,
    /// Id of the event that proves a receipt which is inferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<u64>,
}

/// What a rule has to say about an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// The rule's stable name, as `syn-retransmission`.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What the rule found, in words.
    pub text: Text,
    /// Where the RFCs speak of it, as `RFC 9293 3.8.1`.
    pub rfc: String,
    /// Ids of other events that it speaks of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<u64>,
}

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Explains what is normal.
    Lesson,
    /// Worth seeing, harmless.
    Note,
    /// Costs time or data, or will.
    Warning,
    /// The connection failed or was cut.
    Error,
}

/// One step of a lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Counted from 1 over the whole timeline.
    pub n: u64,
    /// Id of the connection that it tells of.
    pub connection: u64,
    /// The part of that connection's life.
    pub phase: Phase,
    /// A heading, as `First handshake: SYN`.
    pub title: Text,
    /// What there is to say; empty where nothing is.
    pub note: Text,
    /// Ids of the events to show.
    pub events: Vec<u64>,
}
