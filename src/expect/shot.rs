//! The events of one connection as a sequence sees them: who sent what kind of segment, and what is true of it.

use super::line::{Kind, Mark};
use crate::timeline::{Checksum, Connection, Detail, Event, Fate, Run, SegmentEvent};
use std::collections::HashSet;

/// Which of the two sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Server,
}

/// One segment, or a folded stretch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shot<'e> {
    Segment(Sent<'e>),
    Run {
        event: &'e Event,
        run: &'e Run,
        /// Whether client and server sent data in it.
        data: [bool; 2],
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'e> {
    pub event: &'e Event,
    pub segment: &'e SegmentEvent,
    pub sender: Sender,
    pub kind: Kind,
    is_late: bool,
    is_damaged: bool,
}

impl<'e> Shot<'e> {
    pub(super) fn event(&self) -> &'e Event {
        match self {
            Shot::Segment(sent) => sent.event,
            Shot::Run { event, .. } => event,
        }
    }

    /// Number of its first frame.
    pub(super) fn frame(&self) -> u64 {
        match self {
            Shot::Segment(sent) => sent.segment.frame,
            Shot::Run { run, .. } => run.first_frame,
        }
    }

    /// Need not be named: a pure acknowledgment, which may be delayed or ride on data.
    pub(super) fn is_free(&self) -> bool {
        match self {
            Shot::Segment(sent) => sent.kind == Kind::Ack,
            Shot::Run { data, .. } => *data == [false; 2],
        }
    }
}

impl Sent<'_> {
    pub(super) fn is_of(&self, kind: Kind) -> bool {
        kind == self.kind || kind == Kind::Any
    }

    fn has_note(&self, ids: &[&str]) -> bool {
        self.event.notes.iter().any(|note| ids.contains(&note.id.as_str()))
    }

    /// What must be said of a segment wherever it is true.
    pub(super) const MUST: [Mark; 3] = [Mark::Lost, Mark::Again, Mark::Corrupt];

    /// Whether a mark is true of it, beyond doubt.
    pub(super) fn bears(&self, mark: Mark) -> bool {
        let segment = self.segment;
        match mark {
            // What arrives damaged is as good as lost; it goes by the one word.
            Mark::Lost => segment.fate == Fate::Lost && !self.is_damaged,
            Mark::Again => segment.repeats.is_some() || self.has_note(&REPEATS),
            Mark::Corrupt => self.is_damaged,
            Mark::Anyhow => true,
            Mark::Twice => self.has_note(&["arrived-twice", "captured-twice"]),
            Mark::Late => self.is_late || self.has_note(&["out-of-order"]),
            Mark::Fast => self.has_note(&["fast-retransmission"]),
            Mark::Timeout => self.has_note(&TIMEOUTS),
            Mark::Duplicate => self.has_note(&["duplicate-ack", "third-duplicate-ack"]),
            Mark::Sack => !segment.options.sack.is_empty(),
            Mark::Injected => self.has_note(&["sent-by-neither", "old-duplicate"]),
            Mark::Carries(None) => segment.len > 0,
            Mark::Carries(Some(octets)) => segment.len == octets,
            Mark::Window(octets) => u64::from(segment.wnd) == octets || segment.wnd_bytes == Some(octets),
            Mark::Note(id) => self.has_note(&[id]),
        }
    }

    /// Whether it may be so: one vantage point does not always show that a segment was lost.
    pub(super) fn may_bear(&self, mark: Mark) -> bool {
        let unproven = self.segment.fate == Fate::Unknown && self.segment.received_ns.is_none();
        self.bears(mark) || (mark == Mark::Lost && unproven)
    }
}

/// Notes of segments that were sent before.
const REPEATS: [&str; 12] = [
    "old-duplicate",
    "syn-retransmission",
    "syn-ack-retransmission",
    "fin-retransmission",
    "retransmission",
    "retransmission-timeout",
    "retransmission-after-timeout",
    "fast-retransmission",
    "tail-loss-probe",
    "path-mtu-retransmission",
    "needless-retransmission",
    "spurious-retransmission",
];
/// Those of them that a timer brings.
const TIMEOUTS: [&str; 5] = [
    "syn-retransmission",
    "syn-ack-retransmission",
    "fin-retransmission",
    "retransmission-timeout",
    "retransmission-after-timeout",
];

