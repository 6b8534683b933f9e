//! One event to be: a segment without its payload, a folded run, or what a timer did.

use super::lookups::LookupItem;
use crate::annotate::{Finding, Rule};
use crate::app::MessageWord;
use crate::tcp::Timestamp;
use crate::tcp::{CallWord, Checksum, Flags, Options, Passage, Peer, Segment, SeqNumber, State};
use crate::timeline::{Phase, Severity, TimerAction};
use crate::track::{self, Change, Handle, Seen, Step};
use crate::wireshark::{DupAck, Marks, Words};

/// One event to be.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Segments by their number over all connections; a timer that belongs behind one has its number and 1.
    pub(super) order: (u64, u8),
    pub(super) time: Timestamp,
    pub(super) phase: Phase,
    pub(super) what: What,
    pub(super) states: Vec<Change>,
    pub(super) notes: Vec<(&'static Rule, Finding)>,
}

/// One whose time to be given out has come: where it stands among the others, and whose it is.
pub(super) type Ready = ((u64, u8), Handle, Item);

#[derive(Debug, Clone)]
pub(super) enum What {
    Segment(Box<SegmentItem>),
    Run(Box<RunItem>),
    Timer(TimerItem),
    Call(Box<CallItem>),
    Message(Box<MessageWord>),
    Lookup(Box<LookupItem>),
}

/// A folded stretch.
#[derive(Debug, Clone)]
pub(super) struct RunItem {
    pub(super) first_ordinal: u64,
    pub(super) first_frame: u64,
    pub(super) last_frame: u64,
    pub(super) end: Timestamp,
    /// By sender: segments and payload octets.
    pub(super) flows: [(u64, u64); 2],
}

/// What the 2MSL timer of a peer did.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimerItem {
    pub(super) peer: Peer,
    pub(super) action: TimerAction,
    pub(super) at: Timestamp,
    pub(super) due: Timestamp,
}

impl TimerItem {
    pub(super) fn item(self, order: (u64, u8)) -> Item {
        let (states, notes) = (Vec::new(), Vec::new());
        Item { order, time: self.at, phase: Phase::TimeWait, what: What::Timer(self), states, notes }
    }
}

/// What a program asked of the system.
#[derive(Debug, Clone)]
pub(super) struct CallItem {
    pub(super) peer: Peer,
    pub(super) word: CallWord,
    /// How many calls it stands for.
    pub(super) times: u64,
}

impl CallItem {
    /// Its place and phase are found among the segments.
    pub(super) fn item(self) -> Item {
        let (states, notes) = (Vec::new(), Vec::new());
        let (time, phase) = (self.word.at, Phase::Open);
        Item { order: (0, 0), time, phase, what: What::Call(Box::new(self)), states, notes }
    }
}

/// A segment without its payload.
#[derive(Debug, Clone)]
pub(super) struct SegmentItem {
    pub(super) peer: Peer,
    pub(super) ordinal: u64,
    pub(super) frame: u64,
    pub(super) flags: Flags,
    pub(super) seq: i64,
    pub(super) seq_raw: SeqNumber,
    /// Relative and raw.
    pub(super) ack: Option<(i64, SeqNumber)>,
    pub(super) end: SeqNumber,
    pub(super) seq_len: u32,
    pub(super) len: u32,
    pub(super) wnd: u16,
    pub(super) wnd_bytes: Option<u64>,
    pub(super) options: Options,
    pub(super) sack: Vec<[i64; 2]>,
    pub(super) checksum: Checksum,
    pub(super) fate: Option<track::Fate>,
    pub(super) passage: Passage,
    pub(super) repeats: Option<u64>,
    pub(super) is_repeat: bool,
    pub(super) wireshark: Option<Said>,
    /// An application's message begins in it.
    pub(super) begins: bool,
}

/// What was found out about a segment beside the way that leads here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// What Wireshark says of it.
    pub(super) marks: Option<&'a Marks>,
    /// An application's message begins in it.
    pub(super) begins: bool,
}

/// What Wireshark says of a segment, as much of it as an event tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) stream: u32,
    pub(super) words: Words,
    pub(super) ack_rtt_ns: Option<i64>,
    pub(super) dup_ack: Option<DupAck>,
}

