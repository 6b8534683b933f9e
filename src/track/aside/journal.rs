//! The segments of all plain connections in the order in which they came. Written in a row, so that no record waits for memory
//! that is far away; read only where a connection turns out to be unusual.

use super::packed::Packed;

/// Segments remembered: 10 MiB. What is older belongs to no plain connection any more.
const MOST: u32 = 256 * 1024;
/// After so many one looks whose segments are about to be written over.
const ROUND: u32 = MOST / 8;

#[derive(Debug, Clone, Copy)]
struct Entry {
    packed: Packed,
    /// The number of the one before it in the same connection.
    before: u32,
}

/// Numbers count from the first segment written, modulo 2^32.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: Vec<Entry>,
    next: u32,
    /// The round whose end was noted last.
    round: u32,
}

impl Journal {
    /// Writes a segment down behind that of number `before`, if there was one; gives its own number.
    #[inline]
    pub(super) fn write(&mut self, packed: Packed, before: u32) -> u32 {
        let number = self.next;
        self.next = number.wrapping_add(1);
        let entry = Entry { packed, before };
        match self.entries.get_mut((number % MOST) as usize) {
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
        number
    }

    /// The last `count` segments of a connection up to that of number `last`, in order.
    pub(super) fn read(&self, last: u32, count: usize) -> Vec<Packed> {
        let mut number = last;
        let mut read = Vec::with_capacity(count);
        while read.len() < count
            && let Some(entry) = self.entries.get((number % MOST) as usize)
        {
            read.push(entry.packed);
            number = entry.before;
        }
        read.reverse();
        read
    }

    /// Whether a round has been written since the last look.
    #[inline]
    pub(super) fn ends_round(&mut self) -> bool {
        let round = self.next / ROUND;
        std::mem::replace(&mut self.round, round) != round
    }

    /// Whether the segment of this number may be written over before the next round is over.
    pub(super) fn goes_soon(&self, number: u32) -> bool {
        self.next.wrapping_sub(number) > MOST - ROUND
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::Segment;

    fn packed(time: i64) -> Packed {
        let segment = Segment { time: crate::tcp::Timestamp(time), ..Segment::nothing() };
        Packed::of(&segment, false).unwrap_or_default()
    }

    #[test]
    fn a_connection_is_read_back_in_order_whatever_stands_between() {
        // Past the end of its places, and of its numbers.
        let mut journal = Journal { next: u32::MAX - 2, ..Journal::default() };
        for _ in 0..MOST {
            journal.write(packed(0), 0);
        }
        let mut last = 0;
        for time in 1..=5 {
            last = journal.write(packed(time), last);
            journal.write(packed(99), 7);
        }
        let [wanted, read] =
            [(1..=5).map(packed).collect(), journal.read(last, 5)].map(|all: Vec<Packed>| format!("{all:?}"));
        assert_eq!(wanted, read);
    }

    #[test]
    fn what_goes_soon_is_told_before_it_goes() {
        let mut journal = Journal::default();
        let first = journal.write(packed(1), 0);
        let mut told = false;
        while journal.next.wrapping_sub(first) <= MOST {
            assert_eq!(format!("{:?}", journal.read(first, 1)), format!("{:?}", vec![packed(1)]));
            told |= journal.ends_round() && journal.goes_soon(first);
            journal.write(packed(2), 0);
        }
        assert!(told);
    }
}
