//! The packed octets: read in large pieces, looked at before they are taken, and asked whether they ended too early.

use std::io::{self, Read};

const CHUNK: usize = 64 * 1024;

pub(super) struct Input {
    inner: Box<dyn Read + Send>,
    data: Vec<u8>,
    /// `data[start..end]` was read and not yet taken.
    start: usize,
    end: usize,
    starved: bool,
}

impl Input {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Input {
        Input { inner, data: vec![0; CHUNK], start: 0, end: 0, starved: false }
    }

    /// The next four octets, without taking them; fewer where the file ends.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        const WANTED: usize = 4;
        if self.end - self.start < WANTED {
            self.data.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < WANTED {
                match self.more()? {
                    0 => break,
                    read => self.end += read,
                }
            }
        }
        Ok(self.data.get(self.start..self.end.min(self.start + WANTED)).unwrap_or_default())
    }

    /// Whether more was asked for than there is.
    pub(super) fn is_starved(&self) -> bool {
        self.starved
    }

    /// Reads behind `end`.
    fn more(&mut self) -> io::Result<usize> {
        loop {
            match self.inner.read(self.data.get_mut(self.end..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.end = self.more()?;
        }
        let mut there = self.data.get(self.start..self.end).unwrap_or_default();
        let read = there.read(out)?;
        self.start += read;
        self.starved |= read == 0 && !out.is_empty();
        Ok(read)
    }
}
