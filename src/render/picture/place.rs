//! Where rows stand from top to bottom: one after the other, or apart as far as they are in time.

use super::Spacing;
use super::body::{Block, Body};

/// Air between rows, and between the notes of one row and those of the next.
const AIR: f64 = 5.0;
const NOTES_AIR: f64 = 10.0;
/// A note's first line stands so far above its row's place.
const NOTES_ABOVE: f64 = 12.0;
/// To scale, the whole of a connection gets about so many pixels; a single wait no more than so many.
const WHOLE: f64 = 900.0;
const LONGEST: f64 = 260.0;

/// The place of each row, and the end of the last one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Places {
    pub(super) rows: Vec<f64>,
    pub(super) end: f64,
}

/// Rows from `top` on. `stretch` (from 1) widens what lies between them.
pub(super) fn places(blocks: &[Block<'_>], top: f64, spacing: Spacing, stretch: f64) -> Places {
    let scale = match spacing {
        Spacing::Even => 0.0,
        Spacing::Time => scale(blocks),
    };
    let (mut end, mut notes_end) = (top, top);
    let mut last: Option<(f64, i64)> = None;
    let mut rows = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut place = end + (block.above() + AIR) * stretch;
        if !block.notes.is_empty() {
            place = place.max(notes_end + NOTES_ABOVE + NOTES_AIR);
        }
        // The ground of a phase holds its own notes.
        if matches!(block.body, Body::Phase(_)) {
            place = place.max(notes_end + NOTES_AIR);
        }
        if let Some(t_ns) = block.row.t_ns {
            if let Some((above, since_ns)) = last {
                let pixels = t_ns.saturating_sub(since_ns).max(0) as f64 * scale;
                place = place.max(above + pixels.min(LONGEST));
            }
            last = Some((place, t_ns));
        }
        // Idle time that was cut out is not to scale.
        if matches!(block.body, Body::Cut(_)) {
            last = None;
        }
        rows.push(place);
        end = place + block.below();
        if !block.notes.is_empty() {
            notes_end = place - NOTES_ABOVE + block.notes_height();
        }
    }
    Places { rows, end: end.max(notes_end) }
}

/// Pixels per nanosecond: all that is not idle gets [`WHOLE`].
fn scale(blocks: &[Block<'_>]) -> f64 {
    let mut busy_ns = 0_i64;
    let mut last: Option<i64> = None;
    for block in blocks {
        match (block.row.t_ns, &block.body) {
            (_, Body::Cut(_)) => last = None,
            (Some(t_ns), _) => {
                busy_ns = busy_ns.saturating_add(last.map_or(0, |last| t_ns.saturating_sub(last).max(0)));
                last = Some(t_ns);
            }
            (None, _) => {}
        }
    }
    if busy_ns == 0 { 0.0 } else { WHOLE / busy_ns as f64 }
}
