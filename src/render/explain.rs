//! What a word means, as text.

use super::ink::Ink;
use super::line::Line;
use super::text::Glyphs;
use super::{Style, width};
use crate::timeline::{Severity, Text};
use std::io;

/// A word and everything that is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub name: String,
    /// Its severity or where it comes from, in words.
    pub what: Text,
    pub severity: Option<Severity>,
    pub clause: Option<String>,
    pub meaning: Text,
    /// The meaning in a sentence.
    pub brief: Text,
    pub advice: Option<Text>,
    /// A command that shows more.
    pub see: Option<String>,
}

/// A severity in both languages.
pub fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Lesson => ("lesson", "知识点"),
        Severity::Note => ("note", "提示"),
        Severity::Warning => ("warning", "警告"),
        Severity::Error => ("error", "错误"),
    }
}

/// Writes all that is known of a word.
pub fn write(item: &Item, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let between = Glyphs::between(style);
    let mut line = Line::new(style);
    line.push(&width::clean(&item.name, 80, style), Ink::Strong).push(between, Ink::Dim);
    line.push(item.what.get(style.lang), item.severity.map_or(Ink::Dim, Ink::severity));
    if let Some(clause) = &item.clause {
        line.push(between, Ink::Dim).push(clause, Ink::Dim);
    }
    line.write(out)?;
    paragraph("", item.meaning.get(style.lang), style, out)?;
    if let Some(advice) = &item.advice {
        paragraph(style.lang.pick("What to do: ", "怎么办："), advice.get(style.lang), style, out)?;
    }
    if let Some(see) = &item.see {
        paragraph(style.lang.pick("See: ", "参见："), see, style, out)?;
    }
    Ok(())
}

/// Writes a word in one line: name, severity, clause, and as much of its meaning as fits.
pub fn row(item: &Item, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let meaning = width::clean(item.brief.get(style.lang), 400, style);
    let mut line = Line::new(style);
    line.push(&item.name, Ink::Strong).to(25).push(" ", Ink::Plain);
    line.push(item.what.get(style.lang), item.severity.map_or(Ink::Dim, Ink::severity)).to(34);
    if style.width >= 100 {
        let clause = item.clause.as_deref().unwrap_or_default();
        line.push(&width::clip(clause, 22, style.charset), Ink::Dim).to(57);
    }
    line.push(&meaning, Ink::Plain);
    line.write(out)
}

fn paragraph(head: &str, text: &str, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let text = format!("{head}{}", width::clean(text, 1_000, style));
    for part in width::wrap(&text, style.width.min(100).saturating_sub(2)) {
        let mut line = Line::new(style);
        line.to(2);
        match part.strip_prefix(head.trim_end()).filter(|_| !head.is_empty()) {
            Some(rest) => line.push(head.trim_end(), Ink::Strong).push(rest, Ink::Plain),
            None => line.push(&part, Ink::Plain),
        };
        line.write(out)?;
    }
    Ok(())
}
