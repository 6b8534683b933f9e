//! The columns of an event's row: each name beside what stands below it. What is added stands at the end.

use super::{Row, phase, words};
use crate::ladder::Side;
use crate::render::cells::name;
use crate::timeline::{Call, Detail, Event, Flow, Lookup, Message, Note, Run, SegmentEvent, StateChange, Timer};
use jiff::{SignedDuration, Timestamp};

/// What stands in a column.
pub(super) enum Cell {
    Nothing,
    Number(i64),
    Truth(bool),
    /// Nanoseconds, to be shown as seconds.
    Seconds(i64),
    Text(String),
}

/// A column: its name, and what stands in it.
type Column = (&'static str, fn(&Row) -> Cell);

pub(super) const COLUMNS: [Column; 62] = [
    ("event", |row| row.event.id.into()),
    ("connection", |row| row.event.connection.into()),
    ("step", |row| row.step.into()),
    ("kind", |row| text(kind(row.event))),
    ("phase", |row| text(phase(row.event.phase))),
    // When.
    ("t_ns", |row| row.event.t_ns.into()),
    ("t_s", |row| Cell::Seconds(row.event.t_ns)),
    ("connection_t_s", |row| {
        row.connection
            .map_or(Cell::Nothing, |connection| Cell::Seconds(row.event.t_ns.saturating_sub(connection.start_ns)))
    }),
    ("since_last_ns", |row| row.since_last_ns.into()),
    ("time", |row| time(row).map_or(Cell::Nothing, |time| text(format!("{time:.9}")))),
    ("duration_ns", |row| duration_ns(row.event).into()),
    ("received_ns", |row| segment(row).and_then(|segment| segment.received_ns).into()),
    ("one_way_ns", |row| {
        let received = segment(row).and_then(|segment| segment.received_ns);
        received.map(|at| at.saturating_sub(row.event.t_ns)).into()
    }),
    // Who.
    ("direction", |row| match sender(row.event).and_then(|id| row.side(id)) {
        Some(Side::Left) => text("client-to-server"),
        Some(Side::Right) => text("server-to-client"),
        None => Cell::Nothing,
    }),
    ("from", |row| address(row, actor(row.event))),
    ("from_role", |row| role(row, actor(row.event))),
    ("to", |row| address(row, receiver(row.event))),
    ("to_role", |row| role(row, receiver(row.event))),
    // A segment.
    ("flags", |row| segment(row).map(|segment| segment.flags.join(" ")).into()),
    ("seq", |row| segment(row).map(|segment| segment.seq).into()),
    ("seq_end", |row| segment(row).map(seq_end).into()),
    ("ack", |row| segment(row).and_then(|segment| segment.ack).into()),
    ("len", |row| segment(row).map(|segment| segment.len).into()),
    ("wnd", |row| segment(row).map(|segment| segment.wnd).into()),
    ("wnd_bytes", |row| segment(row).and_then(|segment| segment.wnd_bytes).into()),
    ("seq_raw", |row| segment(row).map(|segment| segment.seq_raw).into()),
    ("ack_raw", |row| segment(row).and_then(|segment| segment.ack_raw).into()),
    ("frame", |row| segment(row).map(|segment| segment.frame).or(run(row).map(|run| run.first_frame)).into()),
    ("fate", |row| segment(row).map(|segment| name(&segment.fate)).into()),
    ("repeats", |row| segment(row).and_then(|segment| segment.repeats).into()),
    ("checksum", |row| segment(row).map(|segment| name(&segment.checksum)).into()),
    ("mss", |row| segment(row).and_then(|segment| segment.options.mss).into()),
    ("wscale", |row| segment(row).and_then(|segment| segment.options.wscale).into()),
    ("sack_permitted", |row| segment(row).map(|segment| segment.options.sack_permitted).into()),
    ("tsval", |row| segment(row).and_then(|segment| segment.options.timestamps).map(|[val, _]| val).into()),
    ("tsecr", |row| segment(row).and_then(|segment| segment.options.timestamps).map(|[_, ecr]| ecr).into()),
    ("sack", |row| segment(row).and_then(sack).into()),
    // Sums that a segment and a folded stretch have alike.
    ("client_segments", |row| sent(row, Side::Left).map(|(segments, _)| segments).into()),
    ("client_bytes", |row| sent(row, Side::Left).map(|(_, bytes)| bytes).into()),
    ("server_segments", |row| sent(row, Side::Right).map(|(segments, _)| segments).into()),
    ("server_bytes", |row| sent(row, Side::Right).map(|(_, bytes)| bytes).into()),
    // Where both peers stand after it.
    ("client_in_flight", |row| (*Side::Left.of(&row.flight)).into()),
    ("server_in_flight", |row| (*Side::Right.of(&row.flight)).into()),
    ("client_state", |row| Side::Left.of(&row.states).map(|state| state.name().to_string()).into()),
    ("server_state", |row| Side::Right.of(&row.states).map(|state| state.name().to_string()).into()),
    ("states", |row| list(row.event.states.iter().map(|change| state(row, change)))),
    // A timer, a call, a lookup, a message.
    ("action", |row| timer(row).map(|timer| name(&timer.action)).into()),
    ("due_ns", |row| timer(row).and_then(|timer| timer.due_ns).into()),
    ("remaining_ns", |row| timer(row).and_then(|timer| timer.remaining_ns).into()),
    ("program", |row| {
        call(row).map(|call| &call.program).or(lookup(row).map(|lookup| &lookup.program)).cloned().flatten().into()
    }),
    ("call", |row| call(row).map(|call| call.call.name().to_string()).into()),
    ("arguments", |row| call(row).map(|call| call.arguments.clone()).into()),
    ("result", |row| call(row).and_then(|call| call.result).into()),
    ("error", |row| call(row).and_then(|call| call.error.clone()).into()),
    ("name", |row| lookup(row).map(|lookup| lookup.name.clone()).into()),
    ("outcome", |row| lookup(row).map(|lookup| name(&lookup.outcome)).into()),
    // What is said of it.
    ("severity", |row| row.event.notes.iter().map(|note| note.severity).max().map(|most| name(&most)).into()),
    ("notes", |row| list(row.event.notes.iter().map(|note: &Note| note.id.clone()))),
    ("note_en", |row| words::notes(row.event).map(|text| text.en).into()),
    ("note_zh", |row| words::notes(row.event).map(|text| text.zh).into()),
    ("text_en", |row| words::of(row.event).map(|text| text.en).into()),
    ("text_zh", |row| words::of(row.event).map(|text| text.zh).into()),
];

impl<T: TryInto<i64>> From<Option<T>> for Cell
where
    T: Numeric,
{
    fn from(number: Option<T>) -> Cell {
        number.and_then(|number| number.try_into().ok()).map_or(Cell::Nothing, Cell::Number)
    }
}

/// What a number in a column may be.
trait Numeric {}
impl Numeric for i64 {}
impl Numeric for u64 {}
impl Numeric for u32 {}
impl Numeric for u16 {}
impl Numeric for u8 {}

impl<T: Numeric + TryInto<i64>> From<T> for Cell {
    fn from(number: T) -> Cell {
        Some(number).into()
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Cell {
        text.map_or(Cell::Nothing, Cell::Text)
    }
}

impl From<Option<bool>> for Cell {
    fn from(truth: Option<bool>) -> Cell {
        truth.map_or(Cell::Nothing, Cell::Truth)
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn list(words: impl Iterator<Item = String>) -> Cell {
    let words: Vec<String> = words.collect();
    if words.is_empty() { Cell::Nothing } else { Cell::Text(words.join(" ")) }
}

fn segment<'t>(row: &Row<'t>) -> Option<&'t SegmentEvent> {
    if let Detail::Segment(segment) = &row.event.detail { Some(segment) } else { None }
}

fn run<'t>(row: &Row<'t>) -> Option<&'t Run> {
    if let Detail::Run(run) = &row.event.detail { Some(run) } else { None }
}

