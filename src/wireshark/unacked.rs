//! The segments of one direction that the other has not acknowledged.

use crate::tcp::{SeqNumber, Timestamp};

/// Segments kept of a direction whose acknowledgments are not seen; as many as Wireshark keeps.
const MOST: usize = 10_000;

#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) frame: u64,
    pub(super) time: Timestamp,
    seq: SeqNumber,
    end: SeqNumber,
}

/// Oldest first.
#[derive(Debug, Default)]
pub(super) struct Unacked {
    sent: Vec<Sent>,
    /// The acknowledgment that was taken last, and how many segments it left: the same again changes nothing.
    taken: Option<(SeqNumber, usize)>,
}

impl Unacked {
    /// Whether one more is remembered.
    pub(super) fn has_room(&self) -> bool {
        self.sent.len() < MOST
    }

    pub(super) fn push(&mut self, frame: u64, time: Timestamp, seq: SeqNumber, end: SeqNumber) {
        self.sent.push(Sent { frame, time, seq, end });
        self.taken = None;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }

    /// The oldest.
    pub(super) fn oldest(&self) -> Option<&Sent> {
        self.sent.first()
    }

    /// Takes an acknowledgment in: lets go of what it covers and gives the oldest segment that ends with it.
    pub(super) fn acknowledge(&mut self, ack: SeqNumber) -> Option<Sent> {
        if self.sent.is_empty() || self.taken == Some((ack, self.sent.len())) {
            return None;
        }
        let mut exact = None;
        self.sent.retain_mut(|sent| {
            if ack == sent.end {
                exact = exact.or(Some(*sent));
                return false;
            }
            if sent.seq.lt(ack) && ack.le(sent.end) {
                // Part of it: the rest stays.
                sent.seq = ack;
            }
            ack.lt(sent.end)
        });
        self.taken = Some((ack, self.sent.len()));
        if self.sent.is_empty() {
            self.sent = Vec::new();
        }
        exact
    }

    pub(super) fn clear(&mut self) {
        *self = Unacked::default();
    }
}
