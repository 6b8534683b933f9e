//! One item as the contract has it.

use super::item::{Item, RunItem, Said, SegmentItem, TimerItem, What};
use super::kernel::Heard;
use super::messages;
use crate::annotate;
use crate::tcp::Timestamp;
use crate::tcp::{self, Basis, CallWord, Passage, Peer, Signal};
use crate::timeline::{
    AoKeys, Call, Checksum, Detail, Event, Fate, Flow, Note, Run, SegmentEvent, SegmentOptions, StateChange, Timer,
    TimerAction, Wireshark,
};
use crate::track::{self, Change, Connection};

/// `ids` are the endpoints of both peers; `event_of` finds the event that shows the segment at a place.
pub(super) fn event(
    item: &Item,
    connection: &Connection,
    ids: &[String; 2],
    start: Timestamp,
    kernel: &Heard,
    event_of: &dyn Fn(u64) -> Option<u64>,
) -> Event {
    let detail = match &item.what {
        What::Segment(segment) => Detail::Segment(segment_event(segment, ids, start, event_of)),
        What::Run(run) => Detail::Run(run_event(run, ids, start)),
        What::Timer(TimerItem { peer, action, due, .. }) => {
            let starts = matches!(action, TimerAction::Begins | TimerAction::Rearmed);
            let kernel = kernel.timer(connection.id, *peer).filter(|_| !starts).cloned();
            Detail::Timer(Timer {
                endpoint: peer.of(ids).clone(),
                action: *action,
                due_ns: starts.then(|| due.since(start)),
                remaining_ns: (!starts).then(|| due.since(item.time).max(0)),
                kernel,
            })
        }
        What::Message(word) => Detail::Message(messages::message(word, ids, start, event_of)),
        What::Lookup(lookup) => Detail::Lookup(Box::new(lookup.told(Peer::A.of(ids).as_str(), start))),
        What::Call(call) => Detail::Call(call_event(&call.word, call.peer.of(ids).as_str(), call.times)),
    };
    Event {
        id: 0,
        connection: connection.id,
        t_ns: item.time.since(start),
        phase: item.phase,
        detail,
        states: item
            .states
            .iter()
            .map(|change| StateChange {
                basis: basis(change, item.time, connection.id, kernel, start),
                ..state_change(change, ids, start, event_of)
            })
            .collect(),
        notes: item
            .notes
            .iter()
            .map(|(rule, finding)| Note {
                id: rule.id.into(),
                severity: rule.severity,
                text: finding.text.clone(),
                rfc: rule.rfc.into(),
                related: finding.related.and_then(event_of).into_iter().collect(),
            })
            .collect(),
        comments: Vec::new(),
    }
}

/// A call by an endpoint; it may stand for several.
pub(super) fn call_event(word: &CallWord, endpoint: &str, times: u64) -> Call {
    let (result, error) = match &word.result {
        Ok(count) => (*count, None),
        Err(error) => (None, Some(error.clone())),
    };
    Call {
        endpoint: endpoint.into(),
        program: word.program.clone(),
        call: word.call,
        arguments: word.arguments.clone(),
        result,
        error,
        took_ns: word.took.map(|took| i64::try_from(took.as_nanos()).unwrap_or(i64::MAX)),
        times: (times > 1).then_some(times),
        text: annotate::call::sentence(word, times),
    }
}

fn state_change(
    change: &Change,
    ids: &[String; 2],
    start: Timestamp,
    event_of: &dyn Fn(u64) -> Option<u64>,
) -> StateChange {
    StateChange {
        endpoint: change.peer.of(ids).clone(),
        from: change.from,
        from_basis: None,
        to: change.to,
        basis: change.basis,
        signal: change.signal.name().into(),
        rfc: change.rfc.into(),
        at_ns: change.arrived.map(|at| at.since(start)),
        evidence: (change.evidence != change.cause).then(|| event_of(change.evidence)).flatten(),
    }
}

