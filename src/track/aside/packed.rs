//! One segment in thirty-two octets: what the tracker looks at, where the connection tells the rest.

use crate::tcp::{Checksum, Flags, Options, Passage, Segment, SeqNumber, Timestamp};
use std::net::SocketAddr;

/// A segment with ACK, without urgent data, and with no options but timestamps. Its own number follows from those before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Packed {
    time: Timestamp,
    ack: SeqNumber,
    tsval: u32,
    tsecr: u32,
    frame: u32,
    len: u16,
    wnd: u16,
    ip_id: u16,
    ttl: u8,
    /// What is named below, and the place of the checksum's word in [`SUMS`].
    bits: u8,
}

const FROM_A: u8 = 1;
const PSH: u8 = 1 << 1;
const FIN: u8 = 1 << 2;
const STAMP: u8 = 1 << 3;
/// Two bits each.
const SUM: u32 = 4;
const ECN: u32 = 6;

pub(super) const SUMS: [Checksum; 4] = [Checksum::Valid, Checksum::Invalid, Checksum::Offloaded, Checksum::Unchecked];

/// The place of a checksum's word in [`SUMS`].
#[inline]
pub(super) fn sum_bits(sum: Checksum) -> u8 {
    match sum {
        Checksum::Valid => 0,
        Checksum::Invalid => 1,
        Checksum::Offloaded => 2,
        Checksum::Unchecked => 3,
    }
}

/// What the connection tells of a segment.
pub(super) struct Place {
    /// Client and server.
    pub(super) addresses: [SocketAddr; 2],
    pub(super) vlan: u32,
}

impl Packed {
    /// The record of a segment, if it can hold it; of its options, it holds the timestamps, of its flags PSH and FIN.
    #[inline]
    pub(super) fn of(segment: &Segment<'_>, is_from_a: bool) -> Option<Packed> {
        let (tsval, tsecr) = segment.options.timestamps.unwrap_or_default();
        let is_odd = segment.urgent > 0 || segment.malformed || segment.passage != Passage::Unknown;
        if is_odd {
            return None;
        }
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        Some(Packed {
            time: segment.time,
            ack: segment.ack,
            tsval,
            tsecr,
            // (As the tracker has it.)
            frame: segment.frame as u32,
            len: u16::try_from(segment.len).ok()?,
            wnd: segment.wnd,
            ip_id: segment.ip_id,
            ttl: segment.ttl,
            bits: bit(is_from_a, FROM_A)
                | bit(segment.flags.any(Flags::PSH), PSH)
                | bit(segment.flags.fin(), FIN)
                | bit(segment.options.timestamps.is_some(), STAMP)
                | sum_bits(segment.checksum) << SUM
                | segment.ecn << ECN,
        })
    }

    fn has(&self, bit: u8) -> bool {
        self.bits & bit != 0
    }

    pub(super) fn is_from_a(&self) -> bool {
        self.has(FROM_A)
    }

    /// The segment again, with this number; with these flags and options beside its own.
    pub(super) fn segment(&self, place: &Place, seq: SeqNumber, flags: Flags, options: &Options) -> Segment<'static> {
        let [a, b] = place.addresses;
        let (src, dst) = if self.is_from_a() { (a, b) } else { (b, a) };
        let mut flags = flags | Flags::ACK;
        for (bit, flag) in [(PSH, Flags::PSH), (FIN, Flags::FIN)] {
            if self.has(bit) {
                flags = flags | flag;
            }
        }
        Segment {
            frame: self.frame.into(),
            time: self.time,
            passage: Passage::Unknown,
            interface: 0,
            src,
            dst,
            seq,
            ack: self.ack,
            flags,
            wnd: self.wnd,
            urgent: 0,
            options: Options { timestamps: self.has(STAMP).then_some((self.tsval, self.tsecr)), ..*options },
            multipath: None,
            len: self.len.into(),
            payload: &[],
            checksum: SUMS.get(usize::from(self.bits >> SUM & 3)).copied().unwrap_or_default(),
            ttl: self.ttl,
            ecn: self.bits >> ECN,
            ip_id: self.ip_id,
            vlan: place.vlan,
            header_len: 20,
            tcp_len: 20,
            header_cut: false,
            malformed: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_small() {
        assert_eq!(size_of::<Packed>(), 32);
    }
}
