//! What stands in each row, in words and lines, before it has a place; and how much room it needs above and below its place.

use super::columns::Columns;
use super::measure;
use super::shape::{Paint, Part};
use crate::ladder::{Arrival, Arrow, CallPart, Called, Change, Content, Folded, Lanes, Remark, Row, Said, Side, Wait};
use crate::render::text::{self, joined};
use crate::render::{Style, summary, time, width, words};
use crate::timeline::{Fate, Phase};

/// Sizes of letters, in pixels.
pub(super) const LABEL: f64 = 14.0;
pub(super) const DETAIL: f64 = 11.5;
pub(super) const NOTE: f64 = 13.0;
pub(super) const STATE: f64 = 11.5;
/// From one line to the next.
pub(super) const DETAIL_LINE: f64 = 15.0;
pub(super) const NOTE_LINE: f64 = 17.0;
/// From the box of one state to the next one.
pub(super) const STATE_STEP: f64 = 24.0;
/// A slanting arrow falls by this at least, and a lost one by this.
const LEAST_FALL: f64 = 46.0;
pub(super) const LOST_FALL: f64 = 24.0;
/// Notes shown of one row, and characters of each.
const MOST_NOTES: usize = 6;
const LONGEST_NOTE: usize = 600;

/// A row's words and lines.
#[derive(Debug, Clone)]
pub(super) enum Body<'a> {
    Nothing,
    Arrow {
        arrow: &'a Arrow,
        label: Vec<Part>,
        details: Vec<String>,
    },
    Arrival(&'a Arrival),
    /// A thick arrow for each direction of folded data, and what they are together.
    Folded {
        flows: Vec<(Side, String)>,
        sum: String,
    },
    /// The lifelines are cut here.
    Cut(String),
    /// Words near one side: what it did or said.
    Words {
        side: Side,
        lines: Vec<(String, Paint)>,
        is_call: bool,
    },
    /// TIME-WAIT in words, and how much of 2MSL is over, with the words at the end of its bar.
    Wait {
        side: Side,
        lines: Vec<(String, Paint)>,
        bar: Option<(f64, String)>,
    },
    Phase(Phase),
}

/// A row with everything decided but its place.
#[derive(Debug, Clone)]
pub(super) struct Block<'a> {
    pub(super) row: &'a Row,
    pub(super) body: Body<'a>,
    /// The notes' lines; the first of each with its colour.
    pub(super) notes: Vec<(Option<Paint>, String)>,
}

impl Block<'_> {
    pub(super) fn of<'a>(row: &'a Row, lanes: &Lanes, origin_ns: i64, columns: &Columns, style: &Style) -> Block<'a> {
        let body = match &row.content {
            Content::Segment(arrow) => segment(arrow, columns, style),
            Content::Arrival(arrival) => Body::Arrival(arrival),
            Content::Folded(run) => folded(run, style),
            Content::Gap { .. } | Content::LeftOut { .. } => Body::Cut(text::cut(&row.content, style.lang)),
            Content::Wait(wait) => waiting(wait, lanes, origin_ns, columns, style),
            Content::Call(called) => call(called, columns, style),
            Content::Message(said) | Content::Lookup(said) => message(said, columns, style),
            Content::Phase(phase) => Body::Phase(*phase),
            Content::States => Body::Nothing,
        };
        let notes = columns.notes.map_or_else(Vec::new, |(_, room)| notes(&row.notes, room - 16.0, style));
        Block { row, body, notes }
    }

    /// Pixels from the row's top to its place: the foot of its arrow.
    pub(super) fn above(&self) -> f64 {
        match &self.body {
            Body::Arrow { .. } => 26.0,
            Body::Arrival(_) if self.row.changes.is_empty() => 9.0,
            Body::Folded { .. } => 24.0,
            Body::Cut(_) => 22.0,
            Body::Phase(_) => 8.0,
            Body::Nothing | Body::Arrival(_) | Body::Words { .. } | Body::Wait { .. } => 13.0,
        }
    }

    /// Pixels from its place to the row's end.
    pub(super) fn below(&self) -> f64 {
        let lines = |count: usize| count as f64 * DETAIL_LINE;
        let body = match &self.body {
            Body::Arrow { arrow, details, .. } => {
                let own = 8.0 + lines(details.len());
                if arrow.slants { own.max(LEAST_FALL) } else { own + if falls(arrow) { LOST_FALL } else { 0.0 } }
            }
            Body::Folded { flows, .. } => 24.0 + flows.len().saturating_sub(1) as f64 * 26.0,
            Body::Cut(_) => 22.0,
            Body::Words { lines: texts, .. } => 8.0 + lines(texts.len().saturating_sub(1)),
            Body::Wait { lines: texts, bar, .. } => {
                8.0 + lines(texts.len().saturating_sub(1)) + if bar.is_some() { 24.0 } else { 0.0 }
            }
            Body::Phase(_) => 24.0,
            Body::Nothing | Body::Arrival(_) => 9.0,
        };
        let states = |side| self.row.changes.iter().filter(|change: &&Change| change.side == side).count();
        let most = states(Side::Left).max(states(Side::Right)).min(MOST_STATES);
        body.max(13.0 + most.saturating_sub(1) as f64 * STATE_STEP)
    }

    pub(super) fn notes_height(&self) -> f64 {
        self.notes.len() as f64 * NOTE_LINE
    }
}

