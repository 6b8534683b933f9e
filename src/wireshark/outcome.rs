//! What a first look leaves for the second: the values that only the end of the capture settles.

use super::completeness::Completeness;
use super::fast_open;
use super::round_trip::RoundTrip;
use super::stream::{Stream, directed};
use super::streams::Streams;
use super::table::Way;
use super::words::{Marks, Words};
use crate::tcp::{Segment, SeqNumber};

/// What the first look found, stream by stream: some 50 octets for each.
#[derive(Debug, Clone, Default)]
pub struct Outcome(Vec<Left>);

/// What one stream was left with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    completeness: Completeness,
    round_trip: RoundTrip,
    fast_open: bool,
    bases: [Option<SeqNumber>; 2],
}

impl Outcome {
    pub(super) fn of(streams: &Streams) -> Outcome {
        Outcome(streams.outcome())
    }
}

impl Left {
    pub(super) fn of(stream: &Stream) -> Left {
        let Stream { completeness, round_trip, fast_open, .. } = *stream;
        Left { completeness, round_trip, fast_open, bases: stream.bases() }
    }

    /// A stream of which no more is known.
    pub(super) fn stream(self) -> Stream {
        let mut stream = Stream::left_with(self.completeness, self.round_trip, self.fast_open);
        stream.set_bases(self.bases);
        stream
    }

    /// Whether the segment is a SYN of another connection between the same addresses.
    pub(super) fn is_reused_by(&self, segment: &Segment<'_>, way: Way) -> bool {
        let [up, down] = self.bases;
        let base = if way == Way::Up { up } else { down };
        segment.flags.syn() && !segment.flags.ack() && base.is_some_and(|base| base != segment.seq)
    }
}

/// The streams in the second look. tshark runs the same code again over what the first look left, so they still change.
pub(super) struct Known(Vec<Left>);

impl Known {
    pub(super) fn new(outcome: Outcome) -> Known {
        Known(outcome.0)
    }

    /// Puts into `marks` what is known now.
    pub(super) fn look_again(&mut self, stream: u32, segment: &Segment<'_>, way: Way, marks: &mut Marks) {
        let Some(left) = self.0.get_mut(stream as usize) else { return };
        marks.completeness = left.completeness;
        let (fwd, rev) = directed(&mut left.bases, way);
        if segment.flags.syn() && segment.flags.ack() && fwd.is_some_and(|base| base != segment.seq) {
            // Another SYN-ACK after this one moved the first number on, so it differs now even where it did not before.
            *fwd = Some(segment.seq);
            if !marks.untold {
                marks.words.add(Words::REUSED_PORTS);
                marks.says = true;
            }
        }
        if segment.header_len < 20 {
            return;
        }
        left.completeness.go_on(segment, marks.len.unwrap_or(0));
        let answer = fast_open::answer(segment, rev.unwrap_or_default(), left.fast_open);
        marks.words.remove(Words::TFO_ACK | Words::TFO_IGNORED);
        marks.words.add(answer);
        left.round_trip.look(segment);
        marks.initial_rtt_ns = if marks.says { left.round_trip.initial() } else { None };
    }
}
