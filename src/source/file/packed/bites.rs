//! Unpacks a little at a time, so that an error takes little with it.

use std::io::{self, Read};

/// The gzip decoder returns nothing of a call in which it meets damage, however much it unpacked before.
const BITE: usize = 16 * 1024;

pub(super) struct Bites<R>(pub(super) R);

impl<R: Read> Read for Bites<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(BITE);
        self.0.read(out.get_mut(..most).unwrap_or_default())
    }
}
