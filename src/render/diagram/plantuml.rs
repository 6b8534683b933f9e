//! A PlantUML sequence diagram. Its arrows do not slant: releases that are still in use do not know how.

use crate::ladder::{Arrow, Content, Ladder, Row, Side};
use crate::render::{Style, story, summary, text, width, words};
use crate::timeline::Fate;
use std::io;

/// Columns that a label may take.
const LABEL: usize = 70;

/// Writes the diagram.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "@startuml")?;
    writeln!(out, "hide footbox")?;
    writeln!(out, "skinparam sequenceMessageAlign center\nskinparam shadowing false")?;
    // As in our own pictures: white notes, and states in green.
    writeln!(out, "skinparam noteBackgroundColor #ffffff\nskinparam noteBorderColor #8c959f")?;
    writeln!(out, "skinparam sequenceLifeLineBorderColor #57606a\nskinparam sequenceParticipantBorderColor #57606a")?;
    writeln!(out, "title {}", escape(&story::title(ladder, style)))?;
    for (side, color) in Side::BOTH.into_iter().zip(["#e3effa", "#f7e8f5"]) {
        let lane = ladder.lanes.get(side);
        let (role, address) = (summary::lane_name(lane, style), width::clean(&lane.address, 60, style));
        // The new line is ours.
        writeln!(out, "participant \"{}\\n{}\" as {} {color}", escape(&role), escape(&address), id(side))?;
    }
    for row in &ladder.rows {
        write_row(row, ladder, style, out)?;
    }
    writeln!(out, "@enduml")
}

fn write_row(row: &Row, ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lines: Vec<String> = match &row.content {
        Content::Phase(phase) => vec![format!("== {} ==", escape(words::phase(*phase, style.lang)))],
        Content::Segment(arrow) => vec![segment(arrow, style)],
        Content::Folded(run) => {
            let flow = |flow: &crate::ladder::FoldedFlow| {
                format!("{} -> {} : {}", id(flow.from), id(!flow.from), escape(&text::flow(flow, style.lang)))
            };
            let sum = format!("... {} ...", escape(&text::fold(run, style.lang)));
            run.flows.iter().take(2).map(flow).chain([sum]).collect()
        }
        Content::Gap { .. } | Content::LeftOut { .. } => {
            vec![format!("... {} ...", escape(&text::cut(&row.content, style.lang)))]
        }
        Content::Wait(wait) => {
            let who = summary::lane_name(ladder.lanes.get(wait.side), style);
            let words = text::wait_words(wait, &who, ladder.origin_ns, style);
            words.iter().map(|words| note(wait.side, words)).collect()
        }
        Content::Call(called) => {
            vec![note(called.side, &width::clean(&called.words(style.lang), LABEL, style))]
        }
        Content::Message(said) | Content::Lookup(said) => vec![note(said.from, &text::said_words(said, style))],
        Content::States | Content::Arrival(_) => Vec::new(),
    };
    let states = row.changes.iter().map(|change| {
        let near = if change.side == Side::Left { "left" } else { "right" };
        format!("hnote {near} of {} #e6f6ea : {}", id(change.side), escape(change.state.name()))
    });
    for line in lines.into_iter().chain(states) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn segment(arrow: &Arrow, style: &Style) -> String {
    let (from, to) = (id(arrow.from), id(!arrow.from));
    let shaft = if arrow.is_pure_ack() { "--" } else { "-" };
    let head = match arrow {
        Arrow { fate: Fate::Lost, .. } => ">x",
        arrow if arrow.is_unproven() => ">>",
        _ => ">",
    };
    let color = match arrow.from {
        _ if arrow.has_flag("RST") || arrow.fate == Fate::Lost => "[#b3261e]",
        Side::Left => "[#0a5ea8]",
        Side::Right => "[#93218a]",
    };
    // The colour stands within the shaft.
    let (first, rest) = shaft.split_at(1);
    let (label, _) = text::label(arrow, LABEL, style);
    format!("{from} {first}{color}{rest}{head} {to} : {}", escape(&label))
}

fn note(side: Side, words: &str) -> String {
    let near = if side == Side::Left { "left" } else { "right" };
    format!("note {near} of {} : {}", id(side), escape(words))
}

fn id(side: Side) -> &'static str {
    match side {
        Side::Left => "C",
        Side::Right => "S",
    }
}

/// Text that PlantUML draws as it is: neither its preprocessor nor its own markup finds anything in it.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut last = ' ';
    let begins = text.len() - text.trim_start().len();
    for (at, c) in text.char_indices() {
        let is_doubled = c == last && matches!(c, '*' | '/' | '_' | '-' | '=' | '.' | '|' | '\'' | '+');
        let is_syntax =
            matches!(c, '<' | '>' | '~' | '\\' | '"' | '@' | '!' | '%' | '$' | '[' | ']' | '{' | '}' | '#' | '&' | '^');
        // At the beginning of a line: a heading, a list, a table, a rule, a tree.
        let is_first = at == begins && matches!(c, '=' | '*' | '|' | '-' | '.' | '_' | ':' | ';' | '+' | '/' | '\'');
        match c {
            '\r' | '\n' => out.push(' '),
            c if is_doubled || is_syntax || is_first => out.push_str(&format!("<U+{:04X}>", c as u32)),
            c => out.push(c),
        }
        last = c;
    }
    if out.trim().is_empty() { "<U+0020>".to_string() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_is_text() {
        assert_eq!(escape("SYN seq=0"), "SYN seq=0");
        assert_eq!(escape("@enduml\n!include x"), "<U+0040>enduml <U+0021>include x");
        assert_eq!(escape("**b** %date()"), "<U+002A><U+002A>b*<U+002A> <U+0025>date()");
        for c in ['=', '*', '|', '#', '-', '.'] {
            assert_eq!(
                escape(&format!(" {c} a {c}")),
                format!(" <U+{:04X}> a {}", c as u32, if c == '#' { "<U+0023>".into() } else { c.to_string() })
            );
        }
    }
}
