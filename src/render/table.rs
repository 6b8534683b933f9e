//! Many connections, a line each, in as many columns as the width allows; a summary line beneath.

use super::ink::Ink;
use super::line::Line;
use super::text::Glyphs;
use super::{Style, summary, time, width, words};
use crate::ladder::{Lane, Lanes};
use crate::timeline::{Connection, EndCause, Lang, OpenKind, Timeline};
use std::io;

/// Narrower than this, each connection takes several lines.
const TABLE_FROM: usize = 50;
/// Columns between columns.
const GAP: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Number,
    Client,
    Server,
    Opened,
    Closed,
    First,
    TimeWait,
    Data,
    Verdict,
}

/// From the whole table to its bones: what is left out next when the width does not suffice.
const PLANS: [&[Column]; 6] = {
    use Column::{Client, Closed, Data, First, Number, Opened, Server, TimeWait, Verdict};
    [
        &[Number, Client, Server, Opened, Closed, First, TimeWait, Data, Verdict],
        &[Number, Client, Server, Opened, Closed, First, TimeWait, Data],
        &[Number, Client, Server, Opened, Closed, First, TimeWait],
        &[Number, Client, Server, Opened, Closed, TimeWait],
        &[Number, Client, Server, Opened, Closed],
        &[Number, Server, Opened, Closed],
    ]
};
/// A verdict narrower than this says nothing.
const VERDICT_FROM: usize = 24;
/// What an address is shortened to where room is scarce.
const SHORT_ADDRESS: usize = 21;

/// Writes the table and a summary line beneath.
pub fn write(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    summary::title(summary::source(&timeline.source, style).into_iter(), style, out)?;
    Line::new(style).write(out)?;
    if timeline.connections.is_empty() {
        let mut line = Line::new(style);
        line.push(style.lang.pick("No TCP connection was seen.", "没有看到 TCP 连接。"), Ink::Plain);
        line.write(out)?;
    } else if style.width < TABLE_FROM {
        for connection in &timeline.connections {
            paragraph(timeline, connection, style, out)?;
        }
    } else {
        rows(timeline, style, out)?;
    }
    Line::new(style).write(out)?;
    for text in width::wrap(&summary::counts(timeline, style), style.width) {
        let mut line = Line::new(style);
        line.push(&text, Ink::Dim);
        line.write(out)?;
    }
    Ok(())
}

fn rows(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let Fit { columns, widths, ports } = fit(timeline, style);
    let mut shared = Line::new(style);
    for column in [Column::Client, Column::Server].into_iter().filter(|column| columns.contains(column)) {
        if let (true, Some(first)) = (ports.contains(&column), timeline.connections.first()) {
            let address = width::clean(&ip(column, first, timeline), 80, style);
            let ink = if column == Column::Client { Ink::Client } else { Ink::Server };
            shared.push(title(column, style.lang), Ink::Dim).push(" ", Ink::Plain).push(&address, ink).push("   ", ink);
        }
    }
    if !ports.is_empty() {
        shared.write(out)?;
        Line::new(style).write(out)?;
    }
    let mut head = Line::new(style);
    place(&mut head, &columns, &widths, |column| (title(column, style.lang).to_string(), Ink::Strong), style);
    head.write(out)?;
    let mut rule = Line::new(style);
    let total: usize = widths.iter().map(|wide| wide + GAP).sum::<usize>().saturating_sub(GAP);
    rule.push(&Glyphs::of(style.charset).rule.repeat(total.min(style.width)), Ink::Dim);
    rule.write(out)?;
    for connection in &timeline.connections {
        let lanes = Lanes::of(timeline, connection);
        let mut line = Line::new(style);
        let text = |column| match cell(column, connection, &lanes, style) {
            (address, ink) if ports.contains(&column) => (port(&address).to_string(), ink),
            cell => cell,
        };
        place(&mut line, &columns, &widths, text, style);
        line.write(out)?;
    }
    Ok(())
}

/// What is shown: the columns, how wide each is, and which addresses are told by their port alone.
struct Fit {
    columns: Vec<Column>,
    widths: Vec<usize>,
    ports: Vec<Column>,
}

