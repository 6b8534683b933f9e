//! Rows of a ladder into blocks: the words, arrows and states of each kind of row.

use super::arrow::{self, End};
use super::block::{Block, Body};
use super::columns::Columns;
use super::glyphs::Glyphs;
use super::slant::{self, Flights};
use super::{label, notes, said, wait};
use crate::ladder::{Arrow, CallPart, Called, Change, Content, Folded, FoldedFlow, Lanes, Lifeline, Row, Side, Wait};
use crate::render::ink::Ink;
use crate::render::{Style, summary, time, width};
use crate::tcp::{Basis, State};
use crate::timeline::amount::some;
use crate::timeline::{Fate, Lang};

/// Lifelines nearer to each other than this leave no room for sentences: notes then run across them.
const NOTES_WITHIN_FROM: usize = 30;
/// Where such notes begin.
pub(super) const ACROSS: usize = 4;
/// Flows shown of one folded stretch; a connection has two.
const FLOWS: usize = 2;

/// The block of one row; headings are drawn elsewhere.
pub(super) fn block(
    row: &Row,
    lanes: &Lanes,
    origin_ns: i64,
    columns: &Columns,
    flights: &mut Flights,
    style: &Style,
) -> Block {
    let room = columns.area().saturating_sub(4);
    let mut body = match &row.content {
        Content::Segment(arrow) if arrow.slants => {
            leaving(arrow, row.event.unwrap_or_default(), columns, flights, style)
        }
        Content::Segment(arrow) => segment(arrow, columns, style),
        Content::Arrival(arrival) => {
            let delay = time::span(arrival.delay_ns);
            let (text, ink) = flights.arrive(arrival, &delay, columns.area(), Glyphs::of(style.charset));
            vec![Body::Slant { near: !arrival.from, leaves: false, text, ink }]
        }
        Content::Folded(run) => folded(run, columns, style),
        Content::Gap { .. } | Content::LeftOut { .. } => {
            let words = gap(&row.content, style);
            // A wait is long: its bar gets some length, though not its true one.
            let waits = row.lifelines.contains(&Lifeline::Waiting);
            if waits { vec![Body::Nothing, words, Body::Nothing] } else { vec![words] }
        }
        Content::Wait(wait) => waiting(wait, &summary::lane_name(lanes.get(wait.side), style), origin_ns, room, style),
        Content::Call(called) => call(called, room, style),
        Content::Message(said) | Content::Lookup(said) => said::lines(said, room, style),
        Content::Phase(_) | Content::States => Vec::new(),
    };
    let mut beside = Vec::new();
    if let Some((_, columns)) = columns.notes {
        beside = notes::lines(&row.notes, columns, true, style);
    } else if columns.area() < NOTES_WITHIN_FROM {
        let lines = notes::lines(&row.notes, style.width.saturating_sub(ACROSS + 1), false, style);
        body.extend(lines.into_iter().map(|(text, ink)| Body::Across { text, ink }));
    } else {
        let lines = notes::lines(&row.notes, room, false, style);
        body.extend(lines.into_iter().map(|(text, ink)| Body::Words { near: Side::Left, text, ink }));
    }
    Block {
        time: String::new(),
        states: Side::BOTH.map(|side| states(&row.changes, side, columns, style)),
        body,
        beside,
        lifelines: row.lifelines,
        cut: matches!(row.content, Content::Gap { .. } | Content::LeftOut { .. }),
    }
}

/// A state with its basis: bare when observed, (inferred), [kernel].
pub(super) fn state(state: State, basis: Basis, short: bool) -> (String, Ink) {
    let name = if short { short_name(state) } else { state.name() };
    match basis {
        Basis::Observed => (name.to_string(), Ink::State),
        Basis::Inferred => (format!("({name})"), Ink::Inferred),
        Basis::Kernel => (format!("[{name}]"), Ink::State),
    }
}

/// The words where the lifelines are cut: idle time, or what is not shown.
pub(crate) fn cut(content: &Content, lang: Lang) -> String {
    match (content, lang) {
        (Content::Gap { ns }, _) => format!("{} {}", time::span(*ns), lang.pick("idle", "空闲")),
        (Content::LeftOut { events, ns }, Lang::En) => {
            format!("{} not shown, {}", some(*events, "event"), time::span(*ns))
        }
        (Content::LeftOut { events, ns }, Lang::Zh) => format!("略去 {events} 个事件，{}", time::span(*ns)),
        _ => String::new(),
    }
}

/// One direction of folded data: `12 segments, 20.0 kB`.
pub(crate) fn flow(flow: &FoldedFlow, lang: Lang) -> String {
    let (segments, bytes) = (flow.segments, time::octets(flow.bytes));
    match (lang, flow.bytes) {
        (Lang::En, 0) => some(segments, "segment"),
        (Lang::En, _) => format!("{}, {bytes}", some(segments, "segment")),
        (Lang::Zh, 0) => format!("{segments} 个报文段"),
        (Lang::Zh, _) => format!("{segments} 个报文段，{bytes}"),
    }
}

/// What a folded stretch is: how many segments in which time.
pub(crate) fn fold(run: &Folded, lang: Lang) -> String {
    let span = time::span(run.span_ns);
    match lang {
        Lang::En => format!("{} folded, {span}", some(run.count, "segment")),
        Lang::Zh => format!("折叠 {} 个报文段，历时 {span}", run.count),
    }
}

