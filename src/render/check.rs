//! Whether captures show what was expected: a line per connection, and where it differs; or one JSON object.

use super::ink::Ink;
use super::line::Line;
use super::{Charset, Style, width};
use crate::expect::{Difference, Verdict};
use crate::timeline::{Text, Timeline};
use serde::Serialize;
use std::io;

/// Longest name or line that is printed, in characters.
const LONGEST: usize = 120;
/// Where what is said of a difference stands.
const INDENT: usize = 4;

/// How one connection of one capture fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The capture's name.
    pub capture: String,
    /// The sequence's name.
    pub expect: String,
    /// `None` where the capture has no connection at all.
    pub connection: Option<u64>,
    /// `ip:port`; `None` where there is no such connection.
    pub client: Option<String>,
    pub server: Option<String>,
    pub fits: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
    /// The difference in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

impl Checked {
    /// What became of each connection, with its addresses.
    pub fn all(capture: &str, expect: &str, verdicts: Vec<Verdict>, timeline: &Timeline) -> Vec<Checked> {
        let one = |verdict: Verdict| {
            let connection = timeline.connection(verdict.connection);
            let address = |id: &String| timeline.endpoint(id).map(crate::timeline::Endpoint::address);
            let difference = verdict.outcome.err().map(|difference| *difference);
            Checked {
                client: connection.and_then(|connection| address(&connection.client)),
                server: connection.and_then(|connection| address(&connection.server)),
                ..Checked::of(capture, expect, Some(verdict.connection), difference)
            }
        };
        verdicts.into_iter().map(one).collect()
    }

    /// One without addresses.
    pub fn of(capture: &str, expect: &str, connection: Option<u64>, difference: Option<Difference>) -> Checked {
        Checked {
            capture: capture.into(),
            expect: expect.into(),
            connection,
            client: None,
            server: None,
            fits: difference.is_none(),
            text: difference.as_ref().map(Difference::text),
            difference,
        }
    }
}

/// All of them as one JSON object.
pub fn json(checked: &[Checked], out: &mut impl io::Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct All<'c> {
        schema: &'static str,
        fits: bool,
        checks: &'c [Checked],
    }
    let fits = checked.iter().all(|one| one.fits);
    serde_json::to_writer_pretty(&mut *out, &All { schema: "synfin-check/1", fits, checks: checked })?;
    out.write_all(b"\n")
}

/// A line for each; where one does not fit, what was expected and what came.
pub fn write(checked: &[Checked], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut captures: Vec<&str> = checked.iter().map(|one| one.capture.as_str()).collect();
    captures.dedup();
    for one in checked {
        head(one, captures.len() > 1, style, out)?;
        if let Some(difference) = &one.difference {
            detail(difference, style, out)?;
        }
    }
    if checked.len() > 1 {
        let fit = checked.iter().filter(|one| one.fits).count();
        let all = checked.len();
        let text = Text::new(format!("{fit} of {all} fit"), format!("{all} 项中 {fit} 项符合"));
        Line::new(style).push(text.get(style.lang), Ink::Dim).write(out)?;
    }
    Ok(())
}

fn head(one: &Checked, has_capture: bool, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let (mark, ink) = match (one.fits, style.charset) {
        (true, Charset::Ascii) => ("ok", Ink::State),
        (false, Charset::Ascii) => ("NO", Ink::Error),
        (true, _) => ("✓", Ink::State),
        (false, _) => ("✗", Ink::Error),
    };
    let mut line = Line::new(style);
    line.push(mark, ink).push(" ", Ink::Plain);
    if has_capture {
        line.push(&width::clean(&one.capture, LONGEST, style), Ink::Strong).push("  ", Ink::Plain);
    }
    if let Some(id) = one.connection {
        line.push(&format!("{} {id}  ", lang.pick("connection", "连接")), Ink::Plain);
    }
    if let (Some(client), Some(server)) = (&one.client, &one.server) {
        let arrow = if style.charset == Charset::Unicode { "→" } else { ">" };
        line.push(&format!("{client} {arrow} {server}  "), Ink::Dim);
    }
    let fits = if one.fits { lang.pick("fits ", "符合 ") } else { lang.pick("differs from ", "不符合 ") };
    line.push(fits, Ink::Plain).push(&width::clean(&one.expect, LONGEST, style), Ink::Strong);
    line.write(out)
}

fn detail(difference: &Difference, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let labels = [lang.pick("expected", "应为"), lang.pick("came", "实际")];
    let column = INDENT + labels.iter().map(|label| width::width(label)).max().unwrap_or_default() + 2;
    let mut label = Some(labels[0]);
    let begin = |label: &mut Option<&str>| {
        let mut line = Line::new(style);
        line.to(INDENT);
        if let Some(label) = label.take() {
            line.push(label, Ink::Dim);
        }
        line.to(column);
        line
    };
    for expected in &difference.expected {
        let place = Text::new(format!("line {}", expected.line), format!("第 {} 行", expected.line));
        begin(&mut label)
            .push(&width::clean(&expected.text, LONGEST, style), Ink::Strong)
            .push(&format!("  ({})", place.get(lang)), Ink::Dim)
            .write(out)?;
    }
    let came = &difference.came;
    if difference.expected.is_empty() && !came.what.is_empty() {
        begin(&mut label).push(lang.pick("nothing more", "不应再有内容"), Ink::Plain).write(out)?;
    }
    label = Some(labels[1]);
    if !came.what.is_empty() {
        let place = came.place();
        let mut line = begin(&mut label);
        line.push(&width::clean(&came.what, LONGEST, style), Ink::Strong);
        if !place.get(lang).is_empty() {
            line.push(&format!("  {}", place.get(lang)), Ink::Dim);
        }
        line.write(out)?;
    }
    let room = style.width.saturating_sub(column).max(20);
    for part in width::wrap(&width::clean(came.text.get(lang), 400, style), room) {
        begin(&mut label).push(&part, Ink::Plain).write(out)?;
    }
    Ok(())
}
