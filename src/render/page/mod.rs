//! One page that needs nothing else: opened from a file, with no network, it is stepped through, searched and asked.

mod data;

use super::Style;
use crate::ladder::View;
use crate::timeline::Timeline;
use data::Page;
use std::io;

/// Writes the page.
pub fn write(timeline: &Timeline, view: &View, _style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Page::of(timeline, view)).map_err(io::Error::from)?;
    writeln!(out)
}
