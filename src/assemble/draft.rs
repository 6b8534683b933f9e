//! The events of one connection while they can still change: a receipt proved later belongs to an earlier segment.

use super::fold::{Fold, HEAD};
use super::item::{Beside, Item, TimerItem, What, phase, segment_item};
use crate::annotate::{self, Finding, Rule};
use crate::tcp::Timestamp;
use crate::tcp::{Basis, Flags, Passage, Peer, SeqNumber, Signal};
use crate::timeline::Phase;
use crate::track::{self, Change, Handle, News, Seen, Step};

/// Noted segments of one connection that are kept one by one; beyond this they fold like ordinary data, so that a capture
/// of nothing but retransmissions stays bounded. `--full` keeps all.
const MOST_ITEMS: usize = 2_000;

/// A live event is drawn after this time at the latest, even if a receipt could still be placed there.
const SETTLE_NS: i64 = 20_000_000;

/// A stretch of ordinary data that has been quiet for so long is drawn.
const QUIET_NS: i64 = 1_000_000_000;

/// One connection's items in order.
pub(super) struct Draft {
    handle: Handle,
    items: Vec<Item>,
    fold: Fold,
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

impl Draft {
    pub(super) fn new(handle: Handle, fold: Fold) -> Draft {
        Draft {
            handle,
            items: Vec::new(),
            fold,
            stretch: 0,
            frozen: 0,
            proved: [0; 2],
            acknowledged: [None; 2],
            rearmed: [0; 2],
            phase: Phase::Open,
        }
    }

    /// Whose draft it is.
    pub(super) fn handle(&self) -> Handle {
        self.handle
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Adds a segment with its notes.
    pub(super) fn add_segment(&mut self, order: u64, step: &Step<'_>, seen: &Seen<'_>, beside: Beside<'_>) {
        self.phase = phase(self.phase, step, seen);
        let item = Item {
            order: (order, 0),
            time: seen.segment.time,
            phase: self.phase,
            what: What::Segment(Box::new(segment_item(step, seen, beside))),
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

    /// Adds a note to the segment at this place, else to the last one, so long as it has not been drawn.
    pub(super) fn note(&mut self, ordinal: Option<u64>, note: (&'static Rule, Finding)) {
        let last = self.items.len().saturating_sub(1);
        let place = ordinal.map_or(last, |ordinal| self.place_of(ordinal)).max(self.frozen);
        if let Some(item) = self.items.get_mut(place) {
            item.notes.push(note);
        }
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
                if matches!(change.signal, Signal::RcvRst | Signal::SndRst) {
                    let place = self.place_of(change.cause);
                    if let Some(item) = self.items.get_mut(place).filter(|_| place >= self.frozen) {
                        item.notes.retain(|(rule, _)| rule.id != "reset");
                        item.phase = Phase::Data;
                    }
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
            && segment.passage == Passage::Unknown
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
        match self.fold {
            Fold::Never => {
                self.stretch = self.items.len();
                return;
            }
            Fold::Beyond(most) if self.items.len() <= most => return,
            Fold::Beyond(_) => {
                // It is longer than that after all: what was kept until now folds too.
                self.fold = Fold::Always;
                return self.fold_all();
            }
            Fold::Always => {}
        }
        if !last.is_ordinary() && self.items.len() < MOST_ITEMS {
            self.stretch = self.items.len();
            return;
        }
        self.fold_from(self.stretch.max(self.frozen));
    }

    /// Folds each stretch, from the last one back, so that the places before it stay.
    fn fold_all(&mut self) {
        let mut end = self.items.len();
        self.stretch = end;
        while end > self.frozen {
            let ordinary = self.items.iter().take(end).skip(self.frozen).rev().take_while(|item| item.is_ordinary());
            let start = end - ordinary.count();
            if end == self.items.len() {
                self.stretch = start;
                self.fold_from(start);
            } else if start < end {
                let behind = self.items.split_off(end);
                self.stretch -= self.fold_from(start);
                self.items.extend(behind);
            }
            end = start.saturating_sub(1);
        }
    }

    /// Folds what begins there; says by how many items the list became shorter.
    fn fold_from(&mut self, start: usize) -> usize {
        let folded = super::fold::fold(&mut self.items, start);
        for proved in &mut self.proved {
            *proved = proved.saturating_sub(folded);
        }
        folded
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
            // Of the arrival of a pure ACK or RST no proof will come.
            let is_young = now.since(item.time) < SETTLE_NS && item.takes_sequence_space();
            if self.frozen >= foldable || is_last && is_young {
                break;
            }
            sink(item);
            self.frozen += 1;
        }
    }
}

impl Draft {
    /// Whether a segment up to this place is still to be drawn.
    pub(super) fn waits_for(&self, ordinal: u64) -> bool {
        let undrawn = self.items.iter().skip(self.frozen);
        undrawn.filter_map(Item::first_ordinal).any(|first| first <= ordinal)
    }

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
