//! One line per connection as comma-separated values (RFC 4180), for spreadsheets and databases.

use crate::safe::safe;
use crate::timeline::{Connection, EndCause, Endpoint, Timeline};
use std::fmt::Display;
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
    let name = |value: &dyn erased::Name| value.name();
    let waits = &connection.time_wait;
    let last = waits.iter().max_by_key(|wait| wait.remaining_ns);
    let mut line = Line { out, is_first: true };
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
    line.text(&open.cause.as_ref().map(|cause| name(cause)).unwrap_or_default())?;
    line.text(&close.cause.as_ref().map(|cause| name(cause)).unwrap_or_default())?;
    for endpoint in [client, server] {
        line.text(endpoint.and_then(|endpoint| endpoint.name.as_deref()).unwrap_or_default())?;
    }
    line.out.write_all(b"\r\n")
}

/// The stable names of kinds, as the JSON has them.
mod erased {
    pub(super) trait Name {
        fn name(&self) -> String;
    }

    impl<T: serde::Serialize> Name for T {
        fn name(&self) -> String {
            match serde_json::to_value(self) {
                Ok(serde_json::Value::String(name)) => name,
                _ => String::new(),
            }
        }
    }
}

/// A line being written, cell by cell.
struct Line<'o, W> {
    out: &'o mut W,
    is_first: bool,
}

impl<W: io::Write> Line<'_, W> {
    fn number(&mut self, number: impl Display) -> io::Result<()> {
        self.comma()?;
        write!(self.out, "{number}")
    }

    fn maybe(&mut self, number: Option<impl Display>) -> io::Result<()> {
        match number {
            Some(number) => self.number(number),
            None => self.comma(),
        }
    }

    /// Text is quoted where it must be. What a spreadsheet would take for a formula begins with an apostrophe, which says
    /// that it is text.
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.comma()?;
        let text = safe(text);
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
        let guard = if is_formula { "'" } else { "" };
        if text.contains(['"', ',', '\r', '\n']) {
            return write!(self.out, "\"{guard}{}\"", text.replace('"', "\"\""));
        }
        write!(self.out, "{guard}{text}")
    }

    fn comma(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_first) { Ok(()) } else { self.out.write_all(b",") }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_is_quoted_and_no_formula() {
        let cell = |text: &str| {
            let mut out = Vec::new();
            Line { out: &mut out, is_first: true }.text(text).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(cell("SYN, then RST"), "\"SYN, then RST\"");
        assert_eq!(cell("say \"no\""), "\"say \"\"no\"\"\"");
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("@a,b"), "\"'@a,b\"");
        assert_eq!(cell("-1"), "'-1");
        assert_eq!(cell("a\nb"), "a␊b");
        assert_eq!(cell(""), "");
    }
}