fn states(changes: &[Change], side: Side, columns: &Columns, style: &Style) -> Vec<(String, Ink)> {
    let own = changes.iter().filter(|change| change.side == side).take(11);
    own.map(|change| {
        let (text, ink) = state(change.state, change.basis, columns.short_states);
        (width::clean(&text, 20, style), ink)
    })
    .collect()
}

fn short_name(state: State) -> &'static str {
    match state {
        State::SynReceived => "SYN-RCVD",
        State::Established => "ESTAB",
        State::FinWait1 => "FIN-WT-1",
        State::FinWait2 => "FIN-WT-2",
        State::CloseWait => "CLOSE-WT",
        State::TimeWait => "TIME-WT",
        other => other.name(),
    }
}

fn segment(arrow: &Arrow, columns: &Columns, style: &Style) -> Vec<Body> {
    let glyphs = Glyphs::of(style.charset);
    let area = columns.area();
    let (label, moved) = label::label(arrow, area.saturating_sub(arrow::BESIDE_LABEL), style);
    let end = match arrow.fate {
        Fate::Lost => End::Lost,
        _ if arrow.is_unproven() => End::Unproven,
        Fate::Received | Fate::Unknown => End::Arrives,
    };
    let ink = match arrow {
        Arrow { fate: Fate::Lost, .. } => Ink::Error,
        arrow if arrow.has_flag("RST") => Ink::Error,
        arrow => Ink::side(arrow.from),
    };
    let text = match arrow.is_made_up {
        true => arrow::from_nowhere(arrow.from, &label, area, end, glyphs),
        false => arrow::shaft(arrow.from, &label, area, end, glyphs.shaft, glyphs),
    };
    let mut body = vec![Body::Arrow { from: arrow.from, stands: !arrow.is_made_up, text, ink }];
    let mut parts = moved;
    if arrow.fate == Fate::Lost && !arrow.is_loss_told {
        parts.insert(0, label::lost(arrow, style).to_string());
    }
    parts.extend(label::options(arrow, style));
    let lines = label::lines(&parts, area.saturating_sub(4), style);
    body.extend(lines.into_iter().map(|text| Body::Words { near: arrow.from, text, ink: Ink::Dim }));
    body
}

/// Columns that words below an arrow that slants get at least, where nothing crosses it: two timestamps fit.
const WORDS: usize = 22;

/// An arrow that slants leaves: what does not fit on its shaft stands below it, on the sender's side.
fn leaving(arrow: &Arrow, event: u64, columns: &Columns, flights: &mut Flights, style: &Style) -> Vec<Body> {
    let glyphs = Glyphs::of(style.charset);
    let area = columns.area();
    let (label, moved) = label::label(arrow, slant::label_room(area, arrow.crosses), style);
    let ink = if arrow.has_flag("RST") { Ink::Error } else { Ink::side(arrow.from) };
    let (text, bend) = flights.leave(event, arrow.from, &label, area, ink, glyphs);
    let mut body = vec![Body::Slant { near: arrow.from, leaves: true, text, ink }];
    let mut parts = moved;
    parts.extend(label::options(arrow, style));
    let lines = label::lines(&parts, bend.saturating_sub(2).max(if arrow.crosses { 8 } else { WORDS }), style);
    body.extend(lines.into_iter().map(|text| Body::Words { near: arrow.from, text, ink: Ink::Dim }));
    body
}

fn folded(run: &Folded, columns: &Columns, style: &Style) -> Vec<Body> {
    let glyphs = Glyphs::of(style.charset);
    let area = columns.area();
    let mut body: Vec<Body> = run
        .flows
        .iter()
        .take(FLOWS)
        .map(|one| {
            let words = width::clip(&flow(one, style.lang), area.saturating_sub(arrow::BESIDE_LABEL), style.charset);
            let text = arrow::shaft(one.from, &words, area, End::Arrives, glyphs.thick, glyphs);
            Body::Arrow { from: one.from, stands: true, text, ink: Ink::side(one.from) }
        })
        .collect();
    body.push(Body::Centred { text: width::clean(&fold(run, style.lang), 100, style), ink: Ink::Dim });
    body
}

/// A call stands at its caller's lifeline; so much of it as a line or two hold.
fn call(called: &Called, room: usize, style: &Style) -> Vec<Body> {
    let (text, ink) = call_words(called, style);
    width::wrap(&text, room).into_iter().map(|text| Body::Words { near: called.side, text, ink }).collect()
}

/// The words of a call, fit for a terminal.
pub(super) fn call_words(called: &Called, style: &Style) -> (String, Ink) {
    const LONGEST: usize = 160;
    let ends_badly = called.failed && called.part != CallPart::Entered;
    (width::clean(&called.words(style.lang), LONGEST, style), if ends_badly { Ink::Error } else { Ink::Dim })
}

fn gap(content: &Content, style: &Style) -> Body {
    Body::Centred { text: width::clean(&cut(content, style.lang), 100, style), ink: Ink::Strong }
}

fn waiting(wait: &Wait, who: &str, origin_ns: i64, room: usize, style: &Style) -> Vec<Body> {
    let mut body = Vec::new();
    for part in wait::parts(wait, who, origin_ns, room, style) {
        match part {
            wait::Part::Bar(text) => body.push(Body::Words { near: wait.side, text, ink: Ink::Wait }),
            wait::Part::Words(text, ink) => {
                let lines = width::wrap(&width::clean(&text, 200, style), room);
                body.extend(lines.into_iter().map(|text| Body::Words { near: wait.side, text, ink }));
            }
        }
    }
    body
}
