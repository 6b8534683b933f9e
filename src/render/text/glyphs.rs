//! The characters to draw with, by charset.

use crate::ladder::Lifeline;
use crate::render::{Charset, Style};
use crate::timeline::{Lang, Severity};

/// One charset's glyphs: each is one column wide in its charset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyphs {
    pub(crate) open: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) waiting: &'static str,
    /// A lifeline that is cut at idle time.
    pub(crate) cut: &'static str,
    /// Where an arrow leaves the left and the right lifeline.
    pub(crate) joint: [&'static str; 2],
    pub(crate) waiting_joint: [&'static str; 2],
    pub(crate) head: [&'static str; 2],
    /// Heads of arrows whose arrival nothing proves.
    pub(crate) unproven: [&'static str; 2],
    pub(crate) shaft: &'static str,
    /// The shaft of folded data.
    pub(crate) thick: &'static str,
    pub(crate) lost: &'static str,
    /// An arrow that slants down to the left, down to the right, or no further for now; and two that cross.
    pub(crate) slant: [&'static str; 2],
    pub(crate) plumb: &'static str,
    pub(crate) crossing: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) cross: &'static str,
    pub(crate) bar: [&'static str; 2],
    pub(crate) lesson: &'static str,
    pub(crate) note: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) error: &'static str,
    /// Between things of one kind; spaces round it are included.
    dot: &'static str,
    pub(crate) right: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    open: "│",
    closed: "┊",
    waiting: "┃",
    cut: "⋮",
    joint: ["├", "┤"],
    waiting_joint: ["┠", "┨"],
    head: ["◀", "▶"],
    unproven: ["◁", "▷"],
    shaft: "─",
    thick: "═",
    lost: "✕",
    slant: ["╱", "╲"],
    plumb: "│",
    crossing: "╳",
    rule: "─",
    cross: "┼",
    bar: ["█", "░"],
    lesson: "›",
    note: "•",
    warning: "!",
    error: "✗",
    dot: " · ",
    right: "→",
};

/// Fonts for Chinese draw most symbols two columns wide, whatever Unicode says: as few of them as it takes.
const NARROW: Glyphs = Glyphs {
    open: "|",
    closed: "¦",
    waiting: "#",
    cut: ":",
    joint: ["|", "|"],
    waiting_joint: ["#", "#"],
    head: ["◄", "►"],
    unproven: ["◃", "▹"],
    shaft: "-",
    thick: "=",
    lost: "✕",
    slant: ["/", "\\"],
    plumb: "|",
    crossing: "X",
    rule: "-",
    cross: "+",
    bar: ["#", "."],
    lesson: "›",
    note: "*",
    warning: "!",
    error: "✗",
    dot: ", ",
    right: "->",
};

const ASCII: Glyphs = Glyphs {
    open: "|",
    closed: ":",
    waiting: "#",
    cut: "~",
    joint: ["|", "|"],
    waiting_joint: ["#", "#"],
    head: ["<", ">"],
    unproven: ["?", "?"],
    shaft: "-",
    thick: "=",
    lost: "X",
    slant: ["/", "\\"],
    plumb: "|",
    crossing: "X",
    rule: "-",
    cross: "+",
    bar: ["#", "."],
    lesson: "-",
    note: "*",
    warning: "!",
    error: "x",
    dot: ", ",
    right: "->",
};

impl Glyphs {
    pub(crate) fn of(charset: Charset) -> &'static Glyphs {
        match charset {
            Charset::Unicode => &UNICODE,
            Charset::Narrow => &NARROW,
            Charset::Ascii => &ASCII,
        }
    }

    /// What stands between things of one kind, in the punctuation of the language.
    pub(crate) fn between(style: &Style) -> &'static str {
        match (style.charset, style.lang) {
            (Charset::Narrow, Lang::Zh) => "，",
            (charset, _) => Glyphs::of(charset).dot,
        }
    }

    pub(super) fn lifeline(&self, lifeline: Lifeline) -> &'static str {
        match lifeline {
            Lifeline::Open => self.open,
            Lifeline::Closed => self.closed,
            Lifeline::Waiting => self.waiting,
        }
    }

    pub(crate) fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Lesson => self.lesson,
            Severity::Note => self.note,
            Severity::Warning => self.warning,
            Severity::Error => self.error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn narrow_glyphs_are_narrow_everywhere_and_ascii_is_ascii() {
        let all = |glyphs: &Glyphs| format!("{glyphs:?}");
        // The derived Debug prints every field's text, and nothing else that is not ASCII.
        assert_eq!(all(&NARROW).width(), all(&NARROW).width_cjk());
        assert!(all(&ASCII).is_ascii());
    }
}