fn timer<'t>(row: &Row<'t>) -> Option<&'t Timer> {
    if let Detail::Timer(timer) = &row.event.detail { Some(timer) } else { None }
}

fn call<'t>(row: &Row<'t>) -> Option<&'t Call> {
    if let Detail::Call(call) = &row.event.detail { Some(call) } else { None }
}

fn lookup<'t>(row: &Row<'t>) -> Option<&'t Lookup> {
    if let Detail::Lookup(lookup) = &row.event.detail { Some(lookup) } else { None }
}

fn kind(event: &Event) -> &'static str {
    match &event.detail {
        Detail::Segment(_) => "segment",
        Detail::Run(_) => "run",
        Detail::Timer(_) => "timer",
        Detail::Call(_) => "call",
        Detail::Message(_) => "message",
        Detail::Lookup(_) => "lookup",
        Detail::Unknown => "unknown",
    }
}

/// The sender of a segment or a message.
fn sender(event: &Event) -> Option<&str> {
    match &event.detail {
        Detail::Segment(SegmentEvent { from, .. }) | Detail::Message(Message { from, .. }) => Some(from),
        _ => None,
    }
}

/// Who sends, calls, asks or waits.
fn actor(event: &Event) -> Option<&str> {
    match &event.detail {
        Detail::Call(Call { endpoint, .. }) | Detail::Timer(Timer { endpoint, .. }) => Some(endpoint),
        Detail::Lookup(lookup) => Some(&lookup.endpoint),
        _ => sender(event),
    }
}

