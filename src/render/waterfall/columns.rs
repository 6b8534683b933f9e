//! Which columns a width can hold, and how wide each is.

use super::bar::{self, Axis, Marks};
use super::row::Row;
use crate::exchange::Times;
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::text::Glyphs;
use crate::render::{Style, time, width};
use crate::timeline::Lang;
use std::io;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Number,
    Request,
    Status,
    Kind,
    Size,
    Connection,
    Time,
}

/// From all columns to the bones: what is left out next where the width does not suffice.
const PLANS: [&[Column]; 5] = {
    use Column::{Connection, Kind, Number, Request, Size, Status, Time};
    [
        &[Number, Request, Status, Kind, Size, Connection, Time],
        &[Number, Request, Status, Size, Connection, Time],
        &[Number, Request, Status, Connection, Time],
        &[Request, Status, Connection, Time],
        &[Request, Status],
    ]
};
/// Columns before the bar; between columns one less where the width is scarce.
const GAP: usize = 2;
const SCARCE: usize = 90;
/// A bar shorter than this, or a request, says too little.
const SHORTEST_BAR: usize = 20;
const SHORTEST_REQUEST: usize = 16;
/// A longer bar is no clearer.
const LONGEST_BAR: usize = 100;

/// The columns, each with its width; behind them the bar.
pub(super) struct Columns {
    columns: Vec<(Column, usize)>,
    gap: usize,
    bar: usize,
}

impl Columns {
    pub(super) fn of(rows: &[Row], style: &Style) -> Columns {
        let widest = |column: Column| {
            let texts = rows.iter().map(|row| width::width(text(row, column).0));
            texts.chain([width::width(title(column, style.lang))]).max().unwrap_or(0)
        };
        let gap = if style.width < SCARCE { 1 } else { GAP };
        let longest = widest(Column::Request);
        let least = longest.clamp(1, SHORTEST_REQUEST) + SHORTEST_BAR + GAP;
        let others = |plan: &[Column]| {
            plan.iter().filter(|column| **column != Column::Request).map(|column| widest(*column) + gap).sum::<usize>()
        };
        let fits = |plan: &&&[Column]| others(plan) + least <= style.width;
        let plan = PLANS.iter().find(fits).or(PLANS.last()).copied().unwrap_or_default();
        let room = style.width.saturating_sub(others(plan) + GAP);
        // Half of what is left for each; what one does not need is the other's.
        let request = longest.min((room / 2).max(room.saturating_sub(LONGEST_BAR)));
        let bar = room.saturating_sub(request).min(LONGEST_BAR);
        let wide = |column: &Column| (*column, if *column == Column::Request { request } else { widest(*column) });
        Columns { columns: plan.iter().map(wide).collect(), gap, bar }
    }

    /// Headings, and the ends of the time axis above the bars.
    pub(super) fn head(&self, axis: &Axis, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
        let mut line = Line::new(style);
        let at = self.place(&mut line, |column| (title(column, style.lang), Ink::Strong), style);
        let whole = width::clean(&time::span(axis.len_ns()), 20, style);
        line.to(at).push("0", Ink::Dim);
        if self.bar > width::width(&whole) + 2 {
            line.push_before(at + self.bar, &whole, Ink::Dim);
        }
        line.write(out)?;
        let mut rule = Line::new(style);
        rule.push(&Glyphs::of(style.charset).rule.repeat((at + self.bar).min(style.width)), Ink::Dim);
        rule.write(out)
    }

    pub(super) fn row(
        &self,
        row: &Row,
        times: &Times,
        axis: &Axis,
        style: &Style,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let mut line = Line::new(style);
        let at = self.place(&mut line, |column| text(row, column), style);
        line.to(at);
        bar::draw(&mut line, times, axis, self.bar, Marks::of(style.charset));
        line.write(out)
    }

    /// What is wrong, below the request.
    pub(super) fn trouble(&self, text: &str, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
        let before = self.columns.iter().take_while(|(column, _)| *column != Column::Request);
        let at: usize = before.map(|(_, wide)| wide + self.gap).sum();
        let mark = Glyphs::of(style.charset).warning;
        for (place, part) in width::wrap(text, style.width.saturating_sub(at + 2)).iter().enumerate() {
            let mut line = Line::new(style);
            line.to(at).push(if place == 0 { mark } else { " " }, Ink::Warning);
            line.push(" ", Ink::Plain).push(part, Ink::Warning);
            line.write(out)?;
        }
        Ok(())
    }

    /// Fills the columns; gives where the bar begins.
    fn place<'a>(&self, line: &mut Line<'_>, text: impl Fn(Column) -> (&'a str, Ink), style: &Style) -> usize {
        let mut at = 0;
        for (column, wide) in &self.columns {
            let (text, ink) = text(*column);
            let text = width::clip(text, *wide, style.charset);
            match column {
                Column::Request | Column::Status | Column::Kind => line.to(at).push(&text, ink),
                _ => line.to(at).push_before(at + wide, &text, ink),
            };
            at += wide + self.gap;
        }
        at + GAP - self.gap
    }
}

fn title(column: Column, lang: Lang) -> &'static str {
    match column {
        Column::Number => "#",
        Column::Request => lang.pick("request", "请求"),
        Column::Status => lang.pick("status", "状态"),
        Column::Kind => lang.pick("type", "类型"),
        Column::Size => lang.pick("size", "大小"),
        Column::Connection => lang.pick("conn", "连接"),
        Column::Time => lang.pick("time", "用时"),
    }
}

fn text(row: &Row, column: Column) -> (&str, Ink) {
    match column {
        Column::Number => (&row.number, Ink::Dim),
        Column::Request => (&row.request, Ink::Plain),
        Column::Status => (&row.status.0, row.status.1),
        Column::Kind => (&row.kind, Ink::Dim),
        Column::Size => (&row.size, Ink::Plain),
        Column::Connection => (&row.connection, Ink::Client),
        Column::Time => (&row.time, Ink::Plain),
    }
}
