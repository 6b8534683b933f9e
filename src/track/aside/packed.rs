//! One segment in forty octets: what the tracker looks at, where the connection tells the rest.

use crate::tcp::{Checksum, Flags, Options, Passage, Segment, SeqNumber, Timestamp};
use std::net::SocketAddr;

/// A segment without urgent data and without options, but for timestamps.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Packed {
    pub(super) time: Timestamp,
    seq: SeqNumber,
    ack: SeqNumber,
    tsval: u32,
    tsecr: u32,
    frame: u32,
    len: u16,
    wnd: u16,
    ip_id: u16,
    flags: u8,
    ttl: u8,
    /// What is named below, and the place of the checksum's word in [`SUMS`].
    bits: u8,
}

const FROM_A: u8 = 1;
const STAMP: u8 = 1 << 1;
/// Two bits each.
const SUM: u32 = 2;
const ECN: u32 = 4;

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

impl Packed {
    /// The record of a segment, if it can hold it; of its options, it holds the timestamps.
    #[inline]
    pub(super) fn of(segment: &Segment<'_>, is_from_a: bool) -> Option<Packed> {
        let (tsval, tsecr) = segment.options.timestamps.unwrap_or_default();
        let is_odd = segment.urgent > 0 || segment.malformed || segment.passage != Passage::Unknown;
        if is_odd {
            return None;
        }
        Some(Packed {
            time: segment.time,
            seq: segment.seq,
            ack: segment.ack,
            tsval,
            tsecr,
            // (As the tracker has it.)
            frame: segment.frame as u32,
            len: u16::try_from(segment.len).ok()?,
            wnd: segment.wnd,
            ip_id: segment.ip_id,
            flags: u8::try_from(segment.flags.0).ok()?,
            ttl: segment.ttl,
            bits: u8::from(is_from_a) * FROM_A
                | u8::from(segment.options.timestamps.is_some()) * STAMP
                | sum_bits(segment.checksum) << SUM
                | (segment.ecn & 3) << ECN,
        })
    }

    /// The segment again, between client and server, with these options beside its timestamps.
    pub(super) fn segment(&self, [a, b]: [SocketAddr; 2], vlan: u32, options: &Options) -> Segment<'static> {
        let (src, dst) = if self.bits & FROM_A != 0 { (a, b) } else { (b, a) };
        Segment {
            frame: self.frame.into(),
            time: self.time,
            passage: Passage::Unknown,
            interface: 0,
            src,
            dst,
            seq: self.seq,
            ack: self.ack,
            flags: Flags(self.flags.into()),
            wnd: self.wnd,
            urgent: 0,
            options: Options { timestamps: (self.bits & STAMP != 0).then_some((self.tsval, self.tsecr)), ..*options },
            multipath: None,
            len: self.len.into(),
            payload: &[],
            checksum: SUMS.get(usize::from(self.bits >> SUM & 3)).copied().unwrap_or_default(),
            ttl: self.ttl,
            ecn: self.bits >> ECN & 3,
            ip_id: self.ip_id,
            vlan,
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
        assert_eq!(size_of::<Packed>(), 40);
    }
}
