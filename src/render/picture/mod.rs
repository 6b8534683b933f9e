//! A ladder as shapes at places: what every picture draws, whatever its format and colours.

mod arrows;
mod body;
mod columns;
mod head;
pub(in crate::render) mod measure;
mod place;
mod shape;
mod share;
mod states;

pub use shape::{Anchor, Dash, Paint, Part, Point, Shape, Stroke, Words};

use super::{Style, width};
use crate::ladder::{Ladder, Lifeline, Side};
use body::{Block, Body};
use columns::{Columns, MARGIN};
use place::Places;
pub(in crate::render) use shape::{at, stroke};
use std::collections::HashMap;

/// What a picture is drawn on. Settled by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canvas {
    pub spacing: Spacing,
    /// `None`: light, and on a page the reader's own choice.
    pub theme: Option<Theme>,
    /// `None`: a slide of 1280 by 720, or longer where the rows need it.
    pub size: Option<Size>,
}

impl Canvas {
    /// What is drawn on unless something else is asked for.
    pub const SLIDE: Canvas = Canvas { spacing: Spacing::Even, theme: None, size: None };
}

/// How far rows stand apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// As their words need.
    Even,
    /// As far as they are apart in time, but never closer than their words need; idle time is cut.
    Time,
}

/// Which colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// Black on white, for paper.
    Print,
    /// Colours that all eyes tell apart (Okabe and Ito).
    ColourBlind,
}

/// Pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// A slide of 16:9, as slide programs begin with.
    pub const SLIDE: Size = Size { width: 1280, height: 720 };
}

/// Without a size of its own a picture is drawn at most so much smaller to fit on a slide; then it becomes longer instead.
const MOST_SHRUNK: f64 = 1.4;
/// Rows are moved apart at most so far to fill a slide.
const MOST_STRETCHED: f64 = 2.2;

/// Rows that are drawn: more make no picture that anybody could look at.
const MOST_ROWS: usize = 600;

/// Everything that is drawn, in layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Of the drawing, in its own pixels.
    pub width: f64,
    pub height: f64,
    /// Where the drawing begins: left of nought where the picture is wider than what is in it.
    pub left: f64,
    /// Of the picture.
    pub size: Size,
    pub title: String,
    /// The picture in a sentence.
    pub about: String,
    /// Where the rows begin, and where the legend does.
    pub top: f64,
    pub foot: f64,
    /// Title and lanes.
    pub head: Vec<Shape>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// What the marks mean.
    pub legend: Vec<Shape>,
}

/// What one step adds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// In a few words, and in a sentence.
    pub title: String,
    pub note: String,
    /// Below everything of all steps: where a phase begins.
    pub ground: Vec<Shape>,
    /// Above all grounds: how the lifelines run.
    pub lifelines: Vec<Shape>,
    /// Arrows, words, states.
    pub shapes: Vec<Shape>,
    /// Where its rows end, from the top.
    pub to: f64,
}

impl Scene {
    /// Draws the ladder in the language and characters of `style` on its canvas. Of very many rows the first and the last ones.
    pub fn of(ladder: &Ladder, style: &Style) -> Scene {
        let ladder = &*ladder.of_few_rows(MOST_ROWS);
        let asked = style.canvas.size.unwrap_or(Size::SLIDE);
        let ratio = f64::from(asked.height.max(1)) / f64::from(asked.width.max(1));
        let most = if style.canvas.size.is_some() { f64::INFINITY } else { MOST_SHRUNK };
        let least = f64::from(Size::SLIDE.width);
        // A wider drawing has room for longer lines, and so is lower: a few rounds find the width.
        let mut draft = Draft::of(ladder, least, style);
        let mut shrunk = 1.0;
        for _ in 0..6 {
            let wanted = draft.height() / (draft.columns.width * ratio);
            if wanted <= 1.0 || shrunk >= most {
                break;
            }
            shrunk = (shrunk * wanted.sqrt().max(1.02)).min(most);
            draft = Draft::of(ladder, least * shrunk, style);
        }
        draft.stretch(ratio);
        draft.scene(asked, ratio)
    }
}

