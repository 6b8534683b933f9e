//! What is wrong with a scenario file, and where.

use crate::timeline::Text;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}", what.en)]
pub struct ScenarioError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// How many characters are wrong.
    pub len: usize,
    /// The line as it stands. It comes from outside: make it safe before it goes to a terminal.
    pub text: String,
    pub what: Text,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl ScenarioError {
    /// At an octet of the whole file.
    pub(super) fn at(file: &str, offset: usize, len: usize, what: Text) -> ScenarioError {
        let before = file.get(..offset).unwrap_or(file);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        ScenarioError { line, column, len: len.max(1), text: line_of(file, line), what, suggestion: None }
    }

    /// In a line of the whole file, from this character on, counted from 0.
    pub(super) fn in_line(file: &str, line: usize, column: usize, len: usize, what: Text) -> ScenarioError {
        ScenarioError { line, column: column + 1, len: len.max(1), text: line_of(file, line), what, suggestion: None }
    }

    pub(super) fn suggest(mut self, word: Option<String>) -> ScenarioError {
        self.suggestion = word;
        self
    }
}

fn line_of(file: &str, line: usize) -> String {
    file.lines().nth(line - 1).unwrap_or_default().to_string()
}