/// The kernel's word goes before what was inferred. When 2MSL is over is computed: there the kernel must have told that time too.
fn basis(change: &Change, at: Timestamp, id: u64, kernel: &Heard, start: Timestamp) -> Basis {
    let is_told = || match change.signal {
        Signal::MslTimeout => kernel.was_gone(id, change.peer, at.since(start)),
        _ => kernel.confirms(id, change.peer, change.to),
    };
    if change.basis == Basis::Inferred && is_told() { Basis::Kernel } else { change.basis }
}

fn segment_event(
    segment: &SegmentItem,
    ids: &[String; 2],
    start: Timestamp,
    event_of: &dyn Fn(u64) -> Option<u64>,
) -> SegmentEvent {
    let options = &segment.options;
    SegmentEvent {
        octets: None,
        from: segment.peer.of(ids).clone(),
        // A socket that connected to itself has two lifelines, so that its segments can be drawn.
        to: (!segment.peer).of(ids).clone(),
        received_ns: match segment.passage {
            Passage::Arrived(at) | Passage::ArrivedTwice(at) => Some(at.since(start)),
            Passage::Unknown | Passage::Lost | Passage::Appeared => None,
        },
        fate: match segment.fate {
            Some(track::Fate::Received) => Fate::Received,
            Some(track::Fate::Lost) => Fate::Lost,
            None => Fate::Unknown,
        },
        flags: segment.flags.names().map(Into::into).collect(),
        seq: segment.seq,
        seq_raw: segment.seq_raw.0,
        ack: segment.ack.map(|(relative, _)| relative),
        ack_raw: segment.ack.map(|(_, raw)| raw.0),
        len: segment.len,
        wnd: segment.wnd,
        wnd_bytes: segment.wnd_bytes,
        options: SegmentOptions {
            mss: options.mss,
            wscale: options.wscale,
            sack_permitted: options.sack_permitted,
            timestamps: options.timestamps.map(|(tsval, tsecr)| [tsval, tsecr]),
            sack: segment.sack.clone(),
            fast_open: options.fast_open,
            mptcp: options.mptcp,
            signed: options.signature.is_some(),
            md5: options.signature == Some(tcp::Signature::Md5),
            ao: match options.signature {
                Some(tcp::Signature::Ao { key_id, next_key_id }) => Some(AoKeys { key_id, next_key_id }),
                Some(tcp::Signature::Md5) | None => None,
            },
            other: options.other().to_vec(),
            malformed: options.malformed,
        },
        checksum: match segment.checksum {
            tcp::Checksum::Valid => Checksum::Valid,
            tcp::Checksum::Invalid => Checksum::Invalid,
            tcp::Checksum::Offloaded => Checksum::Offloaded,
            tcp::Checksum::Unchecked => Checksum::Unchecked,
        },
        frame: segment.frame,
        repeats: segment.repeats.filter(|_| segment.is_repeat).and_then(event_of),
        wireshark: segment.wireshark.as_ref().map(wireshark),
    }
}

fn wireshark(said: &Said) -> Wireshark {
    Wireshark {
        stream: said.stream,
        analysis: said.words.names().map(Into::into).collect(),
        ack_rtt_ns: said.ack_rtt_ns,
        duplicate_ack_num: said.dup_ack.map(|dup| dup.number),
        duplicate_ack_frame: said.dup_ack.map(|dup| dup.first),
    }
}

fn run_event(run: &RunItem, ids: &[String; 2], start: Timestamp) -> Run {
    let mut flows: Vec<Flow> = Peer::BOTH
        .into_iter()
        .map(|peer| {
            let (segments, bytes) = *peer.of(&run.flows);
            Flow { from: peer.of(ids).clone(), to: (!peer).of(ids).clone(), segments, bytes }
        })
        .filter(|flow| flow.segments > 0)
        .collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.bytes));
    let [(a, _), (b, _)] = run.flows;
    Run { end_ns: run.end.since(start), first_frame: run.first_frame, last_frame: run.last_frame, count: a + b, flows }
}
