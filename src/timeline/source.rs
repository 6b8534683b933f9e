//! Where a timeline comes from, and who took part.

use crate::tcp::MslProfile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The program that wrote the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Its name.
    pub name: String,
    /// Its version, as `0.1.0`.
    pub version: String,
}

/// The capture behind the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// What kind of capture it was.
    pub kind: SourceKind,
    /// The device, or the file's name without its folder.
    pub name: String,
    /// Time of the first packet, RFC 3339 in UTC with nine decimals; every `t_ns` counts from here. `null` for no packet.
    pub start: Option<String>,
    /// Where the capture was taken.
    pub vantage: Vantage,
    /// Whose 2MSL the TIME-WAIT intervals are reckoned by.
    pub msl_profile: MslProfile,
    /// How many packets there were.
    pub packets: Packets,
    /// What could not be used, by reason.
    pub skipped: Vec<Skipped>,
    /// Damage and losses of the capture itself, told to the reader.
    #[serde(default)]
    pub warnings: Vec<super::Text>,
    /// The interfaces that the capture was taken on, where the file describes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<super::CaptureInterface>,
    /// What people wrote on the capture as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
    /// The machine and the program that captured, where the file names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_by: Option<super::CapturedBy>,
    /// Whether addresses and payload were replaced.
    pub anonymized: bool,
    /// How the two clocks compare, where both sides were captured and joined. All times are on the client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockOffset>,
}

/// The server's clock against the client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockOffset {
    /// Nanoseconds by which the server's clock was ahead at `source.start`; negative: behind.
    pub offset_ns: i64,
    /// By how much it gains on the client's, parts per billion.
    pub drift_ppb: i64,
    /// Nanoseconds by which a time or delay may be wrong for want of a common clock. No path is assumed symmetric.
    pub uncertainty_ns: i64,
}

/// What kind of capture it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Taken from a device as it happened.
    Live,
    /// Read from a saved capture.
    File,
    /// Made by synfin itself in a private network.
    Lab,
}

/// Where the capture was taken, which decides whether "seen" means sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Vantage {
    /// Both peers on one machine: sent and received within microseconds.
    Loopback,
    /// On the client's machine.
    Client,
    /// On the server's machine.
    Server,
    /// Somewhere between, or not known.
    Network,
    /// On both sides at once.
    Both,
}

/// Packet counts of the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Packets {
    /// Packets read.
    pub seen: u64,
    /// Packets among them that held TCP and were followed.
    pub decoded: u64,
    /// Packets that the kernel let go before they could be read; 0 for a file that does not say.
    pub dropped: u64,
    /// Packets that the capture holds twice, and that count once.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub captured_twice: u64,
}

/// Packets that were left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// Stable and kebab-case, as `not-tcp`.
    pub reason: String,
    /// How many packets.
    pub count: u64,
}

/// One address and port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// `e1`, `e2`, … in the order of appearance.
    pub id: String,
    /// What it does in its first connection.
    pub role: Role,
    /// IPv4 or IPv6 address.
    pub ip: IpAddr,
    /// TCP port.
    pub port: u16,
    /// A name that people know it by, such as `localhost`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address and port that the other side's capture has for it, where a NAT between the two changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_as: Option<String>,
    /// The process that owns the socket, as `synfin[123]`, when the kernel told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
}

impl Endpoint {
    /// `ip:port`, with brackets round an IPv6 address.
    pub fn address(&self) -> String {
        std::net::SocketAddr::new(self.ip, self.port).to_string()
    }
}

/// What an endpoint does in its first connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It opens: it sent the first SYN.
    Client,
    /// It was asked to open.
    Server,
    /// Nothing showed which of the two it is.
    Peer,
}
