//! The ladder as text for a terminal: two lifelines from 50 columns on, a list below.

mod arrow;
mod block;
mod columns;
mod glyphs;
mod head;
mod label;
mod list;
mod notes;
mod paths;
mod rows;
mod said;
mod slant;
mod terse;
mod trouble;
mod wait;
mod ways;
mod why;

pub(super) use glyphs::Glyphs;
pub(super) use head::facts;
pub(super) use label::{flags, label, lines as joined, lost, options};
pub(super) use notes::{more_notes, source};
pub(super) use rows::{cut, flow, fold};
pub(super) use said::{problems as said_problems, words as said_words};
pub(super) use wait::{share as wait_share, words as wait_words};
pub(super) use ways::clocks;

use super::ink::Ink;
use super::line::Line;
use super::{Style, time, width, words};
use crate::ladder::{Content, Ladder, Lanes, Lifeline, Row, Side};
use crate::tcp::Basis;
use crate::timeline::{Fate, Phase};
use columns::Columns;
use std::io;

/// Writes the whole ladder: head, lanes, rows, legend.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    head::write(ladder, style, out)?;
    let mut drawer = Drawer::new(*style, ladder.lanes.clone(), ladder.origin_ns);
    drawer.lanes(out)?;
    for row in &ladder.rows {
        drawer.row(row, out)?;
    }
    drawer.legend(out)
}

/// Writes what stands above a ladder: the connection in a few lines. A live view writes it when the connection is over.
pub fn head(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    head::write(ladder, style, out)
}

/// Draws one connection row by row: for a whole ladder and, live, for each event as it comes.
#[derive(Debug, Clone)]
pub struct Drawer {
    style: Style,
    lanes: Lanes,
    origin_ns: i64,
    columns: Option<Columns>,
    gutter: time::Gutter,
    /// How many lines the row above took, and how the lifelines run after it.
    above: (usize, [Lifeline; 2]),
    flights: slant::Flights,
    seen: Seen,
}

/// Which marks were used, so that the legend explains these and no others.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    inferred: bool,
    kernel: bool,
    lost: bool,
    unproven: bool,
    since_above: bool,
}

impl Drawer {
    /// `origin_ns` is the time of the connection's first event: zero of the times shown.
    pub fn new(style: Style, lanes: Lanes, origin_ns: i64) -> Drawer {
        let columns = Columns::of(style.width);
        Drawer {
            style,
            lanes,
            origin_ns,
            columns,
            gutter: time::Gutter::default(),
            above: Default::default(),
            flights: Default::default(),
            seen: Seen::default(),
        }
    }

    /// Writes who stands above which lifeline.
    pub fn lanes(&self, out: &mut impl io::Write) -> io::Result<()> {
        match &self.columns {
            Some(columns) => head::lanes(&self.lanes, columns, &self.style, out),
            None => Ok(()),
        }
    }

    /// Writes whose rows follow, where the rows of several connections take turns.
    pub fn turn(&self, id: u64, is_first: bool, out: &mut impl io::Write) -> io::Result<()> {
        head::turn(id, &self.lanes, self.origin_ns, &self.style, out)?;
        if is_first { self.lanes(out) } else { Ok(()) }
    }

    /// Writes one row.
    pub fn row(&mut self, row: &Row, out: &mut impl io::Write) -> io::Result<()> {
        self.remember(row);
        let time = row.t_ns.map(|t_ns| self.time(t_ns)).unwrap_or_default();
        let Some(columns) = &self.columns else {
            return list::row(row, &time, self.origin_ns, &self.lanes, &self.style, out);
        };
        if let Content::Phase(phase) = row.content {
            self.above = (0, row.lifelines);
            return head::phase(phase, columns, &self.style, out);
        }
        // Air after a row with much to say.
        if self.above.0 > 1 && matches!(row.content, Content::Segment(_) | Content::Folded(_)) {
            let air = block::Block { lifelines: self.above.1, ..Default::default() };
            air.write(columns, &mut self.flights, &self.style, out)?;
        }
        let mut block = rows::block(row, &self.lanes, self.origin_ns, columns, &mut self.flights, &self.style);
        block.time = time;
        let height = if block.cut { 0 } else { block.height() };
        self.above = (height, row.lifelines);
        block.write(columns, &mut self.flights, &self.style, out)
    }

    /// Writes what the marks mean, as far as they were used.
    pub fn legend(&self, out: &mut impl io::Write) -> io::Result<()> {
        let style = &self.style;
        let lang = style.lang;
        let glyphs = Glyphs::of(style.charset);
        let mut parts = Vec::new();
        if self.seen.inferred {
            parts.push(lang.pick("(STATE) inferred", "(STATE) 推断").to_string());
        }
        if self.seen.kernel {
            parts.push(lang.pick("[STATE] told by the kernel", "[STATE] 内核告知").to_string());
        }
        if self.seen.lost {
            parts.push(format!("{} {}", glyphs.lost, lang.pick("lost", "丢失")));
        }
        if self.seen.unproven {
            parts.push(format!(
                "{} {}",
                Side::Right.of(&glyphs.unproven),
                lang.pick("no acknowledgment seen", "未见确认")
            ));
        }
        if self.seen.since_above {
            parts.push(lang.pick("+ since the row above", "+ 距上一行").to_string());
        }
        if parts.is_empty() {
            return Ok(());
        }
        Line::new(style).write(out)?;
        for text in label::lines(&parts, style.width.saturating_sub(2), style) {
            let mut line = Line::new(style);
            line.to(2).push(&text, Ink::Dim);
            line.write(out)?;
        }
        Ok(())
    }

    /// The time in the gutter.
    fn time(&mut self, t_ns: i64) -> String {
        let compact = self.columns.is_none_or(|columns| columns.compact_time);
        let (text, is_since_above) = self.gutter.point(t_ns, self.origin_ns, compact);
        self.seen.since_above |= is_since_above;
        text
    }

    fn remember(&mut self, row: &Row) {
        self.seen.inferred |= row.changes.iter().any(|change| change.basis == Basis::Inferred);
        self.seen.kernel |= row.changes.iter().any(|change| change.basis == Basis::Kernel);
        self.seen.unproven |= matches!(&row.content, Content::Segment(arrow) if arrow.is_unproven());
        self.seen.lost |= matches!(&row.content, Content::Segment(arrow) if arrow.fate == Fate::Lost);
    }
}
