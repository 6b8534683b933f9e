//! Above the rows: what the picture shows, in a title and a sentence, and who stands at which lifeline. Below them: what the marks mean.

use super::arrows::{self, Sample};
use super::body::paint;
use super::columns::{Columns, MARGIN};
use super::measure;
use super::shape::{Anchor, Paint, Shape, at, stroke};
use super::states;
use crate::ladder::{Change, Content, Ladder, Lifeline, Row, Side};
use crate::render::story::{capital, title};
use crate::render::{Style, summary, width};
use crate::tcp::{Basis, State};
use crate::timeline::{Fate, Lang};

const TITLE: f64 = 25.0;
/// A title that would not fit in one line is smaller, but no smaller than this.
const SMALLEST_TITLE: f64 = 18.0;
const SENTENCE: f64 = 15.0;
const ROLE: f64 = 16.0;
const ADDRESS: f64 = 12.5;
const SMALL: f64 = 11.5;
/// Lines of the title, and of the sentence below it.
const MOST_LINES: usize = 3;

/// The sentence: how the connection opened, closed and what waits.
pub(super) fn verdict(ladder: &Ladder, style: &Style) -> String {
    capital(&width::clean(ladder.connection.verdict.get(style.lang), 400, style))
}

/// What stands above the rows; its end.
pub(super) fn head(ladder: &Ladder, columns: &Columns, style: &Style) -> (Vec<Shape>, f64) {
    let room = columns.width - 2.0 * MARGIN;
    let (title, origin) = (title(ladder, style), summary::origin(&ladder.source, style));
    let origin = width::clip(&origin, measure::columns(room, SMALL), style.charset);
    let size = (TITLE * room / measure::bold(&title, TITLE)).clamp(SMALLEST_TITLE, TITLE);
    let mut y = MARGIN + TITLE * 0.8;
    let mut shapes = Vec::new();
    let lines = measure::wrap_bold(&title, room, size);
    for (place, line) in lines.iter().take(MOST_LINES).enumerate() {
        y += if place > 0 { size * 1.25 } else { 0.0 };
        shapes.push(Shape::words(at(MARGIN, y), Anchor::Start, size, Paint::Text, line.as_str()).bold());
    }
    // Beside the title where there is room for both, else below it.
    let has_room = lines.len() == 1 && measure::bold(&title, size) + 24.0 + measure::sans(&origin, SMALL) <= room;
    if !has_room {
        y += SMALL * 1.6;
    }
    let (x, up, anchor) = if has_room { (MARGIN + room, 4.0, Anchor::End) } else { (MARGIN, 0.0, Anchor::Start) };
    shapes.push(Shape::words(at(x, y - up), anchor, SMALL, Paint::Dim, origin));
    y += 10.0;
    for line in measure::wrap(&verdict(ladder, style), columns.width - 2.0 * MARGIN, SENTENCE).iter().take(MOST_LINES) {
        y += SENTENCE * 1.35;
        shapes.push(Shape::words(at(MARGIN, y), Anchor::Start, SENTENCE, Paint::Dim, line.as_str()));
    }
    y += 20.0;
    for side in Side::BOTH {
        shapes.extend(lane(ladder, side, y, columns, style));
    }
    (shapes, y + LANE)
}

/// Height of the box above a lifeline.
const LANE: f64 = 44.0;

fn lane(ladder: &Ladder, side: Side, y: f64, columns: &Columns, style: &Style) -> Vec<Shape> {
    let lane = ladder.lanes.get(side);
    let role = summary::lane_name(lane, style);
    let address = width::clean(&lane.address, 60, style);
    let wide = measure::sans(&role, ROLE).max(measure::mono(&address, ADDRESS)).max(110.0) + 24.0;
    let x = columns.lane(side);
    // Within the picture, also where the lifeline is near its edge.
    let left = (x - wide / 2.0).max(MARGIN / 2.0).min(columns.width - MARGIN / 2.0 - wide);
    let middle = left + wide / 2.0;
    vec![
        Shape::Box {
            at: at(left, y),
            width: wide,
            height: LANE,
            round: 6.0,
            stroke: Some(stroke(paint(side), 1.6)),
            fill: Some(Paint::Paper),
        },
        Shape::words(at(middle, y + 19.0), Anchor::Middle, ROLE, paint(side), role).bold(),
        Shape::words(at(middle, y + 36.0), Anchor::Middle, ADDRESS, Paint::Text, address).mono(),
    ]
}

