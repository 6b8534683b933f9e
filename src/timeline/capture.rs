//! What a capture file says of itself: the interfaces, the machine, and people's comments.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An interface that packets were captured on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CaptureInterface {
    /// As `eth0`; empty where the file does not say.
    pub name: String,
    /// What the machine calls it in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Number of its link type in capture files (`LINKTYPE_…`).
    pub link: u16,
    /// Octets kept of each packet; 0 for all.
    pub snaplen: u32,
    /// Packets that it received while the capture ran, also those that were not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u64>,
    /// Packets that it or the kernel let go for lack of room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
    /// What people wrote on it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
}

/// The machine and the program that captured.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CapturedBy {
    /// As `Intel(R) Core(TM)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// The operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The program, as `Dumpcap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
}

/// What somebody wrote on a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PacketComment {
    /// Number of the frame in the capture, from 1.
    pub frame: u64,
    /// As it was written, cut where it is very long.
    pub text: String,
    /// What it says, where synfin's lab wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
}
