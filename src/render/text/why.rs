//! Why an opening or a closing is called what it is called, as far as the lines beside it do not say so already.

use super::{Style, width};
use crate::timeline::{CloseKind, Connection, Lang, OpenKind, Text};

/// Characters shown: several clauses, each a sentence.
const LONGEST: usize = 800;

/// What stands behind the opening, where that is more than its title.
pub(super) fn opened(connection: &Connection, style: &Style) -> Option<String> {
    use OpenKind::{OneSided, Refused, SelfConnect, Simultaneous};
    let open = &connection.open;
    let is_title = matches!(open.kind, OneSided | Refused | SelfConnect | Simultaneous);
    told(&open.why, is_title, &connection.verdict, style)
}

/// What stands behind the closing, where that is more than its title.
pub(super) fn closed(connection: &Connection, style: &Style) -> Option<String> {
    use CloseKind::{FourSegment, None, Simultaneous, ThreeSegment};
    let close = &connection.close;
    let is_title = matches!(close.kind, FourSegment | None | Simultaneous | ThreeSegment);
    told(&close.why, is_title, &connection.verdict, style)
}

/// The clauses of `why` that neither the title says (`is_title`: the first clause is the title in more words) nor the verdict.
fn told(why: &Text, is_title: bool, verdict: &Text, style: &Style) -> Option<String> {
    let between = style.lang.pick("; ", "；");
    let verdict = verdict.get(style.lang);
    let more: Vec<&str> = why
        .get(style.lang)
        .split(between)
        .skip(usize::from(is_title))
        .filter(|clause| !is_plain(clause, style.lang) && !verdict.contains(clause))
        .collect();
    let text = width::clean(&more.join(between), LONGEST, style);
    (!text.is_empty()).then_some(text)
}

/// The handshake that everybody expects.
fn is_plain(clause: &str, lang: Lang) -> bool {
    clause.is_empty() || clause == lang.pick("SYN, SYN,ACK, ACK", "SYN、SYN,ACK、ACK")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

    use super::*;
    use crate::render::Charset;

    fn english() -> Style {
        Style::new(Lang::En, Charset::Unicode, 80)
    }

    #[test]
    fn a_plain_handshake_needs_no_reason() {
        let why = Text::new("SYN, SYN,ACK, ACK", "SYN、SYN,ACK、ACK");
        assert_eq!(told(&why, false, &Text::default(), &english()), None);
    }

    #[test]
    fn only_what_the_verdict_does_not_say_is_told() {
        let why = Text::new("SYN, SYN,ACK, ACK; the SYN was lost; sent twice", "");
        let verdict = Text::new("opened; sent twice", "");
        assert_eq!(told(&why, false, &verdict, &english()).as_deref(), Some("the SYN was lost"));
    }
}
