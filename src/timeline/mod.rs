//! The timeline, version 1: the public, serialised contract. Everything drawn is drawn from it, and it knows no tracker type.
//!
//! Integers for time (nanoseconds after `source.start`, which alone is absolute text), relative and raw sequence numbers,
//! stable kebab-case names. Machine keys are never localised, text for people comes in English and Chinese. Readers ignore
//! what they do not know; changes within version 1 only add.

pub mod amount;
mod call;
mod capture;
mod cause;
mod close;
mod connection;
mod dns;
mod event;
mod kernel;
mod lookup;
mod message;
mod open;
mod overview;
mod recovery;
mod relabel;
mod schema;
mod source;
mod time_wait;
mod totals;
pub mod url;
mod ways;

pub use call::{Call, OtherCall};
pub use capture::{CaptureInterface, CapturedBy, PacketComment};
pub use cause::{Backoff, CloseCause, FastOpen, FastOpenOutcome, IcmpReport, OpenCause, Reuse, ReuseProof};
pub use close::{Close, CloseKind};
pub use connection::{Connection, EndStates, Mptcp, PerPeer, Zeek};
pub use dns::{DnsMessage, DnsQuestion, DnsRecord};
pub use event::{
    AoKeys, Checksum, Detail, Event, Fate, Flow, Note, Phase, Run, SegmentEvent, SegmentOptions, Severity, StateChange,
    Step, Timer, TimerAction, Wireshark,
};
pub use kernel::{KernelAct, KernelAgreement, KernelDeed, KernelDifference, KernelSample, KernelState};
pub use lookup::{Asked, Attempt, DnsTransport, Lookup, LookupAddress, LookupOutcome, LookupRecord, OtherLookup};
pub use message::{
    Body, Content, Framing, Gap, Header, Http2KnownBy, Http2Preface, HttpRequest, HttpResponse, Message, Part,
    PartKind, RawData, TextMessage, TlsClientHello, protocol,
};
pub use open::{Negotiated, Open, OpenKind};
pub use overview::{Closed, Loss, Opened, Overview, RoundTrips, Route, Selection, Standout, Standouts, TimeWaits};
pub use recovery::{Acks, Causes, EcnKind, EcnTotals, Rtt, ZeroWindow};
pub use relabel::Relabel;
pub use source::{ClockOffset, Endpoint, Generator, Packets, Role, Skipped, Source, SourceKind, Vantage};
pub use time_wait::{EndCause, KernelTimer, TimeWait};
pub use totals::{FlowTotals, Totals};
pub use ways::{OneWay, OneWayDelay, Ways};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The value of `schema` in every timeline of this version.
pub const SCHEMA: &str = "synfin-timeline/1";

/// The life of one or more TCP connections, as annotated events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// Always `synfin-timeline/1` in this version.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The program that wrote it.
    pub generator: Generator,
    /// The capture behind it.
    pub source: Source,
    /// Every address and port that took part; named by `id` elsewhere.
    pub endpoints: Vec<Endpoint>,
    /// One entry per connection and incarnation, in the order of their first segments.
    pub connections: Vec<Connection>,
    /// What happened, flat and ordered by time; each event can be used without any other.
    pub events: Vec<Event>,
    /// The same story in the steps that a lesson or a slide shows one by one.
    pub steps: Vec<Step>,
    /// Calls of programs that belong to no connection here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_calls: Vec<OtherCall>,
    /// Lookups of names from which no connection here came, by their times; of very many the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<OtherLookup>,
    /// Lookups of that kind that are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lookups_left_out: u64,
    /// What all connections of the capture together come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overview: Option<Overview>,
    /// What was chosen, where this is a part of a capture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
}

impl Timeline {
    /// The endpoint with this id.
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }

    /// The connection with this id.
    pub fn connection(&self, id: u64) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    /// Each connection with its client and its server, where they are listed; of several with one id the first, as in
    /// [`Timeline::endpoint`]. Takes time in proportion to both lists, however long they are.
    pub fn with_endpoints(&self) -> impl Iterator<Item = (&Connection, Option<&Endpoint>, Option<&Endpoint>)> {
        let mut by_id: HashMap<&str, &Endpoint> = HashMap::with_capacity(self.endpoints.len());
        for endpoint in &self.endpoints {
            by_id.entry(&endpoint.id).or_insert(endpoint);
        }
        self.connections.iter().map(move |connection| {
            let get = |id: &str| by_id.get(id).copied();
            (connection, get(&connection.client), get(&connection.server))
        })
    }

    /// The JSON Schema of this version. It stays open: readers pass over what they do not know.
    pub fn json_schema() -> schemars::Schema {
        schema::published()
    }
}

/// Words for people, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Text {
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Text {
        Text { en: en.into(), zh: zh.into() }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// A language that synfin speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    En,
    Zh,
}

impl Lang {
    /// Chooses between two texts that are fixed.
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// Fields that are left out where they count nothing.
fn is_zero<T: PartialEq + Default>(count: &T) -> bool {
    *count == T::default()
}
