//! The whole capture at a glance, gathered from one finished connection after the other in bounded memory.

mod fact;
mod host;
mod hosts;
mod round_trips;
mod routes;
mod series;

pub use fact::Fact;

use crate::annotate::verdict;
use crate::tcp::{EPHEMERAL_PORTS, MslProfile, Peer, is_ephemeral};
use crate::timeline::{self, CloseKind, Closed, Endpoint, Loss, OpenKind, Opened, TimeWaits, Timeline};
use host::Host;
use hosts::{Deeds, Hosts};
use round_trips::Histogram;
use routes::Routes;
use series::Series;
use std::net::SocketAddr;

/// Gathers what all connections together come to. Less than 1 MiB whatever arrives; no text, no allocation but for the
/// bounded tables of hosts.
pub struct Overview {
    two_msl_ns: i64,
    connections: u64,
    segments: u64,
    bytes: u64,
    last_ns: i64,
    opened: [u64; OpenKind::ALL.len()],
    closed: [u64; CloseKind::ALL.len()],
    never_opened: u64,
    servers: Hosts,
    clients: Hosts,
    waits: u64,
    waits_at_clients: u64,
    waiting: Series<SAMPLES>,
    routes: Routes,
    loss: Loss,
    round_trips: Histogram,
}

/// Samples of TIME-WAIT over time, at most.
const SAMPLES: usize = 128;
/// Fewer TIME-WAITs than this are told one by one, each with its connection.
const WORTH_DRAWING: u64 = 8;

impl Overview {
    /// A glance in which TIME-WAIT lasts as long as this profile says.
    pub fn new(msl: MslProfile) -> Overview {
        Overview {
            two_msl_ns: msl.two_msl_ns(),
            connections: 0,
            segments: 0,
            bytes: 0,
            last_ns: 0,
            opened: [0; OpenKind::ALL.len()],
            closed: [0; CloseKind::ALL.len()],
            never_opened: 0,
            servers: Hosts::default(),
            clients: Hosts::default(),
            waits: 0,
            waits_at_clients: 0,
            waiting: Series::default(),
            routes: Routes::default(),
            loss: Loss::default(),
            round_trips: Histogram::default(),
        }
    }

    /// How long TIME-WAIT lasts.
    pub fn two_msl_ns(&self) -> i64 {
        self.two_msl_ns
    }

    /// Takes in one connection of which nothing changes any more: it is over and its TIME-WAITs have ended, or the capture
    /// has. In any order.
    pub fn note(&mut self, fact: &Fact) {
        self.connections += 1;
        self.segments = self.segments.saturating_add(fact.segments);
        self.bytes = self.bytes.saturating_add(fact.bytes);
        self.last_ns = self.last_ns.max(fact.end_ns);
        if let Some(count) = self.opened.get_mut(fact.open as usize) {
            *count += 1;
        }
        if let Some(count) = self.closed.get_mut(fact.close as usize) {
            *count += 1;
        }
        self.never_opened += u64::from(verdict::never_opened(fact.close, fact.open));
        self.note_hosts(fact);
        let [client, server] = fact.addresses;
        for peer in Peer::BOTH {
            let Some(held) = *peer.of(&fact.time_wait) else { continue };
            self.waits += 1;
            self.waiting.note(held.from_ns, held.end);
            if peer == Peer::A {
                self.waits_at_clients += 1;
                // A port that was chosen by hand says nothing of how many are left.
                if is_ephemeral(client.port()) {
                    self.routes.note(Host::client(client.ip()), Host::server(server), held);
                }
            }
        }
        let [syn, syn_ack, fin] = fact.again;
        let (syn, syn_ack, fin) = (u64::from(syn), u64::from(syn_ack), u64::from(fin));
        let again = fact.retransmissions.max(syn + syn_ack + fin);
        self.loss.retransmissions = self.loss.retransmissions.saturating_add(again);
        self.loss.syn += syn;
        self.loss.syn_ack += syn_ack;
        self.loss.fin += fin;
        self.loss.connections += u64::from(again > 0);
        self.loss.missing = self.loss.missing.saturating_add(fact.missing);
        if let Some(ns) = fact.round_trip_ns {
            self.round_trips.note(ns);
        }
    }

