//! What the rules have to say, wrapped into lines.

use super::glyphs::Glyphs;
use crate::ladder::Remark;
use crate::render::ink::Ink;
use crate::render::{Style, width};
use crate::timeline::Lang;
use crate::timeline::amount::some;

/// Notes shown of one event; a timeline made to annoy may hold thousands.
const SHOWN: usize = 12;
/// Characters shown of one note.
const LIMIT: usize = 900;

/// The notes as lines of at most `columns`, with the RFC's section where `sources` says so.
pub(super) fn lines(notes: &[Remark], columns: usize, sources: bool, style: &Style) -> Vec<(String, Ink)> {
    let glyphs = Glyphs::of(style.charset);
    let mut lines = Vec::new();
    for note in notes.iter().take(SHOWN) {
        let mut text = width::clean(note.text.get(style.lang), LIMIT, style);
        if sources {
            text.push_str(&source(note, style));
        }
        let ink = Ink::severity(note.severity);
        let mut mark = glyphs.severity(note.severity);
        for line in width::wrap(&text, columns.saturating_sub(2)) {
            lines.push((format!("{mark} {line}"), ink));
            mark = " ";
        }
    }
    if let Some(more) = notes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push((format!("{} {}", glyphs.note, more_notes(more, style.lang)), Ink::Dim));
    }
    lines
}

/// That there are more than are shown.
pub(crate) fn more_notes(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("and {}", some(count as u64, "more note")),
        Lang::Zh => format!("另有 {count} 条注释"),
    }
}

/// Where a note's rule stands, to be put behind its words: ` [RFC 9293 3.5]`; empty where it stands nowhere.
pub(crate) fn source(note: &Remark, style: &Style) -> String {
    if note.rfc.is_empty() {
        return String::new();
    }
    let rfc = width::clean(&note.rfc, 40, style);
    let rfc = if rfc.starts_with("RFC") { rfc } else { format!("RFC {rfc}") };
    // The section stays in one piece: see `width::wrap`.
    format!(" [{}]", rfc.replace(' ', "\u{a0}"))
}
