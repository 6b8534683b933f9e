//! Rules: what a step means, in words. Each is a plain function over a step; none changes state. One table lists them.

pub mod call;
mod capture;
mod congestion;
mod extensions;
mod flow;
pub mod glossary;
mod handshake;
mod icmp;
pub mod kernel;
pub mod lookup;
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

use crate::tcp::Passage;
use crate::timeline::{Severity, Text};
use crate::track::{Acking, Report, Seen, Sending, Step};

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

/// Rules that speak of one matter.
struct Family {
    rules: &'static [Rule],
    /// Whether one of them may find something in an [ordinary](is_ordinary) segment.
    minds_ordinary: bool,
}

/// Every rule, in the order in which notes stand under a segment.
const FAMILIES: &[Family] = &[
    Family { rules: handshake::RULES, minds_ordinary: true },
    Family { rules: repeat::RULES, minds_ordinary: false },
    Family { rules: loss::RULES, minds_ordinary: false },
    Family { rules: order::RULES, minds_ordinary: false },
    Family { rules: flow::RULES, minds_ordinary: false },
    Family { rules: congestion::RULES, minds_ordinary: false },
    Family { rules: extensions::RULES, minds_ordinary: false },
    Family { rules: paths::RULES, minds_ordinary: false },
    Family { rules: teardown::RULES, minds_ordinary: true },
    Family { rules: reset::RULES, minds_ordinary: true },
    Family { rules: icmp::RULES, minds_ordinary: false },
    Family { rules: passage::RULES, minds_ordinary: false },
    Family { rules: capture::RULES, minds_ordinary: true },
];

/// Every rule, one after the other.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.rules)
}

/// What the rules find in a step that brought this segment.
pub fn annotate<'s>(step: &'s Step<'s>, seen: &'s Seen<'s>) -> impl Iterator<Item = (&'static Rule, Finding)> + 's {
    let ordinary = is_ordinary(seen);
    let speaks = move |family: &&Family| !ordinary || family.minds_ordinary;
    debug_assert!(
        FAMILIES
            .iter()
            .filter(|family| !speaks(family))
            .all(|f| f.rules.iter().all(|r| (r.check)(step, seen).is_none())),
        "a rule minds an ordinary segment"
    );
    FAMILIES
        .iter()
        .filter(speaks)
        .flat_map(|family| family.rules)
        .filter_map(|rule| (rule.check)(step, seen).map(|finding| (rule, finding)))
}

/// Whether a segment only goes on with what was: as nearly every one of a long transfer. Most rules need not be asked then.
fn is_ordinary(seen: &Seen<'_>) -> bool {
    let Seen { segment, recovery, .. } = seen;
    matches!(recovery.sending, Sending::Nothing | Sending::New)
        && recovery.acking == Acking::Ordinary
        && recovery.window.is_none()
        && recovery.spurious.is_none()
        && recovery.d_sack.is_none()
        && recovery.delayed_ns.is_none()
        && recovery.outdated.is_none()
        && recovery.ecn.is_none()
        && seen.repeats.is_none()
        && seen.lost_ack.is_none()
        && seen.ordinal > 0
        && !segment.flags.syn()
        && segment.options.sack_len == 0
        && segment.multipath.is_none()
        && segment.passage == Passage::Unknown
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