    fn note_hosts(&mut self, fact: &Fact) {
        let cut = matches!(fact.close, CloseKind::Reset | CloseKind::ResetAfterFin);
        let deeds = |peer: Peer| Deeds {
            connections: 1,
            refused: u32::from(fact.open == OpenKind::Refused),
            unanswered: u32::from(matches!(fact.open, OpenKind::Unanswered | OpenKind::Unreachable)),
            reset: u32::from(cut && *peer.of(&fact.reset_by)),
            closed_first: u32::from(!cut && fact.active_closer == Some(peer)),
        };
        let [client, server] = fact.addresses;
        self.clients.note(Host::client(client.ip()), deeds(Peer::A));
        self.servers.note(Host::server(server), deeds(Peer::B));
    }

    /// What it comes to. `end_ns` is when the capture ended, nanoseconds after its start.
    pub fn finish(mut self, end_ns: i64) -> timeline::Overview {
        let end_ns = end_ns.max(self.last_ns).max(0);
        self.waiting.reach(end_ns);
        let peak = self.waiting.peak(end_ns);
        let samples = self.waiting.samples(end_ns);
        let opened = OpenKind::ALL.into_iter().zip(self.opened).filter(|(_, count)| *count > 0);
        let closed = CloseKind::ALL.into_iter().zip(self.closed).filter(|(_, count)| *count > 0);
        let mut opened: Vec<Opened> = opened.map(|(kind, count)| Opened { kind, count }).collect();
        let mut closed: Vec<Closed> = closed.map(|(kind, count)| Closed { kind, count }).collect();
        opened.sort_by_key(|opened| std::cmp::Reverse(opened.count));
        closed.sort_by_key(|closed| std::cmp::Reverse(closed.count));
        timeline::Overview {
            connections: self.connections,
            segments: self.segments,
            bytes: self.bytes,
            span_ns: self.last_ns,
            opened,
            closed,
            never_opened: self.never_opened,
            servers: self.servers.finish(),
            clients: self.clients.finish(),
            time_wait: (self.waits > 0).then(|| TimeWaits {
                count: self.waits,
                at_clients: self.waits_at_clients,
                peak: peak.count,
                peak_ns: peak.at_ns,
                at_end: samples.last().copied().unwrap_or_default(),
                every_ns: self.waiting.width_ns(),
                samples: if self.waits >= WORTH_DRAWING { samples } else { Vec::new() },
                ports: EPHEMERAL_PORTS,
                two_msl_ns: self.two_msl_ns,
                routes: self.routes.finish(end_ns, self.two_msl_ns),
            }),
            loss: self.loss,
            round_trip: self.round_trips.finish(),
        }
    }
}

/// The glance at the connections that a timeline holds. For a timeline of before there were glances, or a part of one.
pub fn of_timeline(timeline: &Timeline, end_ns: i64) -> timeline::Overview {
    let nobody = Endpoint {
        id: String::new(),
        role: timeline::Role::Peer,
        ip: SocketAddr::from(([0, 0, 0, 0], 0)).ip(),
        port: 0,
        name: None,
        seen_as: None,
        process: None,
    };
    let mut overview = Overview::new(timeline.source.msl_profile);
    for (connection, client, server) in timeline.with_endpoints() {
        overview.note(&Fact::told(connection, client.unwrap_or(&nobody), server.unwrap_or(&nobody)));
    }
    overview.finish(end_ns)
}

/// When a timeline ends, as far as it tells: with the last that is known of any connection.
pub fn end_of(timeline: &Timeline) -> i64 {
    let ends = |connection: &timeline::Connection| {
        connection.time_wait.iter().map(|wait| wait.end_ns).fold(connection.end_ns, i64::max)
    };
    timeline.connections.iter().map(ends).fold(0, i64::max)
}
