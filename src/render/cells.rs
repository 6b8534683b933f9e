//! A line of comma-separated values, cell by cell: quoted where it must be, and no formula for a spreadsheet.

use crate::safe::safe;
use serde::Serialize;
use std::fmt::Display;
use std::io;

/// The stable name of a kind, as the JSON has it.
pub(super) fn name(kind: &impl Serialize) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A line being written.
pub(super) struct Line<'o, W> {
    out: &'o mut W,
    is_first: bool,
}

impl<'o, W: io::Write> Line<'o, W> {
    pub(super) fn new(out: &'o mut W) -> Line<'o, W> {
        Line { out, is_first: true }
    }

    pub(super) fn number(&mut self, number: impl Display) -> io::Result<()> {
        self.comma()?;
        write!(self.out, "{number}")
    }

    /// An empty cell for `None`.
    pub(super) fn maybe(&mut self, number: Option<impl Display>) -> io::Result<()> {
        match number {
            Some(number) => self.number(number),
            None => self.comma(),
        }
    }

    /// Text is quoted where it must be. What a spreadsheet would take for a formula begins with an apostrophe, which says
    /// that it is text.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.comma()?;
        let text = safe(text);
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
        let guard = if is_formula { "'" } else { "" };
        if text.contains(['"', ',', '\r', '\n']) {
            return write!(self.out, "\"{guard}{}\"", text.replace('"', "\"\""));
        }
        write!(self.out, "{guard}{text}")
    }

    /// Ends it as RFC 4180 asks.
    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(b"\r\n")
    }

    fn comma(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_first) { Ok(()) } else { self.out.write_all(b",") }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_is_quoted_and_no_formula() {
        let cell = |text: &str| {
            let mut out = Vec::new();
            Line::new(&mut out).text(text).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(cell("SYN, then RST"), "\"SYN, then RST\"");
        assert_eq!(cell("say \"no\""), "\"say \"\"no\"\"\"");
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("@a,b"), "\"'@a,b\"");
        assert_eq!(cell("-1"), "'-1");
        assert_eq!(cell("a\nb"), "a␊b");
        assert_eq!(cell(""), "");
    }
}
