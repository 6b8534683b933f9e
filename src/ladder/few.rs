//! A ladder that is too long to be drawn whole: its beginning and its end, and between them how much is not shown.

use super::part::cut;
use super::{Content, Ladder, Step};
use std::borrow::Cow;
use std::collections::HashSet;

impl Ladder {
    /// At most so many steps and what belongs to them: two thirds from the beginning, the others from the end.
    pub fn of_few_steps(&self, most: usize) -> Cow<'_, Ladder> {
        let count = self.steps.len();
        if count <= most {
            return Cow::Borrowed(self);
        }
        let is_kept = |step: usize| is_kept(step, count, most);
        let shown: Vec<bool> = self.steps_of_rows().into_iter().map(is_kept).collect();
        let steps = self.steps.iter().enumerate().filter(|(place, _)| is_kept(*place)).map(|(_, step)| step.clone());
        Cow::Owned(self.with(&shown, steps.collect()))
    }

    /// At most about so many rows, chosen in the same way; the steps stay, also those of which nothing is left.
    pub fn of_few_rows(&self, most: usize) -> Cow<'_, Ladder> {
        let count = self.rows.len();
        if count <= most {
            return Cow::Borrowed(self);
        }
        let shown: Vec<bool> = (0..count).map(|row| is_kept(row, count, most)).collect();
        Cow::Owned(self.with(&shown, self.steps.clone()))
    }

    /// With these rows. What left in a row that is not shown does not arrive either.
    fn with(&self, shown: &[bool], steps: Vec<Step>) -> Ladder {
        let hidden =
            self.rows.iter().zip(shown).filter(|(row, shown)| !**shown && matches!(row.content, Content::Segment(_)));
        let hidden: HashSet<u64> = hidden.filter_map(|(row, _)| row.event).collect();
        let shown: Vec<bool> = self
            .rows
            .iter()
            .zip(shown)
            .map(|(row, shown)| match &row.content {
                Content::Arrival(arrival) => *shown && !hidden.contains(&arrival.event),
                _ => *shown,
            })
            .collect();
        Ladder { rows: cut(self.rows.clone(), &shown), steps, ..self.clone() }
    }
}

fn is_kept(place: usize, count: usize, most: usize) -> bool {
    let end = most / 3;
    place < most - end || place >= count - end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_are_kept() {
        let kept: Vec<usize> = (0..100).filter(|place| is_kept(*place, 100, 9)).collect();
        assert_eq!(kept, [0, 1, 2, 3, 4, 5, 97, 98, 99]);
    }
}
