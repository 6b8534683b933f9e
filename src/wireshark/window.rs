//! Windows: zero, full, moved; the probes of a zero window, and what answers them. Keep-alives, which look alike.

use super::flow::Flow;
use super::scale::Scale;
use super::words::Words;
use crate::tcp::{Flags, Segment, SeqNumber};

/// Whether the segment opens, closes or resets: most words are not for such.
pub(super) fn is_control(segment: &Segment<'_>) -> bool {
    segment.flags.any(Flags::SYN | Flags::FIN | Flags::RST)
}

/// One octet against a closed window.
pub(super) fn is_probe(fwd: &Flow, rev: &Flow, segment: &Segment<'_>, len: u32) -> bool {
    len == 1 && fwd.is_next(segment) && rev.window == Some(0)
}

/// What the place and the window of a segment say, before its acknowledgment is looked at.
pub(super) fn look(fwd: &mut Flow, rev: &Flow, segment: &Segment<'_>, len: u32, words: &mut Words) {
    let control = is_control(segment);
    if segment.wnd == 0 && !control {
        words.add(Words::ZERO_WINDOW);
    }
    if fwd.next != SeqNumber(0) && fwd.next.lt(segment.seq) && !segment.flags.rst() {
        words.add(Words::LOST_SEGMENT);
        fwd.flight_unknown = true;
    }
    if control {
        return;
    }
    if len <= 1 && segment.seq == fwd.next - 1 {
        words.add(Words::KEEP_ALIVE);
    }
    if len == 0 && segment.wnd != 0 && Some(segment.wnd) != fwd.window && fwd.repeats_ack(segment) {
        words.add(Words::WINDOW_UPDATE);
    }
    if len > 0 && rev.scale != Scale::Unknown && edge(rev) == Some(segment.seq + len) {
        words.add(Words::WINDOW_FULL);
    }
}

/// Where the window ends that the receiver gave. That of its SYN is not scaled (RFC 7323 2.2).
fn edge(receiver: &Flow) -> Option<SeqNumber> {
    let scale = if receiver.syn_window { Scale::Unused } else { receiver.scale };
    Some(receiver.last_ack + scale.of(receiver.window?))
}
