//! What a picture is made of: lines, boxes and words at places, with meanings for colours.

use super::measure;
use crate::timeline::{Phase, Severity};

/// A place in pixels: to the right, and down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A place.
pub(in crate::render) const fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// What a colour stands for. A theme says which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Paper,
    Text,
    /// Of second rank: times, options, lifelines.
    Dim,
    Client,
    Server,
    State,
    /// The inside of a state's box.
    StateBox,
    Wait,
    WaitBox,
    Error,
    Warning,
    Note,
    Lesson,
    /// Hairlines that set things apart.
    Rule,
    /// The ground on which a part of the connection's life stands.
    Band(Phase),
}

impl Paint {
    /// Every colour that words are written in.
    pub const OF_WORDS: [Paint; 10] = [
        Paint::Text,
        Paint::Dim,
        Paint::Client,
        Paint::Server,
        Paint::State,
        Paint::Wait,
        Paint::Error,
        Paint::Warning,
        Paint::Note,
        Paint::Lesson,
    ];

    pub(super) fn severity(severity: Severity) -> Paint {
        match severity {
            Severity::Lesson => Paint::Lesson,
            Severity::Note => Paint::Note,
            Severity::Warning => Paint::Warning,
            Severity::Error => Paint::Error,
        }
    }
}

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dash {
    Solid,
    Dashed,
    Dotted,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    pub paint: Paint,
    pub width: f64,
    pub dash: Dash,
}

/// A solid line.
pub(in crate::render) const fn stroke(paint: Paint, width: f64) -> Stroke {
    Stroke { paint, width, dash: Dash::Solid }
}

/// Which part of the words stands at their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Words of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub text: String,
    pub paint: Paint,
    pub bold: bool,
}

/// Words in one line, fit for any reader: nothing in them steers anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// On the base line.
    pub at: Point,
    pub anchor: Anchor,
    /// Of the letters, in pixels.
    pub size: f64,
    /// Degrees, clockwise, round `at`.
    pub turn: f64,
    /// Letters of one width, as numbers want.
    pub mono: bool,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Path { points: Vec<Point>, closed: bool, stroke: Option<Stroke>, fill: Option<Paint> },
    Box { at: Point, width: f64, height: f64, round: f64, stroke: Option<Stroke>, fill: Option<Paint> },
    Dot { at: Point, radius: f64, stroke: Option<Stroke>, fill: Option<Paint> },
    Words(Words),
}

impl Shape {
    pub(in crate::render) fn line(from: Point, to: Point, stroke: Stroke) -> Shape {
        Shape::Path { points: vec![from, to], closed: false, stroke: Some(stroke), fill: None }
    }

    /// Words in one look.
    pub(in crate::render) fn words(
        at: Point,
        anchor: Anchor,
        size: f64,
        paint: Paint,
        text: impl Into<String>,
    ) -> Shape {
        let part = Part { text: text.into(), paint, bold: false };
        Shape::Words(Words { at, anchor, size, turn: 0.0, mono: false, parts: vec![part] })
    }

    pub(in crate::render) fn bold(self) -> Shape {
        self.map_words(|words| words.parts.iter_mut().for_each(|part| part.bold = true))
    }

    pub(in crate::render) fn mono(self) -> Shape {
        self.map_words(|words| words.mono = true)
    }

    /// How far down it reaches.
    pub fn bottom(&self) -> f64 {
        match self {
            Shape::Path { points, .. } => points.iter().map(|point| point.y).fold(f64::MIN, f64::max),
            Shape::Box { at, height, .. } => at.y + height,
            Shape::Dot { at, radius, .. } => at.y + radius,
            Shape::Words(words) => {
                let long: f64 = words.parts.iter().map(|part| measure::capitals(&part.text, words.size)).sum();
                words.at.y + words.size + long * words.turn.to_radians().sin().abs()
            }
        }
    }

    fn map_words(mut self, change: impl FnOnce(&mut Words)) -> Shape {
        if let Shape::Words(words) = &mut self {
            change(words);
        }
        self
    }
}
