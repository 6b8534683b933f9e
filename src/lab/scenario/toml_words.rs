//! What the TOML parser says, in the reader's language.

use super::{ScenarioError, Spot};
use crate::expect::likest_of;
use crate::timeline::Text;

/// The parser's error with its place, and with the key that may have been meant.
pub(super) fn error(text: &str, error: &toml::de::Error) -> ScenarioError {
    let span = error.span().unwrap_or_default();
    // A place may be many lines long: a table, a text. Its first line is shown.
    let len = text.get(span.clone()).map_or(1, |part| part.lines().next().unwrap_or_default().chars().count());
    let (what, suggestion) = words(error.message());
    ScenarioError::new(Spot::at(text, span.start, len), what).suggest(suggestion)
}

/// Serde's messages about keys are told in our words; any other stands as the parser says it.
fn words(message: &str) -> (Text, Option<String>) {
    // `unknown field `fautls`, expected one of `title`, `lesson`, …`: names stand between backticks.
    let mut names = message.split('`').skip(1).step_by(2);
    let Some(first) = names.next() else { return (parsers(message), None) };
    let known: Vec<&str> = names.collect();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let what = Text::new(
            format!("'{first}' is not known here; there are {}", known.join(", ")),
            format!("此处没有 '{first}'；可用的有 {}", known.join("、")),
        );
        return (what, likest_of(first, known.into_iter()));
    }
    if message.starts_with("missing field") {
        return (Text::new(format!("'{first}' is missing"), format!("缺少 '{first}'")), None);
    }
    (parsers(message), None)
}

fn parsers(message: &str) -> Text {
    let message = message.trim().replace('\n', "; ");
    Text::new(format!("the TOML cannot be read: {message}"), format!("TOML 无法读取：{message}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::lab::scenario::Scenario;

    fn wrong(text: &str) -> (usize, usize, String, Option<String>) {
        let error = Scenario::parse(text).unwrap_err();
        (error.at.line, error.at.column, error.what.zh, error.suggestion)
    }

    #[test]
    fn an_unknown_key_is_told_with_what_may_have_been_meant() {
        let (line, column, what, suggestion) = wrong("title = \"x\"\nexpect = \"client SYN\"\nfautls = []\n");
        assert_eq!((line, column, suggestion.as_deref()), (3, 1, Some("faults")));
        assert!(what.starts_with("此处没有 'fautls'；可用的有 title、"), "{what}");
        let host = "title = \"x\"\nexpect = \"client SYN\"\n[program.client]\ncall = \"connect 9\"\n";
        assert_eq!(wrong(host).3.as_deref(), Some("calls"));
        let ground = "title = \"x\"\nexpect = \"client SYN\"\nwhere = \"loopbak\"\n";
        assert_eq!(wrong(ground).3.as_deref(), Some("loopback"));
        assert_eq!(wrong("title = \"x\"\nexpect = \"client SYN\"\nzzz = 1\n").3, None);
    }

    #[test]
    fn the_parsers_own_words_stand_in_the_readers_language() {
        let (line, column, what, _) = wrong("title = \"x\"\n\nexpect = \n");
        assert_eq!((line, column), (3, 10));
        assert!(what.starts_with("TOML 无法读取：") && what.len() > "TOML 无法读取：".len(), "{what}");
        assert_eq!(wrong("title = \"x\"\n").2, "缺少 'expect'");
        let title = wrong("title = 3\nexpect = \"client SYN\"\n").2;
        assert!(title.contains("{ en = ") && !title.contains("untagged"), "{title}");
    }
}
