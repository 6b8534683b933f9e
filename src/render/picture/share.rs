//! Where along their arrows words stand: where the fewest other arrows and words are.

use super::arrows;
use super::body::{self, Block, Body};
use super::columns::Columns;
use super::measure;
use super::shape::{Point, at};
use std::collections::HashMap;

/// Further places along an arrow, tried in this order where the usual one is taken.
const OTHERS: [f64; 8] = [0.5, 0.35, 0.65, 0.25, 0.75, 0.42, 0.58, 0.15];
/// Words are looked at in so many places each.
const POINTS: u32 = 12;
/// From the middle of words to a shaft, and to the middle of other words.
const FROM_SHAFT: f64 = 8.5;
const FROM_WORDS: f64 = 13.0;

/// Where along its arrow each row's words stand, by the row's place; arrows that do not slant meet nothing.
pub(super) fn of(
    blocks: &[Block<'_>],
    places: &[f64],
    arrivals: &HashMap<u64, f64>,
    columns: &Columns,
) -> HashMap<usize, f64> {
    let (mut rows, mut tags, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for (index, (block, y)) in blocks.iter().zip(places).enumerate() {
        match &block.body {
            Body::Arrow { arrow, label, details } => {
                let arrives = block.row.event.filter(|_| arrow.slants).and_then(|event| arrivals.get(&event));
                let (end, until) = arrows::way(arrow, *y, arrives.copied());
                let [from, to] = [arrow.from, !arrow.from].map(|side| columns.lane(side));
                let long: f64 = label.iter().map(|part| measure::mono(&part.text, body::LABEL)).sum();
                let below = details.iter().map(|text| measure::sans(text, body::DETAIL));
                rows.push(index);
                tags.push(Tag {
                    shaft: Line { from: at(from, *y), to: at(to, end) },
                    long: below.fold(long, f64::max),
                    below: details.len(),
                    until,
                    usual: arrows::usual_share(arrow),
                    is_free: arrow.slants || body::falls(arrow),
                });
            }
            Body::Words { side, lines, .. } | Body::Wait { side, lines, .. } => {
                for (line, (text, _)) in lines.iter().enumerate() {
                    let y = y + line as f64 * body::DETAIL_LINE;
                    let [from, to] = [14.0, 14.0 + measure::mono(text, body::DETAIL)];
                    let [from, to] = [from, to].map(|x| at(columns.inside(*side, x), y));
                    words.push(Line { from, to });
                }
            }
            _ => {}
        }
    }
    rows.into_iter().zip(shares(&tags, &words)).collect()
}

/// A straight line: a shaft, or through the middle of words.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    from: Point,
    to: Point,
}

/// Words along an arrow.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tag {
    /// From the sender's lifeline to the receiver's.
    shaft: Line,
    /// Pixels of the longest line, and lines below the shaft.
    long: f64,
    below: usize,
    /// It comes so far, 0 to 1 of its way.
    until: f64,
    /// Where they usually stand, 0 to 1 of the way.
    usual: f64,
    /// They may stand elsewhere.
    is_free: bool,
}

/// The place of each, 0 to 1 of its arrow's way. `words` stand where they are.
fn shares(tags: &[Tag], words: &[Line]) -> Vec<f64> {
    let mut taken: Vec<Line> = words.to_vec();
    let mut shares = Vec::with_capacity(tags.len());
    for (index, tag) in tags.iter().enumerate() {
        let shafts = tags.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other.drawn());
        let shafts: Vec<Line> = shafts.filter(|other| tag.is_free && tag.shaft.is_near(other)).collect();
        let near: Vec<Line> = taken.iter().filter(|words| tag.shaft.is_near(words)).copied().collect();
        let share = if tag.is_free { tag.best(&shafts, &near) } else { tag.usual };
        taken.extend(tag.lines(share));
        shares.push(share);
    }
    shares
}

