//! What the wire shall do to which segments, in words: `drop the first SYN from the client`, `delay every FIN by 300ms`,
//! `hold the first FIN from the client until the first FIN from the server`.
//!
//! ```text
//! FAULT    = ACTION WHICH [from [the] (client | server)] [by TIME] [until WHICH [from …]] [, if any]
//! ACTION   = drop | delay | duplicate | reorder | corrupt | hold
//! WHICH    = [the] (first | second | 3rd | …) KIND | every KIND | [the] next N KIND | [the] last ACK
//! KIND     = SYN | SYN-ACK | ACK | data segment | FIN | RST | segment          (also in the plural)
//! TIME     = 300ms | 2s
//! ```
//! A fault is expected to meet a segment, unless it says `if any`.
//! `ACK` is one that carries nothing; `the last ACK` is one that acknowledges a FIN after both of its connection; copies count
//! like all others. All faults that mean a segment happen to it: with `duplicate` and `hold` both copies wait.

mod done;
mod parse;

pub use parse::time;

use crate::tcp::Peer;
use crate::timeline::Text;
use std::fmt;
use std::time::Duration;

/// One fault of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub action: Action,
    pub selector: Selector,
    /// It may be that no such segment ever comes.
    pub if_any: bool,
    /// As it was written.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It never arrives.
    Drop,
    /// It arrives so much later than it would.
    Delay(Duration),
    /// It arrives twice.
    Duplicate,
    /// The next one of its sender overtakes it. That one is not overtaken itself: of `every` they change places by twos.
    Reorder,
    /// One bit of it arrives wrong, so that its checksum is.
    Corrupt,
    /// It waits at the wire until another one has come there.
    Hold(Selector),
}

/// Which segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub which: Which,
    pub kind: Kind,
    /// `None`: of both sides together.
    pub from: Option<Peer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Counted from 1.
    Nth(u32),
    /// So many, from the first on.
    First(u32),
    Every,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Syn,
    SynAck,
    Ack,
    /// An ACK of one FIN after the other.
    LastAck,
    Data,
    Fin,
    Rst,
    Segment,
}

/// A fault that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError {
    /// The word that is wrong, counted from 0.
    pub place: usize,
    /// What stands there; nothing at the end.
    pub found: String,
    pub expected: &'static str,
}

impl FaultError {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        let expected = self.expected;
        if self.found.is_empty() {
            return Text::new(
                format!("the fault ends where {expected} should stand"),
                format!("故障描述不完整：此处应为 {expected}"),
            );
        }
        let (place, found) = (self.place + 1, &self.found);
        Text::new(
            format!("word {place} of the fault is '{found}' where {expected} should stand"),
            format!("故障描述的第 {place} 个词是 '{found}'，此处应为 {expected}"),
        )
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for FaultError {}