fn receiver(event: &Event) -> Option<&str> {
    match &event.detail {
        Detail::Segment(SegmentEvent { to, .. }) | Detail::Message(Message { to, .. }) => Some(to),
        _ => None,
    }
}

/// `ip:port`; the id itself where the timeline does not describe the endpoint.
fn address(row: &Row, id: Option<&str>) -> Cell {
    let id = id.filter(|id| !id.is_empty());
    id.map(|id| row.endpoints.get(id).map_or_else(|| id.to_string(), |endpoint| endpoint.address())).into()
}

fn role(row: &Row, id: Option<&str>) -> Cell {
    id.and_then(|id| row.side(id)).map(|side| role_name(side).to_string()).into()
}

fn role_name(side: Side) -> &'static str {
    match side {
        Side::Left => "client",
        Side::Right => "server",
    }
}

fn time(row: &Row) -> Option<Timestamp> {
    row.start?.checked_add(SignedDuration::from_nanos(row.event.t_ns)).ok()
}

fn duration_ns(event: &Event) -> Option<i64> {
    let until = |end: i64| end.saturating_sub(event.t_ns);
    match &event.detail {
        Detail::Run(run) => Some(until(run.end_ns)),
        Detail::Call(call) => call.took_ns,
        Detail::Lookup(lookup) => lookup.answered_ns.map(until),
        Detail::Message(message) => Some(until(message.end_ns)),
        Detail::Segment(_) | Detail::Timer(_) | Detail::Unknown => None,
    }
}

/// Where its sequence numbers end: SYN and FIN take one each (RFC 9293 3.4).
fn seq_end(segment: &SegmentEvent) -> i64 {
    let control = segment.flags.iter().filter(|flag| matches!(flag.as_str(), "SYN" | "FIN")).count();
    segment.seq.saturating_add(i64::from(segment.len)).saturating_add(i64::try_from(control).unwrap_or(i64::MAX))
}

/// `101-201 301-401`.
fn sack(segment: &SegmentEvent) -> Option<String> {
    let blocks = segment.options.sack.iter().map(|[left, right]| format!("{left}-{right}"));
    (!segment.options.sack.is_empty()).then(|| blocks.collect::<Vec<_>>().join(" "))
}

/// Segments and payload octets that a side sent in this event.
fn sent(row: &Row, side: Side) -> Option<(u64, u64)> {
    match &row.event.detail {
        Detail::Segment(segment) => {
            let is_own = row.side(&segment.from) == Some(side);
            Some(if is_own { (1, u64::from(segment.len)) } else { (0, 0) })
        }
        Detail::Run(run) => {
            let own = run.flows.iter().filter(|flow| row.side(&flow.from) == Some(side));
            let add = |(segments, bytes): (u64, u64), flow: &Flow| {
                (segments.saturating_add(flow.segments), bytes.saturating_add(flow.bytes))
            };
            Some(own.fold((0, 0), add))
        }
        _ => None,
    }
}

/// `client:CLOSED>SYN-SENT:observed`.
fn state(row: &Row, change: &StateChange) -> String {
    let who = row.side(&change.endpoint).map_or_else(|| change.endpoint.clone(), |side| role_name(side).to_string());
    let from = change.from.map(|state| state.name()).unwrap_or_default();
    format!("{who}:{from}>{}:{}", change.to.name(), name(&change.basis))
}
