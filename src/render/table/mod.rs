//! Many connections, a line each, in as many columns as the width allows; a summary line beneath.

mod cell;
mod fit;
mod said;
mod verdict;

use super::ink::Ink;
use super::line::Line;
use super::text::{Glyphs, joined};
use super::{Charset, Style, capture, overview as glance, skipped, summary, width};
use crate::ladder::{Lane, Lanes};
use crate::overview;
use crate::timeline::{Connection, Lang, Timeline};
use cell::{Column, Wording, cell, title};
use fit::{Fit, fit};
use said::SaidLines;
use std::io;

/// Narrower than this, each connection takes several lines.
const TABLE_FROM: usize = 50;

/// Rows of a table unless somebody asks for more: what a terminal shows without scrolling away.
pub const ROWS: usize = 25;

/// A connection and its peers.
struct Entry<'a> {
    connection: &'a Connection,
    lanes: Lanes,
}

impl Entry<'_> {
    fn lane(&self, column: Column) -> &Lane {
        if column == Column::Client { &self.lanes.left } else { &self.lanes.right }
    }
}

/// Writes the table and a summary line beneath.
///
/// With more than a few connections the glance at all of them follows.
pub fn write(timeline: &Timeline, limit: Option<usize>, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let entries = entries(timeline, limit.unwrap_or(usize::MAX));
    summary::title(summary::source(&timeline.source, style).into_iter(), style, out)?;
    capture::write(&timeline.source, style, out)?;
    chosen(timeline, style, out)?;
    Line::new(style).write(out)?;
    if entries.is_empty() {
        if timeline.selection.as_ref().is_some_and(|selection| selection.of > 0) {
            return Ok(());
        }
        return skipped::nothing(timeline, style, out);
    }
    let said = SaidLines::of(timeline, style);
    if style.width < TABLE_FROM {
        for entry in &entries {
            paragraph(entry, style, out)?;
            said.write(entry.connection.id, 2, style, out)?;
        }
    } else {
        rows(&entries, &said, style, out)?;
    }
    let told;
    let glance = match &timeline.overview {
        Some(overview) => overview,
        None => {
            told = overview::of_timeline(timeline, overview::end_of(timeline));
            &told
        }
    };
    more(glance.connections.saturating_sub(entries.len() as u64), style, out)?;
    Line::new(style).write(out)?;
    if glance.connections >= glance::WORTH_IT {
        glance::write(glance, style, out)?;
    } else {
        for text in joined(&summary::counts(timeline, style), style.width, style) {
            let mut line = Line::new(style);
            line.push(&text, Ink::Dim);
            line.write(out)?;
        }
    }
    glance::between::write(timeline, style, out)?;
    said.hint(style, out)
}

/// What was chosen, and how many connections that is.
fn chosen(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let Some((selection, filter)) = timeline.selection.as_ref().and_then(|all| Some((all, all.filter.as_ref()?)))
    else {
        return Ok(());
    };
    let [matched, of] = [selection.matched, selection.of].map(glance::grouped);
    let filter = width::clean(filter, 200, style);
    let text = match style.lang {
        Lang::En => format!("{matched} of {of} connections: {filter}"),
        Lang::Zh => format!("{of} 个连接中的 {matched} 个：{filter}"),
    };
    for part in width::wrap(&text, style.width.saturating_sub(2)) {
        let mut line = Line::new(style);
        line.to(2).push(&part, Ink::Dim);
        line.write(out)?;
    }
    Ok(())
}

/// How many connections are not in the table, and how to see them.
fn more(count: u64, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let count = glance::grouped(count);
    let text = match style.lang {
        Lang::En => format!("and {count} more: --limit 0 shows all, --where and --sort choose"),
        Lang::Zh => format!("另有 {count} 个：--limit 0 显示全部，--where 与 --sort 用于挑选"),
    };
    for part in width::wrap(&text, style.width) {
        let mut line = Line::new(style);
        line.push(&part, Ink::Dim);
        line.write(out)?;
    }
    Ok(())
}

fn entries(timeline: &Timeline, limit: usize) -> Vec<Entry<'_>> {
    let mut entries = Vec::with_capacity(timeline.connections.len().min(limit));
    for (connection, client, server) in timeline.with_endpoints().take(limit) {
        let lanes = Lanes::new((&connection.client, client), (&connection.server, server));
        entries.push(Entry { connection, lanes });
    }
    entries
}

