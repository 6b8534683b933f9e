//! The timeline as JSON: the contract itself, byte for byte the same for the same timeline.

use crate::timeline::Timeline;
use std::io;

/// Writes the timeline, indented, with a newline at the end.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, timeline)?;
    writeln!(out)
}
