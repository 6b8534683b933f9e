//! Decks: a title, a slide per step with its sentence and what to say of it, and what came of it in the end.

pub mod beamer;
pub mod marp;
pub mod reveal;
pub mod slidev;

use super::story::Story;
use super::svg::Frames;
use crate::ladder::Ladder;
use crate::render::Style;
use std::io;

/// The file of a step's picture, as `--frames` names it.
pub fn frame_name(step: usize, steps: usize, suffix: &str) -> String {
    let digits = steps.to_string().len().max(2);
    format!("step-{step:0digits$}.{suffix}")
}

/// The pictures of a deck that holds them itself.
fn frames(ladder: &Ladder, style: &Style) -> io::Result<Vec<String>> {
    let frames = Frames::of(ladder, style);
    let draw = |step| {
        let mut picture = Vec::new();
        frames.write(step, &mut picture)?;
        Ok(String::from_utf8_lossy(&picture).into_owned())
    };
    (1..=frames.len()).map(draw).collect()
}

/// What a lecturer says to a step: its sentence, then all remarks that say more.
fn spoken(story: &Story, place: usize) -> Vec<&str> {
    let Some(step) = story.steps.get(place) else { return Vec::new() };
    let remarks = step.remarks.iter().map(String::as_str);
    if step.remarks.is_empty() { vec![step.note.as_str()] } else { remarks.collect() }
}
