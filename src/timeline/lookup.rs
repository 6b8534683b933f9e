//! How a name became the address that a connection leads to.

use super::{OpenKind, Text};
use crate::tcp::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A name was looked up before the connection began. The event's time is when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lookup {
    /// Endpoint id of who asked: the connection's client. Absent where no connection came of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub endpoint: String,
    /// Who asked, as `synfin[123]`, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The name that was asked for, without a dot at its end; empty where it cannot be read.
    pub name: String,
    /// What was asked about it, as `A` or `AAAA`; absent where any address would do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_type: Option<String>,
    /// Who was asked.
    #[serde(flatten)]
    pub asked: Asked,
    /// What came of it.
    pub outcome: LookupOutcome,
    /// How the DNS server says it went, as `NOERROR` or `NXDOMAIN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rcode: Option<String>,
    /// When the answer came, nanoseconds after `source.start`; `null`: none came.
    pub answered_ns: Option<i64>,
    /// When the same query was sent again, nanoseconds after `source.start`; of very many times the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again_ns: Vec<i64>,
    /// Names that the name stands for (CNAME), one leading to the next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What the answer holds besides addresses and aliases, in its order; of very many records the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<LookupRecord>,
    /// The addresses, in the order of the answer; of more than 256 the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<LookupAddress>,
    /// Further addresses of the answer, which are not listed.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub addresses_left_out: u64,
    /// Numbers of the frames with query and answer, from 1; none where no packet was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<u64>,
    /// Other addresses of the same name that were tried before this connection, and did not open: so this one was tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Attempt>,
    /// What is wrong with the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Text>,
    /// The whole in one sentence.
    pub text: Text,
}

/// Who was asked for a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "asked", rename_all = "kebab-case")]
pub enum Asked {
    /// The host's own list of names (RFC 952 was the first).
    HostsFile {
        /// Where the file is.
        path: String,
    },
    /// A DNS server.
    DnsServer {
        /// Its address; with multicast, of the host that answered, or of the group where none did.
        ip: IpAddr,
        /// Its port, mostly 53.
        port: u16,
        /// How the question came there.
        transport: DnsTransport,
    },
    /// Nobody: what the name stands for is laid down.
    Rule {
        /// Where, as `RFC 6761 6.3`.
        rfc: String,
    },
    /// A kind of a later version: pass over it.
    #[serde(other)]
    Unknown,
}

impl Lookup {
    /// Whether records of another kind than addresses were asked for: `records` has what the answer holds of those.
    pub fn asks_for_other_than_addresses(&self) -> bool {
        self.record_type.as_deref().is_some_and(|kind| !matches!(kind, "A" | "AAAA"))
    }

    /// How many addresses the answer has, listed or not.
    pub fn address_count(&self) -> u64 {
        (self.addresses.len() as u64).saturating_add(self.addresses_left_out)
    }

    /// The name that was asked for, in a sentence.
    pub fn name_text(&self) -> Text {
        match self.name.as_str() {
            "" => Text::new("of a name that cannot be read", "（名字无法解读）"),
            name => Text::new(name, name),
        }
    }
}

impl Asked {
    /// Who was asked, in a sentence.
    pub fn text(&self) -> Text {
        match self {
            Asked::HostsFile { path } => Text::new(path, path),
            Asked::DnsServer { ip, port, transport } => {
                let at = match (transport, port) {
                    (DnsTransport::Multicast, _) | (_, 53) => ip.to_string(),
                    (_, port) => std::net::SocketAddr::new(*ip, *port).to_string(),
                };
                match transport {
                    DnsTransport::Udp => Text::new(format!("DNS server {at}"), format!("DNS 服务器 {at}")),
                    DnsTransport::Tcp => {
                        Text::new(format!("DNS server {at} over TCP"), format!("DNS 服务器 {at}（经 TCP）"))
                    }
                    DnsTransport::Multicast => Text::new(format!("{at} (multicast DNS)"), format!("{at}（多播 DNS）")),
                }
            }
            Asked::Rule { rfc } => Text::new(rfc, rfc),
            Asked::Unknown => Text::new("?", "?"),
        }
    }
}

/// How a question is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DnsTransport {
    /// In a datagram (RFC 1035 4.2.1).
    Udp,
    /// Over a connection (RFC 1035 4.2.2).
    Tcp,
    /// In a datagram to everyone on the link: multicast DNS (RFC 6762).
    Multicast,
}

/// What came of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LookupOutcome {
    /// Addresses.
    Addresses,
    /// The name exists, or may exist, without an address of this type.
    NoAddress,
    /// There is no such name.
    NoName,
    /// The server did not do it, as `rcode` tells.
    Failed,
    /// The answer did not fit in a datagram, and the question was to come again over TCP.
    Truncated,
    /// No answer came.
    Unanswered,
    /// An answer came, and it cannot be read, as `problems` tells.
    Unreadable,
}

/// A lookup from which no connection here came: its answer was a failure, or nobody connected to what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherLookup {
    /// When the name was asked for, nanoseconds after `source.start`; negative: before it.
    pub t_ns: i64,
    /// The host that asked, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<IpAddr>,
    /// The lookup, without an endpoint.
    #[serde(flatten)]
    pub lookup: Lookup,
}

/// A record that is neither an address nor an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LookupRecord {
    /// As `MX`.
    pub record_type: String,
    /// What it holds, as a zone file has it (RFC 1035 5.1): `10 mail.example`. Of very long data the beginning.
    pub data: String,
    /// For so many seconds it may be kept.
    pub ttl_s: u32,
}

/// An address that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LookupAddress {
    /// The address.
    pub ip: IpAddr,
    /// How far it reaches.
    pub scope: Scope,
    /// For so many seconds it may be kept, as DNS says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_s: Option<u32>,
    /// On which line of the hosts file it stands, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The connection leads to it.
    pub used: bool,
}

/// An address that was tried before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// The address.
    pub ip: IpAddr,
    /// Id of the connection that tried it.
    pub connection: u64,
    /// How that one opened, or did not.
    pub outcome: OpenKind,
}
