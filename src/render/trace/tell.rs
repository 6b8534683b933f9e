//! The events of one connection onto its tracks: segments with their arrows, calls, notes, and what was in flight.

use super::arrange::{Arrow, Slice};
use super::tracks::{Peer, Process, Track};
use crate::ladder::Side;
use crate::render::cells::name;
use crate::render::flight::Flight;
use crate::render::{text, words};
use crate::timeline::{
    Call, Connection, Content, Detail, Event, Fate, Lookup, Message, Phase, Run, SegmentEvent, Timer,
};
use serde_json::{Map, Value, json};

/// A segment has no length in time: it is drawn as so much of a round trip, within bounds, nanoseconds.
const SHARE: i64 = 20;
const DRAWN: [i64; 2] = [1_000, 1_000_000];

/// What must be remembered from event to event.
#[derive(Default)]
struct Memory {
    phase: Option<(Phase, i64)>,
    flight: Flight,
    in_flight: [Option<u32>; 2],
    windows: [Option<u64>; 2],
}

/// When all is over: the last segment, the end of a wait, whatever is last.
pub(super) fn end_ns(connection: &Connection, events: &[&Event]) -> i64 {
    let waits = connection.time_wait.iter().map(|wait| wait.end_ns);
    let ends = events.iter().map(|event| match &event.detail {
        Detail::Run(run) => run.end_ns.max(event.t_ns),
        Detail::Segment(segment) => segment.received_ns.unwrap_or(event.t_ns).max(event.t_ns),
        Detail::Call(call) => event.t_ns.saturating_add(call.took_ns.unwrap_or(0)),
        _ => event.t_ns,
    });
    waits.chain(ends).max().unwrap_or(connection.end_ns).max(connection.end_ns)
}

/// Puts all events of a connection on its tracks.
pub(super) fn connection(connection: &Connection, events: &[&Event], process: &mut Process) {
    let end_ns = end_ns(connection, events);
    let [least, most] = DRAWN;
    let drawn_ns = connection.open.rtt_ns.map_or(least * 10, |rtt| (rtt / SHARE).clamp(least, most));
    let mut memory = Memory::default();
    if events.is_empty() {
        // Of a connection beyond those that were kept, only the whole is known.
        let name = process.lang.pick("connection", "连接").to_string();
        let slice = Slice { begin_ns: connection.start_ns, end_ns, cat: "phase", name, ..Slice::default() };
        process.slice(Track::Phases, slice);
    }
    for event in events {
        let (phase, t_ns) = (event.phase, event.t_ns);
        match memory.phase {
            Some((last, _)) if last == phase => {}
            last => {
                last.into_iter().for_each(|last| slice_of_phase(last, t_ns, process));
                memory.phase = Some((phase, t_ns));
            }
        }
        let track = match &event.detail {
            Detail::Segment(segment) => tell_segment(event, segment, drawn_ns, &mut memory, process),
            Detail::Run(run) => tell_run(event, run, &mut memory, process),
            Detail::Call(call) => tell_call(event, call, end_ns, process),
            Detail::Lookup(lookup) => tell_lookup(event, lookup, end_ns, process),
            Detail::Timer(timer) => tell_timer(event, timer, process),
            Detail::Message(message) => tell_message(event, message, process),
            Detail::Unknown => Track::Phases,
        };
        for note in &event.notes {
            let mut args = Map::new();
            args.insert("text".into(), safe(note.text.get(process.lang)));
            args.insert("severity".into(), json!(note.severity));
            args.insert("rfc".into(), safe(&note.rfc));
            args.insert("event".into(), event.id.into());
            process.instant(track, t_ns, "note", &note.id, args);
        }
    }
    memory.phase.into_iter().for_each(|last| slice_of_phase(last, end_ns, process));
}

