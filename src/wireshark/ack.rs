//! Acknowledgments: repeated, answering a keep-alive or a probe, or of what was never seen.

use super::flow::Flow;
use super::window::is_control;
use super::words::{DupAck, Marks, Words};
use crate::tcp::{Segment, SeqNumber};

/// An empty segment that says again what the last one of its direction said. `mptcp` are the stream's MPTCP operations: where
/// they changed since, the repetition may carry one of them (RFC 8684 4).
pub(super) fn repeated(fwd: &mut Flow, rev: &Flow, segment: &Segment<'_>, len: u32, mptcp: u8, marks: &mut Marks) {
    if len > 0 || is_control(segment) || Some(segment.wnd) != fwd.window || !fwd.repeats_ack(segment) {
        return;
    }
    if segment.wnd == 0 {
        if rev.last_words.has(Words::ZERO_WINDOW_PROBE) {
            marks.words.add(Words::ZERO_WINDOW_PROBE_ACK);
        }
    } else if rev.last_words.has(Words::KEEP_ALIVE) {
        marks.words.add(Words::KEEP_ALIVE_ACK);
    } else if fwd.mptcp == mptcp {
        fwd.dup_acks = if fwd.dup_acks == Flow::STALLED { 1 } else { fwd.dup_acks + 1 };
        marks.words.add(Words::DUPLICATE_ACK);
        marks.dup_ack = Some(DupAck { number: fwd.dup_acks, first: fwd.first_ack_frame });
    }
}

/// Another acknowledgment than the last one begins the count of duplicates again.
pub(super) fn count_from(fwd: &mut Flow, segment: &Segment<'_>) {
    if segment.ack != fwd.last_ack {
        fwd.first_ack_frame = segment.frame;
        fwd.dup_acks = 0;
    }
}

/// An acknowledgment beyond all that was seen without a gap. Says whether there is one.
pub(super) fn unseen(rev: &mut Flow, segment: &Segment<'_>, words: &mut Words) -> bool {
    let beyond = rev.contiguous != SeqNumber(0) && segment.flags.ack() && rev.contiguous.lt(segment.ack);
    if !beyond {
        return false;
    }
    // The mark moves on, so that one loss is told once.
    if rev.contiguous.lt(rev.next) {
        rev.contiguous = rev.next;
        words.add(Words::ACK_LOST_SEGMENT);
    } else {
        if rev.dup_acks == 0 {
            words.add(Words::ACK_LOST_SEGMENT);
        }
        rev.dup_acks = Flow::STALLED;
    }
    true
}