/// The fullest plan that fits. Addresses that all connections share are told once before a column is left out.
fn fit(timeline: &Timeline, style: &Style) -> Fit {
    let lines: Vec<(Lanes, &Connection)> =
        timeline.connections.iter().map(|connection| (Lanes::of(timeline, connection), connection)).collect();
    let all = PLANS.first().copied().unwrap_or_default();
    let measure = |column: Column, only_port: bool| {
        let cells = lines.iter().map(|(lanes, connection)| {
            let text = cell(column, connection, lanes, style).0;
            width::width(if only_port { port(&text) } else { &text })
        });
        cells.max().unwrap_or(0).max(width::width(title(column, style.lang)))
    };
    let full: Vec<(Column, usize)> = all.iter().map(|column| (*column, measure(*column, false))).collect();
    let full = |column: Column| full.iter().find(|(same, _)| *same == column).map_or(0, |(_, wide)| *wide);
    let shared: Vec<(Column, usize)> = [Column::Client, Column::Server]
        .into_iter()
        .filter(|column| {
            let mut ips = lines.iter().map(|(lanes, _)| lane(*column, lanes).ip.as_str());
            let first = ips.next();
            ips.all(|ip| Some(ip) == first)
        })
        .map(|column| (column, measure(column, true)))
        .collect();
    let mut chosen = Fit { columns: Vec::new(), widths: Vec::new(), ports: Vec::new() };
    for plan in PLANS {
        for (told_once, longest) in [(0, usize::MAX), (1, usize::MAX), (2, usize::MAX), (2, SHORT_ADDRESS)] {
            let once = shared.get(..told_once.min(shared.len())).unwrap_or_default();
            let wide = |column: &Column| match column {
                Column::Verdict => VERDICT_FROM,
                Column::Client | Column::Server => {
                    let port = once.iter().find(|(same, _)| same == column).map(|(_, wide)| *wide);
                    port.unwrap_or_else(|| full(*column).min(longest))
                }
                column => full(*column),
            };
            let mut widths: Vec<usize> = plan.iter().map(wide).collect();
            let total = widths.iter().fold(0, |sum: usize, wide| sum.saturating_add(wide + GAP)).saturating_sub(GAP);
            let fits = total <= style.width;
            if let (true, Some(last), Some(Column::Verdict)) = (fits, widths.last_mut(), plan.last()) {
                // The verdict takes what is left.
                *last = (*last + style.width - total).min(full(Column::Verdict)).max(1);
            }
            chosen = Fit { columns: plan.to_vec(), widths, ports: once.iter().map(|(column, _)| *column).collect() };
            if fits {
                return chosen;
            }
        }
    }
    chosen
}

fn lane(column: Column, lanes: &Lanes) -> &Lane {
    if column == Column::Client { &lanes.left } else { &lanes.right }
}

fn ip(column: Column, connection: &Connection, timeline: &Timeline) -> String {
    lane(column, &Lanes::of(timeline, connection)).ip.clone()
}

/// The port of an address, with its colon; the whole text where there is none.
fn port(address: &str) -> &str {
    address.rfind(':').and_then(|at| address.get(at..)).unwrap_or(address)
}

fn place(
    line: &mut Line<'_>,
    columns: &[Column],
    widths: &[usize],
    text: impl Fn(Column) -> (String, Ink),
    style: &Style,
) {
    let mut at = 0;
    for (column, wide) in columns.iter().zip(widths) {
        let (text, ink) = text(*column);
        let text = match column {
            Column::Client | Column::Server => clip_address(&text, *wide, style),
            _ => width::clip(&text, *wide, style.charset),
        };
        match column {
            Column::Number | Column::Data => line.to(at).push_before(at + wide, &text, ink),
            _ => line.to(at).push(&text, ink),
        };
        at += wide + GAP;
    }
}

/// A long address keeps its end: the port tells connections apart.
fn clip_address(text: &str, columns: usize, style: &Style) -> String {
    if width::width(text) <= columns {
        return text.to_string();
    }
    let port = text.rfind(':').and_then(|at| text.get(at..)).filter(|port| port.len() <= 6).unwrap_or_default();
    let front = width::clip(text, columns.saturating_sub(port.len()), style.charset);
    format!("{front}{port}")
}

