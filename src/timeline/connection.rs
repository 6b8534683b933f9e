//! One connection: who took part, how it opened and closed, what was sent, and the verdict.

use super::{
    Close, KernelAct, KernelAgreement, KernelSample, KernelState, Open, Text, TimeWait, Totals, Ways, is_zero,
};
use crate::tcp::State;
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
    /// The states that the kernel had both sockets in, where it was asked, by time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernel_states: Vec<KernelState>,
    /// What the kernel said of each peer's sending, each time that it changed, by time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernel_samples: Vec<KernelSample>,
    /// What the kernels did of their own accord, by time, where root listened to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernel_acts: Vec<KernelAct>,
    /// Whether the kernel's are the states of the events, where the kernel was asked often enough to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel_agreement: Option<KernelAgreement>,
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

/// The last state known of each peer; `null` where nothing showed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndStates {
    /// The client's.
    pub client: Option<State>,
    /// The server's.
    pub server: Option<State>,
}
