//! `tcp.completeness`: which kinds of packets a stream had, whoever sent them and in whatever order.

use crate::tcp::{Flags, Segment};

/// The bits of `tcp.completeness`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Completeness(pub u8);

impl Completeness {
    pub const SYN: Completeness = Completeness(1);
    pub const SYN_ACK: Completeness = Completeness(2);
    pub const ACK: Completeness = Completeness(4);
    pub const DATA: Completeness = Completeness(8);
    pub const FIN: Completeness = Completeness(16);
    pub const RST: Completeness = Completeness(32);

    /// The name that Wireshark gives the value.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "Incomplete",
            1 => "Incomplete, SYN_SENT",
            3 => "Incomplete, CLIENT_ESTABLISHED",
            7 => "Incomplete, ESTABLISHED",
            15 => "Incomplete, DATA",
            31 | 47 | 63 => "Complete, WITH_DATA",
            23 | 39 | 55 => "Complete, NO_DATA",
            _ => "Incomplete",
        }
    }

    fn add(&mut self, bit: Completeness) {
        self.0 |= bit.0;
    }

    /// The first packet of a new stream: only a SYN counts.
    pub(super) fn begin(&mut self, segment: &Segment<'_>, len: u32) {
        if segment.flags.syn() && !segment.flags.ack() {
            self.add(Completeness::SYN);
            if len > 0 {
                self.add(Completeness::DATA);
            }
        }
    }

    /// Any later packet.
    pub(super) fn go_on(&mut self, segment: &Segment<'_>, len: u32) {
        let flags = segment.flags;
        match (flags.syn(), flags.ack()) {
            (true, true) => self.add(Completeness::SYN_ACK),
            (false, true) if len > 0 => self.add(Completeness::DATA),
            (false, true) => self.add(Completeness::ACK),
            (_, false) => {}
        }
        if flags.has(Flags::FIN | Flags::ACK) {
            self.add(Completeness::FIN);
        }
        if flags.rst() {
            self.add(Completeness::RST);
        }
    }
}