fn slice_of_phase((phase, begin_ns): (Phase, i64), end_ns: i64, process: &mut Process) {
    let name = words::phase(phase, process.lang).to_string();
    process.slice(Track::Phases, Slice { begin_ns, end_ns, cat: "phase", name, ..Slice::default() });
}

fn tell_segment(
    event: &Event,
    segment: &SegmentEvent,
    drawn_ns: i64,
    memory: &mut Memory,
    process: &mut Process,
) -> Track {
    let from = sender(&segment.from, &segment.to, process);
    let (t_ns, own) = (event.t_ns, Track::Segments(Peer::of(from)));
    let is_lost = segment.fate == Fate::Lost;
    let is_reset = segment.flags.iter().any(|flag| flag == "RST");
    let mut words = segment.flags.join(", ");
    if segment.len > 0 {
        words.push_str(&format!(" len={}", segment.len));
    }
    // The RFC's own words for what is sent and what is received.
    let mark = if is_lost { " ✕" } else { "" };
    let slice = |begin_ns: i64, name: String, arrow| Slice {
        begin_ns,
        end_ns: begin_ns.saturating_add(drawn_ns),
        cat: "segment",
        name,
        args: args_of_segment(event, segment),
        arrow,
        is_bad: is_lost || is_reset,
    };
    let arrow = (!is_lost).then_some(Arrow::Leaves(event.id));
    process.slice(own, slice(t_ns, format!("snd {words}{mark}"), arrow));
    if !is_lost {
        // With one vantage point nobody knows when it arrived: the arrow stands upright.
        let arrives_ns = segment.received_ns.unwrap_or(t_ns).max(t_ns);
        let is_acknowledged =
            !segment.flags.iter().any(|flag| matches!(flag.as_str(), "SYN" | "FIN")) && segment.len == 0;
        let mark = if segment.fate == Fate::Unknown && !is_acknowledged && !is_reset { " ?" } else { "" };
        let other = Track::Segments(Peer::of(!from));
        process.slice(other, slice(arrives_ns, format!("rcv {words}{mark}"), Some(Arrow::Arrives(event.id))));
    }
    memory.flight.take(from, segment);
    count_flight(t_ns, memory, process);
    let window = segment.wnd_bytes.unwrap_or_else(|| segment.wnd.into());
    if !is_reset && from.of_mut(&mut memory.windows).replace(window) != Some(window) {
        process.count(from, t_ns, "advertised window", "通告窗口", window);
    }
    own
}

/// A point of the graph where it changes.
fn count_flight(t_ns: i64, memory: &mut Memory, process: &mut Process) {
    for side in Side::BOTH {
        let now = memory.flight.of(side);
        if now != *side.of(&memory.in_flight)
            && let Some(value) = now
        {
            process.count(side, t_ns, "in flight", "在途", value.into());
        }
        *side.of_mut(&mut memory.in_flight) = now;
    }
}

fn args_of_segment(event: &Event, segment: &SegmentEvent) -> Map<String, Value> {
    let args = json!({
        "event": event.id,
        "frame": segment.frame,
        "t_ns": event.t_ns,
        "received_ns": segment.received_ns,
        "flags": safe(&segment.flags.join(" ")),
        "seq": segment.seq,
        "ack": segment.ack,
        "len": segment.len,
        "wnd": segment.wnd_bytes.unwrap_or_else(|| segment.wnd.into()),
        "fate": name(&segment.fate),
        "repeats": segment.repeats,
        "options": segment.options,
    });
    object(args)
}

/// What each peer put into a folded stretch, as one slice each; the notes stand with whom sent most.
fn tell_run(event: &Event, run: &Run, memory: &mut Memory, process: &mut Process) -> Track {
    let mut first = None;
    for flow in run.flows.iter().take(2) {
        let from = sender(&flow.from, &flow.to, process);
        let track = Track::Segments(Peer::of(from));
        first.get_or_insert(track);
        let folded = crate::ladder::FoldedFlow { from, segments: flow.segments, bytes: flow.bytes };
        let args = json!({"event": event.id, "segments": flow.segments, "bytes": flow.bytes});
        process.slice(
            track,
            Slice {
                begin_ns: event.t_ns,
                end_ns: run.end_ns.max(event.t_ns),
                cat: "run",
                name: text::flow(&folded, process.lang),
                args: object(args),
                ..Slice::default()
            },
        );
    }
    memory.flight.lose_track();
    memory.in_flight = Default::default();
    first.unwrap_or(Track::Phases)
}

