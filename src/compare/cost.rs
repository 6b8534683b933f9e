//! One timeline in numbers.

use crate::tcp::EPHEMERAL_PORTS;
use crate::timeline::{Content, Detail, Event, SegmentEvent, SegmentOptions, Timeline};
use std::collections::HashMap;
use std::net::IpAddr;

/// What it took.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Cost {
    pub connections: u64,
    /// HTTP requests; 0 where none was read.
    pub requests: u64,
    pub segments: u64,
    /// Segments without payload: handshakes, teardowns, acknowledgments.
    pub bare_segments: Option<u64>,
    /// Payload octets, each counted once.
    pub payload: u64,
    pub overhead: Overhead,
    /// Round trips that handshakes took before anything could be asked.
    pub handshakes: u64,
    /// How long all of these took together, nanoseconds.
    pub handshakes_ns: i64,
    /// From the first segment to the first octet of an answer, nanoseconds.
    pub first_octet_ns: Option<i64>,
    /// From the first segment to the last, nanoseconds; the wait of 2MSL is not in it.
    pub total_ns: i64,
    /// TIME-WAITs that clients were left with.
    pub client_waits: u64,
    /// TIME-WAITs that servers were left with.
    pub server_waits: u64,
    /// So many requests a second (connections, where no requests were read) to one server use up the client's ports: 28,232
    /// of them, each held for 2MSL. `None`: it holds none.
    pub exhausted_at: Option<f64>,
    /// The same, had the client closed each connection first that left a TIME-WAIT. `None`: none did.
    pub exhausted_at_if_client_first: Option<f64>,
}

/// Octets of IP and TCP headers, options included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Overhead {
    pub octets: u64,
    /// Each segment was looked at; else folded ones are reckoned with their timestamps alone.
    pub is_exact: bool,
}

impl Cost {
    pub fn of(timeline: &Timeline) -> Cost {
        let connections = &timeline.connections;
        let sums = connections.iter().map(|connection| {
            let (client, server) = (&connection.totals.client, &connection.totals.server);
            (client.segments.saturating_add(server.segments), client.bytes.saturating_add(server.bytes))
        });
        let (segments, payload) =
            sums.fold((0, 0), |(a, b): (u64, u64), (c, d)| (a.saturating_add(c), b.saturating_add(d)));
        let begin = connections.iter().map(|connection| connection.start_ns).min().unwrap_or_default();
        let end = connections.iter().map(|connection| connection.end_ns).max().unwrap_or_default();
        let trips: Vec<i64> = connections.iter().filter_map(|connection| connection.open.rtt_ns).collect();
        let waits = |is_client: bool| {
            let of = |connection: &crate::timeline::Connection| {
                let waits = connection.time_wait.iter();
                waits.filter(|wait| (wait.endpoint == connection.client) == is_client).count() as u64
            };
            connections.iter().map(of).sum::<u64>()
        };
        let requests = messages(timeline, |content| matches!(content, Content::HttpRequest(_)));
        let client_waits = waits(true);
        let two_msl_ns = connections.iter().flat_map(|connection| &connection.time_wait).map(|wait| wait.two_msl_ns);
        let held_ns = two_msl_ns.max().unwrap_or_default();
        let exhausted_by = |waits: u64| {
            let asked = if requests > 0 { requests } else { connections.len() as u64 };
            (waits > 0 && held_ns > 0)
                .then(|| f64::from(EPHEMERAL_PORTS) / (held_ns as f64 / 1e9) * asked as f64 / waits as f64)
        };
        let ended = connections.iter().filter(|connection| !connection.time_wait.is_empty()).count() as u64;
        Cost {
            connections: connections.len() as u64,
            requests,
            segments,
            bare_segments: bare(timeline, segments),
            payload,
            overhead: overhead(timeline),
            handshakes: trips.len() as u64,
            handshakes_ns: trips.iter().fold(0, |all, trip| all.saturating_add(*trip)),
            first_octet_ns: first_octet(timeline).map(|at| at.saturating_sub(begin)),
            total_ns: end.saturating_sub(begin),
            client_waits,
            server_waits: waits(false),
            exhausted_at: exhausted_by(client_waits),
            exhausted_at_if_client_first: exhausted_by(ended),
        }
    }
}

