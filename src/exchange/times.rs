//! How long each part of an exchange took, by the packets and as its client had it: the phases of HAR 1.2.

use super::Pair;
use crate::tcp::State;
use crate::timeline::{Connection, Detail, OpenKind, Timeline, Vantage};
use std::collections::HashMap;

/// The parts of an exchange, in their order. Together they leave no gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The name is looked up.
    Lookup,
    /// From the SYN until the client is in ESTABLISHED; with the first request of a connection.
    Connect,
    /// The connection stands, and nothing is asked yet.
    Idle,
    /// From the request's first octet to its last.
    Send,
    /// Until the response's first octet; where none comes, until the connection or the capture ends.
    Wait,
    /// Until all of the response is there.
    Receive,
}

/// A stretch of time, nanoseconds after `source.start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from_ns: i64,
    pub to_ns: i64,
}

impl Span {
    /// How long it lasts; never below 0.
    pub fn len_ns(&self) -> i64 {
        self.to_ns.saturating_sub(self.from_ns).max(0)
    }
}

/// When each part was. What did not happen, or is not in the capture, is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    phases: Vec<(Phase, Span)>,
    /// See [`Times::is_preconnected`].
    pub(super) preconnected: bool,
}

impl Times {
    /// In their order, each beginning where the one before it ends.
    pub fn phases(&self) -> &[(Phase, Span)] {
        &self.phases
    }

    pub fn get(&self, wanted: Phase) -> Option<Span> {
        self.phases.iter().find(|(phase, _)| *phase == wanted).map(|(_, span)| *span)
    }

    pub fn began_ns(&self) -> i64 {
        self.phases.first().map_or(0, |(_, span)| span.from_ns)
    }

    pub fn ended_ns(&self) -> i64 {
        self.phases.last().map_or(0, |(_, span)| span.to_ns)
    }

    /// Whether the connection had been opened beforehand, for whatever would be asked: it stood idle while its client asked the
    /// same server over another one. (Idle time alone says nothing: a program may think before it asks.)
    pub fn is_preconnected(&self) -> bool {
        self.preconnected
    }

    /// How long the connection stood before it was used, where that is longer than any program needs.
    pub(super) fn long_idle(&self) -> Option<Span> {
        self.get(Phase::Idle).filter(|idle| idle.len_ns() > LONG_NS)
    }

    /// When the request itself began: with its lookup and its handshake, or where the connection had been opened beforehand
    /// with its first octet.
    pub fn start_ns(&self) -> i64 {
        let sent = self.get(Phase::Send).filter(|_| self.is_preconnected());
        sent.map_or_else(|| self.began_ns(), |span| span.from_ns)
    }

    /// From beginning to end.
    pub fn len_ns(&self) -> i64 {
        self.ended_ns().saturating_sub(self.began_ns()).max(0)
    }

    /// Adds a part that lasts until then, or no time at all where that has gone by.
    fn until(&mut self, phase: Phase, to_ns: i64) {
        let from_ns = self.ended_ns();
        self.phases.push((phase, Span { from_ns, to_ns: to_ns.max(from_ns) }));
    }
}

/// What the events tell beside the messages.
pub(super) struct Clock {
    is_both: bool,
    /// By connection: when its client came to ESTABLISHED.
    established: HashMap<u64, i64>,
    /// By connection: from the first question for the name to the last answer before its SYN.
    looked_up: HashMap<u64, Span>,
}

/// Longer than a busy machine needs between connect() and send().
const LONG_NS: i64 = 50_000_000;
/// An answer that lay by for longer was not what the request waited for.
const SOON_NS: i64 = 1_000_000_000;

impl Clock {
    pub(super) fn of(timeline: &Timeline) -> Clock {
        let clients: HashMap<u64, &str> =
            timeline.connections.iter().map(|connection| (connection.id, connection.client.as_str())).collect();
        let mut established = HashMap::new();
        for event in timeline.events.iter().filter(|event| matches!(event.detail, Detail::Segment(_))) {
            for change in event.states.iter().filter(|change| change.to == State::Established) {
                if clients.get(&event.connection).is_some_and(|client| *client == change.endpoint) {
                    established.entry(event.connection).or_insert(change.at_ns.unwrap_or(event.t_ns));
                }
            }
        }
        let mut looked_up: HashMap<u64, Span> = HashMap::new();
        for event in &timeline.events {
            if let Detail::Lookup(lookup) = &event.detail {
                let (from_ns, to_ns) = (event.t_ns, lookup.answered_ns.unwrap_or(event.t_ns));
                let span = looked_up.entry(event.connection).or_insert(Span { from_ns, to_ns });
                *span = Span { from_ns: span.from_ns.min(from_ns), to_ns: span.to_ns.max(to_ns) };
            }
        }
        Clock { is_both: timeline.source.vantage == Vantage::Both, established, looked_up }
    }

    /// The parts of an exchange; `is_first`: of those of its connection.
    pub(super) fn times(&self, pair: &Pair<'_>, connection: &Connection, is_first: bool) -> Times {
        let Pair { request, response, .. } = pair;
        let mut times = Times::default();
        let answered = response.as_ref().map(|response| {
            let message = response.message;
            let first = message.received_ns.unwrap_or(response.t_ns);
            (first, message.whole_received_ns.or(message.whole_ns).unwrap_or(message.end_ns))
        });
        let Some(request) = request else {
            if let Some((first, last)) = answered {
                times.phases.push((Phase::Receive, Span { from_ns: first, to_ns: last.max(first) }));
            }
            return times;
        };
        let sent = request.t_ns;
        let all_sent = request.message.whole_ns.unwrap_or(request.message.end_ns);
        if is_first && let Some(established) = self.established_ns(connection) {
            // With Fast Open the request goes with the SYN.
            let from_ns = connection.start_ns.min(sent);
            let to_ns = established.clamp(from_ns, sent.max(from_ns));
            match self.looked_up.get(&connection.id).filter(|span| from_ns.saturating_sub(span.to_ns) < SOON_NS) {
                // (What lies between the answer and the SYN, as another address that was tried, belongs to connecting.)
                Some(span) => {
                    times.phases.push((Phase::Lookup, Span { to_ns: span.to_ns.min(from_ns), ..*span }));
                    times.until(Phase::Connect, to_ns);
                }
                None => times.phases.push((Phase::Connect, Span { from_ns, to_ns })),
            }
            times.until(Phase::Idle, sent);
        }
        if times.phases.is_empty() {
            times.phases.push((Phase::Send, Span { from_ns: sent, to_ns: all_sent.max(sent) }));
        } else {
            times.until(Phase::Send, all_sent);
        }
        match answered {
            Some((first, last)) => {
                times.until(Phase::Wait, first);
                times.until(Phase::Receive, last);
            }
            None => times.until(Phase::Wait, connection.end_ns),
        }
        times
    }

    /// When the client could send, where the handshake is in the capture.
    fn established_ns(&self, connection: &Connection) -> Option<i64> {
        if let Some(at) = self.established.get(&connection.id) {
            return Some(*at);
        }
        let open = &connection.open;
        if matches!(open.kind, OpenKind::MidStream | OpenKind::OneSided) {
            return None;
        }
        // No event of it is kept. Where both hosts were captured, only the whole round trip ends at the client.
        let answer = if self.is_both { open.rtt_ns } else { open.syn_to_synack_ns }?;
        let waited = open.syn_waits_ns.iter().fold(0_i64, |sum, wait| sum.saturating_add(*wait));
        Some(connection.start_ns.saturating_add(waited).saturating_add(answer))
    }
}
