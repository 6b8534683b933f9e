//! How many ports stood in TIME-WAIT over time, as a small area chart.

use super::number::grouped;
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::text::Glyphs;
use crate::render::{Charset, Style, time, width};
use crate::timeline::TimeWaits;
use std::io;

/// Rows of the area.
const HEIGHT: usize = 4;
/// Left edge, columns.
const INDENT: usize = 2;
/// Widest area, columns: samples are not many more.
const WIDEST: usize = 96;
const LEVELS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Writes the chart; nothing where there are too few to draw or no room.
pub(super) fn write(waits: &TimeWaits, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let top = waits.samples.iter().copied().max().unwrap_or(0);
    let scale = grouped(top);
    let left = INDENT + width::width(&scale) + 1;
    let room = style.width.saturating_sub(left + 2).min(WIDEST);
    if top == 0 || waits.samples.len() < 2 || room < 16 {
        return Ok(());
    }
    let columns = resampled(&waits.samples, room);
    let glyphs = Glyphs::of(style.charset);
    for row in (0..HEIGHT).rev() {
        let mut line = Line::new(style);
        let label = match row {
            row if row + 1 == HEIGHT => scale.as_str(),
            0 => "0",
            _ => "",
        };
        line.push_before(left - 1, label, Ink::Dim).to(left).push(glyphs.open, Ink::Dim);
        let cells: String = columns.iter().map(|count| cell(*count, top, row, style.charset)).collect();
        line.push(cells.trim_end(), Ink::Wait);
        line.write(out)?;
    }
    // The samples reach to the end of the capture.
    let span = waits.every_ns.saturating_mul(i64::try_from(waits.samples.len()).unwrap_or(i64::MAX));
    let foot = if style.charset == Charset::Unicode { "└" } else { "+" };
    let (from, to) = ("0 s".to_string(), time::span(span));
    let mut line = Line::new(style);
    let gap = columns.len().saturating_sub(width::width(&from) + width::width(&to) + 2);
    line.to(left).push(foot, Ink::Dim).push(&from, Ink::Dim).push(" ", Ink::Plain);
    line.push(&glyphs.rule.repeat(gap), Ink::Dim).push(" ", Ink::Plain).push(&width::clean(&to, 20, style), Ink::Dim);
    line.write(out)
}

/// The samples in at most `room` columns: the highest of those that share one, so that no peak is lost; few samples are
/// stretched.
fn resampled(samples: &[u64], room: usize) -> Vec<u64> {
    let len = samples.len();
    let column = |at: usize| {
        let (from, to) = (at * len / room, ((at + 1) * len / room).max(at * len / room + 1));
        samples.get(from..to.min(len)).unwrap_or_default().iter().copied().max().unwrap_or(0)
    };
    (0..room).map(column).collect()
}

fn cell(count: u64, top: u64, row: usize, charset: Charset) -> &'static str {
    let steps = if charset == Charset::Unicode { 8 } else { 1 };
    let height = u128::from(count) * (HEIGHT * steps) as u128;
    // What is something shows.
    let height = height.div_ceil(u128::from(top.max(1)));
    let filled = usize::try_from(height).unwrap_or(usize::MAX).saturating_sub(row * steps).min(steps);
    match (charset, filled) {
        (Charset::Unicode, filled) => LEVELS.get(filled).copied().unwrap_or(" "),
        (_, 0) => " ",
        _ => "#",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_peak_is_lost_and_few_samples_are_stretched() {
        assert_eq!(resampled(&[1, 9, 1, 1], 2), [9, 1]);
        assert_eq!(resampled(&[1, 2], 4), [1, 1, 2, 2]);
        assert_eq!(resampled(&[1, 2, 3], 2), [1, 3]);
        assert_eq!(cell(0, 10, 0, Charset::Unicode), " ");
        assert_eq!(cell(1, 1_000, 0, Charset::Unicode), "▁");
        assert_eq!(cell(10, 10, 3, Charset::Unicode), "█");
        assert_eq!(cell(u64::MAX, u64::MAX, 3, Charset::Ascii), "#");
    }
}
