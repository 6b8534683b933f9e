//! Segments that a network card cut up or put together on the way (TSO, GRO): tied by the octets that they hold. What was
//! sent as one and arrived as many becomes the many that were on the wire, and what of it did not arrive is lost.

use crate::tcp::{Flags, Segment, Timestamp};

/// How many segments with some of the same octets are looked at for one; the rest of a stranger capture is left alone.
const MOST_LOOKED_AT: usize = 512;
/// And so many may be near it.
const MOST_NEAR: usize = 8192;
/// The longest segment that any card makes (BIG TCP), octets.
const LONGEST: i64 = 1 << 19;

/// Octets that arrived in one segment and are not yet tied to what was sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrived {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) at: Timestamp,
    pub(super) place: u32,
}

/// All octets that arrived and have no partner yet, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    list: Vec<Arrived>,
}

/// A piece of what was sent, and when it arrived, where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Octets after the segment's first.
    pub(super) from: u32,
    pub(super) len: u32,
    pub(super) at: Option<Timestamp>,
}

impl Arrivals {
    pub(super) fn new(mut list: Vec<Arrived>) -> Arrivals {
        list.sort_by_key(|arrived| (arrived.start, arrived.at));
        Arrivals { list }
    }

    /// Takes the octets of a segment out: its pieces in order, together the whole segment. `None` when none of it arrived.
    pub(super) fn take(&mut self, start: i64, len: u32, not_before: Timestamp) -> Option<Vec<Piece>> {
        let end = start + i64::from(len);
        let first = self.list.partition_point(|arrived| arrived.start < start - LONGEST);
        let last = self.list.partition_point(|arrived| arrived.start < end + LONGEST);
        if last.saturating_sub(first) > MOST_NEAR {
            return None;
        }
        let mut pieces: Vec<Piece> = Vec::new();
        let mut reached = start;
        let mut any = false;
        for arrived in self.list.iter_mut().skip(first).take_while(|arrived| arrived.start < end).take(MOST_LOOKED_AT) {
            let from = arrived.start.max(reached);
            let to = arrived.end.min(end);
            if from >= to || arrived.at < not_before {
                continue;
            }
            if from > reached {
                pieces.push(piece(start, reached, from, None));
            }
            pieces.push(piece(start, from, to, Some(arrived.at)));
            any = true;
            reached = to;
            // What lies before stays with nobody: it was passed over.
            arrived.start = to;
        }
        if reached < end {
            pieces.push(piece(start, reached, end, None));
        }
        // Starts moved: those that follow rely on their order.
        if let Some(touched) = self.list.get_mut(first..last.max(first)) {
            touched.sort_by_key(|arrived| (arrived.start, arrived.at));
        }
        any.then_some(pieces)
    }

    /// Places of segments of which nothing was tied.
    pub(super) fn untouched<'a>(&'a self, whole: impl Fn(u32) -> i64 + 'a) -> impl Iterator<Item = u32> + 'a {
        self.list.iter().filter(move |arrived| whole(arrived.place) == arrived.start).map(|arrived| arrived.place)
    }
}

fn piece(start: i64, from: i64, to: i64, at: Option<Timestamp>) -> Piece {
    Piece { from: (from - start) as u32, len: (to - from) as u32, at }
}

/// A piece of a segment as it was on the wire: SYN with the first octet, PSH and FIN with the last.
pub(super) fn cut<'c>(segment: &Segment<'c>, piece: Piece) -> Segment<'c> {
    let first = piece.from == 0;
    let last = piece.from + piece.len == segment.len;
    let mut flags = segment.flags.0;
    if !first {
        flags &= !Flags::SYN.0;
    }
    if !last {
        flags &= !(Flags::PSH | Flags::FIN).0;
    }
    let shift = if first { 0 } else { u32::from(segment.flags.syn()) };
    let begin = segment.payload.len().min(piece.from as usize);
    let end = segment.payload.len().min((piece.from + piece.len) as usize);
    let payload = segment.payload.get(begin..end).unwrap_or_default();
    Segment { seq: segment.seq + (piece.from + shift), len: piece.len, payload, flags: Flags(flags), ..*segment }
}
