//! The events of one connection while they can still change: a receipt proved later belongs to an earlier segment.

use super::fold::{HEAD, RunItem};
use crate::annotate::{self, Finding, Rule};
use crate::source::Timestamp;
use crate::tcp::{Basis, Checksum, Flags, Options, Peer, Segment, SeqNumber};
use crate::timeline::{Phase, Severity, TimerAction};
use crate::track::{self, Change, News, Seen, Step};

/// Noted segments of one connection that are kept one by one; beyond this they fold like ordinary data, so that a capture
/// of nothing but retransmissions stays bounded. `--full` keeps all.
const MOST_ITEMS: usize = 2_000;

/// A live event is drawn after this time at the latest, even if a receipt could still be placed there.
const SETTLE_NS: i64 = 150_000_000;

/// A stretch of ordinary data that has been quiet for so long is drawn.
const QUIET_NS: i64 = 1_000_000_000;

/// One connection's items in order.
pub(super) struct Draft {
    items: Vec<Item>,
    full: bool,
    /// Where the present stretch of ordinary segments begins.
    stretch: usize,
    /// Items before this have been drawn and stay as they are.
    frozen: usize,
    /// By peer: items before this have nothing left to prove.
    proved: [usize; 2],
    /// By peer: the acknowledgment that was last worked in.
    acknowledged: [Option<SeqNumber>; 2],
    rearmed: [u32; 2],
    phase: Phase,
}

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

#[derive(Debug, Clone)]
pub(super) enum What {
    Segment(Box<SegmentItem>),
    Run(Box<RunItem>),
    Timer(TimerItem),
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
    fn item(self, order: (u64, u8)) -> Item {
        let (states, notes) = (Vec::new(), Vec::new());
        Item { order, time: self.at, phase: Phase::TimeWait, what: What::Timer(self), states, notes }
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
    pub(super) repeats: Option<u64>,
    pub(super) is_repeat: bool,
}

impl Item {
    /// The place of the first segment that it shows.
    pub(super) fn first_ordinal(&self) -> Option<u64> {
        match &self.what {
            What::Segment(segment) => Some(segment.ordinal),
            What::Run(run) => Some(run.first_ordinal),
            What::Timer(_) => None,
        }
    }

