//! Rules: what a step means, in words. Each is a plain function over a step; none changes state. One table lists them.

pub mod call;
mod capture;
mod congestion;
mod extensions;
mod flow;
pub mod glossary;
mod handshake;
mod icmp;
mod loss;
mod order;
mod passage;
mod paths;
mod repeat;
mod reset;
pub mod table;
mod teardown;
pub mod verdict;
pub mod words;

use crate::timeline::{Severity, Text};
use crate::track::{Report, Seen, Step};

/// A rule: its name, its place in the RFCs, what it means, and how it finds its case.
#[derive(Debug)]
pub struct Rule {
    /// Stable and kebab-case.
    pub id: &'static str,
    pub severity: Severity,
    pub rfc: &'static str,
    /// What it means, English and Chinese.
    pub explain: (&'static str, &'static str),
    /// What to do about it, English and Chinese; a warning or an error has some.
    pub advice: Option<(&'static str, &'static str)>,
    check: fn(&Step<'_>, &Seen<'_>) -> Option<Finding>,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub text: Text,
    /// The place in the connection of another segment that it speaks of.
    pub related: Option<u64>,
}

impl Finding {
    fn new(en: impl Into<String>, zh: impl Into<String>) -> Finding {
        Finding { text: Text::new(en, zh), related: None }
    }

    fn about(mut self, ordinal: Option<u64>) -> Finding {
        self.related = ordinal;
        self
    }
}

/// Every rule, in the order in which notes stand under a segment.
pub const RULES: &[&[Rule]] = &[
    handshake::RULES,
    repeat::RULES,
    loss::RULES,
    order::RULES,
    flow::RULES,
    congestion::RULES,
    extensions::RULES,
    paths::RULES,
    teardown::RULES,
    reset::RULES,
    icmp::RULES,
    passage::RULES,
    capture::RULES,
];

/// Every rule, one after the other.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(|family| family.iter())
}

/// What the rules find in a step that brought this segment.
pub fn annotate<'s>(step: &'s Step<'s>, seen: &'s Seen<'s>) -> impl Iterator<Item = (&'static Rule, Finding)> + 's {
    rules().filter_map(|rule| (rule.check)(step, seen).map(|finding| (rule, finding)))
}

/// What an ICMP error says of a connection.
pub fn hear(step: &Step<'_>, report: &Report<'_>) -> Option<(&'static Rule, Finding)> {
    let (id, finding) = icmp::hear(step, report);
    icmp::RULES.iter().find(|rule| rule.id == id).map(|rule| (rule, finding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn rules_have_names_of_their_own_and_words_in_both_languages() {
        let mut names = HashSet::new();
        for rule in rules() {
            assert!(names.insert(rule.id), "{} twice", rule.id);
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
            assert!(rule.explain.0.len() > 20 && rule.explain.1.chars().count() > 8, "{}", rule.id);
            let grave = matches!(rule.severity, Severity::Warning | Severity::Error);
            assert!(!grave || rule.advice.is_some(), "{}: what is one to do about it?", rule.id);
        }
    }
}
