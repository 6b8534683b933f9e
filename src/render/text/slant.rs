//! Arrows that slant from the row in which they leave to the row in which they arrive, one column a line.

use super::glyphs::Glyphs;
use crate::ladder::{Arrival, Side};
use crate::render::ink::Ink;
use crate::render::width::width;

/// Columns at the far end that only heads use.
const HEAD: usize = 4;

/// Arrows on their way between two rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights {
    list: Vec<Flight>,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    event: u64,
    from: Side,
    /// Columns from the sender's lifeline.
    way: usize,
    /// It moved on since the line above.
    moved: bool,
    ink: Ink,
}

/// How far the words of an arrow that slants may reach, of so many columns; one that crosses another leaves the middle free.
pub(super) fn label_room(area: usize, crosses: bool) -> usize {
    if crosses { (area / 2).saturating_sub(5) } else { area.saturating_sub(HEAD + 7) }
}

impl Flights {
    /// The line in which an arrow leaves: its shaft and label up to where it begins to slant, from the sender's side on.
    pub(super) fn leave(
        &mut self,
        event: u64,
        from: Side,
        label: &str,
        area: usize,
        ink: Ink,
        glyphs: &Glyphs,
    ) -> (String, usize) {
        let label = if label.is_empty() { String::new() } else { format!(" {label} ") };
        let words = 1 + width(&label);
        let bend = words.max((area / 2).saturating_sub(3)).min(area.saturating_sub(HEAD));
        self.list.push(Flight { event, from, way: bend, moved: true, ink });
        let shaft = glyphs.shaft.repeat(bend.saturating_sub(words));
        let slant = (!from).of(&glyphs.slant);
        let text = match from {
            Side::Left => format!("{}{label}{shaft}{slant}", glyphs.shaft),
            Side::Right => format!("{slant}{shaft}{label}{}", glyphs.shaft),
        };
        (text, bend)
    }

    /// The line in which an arrow arrives: from where it has come to, to the receiver's side. The way it took stands on it
    /// where there is room.
    pub(super) fn arrive(&mut self, arrival: &Arrival, delay: &str, area: usize, glyphs: &Glyphs) -> (String, Ink) {
        let place = self.list.iter().position(|flight| flight.event == arrival.event);
        let flight = place.map(|place| self.list.remove(place));
        let way = flight.map_or(area / 2, |flight| flight.way);
        let room = area.saturating_sub(way + 2);
        let words = format!(" {delay} ");
        let shaft = match room.checked_sub(width(&words) + 2) {
            Some(rest) => format!("{}{words}{}", glyphs.shaft, glyphs.shaft.repeat(rest + 1)),
            None => glyphs.shaft.repeat(room),
        };
        let foot = (!arrival.from).of(&glyphs.slant);
        let head = (!arrival.from).of(&glyphs.head);
        let text = match arrival.from {
            Side::Left => format!("{foot}{shaft}{head}"),
            Side::Right => format!("{head}{}{foot}", mirrored(&shaft, &words, glyphs)),
        };
        (text, flight.map_or(Ink::side(arrival.from), |flight| flight.ink))
    }

    /// All arrows go one line further.
    pub(super) fn advance(&mut self, area: usize) {
        for flight in &mut self.list {
            let next = (flight.way + 1).min(area.saturating_sub(HEAD));
            flight.moved = next != flight.way;
            flight.way = next;
        }
    }

    /// What is seen of them in this line: columns from the left lifeline on, in order, each once.
    pub(super) fn marks(&self, area: usize, glyphs: &Glyphs) -> Vec<(usize, &'static str, Ink)> {
        let mut marks: Vec<(usize, &'static str, Ink)> = Vec::new();
        for flight in &self.list {
            let column = match flight.from {
                Side::Left => flight.way,
                Side::Right => area.saturating_sub(flight.way + 1),
            };
            let glyph = if flight.moved { *(!flight.from).of(&glyphs.slant) } else { glyphs.plumb };
            match marks.iter_mut().find(|(at, ..)| *at == column) {
                Some((_, there, _)) if *there != glyph => *there = glyphs.crossing,
                Some(_) => {}
                None => marks.push((column, glyph, flight.ink)),
            }
        }
        marks.sort_by_key(|(column, ..)| *column);
        marks
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// The same shaft with its words near the other end.
fn mirrored(shaft: &str, words: &str, glyphs: &Glyphs) -> String {
    match shaft.split_once(words) {
        Some((before, after)) => format!("{after}{words}{before}"),
        None => glyphs.shaft.repeat(width(shaft)),
    }
}
