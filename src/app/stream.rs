//! One direction of a connection, put in order: what was sent twice is read once, what came too early waits, and what the
//! capture never had is told as a gap.

use crate::tcp::Timestamp;
use std::collections::BTreeMap;

/// Octets that may wait for earlier ones. Where more do, the earlier ones are given up as missing.
const MOST_WAITING: usize = 256 * 1024;

/// A segment's payload as it was captured.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// Place of its first octet in what its sender sent, from 0.
    pub offset: u64,
    /// What was captured of it.
    pub octets: &'a [u8],
    /// Octets that it had, captured or not.
    pub len: u32,
    pub carrier: Carrier,
}

/// The segment that carries an octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carrier {
    /// Its place among the connection's segments, from 0.
    pub ordinal: u64,
    /// Number of its frame in the capture, from 1.
    pub frame: u64,
    pub at: Timestamp,
    /// When it reached its receiver, where that is known.
    pub arrived: Option<Timestamp>,
    /// Place of the first octet that was read from it, in what its sender sent.
    pub first: u64,
}

/// What comes next in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'a> {
    Octets {
        offset: u64,
        octets: &'a [u8],
        carrier: Carrier,
    },
    /// So many octets were sent and not captured.
    Missing {
        offset: u64,
        len: u64,
    },
}

/// One direction, as far as it was read.
#[derive(Debug, Default)]
pub struct Stream {
    /// The place of the next octet; `None` before the first segment.
    next: Option<u64>,
    waiting: BTreeMap<u64, Waiting>,
    /// Octets that wait.
    held: usize,
    /// Where it ends, once a FIN tells.
    end: Option<u64>,
}

#[derive(Debug)]
struct Waiting {
    octets: Box<[u8]>,
    len: u64,
    carrier: Carrier,
}

impl Stream {
    /// The stream begins here, as a SYN shows.
    pub fn begin(&mut self) {
        self.next.get_or_insert(0);
    }

    /// The stream ends here, as a FIN shows.
    pub fn fin(&mut self, place: u64) {
        self.end.get_or_insert(place);
    }

