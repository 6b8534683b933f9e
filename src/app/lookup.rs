//! A lookup as it was seen or made, before it is known which connections came of it.

use crate::tcp::{HostsWord, Timestamp};
use crate::timeline::{Asked, LookupOutcome, LookupRecord, Text};
use std::net::IpAddr;

/// One question for a name, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupWord {
    /// The host that asked; `None`: the one whose connections follow.
    pub client: Option<IpAddr>,
    /// Who asked, as `synfin[123]`.
    pub program: Option<String>,
    /// Without a dot at its end; empty where it cannot be read.
    pub name: String,
    /// As `A`; `None`: any address would do.
    pub record_type: Option<String>,
    pub asked: Asked,
    pub at: Timestamp,
    /// When the same query was sent again; of very many times the first.
    pub again: Vec<Timestamp>,
    /// `None`: no answer came.
    pub answered: Option<Timestamp>,
    pub outcome: LookupOutcome,
    /// As `NXDOMAIN`.
    pub rcode: Option<String>,
    /// Names that the name stands for, one leading to the next.
    pub aliases: Vec<String>,
    /// What the answer holds besides addresses and aliases.
    pub records: Vec<LookupRecord>,
    /// In the order of the answer.
    pub addresses: Vec<FoundAddress>,
    /// Further ones, of which nothing is kept.
    pub addresses_left_out: u64,
    /// Frames with query and answer.
    pub frames: Vec<u64>,
    pub problems: Vec<Text>,
}

impl From<HostsWord> for LookupWord {
    fn from(word: HostsWord) -> LookupWord {
        let HostsWord { client, program, name, at, took, path, found } = word;
        let name = name.strip_suffix('.').map_or(name.clone(), String::from);
        let addresses = found.into_iter().map(|(ip, line)| FoundAddress { ip, ttl_s: None, line }).collect::<Vec<_>>();
        LookupWord {
            client,
            program,
            name,
            record_type: None,
            asked: path.map_or_else(|| Asked::Rule { rfc: "RFC 6761 6.3".into() }, |path| Asked::HostsFile { path }),
            at,
            again: Vec::new(),
            answered: Some(at.add_ns(i64::try_from(took.as_nanos()).unwrap_or(i64::MAX))),
            outcome: if addresses.is_empty() { LookupOutcome::NoName } else { LookupOutcome::Addresses },
            rcode: None,
            aliases: Vec::new(),
            records: Vec::new(),
            addresses,
            addresses_left_out: 0,
            frames: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// An address that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundAddress {
    pub ip: IpAddr,
    /// For so many seconds it may be kept.
    pub ttl_s: Option<u32>,
    /// On which line of the hosts file it stands, from 1.
    pub line: Option<u64>,
}
