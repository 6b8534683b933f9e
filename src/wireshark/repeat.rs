//! Segments that do not move their direction on: retransmitted, needlessly, fast, or out of order.

use super::flow::Flow;
use super::words::{Marks, Words};
use crate::tcp::{Segment, SeqNumber};

/// A repetition so soon after the last duplicate ACK answers it.
const FAST_NS: u64 = 20_000_000;
/// What counts as out of order comes this soon after the highest number, where no initial round trip is known.
const ORDER_NS: u64 = 3_000_000;

/// Nanoseconds as Wireshark compares them: time that runs backwards is very long.
fn elapsed(ns: i64) -> u64 {
    ns as u64
}

/// The family of a segment with payload, SYN or FIN. `initial_rtt_ns` is 0 where it is not known.
pub(super) fn look(fwd: &Flow, rev: &Flow, segment: &Segment<'_>, len: u32, initial_rtt_ns: i64, marks: &mut Marks) {
    let counts = segment.flags.syn() || segment.flags.fin();
    if (len == 0 && !counts) || marks.words.has(Words::KEEP_ALIVE) {
        return;
    }
    if len > 0 && rev.last_ack != SeqNumber(0) && (segment.seq + len).le(rev.last_ack) {
        marks.words.add(Words::SPURIOUS_RETRANSMISSION | Words::RETRANSMISSION);
        return;
    }
    // One octet before the next, and more than that: data after a probe of the window, not a repetition.
    let after_probe = len > 1 && segment.seq == fwd.next - 1;
    if fwd.next == SeqNumber(0) || !segment.seq.lt(fwd.next) || after_probe {
        return;
    }
    let since_ack = elapsed(segment.time.since(rev.last_ack_time));
    if rev.dup_acks >= 2 && rev.last_ack == segment.seq && since_ack < FAST_NS {
        marks.words.add(Words::FAST_RETRANSMISSION | Words::RETRANSMISSION);
        return;
    }
    let since_next = elapsed(segment.time.since(fwd.next_time));
    let soon = if initial_rtt_ns == 0 { ORDER_NS } else { elapsed(initial_rtt_ns) };
    if since_next < soon && segment.seq + len + u32::from(counts) != fwd.next {
        marks.words.add(Words::OUT_OF_ORDER);
        return;
    }
    marks.words.add(Words::RETRANSMISSION);
    let (frame, time) = match fwd.unacked.oldest() {
        Some(sent) => (sent.frame, sent.time),
        None => (fwd.next_frame, fwd.next_time),
    };
    marks.rto_ns = Some(segment.time.since(time)).filter(|ns| *ns != 0);
    marks.rto_frame = marks.rto_ns.map(|_| frame);
}
