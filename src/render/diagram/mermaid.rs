//! A Mermaid sequence diagram, as GitHub, GitLab and many note-taking programs draw it.

use crate::ladder::{Arrow, Content, Ladder, Row, Side};
use crate::render::{Style, story, summary, text, words};
use crate::timeline::Fate;
use std::io;

/// Columns that a label may take: there is no room for more between two lanes.
const LABEL: usize = 60;

/// Writes the diagram.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "sequenceDiagram")?;
    let title = escape(&story::title(ladder, style));
    writeln!(out, "    accTitle: {title}")?;
    // Without one that was asked for the participants say who they are.
    if ladder.title.is_some() {
        writeln!(out, "    title: {title}")?;
    }
    for side in Side::BOTH {
        let lane = ladder.lanes.get(side);
        let (role, address) = (summary::lane_name(lane, style), crate::render::width::clean(&lane.address, 60, style));
        writeln!(out, "    participant {} as {}<br/>{}", id(side), escape(&role), escape(&address))?;
    }
    for row in &ladder.rows {
        write_row(row, ladder, style, out)?;
    }
    Ok(())
}

fn write_row(row: &Row, ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let over = |text: &str| format!("Note over C,S: {}", escape(text));
    let beside = |side: Side, text: &str| format!("{}: {}", beside(side), escape(text));
    let lines: Vec<String> = match &row.content {
        Content::Phase(phase) => vec![over(words::phase(*phase, style.lang))],
        Content::Segment(arrow) => vec![segment(arrow, style)],
        Content::Folded(run) => {
            let flows = run.flows.iter().take(2);
            let flow = |flow: &crate::ladder::FoldedFlow| {
                format!("{}->>{}: {}", id(flow.from), id(!flow.from), escape(&text::flow(flow, style.lang)))
            };
            flows.map(flow).chain([over(&text::fold(run, style.lang))]).collect()
        }
        Content::Gap { .. } | Content::LeftOut { .. } => vec![over(&text::cut(&row.content, style.lang))],
        Content::Wait(wait) => {
            let who = summary::lane_name(ladder.lanes.get(wait.side), style);
            let words = text::wait_words(wait, &who, ladder.origin_ns, style);
            words.iter().map(|words| beside(wait.side, words)).collect()
        }
        Content::Call(called) => {
            let words = crate::render::width::clean(&called.words(style.lang), LABEL, style);
            vec![beside(called.side, &words)]
        }
        Content::Message(said) | Content::Lookup(said) => vec![beside(said.from, &text::said_words(said, style))],
        Content::States | Content::Arrival(_) => Vec::new(),
    };
    let states = row.changes.iter().map(|change| beside(change.side, change.state.name()));
    for line in lines.into_iter().chain(states) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

/// Dashed for a pure acknowledgment, with a cross for what was lost, an open head where nothing shows that it arrived.
fn segment(arrow: &Arrow, style: &Style) -> String {
    let line = match arrow {
        Arrow { fate: Fate::Lost, .. } => "-x",
        arrow if arrow.is_unproven() => "-)",
        arrow if arrow.is_pure_ack() => "-->>",
        _ => "->>",
    };
    let (label, _) = text::label(arrow, LABEL, style);
    format!("{}{line}{}: {}", id(arrow.from), id(!arrow.from), escape(&label))
}

fn id(side: Side) -> &'static str {
    match side {
        Side::Left => "C",
        Side::Right => "S",
    }
}

fn beside(side: Side) -> &'static str {
    match side {
        Side::Left => "Note left of C",
        Side::Right => "Note right of S",
    }
}

/// Text that Mermaid draws as it is: what it takes for syntax is written as its number, and so is the first letter of a word
/// that would steer the layout.
fn escape(text: &str) -> String {
    let steers = ["wrap:", "nowrap:"].iter().any(|word| text.trim_start().to_ascii_lowercase().starts_with(word));
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.chars().enumerate() {
        match c {
            '\r' | '\n' => out.push(' '),
            '#' | ';' | '%' | '<' | '>' | '{' | '}' | '&' | '"' | '`' | '\\' | '$' | '[' | ']' => {
                out.push_str(&format!("#{};", c as u32));
            }
            c if steers && at == 0 => out.push_str(&format!("#{};", c as u32)),
            c => out.push(c),
        }
    }
    // An empty label is an error.
    if out.trim().is_empty() { "#32;".to_string() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_is_text() {
        assert_eq!(escape("SYN seq=0"), "SYN seq=0");
        assert_eq!(escape("%%{init}%%; #1"), "#37;#37;#123;init#125;#37;#37;#59; #35;1");
        assert_eq!(escape("wrap: a\nb"), "#119;rap: a b");
        assert_eq!(escape(""), "#32;");
    }
}
