//! Fast Open (RFC 7413): a SYN with a cookie, and whether the SYN-ACK took its data.

use super::words::Words;
use crate::tcp::{Segment, SeqNumber};

/// Whether the segment is a SYN that brings a cookie.
pub(super) fn brings_cookie(segment: &Segment<'_>) -> bool {
    segment.flags.syn() && !segment.flags.ack() && segment.options.fast_open.is_some_and(|octets| octets > 0)
}

/// What a SYN-ACK says of the SYN's data. `peer_base` is the first number of the other direction.
pub(super) fn answer(segment: &Segment<'_>, peer_base: SeqNumber, data_was_sent: bool) -> Words {
    if !segment.flags.syn() || !segment.flags.ack() {
        Words::default()
    } else if segment.ack.since(peer_base) > 1 {
        Words::TFO_ACK
    } else if data_was_sent {
        Words::TFO_IGNORED
    } else {
        Words::default()
    }
}
