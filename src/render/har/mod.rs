//! Requests and responses as HAR 1.2, the file in which browsers keep what their network panel shows. What HAR has no place for
//! stands in fields that begin with `_`, as it allows.

mod content;
mod cookie;
mod form;
mod shape;

use super::json;
use crate::exchange::{Exchange, Outcome, Panel, Phase, Said, Times};
use crate::timeline::{Connection, Header, HttpRequest, HttpResponse, Message, PartKind, Source, Timeline, protocol};
use shape::{Cache, Creator, Entry, Har, Log, PerSide, Request, Response, Timings};
use std::io;

/// Writes what was asked and answered, by when it began; an empty list where there is none of it.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    let panel = Panel::of(timeline);
    let entries = panel.exchanges.iter().map(|exchange| entry(exchange, &timeline.source)).collect();
    let creator = Creator { name: &timeline.generator.name, version: &timeline.generator.version };
    let log = Log { version: "1.2", creator, entries, comment: comment(timeline, &panel) };
    json::pretty(&Har { log }, out)
}

/// What a reader has to know of the whole.
fn comment(timeline: &Timeline, panel: &Panel<'_>) -> Option<String> {
    let mut said = Vec::new();
    if panel.exchanges.is_empty() {
        said.push("no HTTP request in it that can be read".to_string());
    }
    if !panel.encrypted.is_empty() {
        said.push(format!("connections that speak TLS, whose requests cannot be read: {}", panel.encrypted.len()));
    }
    if !panel.http2.is_empty() {
        said.push(format!("connections that speak HTTP/2 in the clear, which is not decoded: {}", panel.http2.len()));
    }
    said.extend(timeline.source.warnings.iter().map(|warning| warning.en.clone()));
    (!said.is_empty()).then(|| said.join("; "))
}

fn entry<'t>(exchange: &Exchange<'t>, source: &Source) -> Entry<'t> {
    let timings = timings(&exchange.times);
    let problems = exchange.request.iter().flat_map(|said| &said.message.problems);
    let problems = problems.chain(exchange.response.iter().flat_map(|said| &said.message.problems));
    Entry {
        started_date_time: absolute(source, exchange.times.start_ns()),
        time: timings.sum(),
        request: match &exchange.request {
            Some(said) => request(said, exchange),
            None => Request::unknown(exchange.url.clone()),
        },
        response: exchange.response.as_ref().map_or_else(Response::none, response),
        cache: Cache {},
        timings,
        server_ip_address: exchange.server.map(|end| end.ip),
        connection: exchange.connection.id.to_string(),
        turn: exchange.turn,
        client: exchange.client.map(|end| end.address()),
        server: exchange.server.map(|end| end.address()),
        outcome: outcome(exchange.outcome()),
        interim: exchange.interim,
        missing: exchange.missing(),
        retransmissions: retransmissions(exchange.connection),
        problems: problems.map(|problem| problem.en.as_str()).collect(),
        // Counted from 0, as the entries of a list are.
        follows: exchange.follows.map(|number| number.saturating_sub(1)),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Whole => "whole",
        Outcome::Cut => "cut",
        Outcome::Unanswered => "unanswered",
        Outcome::RequestCut => "request-cut",
        Outcome::RequestMissing => "request-missing",
    }
}

/// Segments that were sent again over the connection, whichever request they belonged to.
fn retransmissions(connection: &Connection) -> Option<PerSide> {
    let totals = &connection.totals;
    let per_side = PerSide { client: totals.client.retransmissions, server: totals.server.retransmissions };
    (per_side.client > 0 || per_side.server > 0).then_some(per_side)
}

/// -1: it did not happen, or is not in the capture. The last three are not optional: then they took no time.
fn timings(times: &Times) -> Timings {
    let ms = |phase| times.get(phase).map(|span| span.len_ns() as f64 / 1e6);
    // What came before the request's own start is no part of it.
    let own = |phase| ms(phase).filter(|_| !times.is_preconnected()).unwrap_or(-1.0);
    Timings {
        blocked: own(Phase::Idle),
        dns: own(Phase::Lookup),
        connect: own(Phase::Connect),
        ssl: -1.0,
        send: ms(Phase::Send).unwrap_or(0.0),
        wait: ms(Phase::Wait).unwrap_or(0.0),
        receive: ms(Phase::Receive).unwrap_or(0.0),
        comment: times.is_preconnected().then_some("the connection had been opened before anything was asked"),
    }
}

/// RFC 3339 in UTC, to the nanosecond; from 1970 on where nobody knows when the capture began.
fn absolute(source: &Source, ns: i64) -> String {
    let start = source.start.as_ref().and_then(|start| start.parse::<jiff::Timestamp>().ok()).unwrap_or_default();
    let at = start.checked_add(jiff::SignedDuration::from_nanos(ns)).unwrap_or(start);
    format!("{at:.9}")
}

fn request<'t>(said: &Said<'t, HttpRequest>, exchange: &Exchange<'t>) -> Request<'t> {
    let HttpRequest { method, target, version, headers, body } = said.content;
    let (headers_size, body_size) = sizes(said.message);
    Request {
        method,
        url: exchange.url.clone(),
        http_version: protocol(version),
        cookies: open_values(headers, "cookie").flat_map(cookie::sent).collect(),
        headers: headers.iter().map(shape::Field::of).collect(),
        query_string: target.split_once('?').map(|(_, query)| form::pairs(query)).unwrap_or_default(),
        post_data: body.as_ref().map(|body| content::posted(body, value(headers, "content-type"))),
        headers_size,
        body_size,
    }
}

fn response<'t>(said: &Said<'t, HttpResponse>) -> Response<'t> {
    let HttpResponse { version, status, reason, headers, body } = said.content;
    let (headers_size, body_size) = sizes(said.message);
    Response {
        status: *status,
        status_text: reason,
        http_version: protocol(version),
        cookies: open_values(headers, "set-cookie").filter_map(cookie::set).collect(),
        headers: headers.iter().map(shape::Field::of).collect(),
        content: content::received(body.as_ref(), value(headers, "content-type"), value(headers, "content-encoding")),
        redirect_url: value(headers, "location").unwrap_or_default(),
        headers_size,
        body_size,
        error: (!said.message.complete).then_some("cut off"),
    }
}

/// Octets of the head with its blank line, and of what follows it, as sent.
fn sizes(message: &Message) -> (u64, u64) {
    let body = message.parts.iter().find(|part| matches!(part.part, PartKind::Body | PartKind::Trailer));
    let head = body.map_or(message.len, |body| body.offset.saturating_sub(message.offset).min(message.len));
    (head, message.len.saturating_sub(head))
}

fn value<'t>(headers: &'t [Header], name: &str) -> Option<&'t str> {
    let named = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| header.value.as_str())
}

/// The values of all fields of a name, but for those that are told only by their length.
fn open_values<'t>(headers: &'t [Header], name: &'static str) -> impl Iterator<Item = &'t str> {
    let named = headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name) && !header.masked);
    named.map(|header| header.value.as_str())
}
