//! What the page draws from: every connection's rows with their words in both languages. Places and colours are the page's own.

use crate::ladder::{Arrow, CallPart, Change, Content, Ladder, Lifeline, Remark, Row, Side, View, WaitAction};
use crate::render::{Charset, Style, story, summary, text, time, width, words};
use crate::tcp::Basis;
use crate::timeline::{Detail, Fate, Lang, Phase, SegmentEvent, Severity, Text, Timeline};
use serde::Serialize;
use std::collections::HashMap;

/// Connections that a page holds; of more it says how many there are.
const MOST_CONNECTIONS: usize = 100;
/// Notes of one row.
const MOST_NOTES: usize = 12;
/// Characters of one text.
const LONGEST: usize = 900;

/// The same in both languages.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Both<T> {
    en: T,
    zh: T,
}

impl<T> Both<T> {
    fn of(mut say: impl FnMut(&Style) -> T) -> Both<T> {
        let style = |lang| Style::new(lang, Charset::Unicode, 100);
        Both { en: say(&style(Lang::En)), zh: say(&style(Lang::Zh)) }
    }
}

/// Everything on one page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    source: Both<String>,
    /// How many connections there are, of which the page holds the first ones.
    connections_in_all: usize,
    connections: Vec<Connection>,
}

#[derive(Debug, Serialize)]
struct Connection {
    id: u64,
    title: String,
    verdict: Both<String>,
    open: Both<String>,
    close: Both<String>,
    lanes: [Lane; 2],
    steps: Vec<Step>,
    rows: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Lane {
    role: Both<String>,
    address: String,
}

#[derive(Debug, Serialize)]
struct Step {
    title: Both<String>,
    note: Both<String>,
    phase: Phase,
}

/// One row.
#[derive(Debug, Serialize)]
struct Line {
    /// The place of its step among the connection's.
    step: usize,
    /// Nanoseconds since the connection's first event.
    #[serde(skip_serializing_if = "Option::is_none")]
    t_ns: Option<i64>,
    #[serde(flatten)]
    what: What,
    /// Of the left and the right peer.
    #[serde(skip_serializing_if = "is_nothing")]
    states: [Vec<State>; 2],
    lifelines: [&'static str; 2],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
}

fn is_nothing(states: &[Vec<State>; 2]) -> bool {
    states.iter().all(Vec::is_empty)
}

#[derive(Debug, Serialize)]
struct State {
    name: &'static str,
    basis: Basis,
}

#[derive(Debug, Serialize)]
struct Note {
    severity: Severity,
    text: Both<String>,
    /// As `RFC 9293 3.5`; may be empty.
    rfc: String,
}

/// What stands in a row. `side` and `from` are 0 on the left and 1 on the right.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What {
    Phase {
        phase: Phase,
        words: Both<String>,
    },
    States,
    Segment(Box<Segment>),
    /// The segment of another row arrives.
    Arrival {
        event: u64,
        delay: String,
    },
    Folded {
        flows: Vec<Flow>,
        words: Both<String>,
    },
    Gap {
        words: Both<String>,
    },
    Wait {
        side: usize,
        words: Both<Vec<String>>,
        /// How much of 2MSL is over, 0 to 1, and how long that is.
        #[serde(skip_serializing_if = "Option::is_none")]
        bar: Option<(f64, String)>,
    },
    Call {
        side: usize,
        words: Both<String>,
        failed: bool,
    },
    Message {
        side: usize,
        words: Both<String>,
        problems: Both<Vec<String>>,
    },
}

#[derive(Debug, Serialize)]
struct Flow {
    from: usize,
    words: Both<String>,
}

#[derive(Debug, Serialize)]
struct Segment {
    from: usize,
    event: u64,
    /// `SYN,ACK`.
    flags: String,
    /// Behind the flags: `(again) seq=0 win=64240`.
    label: Both<String>,
    /// Options and the like.
    details: Both<Vec<String>>,
    /// It has a row of its own to arrive in.
    slants: bool,
    crosses: bool,
    lost: bool,
    unproven: bool,
    made_up: bool,
    reset: bool,
    pure_ack: bool,
    /// The header's fields, as in the timeline.
    header: Option<SegmentEvent>,
}

impl Page {
    /// The page of a timeline, or of the one connection that the view names.
    pub(super) fn of(timeline: &Timeline, view: &View) -> Page {
        let ids = timeline.connections.iter().map(|connection| connection.id);
        let ids: Vec<u64> = ids.filter(|id| view.connection.is_none_or(|asked| asked == *id)).collect();
        let segments: HashMap<u64, &SegmentEvent> = timeline
            .events
            .iter()
            .filter_map(|event| match &event.detail {
                Detail::Segment(segment) => Some((event.id, segment)),
                _ => None,
            })
            .collect();
        let ladders = ids.iter().take(MOST_CONNECTIONS).filter_map(|id| Ladder::by(timeline, *id, view));
        let connections = ladders.map(|ladder| connection(&ladder, &segments)).collect();
        let source = Both::of(|style| summary::origin(&timeline.source, style));
        Page { source, connections_in_all: ids.len(), connections }
    }
}

fn connection(ladder: &Ladder, segments: &HashMap<u64, &SegmentEvent>) -> Connection {
    let plain = Style::new(Lang::En, Charset::Unicode, 100);
    let told = |text: &Text| Both::of(|style| width::clean(text.get(style.lang), LONGEST, style));
    let order = ladder.steps_of_rows();
    let steps = ladder.steps.iter();
    let steps =
        steps.map(|step| Step { title: told(&step.title), note: told(&step.note), phase: step.phase }).collect();
    let rows = ladder.rows.iter().zip(order).map(|(row, step)| line(row, step, ladder, segments)).collect();
    Connection {
        id: ladder.connection.id,
        title: story::title(ladder, &plain),
        verdict: told(&ladder.connection.verdict),
        open: Both::of(|style| words::open(ladder.connection.open.kind, style.lang).to_string()),
        close: Both::of(|style| words::close(ladder.connection.close.kind, style.lang).to_string()),
        lanes: Side::BOTH.map(|side| {
            let lane = ladder.lanes.get(side);
            let address = width::clean(&lane.address, 60, &plain);
            Lane { role: Both::of(|style| summary::lane_name(lane, style)), address }
        }),
        steps,
        rows,
    }
}

fn line(row: &Row, step: usize, ladder: &Ladder, segments: &HashMap<u64, &SegmentEvent>) -> Line {
    Line {
        step,
        t_ns: row.t_ns.map(|t_ns| t_ns.saturating_sub(ladder.origin_ns)),
        what: what(row, ladder, segments),
        states: Side::BOTH.map(|side| states(&row.changes, side)),
        lifelines: row.lifelines.map(|lifeline| match lifeline {
            Lifeline::Open => "open",
            Lifeline::Closed => "closed",
            Lifeline::Waiting => "waiting",
        }),
        notes: notes(&row.notes),
    }
}

fn what(row: &Row, ladder: &Ladder, segments: &HashMap<u64, &SegmentEvent>) -> What {
    match &row.content {
        Content::Phase(phase) => {
            What::Phase { phase: *phase, words: Both::of(|style| words::phase(*phase, style.lang).to_string()) }
        }
        Content::States => What::States,
        Content::Segment(arrow) => {
            let event = row.event.unwrap_or_default();
            What::Segment(Box::new(segment(arrow, event, segments.get(&event).copied())))
        }
        Content::Arrival(arrival) => What::Arrival { event: arrival.event, delay: time::span(arrival.delay_ns) },
        Content::Folded(run) => What::Folded {
            flows: run
                .flows
                .iter()
                .take(2)
                .map(|flow| Flow { from: place(flow.from), words: Both::of(|style| text::flow(flow, style.lang)) })
                .collect(),
            words: Both::of(|style| text::fold(run, style.lang)),
        },
        Content::Gap { .. } | Content::LeftOut { .. } => {
            What::Gap { words: Both::of(|style| text::cut(&row.content, style.lang)) }
        }
        Content::Wait(wait) => What::Wait {
            side: place(wait.side),
            words: Both::of(|style| {
                let who = summary::lane_name(ladder.lanes.get(wait.side), style);
                text::wait_words(wait, &who, ladder.origin_ns, style)
            }),
            bar: text::wait_share(wait)
                .map(|(over, total)| ((over as f64 / total as f64).clamp(0.0, 1.0), time::span(total)))
                .filter(|_| !matches!(wait.action, WaitAction::Begins)),
        },
        Content::Call(called) => What::Call {
            side: place(called.side),
            words: Both::of(|style| width::clean(&called.words(style.lang), LONGEST, style)),
            failed: called.failed && called.part != CallPart::Entered,
        },
        Content::Message(said) | Content::Lookup(said) => What::Message {
            side: place(said.from),
            words: Both::of(|style| text::said_words(said, style)),
            problems: Both::of(|style| text::said_problems(said, style).collect()),
        },
    }
}

fn segment(arrow: &Arrow, event: u64, header: Option<&SegmentEvent>) -> Segment {
    const WIDE: usize = 200;
    let plain = Style::new(Lang::En, Charset::Unicode, WIDE);
    let flags = text::flags(arrow, &plain);
    Segment {
        from: place(arrow.from),
        event,
        label: Both::of(|style| {
            let (label, _) = text::label(arrow, WIDE, style);
            label.strip_prefix(&text::flags(arrow, style)).unwrap_or(&label).trim().to_string()
        }),
        details: Both::of(|style| {
            let lost = arrow.fate == Fate::Lost && !arrow.is_loss_told;
            let lost = lost.then(|| text::lost(arrow, style).to_string());
            lost.into_iter().chain(text::options(arrow, style)).collect()
        }),
        slants: arrow.slants,
        crosses: arrow.crosses,
        lost: arrow.fate == Fate::Lost,
        unproven: arrow.is_unproven(),
        made_up: arrow.is_made_up,
        reset: arrow.has_flag("RST"),
        pure_ack: arrow.is_pure_ack(),
        header: header.map(safe),
        flags,
    }
}

/// The header's fields; of what a file may hold instead of them, nothing that steers a reader.
fn safe(segment: &SegmentEvent) -> SegmentEvent {
    let plain = Style::new(Lang::En, Charset::Unicode, 100);
    let clean = |text: &String| width::clean(text, 60, &plain);
    SegmentEvent {
        from: clean(&segment.from),
        to: clean(&segment.to),
        flags: segment.flags.iter().take(12).map(clean).collect(),
        octets: segment
            .octets
            .clone()
            .filter(|octets| octets.len() <= 120 && octets.bytes().all(|c| c.is_ascii_hexdigit())),
        wireshark: None,
        ..segment.clone()
    }
}

fn states(changes: &[Change], side: Side) -> Vec<State> {
    let own = changes.iter().filter(|change| change.side == side);
    own.map(|change| State { name: change.state.name(), basis: change.basis }).collect()
}

/// Of very many the first, and how many more there are.
fn notes(remarks: &[Remark]) -> Vec<Note> {
    let mut notes: Vec<Note> = remarks.iter().take(MOST_NOTES).map(note).collect();
    if let Some(more) = remarks.len().checked_sub(MOST_NOTES).filter(|more| *more > 0) {
        let text = Both::of(|style| text::more_notes(more, style.lang));
        notes.push(Note { severity: Severity::Note, text, rfc: String::new() });
    }
    notes
}

fn note(remark: &Remark) -> Note {
    let plain = Style::new(Lang::En, Charset::Unicode, 100);
    Note {
        severity: remark.severity,
        text: Both::of(|style| width::clean(remark.text.get(style.lang), LONGEST, style)),
        rfc: text::source(remark, &plain).trim().trim_matches(['[', ']']).replace('\u{a0}', " "),
    }
}

fn place(side: Side) -> usize {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}
