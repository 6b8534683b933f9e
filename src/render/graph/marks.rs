//! Marks as shapes. Of marks that fall on the same pixels one is drawn, so that a picture stays small however long the capture.

use super::meaning::look;
use super::scale::Scale;
use crate::plot::{Marks, Meaning, Series};
use crate::render::picture::{Anchor, Paint, Point, Shape, at};
use std::collections::HashSet;

/// Fields within a picture: time to the right, values upwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) time: Scale,
    pub(super) value: Scale,
    /// The colour of whoever sends.
    pub(super) own: Paint,
}

/// Marks of one kind that are so few get letters beside them.
const FEW: usize = 40;
/// Pixels: a segment of few octets is still seen.
const SHORTEST: f64 = 3.0;

/// The shapes of one series.
pub(super) fn shapes(series: &Series, field: &Field) -> Vec<Shape> {
    let stroke = look(series.meaning, field.own);
    let line = |from, to| Shape::line(from, to, stroke);
    match &series.marks {
        Marks::Steps(steps) => {
            let lines = staircases(steps, field).into_iter();
            lines.map(|points| Shape::Path { points, closed: false, stroke: Some(stroke), fill: None }).collect()
        }
        Marks::Spans(spans) => {
            let mut seen = HashSet::new();
            let mut shapes = Vec::new();
            for (t_ns, low, high) in spans {
                let (x, mut from, mut to) = (field.x(*t_ns), field.value.place(*low), field.value.place(*high));
                if from - to < SHORTEST {
                    let middle = f64::midpoint(from, to);
                    (from, to) = (middle + SHORTEST / 2.0, middle - SHORTEST / 2.0);
                }
                if seen.insert((tenths(x), tenths(from), tenths(to))) {
                    shapes.push(line(at(x, from), at(x, to)));
                }
            }
            if series.meaning == Meaning::Again && spans.len() <= FEW {
                shapes.extend(spans.iter().map(|(t_ns, _, high)| field.letter(*t_ns, *high, "R", stroke.paint)));
            }
            shapes
        }
        Marks::Lines(lines) => lines
            .iter()
            .map(|[(from_ns, from), (to_ns, to)]| line(field.at(*from_ns, *from), field.at(*to_ns, *to)))
            .collect(),
        Marks::Points(points) => {
            let mut seen = HashSet::new();
            let places = points.iter().filter(|(t_ns, value)| {
                let place = field.at(*t_ns, *value);
                field.value.holds(*value) && seen.insert((tenths(place.x), tenths(place.y)))
            });
            places.flat_map(|(t_ns, value)| point(series.meaning, *t_ns, *value, field)).collect()
        }
    }
}

/// One point: its shape tells its meaning also without colour.
pub(super) fn point(meaning: Meaning, t_ns: i64, value: f64, field: &Field) -> Vec<Shape> {
    let stroke = look(meaning, field.own);
    let place = field.at(t_ns, value);
    let dot = |radius, fill| Shape::Dot { at: place, radius, stroke: Some(stroke), fill };
    match meaning {
        Meaning::Lost | Meaning::Rst => {
            let arm = 4.5;
            let (x, y) = (place.x, place.y);
            vec![
                Shape::line(at(x - arm, y - arm), at(x + arm, y + arm), stroke),
                Shape::line(at(x - arm, y + arm), at(x + arm, y - arm), stroke),
            ]
        }
        Meaning::Syn | Meaning::Fin => {
            let words = if meaning == Meaning::Syn { "SYN" } else { "FIN" };
            // Within the field.
            let (anchor, x) = if place.x > field.time.to - 40.0 { (Anchor::End, -6.0) } else { (Anchor::Start, 6.0) };
            let y = if place.y > field.value.from - 20.0 { -6.0 } else { 13.0 };
            let shape = Shape::words(at(place.x + x, place.y + y), anchor, 11.0, Paint::Text, words).bold();
            vec![dot(3.0, Some(Paint::Text)), shape]
        }
        Meaning::DuplicateAck => {
            vec![Shape::line(at(place.x - 3.0, place.y), at(place.x + 3.0, place.y), stroke), dot(1.5, None)]
        }
        Meaning::ZeroWindow => vec![dot(4.0, Some(Paint::Paper))],
        Meaning::Handshake => vec![dot(4.0, Some(Paint::Paper))],
        _ => vec![Shape::Dot { at: place, radius: 2.4, stroke: None, fill: Some(stroke.paint) }],
    }
}

/// Lines over the stretches in which the values are within the field: beyond its edge they are not drawn.
fn staircases(steps: &[(i64, f64)], field: &Field) -> Vec<Vec<Point>> {
    let mut lines = Vec::new();
    let mut rest = steps;
    while !rest.is_empty() {
        let beyond = rest.iter().take_while(|(_, value)| !field.value.holds(*value)).count();
        rest = rest.split_at(beyond).1;
        let within = rest.iter().take_while(|(_, value)| field.value.holds(*value)).count();
        let (here, behind) = rest.split_at(within);
        if !here.is_empty() {
            let end = behind.first().map_or(field.time.to, |(t_ns, _)| field.x(*t_ns));
            lines.push(staircase(here, end, field));
        }
        rest = behind;
    }
    lines
}

/// A line that holds each value until the next; of many changes within a pixel, the lowest and the highest.
fn staircase(steps: &[(i64, f64)], end: f64, field: &Field) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let mut add = |point: Point| {
        if points.last() != Some(&point) {
            points.push(point);
        }
    };
    let mut rest = steps;
    let mut last: Option<f64> = None;
    while let Some(((t_ns, _), _)) = rest.split_first() {
        let x = round(field.x(*t_ns));
        let same = rest.iter().take_while(|(t_ns, _)| round(field.x(*t_ns)) == x).count().max(1);
        let (here, behind) = rest.split_at(same);
        let places = || here.iter().map(|(_, value)| field.value.place(*value));
        if let Some(y) = last {
            add(at(x, y));
        }
        if same > 2 {
            add(at(x, places().fold(f64::INFINITY, f64::min)));
            add(at(x, places().fold(f64::NEG_INFINITY, f64::max)));
        }
        if let Some(y) = places().next_back() {
            add(at(x, y));
            last = Some(y);
        }
        rest = behind;
    }
    if let Some(y) = last {
        add(at(end, y));
    }
    points
}

impl Field {
    fn x(&self, t_ns: i64) -> f64 {
        self.time.place(t_ns as f64)
    }

    fn at(&self, t_ns: i64, value: f64) -> Point {
        at(self.x(t_ns), self.value.place(value))
    }

    fn letter(&self, t_ns: i64, value: f64, letter: &str, paint: Paint) -> Shape {
        let place = self.at(t_ns, value);
        Shape::words(at(place.x, place.y - 3.0), Anchor::Middle, 10.5, paint, letter).bold()
    }
}

fn round(x: f64) -> f64 {
    (x * 2.0).round() / 2.0
}

fn tenths(value: f64) -> i64 {
    (value * 10.0).round() as i64
}
