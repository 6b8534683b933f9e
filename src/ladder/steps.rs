//! Which step each row belongs to.

use super::{CallPart, Content, Ladder};
use std::collections::HashMap;

impl Ladder {
    /// For each row, the place of its step among the ladder's. A heading belongs to what it announces, and so does idle time;
    /// everything else without a step of its own to what was before it, as does the return of a call.
    pub fn steps_of_rows(&self) -> Vec<usize> {
        let mut by_event: HashMap<u64, usize> = HashMap::new();
        for (place, step) in self.steps.iter().enumerate() {
            for event in &step.events {
                by_event.entry(*event).or_insert(place);
            }
        }
        let own: Vec<Option<usize>> =
            self.rows.iter().map(|row| row.event.and_then(|event| by_event.get(&event).copied())).collect();
        // The next step that is told from each row on: one pass back.
        let mut announced = own.clone();
        let mut next = None;
        for place in announced.iter_mut().rev() {
            next = place.or(next);
            *place = next;
        }
        let mut last = 0;
        let mut places = Vec::with_capacity(own.len());
        for ((row, place), announced) in self.rows.iter().zip(&own).zip(announced) {
            let place = match &row.content {
                Content::Phase(_) | Content::Gap { .. } => announced.unwrap_or(last).max(last),
                // It was entered in a step before.
                Content::Call(called) if called.part == CallPart::Returned => last,
                // What is told never goes back: a segment arrives, or a timer ends, in the step that is told by then.
                _ => place.unwrap_or(last).max(last),
            };
            last = place;
            places.push(place);
        }
        places
    }
}
