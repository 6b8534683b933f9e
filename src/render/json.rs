//! The timeline as JSON: the contract itself, byte for byte the same for the same timeline.

use crate::timeline::Timeline;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io;

/// Writes the timeline, indented, with a newline at the end. Characters that would steer a terminal stand as `\u` escapes,
/// which mean the same to every reader.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    pretty(timeline, out)
}

/// Writes a value in the same way.
pub(super) fn pretty(value: &impl Serialize, out: &mut impl io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Tame(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    writeln!(out)
}

/// Writes a value in one line. Characters that would steer a terminal stand as `\u` escapes.
pub(super) fn line(value: &impl Serialize, out: &mut impl io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Plain);
    value.serialize(&mut serializer)?;
    writeln!(out)
}

/// Printing in one line in which no hostile character is left as it is.
struct Plain;

impl Formatter for Plain {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        tame(fragment, out)
    }
}

/// Pretty-printing in which no hostile character is left as it is. serde_json itself escapes only below U+0020.
struct Tame<'f>(PrettyFormatter<'f>);

impl Formatter for Tame<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        tame(fragment, out)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

/// The text with hostile characters as escapes.
fn tame<W: ?Sized + io::Write>(fragment: &str, out: &mut W) -> io::Result<()> {
    let mut plain = 0;
    for (at, c) in fragment.char_indices().filter(|(_, c)| crate::safe::is_hostile(*c)) {
        out.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        plain = at + c.len_utf8();
    }
    out.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hostile_characters_are_escaped_and_mean_the_same() {
        let text = "a\u{9b}31m\u{202e}b\u{7f}\u{e0001}文\"\n";
        let mut out = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, Tame(PrettyFormatter::new()));
        text.serialize(&mut serializer).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(json, r#""a\u009b31m\u202eb\u007f\udb40\udc01文\"\n""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
