//! What is remembered of one direction. Zero means unknown where Wireshark takes it so.

use super::scale::Scale;
use super::unacked::Unacked;
use super::words::Words;
use crate::tcp::{Segment, SeqNumber, Timestamp};

#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The first number: of the SYN, else one before the first that was seen.
    pub(super) base: Option<SeqNumber>,
    /// The highest end so far, which frame set it, and when; 0 is unknown.
    pub(super) next: SeqNumber,
    pub(super) next_frame: u64,
    pub(super) next_time: Timestamp,
    /// The end of what was seen without a gap; 0 is unknown.
    pub(super) contiguous: SeqNumber,
    /// The acknowledgment field of the last segment, whether or not it had the ACK flag; 0 is unknown.
    pub(super) last_ack: SeqNumber,
    pub(super) last_ack_time: Timestamp,
    /// The window field of the last segment; `None` before the first.
    pub(super) window: Option<u16>,
    pub(super) scale: Scale,
    /// A SYN was the last to be seen of it: its window is not scaled yet.
    pub(super) syn_window: bool,
    /// Duplicates of the last ACK; [`Flow::STALLED`] when the other direction acknowledged what was never seen of this one.
    pub(super) dup_acks: u32,
    pub(super) first_ack_frame: u64,
    pub(super) last_words: Words,
    /// A gap was seen and no ACK since: what is under way is not known.
    pub(super) flight_unknown: bool,
    /// The stream's MPTCP operations when this direction spoke last.
    pub(super) mptcp: u8,
    pub(super) unacked: Unacked,
}

impl Flow {
    /// Wireshark writes -1 into a number without a sign, and so takes it for many duplicates.
    pub(super) const STALLED: u32 = u32::MAX;

    /// Whether the segment stands just where the direction is.
    pub(super) fn is_next(&self, segment: &Segment<'_>) -> bool {
        segment.seq == self.next
    }

    /// Whether it repeats the last acknowledgment at the same place.
    pub(super) fn repeats_ack(&self, segment: &Segment<'_>) -> bool {
        self.is_next(segment) && segment.ack == self.last_ack
    }

    /// Remembers what a segment moved on. `len` is its payload.
    pub(super) fn remember(&mut self, segment: &Segment<'_>, len: u32, words: Words) {
        let mut end = segment.seq + len;
        let counts = segment.flags.syn() || segment.flags.fin();
        if (len > 0 || counts) && self.unacked.has_room() {
            end = end + u32::from(counts);
            self.unacked.push(segment.frame, segment.time, segment.seq, end);
        }
        let probe = words.has(Words::ZERO_WINDOW_PROBE);
        if (self.next.lt(end) || self.next == SeqNumber(0)) && !probe {
            self.next = end;
            self.next_frame = segment.frame;
            self.next_time = segment.time;
        }
        if (segment.seq == self.contiguous || self.contiguous == SeqNumber(0)) && !probe {
            self.contiguous = self.next;
        }
        self.window = Some(segment.wnd);
        self.last_ack = segment.ack;
        self.last_ack_time = segment.time;
        self.last_words = words;
    }
}
