//! What a capture file says of itself, in a few short lines: its interfaces, its machine, people's comments.

use super::ink::Ink;
use super::line::Line;
use super::{Style, width};
use crate::timeline::{CaptureInterface, Lang, Source};
use std::io;

/// Interfaces and comments shown; the JSON has all that are kept.
const SHOWN: usize = 4;
/// Characters shown of a name, and of a comment.
const NAME: usize = 60;
const COMMENT: usize = 300;

/// Label and text of each line.
pub(super) fn lines(source: &Source, style: &Style) -> Vec<(&'static str, String)> {
    let lang = style.lang;
    let mut lines = Vec::new();
    let label = lang.pick("captured", "捕获于");
    let texts: Vec<String> = source.interfaces.iter().take(SHOWN).map(|one| interface(one, style)).collect();
    let is_bare = |one: &CaptureInterface| one.description.is_none() && one.received.is_none() && one.dropped.is_none();
    if source.interfaces.iter().all(is_bare) {
        // Names alone take one line.
        let names: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        lines.extend((!names.is_empty()).then(|| (label, names.join(lang.pick(", ", "、")))));
    } else {
        lines.extend(texts.into_iter().filter(|text| !text.is_empty()).map(|text| (label, text)));
    }
    if let Some(more) = source.interfaces.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let text = match lang {
            Lang::En => format!("and {more} more interfaces"),
            Lang::Zh => format!("另有 {more} 个接口"),
        };
        lines.push((label, text));
    }
    if let Some(by) = &source.captured_by {
        let parts = [&by.application, &by.os, &by.hardware];
        let parts: Vec<String> = parts.into_iter().flatten().map(|part| width::clean(part, NAME, style)).collect();
        lines.push((lang.pick("by", "工具"), parts.join(lang.pick(", ", "，"))));
    }
    let on_interfaces = source.interfaces.iter().flat_map(|interface| &interface.comments);
    for comment in source.comments.iter().chain(on_interfaces).take(SHOWN) {
        lines.push((lang.pick("comment", "注释"), width::clean(comment, COMMENT, style)));
    }
    lines
}

/// Writes the lines by themselves, for where there is no other head.
pub(super) fn write(source: &Source, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    for (label, text) in lines(source, style) {
        let indent = 4 + width::width(label);
        for (at, part) in width::wrap(&text, style.width.saturating_sub(indent)).iter().enumerate() {
            let mut line = Line::new(style);
            line.to(2).push(if at == 0 { label } else { "" }, Ink::Dim).to(indent).push(part, Ink::Dim);
            line.write(out)?;
        }
    }
    Ok(())
}

/// As `eth0 (Uplink), 512 received, 3 dropped`.
fn interface(interface: &CaptureInterface, style: &Style) -> String {
    let lang = style.lang;
    let mut text = width::clean(&interface.name, NAME, style);
    if let Some(description) = &interface.description {
        let words = width::clean(description, NAME, style);
        text = match lang {
            _ if text.is_empty() => words,
            Lang::En => format!("{text} ({words})"),
            Lang::Zh => format!("{text}（{words}）"),
        };
    }
    let counts = [
        (interface.received, lang.pick("received", "已接收")),
        (interface.dropped.filter(|count| *count > 0), lang.pick("dropped", "已丢弃")),
    ];
    let counts = counts.into_iter().filter_map(|(count, what)| count.map(|count| format!("{what} {count}")));
    let parts: Vec<String> = (!text.is_empty()).then_some(text).into_iter().chain(counts).collect();
    parts.join(lang.pick(", ", "，"))
}