impl From<&Marks> for Said {
    fn from(marks: &Marks) -> Said {
        let Marks { stream, words, ack_rtt_ns, dup_ack, .. } = *marks;
        Said { stream, words, ack_rtt_ns, dup_ack }
    }
}

impl Item {
    /// The place of the first segment that it shows.
    pub(super) fn first_ordinal(&self) -> Option<u64> {
        match &self.what {
            What::Segment(segment) => Some(segment.ordinal),
            What::Run(run) => Some(run.first_ordinal),
            What::Timer(_) | What::Call(_) | What::Message(_) | What::Lookup(_) => None,
        }
    }

    /// It uses sequence numbers, so its receiver's acknowledgment can prove its arrival.
    pub(super) fn takes_sequence_space(&self) -> bool {
        matches!(&self.what, What::Segment(segment) if segment.seq_len > 0)
    }

    /// Ordinary data or acknowledgment: it may be folded.
    pub(super) fn is_ordinary(&self) -> bool {
        let plain = match &self.what {
            What::Segment(segment) => !segment.flags.any(Flags::SYN | Flags::FIN | Flags::RST) && !segment.begins,
            What::Run(_) => true,
            What::Timer(_) | What::Call(_) | What::Message(_) | What::Lookup(_) => false,
        };
        plain && self.states.is_empty() && self.notes.iter().all(|(rule, _)| rule.severity == Severity::Lesson)
    }
}

/// The part of the connection's life that a segment belongs to. A SYN among the data is none of the opening; only behind a RST
/// that leads back to LISTEN, or turns out to have ended nothing, life begins anew or goes on.
pub(super) fn phase(before: Phase, step: &Step<'_>, seen: &Seen<'_>) -> Phase {
    match (before, part(before, step, seen)) {
        (Phase::Data, Phase::Open) => Phase::Data,
        (_, part) => part,
    }
}

/// The part that a segment by itself speaks of.
fn part(before: Phase, step: &Step<'_>, seen: &Seen<'_>) -> Phase {
    let connection = step.connection;
    let ends = matches!(seen.reset, Some(track::Reset::Ended(_) | track::Reset::BackToListen));
    let closing = connection.closing.first_fin.is_some() || connection.closing.reset.iter().any(Option::is_some);
    if connection.opening.refused.is_some() {
        return Phase::Open;
    }
    if ends || closing {
        return Phase::Close;
    }
    // The segment that completes the handshake belongs to it; data does so only where it rides on a SYN.
    let was_open = Peer::BOTH.iter().all(|peer| peer.of(&step.before).state.is_some_and(State::is_synchronized));
    let opens = before == Phase::Open && !was_open && seen.segment.len == 0 && connection.opening.shows_any();
    if seen.segment.flags.syn() || opens { Phase::Open } else { Phase::Data }
}

pub(super) fn segment_item(step: &Step<'_>, seen: &Seen<'_>, beside: Beside<'_>) -> SegmentItem {
    let Segment { frame, flags, seq, len, wnd, options, checksum, .. } = *seen.segment;
    let connection = step.connection;
    let other = connection.receiver_of(seen.peer);
    let wnd_bytes = connection.window_octets(seen.peer, seen.segment);
    let sack = options
        .sack()
        .iter()
        .filter_map(|(left, right)| Some([connection.relative(other, *left)?, connection.relative(other, *right)?]));
    SegmentItem {
        peer: seen.peer,
        ordinal: seen.ordinal,
        frame,
        flags,
        seq: connection.relative(seen.peer, seq).unwrap_or_default(),
        seq_raw: seq,
        ack: seen.segment.acknowledges().map(|ack| (connection.relative(other, ack).unwrap_or_default(), ack)),
        end: seen.segment.end(),
        seq_len: seen.segment.seq_len(),
        len,
        wnd,
        wnd_bytes,
        sack: sack.collect(),
        options,
        checksum,
        fate: match seen.segment.passage {
            Passage::Unknown => None,
            Passage::Lost => Some(track::Fate::Lost),
            Passage::Arrived(_) | Passage::ArrivedTwice(_) | Passage::Appeared => Some(track::Fate::Received),
        },
        passage: seen.segment.passage,
        repeats: seen.repeats.and_then(|repeat| repeat.of),
        is_repeat: seen.repeats.is_some(),
        wireshark: beside.marks.map(Said::from),
        begins: beside.begins,
    }
}
