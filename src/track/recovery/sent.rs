//! The newest data of one peer in the order of its numbers, each stretch with its first and its last transmission, so that
//! a repetition finds what it repeats and an acknowledgment what it answers.

use super::row::Row;
use crate::tcp::{Passage, Segment, SeqNumber, Timestamp};

/// So many stretches wait for their acknowledgment at a time, 40 octets each; of more the oldest are forgotten.
const MOST: usize = 1024;
/// So many where the other side never acknowledged anything, as in captures of one direction.
const MOST_UNHEARD: usize = 32;
/// So many are remembered after they were acknowledged: what is sent again needlessly is among the newest.
const REMEMBERED: usize = 32;

/// One stretch of payload as it was first sent, and its last copy.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent {
    pub(super) seq: SeqNumber,
    pub(super) end: SeqNumber,
    pub(super) time: Timestamp,
    /// Microseconds after the first copy: when the last one was sent; of a single one when it arrived ([`Sent::ARRIVED`]).
    later_us: u32,
    /// Place in the connection, modulo 2^32.
    ordinal: u32,
    last_ordinal: u32,
    /// Frame of the first copy, modulo 2^32.
    frame: u32,
    /// 0 without timestamps.
    pub(super) tsval: u32,
    pub(super) ip_id: u16,
    pub(super) copies: u8,
    /// [`Sent::TOLD`], [`Sent::LATE`], [`Sent::ARRIVED`].
    pub(super) marks: u8,
}

/// The newest segment that an acknowledgment covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newest {
    pub(super) sent: Timestamp,
    /// Where that was captured.
    pub(super) arrived: Option<Timestamp>,
}

/// A segment by its place in the connection and its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub ordinal: u64,
    pub frame: u64,
}

impl Sent {
    /// A needless copy of it has been counted.
    pub(super) const TOLD: u8 = 1;
    /// It filled a gap.
    pub(super) const LATE: u8 = 2;
    /// Its arrival was captured too.
    const ARRIVED: u8 = 4;

    /// Notes that a copy of it was needless; says whether that is news.
    pub(super) fn tell(&mut self) -> bool {
        let is_news = self.marks & Sent::TOLD == 0;
        self.marks |= Sent::TOLD;
        is_news
    }

    /// Nobody can say which of its transmissions an acknowledgment answers (Karn).
    fn is_ambiguous(&self) -> bool {
        self.copies > 1 || self.marks & Sent::LATE != 0
    }

    pub(super) fn new(seq: SeqNumber, end: SeqNumber, segment: &Segment<'_>, ordinal: u64) -> Sent {
        let arrived = match segment.passage {
            Passage::Arrived(at) | Passage::ArrivedTwice(at) => Some(at),
            _ => None,
        };
        Sent {
            seq,
            end,
            time: segment.time,
            later_us: arrived.map_or(0, |at| micros(segment.time, at)),
            ordinal: ordinal as u32,
            last_ordinal: ordinal as u32,
            frame: segment.frame as u32,
            tsval: segment.options.timestamps.map_or(0, |(tsval, _)| tsval),
            ip_id: segment.ip_id,
            copies: 1,
            marks: if arrived.is_some() { Sent::ARRIVED } else { 0 },
        }
    }

    /// When its last copy was sent, to the microsecond.
    pub(super) fn last(&self) -> Timestamp {
        let later_us = if self.copies > 1 { self.later_us } else { 0 };
        self.time.add_ns(i64::from(later_us) * 1000)
    }

    /// When it arrived, to the microsecond, where that was captured and it was sent once.
    fn arrived(&self) -> Option<Timestamp> {
        let is_known = self.copies == 1 && self.marks & Sent::ARRIVED != 0;
        is_known.then(|| self.time.add_ns(i64::from(self.later_us) * 1000))
    }

    pub(super) fn again(&mut self, time: Timestamp, ordinal: u64) {
        self.later_us = micros(self.time, time);
        self.last_ordinal = ordinal as u32;
        self.copies = self.copies.saturating_add(1);
    }

    /// The first copy, seen from a later segment.
    pub(super) fn first_place(&self, now: Place) -> Place {
        Place { ordinal: widen(self.ordinal, now.ordinal), frame: widen(self.frame, now.frame) }
    }

    /// The place of the last copy in the connection, seen from a later segment.
    pub(super) fn last_ordinal(&self, now: u64) -> u64 {
        widen(self.last_ordinal, now)
    }
}

/// Microseconds from one time to a later one, as far as they fit.
fn micros(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.since(from) / 1000).unwrap_or(if to < from { 0 } else { u32::MAX })
}

/// The number up to `now` that ends in these 32 bits.
fn widen(low: u32, now: u64) -> u64 {
    now - u64::from((now as u32).wrapping_sub(low)).min(now)
}

/// Stretches in the order of their numbers; they do not overlap.
#[derive(Debug, Clone, Default)]
pub(super) struct Sents {
    list: Row,
    /// So many at the head have been acknowledged.
    acknowledged: usize,
    /// From here on the list is complete: what is not in it was not seen.
    pub(super) complete_from: Option<SeqNumber>,
}

impl Sents {
    /// Takes in what lies beyond everything so far.
    pub(super) fn push(&mut self, sent: Sent, heard: bool) {
        let most = if heard { MOST } else { MOST_UNHEARD };
        while self.acknowledged > REMEMBERED || self.list.len() >= most {
            let Some(gone) = self.list.pop_front() else { break };
            self.acknowledged = self.acknowledged.saturating_sub(1);
            self.complete_from = Some(gone.end);
        }
        self.list.push_back(sent);
    }

    /// Takes in what fills a gap. `place` is where [`Sents::find`] says.
    pub(super) fn insert(&mut self, place: usize, sent: Sent) {
        if self.list.len() < 2 * MOST {
            self.list.insert(place.min(self.list.len()), sent);
            self.acknowledged += usize::from(place < self.acknowledged);
        }
    }

    /// The place of the first stretch that ends after `seq`.
    pub(super) fn find(&self, seq: SeqNumber) -> usize {
        // What is asked for mostly lies near the end.
        self.list.partition_point(|sent| sent.end.le(seq))
    }

    pub(super) fn get(&self, place: usize) -> Option<&Sent> {
        self.list.get(place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Sent> {
        self.list.get_mut(place)
    }

    /// All of them, the one that ends last in front.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Sent> {
        (0..self.list.len()).rev().filter_map(|place| self.list.get(place))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many are under way.
    pub(super) fn waiting(&self) -> usize {
        self.list.len() - self.acknowledged.min(self.list.len())
    }

    /// Passes what `ack` covers now: gives the number of stretches, when the last of them was sent, and whether any was
    /// sent twice.
    pub(super) fn acknowledge(&mut self, ack: SeqNumber) -> (u32, Option<Newest>, bool) {
        let (mut count, mut repeated) = (0, false);
        while let Some(sent) = self.list.get(self.acknowledged).filter(|sent| sent.end.le(ack)) {
            count += 1;
            repeated |= sent.is_ambiguous();
            self.acknowledged += 1;
        }
        let newest = if count > 0 { self.list.get(self.acknowledged - 1) } else { None };
        let newest = newest.map(|sent| Newest { sent: sent.time, arrived: sent.arrived() });
        (count, newest, repeated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_widened_to_the_nearest_before() {
        assert_eq!(widen(5, 7), 5);
        assert_eq!(widen(u32::MAX, (1 << 32) + 3), u64::from(u32::MAX));
        assert_eq!(widen(3, (1 << 32) + 3), (1 << 32) + 3);
        assert_eq!(widen(9, 7), 0, "nothing lies before the first");
    }
}
