//! Where things stand from left to right.

use crate::ladder::Side;

/// Round the whole picture.
pub(super) const MARGIN: f64 = 32.0;
/// The gutter of times.
const TIME: f64 = 84.0;
/// The widest state, in its box.
const STATE: f64 = 118.0;
const GAP: f64 = 12.0;

/// Pixels from the left edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    pub(super) width: f64,
    /// Where times end.
    pub(super) time: f64,
    /// The lifelines.
    pub(super) left: f64,
    pub(super) right: f64,
    /// Where notes begin, and how wide they are.
    pub(super) notes: Option<(f64, f64)>,
}

impl Columns {
    /// The columns of a picture of this width.
    pub(super) fn of(width: f64, has_notes: bool) -> Columns {
        let time = MARGIN + TIME;
        let left = time + GAP + STATE + GAP;
        let room = width - MARGIN - left - (GAP + STATE);
        let notes = if has_notes { (room * 0.42).min(460.0) } else { 0.0 };
        let right = left + room - if has_notes { notes + 2.0 * GAP } else { 0.0 };
        Columns { width, time, left, right, notes: has_notes.then_some((width - MARGIN - notes, notes)) }
    }

    pub(super) fn lane(&self, side: Side) -> f64 {
        match side {
            Side::Left => self.left,
            Side::Right => self.right,
        }
    }

    /// Pixels between the lifelines.
    pub(super) fn area(&self) -> f64 {
        self.right - self.left
    }

    /// So far from one side's lifeline towards the other one.
    pub(super) fn inside(&self, side: Side, pixels: f64) -> f64 {
        match side {
            Side::Left => self.left + pixels,
            Side::Right => self.right - pixels,
        }
    }

    /// So far from one side's lifeline away from the other one.
    pub(super) fn outside(&self, side: Side, pixels: f64) -> f64 {
        self.inside(side, -pixels)
    }

    /// Where the ground of the phases begins, and how wide it is: all of the picture but half its margins.
    pub(super) fn band(&self) -> (f64, f64) {
        let end = self.width - MARGIN / 2.0;
        (MARGIN / 2.0, end - MARGIN / 2.0)
    }
}
