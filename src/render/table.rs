//! Many connections, a line each.
use super::Style;
use crate::timeline::Timeline;
use std::io;

/// Writes the table and a summary line beneath.
pub fn write(_timeline: &Timeline, _style: &Style, _out: &mut impl io::Write) -> io::Result<()> {
    Ok(())
}
