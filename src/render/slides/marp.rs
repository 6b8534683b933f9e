//! A Marp deck in Markdown; its pictures are those that `--frames` draws, in the same folder.

use super::{facts, frame_name, shown, spoken};
use crate::ladder::Ladder;
use crate::render::Style;
use crate::render::markdown::{comment, escape};
use crate::render::story::Story;
use std::io;

/// Writes the deck.
///
/// # Errors
/// What `out` says.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let (_, story) = shown(ladder, style);
    writeln!(out, "---\nmarp: true\npaginate: true\nsize: 16:9\nlang: {}\n---\n", style.lang.pick("en", "zh-CN"))?;
    writeln!(out, "# {}\n\n{}\n\n{}", escape(&story.title), escape(&story.verdict), escape(&story.source))?;
    for place in 0..story.steps.len().max(1) {
        writeln!(out, "\n---\n\n![bg fit]({})\n", frame_name(place + 1, story.steps.len(), "svg"))?;
        write_notes(&story, place, out)?;
    }
    write_facts(&story, style, (64, 9), out)
}

/// What to say, in a comment that both Marp and Slidev take for speaker notes.
pub(super) fn write_notes(story: &Story, place: usize, out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "<!--")?;
    let title = story.steps.get(place).map_or("", |step| step.title.as_str());
    for line in [title].into_iter().chain(spoken(story, place)).filter(|line| !line.is_empty()) {
        writeln!(out, "{}", comment(line))?;
    }
    writeln!(out, "-->")
}

/// The last slides, with room for so many columns and lines.
pub(super) fn write_facts(
    story: &Story,
    style: &Style,
    (columns, lines): (usize, usize),
    out: &mut impl io::Write,
) -> io::Result<()> {
    for facts in facts(story, columns, lines) {
        writeln!(out, "\n---\n\n## {}\n", style.lang.pick("In the end", "小结"))?;
        for (name, sentence) in facts {
            writeln!(out, "- **{}**{}{}", escape(name), style.lang.pick(": ", "："), escape(sentence))?;
        }
    }
    Ok(())
}
