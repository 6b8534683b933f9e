//! What programs asked of the system, and what they got.

use super::Text;
use crate::tcp::CallName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A call that a program made on a socket. The event's time is when it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Call {
    /// Endpoint id of the socket.
    pub endpoint: String,
    /// Who made it, as `client.py[123]`, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Its name in C.
    pub call: CallName,
    /// Its arguments in a few words, without brackets; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arguments: String,
    /// The octets that it sent or received; `null` where there is nothing to count.
    pub result: Option<u64>,
    /// The name of its error, as `ECONNREFUSED`; `null` for none.
    pub error: Option<String>,
    /// How long it took, nanoseconds; `null`: it had not returned when last looked.
    pub took_ns: Option<i64>,
    /// How many calls in a row this stands for, where there are more than one; `result` is then their sum, and `took_ns` is
    /// from the first to the end of the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// What it came to, as `recv → 0 bytes: the peer has closed`.
    pub text: Text,
}

/// A call on a socket that no connection here came from, as a `bind` that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherCall {
    /// When it was entered, nanoseconds after `source.start`; negative: before it.
    pub t_ns: i64,
    /// The call; its endpoint is in the list although no packet came from there.
    #[serde(flatten)]
    pub call: Call,
}