/// A picture in the making: rows with their places.
struct Draft<'a> {
    ladder: &'a Ladder,
    style: Style,
    columns: Columns,
    blocks: Vec<Block<'a>>,
    /// Where rows begin.
    top: f64,
    places: Places,
}

impl<'a> Draft<'a> {
    fn of(ladder: &'a Ladder, width: f64, style: &Style) -> Draft<'a> {
        let has_notes = ladder.rows.iter().any(|row| !row.notes.is_empty());
        let columns = Columns::of(width, has_notes);
        let rows = ladder.rows.iter();
        let blocks: Vec<_> = rows.map(|row| Block::of(row, &ladder.lanes, ladder.origin_ns, &columns, style)).collect();
        let top = head::head(ladder, &columns, style).1 + 10.0;
        let places = place::places(&blocks, top, style.canvas.spacing, 1.0);
        Draft { ladder, style: *style, columns, blocks, top, places }
    }

    /// Down to the margin below the legend.
    fn height(&self) -> f64 {
        head::legend(self.ladder, self.places.end, &self.columns, &self.style).1 + MARGIN * 0.6
    }

    /// Moves rows apart as far as the slide has room.
    fn stretch(&mut self, ratio: f64) {
        let room = self.columns.width * ratio;
        let mut best = 1.0;
        let mut step = MOST_STRETCHED - 1.0;
        for _ in 0..8 {
            step /= 2.0;
            let places = place::places(&self.blocks, self.top, self.style.canvas.spacing, best + step);
            let end = head::legend(self.ladder, places.end, &self.columns, &self.style).1 + MARGIN * 0.6;
            if end <= room {
                best += step;
                self.places = places;
            }
        }
    }

    fn scene(&self, asked: Size, ratio: f64) -> Scene {
        let (ladder, style, columns) = (self.ladder, &self.style, &self.columns);
        let width = columns.width;
        let slide = width * ratio;
        let least = self.height();
        let is_fixed = style.canvas.size.is_some();
        // A drawing that is too long for a size that was asked for stands in its middle, at its full height.
        let (width, height) =
            if is_fixed { (width.max(least / ratio), slide.max(least)) } else { (width, slide.max(least)) };
        let size = match is_fixed {
            true => asked,
            false => Size { height: (f64::from(asked.width) * height / width).round() as u32, ..asked },
        };
        let (head, _) = head::head(ladder, columns, style);
        let foot = (height - MARGIN * 0.6 - (least - self.places.end - MARGIN * 0.6)).max(self.places.end);
        let (legend, _) = head::legend(ladder, foot, columns, style);
        Scene {
            width,
            height,
            left: (columns.width - width) / 2.0,
            size,
            title: super::story::title(ladder, style),
            about: head::verdict(ladder, style),
            top: self.top - 10.0,
            foot,
            head,
            steps: self.steps(),
            legend,
        }
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = titles(self.ladder, &self.style);
        let order = self.ladder.steps_of_rows();
        let arrivals: HashMap<u64, f64> = self
            .blocks
            .iter()
            .zip(&self.places.rows)
            .filter_map(|(block, y)| match block.body {
                Body::Arrival(arrival) => Some((arrival.event, *y)),
                _ => None,
            })
            .collect();
        let shares = share::of(&self.blocks, &self.places.rows, &arrivals, &self.columns);
        let mut heads = HashMap::new();
        let mut clock = super::time::Gutter::default();
        let mut above = [(self.top - 10.0, self.before()[0]), (self.top - 10.0, self.before()[1])];
        for (index, (block, y)) in self.blocks.iter().zip(&self.places.rows).enumerate() {
            let Some(step) = order.get(index).and_then(|place| steps.get_mut(*place)) else { continue };
            let next = self.places.rows.get(index + 1).copied();
            step.to = step.to.max(*y + block.below()).max(*y + block.notes_height());
            if let Body::Phase(phase) = block.body {
                let end = self.next_phase(index).unwrap_or(self.places.end + 6.0);
                step.ground.extend(self.band(phase, *y, end));
            }
            for (side, (from, kind)) in Side::BOTH.into_iter().zip(&mut above) {
                step.lifelines.extend(states::lifeline(*kind, self.columns.lane(side), *from, *y));
                (*from, *kind) = (*y, *side.of(&block.row.lifelines));
                if next.is_none() {
                    step.lifelines.extend(states::lifeline(*kind, self.columns.lane(side), *y, self.places.end + 6.0));
                }
            }
            let time = block.row.t_ns.map(|t_ns| clock.point(t_ns, self.ladder.origin_ns, false).0);
            let share = shares.get(&index).copied().unwrap_or(0.5);
            step.shapes.extend(self.row(block, (*y, share), &arrivals, &mut heads, time));
        }
        steps
    }

    /// How the lifelines run before the first row: before a SYN there is no connection.
    fn before(&self) -> [Lifeline; 2] {
        let first = self.ladder.rows.iter().find(|row| row.t_ns.is_some());
        let is_opening = first.is_some_and(|row| match &row.content {
            crate::ladder::Content::Segment(arrow) => arrow.has_flag("SYN"),
            _ => row.lifelines.contains(&Lifeline::Closed),
        });
        if is_opening { [Lifeline::Closed; 2] } else { [Lifeline::Open; 2] }
    }

    /// Where the phase after this one begins.
    fn next_phase(&self, index: usize) -> Option<f64> {
        let later = self.blocks.iter().zip(&self.places.rows).skip(index + 1);
        later.into_iter().find(|(block, _)| matches!(block.body, Body::Phase(_))).map(|(_, y)| *y)
    }

    fn band(&self, phase: crate::timeline::Phase, from: f64, to: f64) -> Vec<Shape> {
        let (left, width) = self.columns.band();
        let ground = Shape::Box {
            at: at(left, from),
            width,
            height: to - from,
            round: 0.0,
            stroke: None,
            fill: Some(Paint::Band(phase)),
        };
        let rule = Shape::line(at(left, from), at(left + width, from), stroke(Paint::Rule, 1.0));
        let name =
            Shape::words(at(MARGIN, from + 17.0), Anchor::Start, 12.0, Paint::Dim, body::phase(phase, &self.style));
        vec![ground, rule, name.bold()]
    }

    fn row(
        &self,
        block: &Block<'_>,
        (y, share): (f64, f64),
        arrivals: &HashMap<u64, f64>,
        heads: &mut HashMap<u64, Shape>,
        time: Option<String>,
    ) -> Vec<Shape> {
        let columns = &self.columns;
        let mut shapes = Vec::new();
        match &block.body {
            Body::Arrow { arrow, label, details } => {
                let arrives = block.row.event.filter(|_| arrow.slants).and_then(|event| arrivals.get(&event));
                let way = (y, arrives.copied().unwrap_or(y));
                let arrow = arrows::arrow(arrow, label, details, way, share, columns);
                shapes.extend(arrow.0);
                match (arrow.1, arrives, block.row.event) {
                    // It is seen where it arrives: that may be in a later step.
                    (Some(head), Some(_), Some(event)) => drop(heads.insert(event, head)),
                    (head, ..) => shapes.extend(head),
                }
            }
            Body::Folded { .. } => shapes.extend(arrows::folded(&block.body, y, columns)),
            Body::Cut(words) => {
                for side in Side::BOTH.into_iter().filter(|side| *side.of(&block.row.lifelines) != Lifeline::Waiting) {
                    shapes.extend(states::cut(columns.lane(side), y));
                }
                let middle = at(f64::midpoint(columns.left, columns.right), y + 5.0);
                shapes.push(Shape::words(middle, Anchor::Middle, 13.0, Paint::Text, words.as_str()).bold());
            }
            Body::Words { side, lines, is_call } => {
                let x = columns.lane(*side);
                let radius = if *is_call { 3.5 } else { 0.0 };
                if *is_call {
                    let edge = Some(stroke(Paint::Dim, 1.5));
                    shapes.push(Shape::Dot { at: at(x, y), radius, stroke: edge, fill: Some(Paint::Paper) });
                }
                shapes.extend(self.near(*side, lines, y, *is_call));
            }
            Body::Wait { side, lines, bar } => {
                shapes.extend(self.near(*side, lines, y, false));
                let below = y + lines.len() as f64 * body::DETAIL_LINE;
                shapes.extend(bar.iter().flat_map(|(share, end)| self.bar(*side, *share, end, below)));
            }
            Body::Arrival(arrival) => shapes.extend(heads.remove(&arrival.event)),
            Body::Nothing | Body::Phase(_) => {}
        }
        shapes.extend(states::states(block.row, y, columns));
        if let Some(time) = time.filter(|_| !matches!(block.body, Body::Phase(_) | Body::Cut(_))) {
            shapes.push(Shape::words(at(columns.time, y + 4.0), Anchor::End, 12.0, Paint::Dim, time.trim()).mono());
        }
        if let Some((x, _)) = columns.notes {
            for (line, (mark, text)) in block.notes.iter().enumerate() {
                let y = y + line as f64 * body::NOTE_LINE;
                if let Some(mark) = mark {
                    shapes.push(Shape::Dot { at: at(x + 4.0, y - 0.5), radius: 3.5, stroke: None, fill: Some(*mark) });
                }
                shapes.push(Shape::words(at(x + 16.0, y + 4.0), Anchor::Start, body::NOTE, Paint::Text, text.as_str()));
            }
        }
        shapes
    }

    /// Lines at one side's lifeline, between the lifelines.
    fn near(&self, side: Side, lines: &[(String, Paint)], y: f64, is_mono: bool) -> Vec<Shape> {
        let x = self.columns.inside(side, 14.0);
        let anchor = if side == Side::Left { Anchor::Start } else { Anchor::End };
        let lines = lines.iter().enumerate().map(|(line, (text, paint))| {
            let y = y + 4.0 + line as f64 * body::DETAIL_LINE;
            let words = Shape::words(at(x, y), anchor, body::DETAIL, *paint, text.as_str());
            if is_mono { words.mono() } else { words }
        });
        lines.collect()
    }

    /// How much of 2MSL is over.
    fn bar(&self, side: Side, share: f64, end: &str, y: f64) -> Vec<Shape> {
        let words = measure::mono(end, body::DETAIL) + 8.0;
        let wide = (self.columns.area() - 60.0 - words).clamp(60.0, 320.0);
        let left = match side {
            Side::Left => self.columns.inside(side, 28.0),
            Side::Right => self.columns.inside(side, 14.0 + words + wide),
        };
        let corner = at(left, y - 3.0);
        let part = |width: f64, stroke, fill| Shape::Box { at: corner, width, height: 12.0, round: 2.0, stroke, fill };
        let base = y + 7.5;
        vec![
            Shape::words(at(left - 5.0, base), Anchor::End, body::DETAIL, Paint::Dim, "0"),
            part(wide, None, Some(Paint::WaitBox)),
            part(wide * share, None, Some(Paint::Wait)),
            part(wide, Some(stroke(Paint::Wait, 1.2)), None),
            Shape::words(at(left + wide + 6.0, base), Anchor::Start, body::DETAIL, Paint::Dim, end),
        ]
    }
}

/// The steps of a ladder with their words and nothing drawn; at least one.
fn titles(ladder: &Ladder, style: &Style) -> Vec<Step> {
    let words = |text: &crate::timeline::Text| width::clean(text.get(style.lang), 600, style);
    let steps = ladder.steps.iter();
    let mut steps: Vec<Step> =
        steps.map(|step| Step { title: words(&step.title), note: words(&step.note), ..Step::default() }).collect();
    if steps.is_empty() {
        steps.push(Step::default());
    }
    steps
}
