//! A message beside the segments that carry it.

use super::block::Body;
use crate::ladder::Said;
use crate::render::ink::Ink;
use crate::render::{Charset, Style, width};

/// Characters shown of a message's words, and of a problem's.
const LONGEST: usize = 600;

/// Its words stand at its sender's lifeline, and what is wrong with it below.
pub(super) fn lines(said: &Said, room: usize, style: &Style) -> Vec<Body> {
    let words = width::wrap(&words(said, style), room).into_iter().map(|text| (text, Ink::side(said.from)));
    let problems = problems(said, style).flat_map(|text| width::wrap(&text, room));
    let problems = problems.map(|text| (text, Ink::Error));
    words.chain(problems).map(|(text, ink)| Body::Words { near: said.from, text, ink }).collect()
}

/// In one line, fit for a terminal.
pub(crate) fn words(said: &Said, style: &Style) -> String {
    let mark = if style.charset == Charset::Ascii { "*" } else { "▸" };
    let cut = if said.is_cut { style.lang.pick(" (cut short)", "（不完整）") } else { "" };
    format!("{mark} {}{cut}", width::clean(&said.words(style.lang), LONGEST, style))
}

/// What is wrong with it, fit for a terminal.
pub(crate) fn problems<'s>(said: &'s Said, style: &'s Style) -> impl Iterator<Item = String> + 's {
    said.problems.iter().map(|problem| format!("! {}", width::clean(problem.get(style.lang), LONGEST, style)))
}
