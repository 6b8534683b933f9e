//! What the program uses: arguments, environment and terminal, settled once.

use super::args::{CharsetArg, LangArg, Look, SpacingArg, ThemeArg, When};
use crate::ladder::Detail;
use crate::render::picture::{Canvas, Spacing, Theme};
use crate::render::{Charset, Style};
use crate::timeline::{Lang, Relabel};
use std::env;
use std::io::IsTerminal;
use terminal_size::terminal_size_of;

/// How wide to draw where there is no terminal to ask.
const WIDTH_WITHOUT_TERMINAL: usize = 100;

/// How output looks, for each stream.
#[derive(Debug, Clone)]
pub struct Config {
    pub lang: Lang,
    pub charset: Charset,
    /// Columns.
    pub width: usize,
    /// Columns of standard error, where that is a terminal and standard output another thing.
    stderr_width: usize,
    pub stdout_color: bool,
    pub stderr_color: bool,
    /// Names that the user gave to peers.
    pub names: Vec<Relabel>,
    pub detail: Detail,
    color: When,
    canvas: Canvas,
}

impl Config {
    /// Settles arguments, environment and terminal.
    pub fn new(look: &Look) -> Config {
        let locale = locale();
        let lang = match look.lang {
            Some(LangArg::En) => Lang::En,
            Some(LangArg::Zh) => Lang::Zh,
            // What is written is UTF-8: elsewhere Chinese would come out as noise.
            None if locale.language == "zh" && locale.utf8 => Lang::Zh,
            None => Lang::En,
        };
        let charset = match look.charset {
            Some(CharsetArg::Unicode) => Charset::Unicode,
            Some(CharsetArg::Narrow) => Charset::Narrow,
            Some(CharsetArg::Ascii) => Charset::Ascii,
            None if !locale.utf8 => Charset::Ascii,
            // Box drawing is two columns wide in many terminals set up for these languages.
            None if matches!(locale.language.as_str(), "zh" | "ja" | "ko") => Charset::Narrow,
            None => Charset::Unicode,
        };
        let asked = look.width.map(usize::from);
        let width = asked.or_else(|| columns(terminal_size_of(std::io::stdout()))).unwrap_or(WIDTH_WITHOUT_TERMINAL);
        let stderr_width = asked.or_else(|| columns(terminal_size_of(std::io::stderr()))).unwrap_or(width);
        Config {
            lang,
            charset,
            width,
            stderr_width,
            stdout_color: wants_color(look.color, std::io::stdout().is_terminal()),
            stderr_color: wants_color(look.color, std::io::stderr().is_terminal()),
            names: look.relabel.clone(),
            detail: look.detail,
            color: look.color,
            canvas: Canvas {
                spacing: match look.spacing {
                    SpacingArg::Even => Spacing::Even,
                    SpacingArg::Time => Spacing::Time,
                },
                theme: look.theme.map(|theme| match theme {
                    ThemeArg::Light => Theme::Light,
                    ThemeArg::Dark => Theme::Dark,
                    ThemeArg::Print => Theme::Print,
                    ThemeArg::ColourBlind => Theme::ColourBlind,
                }),
                size: look.size,
            },
        }
    }

    /// How to draw on standard output.
    pub fn stdout_style(&self) -> Style {
        Style {
            lang: self.lang,
            charset: self.charset,
            width: self.width,
            color: self.stdout_color,
            detail: self.detail,
            canvas: self.canvas,
        }
    }

    /// How to draw on standard error.
    pub fn stderr_style(&self) -> Style {
        Style { width: self.stderr_width, color: self.stderr_color, ..self.stdout_style() }
    }

    /// How to draw into a file: coloured only where the user insists.
    pub fn file_style(&self) -> Style {
        Style { color: self.color == When::Always, ..self.stdout_style() }
    }
}

/// Colour or not, for one stream: the flag, then NO_COLOR, CLICOLOR_FORCE or FORCE_COLOR, CLICOLOR=0, TERM=dumb, then
/// whether it is a terminal.
fn wants_color(when: When, is_terminal: bool) -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is = |name, wanted: &str| env::var_os(name).is_some_and(|value| value == *wanted);
    let forces = |name| set(name) && !is(name, "0");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto if forces("CLICOLOR_FORCE") || forces("FORCE_COLOR") => true,
        When::Auto if is("CLICOLOR", "0") || is("TERM", "dumb") => false,
        When::Auto => is_terminal,
    }
}

fn columns(size: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<usize> {
    size.map(|(terminal_size::Width(columns), _)| usize::from(columns).max(20))
}

/// The parts of the locale that decide language and characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// As `zh`; empty for C and POSIX.
    pub language: String,
    pub utf8: bool,
}

/// The locale for messages and characters: LC_ALL, else LC_CTYPE for characters and LC_MESSAGES for language, else LANG.
pub fn locale() -> Locale {
    let first = |names: [&str; 3]| {
        names.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty())).unwrap_or_default()
    };
    let messages = first(["LC_ALL", "LC_MESSAGES", "LANG"]);
    let characters = first(["LC_ALL", "LC_CTYPE", "LANG"]).to_ascii_lowercase();
    let language = messages.split(['_', '.', '@']).next().unwrap_or_default();
    Locale {
        language: if matches!(language, "C" | "POSIX") { String::new() } else { language.to_ascii_lowercase() },
        utf8: characters.contains("utf-8") || characters.contains("utf8"),
    }
}
