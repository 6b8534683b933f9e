//! The events as comma-separated values (RFC 4180), for spreadsheets and data frames.

use super::{COLUMNS, Cell, each};
use crate::render::cells::Line;
use crate::timeline::Timeline;
use std::io;

/// Writes the heading and a line for each event.
///
/// # Errors
/// What `out` says.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    let mut head = Line::new(out);
    COLUMNS.iter().try_for_each(|(name, _)| head.text(name))?;
    head.end()?;
    each(timeline, |row| {
        let mut line = Line::new(out);
        for (_, cell) in COLUMNS {
            match cell(row) {
                Cell::Nothing => line.text("")?,
                Cell::Number(number) => line.number(number)?,
                Cell::Truth(truth) => line.number(truth)?,
                Cell::Seconds(ns) => line.number(seconds(ns))?,
                Cell::Text(text) => line.text(&text)?,
            }
        }
        line.end()
    })
}

/// Nanoseconds as seconds, all nine decimals.
fn seconds(ns: i64) -> String {
    let (sign, ns) = (if ns < 0 { "-" } else { "" }, ns.unsigned_abs());
    format!("{sign}{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_lose_nothing() {
        assert_eq!(seconds(1), "0.000000001");
        assert_eq!(seconds(-1_500_000_000), "-1.500000000");
        assert_eq!(seconds(i64::MIN), "-9223372036.854775808");
    }
}
