//! A line of a script as words, each with its place.

use super::ScriptError;
use crate::lab::fault::time;
use crate::timeline::Text;
use std::time::Duration;

/// The words of a line, taken one after the other.
pub(super) struct Words {
    /// Counted from 0.
    pub(super) line: usize,
    pub(super) all: Vec<Word>,
    /// The next one.
    pub(super) at: usize,
}

/// A word and where it begins. A quoted one is text.
pub(super) struct Word {
    pub(super) at: usize,
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

impl Words {
    pub(super) fn of(raw: &str, line: usize) -> Result<Words, ScriptError> {
        Ok(Words { line, all: split(raw, line)?, at: 0 })
    }

    pub(super) fn peek(&self) -> Option<&str> {
        self.all.get(self.at).filter(|word| !word.is_quoted).map(|word| word.text.as_str())
    }

    pub(super) fn take<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = self.peek().and_then(read)?;
        self.at += 1;
        Some(value)
    }

    pub(super) fn takes(&mut self, word: &str) -> bool {
        self.take(|found| (found == word).then_some(())).is_some()
    }

    pub(super) fn word(&mut self) -> Option<String> {
        self.take(|word| Some(word.to_string()))
    }

    pub(super) fn name(&mut self) -> Result<String, ScriptError> {
        self.take(|word| (word != "->").then(|| word.to_string()))
            .ok_or_else(|| self.wrong("a name should stand here", "此处应为名称"))
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self, en: &str, zh: &str) -> Result<T, ScriptError> {
        let found = self.take(|word| word.parse().ok());
        found.ok_or_else(|| {
            self.wrong(&format!("{en} should stand here, as a number"), &format!("此处应为{zh}（数字）"))
        })
    }

    /// A time that the kernel takes in whole seconds.
    pub(super) fn seconds(&mut self) -> Result<Duration, ScriptError> {
        let found = self.take(|word| time(word).filter(|time| time.as_secs() > 0 && time.subsec_nanos() == 0));
        found.ok_or_else(|| self.wrong("whole seconds (1s) should stand here", "此处应为整秒数（1s）"))
    }

    pub(super) fn port(&mut self) -> Result<u16, ScriptError> {
        let found = self.take(|word| word.parse().ok().filter(|port| *port > 0));
        found.ok_or_else(|| self.wrong("a port from 1 to 65535 should stand here", "此处应为 1 到 65535 的端口"))
    }

    pub(super) fn wrong(&self, en: &str, zh: &str) -> ScriptError {
        let end = self.all.last().map_or(0, |last| last.at + last.text.chars().count() + 1);
        let (column, len) = self.all.get(self.at).map_or((end, 1), |word| (word.at, word.text.chars().count()));
        ScriptError { line: self.line, column, len, what: Text::new(en, zh), suggestion: None }
    }
}

fn split(raw: &str, line: usize) -> Result<Vec<Word>, ScriptError> {
    let mut words = Vec::new();
    let mut rest = raw.chars().enumerate().peekable();
    while let Some((at, first)) = rest.next() {
        if first == '#' {
            break;
        }
        if first.is_whitespace() {
            continue;
        }
        let mut text = String::new();
        if first == '"' {
            loop {
                match rest.next() {
                    Some((_, '"')) => break,
                    Some((_, '\\')) => text.push(match rest.next() {
                        Some((_, 'n')) => '\n',
                        Some((_, 'r')) => '\r',
                        Some((_, other)) => other,
                        None => '\\',
                    }),
                    Some((_, other)) => text.push(other),
                    None => {
                        let what = Text::new("the quotation mark is not closed", "引号没有闭合");
                        return Err(ScriptError { line, column: at, len: 1, what, suggestion: None });
                    }
                }
            }
            words.push(Word { at, text, is_quoted: true });
            continue;
        }
        text.push(first);
        while let Some((_, next)) = rest.next_if(|(_, next)| !next.is_whitespace() && *next != '#') {
            text.push(next);
        }
        words.push(Word { at, text, is_quoted: false });
    }
    Ok(words)
}
