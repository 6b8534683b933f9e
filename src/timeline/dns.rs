//! What a DNS message says (RFC 1035 4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A DNS message: a query or its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DnsMessage {
    /// The number by which an answer is matched with its query.
    pub query_id: u16,
    /// It answers a query.
    pub is_response: bool,
    /// What is asked; of several questions, which nobody asks at once, the first. `null` where none can be read.
    pub question: Option<DnsQuestion>,
    /// How a response says it went, as `NOERROR` or `NXDOMAIN` (IANA, DNS RCODEs); absent in a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rcode: Option<String>,
    /// The answer did not fit in a datagram (TC): it is asked for again over TCP.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// The records of the answer section, in order; of very many the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<DnsRecord>,
    /// Records of the answer section that are not listed.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub records_left_out: u64,
    /// Those of them that are addresses (A, AAAA).
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub addresses_left_out: u64,
}

/// A question (RFC 1035 4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DnsQuestion {
    /// The name, without a dot at its end. Octets that are no text stand as `\DDD` (RFC 4343 2.1).
    pub name: String,
    /// What is asked about it, as `A` or `AAAA`; a type without a name as `TYPE1234` (RFC 3597).
    pub record_type: String,
}

/// A resource record (RFC 1035 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DnsRecord {
    /// The name that it is about.
    pub name: String,
    /// As `A` or `CNAME`.
    pub record_type: String,
    /// For so many seconds it may be kept.
    pub ttl_s: u32,
    /// The address, in A and AAAA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// The name that it leads to, as in CNAME, PTR, NS, MX, SRV, SVCB and HTTPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What it holds, as a zone file has it (RFC 1035 5.1): `10 mail.example` in MX. Of very long data the beginning; absent
    /// where `ip` or the target of a CNAME tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}