impl Tag {
    fn best(&self, shafts: &[Line], words: &[Line]) -> f64 {
        let half = (self.long / self.shaft.length() / 2.0).min(0.48) + 0.02;
        let mut best = (u32::MAX, self.usual);
        for share in std::iter::once(self.usual / self.until).chain(OTHERS) {
            let share = (share * self.until).clamp(half, (self.until - half).max(half));
            let hits = self.lines(share).map(|line| line.hits(shafts, FROM_SHAFT) + line.hits(words, FROM_WORDS)).sum();
            if hits < best.0 {
                best = (hits, share);
            }
        }
        best.1
    }

    /// What is seen of the shaft.
    fn drawn(&self) -> Line {
        Line { from: self.shaft.from, to: self.shaft.beside(self.until, 0.0) }
    }

    /// Through the middle of each line of words: one above the shaft, the others below.
    fn lines(&self, share: f64) -> impl Iterator<Item = Line> {
        let half = self.long / self.shaft.length() / 2.0;
        let shaft = self.shaft;
        let beside = std::iter::once(-12.0).chain((0..self.below).map(|line| 11.0 + line as f64 * 15.0));
        beside.map(move |off| Line { from: shaft.beside(share - half, off), to: shaft.beside(share + half, off) })
    }
}

impl Line {
    fn length(&self) -> f64 {
        (self.to.x - self.from.x).hypot(self.to.y - self.from.y).max(1.0)
    }

    /// A place on it, so many pixels below it.
    fn beside(&self, share: f64, below: f64) -> Point {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let length = self.length();
        let sign = if dx < 0.0 { -1.0 } else { 1.0 };
        at(self.from.x + dx * share - sign * below * dy / length, self.from.y + dy * share + sign * below * dx / length)
    }

    /// Whether they stand at the same height somewhere.
    fn is_near(&self, other: &Line) -> bool {
        let span = |line: &Line| (line.from.y.min(line.to.y) - 40.0, line.from.y.max(line.to.y) + 40.0);
        let ((top, bottom), (from, to)) = (span(self), span(other));
        top <= to && from <= bottom
    }

    /// In how many of its places one of the others is nearer than so many pixels.
    fn hits(&self, others: &[Line], clear: f64) -> u32 {
        let is_hit = |point: &u32| {
            let place = self.beside(f64::from(*point) / f64::from(POINTS), 0.0);
            others.iter().any(|other| other.distance(place) < clear)
        };
        (0..=POINTS).filter(is_hit).count() as u32
    }

    fn distance(&self, point: Point) -> f64 {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let along = ((point.x - self.from.x) * dx + (point.y - self.from.y) * dy) / self.length().powi(2);
        let share = along.clamp(0.0, 1.0);
        (point.x - self.from.x - dx * share).hypot(point.y - self.from.y - dy * share)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tag(from: (f64, f64), to: (f64, f64), usual: f64) -> Tag {
        let shaft = Line { from: at(from.0, from.1), to: at(to.0, to.1) };
        Tag { shaft, long: 150.0, below: 0, until: 1.0, usual, is_free: true }
    }

    #[test]
    fn alone_words_stand_where_they_usually_do() {
        assert_eq!(shares(&[tag((0.0, 0.0), (600.0, 46.0), 0.5)], &[]), [0.5]);
    }

    #[test]
    fn words_give_way_to_a_shaft_that_crosses_them() {
        let (one, other) = (tag((0.0, 0.0), (600.0, 80.0), 0.5), tag((600.0, 0.0), (0.0, 80.0), 0.5));
        let places = shares(&[one, other], &[]);
        for (tag, share, shaft) in
            [(one, places.first().unwrap(), other.shaft), (other, places.last().unwrap(), one.shaft)]
        {
            let hits: u32 = tag.lines(*share).map(|line| line.hits(&[shaft], FROM_SHAFT)).sum();
            assert_eq!(hits, 0, "at {share}");
        }
    }

    #[test]
    fn words_give_way_to_words() {
        let call = Line { from: at(220.0, 10.0), to: at(400.0, 10.0) };
        let [share] = shares(&[tag((0.0, 0.0), (600.0, 46.0), 0.5)], &[call])[..] else { unreachable!() };
        assert!((share - 0.5).abs() > 0.1, "{share}");
    }
}
