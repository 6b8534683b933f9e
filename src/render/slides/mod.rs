//! Decks: a title, a slide per step with its sentence and what to say of it, and what came of it in the end.

pub mod beamer;
pub mod marp;
pub mod reveal;
pub mod slidev;

use super::story::Story;
use crate::ladder::Ladder;
use crate::render::Style;
use crate::timeline::Lang;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// The file of a step's picture, as `--frames` names it.
pub fn frame_name(step: usize, steps: usize, suffix: &str) -> String {
    let digits = steps.to_string().len().max(2);
    format!("step-{step:0digits$}.{suffix}")
}

/// Steps of which a deck or a folder has pictures: more slides nobody shows, and each of them is a file.
const MOST_STEPS: usize = 200;

/// What a deck, or a folder of frames, shows of a connection: of very many steps the first and the last ones.
pub fn few(ladder: &Ladder) -> Cow<'_, Ladder> {
    ladder.of_few_steps(MOST_STEPS)
}

/// What a deck is made of. Where it leaves steps out, it says so in the end.
fn shown<'l>(ladder: &'l Ladder, style: &Style) -> (Cow<'l, Ladder>, Story) {
    let few = few(ladder);
    let mut story = Story::of(&few, style);
    if let Some(words) = left_out(ladder, style.lang) {
        story.facts.push((style.lang.pick("slides", "幻灯片").to_string(), words));
    }
    (few, story)
}

/// How many steps have no picture, and how to choose; `None` where all have one.
pub fn left_out(ladder: &Ladder, lang: Lang) -> Option<String> {
    let count = ladder.steps.len();
    (count > MOST_STEPS).then(|| match lang {
        Lang::En => {
            format!("{} of {count} steps have no picture; --steps A-B chooses which are shown", count - MOST_STEPS)
        }
        Lang::Zh => format!("{count} 个步骤中有 {} 个没有图片；用 --steps A-B 选择显示哪些步骤", count - MOST_STEPS),
    })
}

/// What there is to say in the end, on as many slides as it takes: each has so many lines of so many columns, a Chinese letter
/// taking two. What is longer than a slide has one of its own.
fn facts(story: &Story, columns: usize, lines: usize) -> Vec<Vec<&(String, String)>> {
    let (mut slides, mut room) = (Vec::<Vec<_>>::new(), 0);
    for fact in &story.facts {
        let (name, sentence) = fact;
        let takes = (name.width() + 1 + sentence.width()).div_ceil(columns.max(1));
        match slides.last_mut() {
            Some(last) if takes <= room => last.push(fact),
            _ => {
                slides.push(vec![fact]);
                room = lines;
            }
        }
        room = room.saturating_sub(takes);
    }
    slides
}

/// What a lecturer says to a step: its sentence, then all remarks that say more.
fn spoken(story: &Story, place: usize) -> Vec<&str> {
    let Some(step) = story.steps.get(place) else { return Vec::new() };
    let remarks = step.remarks.iter().map(String::as_str);
    if step.remarks.is_empty() { vec![step.note.as_str()] } else { remarks.collect() }
}
