//! The kernel as witness: the states that it had the sockets in, and whether they are those on the wire.

use super::Text;
use crate::tcp::State;
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

/// Whether the kernel's states and those of the events are the same, in order; a state shorter than the time between two
/// questions to the kernel may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KernelAgreement {
    /// They are.
    pub agrees: bool,
    /// The first place where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<KernelDifference>,
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
