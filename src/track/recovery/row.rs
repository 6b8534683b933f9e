//! Stretches in a row: a few lie in place, more in a ring on the heap.

use super::sent::Sent;
use std::collections::VecDeque;

/// So many need no heap; most flows never have more under way.
const FEW: usize = 3;

/// While `many` holds anything, `few` is not used.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    few: [Sent; FEW],
    /// How many of `few` are used.
    count: u8,
    many: VecDeque<Sent>,
}

impl Row {
    pub(super) fn len(&self) -> usize {
        if self.count > 0 { self.count.into() } else { self.many.len() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub(super) fn get(&self, place: usize) -> Option<&Sent> {
        if self.count > 0 { self.few().get(place) } else { self.many.get(place) }
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Sent> {
        match self.count {
            0 => self.many.get_mut(place),
            count => self.few.get_mut(..count.into())?.get_mut(place),
        }
    }

    #[inline]
    pub(super) fn push_back(&mut self, sent: Sent) {
        if !self.many.is_empty() {
            self.many.push_back(sent);
        } else if let Some(slot) = self.few.get_mut(usize::from(self.count)) {
            *slot = sent;
            self.count += 1;
        } else {
            self.move_out().push_back(sent);
        }
    }

    pub(super) fn insert(&mut self, place: usize, sent: Sent) {
        let place = place.min(self.len());
        self.move_out().insert(place, sent);
    }

    pub(super) fn pop_front(&mut self) -> Option<Sent> {
        if self.count == 0 {
            return self.many.pop_front();
        }
        let [first, ..] = self.few;
        self.few.rotate_left(1);
        self.count -= 1;
        Some(first)
    }

    /// How many at the head fulfil this; behind them none does.
    pub(super) fn partition_point(&self, is_before: impl FnMut(&Sent) -> bool) -> usize {
        if self.count > 0 { self.few().partition_point(is_before) } else { self.many.partition_point(is_before) }
    }

    fn few(&self) -> &[Sent] {
        self.few.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// All of them on the heap.
    #[cold]
    fn move_out(&mut self) -> &mut VecDeque<Sent> {
        let count = std::mem::take(&mut self.count);
        self.many.extend(self.few.iter().take(count.into()));
        &mut self.many
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::tcp::SeqNumber;
    use proptest::prelude::*;

    #[allow(clippy::field_reassign_with_default)] // The other fields are not ours to name.
    fn sent(seq: u32) -> Sent {
        let mut sent = Sent::default();
        sent.seq = SeqNumber(seq);
        sent
    }

    proptest! {
        #[test]
        fn it_does_what_a_deque_does(acts in prop::collection::vec((0..4_u8, 0..6_usize), 0..60)) {
            let (mut row, mut plain) = (Row::default(), VecDeque::new());
            for (seq, (act, place)) in (0_u32..).zip(acts) {
                match act {
                    0 | 1 => {
                        row.push_back(sent(seq));
                        plain.push_back(seq);
                    }
                    2 => prop_assert_eq!(row.pop_front().map(|sent| sent.seq.0), plain.pop_front()),
                    _ => {
                        row.insert(place, sent(seq));
                        plain.insert(place.min(plain.len()), seq);
                    }
                }
                prop_assert_eq!(row.len(), plain.len());
                for place in 0..=plain.len() {
                    prop_assert_eq!(row.get(place).map(|sent| sent.seq.0), plain.get(place).copied());
                    prop_assert_eq!(row.get_mut(place).map(|sent| sent.seq.0), plain.get(place).copied());
                }
            }
        }
    }
}
