//! TIME-WAIT as an interval: who waits, until when, and how it ended.

use crate::tcp::{Basis, MslProfile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
