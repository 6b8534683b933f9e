//! One line of output: pieces of text at columns, never wider than the style allows.

use super::ink::{self, Ink};
use super::{Charset, Style, width};
use std::io;

/// A line being put together from left to right.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    style: &'a Style,
    pieces: Vec<(String, Ink)>,
    used: usize,
}

impl<'a> Line<'a> {
    pub(super) fn new(style: &'a Style) -> Line<'a> {
        Line { style, pieces: Vec::new(), used: 0 }
    }

    /// Appends text that is clean already, clipped at the right edge.
    pub(super) fn push(&mut self, text: &str, ink: Ink) -> &mut Self {
        let room = self.style.width.saturating_sub(self.used);
        let mut text = width::clip(text, room, self.style.charset);
        // Lengths of time are in words everywhere.
        if self.style.charset == Charset::Ascii && text.contains('µ') {
            text = text.replace('µ', "u");
        }
        self.used += width::width(&text);
        match self.pieces.last_mut() {
            Some((last, same)) if *same == ink => last.push_str(&text),
            _ => self.pieces.push((text, ink)),
        }
        self
    }

    /// Columns so far.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Fills with spaces up to a column; nothing when the line is already there.
    pub(super) fn to(&mut self, column: usize) -> &mut Self {
        let missing = column.min(self.style.width).saturating_sub(self.used);
        self.push(&" ".repeat(missing), Ink::Plain)
    }

    /// Text that ends before a column.
    pub(super) fn push_before(&mut self, column: usize, text: &str, ink: Ink) -> &mut Self {
        self.to(column.saturating_sub(width::width(text))).push(text, ink)
    }

    /// Writes the line without spaces at its end.
    pub(super) fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        let full = self.pieces.iter().rposition(|(text, _)| !text.trim_end().is_empty()).map_or(0, |last| last + 1);
        for (i, (text, ink)) in self.pieces.iter().take(full).enumerate() {
            let text = if i + 1 == full { text.trim_end() } else { text };
            if self.style.color && !text.trim().is_empty() {
                ink::obey();
                out.write_all(ink.paint(text).as_bytes())?;
            } else {
                out.write_all(text.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }
}