fn tell_call(event: &Event, call: &Call, end_ns: i64, process: &mut Process) -> Track {
    let track = Track::Calls(peer(&call.endpoint, process), 0);
    let args = json!({
        "event": event.id,
        "program": call.program.as_deref().map(safe),
        "arguments": safe(&call.arguments),
        "result": call.result,
        "error": call.error.as_deref().map(safe),
        "took_ns": call.took_ns,
        "text": safe(call.text.get(process.lang)),
    });
    process.slice(
        track,
        Slice {
            begin_ns: event.t_ns,
            // One that had not returned when last looked.
            end_ns: call.took_ns.map_or(end_ns, |took| event.t_ns.saturating_add(took.max(0))),
            cat: "call",
            name: format!("{}({})", call.call.name(), call.arguments),
            args: object(args),
            is_bad: call.error.is_some(),
            ..Slice::default()
        },
    );
    track
}

fn tell_lookup(event: &Event, lookup: &Lookup, end_ns: i64, process: &mut Process) -> Track {
    let track = Track::Calls(peer(&lookup.endpoint, process), 0);
    let args = json!({
        "event": event.id,
        "outcome": name(&lookup.outcome),
        "text": safe(lookup.text.get(process.lang)),
    });
    process.slice(
        track,
        Slice {
            begin_ns: event.t_ns,
            end_ns: lookup.answered_ns.unwrap_or(end_ns).max(event.t_ns),
            cat: "lookup",
            name: format!("{} {}", words::phase(Phase::Lookup, process.lang), lookup.name),
            args: object(args),
            ..Slice::default()
        },
    );
    track
}

fn tell_timer(event: &Event, timer: &Timer, process: &mut Process) -> Track {
    let track = Track::States(peer(&timer.endpoint, process));
    let args = json!({"event": event.id, "due_ns": timer.due_ns, "remaining_ns": timer.remaining_ns});
    process.instant(track, event.t_ns, "timer", &format!("2MSL {}", name(&timer.action)), object(args));
    track
}

fn tell_message(event: &Event, message: &Message, process: &mut Process) -> Track {
    let track = Track::Segments(Peer::of(sender(&message.from, &message.to, process)));
    let line = match &message.content {
        Content::HttpRequest(request) => request.start_line(),
        Content::HttpResponse(response) => response.start_line(),
        Content::TlsClientHello(_) => "TLS ClientHello".to_string(),
        Content::Http2Preface(_) => "PRI * HTTP/2.0".to_string(),
        Content::Dns(_) => "DNS".to_string(),
        Content::Text(text) => text.text.chars().take(60).collect(),
        Content::Data(_) | Content::Unknown => process.lang.pick("data", "数据").to_string(),
    };
    let args = json!({"event": event.id, "len": message.len, "segments": message.segments});
    process.instant(track, event.t_ns, "message", &line, object(args));
    track
}

/// An object without what there is none of.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    }
}

fn safe(text: &str) -> Value {
    crate::safe::safe(text).into()
}

fn peer(id: &str, process: &Process) -> Peer {
    Peer::of(process.lanes.side(id).unwrap_or(Side::Left))
}

/// Which side sent, judged by both ids so that one unknown id does no harm.
fn sender(from: &str, to: &str, process: &Process) -> Side {
    let lanes = process.lanes;
    lanes.side(from).or_else(|| lanes.side(to).map(|side| !side)).unwrap_or(Side::Left)
}
