//! The kernel as witness: the states that it had the sockets in, and whether they are those on the wire.

use super::{Text, is_zero};
use crate::tcp::{self, RunningTimer, Sample, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A state in which the kernel had a peer's socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelState {
    /// Endpoint id.
    pub endpoint: String,
    /// The state; `CLOSED` when it no longer knew the socket.
    pub state: State,
    /// When it was first seen so, nanoseconds after `source.start`.
    pub at_ns: i64,
}

/// What a peer's kernel did of its own accord, as its tracepoints tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelAct {
    /// Endpoint id.
    pub endpoint: String,
    /// When, nanoseconds after `source.start`.
    pub at_ns: i64,
    /// What it did.
    pub act: KernelDeed,
    /// The kernel's own name for why it sent RST, as `NO_SOCKET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in plain words, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// What a kernel may do of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KernelDeed {
    /// It sent a segment again.
    Retransmission,
    /// It sent RST.
    Reset,
    /// It took a RST in, and gave the socket up.
    ResetTaken,
}

impl KernelAct {
    /// The kernel's words in the contract's terms.
    pub fn of(endpoint: &str, at_ns: i64, deed: &tcp::KernelDeed) -> KernelAct {
        let (act, reason) = match deed {
            tcp::KernelDeed::SentAgain => (KernelDeed::Retransmission, None),
            // Older kernels give none.
            tcp::KernelDeed::SentReset(reason) => {
                (KernelDeed::Reset, Some(reason).filter(|reason| !reason.is_empty()).cloned())
            }
            tcp::KernelDeed::TookReset => (KernelDeed::ResetTaken, None),
        };
        KernelAct { endpoint: endpoint.into(), at_ns, act, reason, text: None }
    }
}

/// How a peer's socket sends, as the kernel's `tcp_info` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelSample {
    /// Endpoint id.
    pub endpoint: String,
    /// When the kernel was asked, nanoseconds after `source.start`.
    pub at_ns: i64,
    /// Congestion window, in segments.
    pub cwnd: u32,
    /// Slow start ends there, in segments; missing: nothing was lost yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssthresh: Option<u32>,
    /// Smoothed round trip, nanoseconds; 0 before the first.
    pub srtt_ns: i64,
    /// How much it varies, nanoseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rttvar_ns: i64,
    /// The retransmission timeout, as it was backed off, nanoseconds.
    pub rto_ns: i64,
    /// Retransmissions since the last acknowledgment, or probes of a closed window.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retransmits: u64,
    /// The timer that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<RunningTimer>,
    /// How long until that runs out, nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_in_ns: Option<i64>,
    /// Segments under way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_flight: u64,
    /// Octets handed over and not yet sent, where the kernel tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent: Option<u32>,
    /// The peer's window in octets, where the kernel tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// Octets that the peer had not acknowledged, sent or not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unacknowledged: u64,
    /// Octets that had arrived and were not read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread: u64,
}

impl KernelSample {
    /// The kernel's words in the contract's terms.
    pub fn of(endpoint: &str, at_ns: i64, sample: &Sample) -> KernelSample {
        let ns = |time: std::time::Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        KernelSample {
            endpoint: endpoint.into(),
            at_ns,
            cwnd: sample.cwnd,
            ssthresh: sample.ssthresh,
            srtt_ns: ns(sample.srtt),
            rttvar_ns: ns(sample.rttvar),
            rto_ns: ns(sample.rto),
            retransmits: sample.retransmits.into(),
            timer: sample.timer,
            due_in_ns: sample.due_in.map(ns),
            in_flight: sample.in_flight.into(),
            unsent: sample.unsent,
            window: sample.window,
            unacknowledged: sample.unacknowledged.into(),
            unread: sample.unread.into(),
        }
    }
}

/// Whether the kernel's states and those of the events are the same, in order; a state shorter than the time between two
/// questions to the kernel may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelAgreement {
    /// They are.
    pub agrees: bool,
    /// The first place where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<KernelDifference>,
    /// Endpoint ids of those of whose socket the kernel told nothing: nothing is judged of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<String>,
}

/// Where kernel and wire part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelDifference {
    /// Endpoint id.
    pub endpoint: String,
    /// When, nanoseconds after `source.start`.
    pub at_ns: i64,
    /// The kernel's state.
    pub kernel: State,
    /// The state that the events give.
    pub inferred: State,
    /// In words.
    pub text: Text,
}
