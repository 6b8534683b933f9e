//! The initial round trip: from the last SYN of either direction to the first ACK that is no SYN. So it holds the waits of
//! repeated SYNs, and a refused connection has one too.

use crate::tcp::{Segment, Timestamp};

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoundTrip {
    last_syn: Option<Timestamp>,
    /// Nanoseconds; 0 while unknown.
    pub(super) initial_ns: i64,
}

impl RoundTrip {
    pub(super) fn look(&mut self, segment: &Segment<'_>) {
        match (segment.flags.syn(), segment.flags.ack()) {
            (true, false) => self.last_syn = Some(segment.time),
            (false, true) if self.initial_ns == 0 => {
                self.initial_ns = self.last_syn.map_or(0, |syn| segment.time.since(syn));
            }
            _ => {}
        }
    }

    /// The initial round trip, where it is known.
    pub(super) fn initial(&self) -> Option<i64> {
        (self.initial_ns != 0).then_some(self.initial_ns)
    }
}
