//! The events as a JSON object a line, each with every column: what there is none of is `null`.

use super::{COLUMNS, Cell, each};
use crate::render::json::line;
use crate::timeline::Timeline;
use serde::{Serialize, Serializer, ser::SerializeMap};
use std::io;

/// Writes a line for each event.
///
/// # Errors
/// What `out` says.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    each(timeline, |row| line(&Flat(COLUMNS.map(|(name, cell)| (name, cell(row)))), out))
}

/// The columns in their order.
struct Flat<const N: usize>([(&'static str, Cell); N]);

impl<const N: usize> Serialize for Flat<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(N))?;
        for (name, cell) in &self.0 {
            match cell {
                Cell::Nothing => map.serialize_entry(name, &())?,
                Cell::Number(number) => map.serialize_entry(name, number)?,
                Cell::Truth(truth) => map.serialize_entry(name, truth)?,
                // Readers make it a double anyway; `t_ns` is exact.
                Cell::Seconds(ns) => map.serialize_entry(name, &(*ns as f64 / 1e9))?,
                Cell::Text(text) => map.serialize_entry(name, text)?,
            }
        }
        map.end()
    }
}
