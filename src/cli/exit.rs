//! Exit codes, and errors that tell what happened and how to mend it.

use crate::timeline::{Lang, Text};
use std::fmt;
use std::io;
use std::process::ExitCode;

/// What the process says to its caller. clap itself uses 2 for wrong usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    /// For `check` and `lab run`: what was expected did not come. For `lab exec`: the client's command failed.
    Failed = 1,
    Usage = 2,
    NotPermitted = 3,
    /// With `--strict`; for `check`, a capture that cannot be read.
    DamagedInput = 4,
    /// Ended by Ctrl-C before it was done. `live` and `serve` end that way, so that is done.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// An error that carries its own exit code and its remedy. Put it at the root of an `anyhow` chain.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    /// What happened.
    pub message: Words,
    /// The text that it is about, and the place in it, in characters.
    pub place: Option<(String, usize, usize)>,
    /// How to mend it, a line each.
    pub help: Vec<Words>,
}

/// What an error says: in both languages, or settled already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    Both(Text),
    Settled(String),
}

impl Words {
    pub fn get(&self, lang: Lang) -> &str {
        match self {
            Words::Both(text) => text.get(lang),
            Words::Settled(words) => words,
        }
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Words {
        Words::Both(text)
    }
}

impl From<String> for Words {
    fn from(words: String) -> Words {
        Words::Settled(words)
    }
}

impl From<&str> for Words {
    fn from(words: &str) -> Words {
        Words::Settled(words.to_string())
    }
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<Words>) -> Failure {
        Failure { exit, message: message.into(), place: None, help: Vec::new() }
    }

    /// Shows `len` characters of a text as what is wrong.
    pub fn place(mut self, text: String, at: usize, len: usize) -> Failure {
        self.place = Some((text, at, len));
        self
    }

    pub fn help(mut self, line: impl Into<Words>) -> Failure {
        self.help.push(line.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.get(Lang::En))
    }
}

impl std::error::Error for Failure {}

/// Whether the error is a pipe that its reader closed (`| head`): not a failure.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Writes `error:`, its causes and its help lines.
pub fn report(error: &anyhow::Error, lang: Lang, out: &mut impl io::Write) -> io::Result<()> {
    for (place, cause) in error.chain().enumerate() {
        let head =
            if place == 0 { lang.pick("error: ", "错误：") } else { lang.pick("  caused by: ", "  原因：") };
        let words = match cause.downcast_ref::<Failure>() {
            Some(failure) => failure.message.get(lang).to_string(),
            None => cause.to_string(),
        };
        writeln!(out, "{head}{}", crate::render::safe(&words))?;
    }
    let failure = error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    if let Some((text, at, len)) = failure.and_then(|failure| failure.place.as_ref()) {
        let text = crate::render::safe(text);
        // Wide characters move the mark.
        let before: String = text.chars().take(*at).collect();
        let under: String = text.chars().skip(*at).take(*len).collect();
        let columns = |text: &str| unicode_width::UnicodeWidthStr::width(text);
        let (indent, marks) = (columns(&before), columns(&under).max(1));
        writeln!(out, "  {text}\n  {}{}", " ".repeat(indent), "^".repeat(marks))?;
    }
    for line in failure.iter().flat_map(|failure| &failure.help) {
        writeln!(out, "{}{}", lang.pick("  help: ", "  办法："), crate::render::safe(line.get(lang)))?;
    }
    Ok(())
}

/// The exit code that an error asks for.
pub fn code(error: &anyhow::Error) -> Exit {
    error.chain().find_map(|cause| cause.downcast_ref::<Failure>()).map_or(Exit::Failed, |failure| failure.exit)
}
