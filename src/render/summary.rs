//! Short words about the capture and its connections, shared by the ladder's head and the table.

use super::ink::Ink;
use super::line::Line;
use super::text::Glyphs;
use super::{Style, width, words};
use crate::ladder::{Lane, Lanes};
use crate::timeline::amount::some;
use crate::timeline::{CloseKind, Connection, EndCause, Lang, OpenKind, Source, Timeline};
use std::io;

/// Writes the first line: the program's name and what is shown; in more lines where one is too short.
pub(super) fn title(parts: impl Iterator<Item = String>, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let dot = Glyphs::between(style);
    let mut line = Line::new(style);
    line.push("synfin", Ink::Strong);
    let mut used = 6;
    for part in parts.filter(|part| !part.is_empty()) {
        let wide = width::width(dot) + width::width(&part);
        if used + wide > style.width {
            line.write(out)?;
            line = Line::new(style);
            line.push("  ", Ink::Plain).push(&part, Ink::Dim);
            used = 2 + width::width(&part);
        } else {
            line.push(dot, Ink::Dim).push(&part, Ink::Dim);
            used += wide;
        }
    }
    line.write(out)
}

/// Where the timeline comes from and when it began: `live on lo (loopback)`, `2026-01-01 00:00:00 UTC`.
pub(super) fn source(source: &Source, style: &Style) -> [String; 2] {
    let lang = style.lang;
    let name = width::clean(&source.name, 80, style);
    let (kind, vantage) = (words::source(source.kind, lang), words::vantage(source.vantage, lang));
    let place = match lang {
        Lang::En => format!("{kind} {name} ({vantage})"),
        Lang::Zh => format!("{kind} {name}（{vantage}）"),
    };
    let start = source.start.as_ref().map(|start| {
        let second: String = start.chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect();
        format!("{} UTC", width::clean(&second, 19, style))
    });
    [place, start.unwrap_or_default()]
}

/// The same in one line: `live on lo (loopback) · 2026-01-01 00:00:00 UTC`.
pub(super) fn origin(from: &Source, style: &Style) -> String {
    source(from, style).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The role of an endpoint in its connection, or its id where it has none there.
pub(super) fn peer_name(id: &str, lanes: &Lanes, style: &Style) -> String {
    lanes.side(id).map_or_else(|| width::clean(id, 40, style), |side| lane_name(lanes.get(side), style))
}

/// The name that somebody gave a peer, else its role.
pub(super) fn lane_name(lane: &Lane, style: &Style) -> String {
    match lane.given_name() {
        Some(name) => width::clean(name, 40, style),
        None => words::role(lane.role, style.lang).to_string(),
    }
}

/// What there is to say of all connections: how many, how they opened and closed, how many wait.
pub(super) fn counts(timeline: &Timeline, style: &Style) -> Vec<String> {
    let connections = &timeline.connections;
    let count = |wanted: fn(&Connection) -> bool| connections.iter().filter(|connection| wanted(connection)).count();
    let refused = count(|connection| connection.open.kind == OpenKind::Refused);
    let unanswered = count(|connection| matches!(connection.open.kind, OpenKind::Unanswered | OpenKind::Unreachable));
    let reset = count(|connection| matches!(connection.close.kind, CloseKind::Reset | CloseKind::ResetAfterFin));
    let waiting = count(|connection| connection.time_wait.iter().any(|wait| wait.end == EndCause::CaptureEnded));
    let segments: u64 = connections.iter().fold(0, |sum, connection| {
        sum.saturating_add(connection.totals.client.segments).saturating_add(connection.totals.server.segments)
    });
    let bytes: u64 = connections.iter().fold(0, |sum, connection| {
        sum.saturating_add(connection.totals.client.bytes).saturating_add(connection.totals.server.bytes)
    });
    let mut parts = match style.lang {
        Lang::En => vec![
            some(connections.len() as u64, "connection"),
            some(segments, "segment"),
            format!("{} of data", super::time::octets(bytes)),
        ],
        Lang::Zh => vec![
            format!("{} 个连接", connections.len()),
            format!("{segments} 个报文段"),
            format!("数据 {}", super::time::octets(bytes)),
        ],
    };
    let named = [
        (refused, "refused", "被拒绝"),
        (unanswered, "unanswered", "无应答"),
        (reset, "reset", "被复位"),
        (waiting, "in TIME-WAIT at the end", "结束时处于 TIME-WAIT"),
    ];
    for (count, en, zh) in named.into_iter().filter(|(count, ..)| *count > 0) {
        parts.push(match style.lang {
            Lang::En => format!("{count} {en}"),
            Lang::Zh => format!("{count} 个{zh}"),
        });
    }
    parts
}

/// Writes what the capture lost or could not be used, a line each; nothing when all is well.
pub(super) fn warnings(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let source = &timeline.source;
    let lines = source.warnings.iter().take(20).map(|text| width::clean(text.get(lang), 400, style));
    for text in lines {
        for (i, part) in width::wrap(&text, style.width.saturating_sub(4)).iter().enumerate() {
            let mut line = Line::new(style);
            let mark = if i == 0 { Glyphs::of(style.charset).warning } else { " " };
            line.push("  ", Ink::Plain).push(mark, Ink::Warning);
            line.push(" ", Ink::Plain).push(part, Ink::Warning);
            line.write(out)?;
        }
    }
    Ok(())
}