/// What the marks mean, as far as they are used; its end.
pub(super) fn legend(ladder: &Ladder, y: f64, columns: &Columns, style: &Style) -> (Vec<Shape>, f64) {
    let lang = style.lang;
    let uses = |wanted: &dyn Fn(&Row) -> bool| ladder.rows.iter().any(wanted);
    let basis = |basis| uses(&|row| row.changes.iter().any(|change| change.basis == basis));
    let arrow = |wanted: &dyn Fn(&crate::ladder::Arrow) -> bool| {
        uses(&|row| matches!(&row.content, Content::Segment(arrow) if wanted(arrow)))
    };
    let mut pen = Pen { x: MARGIN, y: y + 24.0, columns, shapes: Vec::new() };
    for (kind, en, zh) in [
        (Basis::Observed, "on the wire", "线上可见"),
        (Basis::Inferred, "inferred", "推断"),
        (Basis::Kernel, "told by the kernel", "内核告知"),
    ] {
        if basis(kind) {
            let change = Change { side: Side::Left, state: State::Established, basis: kind };
            pen.item(118.0, lang.pick(en, zh), |x, y| states::state(&change, at(x, y - 14.0), 110.0));
        }
    }
    if arrow(&|arrow| arrow.fate == Fate::Lost) {
        pen.item(44.0, lang.pick("lost", "丢失"), |x, y| {
            arrows::sample(Sample::Lost, at(x, y - 4.0), at(x + 34.0, y - 4.0))
        });
    }
    if arrow(&|arrow| arrow.is_unproven()) {
        let words = lang.pick("no acknowledgment seen", "未见确认");
        pen.item(48.0, words, |x, y| arrows::sample(Sample::Unproven, at(x, y - 4.0), at(x + 42.0, y - 4.0)));
    }
    if uses(&|row| row.lifelines.contains(&Lifeline::Closed)) {
        let words = lang.pick("no connection", "无连接");
        pen.item(34.0, words, |x, y| arrows::sample(Sample::Closed, at(x, y - 4.0), at(x + 28.0, y - 4.0)));
    }
    if uses(&|row| row.lifelines.contains(&Lifeline::Waiting)) {
        pen.item(34.0, "TIME-WAIT", |x, y| {
            vec![Shape::line(at(x, y - 4.0), at(x + 28.0, y - 4.0), stroke(Paint::Wait, 6.0))]
        });
    }
    if ladder.siblings > 1 {
        let words = match lang {
            Lang::En => {
                format!("connection {} of {}; --connection N draws another", ladder.connection.id, ladder.siblings)
            }
            Lang::Zh => {
                format!("第 {} 条连接，共 {} 条；用 --connection N 绘制其他连接", ladder.connection.id, ladder.siblings)
            }
        };
        pen.item(0.0, &words, |_, _| Vec::new());
    }
    let end = pen.y + 6.0;
    (pen.shapes, end)
}

/// Puts samples with their words beside each other, in as many lines as it takes.
struct Pen<'a> {
    x: f64,
    y: f64,
    columns: &'a Columns,
    shapes: Vec<Shape>,
}

impl Pen<'_> {
    fn item(&mut self, sample: f64, words: &str, draw: impl FnOnce(f64, f64) -> Vec<Shape>) {
        let wide = sample + measure::sans(words, SMALL) + 26.0;
        if self.x + wide > self.columns.width - MARGIN && self.x > MARGIN {
            self.x = MARGIN;
            self.y += 26.0;
        }
        self.shapes.extend(draw(self.x, self.y));
        self.shapes.push(Shape::words(at(self.x + sample, self.y), Anchor::Start, SMALL, Paint::Dim, words));
        self.x += wide;
    }
}