    /// Takes a segment's payload in, and hands on what is now in order.
    pub fn push(&mut self, piece: &Piece<'_>, next: &mut dyn FnMut(Next<'_>)) {
        if piece.len == 0 {
            return;
        }
        let at = *self.next.get_or_insert(piece.offset);
        if piece.offset > at {
            self.wait(piece);
            while self.held > MOST_WAITING {
                let Some((offset, _)) = self.waiting.first_key_value() else { break };
                self.skip_to(*offset, next);
            }
            return;
        }
        self.hand_on(piece.offset, piece.octets, u64::from(piece.len), piece.carrier, next);
        self.catch_up(next);
    }

    /// The receiver has acknowledged everything before this place: what was not captured of it never will be.
    pub fn acknowledged(&mut self, upto: u64, next: &mut dyn FnMut(Next<'_>)) {
        // A FIN takes a number too, but is no octet.
        let upto = self.end.map_or(upto, |end| upto.min(end));
        while let Some(at) = self.next
            && at < upto
        {
            let first = self.waiting.first_key_value().map_or(upto, |(offset, _)| upto.min(*offset));
            self.skip_to(first, next);
        }
    }

    /// Octets that wait.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Nothing will come any more: what waits is handed on with the gaps before it.
    pub fn end(&mut self, next: &mut dyn FnMut(Next<'_>)) {
        while let Some((offset, _)) = self.waiting.first_key_value() {
            self.skip_to(*offset, next);
        }
    }

    fn wait(&mut self, piece: &Piece<'_>) {
        let fresh = Waiting { octets: piece.octets.into(), len: piece.len.into(), carrier: piece.carrier };
        match self.waiting.get(&piece.offset) {
            // The one that came first is what the receiver took, unless it was shorter.
            Some(before) if before.len >= fresh.len => {}
            _ => {
                self.held += fresh.octets.len();
                if let Some(before) = self.waiting.insert(piece.offset, fresh) {
                    self.held -= before.octets.len();
                }
            }
        }
    }

    fn skip_to(&mut self, place: u64, next: &mut dyn FnMut(Next<'_>)) {
        if let Some(at) = self.next
            && place > at
        {
            next(Next::Missing { offset: at, len: place - at });
            self.next = Some(place);
        }
        self.catch_up(next);
    }

    fn catch_up(&mut self, next: &mut dyn FnMut(Next<'_>)) {
        while let (Some(entry), Some(at)) = (self.waiting.first_entry(), self.next)
            && *entry.key() <= at
        {
            let (offset, waiting) = entry.remove_entry();
            self.held -= waiting.octets.len();
            self.hand_on(offset, &waiting.octets, waiting.len, waiting.carrier, next);
        }
    }

    /// Hands on what is new of a piece that begins at the next octet or before it.
    fn hand_on(&mut self, offset: u64, octets: &[u8], len: u64, carrier: Carrier, next: &mut dyn FnMut(Next<'_>)) {
        let at = self.next.unwrap_or(offset);
        let (captured, end) = (offset.saturating_add(octets.len() as u64), offset.saturating_add(len));
        if end <= at {
            return;
        }
        let old = usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
        if let Some(octets) = octets.get(old..).filter(|octets| !octets.is_empty()) {
            next(Next::Octets { offset: at, octets, carrier: Carrier { first: at, ..carrier } });
        }
        if end > captured {
            let from = at.max(captured);
            next(Next::Missing { offset: from, len: end - from });
        }
        self.next = Some(end);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    /// What a stream hands on, as text: gaps as `[n]`.
    #[derive(Default)]
    struct Read {
        stream: Stream,
        told: String,
        /// Where the next octet must lie.
        next: Option<u64>,
    }

    impl Read {
        fn push(&mut self, offset: u64, text: &str) {
            self.cut(offset, text, text.len() as u32);
        }

        fn cut(&mut self, offset: u64, text: &str, len: u32) {
            let piece = Piece { offset, octets: text.as_bytes(), len, carrier: Carrier::default() };
            self.with(|stream, next| stream.push(&piece, next));
        }

        fn with(&mut self, act: impl FnOnce(&mut Stream, &mut dyn FnMut(Next<'_>))) {
            let Read { stream, told, next: place } = self;
            act(stream, &mut |next| {
                let (offset, len) = match next {
                    Next::Octets { offset, octets, .. } => {
                        told.push_str(std::str::from_utf8(octets).unwrap());
                        (offset, octets.len() as u64)
                    }
                    Next::Missing { offset, len } => {
                        told.push_str(&format!("[{len}]"));
                        (offset, len)
                    }
                };
                assert!(len > 0);
                assert_eq!(*place.get_or_insert(offset), offset, "nothing is left out, nothing told twice");
                *place = Some(offset + len);
            });
        }
    }

    #[test]
    fn what_is_sent_again_is_read_once() {
        let mut read = Read::default();
        read.stream.begin();
        for (offset, text) in [(0, "abc"), (0, "abc"), (1, "bcde"), (3, "de"), (5, "f")] {
            read.push(offset, text);
        }
        assert_eq!(read.told, "abcdef");
    }

    #[test]
    fn what_comes_too_early_waits() {
        let mut read = Read::default();
        read.stream.begin();
        for (offset, text) in [(6, "ghi"), (3, "def"), (3, "d"), (4, "efgh")] {
            read.push(offset, text);
            assert_eq!(read.told, "");
        }
        read.push(0, "abc");
        assert_eq!(read.told, "abcdefghi");
        assert_eq!(read.stream.held, 0);
    }

    #[test]
    fn what_was_acknowledged_and_never_captured_is_missing() {
        let mut read = Read::default();
        read.stream.begin();
        read.push(5, "fg");
        read.with(|stream, next| stream.acknowledged(5, next));
        assert_eq!(read.told, "[5]fg");
        read.push(0, "abcde");
        read.with(|stream, next| stream.acknowledged(9, next));
        read.push(9, "j");
        assert_eq!(read.told, "[5]fg[2]j");
    }

    #[test]
    fn what_the_capture_cut_off_is_missing() {
        let mut read = Read::default();
        read.stream.begin();
        read.cut(0, "ab", 10);
        read.push(10, "k");
        assert_eq!(read.told, "ab[8]k");
    }

    #[test]
    fn one_joins_in_the_middle() {
        let mut read = Read::default();
        read.push(1000, "mid");
        read.push(1003, "dle");
        assert_eq!(read.told, "middle");
    }

    #[test]
    fn waiting_is_bounded() {
        let mut read = Read::default();
        read.stream.begin();
        let text = "x".repeat(1000);
        for number in 0..1000 {
            read.push(1 + number * 1000, &text);
            assert!(read.stream.held <= MOST_WAITING);
        }
        assert!(read.told.starts_with("[1]xxx"));
        read.with(|stream, next| stream.end(next));
        assert_eq!(read.told.len(), 3 + 1_000_000);
    }

    #[test]
    fn any_order_reads_the_same() {
        use std::collections::hash_map::RandomState;
        use std::hash::BuildHasher;
        let whole: String = (0..500).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
        for round in 0..50_u64 {
            let mut read = Read::default();
            read.stream.begin();
            let shuffled = RandomState::new();
            let mut pieces: Vec<(usize, usize)> =
                (0..500).step_by(7).map(|at| (at, (at + 7 + round as usize % 9).min(500))).collect();
            pieces.sort_by_key(|piece| shuffled.hash_one(piece));
            for (from, to) in pieces {
                read.push(from as u64, &whole[from..to]);
            }
            assert_eq!(read.told, whole);
        }
    }
}
