//! A Slidev deck; its pictures are those that `--frames` draws, in the same folder.

use super::marp::{write_facts, write_notes};
use super::{frame_name, shown};
use crate::ladder::Ladder;
use crate::render::Style;
use crate::render::markdown::escape;
use std::io;

/// Writes the deck.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let (_, story) = shown(ladder, style);
    writeln!(
        out,
        "---\ntheme: default\naspectRatio: 16/9\ncanvasWidth: 1280\nfonts:\n  provider: none\nfavicon: \"data:,\"\n---\n"
    )?;
    writeln!(out, "# {}\n\n{}\n\n{}", escape(&story.title), escape(&story.verdict), escape(&story.source))?;
    for place in 0..story.steps.len().max(1) {
        // Under this name it stands in the overview. Markdown is read in it, too.
        let title = story.steps.get(place).map_or("", |step| step.title.as_str());
        writeln!(out, "\n---\nlayout: full\nclass: p-0\ntitle: {}\n---\n", quoted(&escape(title)))?;
        writeln!(
            out,
            "<img src=\"./{}\" class=\"h-full mx-auto\" />\n",
            frame_name(place + 1, story.steps.len(), "svg")
        )?;
        write_notes(&story, place, out)?;
    }
    write_facts(&story, style, (110, 14), out)
}

/// A string of YAML that has nothing else in it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stays_a_string() {
        assert_eq!(quoted(r#"a: "b" \d"#), r#""a: \"b\" \\d""#);
    }
}
