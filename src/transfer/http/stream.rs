//! Octets of a connection in the order in which they came, with those that came early kept for the next message.

use crate::transfer::call::{Conn, Got};
use std::io;
use std::time::Duration;

/// Octets per recv.
const CHUNK: usize = 16 * 1024;

pub(super) struct Stream<'c, 'a> {
    pub(super) conn: &'c Conn<'a>,
    /// What came and was not used yet.
    pub(super) pending: Vec<u8>,
    /// FIN has come.
    pub(super) ended: bool,
}

impl<'c, 'a> Stream<'c, 'a> {
    pub(super) fn new(conn: &'c Conn<'a>) -> Stream<'c, 'a> {
        Stream { conn, pending: Vec::new(), ended: false }
    }

    /// One recv more; behind FIN there is none.
    pub(super) fn fill(&mut self, limit: &dyn Fn() -> Duration) -> io::Result<Got> {
        if self.ended {
            return Ok(Got::End);
        }
        let mut buffer = [0; CHUNK];
        let got = self.conn.recv_within(&mut buffer, limit)?;
        match got {
            Got::Octets(count) => self.pending.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Got::End => self.ended = true,
            Got::Nothing => {}
        }
        Ok(got)
    }

    /// The first octets of what came, at most so many.
    pub(super) fn take(&mut self, most: u64) -> Vec<u8> {
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(self.pending.len());
        let rest = self.pending.split_off(count);
        std::mem::replace(&mut self.pending, rest)
    }
}