/// The segments of one connection, in the order of sending; `events` are its own.
pub(super) fn shots<'e>(connection: &Connection, events: &[&'e Event]) -> Vec<Shot<'e>> {
    let late = overtaken(events);
    let valid = with_valid_checksums(events);
    let mut shots: Vec<Shot<'e>> = Vec::with_capacity(events.len());
    for (event, is_late) in events.iter().zip(late) {
        match &event.detail {
            Detail::Segment(segment) => {
                shots.push(Shot::Segment(Sent {
                    event,
                    segment,
                    sender: sender(connection, &segment.from, &segment.to),
                    kind: kind(event, segment),
                    is_late,
                    is_damaged: segment.checksum == Checksum::Invalid && valid.contains(segment.from.as_str()),
                }));
            }
            Detail::Run(run) => {
                let sends = |who| {
                    let own = |flow: &&crate::timeline::Flow| sender(connection, &flow.from, &flow.to) == who;
                    run.flows.iter().filter(own).any(|flow| flow.bytes > 0)
                };
                let data = [sends(Sender::Client), sends(Sender::Server)];
                shots.push(Shot::Run { event, run, data });
            }
            Detail::Timer(_) | Detail::Call(_) | Detail::Message(_) | Detail::Lookup(_) | Detail::Unknown => {}
        }
    }
    shots
}

fn sender(connection: &Connection, from: &str, to: &str) -> Sender {
    if from == connection.server && to != connection.server { Sender::Server } else { Sender::Client }
}

/// Who sends right checksums. Where a network card fills them in, all of a sender's are wrong in its own capture.
fn with_valid_checksums<'e>(events: &[&'e Event]) -> HashSet<&'e str> {
    let valid = events.iter().filter_map(|event| match &event.detail {
        Detail::Segment(segment) if segment.checksum == Checksum::Valid => Some(segment.from.as_str()),
        _ => None,
    });
    valid.collect()
}

/// Of each event, whether a segment that the same sender sent later arrived earlier.
fn overtaken(events: &[&Event]) -> Vec<bool> {
    let mut earliest: Vec<(&str, i64)> = Vec::with_capacity(2);
    let mut late: Vec<bool> = Vec::with_capacity(events.len());
    for event in events.iter().rev() {
        let Detail::Segment(SegmentEvent { from, received_ns: Some(at), .. }) = &event.detail else {
            late.push(false);
            continue;
        };
        match earliest.iter_mut().find(|(sender, _)| sender == from) {
            Some((_, first)) => {
                late.push(*first < *at);
                *first = (*first).min(*at);
            }
            None => {
                late.push(false);
                earliest.push((from, *at));
            }
        }
    }
    late.reverse();
    late
}

fn kind(event: &Event, segment: &SegmentEvent) -> Kind {
    let has = |name: &str| segment.flags.iter().any(|flag| flag == name);
    let noted = |ids: &[&str]| event.notes.iter().any(|note| ids.contains(&note.id.as_str()));
    match [has("SYN"), has("FIN"), has("RST"), has("ACK")] {
        [true, false, false, false] => Kind::Syn,
        [true, false, false, true] => Kind::SynAck,
        [false, true, false, _] => Kind::Fin,
        [false, false, true, _] => Kind::Rst,
        [false, false, false, ack] => {
            if noted(&["zero-window-probe"]) {
                Kind::Probe
            } else if noted(&["keep-alive", "keep-alive-unanswered"]) {
                Kind::KeepAlive
            } else if segment.len > 0 {
                Kind::Data
            } else if ack {
                Kind::Ack
            } else {
                Kind::Odd
            }
        }
        _ => Kind::Odd,
    }
}
