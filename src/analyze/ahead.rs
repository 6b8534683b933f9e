//! Segments that wait for a few more to come, where nobody looks at each: by their turn, the memory that they need is at hand.

use crate::tcp::Segment;
use crate::track::{Foreseen, Hear, Tracker};

/// Places for them, one of which is for the next; a power of two.
const PLACES: usize = 8;
/// So many come between one look at what a segment will need and the next one: by then memory has answered.
const BETWEEN_LOOKS: usize = 3;

/// Segments in the order in which they came, in places that wrap round.
pub(super) struct Ahead {
    waiting: [(Segment<'static>, Foreseen); PLACES],
    /// How many came so far, and how many had their turn.
    came: usize,
    went: usize,
}

impl Ahead {
    pub(super) fn new() -> Ahead {
        Ahead { waiting: [(Segment::nothing(), Foreseen::default()); PLACES], came: 0, went: 0 }
    }

    /// Where the next segment is made. (There always is such a place.)
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<&mut Segment<'static>> {
        self.waiting.get_mut(self.came % PLACES).map(|(segment, _)| segment)
    }

    /// The next segment is made: it waits from now on, and the one that waited longest has its turn.
    #[inline(always)]
    pub(super) fn enter(&mut self, payload: &[u8], tracker: &mut Tracker, sink: &mut impl Hear) {
        if let Some((segment, foreseen)) = self.waiting.get_mut(self.came % PLACES) {
            *foreseen = tracker.foresee(segment, payload);
        }
        if let Some((_, foreseen)) = self.before(BETWEEN_LOOKS) {
            tracker.foresee_more(foreseen);
        }
        self.came += 1;
        if self.came - self.went == PLACES {
            self.let_one_in(tracker, sink);
        }
    }

    /// Whoever came so many before the next one. (At first it is nobody's, of which nothing is known; no harm is done.)
    #[inline(always)]
    fn before(&self, by: usize) -> Option<&(Segment<'static>, Foreseen)> {
        self.waiting.get(self.came.wrapping_sub(by) % PLACES)
    }

    /// All that wait have their turn.
    pub(super) fn let_in(&mut self, tracker: &mut Tracker, sink: &mut impl Hear) {
        while self.went < self.came {
            self.let_one_in(tracker, sink);
        }
    }

    #[inline(always)]
    fn let_one_in(&mut self, tracker: &mut Tracker, sink: &mut impl Hear) {
        if let Some((segment, foreseen)) = self.waiting.get(self.went % PLACES) {
            tracker.push_foreseen(segment, foreseen, sink);
        }
        self.went += 1;
    }
}