/// States shown of one side in one row: a connection has eleven.
pub(super) const MOST_STATES: usize = 11;

/// Whether an arrow falls without arriving.
pub(super) fn falls(arrow: &Arrow) -> bool {
    arrow.fate == Fate::Lost
}

/// The colour of one side.
pub(super) fn paint(side: Side) -> Paint {
    match side {
        Side::Left => Paint::Client,
        Side::Right => Paint::Server,
    }
}

fn segment<'a>(arrow: &'a Arrow, columns: &Columns, style: &Style) -> Body<'a> {
    let share = if arrow.crosses { 0.36 } else { 0.86 };
    let room = measure::mono_columns(columns.area() * share, LABEL);
    let (words, moved) = text::label(arrow, room, style);
    let flags = text::flags(arrow, style);
    let own = if arrow.has_flag("RST") { Paint::Error } else { paint(arrow.from) };
    let rest = words.strip_prefix(&flags).unwrap_or_default().to_string();
    let head = if rest.is_empty() { words } else { flags };
    let label = vec![Part { text: head, paint: own, bold: true }, Part { text: rest, paint: Paint::Text, bold: false }];
    let mut parts = moved;
    if arrow.fate == Fate::Lost && !arrow.is_loss_told {
        parts.insert(0, text::lost(arrow, style).to_string());
    }
    parts.extend(text::options(arrow, style));
    let details = joined(&parts, measure::columns(columns.area() * share, DETAIL), style);
    Body::Arrow { arrow, label, details }
}

fn folded<'a>(run: &Folded, style: &Style) -> Body<'a> {
    let flows = run.flows.iter().take(2).map(|flow| (flow.from, text::flow(flow, style.lang))).collect();
    Body::Folded { flows, sum: text::fold(run, style.lang) }
}

fn call<'a>(called: &Called, columns: &Columns, style: &Style) -> Body<'a> {
    let paint = if called.failed && called.part != CallPart::Entered { Paint::Error } else { Paint::Dim };
    let text = width::clean(&called.words(style.lang), 160, style);
    let lines = width::wrap(&text, measure::mono_columns(columns.area() * 0.8, DETAIL));
    Body::Words { side: called.side, lines: lines.into_iter().map(|line| (line, paint)).collect(), is_call: true }
}

fn message<'a>(said: &Said, columns: &Columns, style: &Style) -> Body<'a> {
    let room = columns.area() * 0.8;
    let words = measure::wrap(&text::said_words(said, style), room, DETAIL);
    let problems = text::said_problems(said, style).flat_map(|text| measure::wrap(&text, room, DETAIL));
    let lines = words.into_iter().map(|line| (line, paint(said.from)));
    let lines = lines.chain(problems.map(|line| (line, Paint::Error))).collect();
    Body::Words { side: said.from, lines, is_call: false }
}

fn waiting<'a>(wait: &Wait, lanes: &Lanes, origin_ns: i64, columns: &Columns, style: &Style) -> Body<'a> {
    let who = summary::lane_name(lanes.get(wait.side), style);
    let told = text::wait_words(wait, &who, origin_ns, style);
    let room = columns.area() * 0.8;
    let paints = std::iter::once(Paint::Wait).chain(std::iter::repeat(Paint::Dim));
    let lines = told.iter().zip(paints);
    let lines = lines
        .flat_map(|(text, paint)| measure::wrap(text, room, DETAIL).into_iter().map(move |line| (line, paint)))
        .collect();
    let bar = text::wait_share(wait).map(|(over_ns, total_ns)| {
        let share = over_ns as f64 / total_ns as f64;
        (share.clamp(0.0, 1.0), time::span(total_ns))
    });
    Body::Wait { side: wait.side, lines, bar }
}

fn notes(notes: &[Remark], room: f64, style: &Style) -> Vec<(Option<Paint>, String)> {
    let mut lines = Vec::new();
    for note in notes.iter().take(MOST_NOTES) {
        let mut words = width::clean(note.text.get(style.lang), LONGEST_NOTE, style);
        words.push_str(&text::source(note, style));
        let mut paint = Some(Paint::severity(note.severity));
        for line in measure::wrap(&words, room, NOTE) {
            lines.push((paint.take(), line));
        }
    }
    if let Some(more) = notes.len().checked_sub(MOST_NOTES).filter(|more| *more > 0) {
        lines.push((Some(Paint::Dim), text::more_notes(more, style.lang)));
    }
    lines
}

/// The name of a phase.
pub(super) fn phase(phase: Phase, style: &Style) -> &'static str {
    words::phase(phase, style.lang)
}
