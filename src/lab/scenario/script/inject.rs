//! A segment that the wire shall make up, as a script asks for it.
//!
//! ```text
//! inject from (client | server) [PORT to PORT] [FLAGS] [seq N] [ack N] [win N] [data N | data "text"]
//! inject again SELECTOR          # a frame that came to the wire before, as faults select them: `the first data segment`
//! FLAGS    = SYN | SYN-ACK | ACK | FIN | FIN-ACK | RST | RST-ACK                 (data without any has ACK)
//! N        = 1000 | +1000 | -1000
//! ```
//! Without ports it belongs to the connection that the wire carried last. A signed number is counted from what the wire last
//! saw of that sender: SEQ from the next octet it would send, ACK from the last that it acknowledged.

use crate::lab::fault::Selector;
use crate::tcp::{Flags, Peer, SeqNumber};

/// What to inject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injection {
    MadeUp(MadeUp),
    /// A frame that came to the wire before.
    Again(Selector),
}

/// A segment that nobody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUp {
    /// Whose it seems to be; it goes to the other.
    pub from: Peer,
    /// Of source and destination; `None`: those of the connection that the wire carried last.
    pub ports: Option<(u16, u16)>,
    pub flags: Flags,
    pub seq: Number,
    pub ack: Number,
    /// As it stands in the header; `None`: as the sender last had it.
    pub window: Option<u16>,
    pub data: Vec<u8>,
}

/// A sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Exactly(u32),
    /// So far from what the wire saw.
    Off(i32),
}

impl Number {
    /// Reads `1000`, `+1000` or `-1000`.
    pub(super) fn parse(word: &str) -> Option<Number> {
        match word.starts_with(['+', '-']) {
            true => word.parse().ok().map(Number::Off),
            false => word.parse().ok().map(Number::Exactly),
        }
    }

    /// The number itself, where the wire saw this.
    pub fn from(self, seen: SeqNumber) -> SeqNumber {
        match self {
            Number::Exactly(number) => SeqNumber(number),
            Number::Off(off) => SeqNumber(seen.0.wrapping_add_signed(off)),
        }
    }
}
