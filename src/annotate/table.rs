//! The rule table as the README has it.

use super::{Rule, rules};
use crate::timeline::Severity;

/// All rules as a Markdown table: name, gravity, clause, meaning in one sentence.
pub fn markdown() -> String {
    let mut table = String::from("| Rule | Severity | Clause | What it says |\n|---|---|---|---|\n");
    for rule in rules() {
        let Rule { id, rfc, explain: (meaning, _), severity, .. } = rule;
        table += &format!("| `{id}` | {} | {rfc} | {} |\n", severity_name(*severity), first_sentence(meaning));
    }
    table
}

/// The severity's stable name.
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Lesson => "lesson",
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Up to the first full stop that ends a sentence, in either language.
pub fn first_sentence(text: &str) -> &str {
    let ends = text.find(". ").map(|at| at + 1).into_iter().chain(text.find('。').map(|at| at + '。'.len_utf8()));
    ends.min().and_then(|end| text.get(..end)).unwrap_or(text)
}