fn title(column: Column, lang: Lang) -> &'static str {
    match column {
        Column::Number => "#",
        Column::Client => lang.pick("client", "客户端"),
        Column::Server => lang.pick("server", "服务器"),
        Column::Opened => lang.pick("opened", "打开"),
        Column::Closed => lang.pick("closed", "关闭"),
        Column::First => lang.pick("first", "主动关闭方"),
        Column::TimeWait => "TIME-WAIT",
        Column::Data => lang.pick("data", "数据"),
        Column::Verdict => lang.pick("verdict", "结论"),
    }
}

fn cell(column: Column, connection: &Connection, lanes: &Lanes, style: &Style) -> (String, Ink) {
    let lang = style.lang;
    match column {
        Column::Number => (connection.id.to_string(), Ink::Dim),
        Column::Client => (width::clean(&lanes.left.address, 80, style), Ink::Client),
        Column::Server => (width::clean(&lanes.right.address, 80, style), Ink::Server),
        Column::Opened => {
            let failed =
                matches!(connection.open.kind, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered);
            (words::open(connection.open.kind, lang).to_string(), if failed { Ink::Error } else { Ink::Plain })
        }
        Column::Closed => {
            let ink = if connection.close.reset_by.is_empty() { Ink::Plain } else { Ink::Error };
            (words::close(connection.close.kind, lang).to_string(), ink)
        }
        Column::First => {
            let first = connection.close.active_closer.as_deref();
            (first.map_or_else(|| "-".to_string(), |id| summary::peer_name(id, lanes, style)), Ink::Plain)
        }
        Column::TimeWait => (time_wait(connection, lanes, style), Ink::Wait),
        Column::Data => {
            let totals = &connection.totals;
            (time::octets(totals.client.bytes.saturating_add(totals.server.bytes)), Ink::Plain)
        }
        Column::Verdict => (width::clean(connection.verdict.get(lang), 200, style), Ink::Plain),
    }
}

/// Who waits and how it stands: `client, 42 s left`.
fn time_wait(connection: &Connection, lanes: &Lanes, style: &Style) -> String {
    let Some(wait) = connection.time_wait.first() else {
        return "-".to_string();
    };
    let who = summary::peer_name(&wait.endpoint, lanes, style);
    let left = time::span(wait.remaining_ns);
    let how = match (wait.end, style.lang) {
        (EndCause::CaptureEnded, Lang::En) => format!("{left} left"),
        (EndCause::CaptureEnded, Lang::Zh) => format!("还剩 {left}"),
        (end, lang) => words::end(end, lang).to_string(),
    };
    width::clean(&format!("{who}{}{how}", style.lang.pick(", ", "，")), 60, style)
}

/// A connection in a few short lines.
fn paragraph(timeline: &Timeline, connection: &Connection, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lanes = Lanes::of(timeline, connection);
    let get = |column| cell(column, connection, &lanes, style);
    let mut line = Line::new(style);
    line.push("#", Ink::Dim).push(&get(Column::Number).0, Ink::Strong).push(" ", Ink::Plain);
    line.push(&get(Column::Opened).0, get(Column::Opened).1).push(Glyphs::of(style.charset).dot, Ink::Dim);
    line.push(&get(Column::Closed).0, get(Column::Closed).1);
    line.write(out)?;
    for column in [Column::Client, Column::Server] {
        let (text, ink) = get(column);
        let mut line = Line::new(style);
        line.push("  ", Ink::Plain).push(title(column, style.lang), Ink::Dim).push(" ", Ink::Plain);
        let room = style.width.saturating_sub(3 + width::width(title(column, style.lang)));
        line.push(&clip_address(&text, room, style), ink);
        line.write(out)?;
    }
    if !connection.time_wait.is_empty() {
        let mut line = Line::new(style);
        line.push("  TIME-WAIT ", Ink::Dim).push(&get(Column::TimeWait).0, Ink::Wait);
        line.write(out)?;
    }
    Ok(())
}
