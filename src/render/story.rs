//! A connection as it is told: its steps in words, and what there is to say of it in the end. Decks and reports are made of it.

use super::{Style, summary, text, width, words};
use crate::ladder::{Ladder, Lanes, Side};
use crate::timeline::Text;

/// Characters of a title that was asked for.
pub(super) const TITLE: usize = 120;
/// Characters of one text.
const LONGEST: usize = 600;

/// One connection in words of one language, none of which steers anything.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) title: String,
    /// How it opened and closed, in a sentence.
    pub(super) verdict: String,
    /// Where the timeline comes from.
    pub(super) source: String,
    pub(super) steps: Vec<Told>,
    /// What there is to say of it: a name and a sentence each.
    pub(super) facts: Vec<(String, String)>,
}

/// One step in words.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) phase: &'static str,
    pub(super) title: String,
    pub(super) note: String,
    /// What the rules say of its rows, with the RFC's sections.
    pub(super) remarks: Vec<String>,
}

impl Story {
    pub(super) fn of(ladder: &Ladder, style: &Style) -> Story {
        let clean = |text: &Text| width::clean(text.get(style.lang), LONGEST, style);
        let order = ladder.steps_of_rows();
        let mut remarks: Vec<Vec<String>> = vec![Vec::new(); ladder.steps.len()];
        for (row, place) in ladder.rows.iter().zip(order) {
            let notes = row.notes.iter();
            let told = notes.map(|note| clean(&note.text) + &text::source(note, style).replace('\u{a0}', " "));
            remarks.get_mut(place).into_iter().for_each(|remarks| remarks.extend(told.clone()));
        }
        let steps = ladder.steps.iter().zip(remarks).map(|(step, remarks)| Told {
            phase: words::phase(step.phase, style.lang),
            title: clean(&step.title),
            note: capital(&clean(&step.note)),
            remarks,
        });
        Story {
            title: title(ladder, style),
            verdict: capital(&clean(&ladder.connection.verdict)),
            source: summary::origin(&ladder.source, style),
            steps: steps.collect(),
            facts: text::facts(ladder, style),
        }
    }
}

/// `10.0.0.1:39470 → 10.0.0.2:8080`, by name where a peer has one; or the title that was asked for.
pub(super) fn title(ladder: &Ladder, style: &Style) -> String {
    if let Some(title) = &ladder.title {
        return width::clean(title, TITLE, style);
    }
    whose(&ladder.lanes, style)
}

/// Who speaks with whom.
pub(super) fn whose(lanes: &Lanes, style: &Style) -> String {
    Side::BOTH.map(|side| width::clean(&lanes.get(side).place(), 60, style)).join(" → ")
}

/// The text with a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
