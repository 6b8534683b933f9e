//! What is wrong with a scenario file, and where.

use crate::timeline::Text;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {}", at.line, what.en)]
pub struct ScenarioError {
    pub at: Spot,
    pub what: Text,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// A place in a scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// How many characters are meant.
    pub len: usize,
    /// The line as it stands. It comes from outside: make it safe before it goes to a terminal.
    pub text: String,
}

impl Spot {
    /// At an octet of the whole file.
    pub(super) fn at(file: &str, offset: usize, len: usize) -> Spot {
        let before = file.get(..offset).unwrap_or(file);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        Spot::in_line(file, line, column, len)
    }

    /// In a line of the whole file, from this character on, counted from 0.
    pub(super) fn in_line(file: &str, line: usize, column: usize, len: usize) -> Spot {
        let text = file.lines().nth(line - 1).unwrap_or_default().to_string();
        Spot { line, column: column + 1, len: len.max(1), text }
    }
}

impl ScenarioError {
    pub(super) fn new(at: Spot, what: Text) -> ScenarioError {
        ScenarioError { at, what, suggestion: None }
    }

    pub(super) fn suggest(mut self, word: Option<String>) -> ScenarioError {
        self.suggestion = word;
        self
    }
}
