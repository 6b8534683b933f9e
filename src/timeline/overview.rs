//! The whole capture at a glance: how many of what, who stands out, ports in TIME-WAIT, loss and round trips.

use super::{CloseKind, OpenKind, is_zero};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What all connections together come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Overview {
    /// Connections counted here; `connections` of the timeline may hold fewer.
    pub connections: u64,
    /// Segments of all of them.
    pub segments: u64,
    /// Payload octets, each counted once however often it was sent.
    pub bytes: u64,
    /// From the start to the last segment of any of them, nanoseconds.
    pub span_ns: i64,
    /// How they opened, the most frequent first.
    pub opened: Vec<Opened>,
    /// How they closed, the most frequent first.
    pub closed: Vec<Closed>,
    /// Connections that never opened, which are counted as `none` in `closed`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub never_opened: u64,
    /// Servers (address and port) that stand out.
    pub servers: Standouts,
    /// Clients (address) that stand out.
    pub clients: Standouts,
    /// TIME-WAITs and the ports that they hold, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_wait: Option<TimeWaits>,
    /// What was sent again or is missing.
    pub loss: Loss,
    /// Round trips of the handshakes that allow a measurement (Karn), where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip: Option<RoundTrips>,
}

/// What part of a capture's connections a timeline holds, where it is not all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Selection {
    /// The condition that they meet.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// How many meet it; fewer are here where a limit was set.
    pub matched: u64,
    /// How many the capture had.
    pub of: u64,
}

/// How many connections opened in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opened {
    /// The kind by its stable name.
    pub kind: OpenKind,
    /// How many connections.
    pub count: u64,
}

/// How many connections closed in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Closed {
    /// The kind by its stable name.
    pub kind: CloseKind,
    /// How many connections.
    pub count: u64,
}

/// Hosts that stand out in one role, at most five for each reason, the worst first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Standouts {
    /// Servers that refuse; clients that are refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Standout>,
    /// Servers that do not answer (or cannot be reached); clients that are not answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<Standout>,
    /// Hosts whose RST ended connections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<Standout>,
    /// Hosts that closed first, and so wait in TIME-WAIT.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed_first: Vec<Standout>,
    /// Hosts that were let go because there were too many; what is told of the others may be too low by what fell on them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub let_go: u64,
}

/// One host and how often it did what it is listed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standout {
    /// IPv4 or IPv6 address.
    pub ip: IpAddr,
    /// TCP port of a server; a client has many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// A name that somebody gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Connections in which it did.
    pub count: u64,
    /// Connections that it had in this role.
    pub connections: u64,
}

/// TIME-WAITs of all connections, and the ports that they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimeWaits {
    /// How many there were.
    pub count: u64,
    /// How many of them at clients: each holds one of the client's ports for that server.
    pub at_clients: u64,
    /// The most at one time.
    pub peak: u64,
    /// When that was, nanoseconds after `source.start`, to the accuracy of `every_ns`.
    pub peak_ns: i64,
    /// How many when the capture ended.
    pub at_end: u64,
    /// The distance of the samples, nanoseconds.
    pub every_ns: i64,
    /// How many at the end of each such stretch, from the start of the capture on; none where there were fewer than eight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<u64>,
    /// Ports that a client has for one server: Linux's default range, 32768 to 60999.
    pub ports: u32,
    /// How long one is held, nanoseconds.
    pub two_msl_ns: i64,
    /// From which client to which server the most ports were held at one time, at most five.
    pub routes: Vec<Route>,
}

/// Ports that one client holds in TIME-WAIT towards one server: when all are held it cannot connect there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// Address of the client.
    pub client: IpAddr,
    /// Address of the server.
    pub server: IpAddr,
    /// Port of the server.
    pub port: u16,
    /// TIME-WAITs of the client towards this server.
    pub count: u64,
    /// The most at one time.
    pub peak: u64,
    /// When that was, nanoseconds after `source.start`.
    pub peak_ns: i64,
    /// How many when the capture ended.
    pub at_end: u64,
    /// How many were cut short because a new connection took the port.
    pub reused: u64,
    /// Mean time from one to the next, nanoseconds; where there were enough of them to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_ns: Option<i64>,
    /// How long after the end of the capture no port would be left if this went on; `null` where it would not come to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhausted_in_ns: Option<i64>,
}

/// What was sent again or is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Loss {
    /// Segments that repeated what had been sent before.
    pub retransmissions: u64,
    /// SYNs among them.
    pub syn: u64,
    /// SYN-ACKs among them.
    pub syn_ack: u64,
    /// FINs among them.
    pub fin: u64,
    /// Connections in which something was sent again.
    pub connections: u64,
    /// Payload octets that were sent, as later numbers show, and not captured.
    pub missing: u64,
}

/// Round trips of handshakes, nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoundTrips {
    /// How many were measured.
    pub count: u64,
    /// The shortest.
    pub min_ns: i64,
    /// Half are shorter; to 3 %.
    pub median_ns: i64,
    /// 95 in 100 are shorter; to 3 %.
    pub p95_ns: i64,
    /// The longest.
    pub max_ns: i64,
}
