//! A plot in characters: a field for each panel, values at its left, time below.

use super::axis::{beyond, ticks, titled};
use super::meaning::{glyph, ink, name};
use super::scale::Scale;
use crate::plot::{Marks, Meaning, Panel, Plot, Unit};
use crate::render::header::plain;
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::{Charset, Style, text, width};
use std::io;

/// Rows of a field: of one alone, and of one among two.
const ALONE: usize = 20;
const AMONG: usize = 12;
/// Columns for each time that is named.
const PER_TIME: usize = 16;

/// Writes the plot; `who` says whose it is.
///
/// # Errors
/// What `out` says.
pub fn write(plot: &Plot, title: &str, who: &[String], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut line = Line::new(style);
    line.push(title, Ink::Strong);
    line.write(out)?;
    let who: Vec<String> = who.iter().map(|part| plain(part, style)).collect();
    for words in text::joined(&who, style.width, style) {
        let mut line = Line::new(style);
        line.push(&words, Ink::Dim);
        line.write(out)?;
    }
    for words in width::wrap(&width::clean(plot.about.get(style.lang), 300, style), style.width) {
        let mut line = Line::new(style);
        line.push(&words, Ink::Dim);
        line.write(out)?;
    }
    let rows = if plot.panels.len() > 1 { AMONG } else { ALONE };
    for panel in &plot.panels {
        field(panel, plot, rows, style, out)?;
    }
    legend(plot, style, out)
}

/// One cell: its character, its ink, and how much it matters.
#[derive(Debug, Clone, Copy)]
struct Cell {
    glyph: char,
    ink: Ink,
    rank: u8,
}

/// Cells of one field, a row after the other from the top.
struct Grid {
    columns: usize,
    cells: Vec<Option<Cell>>,
}

impl Grid {
    /// Puts a mark where nothing that matters more stands.
    fn put(&mut self, column: usize, row: usize, cell: Cell) {
        if column < self.columns
            && let Some(place) = self.cells.get_mut(row * self.columns + column)
            && place.is_none_or(|there| there.rank <= cell.rank)
        {
            *place = Some(cell);
        }
    }
}

fn field(panel: &Panel, plot: &Plot, rows: usize, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let own = if panel.is_clients { Ink::Client } else { Ink::Server };
    Line::new(style).write(out)?;
    let mut line = Line::new(style);
    line.push(&titled(panel, plot.kind, style), own);
    if let Some(beyond) = beyond(panel, style) {
        line.push("  ", Ink::Plain).push(&beyond, Ink::Dim);
    }
    line.write(out)?;
    let values = ticks(panel.low, panel.high, rows / 4, panel.unit);
    let left = values.iter().map(|tick| width::width(&tick.words)).max().unwrap_or(0) + 1;
    let columns = style.width.saturating_sub(left + 2).max(10);
    let edge = |cells: usize| cells.saturating_sub(1) as f64;
    let time = Scale { low: plot.from_ns as f64, high: plot.to_ns as f64, from: 0.0, to: edge(columns) };
    let value = Scale { low: panel.low, high: panel.high, from: edge(rows), to: 0.0 };
    let mut grid = Grid { columns, cells: vec![None; columns * rows] };
    for series in &panel.series {
        let (glyph, rank) = glyph(series.meaning, style.charset);
        draw(&series.marks, Cell { glyph, ink: ink(series.meaning, own), rank }, time, value, &mut grid);
    }
    for row in 0..rows {
        let named = values.iter().find(|tick| cell(value.place(tick.value)) == row);
        let mut line = Line::new(style);
        line.push_before(left, named.map_or("", |tick| tick.words.as_str()), Ink::Dim);
        line.to(left).push(if named.is_some() { tee(style) } else { bar(style) }, Ink::Dim);
        for place in grid.cells.iter().skip(row * columns).take(columns) {
            match place {
                Some(cell) => line.push(cell.glyph.encode_utf8(&mut [0; 4]), cell.ink),
                None => line.push(" ", Ink::Plain),
            };
        }
        line.write(out)?;
    }
    foot(plot, time, left, columns, style, out)
}

