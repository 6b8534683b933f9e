//! A refill buffer: few large reads go in, records come out as slices of it.

use std::io::{self, Read};

/// How much is read at once. Measured: 64 KiB to 1 MiB cost the same, mmap costs four times as much.
const CHUNK: usize = 64 * 1024;

pub(super) struct Buffer {
    inner: Box<dyn Read + Send>,
    data: Vec<u8>,
    /// `data[start..end]` was read and not yet taken.
    start: usize,
    end: usize,
    /// Where `data[0]` lies in the stream.
    base: u64,
    ended: bool,
    error: Option<io::Error>,
}

impl Buffer {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Buffer {
        Buffer { inner, data: vec![0; CHUNK], start: 0, end: 0, base: 0, ended: false, error: None }
    }

    /// What was read and not yet taken.
    pub(super) fn available(&self) -> &[u8] {
        self.data.get(self.start..self.end).unwrap_or_default()
    }

    /// Where the next untaken octet lies in the stream.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Reads until `n` octets are available; false when the stream ends or fails before. Waits for no octet more than
    /// that, so that a pipe is followed packet by packet. Memory grows only as octets really come in.
    #[inline]
    pub(super) fn fill(&mut self, n: usize) -> bool {
        self.end - self.start >= n || self.refill(n)
    }

    #[cold]
    fn refill(&mut self, n: usize) -> bool {
        while self.end - self.start < n {
            if self.ended {
                return false;
            }
            self.make_room(n);
            match self.inner.read(self.data.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end = (self.end + read).min(self.data.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                }
            }
        }
        true
    }

    /// Moves what is left to the front when that frees half of the buffer, else doubles it when it is full: so that an
    /// octet is moved a few times at most, however the reader looks ahead.
    fn make_room(&mut self, n: usize) {
        if self.data.len() - self.start < n && self.start >= self.data.len() / 2 {
            self.data.copy_within(self.start..self.end, 0);
            self.base += self.start as u64;
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.data.len() {
            self.data.resize(self.data.len() * 2, 0);
        }
    }

    /// Takes `n` available octets and tells where they lie, for [`Buffer::at`]; they stay until the next `fill`.
    #[inline]
    pub(super) fn take(&mut self, n: usize) -> usize {
        let at = self.start;
        self.start = (self.start + n).min(self.end);
        at
    }

    /// Octets that were taken since the last `fill`.
    #[inline]
    pub(super) fn at(&self, at: usize, len: usize) -> &[u8] {
        self.data.get(at..at + len).unwrap_or_default()
    }

    /// Passes over `n` octets without keeping them; returns how many were missing at the end.
    pub(super) fn skip(&mut self, mut n: u64) -> u64 {
        while n > 0 && self.fill(1) {
            let step = n.min((self.end - self.start) as u64);
            self.take(step as usize);
            n -= step;
        }
        n
    }

    /// The whole stream again from what is not yet taken, for a reader that unpacks it.
    pub(super) fn into_reader(self) -> impl Read + Send {
        io::Cursor::new(self.available().to_vec()).chain(Rest { inner: self.inner, error: self.error })
    }

    /// Whether the stream ended in the middle of something.
    pub(super) fn is_cut(&self) -> bool {
        self.error.as_ref().is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
    }

    /// The error that ended the stream, once.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}

/// What follows the buffer: its pending error first.
struct Rest {
    inner: Box<dyn Read + Send>,
    error: Option<io::Error>,
}

impl Read for Rest {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.error.take().map_or_else(|| self.inner.read(out), Err)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    /// Gives one octet per read, as the meanest pipe would.
    struct Drip(Vec<u8>, usize);

    impl Read for Drip {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some(byte) = self.0.get(self.1) else { return Ok(0) };
            out[0] = *byte;
            self.1 += 1;
            Ok(1)
        }
    }

    #[test]
    fn pieces_come_together() {
        let bytes: Vec<u8> = (0..200).collect();
        let mut buffer = Buffer::new(Box::new(Drip(bytes.clone(), 0)));
        for (i, piece) in bytes.chunks(7).enumerate() {
            assert_eq!(buffer.offset(), i as u64 * 7);
            assert!(buffer.fill(piece.len()));
            let at = buffer.take(piece.len());
            assert_eq!(buffer.at(at, piece.len()), piece);
        }
        assert!(!buffer.fill(1));
    }

    #[test]
    fn grows_for_what_comes_and_no_further() {
        let mut buffer = Buffer::new(Box::new(io::repeat(7).take(CHUNK as u64 * 7 / 4)));
        assert!(buffer.fill(100));
        buffer.take(CHUNK * 3 / 4);
        assert!(buffer.fill(CHUNK));
        assert_eq!(buffer.data.len(), CHUNK);
        assert!(!buffer.fill(usize::MAX / 2));
        assert_eq!(buffer.data.len(), CHUNK * 2);
        assert_eq!(buffer.skip(CHUNK as u64 + 5), 5);
    }
}
