//! One line per connection as comma-separated values (RFC 4180), for spreadsheets and databases.

use super::cells::{Line, name};
use crate::timeline::{Connection, EndCause, Endpoint, Timeline};
use std::io;

/// The columns, by the names that `--where` knows. What is added stands at the end.
pub const COLUMNS: [&str; 37] = [
    "id",
    "start_ns",
    "duration_ns",
    "client.ip",
    "client.port",
    "server.ip",
    "server.port",
    "incarnation",
    "open.kind",
    "open.rtt_ns",
    "open.rtt_valid",
    "open.syn_retransmissions",
    "open.synack_retransmissions",
    "close.kind",
    "close.active_closer",
    "close.reset_by",
    "close.fin_retransmissions",
    "close.late_bytes",
    "time_wait.endpoint",
    "time_wait.end",
    "time_wait.remaining_ns",
    "totals.client.segments",
    "totals.client.bytes",
    "totals.client.retransmissions",
    "totals.client.missing",
    "totals.server.segments",
    "totals.server.bytes",
    "totals.server.retransmissions",
    "totals.server.missing",
    "zeek.conn_state",
    "zeek.history",
    "verdict.en",
    "verdict.zh",
    "open.cause",
    "close.cause",
    "client.name",
    "server.name",
];

/// Writes the heading and a line for each connection.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    head(out)?;
    for (connection, client, server) in timeline.with_endpoints() {
        row(connection, client, server, out)?;
    }
    Ok(())
}

/// Writes the heading.
pub fn head(out: &mut impl io::Write) -> io::Result<()> {
    write!(out, "{}\r\n", COLUMNS.join(","))
}

/// Writes the line of one connection, whatever else there is: nothing needs to be kept.
pub fn row(
    connection: &Connection,
    client: Option<&Endpoint>,
    server: Option<&Endpoint>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let Connection { open, close, totals, .. } = connection;
    let role = |id: &String| match id {
        id if *id == connection.client => "client".to_string(),
        id if *id == connection.server => "server".to_string(),
        other => other.clone(),
    };
    let roles = |ids: &mut dyn Iterator<Item = &String>| ids.map(role).collect::<Vec<_>>().join(" ");
    let waits = &connection.time_wait;
    let last = waits.iter().max_by_key(|wait| wait.remaining_ns);
    let mut line = Line::new(out);
    line.number(connection.id)?;
    line.number(connection.start_ns)?;
    line.number(connection.end_ns.saturating_sub(connection.start_ns))?;
    for endpoint in [client, server] {
        line.text(&endpoint.map(|endpoint| endpoint.ip.to_string()).unwrap_or_default())?;
        line.maybe(endpoint.map(|endpoint| endpoint.port))?;
    }
    line.number(connection.incarnation)?;
    line.text(&name(&open.kind))?;
    line.maybe(open.rtt_ns)?;
    line.number(open.rtt_valid)?;
    line.number(open.syn_retransmissions)?;
    line.number(open.synack_retransmissions)?;
    line.text(&name(&close.kind))?;
    line.text(&roles(&mut close.active_closer.iter()))?;
    line.text(&roles(&mut close.reset_by.iter()))?;
    line.number(close.fin_retransmissions)?;
    line.number(close.late_bytes)?;
    line.text(&roles(&mut waits.iter().map(|wait| &wait.endpoint)))?;
    line.text(&last.map(|wait: &crate::timeline::TimeWait| name(&wait.end)).unwrap_or_default())?;
    line.maybe(
        last.filter(|wait| matches!(wait.end, EndCause::CaptureEnded | EndCause::LetGo)).map(|wait| wait.remaining_ns),
    )?;
    for flow in [&totals.client, &totals.server] {
        [flow.segments, flow.bytes, flow.retransmissions, flow.missing]
            .into_iter()
            .try_for_each(|number| line.number(number))?;
    }
    let zeek = connection.zeek.as_ref();
    line.text(zeek.map_or("", |zeek| &zeek.conn_state))?;
    line.text(zeek.map_or("", |zeek| &zeek.history))?;
    line.text(&connection.verdict.en)?;
    line.text(&connection.verdict.zh)?;
    line.text(&open.cause.as_ref().map(name).unwrap_or_default())?;
    line.text(&close.cause.as_ref().map(name).unwrap_or_default())?;
    for endpoint in [client, server] {
        line.text(endpoint.and_then(|endpoint| endpoint.name.as_deref()).unwrap_or_default())?;
    }
    line.end()
}