fn draw(marks: &Marks, mark: Cell, time: Scale, value: Scale, grid: &mut Grid) {
    let column = |t_ns: i64| cell(time.place(t_ns as f64));
    let row = |of: f64| cell(value.place(of));
    match marks {
        Marks::Steps(steps) => {
            let ends = steps.iter().skip(1).map(|(t_ns, _)| column(*t_ns)).chain([cell(time.to) + 1]);
            let mut above: Option<usize> = None;
            for ((t_ns, of), end) in steps.iter().zip(ends) {
                if !value.holds(*of) {
                    above = None;
                    continue;
                }
                let (from, row) = (column(*t_ns), row(*of));
                // A step upwards or downwards is a line too.
                if let Some(above) = above {
                    (above.min(row)..above.max(row)).for_each(|between| grid.put(from, between, mark));
                }
                (from..end.max(from + 1)).for_each(|column| grid.put(column, row, mark));
                above = Some(row);
            }
        }
        Marks::Spans(spans) => {
            for (t_ns, low, high) in spans {
                let (top, bottom) = (row(*high), row(*low));
                (top.min(bottom)..=bottom.max(top)).for_each(|row| grid.put(column(*t_ns), row, mark));
            }
        }
        Marks::Lines(lines) => {
            for [(from_ns, from), (to_ns, to)] in lines {
                let (first, last) = (column(*from_ns), column(*to_ns));
                let steps = last.saturating_sub(first).max(1);
                for at in 0..=last.saturating_sub(first) {
                    let share = at as f64 / steps as f64;
                    grid.put(first + at, row(from + share * (to - from)), mark);
                }
            }
        }
        Marks::Points(points) => points.iter().for_each(|(t_ns, of)| grid.put(column(*t_ns), row(*of), mark)),
    }
}

/// The line of time.
fn foot(
    plot: &Plot,
    time: Scale,
    left: usize,
    columns: usize,
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let origin = plot.origin_ns as f64;
    let times = ticks(time.low - origin, time.high - origin, (columns / PER_TIME).max(1), Unit::Time);
    let places: Vec<usize> = times.iter().map(|tick| cell(time.place(tick.value + origin))).collect();
    let (corner, rule, joint) = match style.charset {
        Charset::Unicode => ('└', '─', '┴'),
        Charset::Narrow | Charset::Ascii => ('+', '-', '+'),
    };
    let rule: String = (0..columns).map(|column| if places.contains(&column) { joint } else { rule }).collect();
    let mut line = Line::new(style);
    line.to(left).push(corner.encode_utf8(&mut [0; 4]), Ink::Dim).push(&rule, Ink::Dim);
    line.write(out)?;
    let mut line = Line::new(style);
    let mut end = 0;
    for (tick, place) in times.iter().zip(&places) {
        let wide = width::width(&tick.words);
        let from = (left + 1 + place).saturating_sub(wide / 2);
        // Words never run into one another, nor over the edge.
        if from >= end && from + wide <= style.width {
            line.to(from).push(&tick.words, Ink::Dim);
            end = from + wide + 2;
        }
    }
    line.write(out)
}

fn legend(plot: &Plot, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut told: Vec<Meaning> = Vec::new();
    let shown = |panel: &'_ Panel| {
        panel.series.iter().filter(|series| series.is_within(panel)).map(|series| series.meaning).collect::<Vec<_>>()
    };
    for meaning in plot.panels.iter().flat_map(shown) {
        if !told.contains(&meaning) {
            told.push(meaning);
        }
    }
    let parts: Vec<String> = told
        .iter()
        .map(|meaning| format!("{} {}", glyph(*meaning, style.charset).0, name(*meaning, style.lang)))
        .collect();
    Line::new(style).write(out)?;
    for words in text::joined(&parts, style.width.saturating_sub(2), style) {
        let mut line = Line::new(style);
        line.to(2).push(&words, Ink::Dim);
        line.write(out)?;
    }
    Ok(())
}

fn cell(place: f64) -> usize {
    place.round().max(0.0) as usize
}

fn bar(style: &Style) -> &'static str {
    if style.charset == Charset::Unicode { "│" } else { "|" }
}

fn tee(style: &Style) -> &'static str {
    if style.charset == Charset::Unicode { "┤" } else { "+" }
}