fn rows(entries: &[Entry<'_>], said: &SaidLines, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let fit = fit(entries, style);
    let Fit { widths, shared, wording, gap, .. } = &fit;
    if let (false, Some(first)) = (shared.is_empty(), entries.first()) {
        let mut line = Line::new(style);
        for column in shared {
            let address = width::clean(&first.lane(*column).host(), 80, style);
            line.push(title(*column, *wording, style.lang), Ink::Dim).push(" ", Ink::Plain);
            line.push(&address, cell(*column, *wording, first, style).1).push("   ", Ink::Plain);
        }
        line.write(out)?;
        Line::new(style).write(out)?;
    }
    let mut head = Line::new(style);
    place(&mut head, &fit, |column| (title(column, *wording, style.lang).to_string(), Ink::Strong), style);
    head.write(out)?;
    let mut rule = Line::new(style);
    let total: usize = widths.iter().map(|wide| wide + gap).sum::<usize>().saturating_sub(*gap);
    rule.push(&Glyphs::of(style.charset).rule.repeat(total.min(style.width)), Ink::Dim);
    rule.write(out)?;
    for entry in entries {
        let mut line = Line::new(style);
        let text = |column| match cell(column, *wording, entry, style) {
            (address, ink) if shared.contains(&column) => (fit::port(&address).to_string(), ink),
            cell => cell,
        };
        place(&mut line, &fit, text, style);
        line.write(out)?;
        // Below the first column behind the number.
        let at = widths.first().map_or(0, |number| number + gap);
        said.write(entry.connection.id, at, style, out)?;
    }
    Ok(())
}

fn place(line: &mut Line<'_>, fit: &Fit, text: impl Fn(Column) -> (String, Ink), style: &Style) {
    let mut at = 0;
    for (column, wide) in fit.columns.iter().zip(&fit.widths) {
        let (text, ink) = text(*column);
        let text = match column {
            Column::Client | Column::Server => clip_address(&text, *wide, style),
            _ => width::clip(&text, *wide, style.charset),
        };
        match column {
            Column::Number | Column::Data => line.to(at).push_before(at + wide, &text, ink),
            _ => line.to(at).push(&text, ink),
        };
        at += wide + fit.gap;
    }
}

/// A long address keeps its end: host and port tell connections apart, the network seldom does.
fn clip_address(text: &str, columns: usize, style: &Style) -> String {
    if width::width(text) <= columns {
        return text.to_string();
    }
    let mark = if style.charset == Charset::Unicode { "…" } else { ".." };
    let room = columns.saturating_sub(width::width(mark));
    let tail = text.char_indices().filter_map(|(at, _)| text.get(at..)).find(|tail| width::width(tail) <= room);
    width::clip(&format!("{mark}{}", tail.unwrap_or_default()), columns, style.charset)
}

/// A connection in a few short lines.
fn paragraph(entry: &Entry<'_>, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut line = Line::new(style);
    line.push("#", Ink::Dim)
        .push(&cell(Column::Number, Wording::Full, entry, style).0, Ink::Strong)
        .push(" ", Ink::Plain);
    let [(opened, one), (closed, two)] =
        [Column::Opened, Column::Closed].map(|column| cell(column, Wording::Full, entry, style));
    line.push(&opened, one).push(Glyphs::between(style), Ink::Dim).push(&closed, two);
    line.write(out)?;
    let waits = !entry.connection.time_wait.is_empty();
    let all = [Column::Client, Column::Server, Column::TimeWait, Column::Data, Column::Verdict];
    for column in all.iter().filter(|column| waits || **column != Column::TimeWait) {
        let (text, ink) = cell(*column, Wording::Full, entry, style);
        let name = title(*column, Wording::Full, style.lang);
        let room = style.width.saturating_sub(3 + width::width(name));
        let text =
            if matches!(column, Column::Client | Column::Server) { clip_address(&text, room, style) } else { text };
        let mut line = Line::new(style);
        line.push("  ", Ink::Plain).push(name, Ink::Dim).push(" ", Ink::Plain).push(&text, ink);
        line.write(out)?;
    }
    Ok(())
}
