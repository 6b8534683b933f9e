//! Short words about the capture and its connections, shared by the ladder's head and the table.

use super::text::Glyphs;
use super::{Style, width, words};
use crate::ladder::Lanes;
use crate::timeline::{Lang, Source, Timeline};
use std::io;

/// Where the timeline comes from: `live on lo (loopback), 2026-01-01 00:00:00 UTC`.
pub(super) fn source(source: &Source, style: &Style) -> String {
    let lang = style.lang;
    let name = width::clean(&source.name, 80, style);
    let mut text = format!("{} {name}", words::source(source.kind, lang));
    let vantage = words::vantage(source.vantage, lang);
    text.push_str(&match lang {
        Lang::En => format!(" ({vantage})"),
        Lang::Zh => format!("（{vantage}）"),
    });
    if let Some(start) = &source.start {
        let second: String = start.chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect();
        text.push_str(&format!("{}{} UTC", Glyphs::of(style.charset).dot, width::clean(&second, 19, style)));
    }
    text
}

/// The role of an endpoint in its connection, or its id where it has none there.
pub(super) fn peer_name(id: &str, lanes: &Lanes, style: &Style) -> String {
    lanes
        .side(id)
        .map_or_else(|| width::clean(id, 40, style), |side| words::role(lanes.get(side).role, style.lang).to_string())
}

/// Writes what the capture lost or could not be used, a line each; nothing when all is well.
pub(super) fn warnings(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let source = &timeline.source;
    let mut lines: Vec<String> =
        source.warnings.iter().take(20).map(|text| width::clean(text.get(lang), 400, style)).collect();
    if source.packets.dropped > 0 {
        lines.push(match lang {
            Lang::En => format!("{} packets were dropped by the kernel", source.packets.dropped),
            Lang::Zh => format!("{} 个数据包被内核丢弃", source.packets.dropped),
        });
    }
    for text in lines {
        for (i, part) in width::wrap(&text, style.width.saturating_sub(4)).iter().enumerate() {
            let mut line = super::line::Line::new(style);
            let mark = if i == 0 { Glyphs::of(style.charset).warning } else { " " };
            line.push("  ", super::ink::Ink::Plain).push(mark, super::ink::Ink::Warning);
            line.push(" ", super::ink::Ink::Plain).push(part, super::ink::Ink::Warning);
            line.write(out)?;
        }
    }
    Ok(())
}
