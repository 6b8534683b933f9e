//! Where things stand in a line, for each width.

/// Narrower than this, a ladder has no room for two lifelines and becomes a list.
pub(super) const LADDER_FROM: usize = 50;
const COMPACT_TIME_BELOW: usize = 60;
const FULL_STATES_FROM: usize = 80;
const NOTES_BESIDE_FROM: usize = 120;

/// The columns of a ladder, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    /// Whether times take nine columns instead of eleven.
    pub(super) compact_time: bool,
    /// Whether states are written short.
    pub(super) short_states: bool,
    /// The left lifeline.
    pub(super) left: usize,
    /// The right lifeline.
    pub(super) right: usize,
    /// Where the notes' own column begins and how wide it is, when there is room for one.
    pub(super) notes: Option<(usize, usize)>,
}

impl Columns {
    /// `None` where only a list fits.
    pub(super) fn of(width: usize) -> Option<Columns> {
        if width < LADDER_FROM {
            return None;
        }
        let compact_time = width < COMPACT_TIME_BELOW;
        let short_states = width < FULL_STATES_FROM;
        let time = if compact_time { 9 } else { 11 };
        let state = if short_states { 10 } else { 14 };
        let left = time + 1 + state + 1;
        // Both lifelines, a space and the right state.
        let fixed = left + 1 + 1 + 1 + state;
        let room = width.saturating_sub(fixed);
        let (area, notes) = if width < NOTES_BESIDE_FROM {
            (room, None)
        } else {
            let area = (room * 11 / 20).clamp(38, 60);
            (area, Some((fixed + area + 2, room.saturating_sub(area + 2).min(90))))
        };
        Some(Columns { compact_time, short_states, left, right: left + 1 + area, notes })
    }

    /// Columns between the lifelines.
    pub(super) fn area(&self) -> usize {
        self.right.saturating_sub(self.left + 1)
    }

    /// Where the right state begins.
    pub(super) fn right_state(&self) -> usize {
        self.right + 2
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_width_is_used_and_none_is_left() {
        assert!(Columns::of(49).is_none());
        for width in 50..400 {
            let columns = Columns::of(width).unwrap();
            let state = if columns.short_states { 10 } else { 14 };
            let end = columns.notes.map_or(columns.right_state() + state, |(from, wide)| from + wide);
            assert!(end <= width, "{width}: {columns:?}");
            assert!(width >= 190 || end == width, "{width}: {columns:?}");
            assert!(columns.area() >= 14, "{width}: {columns:?}");
        }
        assert_eq!(Columns::of(80).unwrap().area(), 36);
    }
}
