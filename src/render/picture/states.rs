//! Both peers' lifelines and the states that they come to.

use super::body::{MOST_STATES, STATE, STATE_STEP};
use super::columns::Columns;
use super::measure;
use super::shape::{Anchor, Dash, Paint, Point, Shape, Stroke, at, stroke};
use crate::ladder::{Change, Lifeline, Row, Side};
use crate::tcp::{Basis, State};

/// From the lifeline to the box.
const GAP: f64 = 12.0;
const HEIGHT: f64 = 20.0;

/// The states of one row, each side's below each other.
pub(super) fn states(row: &Row, y: f64, columns: &Columns) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for side in Side::BOTH {
        let own = row.changes.iter().filter(|change| change.side == side).take(MOST_STATES);
        for (place, change) in own.enumerate() {
            let y = y + place as f64 * STATE_STEP;
            let wide = measure::capitals(change.state.name(), STATE) + 12.0;
            let x = match side {
                Side::Left => columns.outside(side, GAP) - wide,
                Side::Right => columns.outside(side, GAP),
            };
            shapes.extend(state(change, at(x, y - HEIGHT / 2.0), wide));
        }
    }
    shapes
}

/// One state in its box: solid when observed, dashed when inferred, with a bar at its side when the kernel told it.
pub(super) fn state(change: &Change, corner: Point, width: f64) -> Vec<Shape> {
    let (ink, ground) = match change.state {
        State::TimeWait => (Paint::Wait, Paint::WaitBox),
        _ => (Paint::State, Paint::StateBox),
    };
    let edge = match change.basis {
        Basis::Inferred => Stroke { paint: ink, width: 1.2, dash: Dash::Dashed },
        Basis::Observed | Basis::Kernel => stroke(ink, 1.2),
    };
    let ground = if change.basis == Basis::Inferred { Paint::Paper } else { ground };
    let mut shapes =
        vec![Shape::Box { at: corner, width, height: HEIGHT, round: 4.0, stroke: Some(edge), fill: Some(ground) }];
    if change.basis == Basis::Kernel {
        for x in [corner.x + 3.5, corner.x + width - 3.5] {
            shapes.push(Shape::line(at(x, corner.y + 3.0), at(x, corner.y + HEIGHT - 3.0), stroke(ink, 1.2)));
        }
    }
    let middle = at(corner.x + width / 2.0, corner.y + HEIGHT / 2.0 + STATE * 0.36);
    shapes.push(Shape::words(middle, Anchor::Middle, STATE, ink, change.state.name()).bold());
    shapes
}

/// A piece of a lifeline.
pub(super) fn lifeline(kind: Lifeline, x: f64, from: f64, to: f64) -> Option<Shape> {
    let line = match kind {
        Lifeline::Open => stroke(Paint::Dim, 2.0),
        Lifeline::Closed => Stroke { paint: Paint::Dim, width: 1.5, dash: Dash::Dotted },
        Lifeline::Waiting => stroke(Paint::Wait, 6.0),
    };
    (to > from).then(|| Shape::line(at(x, from), at(x, to), line))
}

/// A lifeline is cut: two waves through it.
pub(super) fn cut(x: f64, y: f64) -> Vec<Shape> {
    let paper = Shape::Box {
        at: at(x - 9.0, y - 4.0),
        width: 18.0,
        height: 8.0,
        round: 0.0,
        stroke: None,
        fill: Some(Paint::Paper),
    };
    let wave = |y: f64| Shape::Path {
        points: vec![at(x - 10.0, y + 3.0), at(x - 4.0, y - 3.0), at(x + 4.0, y + 3.0), at(x + 10.0, y - 3.0)],
        closed: false,
        stroke: Some(stroke(Paint::Dim, 1.5)),
        fill: None,
    };
    vec![paper, wave(y - 4.0), wave(y + 4.0)]
}
