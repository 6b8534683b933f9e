//! The meanings that colour may underline. Colour never carries a meaning alone: a glyph or a word says the same.

use crate::ladder::Side;
use crate::timeline::Severity;
use colored::{Color, Colorize, Styles};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    /// Headings and names.
    Strong,
    /// Of second rank: times, options, lifelines.
    Dim,
    Client,
    Server,
    /// A state that was observed or told by the kernel.
    State,
    Inferred,
    Wait,
    Lesson,
    Note,
    Warning,
    Error,
    /// The parts of a request's time.
    Lookup,
    Connect,
    Send,
    Await,
    Receive,
}

impl Ink {
    pub(super) fn side(side: Side) -> Ink {
        match side {
            Side::Left => Ink::Client,
            Side::Right => Ink::Server,
        }
    }

    pub(super) fn severity(severity: Severity) -> Ink {
        match severity {
            Severity::Lesson => Ink::Lesson,
            Severity::Note => Ink::Note,
            Severity::Warning => Ink::Warning,
            Severity::Error => Ink::Error,
        }
    }

    /// The text with this ink's colour. Only for coloured output: the caller has decided.
    pub(super) fn paint(self, text: &str) -> String {
        let (color, style) = match self {
            Ink::Plain | Ink::Note => return text.to_string(),
            Ink::Strong => (None, Some(Styles::Bold)),
            // Not bright black: some themes make it the background.
            Ink::Dim => (None, Some(Styles::Dimmed)),
            Ink::Client => (Some(Color::Cyan), Some(Styles::Bold)),
            Ink::Server => (Some(Color::Magenta), Some(Styles::Bold)),
            Ink::State => (Some(Color::Green), Some(Styles::Bold)),
            Ink::Inferred => (Some(Color::Green), Some(Styles::Dimmed)),
            Ink::Wait => (Some(Color::Yellow), Some(Styles::Bold)),
            Ink::Lesson => (Some(Color::BrightBlue), None),
            Ink::Warning => (Some(Color::Yellow), None),
            Ink::Error => (Some(Color::Red), Some(Styles::Bold)),
            Ink::Lookup => (Some(Color::Cyan), None),
            Ink::Connect => (Some(Color::Yellow), None),
            Ink::Send => (Some(Color::Magenta), None),
            Ink::Await => (Some(Color::Green), None),
            Ink::Receive => (Some(Color::Blue), None),
        };
        let painted = color.map_or_else(|| text.normal(), |color| text.color(color));
        match style {
            Some(Styles::Bold) => painted.bold(),
            Some(Styles::Dimmed) => painted.dimmed(),
            _ => painted,
        }
        .to_string()
    }
}

/// Makes the `colored` crate obey: its own guess looks at standard output only, and at other variables than ours.
pub(super) fn obey() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| colored::control::set_override(true));
}
