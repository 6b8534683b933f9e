//! Segments between the lifelines: straight, slanting, lost, folded.

use super::body::{self, Body, DETAIL, DETAIL_LINE, LABEL, LOST_FALL, paint};
use super::columns::Columns;
use super::shape::{Anchor, Dash, Paint, Part, Point, Shape, Stroke, Words, at, stroke};
use crate::ladder::{Arrow, Side};
use crate::timeline::{Fate, Phase};

/// Thickness of a shaft, and of one that stands for many segments.
const SHAFT: f64 = 2.0;
const THICK: f64 = 6.0;
/// Of the head: along the shaft, and to each side of it.
const HEAD: (f64, f64) = (12.0, 5.0);
/// A lost segment comes so far; one that nobody sent begins here.
const LOST_AT: f64 = 0.62;
const NOWHERE: f64 = 0.25;
/// Half the size of the cross of a lost one.
const CROSS: f64 = 6.5;

/// Where an arrow from `y` on would arrive, and how far of that way it comes.
pub(super) fn way(arrow: &Arrow, y: f64, arrives: Option<f64>) -> (f64, f64) {
    if body::falls(arrow) { (y + LOST_FALL / LOST_AT, LOST_AT) } else { (arrives.unwrap_or(y), 1.0) }
}

/// Where an arrow's words usually stand, 0 to 1 of its way.
pub(super) fn usual_share(arrow: &Arrow) -> f64 {
    match (arrow.crosses, body::falls(arrow)) {
        (true, _) => 0.2,
        (false, true) => LOST_AT / 2.0,
        (false, false) => 0.5,
    }
}

/// An arrow with its words from its foot at `y` on, and its head; `end` is where it arrives, and its words stand at `share` of
/// its way.
pub(super) fn arrow(
    arrow: &Arrow,
    label: &[Part],
    details: &[String],
    (y, end): (f64, f64),
    share: f64,
    columns: &Columns,
) -> (Vec<Shape>, Option<Shape>) {
    let ink = if arrow.has_flag("RST") || arrow.fate == Fate::Lost { Paint::Error } else { paint(arrow.from) };
    let lost = body::falls(arrow);
    let end = if lost { y + LOST_FALL / LOST_AT } else { end };
    let whole = columns.area();
    // Along the way from the sender's lifeline to the receiver's: 0 to 1.
    let on = |share: f64| at(columns.inside(arrow.from, whole * share), y + (end - y) * share);
    let foot = on(if arrow.is_made_up { NOWHERE } else { 0.0 });
    let (mut shapes, mut head) = (Vec::new(), None);
    if lost {
        let tip = on(LOST_AT);
        shapes.push(Shape::line(foot, tip, stroke(ink, SHAFT)));
        shapes.extend(cross(tip, ink));
    } else {
        let tip = on(1.0 - 2.0 / whole);
        let [line, tip] = shaft(foot, tip, ink, SHAFT, !arrow.is_unproven());
        shapes.push(line);
        head = Some(tip);
    }
    if arrow.is_made_up {
        shapes.push(Shape::Dot { at: foot, radius: 4.0, stroke: Some(stroke(ink, SHAFT)), fill: Some(Paint::Paper) });
    }
    let angle = (end - y).atan2(whole).to_degrees() * if arrow.from == Side::Left { 1.0 } else { -1.0 };
    let middle = on(share);
    // Away from the shaft, square to it.
    let beside = |pixels: f64| {
        let turn = angle.to_radians();
        at(middle.x - turn.sin() * pixels, middle.y + turn.cos() * pixels)
    };
    let words = |at: Point, size: f64, mono: bool, parts: Vec<Part>| {
        Shape::Words(Words { at, anchor: Anchor::Middle, size, turn: angle, mono, parts })
    };
    shapes.push(words(beside(-7.0), LABEL, true, label.to_vec()));
    for (line, text) in details.iter().enumerate() {
        let part = Part { text: text.clone(), paint: Paint::Dim, bold: false };
        shapes.push(words(beside(15.0 + line as f64 * DETAIL_LINE), DETAIL, false, vec![part]));
    }
    (shapes, head)
}

/// Folded data: an arrow for each direction, and below them what they are together.
pub(super) fn folded(body: &Body<'_>, y: f64, columns: &Columns) -> Vec<Shape> {
    let Body::Folded { flows, sum } = body else { return Vec::new() };
    let middle = f64::midpoint(columns.left, columns.right);
    // Arrows that slant pass behind it.
    let ground = Shape::Box {
        at: at(columns.left + 6.0, y - 24.0),
        width: columns.area() - 12.0,
        height: flows.len() as f64 * 26.0 + 24.0,
        round: 4.0,
        stroke: None,
        fill: Some(Paint::Band(Phase::Data)),
    };
    let mut shapes = vec![ground];
    for (row, (from, words)) in flows.iter().enumerate() {
        let y = y + row as f64 * 26.0;
        let (foot, tip) = (at(columns.lane(*from), y), at(columns.inside(!*from, 2.0), y));
        shapes.extend(shaft(foot, tip, paint(*from), THICK, true));
        let words = Shape::words(at(middle, y - 8.0), Anchor::Middle, LABEL, paint(*from), words.as_str());
        shapes.push(words.bold());
    }
    let below = y + flows.len().saturating_sub(1) as f64 * 26.0 + 18.0;
    shapes.push(Shape::words(at(middle, below), Anchor::Middle, DETAIL, Paint::Dim, sum.as_str()));
    shapes
}

/// A line with a head: filled where the arrival is known.
fn shaft(foot: Point, tip: Point, paint: Paint, width: f64, is_sure: bool) -> [Shape; 2] {
    let (dx, dy) = (tip.x - foot.x, tip.y - foot.y);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let (long, wide) = (HEAD.0 + width, HEAD.1 + width / 2.0);
    let neck = at(tip.x - ux * long, tip.y - uy * long);
    let wing = |side: f64| at(neck.x - uy * wide * side, neck.y + ux * wide * side);
    let head = Shape::Path {
        points: vec![tip, wing(1.0), wing(-1.0)],
        closed: true,
        stroke: (!is_sure).then(|| stroke(paint, 1.5)),
        fill: Some(if is_sure { paint } else { Paint::Paper }),
    };
    [Shape::line(foot, neck, stroke(paint, width)), head]
}

fn cross(middle: Point, paint: Paint) -> [Shape; 2] {
    let bar = |down: f64| {
        let (from, to) = (at(middle.x - CROSS, middle.y - CROSS * down), at(middle.x + CROSS, middle.y + CROSS * down));
        Shape::line(from, to, stroke(paint, 3.0))
    };
    [bar(1.0), bar(-1.0)]
}

/// A small one, for the legend.
pub(super) fn sample(kind: Sample, from: Point, to: Point) -> Vec<Shape> {
    match kind {
        Sample::Lost => {
            let mut shapes = vec![Shape::line(from, to, stroke(Paint::Error, SHAFT))];
            shapes.extend(cross(to, Paint::Error));
            shapes
        }
        Sample::Unproven => shaft(from, to, Paint::Client, SHAFT, false).into(),
        Sample::Closed => vec![Shape::line(from, to, Stroke { paint: Paint::Dim, width: 1.5, dash: Dash::Dotted })],
    }
}

/// What the legend shows a sample of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    Lost,
    Unproven,
    Closed,
}
