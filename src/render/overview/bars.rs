//! Kinds and their counts as bars, openings beside closings where the width allows.

use super::number::{grouped, percent};
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::text::Glyphs;
use crate::render::{Charset, Style, width, words};
use crate::timeline::{CloseKind, OpenKind, Overview};
use std::io;

/// Both lists stand side by side from this width on.
const SIDE_BY_SIDE_FROM: usize = 76;
/// Longest bar, columns: beyond this it says no more.
const LONGEST: usize = 24;
/// Left edge, columns.
const INDENT: usize = 2;
/// Parts of one column that a block can fill.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

struct Bar {
    name: &'static str,
    count: u64,
    ink: Ink,
}

/// Writes how the connections opened and closed.
pub(super) fn write(overview: &Overview, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let opened = overview.opened.iter();
    let opened: Vec<Bar> = opened
        .map(|opened| Bar { name: words::open(opened.kind, lang), count: opened.count, ink: opening(opened.kind) })
        .collect();
    let closed = overview.closed.iter();
    let mut closed: Vec<Bar> = closed
        .map(|closed| {
            let never = if closed.kind == CloseKind::None { overview.never_opened } else { 0 };
            let count = closed.count.saturating_sub(never);
            Bar { name: words::close(closed.kind, lang), count, ink: closing(closed.kind) }
        })
        .chain([Bar { name: lang.pick("never opened", "从未建立"), count: overview.never_opened, ink: Ink::Dim }])
        .collect();
    closed.retain(|bar| bar.count > 0);
    closed.sort_by_key(|bar| std::cmp::Reverse(bar.count));
    let [opened_head, closed_head] = [lang.pick("opened", "打开"), lang.pick("closed", "关闭")];
    let whole = overview.connections;
    if style.width >= SIDE_BY_SIDE_FROM {
        let room = (style.width.min(120) - INDENT) / 2;
        let mut line = Line::new(style);
        line.to(INDENT).push(opened_head, Ink::Strong).to(INDENT + room).push(closed_head, Ink::Strong);
        line.write(out)?;
        for row in 0..opened.len().max(closed.len()) {
            let mut line = Line::new(style);
            for (at, bars) in [(INDENT, &opened), (INDENT + room, &closed)] {
                if let Some(bar) = bars.get(row) {
                    place(&mut line, at, room - 2, bar, bars, whole, style);
                }
            }
            line.write(out)?;
        }
        return Ok(());
    }
    for (head, bars) in [(opened_head, &opened), (closed_head, &closed)] {
        let mut line = Line::new(style);
        line.to(INDENT).push(head, Ink::Strong);
        line.write(out)?;
        for bar in bars {
            let mut line = Line::new(style);
            place(&mut line, INDENT, style.width.saturating_sub(INDENT), bar, bars, whole, style);
            line.write(out)?;
        }
    }
    Ok(())
}

/// Name, count, share and bar of one kind, in `room` columns from `at` on.
fn place(line: &mut Line<'_>, at: usize, room: usize, bar: &Bar, bars: &[Bar], whole: u64, style: &Style) {
    let widest = |text: fn(&Bar) -> String| bars.iter().map(|bar| width::width(&text(bar))).max().unwrap_or(0);
    let (names, counts) = (widest(|bar| bar.name.into()), widest(|bar| grouped(bar.count)));
    line.to(at).push(bar.name, Ink::Plain);
    let at = at + names + 2 + counts;
    line.push_before(at, &grouped(bar.count), Ink::Plain);
    let at = at + 7;
    line.push_before(at, &percent(bar.count, whole), Ink::Dim);
    let room = room.saturating_sub(names + 2 + counts + 7 + 2).min(LONGEST);
    line.to(at + 2).push(&block(bar.count, whole, room, style), bar.ink);
}

/// A bar whose length is the part of the whole; what is something shows.
fn block(part: u64, whole: u64, room: usize, style: &Style) -> String {
    let eighths = u128::from(part) * (room as u128 * 8) / u128::from(whole.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(usize::MAX).min(room * 8);
    let [full, _] = Glyphs::of(style.charset).bar;
    if style.charset == Charset::Unicode {
        let eighths = eighths.max(usize::from(part > 0 && room > 0));
        return full.repeat(eighths / 8) + EIGHTHS.get(eighths % 8).unwrap_or(&"");
    }
    full.repeat(((eighths + 4) / 8).max(usize::from(part > 0 && room > 0)))
}

fn opening(kind: OpenKind) -> Ink {
    match kind {
        OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered => Ink::Error,
        OpenKind::HalfOpen | OpenKind::OneSided | OpenKind::Split => Ink::Wait,
        OpenKind::MidStream => Ink::Dim,
        _ => Ink::State,
    }
}

fn closing(kind: CloseKind) -> Ink {
    match kind {
        CloseKind::Reset | CloseKind::ResetAfterFin => Ink::Error,
        CloseKind::UnansweredFin | CloseKind::HalfClosed => Ink::Wait,
        CloseKind::None => Ink::Dim,
        _ => Ink::State,
    }
}
