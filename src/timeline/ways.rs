//! What became of segments between the peers, where both sides were captured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
