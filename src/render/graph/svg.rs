//! A plot as SVG: panels above one another, values at the left, time below, the meanings at the foot.

use super::axis::{Tick, beyond, ticks, titled};
use super::marks::{self, Field};
use super::meaning::{look, name};
use super::scale::Scale;
use crate::plot::{Marks, Meaning, Panel, Plot, Unit};
use crate::render::picture::{Anchor, Paint, Shape, Size, at, measure, stroke};
use crate::render::{Style, svg, width};
use std::io;

const LEFT: f64 = 96.0;
const RIGHT: f64 = 36.0;
const TITLE: f64 = 25.0;
const SENTENCE: f64 = 15.0;
const SMALL: f64 = 12.0;
/// Above the first panel, between two, and below the last one.
const TOP: f64 = 112.0;
const BETWEEN: f64 = 40.0;
const BOTTOM: f64 = 74.0;
/// Pixels for each value and each time that is named.
const PER_VALUE: f64 = 64.0;
const PER_TIME: f64 = 110.0;

/// Writes the plot on a slide. `who` stands at its right, above: whose it is.
///
/// # Errors
/// What `out` says.
pub fn write(plot: &Plot, title: &str, who: &[String], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let asked = style.canvas.size.unwrap_or(Size::SLIDE);
    let wide = f64::from(Size::SLIDE.width);
    let high = (wide * f64::from(asked.height.max(1)) / f64::from(asked.width.max(1))).max(420.0);
    let about = width::clean(plot.about.get(style.lang), 300, style);
    let mut shapes = head(title, who, &about, wide);
    let time = Scale { low: plot.from_ns as f64, high: plot.to_ns as f64, from: LEFT, to: wide - RIGHT };
    let count = plot.panels.len().max(1) as f64;
    let each = (high - TOP - BOTTOM - BETWEEN * (count - 1.0)) / count;
    for (index, panel) in plot.panels.iter().enumerate() {
        let top = TOP + index as f64 * (each + BETWEEN);
        shapes.extend(field(panel, plot, top, each, time, index + 1 == plot.panels.len(), style));
    }
    shapes.extend(legend(plot, high - 26.0, style));
    let sheet = svg::Sheet { left: 0.0, width: wide, height: high, size: asked, title, about: &about };
    svg::sheet(&sheet, &shapes, style, out)
}

/// Title and sentence; whose it is as far as there is room for its parts.
fn head(title: &str, who: &[String], about: &str, wide: f64) -> Vec<Shape> {
    let mut shapes = vec![Shape::words(at(32.0, 50.0), Anchor::Start, TITLE, Paint::Text, title).bold()];
    let room = wide - 64.0 - measure::capitals(title, TITLE) - 24.0;
    let parts = (1..=who.len()).rev().filter_map(|count| who.get(..count)).map(|parts| parts.join(" · "));
    if let Some(who) = parts.into_iter().find(|who| measure::sans(who, SMALL) <= room) {
        shapes.push(Shape::words(at(wide - 32.0, 46.0), Anchor::End, SMALL, Paint::Dim, who));
    }
    for (index, line) in measure::wrap(about, wide - 64.0, SENTENCE).iter().take(2).enumerate() {
        let y = 74.0 + index as f64 * SENTENCE * 1.3;
        shapes.push(Shape::words(at(32.0, y), Anchor::Start, SENTENCE, Paint::Dim, line.as_str()));
    }
    shapes
}

fn field(panel: &Panel, plot: &Plot, top: f64, height: f64, time: Scale, is_last: bool, style: &Style) -> Vec<Shape> {
    let value = Scale { low: panel.low, high: panel.high, from: top + height, to: top };
    let own = if panel.is_clients { Paint::Client } else { Paint::Server };
    let mut shapes = Vec::new();
    for Tick { value: tick, words } in ticks(panel.low, panel.high, count(height, PER_VALUE), panel.unit) {
        let y = value.place(tick);
        shapes.push(Shape::line(at(time.from, y), at(time.to, y), stroke(Paint::Rule, 1.0)));
        shapes.push(Shape::words(at(time.from - 8.0, y + 4.0), Anchor::End, SMALL, Paint::Dim, words).mono());
    }
    let origin = plot.origin_ns as f64;
    for Tick { value: tick, words } in
        ticks(time.low - origin, time.high - origin, count(time.to - time.from, PER_TIME), Unit::Time)
    {
        let x = time.place(tick + origin);
        shapes.push(Shape::line(at(x, top), at(x, top + height), stroke(Paint::Rule, 1.0)));
        if is_last {
            shapes.push(Shape::words(at(x, top + height + 18.0), Anchor::Middle, SMALL, Paint::Dim, words).mono());
        }
    }
    shapes.push(Shape::Box {
        at: at(time.from, top),
        width: time.to - time.from,
        height,
        round: 0.0,
        stroke: Some(stroke(Paint::Dim, 1.0)),
        fill: None,
    });
    let name = titled(panel, plot.kind, style);
    shapes.push(Shape::words(at(time.from, top - 7.0), Anchor::Start, 13.0, own, name).bold());
    if let Some(beyond) = beyond(panel, style) {
        shapes.push(Shape::words(at(time.to, top - 7.0), Anchor::End, SMALL, Paint::Dim, beyond));
    }
    let field = Field { time, value, own };
    for series in &panel.series {
        shapes.extend(marks::shapes(series, &field));
    }
    shapes
}

fn count(room: f64, each: f64) -> usize {
    (room / each).clamp(2.0, 40.0) as usize
}

/// What the marks mean, as far as there are any.
fn legend(plot: &Plot, y: f64, style: &Style) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut x = 32.0;
    let mut told: Vec<Meaning> = Vec::new();
    for panel in &plot.panels {
        for series in panel.series.iter().filter(|series| !is_said(series.meaning) && series.is_within(panel)) {
            if told.contains(&series.meaning) {
                continue;
            }
            told.push(series.meaning);
            let own = if panel.is_clients { Paint::Client } else { Paint::Server };
            let words = name(series.meaning, style.lang);
            shapes.extend(sample(series.meaning, &series.marks, x, y, own));
            shapes.push(Shape::words(at(x + 30.0, y + 4.0), Anchor::Start, SMALL, Paint::Dim, words));
            x += 30.0 + measure::sans(words, SMALL) + 26.0;
        }
    }
    shapes
}

/// Their own letters say what they are.
fn is_said(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Syn | Meaning::Fin)
}

fn sample(meaning: Meaning, marks: &Marks, x: f64, y: f64, own: Paint) -> Vec<Shape> {
    match marks {
        Marks::Steps(_) | Marks::Lines(_) => vec![Shape::line(at(x, y), at(x + 24.0, y), look(meaning, own))],
        Marks::Spans(_) => vec![Shape::line(at(x + 12.0, y - 8.0), at(x + 12.0, y + 8.0), look(meaning, own))],
        Marks::Points(_) => {
            let here = |low: f64, from: f64| Scale { low, high: low + 1.0, from, to: from + 1.0 };
            let field = Field { time: here(0.0, x + 12.0), value: here(0.0, y), own };
            marks::point(meaning, 0, 0.0, &field)
        }
    }
}
