//! When TIME-WAITs are due. 2MSL is one length for all, so they come nearly in order: a queue, and a heap for the few that do not.

use super::table::Handle;
use crate::tcp::{Peer, Timestamp};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A deadline looks for its place in the queue this far from the end; the heap takes what belongs further in front.
const NEAR: usize = 256;

/// Whose 2MSL timer, and when. The order is that of the time, then of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deadline {
    pub(super) due: Timestamp,
    pub(super) handle: Handle,
    is_b: bool,
}

impl Deadline {
    pub(super) fn new(due: Timestamp, handle: Handle, peer: Peer) -> Deadline {
        Deadline { due, handle, is_b: peer == Peer::B }
    }

    pub(super) fn peer(&self) -> Peer {
        if self.is_b { Peer::B } else { Peer::A }
    }
}

/// All deadlines to come. Each connection has a few at most, and what is retired is taken out by [`Deadlines::tidy`].
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    queue: VecDeque<Deadline>,
    late: BinaryHeap<Reverse<Deadline>>,
    /// Deadlines left behind by connections that were retired.
    stale: usize,
}

impl Deadlines {
    pub(super) fn push(&mut self, deadline: Deadline) {
        if self.queue.back().is_none_or(|last| *last <= deadline) {
            return self.queue.push_back(deadline);
        }
        let place = self.queue.partition_point(|known| *known <= deadline);
        match self.queue.len() - place <= NEAR {
            true => self.queue.insert(place, deadline),
            false => self.late.push(Reverse(deadline)),
        }
    }

    /// Whether one is due by `now`.
    #[inline]
    pub(super) fn is_any_due(&self, now: Timestamp) -> bool {
        self.queue.front().is_some_and(|first| first.due <= now)
            || self.late.peek().is_some_and(|Reverse(first)| first.due <= now)
    }

    /// Takes out the first one that is due by `now`.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<Deadline> {
        let queued = self.queue.front().filter(|first| first.due <= now);
        let late = self.late.peek().map(|Reverse(first)| first).filter(|first| first.due <= now);
        match (queued, late) {
            (None, None) => None,
            (Some(queued), Some(late)) if late < queued => self.late.pop().map(|Reverse(first)| first),
            (Some(_), _) => self.queue.pop_front(),
            (None, Some(_)) => self.late.pop().map(|Reverse(first)| first),
        }
    }

    /// Counts deadlines whose connection is gone, and takes all such out when they are more than the others, so that memory
    /// follows the connections that are remembered.
    pub(super) fn tidy(&mut self, left_behind: usize, mut is_alive: impl FnMut(Handle) -> bool) {
        self.stale += left_behind;
        if self.stale > 1_024 && self.stale * 2 > self.queue.len() + self.late.len() {
            self.stale = 0;
            self.queue.retain(|deadline| is_alive(deadline.handle));
            self.late.retain(|Reverse(deadline)| is_alive(deadline.handle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_out_in_order_however_they_went_in() {
        let mut deadlines = Deadlines::default();
        let mut random = 7_u32;
        let mut all = Vec::new();
        for id in 0..2_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let spread = if id % 50 == 0 { 1_000 } else { 8 };
            let due = Timestamp(i64::from(id + (random >> 8) % spread));
            let deadline = Deadline::new(due, Handle { id: id.into(), place: 0 }, Peer::A);
            all.push(deadline);
            deadlines.push(deadline);
        }
        all.sort();
        let out: Vec<Deadline> = std::iter::from_fn(|| deadlines.pop_due(Timestamp(i64::MAX))).collect();
        assert_eq!(out, all);
    }

    #[test]
    fn nothing_is_due_too_early_and_the_retired_go() {
        let mut deadlines = Deadlines::default();
        for id in 0..4_000 {
            deadlines.push(Deadline::new(Timestamp(id), Handle { id: id as u64, place: 0 }, Peer::B));
        }
        assert_eq!(deadlines.pop_due(Timestamp(-1)), None);
        deadlines.tidy(2_500, |handle| handle.id % 2 == 0);
        assert_eq!(deadlines.queue.len(), 2_000);
    }
}