fn messages(timeline: &Timeline, is_wanted: impl Fn(&Content) -> bool) -> u64 {
    let is_one = |event: &&Event| matches!(&event.detail, Detail::Message(message) if is_wanted(&message.content));
    timeline.events.iter().filter(is_one).count() as u64
}

fn segments(timeline: &Timeline) -> impl Iterator<Item = &SegmentEvent> {
    timeline.events.iter().filter_map(|event| match &event.detail {
        Detail::Segment(segment) => Some(segment),
        _ => None,
    })
}

/// `None`: not each segment is told for itself.
fn bare(timeline: &Timeline, all: u64) -> Option<u64> {
    let told = segments(timeline).count() as u64;
    (told >= all).then(|| segments(timeline).filter(|segment| segment.len == 0).count() as u64)
}

fn overhead(timeline: &Timeline) -> Overhead {
    let ips: HashMap<&str, IpAddr> = timeline.endpoints.iter().map(|known| (known.id.as_str(), known.ip)).collect();
    let ip = |id: &str| if ips.get(id).is_some_and(IpAddr::is_ipv6) { 40 } else { 20 };
    let mut octets: u64 = 0;
    let mut is_exact = true;
    for event in &timeline.events {
        match &event.detail {
            Detail::Segment(segment) => {
                octets = octets.saturating_add(ip(&segment.from) + header(&segment.options));
            }
            Detail::Run(run) => {
                is_exact = false;
                let client = timeline.connection(event.connection).map_or("", |known| &known.client);
                // Nearly every segment of a modern connection has timestamps, and nothing else.
                octets = octets.saturating_add(run.count.saturating_mul(ip(client) + 32));
            }
            _ => {}
        }
    }
    Overhead { octets, is_exact }
}

/// Octets of a TCP header with these options (RFC 9293 3.1), each filled up to a word of four as nearly every sender does it;
/// SACK permitted stands in the padding of the timestamps (RFC 7323, appendix A).
fn header(options: &SegmentOptions) -> u64 {
    let padded = |is_there: bool, len: u64| if is_there { len.next_multiple_of(4) } else { 0 };
    let len = padded(options.mss.is_some(), 4)
        + padded(options.wscale.is_some(), 3)
        + padded(options.timestamps.is_some(), 10)
        + padded(options.sack_permitted && options.timestamps.is_none(), 2)
        + padded(!options.sack.is_empty(), 2 + 8 * options.sack.len() as u64)
        + padded(options.md5, 18)
        + options.fast_open.map_or(0, |cookie| (2 + u64::from(cookie)).next_multiple_of(4));
    20 + len.min(40)
}

/// When the first octet of a server came.
fn first_octet(timeline: &Timeline) -> Option<i64> {
    let servers: HashMap<u64, &str> =
        timeline.connections.iter().map(|known| (known.id, known.server.as_str())).collect();
    let is_answer = |connection: u64, from: &str| servers.get(&connection) == Some(&from);
    let first = timeline.events.iter().filter_map(|event| match &event.detail {
        Detail::Segment(segment) if segment.len > 0 && is_answer(event.connection, &segment.from) => {
            Some(segment.received_ns.unwrap_or(event.t_ns))
        }
        Detail::Run(run) if run.flows.iter().any(|flow| flow.bytes > 0 && is_answer(event.connection, &flow.from)) => {
            Some(event.t_ns)
        }
        _ => None,
    });
    first.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_counted_with_their_options() {
        let syn = SegmentOptions {
            mss: Some(1460),
            wscale: Some(7),
            sack_permitted: true,
            timestamps: Some([1, 0]),
            ..SegmentOptions::default()
        };
        assert_eq!(header(&syn), 40);
        assert_eq!(header(&SegmentOptions::default()), 20);
        let ack = SegmentOptions { timestamps: Some([1, 2]), sack: vec![[1, 2]; 3], ..SegmentOptions::default() };
        assert_eq!(header(&ack), 60);
    }
}
