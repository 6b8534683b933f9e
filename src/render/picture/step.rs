//! Which step each row belongs to.

use super::Step;
use crate::ladder::{Content, Ladder};
use crate::render::{Style, width};
use std::collections::HashMap;

/// The steps of a ladder with their words and nothing drawn; at least one.
pub(super) fn titles(ladder: &Ladder, style: &Style) -> Vec<Step> {
    let words = |text: &crate::timeline::Text| width::clean(text.get(style.lang), 600, style);
    let steps = ladder.steps.iter();
    let mut steps: Vec<Step> =
        steps.map(|step| Step { title: words(&step.title), note: words(&step.note), ..Step::default() }).collect();
    if steps.is_empty() {
        steps.push(Step::default());
    }
    steps
}

/// For each row, the place of its step among the ladder's. A heading belongs to what it announces, and so does idle time;
/// everything else without a step of its own to what was before it.
pub(super) fn of_rows(ladder: &Ladder) -> Vec<usize> {
    let mut by_event: HashMap<u64, usize> = HashMap::new();
    for (place, step) in ladder.steps.iter().enumerate() {
        for event in &step.events {
            by_event.entry(*event).or_insert(place);
        }
    }
    let own: Vec<Option<usize>> =
        ladder.rows.iter().map(|row| row.event.and_then(|event| by_event.get(&event).copied())).collect();
    let mut last = 0;
    let mut places = Vec::with_capacity(own.len());
    for (index, (row, place)) in ladder.rows.iter().zip(&own).enumerate() {
        let announced = || own.iter().skip(index).find_map(|place| *place);
        let place = match row.content {
            Content::Phase(_) | Content::Gap { .. } => announced().unwrap_or(last).max(last),
            _ => place.unwrap_or(last),
        };
        last = last.max(place);
        places.push(place);
    }
    places
}
