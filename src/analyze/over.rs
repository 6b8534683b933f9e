//! Connections told one by one when nothing changes them any more, so that whoever takes them need not keep them all.

use crate::assemble::{Assembler, Entry};
use crate::overview::Fact;
use crate::tcp::Timestamp;
use crate::track::Connection;
use std::net::SocketAddr;

/// Who takes each connection of a capture, once, in the order in which they are forgotten.
pub trait Take {
    fn take(&mut self, over: &Over<'_>);
}

/// A connection of which nothing will change any more: over, let go of, or cut short by the capture's end.
pub struct Over<'a> {
    connection: &'a Connection,
    fact: &'a Fact,
    assembler: &'a Assembler,
    numbers: [(u64, crate::timeline::Role); 2],
    now: Timestamp,
}

impl<'a> Over<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        fact: &'a Fact,
        assembler: &'a mut Assembler,
        now: Timestamp,
    ) -> Over<'a> {
        let numbers = assembler.number(connection);
        Over { connection, fact, assembler, numbers, now }
    }

    pub fn id(&self) -> u64 {
        self.connection.id
    }

    /// Client and server.
    pub fn addresses(&self) -> [SocketAddr; 2] {
        self.connection.addresses
    }

    /// When it began, nanoseconds after the start of the capture.
    pub fn start_ns(&self) -> i64 {
        self.connection.first.since(self.assembler.start().unwrap_or_default())
    }

    /// What the glance takes of it.
    pub fn fact(&self) -> &Fact {
        self.fact
    }

    /// Which time it was when this was all that was known; nanoseconds after the start of the capture.
    pub fn now_ns(&self) -> i64 {
        self.now.since(self.assembler.start().unwrap_or_default())
    }

    /// All that a timeline says of it.
    pub fn tell(&self) -> Entry {
        self.assembler.tell(self.connection, &self.numbers, self.now)
    }
}
