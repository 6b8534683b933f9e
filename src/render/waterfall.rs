//! (being written)
use super::Style;
use crate::timeline::Timeline;
use std::io;
pub fn write(_: &Timeline, _: &Style, _: &mut impl io::Write) -> io::Result<()> {
    Ok(())
}
