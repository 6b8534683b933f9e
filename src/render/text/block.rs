//! One row of the ladder in its columns: time, states, lifelines, what stands between them, notes.

use super::columns::Columns;
use super::glyphs::Glyphs;
use super::rows::ACROSS;
use super::slant::Flights;
use crate::ladder::{Lifeline, Side};
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::{Style, width};
use std::io;

/// What stands between the lifelines in one line.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// An arrow: it fills the area.
    Arrow {
        from: Side,
        /// Its foot stands on its sender's lifeline.
        stands: bool,
        text: String,
        ink: Ink,
    },
    /// A part of an arrow that slants: from one side's lifeline as far as it goes.
    Slant {
        near: Side,
        /// Where it stands on a lifeline that it leaves.
        leaves: bool,
        text: String,
        ink: Ink,
    },
    /// Words near one side.
    Words {
        near: Side,
        text: String,
        ink: Ink,
    },
    Centred {
        text: String,
        ink: Ink,
    },
    /// A sentence over the whole width; the lifelines pause for it.
    Across {
        text: String,
        ink: Ink,
    },
    Nothing,
}

/// A row with everything decided but its columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) time: String,
    /// States of the left and right peer, one a line.
    pub(super) states: [Vec<(String, Ink)>; 2],
    pub(super) body: Vec<Body>,
    /// Notes in their own column.
    pub(super) beside: Vec<(String, Ink)>,
    pub(super) lifelines: [Lifeline; 2],
    /// The lifelines are cut here.
    pub(super) cut: bool,
}

impl Block {
    /// Lines that it takes: one at least.
    pub(super) fn height(&self) -> usize {
        let [left, right] = &self.states;
        self.body.len().max(left.len()).max(right.len()).max(self.beside.len()).max(1)
    }

    pub(super) fn write(
        &self,
        columns: &Columns,
        flights: &mut Flights,
        style: &Style,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let [left, right] = &self.states;
        for row in 0..self.height() {
            let mut line = Line::new(style);
            if row == 0 {
                line.push(&self.time, Ink::Dim);
            }
            if let Some((text, ink)) = left.get(row) {
                line.push_before(columns.left.saturating_sub(1), text, *ink);
            }
            let body = self.body.get(row);
            if let Some(Body::Across { text, ink }) = body {
                flights.advance(columns.area());
                line.to(ACROSS).push(text, *ink);
                line.write(out)?;
                continue;
            }
            line.to(columns.left);
            self.lifeline(&mut line, Side::Left, body, style);
            between(&mut line, body, flights, columns, style);
            flights.advance(columns.area());
            line.to(columns.right);
            self.lifeline(&mut line, Side::Right, body, style);
            if let Some((text, ink)) = right.get(row) {
                line.to(columns.right_state()).push(text, *ink);
            }
            if let (Some((from, _)), Some((text, ink))) = (columns.notes, self.beside.get(row)) {
                line.to(from).push(text, *ink);
            }
            line.write(out)?;
        }
        Ok(())
    }

    fn lifeline(&self, line: &mut Line<'_>, side: Side, body: Option<&Body>, style: &Style) {
        let glyphs = Glyphs::of(style.charset);
        let lifeline = *side.of(&self.lifelines);
        let waiting = lifeline == Lifeline::Waiting;
        let glyph = match body {
            Some(Body::Slant { near, leaves: true, .. }) if *near == side && waiting => side.of(&glyphs.waiting_joint),
            Some(Body::Slant { near, leaves: true, .. }) if *near == side => side.of(&glyphs.joint),
            Some(Body::Arrow { from, stands: true, .. }) if *from == side && waiting => side.of(&glyphs.waiting_joint),
            Some(Body::Arrow { from, stands: true, .. }) if *from == side => side.of(&glyphs.joint),
            _ if self.cut && !waiting => glyphs.cut,
            _ => glyphs.lifeline(lifeline),
        };
        line.push(glyph, if waiting { Ink::Wait } else { Ink::Dim });
    }
}

/// What stands between the lifelines, and beside it the arrows that are on their way behind it.
fn between(line: &mut Line<'_>, body: Option<&Body>, flights: &Flights, columns: &Columns, style: &Style) {
    let area = columns.area();
    let start = columns.left + 1;
    let clip = |text: &str, room: usize| width::clip(text, room, style.charset);
    let before = |column: usize, text: &str| column.saturating_sub(width::width(text));
    let piece = match body {
        Some(Body::Arrow { text, ink, .. }) => Some((start, text.clone(), *ink)),
        Some(Body::Slant { near: Side::Left, text, ink, .. }) => Some((start, clip(text, area), *ink)),
        Some(Body::Slant { near: Side::Right, text, ink, .. }) => {
            let text = clip(text, area);
            Some((before(columns.right, &text), text, *ink))
        }
        Some(Body::Words { near: Side::Left, text, ink }) => {
            Some((columns.left + 3, clip(text, area.saturating_sub(3)), *ink))
        }
        Some(Body::Words { near: Side::Right, text, ink }) => {
            let text = clip(text, area.saturating_sub(3));
            Some((before(columns.right.saturating_sub(2), &text), text, *ink))
        }
        Some(Body::Centred { text, ink }) => {
            let text = clip(text, area);
            let margin = area.saturating_sub(width::width(&text)) / 2;
            Some((start + margin, text, *ink))
        }
        Some(Body::Across { .. } | Body::Nothing) | None => None,
    };
    let marks = if flights.is_empty() { Vec::new() } else { flights.marks(area, Glyphs::of(style.charset)) };
    let (from, to) = piece.as_ref().map_or((usize::MAX, 0), |(from, text, _)| (*from, from + width::width(text)));
    for (column, glyph, ink) in marks.iter().filter(|(column, ..)| start + column < from) {
        line.to(start + column).push(glyph, *ink);
    }
    if let Some((column, text, ink)) = &piece {
        line.to(*column).push(text, *ink);
        for (column, glyph, ink) in marks.iter().filter(|(column, ..)| start + column >= to) {
            line.to(start + column).push(glyph, *ink);
        }
    }
}