    /// Ordinary data or acknowledgment: it may be folded.
    pub(super) fn is_ordinary(&self) -> bool {
        let plain = match &self.what {
            What::Segment(segment) => !segment.flags.any(Flags::SYN | Flags::FIN | Flags::RST),
            What::Run(_) => true,
            What::Timer(_) => false,
        };
        plain && self.states.is_empty() && self.notes.iter().all(|(rule, _)| rule.severity == Severity::Lesson)
    }
}

impl Draft {
    pub(super) fn new(full: bool) -> Draft {
        Draft {
            items: Vec::new(),
            full,
            stretch: 0,
            frozen: 0,
            proved: [0; 2],
            acknowledged: [None; 2],
            rearmed: [0; 2],
            phase: Phase::Open,
        }
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Adds a segment with its notes.
    pub(super) fn add_segment(&mut self, order: u64, step: &Step<'_>, seen: &Seen<'_>) {
        self.phase = phase(self.phase, step, seen);
        let item = Item {
            order: (order, 0),
            time: seen.segment.time,
            phase: self.phase,
            what: What::Segment(Box::new(segment_item(step, seen))),
            states: Vec::new(),
            notes: annotate::annotate(step, seen).collect(),
        };
        self.items.push(item);
    }

    /// Adds what a timer did, at the end.
    pub(super) fn add_timer(&mut self, order: u64, timer: TimerItem) {
        self.items.push(timer.item((order, 0)));
    }

    /// Adds what a timer did because of the segment at this place: right behind it, or at the end once that is drawn.
    pub(super) fn add_timer_behind(&mut self, ordinal: u64, timer: TimerItem) {
        let last = self.items.len().saturating_sub(1);
        let place = self.place_of(ordinal).max(self.frozen).min(last);
        let Some((order, _)) = self.items.get(place).map(|item| item.order) else { return };
        self.items.insert(place + 1, timer.item((order, 1)));
        if self.stretch > place {
            self.stretch += 1;
        }
        for proved in &mut self.proved {
            *proved += usize::from(*proved > place);
        }
    }

    pub(super) fn remove_timers(&mut self, peer: Peer) {
        let frozen = self.frozen;
        let mut index = 0;
        self.items.retain(|item| {
            index += 1;
            index <= frozen || !matches!(&item.what, What::Timer(timer) if timer.peer == peer)
        });
    }

    /// Whether the wait was re-armed since this was last asked.
    pub(super) fn has_rearmed(&mut self, peer: Peer, rearmed: u32) -> bool {
        std::mem::replace(peer.of_mut(&mut self.rearmed), rearmed) < rearmed
    }

    /// Places a state change, takes one back, or confirms one.
    pub(super) fn change(&mut self, change: &Change) {
        match change.news {
            News::Happened => {
                let place = self.place_of(change.at).max(self.frozen).min(self.items.len().saturating_sub(1));
                if let Some(item) = self.items.get_mut(place) {
                    item.states.push(*change);
                }
            }
            News::TakenBack => {
                if let Some((item, state)) = self.find_state(change) {
                    item.states.remove(state);
                }
            }
            News::Confirmed => {
                if let Some((item, state)) = self.find_state(change)
                    && let Some(known) = item.states.get_mut(state)
                {
                    known.basis = Basis::Observed;
                    known.evidence = change.evidence;
                }
            }
        }
    }

    /// Places a state change with the last item.
    pub(super) fn change_at_end(&mut self, change: &Change) {
        if let Some(item) = self.items.last_mut() {
            item.states.push(*change);
        }
    }

    fn find_state(&mut self, change: &Change) -> Option<(&mut Item, usize)> {
        let same = |known: &Change| known.peer == change.peer && known.from == change.from && known.to == change.to;
        self.items.iter_mut().skip(self.frozen).rev().find_map(|item| {
            let state = item.states.iter().rposition(same)?;
            Some((item, state))
        })
    }

    /// Says what became of the segment at this place.
    pub(super) fn fate(&mut self, ordinal: u64, fate: track::Fate) {
        let place = self.place_of(ordinal);
        if let Some(What::Segment(segment)) = self.items.get_mut(place).map(|item| &mut item.what)
            && segment.ordinal == ordinal
        {
            segment.fate = Some(fate);
        }
    }

    /// Marks data that the step's acknowledgment proves to have arrived.
    pub(super) fn prove_data(&mut self, step: &Step<'_>) {
        for sender in Peer::BOTH {
            let receiver = step.connection.receiver_of(sender);
            let ack = receiver.of(&step.connection.tcb).rcv.nxt;
            // Most steps prove nothing new of one direction.
            let Some(ack) = ack.filter(|_| *sender.of(&self.acknowledged) != ack) else { continue };
            *sender.of_mut(&mut self.acknowledged) = Some(ack);
            let from = (*sender.of(&self.proved)).min(self.items.len());
            let mut all_before = true;
            let mut cursor = from;
            for (index, item) in self.items.iter_mut().enumerate().skip(from) {
                let own = match &mut item.what {
                    What::Segment(segment) if segment.peer == sender && segment.seq_len > 0 => Some(segment),
                    _ => None,
                };
                let Some(segment) = own else {
                    // Nothing to prove here.
                    if all_before {
                        cursor = index;
                    }
                    continue;
                };
                if segment.end.le(ack) {
                    if segment.fate.is_none() && !segment.flags.any(Flags::SYN | Flags::FIN | Flags::RST) {
                        segment.fate = Some(track::Fate::Received);
                    }
                } else {
                    all_before = false;
                }
                if all_before {
                    cursor = index;
                }
            }
            *sender.of_mut(&mut self.proved) = cursor;
        }
    }

    /// The item that shows the segment at this place.
    fn place_of(&self, ordinal: u64) -> usize {
        let mut place = 0;
        // Timers have no place of their own, so the search goes from the end, where what is asked for mostly stands.
        for (index, item) in self.items.iter().enumerate().rev() {
            if item.first_ordinal().is_some_and(|first| first <= ordinal) {
                place = index;
                break;
            }
        }
        place
    }

    /// Folds the oldest ordinary segments of the present stretch into a run, once there are enough of them.
    pub(super) fn fold(&mut self) {
        let Some(last) = self.items.last() else { return };
        if self.full {
            self.stretch = self.items.len();
            return;
        }
        if !last.is_ordinary() && self.items.len() < MOST_ITEMS {
            self.stretch = self.items.len();
            return;
        }
        let folded = super::fold::fold(&mut self.items, self.stretch.max(self.frozen));
        for proved in &mut self.proved {
            *proved = proved.saturating_sub(folded);
        }
    }

    /// Gives each item once, when nothing will change it any more.
    pub(super) fn settle(&mut self, now: Timestamp, sink: &mut impl FnMut(&Item)) {
        let quiet = self.items.last().is_some_and(|last| now.since(last.time) > QUIET_NS);
        if quiet {
            self.stretch = self.items.len();
        }
        let foldable = self.stretch.saturating_add(HEAD);
        while let Some(item) = self.items.get(self.frozen) {
            let is_last = self.frozen + 1 == self.items.len();
            if self.frozen >= foldable || is_last && now.since(item.time) < SETTLE_NS {
                break;
            }
            sink(item);
            self.frozen += 1;
        }
    }
}

impl Draft {
    /// Forgets what has been drawn.
    pub(super) fn let_go(&mut self) {
        let gone = std::mem::take(&mut self.frozen).min(self.items.len());
        self.items.drain(..gone);
        self.stretch = self.stretch.saturating_sub(gone);
        for proved in &mut self.proved {
            *proved = proved.saturating_sub(gone);
        }
    }
}

fn phase(before: Phase, step: &Step<'_>, seen: &Seen<'_>) -> Phase {
    let ended = matches!(seen.reset, Some(track::Reset::Ended(_) | track::Reset::BackToListen));
    let closing = step.connection.closing.first_fin.is_some() || ended;
    let refused = step.connection.opening.refused.is_some();
    let opens = seen.segment.flags.syn() || step.connection.opening.ack.is_some_and(|ack| ack.ordinal == seen.ordinal);
    match before {
        Phase::Open if refused => Phase::Open,
        _ if closing => Phase::Close,
        Phase::Open if opens && seen.segment.len == 0 || seen.segment.flags.syn() => Phase::Open,
        Phase::Close => Phase::Close,
        _ => Phase::Data,
    }
}

fn segment_item(step: &Step<'_>, seen: &Seen<'_>) -> SegmentItem {
    let Segment { frame, flags, seq, len, wnd, options, checksum, .. } = *seen.segment;
    let connection = step.connection;
    let other = connection.receiver_of(seen.peer);
    let handshake_known = Peer::BOTH
        .iter()
        .all(|peer| peer.of(&connection.opening.syn).or(*peer.of(&connection.opening.syn_ack)).is_some());
    let own_wnd = u64::from(seen.peer.of(&connection.tcb).rcv.wnd);
    let wnd_bytes =
        if flags.syn() { Some(u64::from(wnd)) } else { (handshake_known && !flags.rst()).then_some(own_wnd) };
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
        fate: None,
        repeats: seen.repeats.and_then(|repeat| repeat.of),
        is_repeat: seen.repeats.is_some(),
    }
}
