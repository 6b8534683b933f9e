//! A SYN of which nothing more is known yet: 72 octets instead of a whole connection, so that a flood of SYNs stays small.

use super::packed::{SUMS, sum_bits};
use crate::tcp::{Flags, Options, Passage, Segment, SeqNumber, Timestamp};
use crate::track::key::{Key, Oriented};
use crate::track::step::LoneSyn;
use std::num::NonZeroU16;

/// The SYN that may open a connection. What the tracker looks at is kept; frame, interface and
/// lengths of the headers are not.
#[derive(Debug, Clone, Copy)]
pub(in crate::track) struct Lone {
    /// The key, packed.
    addresses: [u64; 4],
    ports: [u16; 2],
    vlan: u16,
    time: Timestamp,
    id: u32,
    seq: SeqNumber,
    tsval: u32,
    wnd: u16,
    mss: u16,
    ip_id: u16,
    ttl: u8,
    hash: u32,
    /// [`SCALE`] and what is named below; never 0.
    bits: NonZeroU16,
}

const FORWARD: u16 = 1;
const ECE: u16 = 1 << 1;
const CWR: u16 = 1 << 2;
const SACK: u16 = 1 << 3;
const STAMP: u16 = 1 << 4;
const MSS: u16 = 1 << 5;
const SCALED: u16 = 1 << 6;
/// Two bits for the checksum, four for the window scale.
const SUM: u32 = 8;
const SCALE: u32 = 10;
const THERE: u16 = 1 << 15;

impl Lone {
    /// The record of a SYN, if one can hold it.
    #[inline]
    pub(in crate::track) fn of(id: u64, hash: u32, at: &Oriented, segment: &Segment<'_>) -> Option<Lone> {
        let id = u32::try_from(id).ok()?;
        let options = &segment.options;
        let is_plain = options.has_no_more_than_usual()
            && options.wscale.is_none_or(|shift| shift < 16)
            && options.timestamps.is_none_or(|(_, tsecr)| tsecr == 0);
        let (addresses, ports, vlan) = at.key.pack()?;
        let flags = segment.flags;
        let is_syn = flags.syn() && (flags == Flags::SYN || flags == Flags::SYN | Flags::ECE | Flags::CWR);
        if !is_syn
            || segment.len > 0
            || segment.ecn > 0
            || segment.urgent > 0
            || segment.malformed
            || segment.passage != Passage::Unknown
            || !is_plain
        {
            return None;
        }
        let bit = |is_set: bool, bit: u16| if is_set { bit } else { 0 };
        let sum = u16::from(sum_bits(segment.checksum));
        let bits = THERE
            | bit(at.is_forward, FORWARD)
            | bit(flags.any(Flags::ECE), ECE)
            | bit(flags.any(Flags::CWR), CWR)
            | bit(options.sack_permitted, SACK)
            | bit(options.timestamps.is_some(), STAMP)
            | bit(options.mss.is_some(), MSS)
            | bit(options.wscale.is_some(), SCALED)
            | sum << SUM
            | u16::from(options.wscale.unwrap_or(0)) << SCALE;
        Some(Lone {
            addresses,
            ports,
            vlan,
            time: segment.time,
            id,
            seq: segment.seq,
            tsval: options.timestamps.map_or(0, |(tsval, _)| tsval),
            wnd: segment.wnd,
            mss: options.mss.unwrap_or(0),
            ip_id: segment.ip_id,
            ttl: segment.ttl,
            hash,
            bits: NonZeroU16::new(bits)?,
        })
    }

    /// Of its key.
    pub(in crate::track) fn hash(&self) -> u32 {
        self.hash
    }

    pub(super) fn time(&self) -> Timestamp {
        self.time
    }

    fn has(&self, bit: u16) -> bool {
        self.bits.get() & bit != 0
    }

    pub(in crate::track) fn key(&self) -> Key {
        Key::unpack(self.addresses, self.ports, self.vlan)
    }

    /// The key, with the sender in front.
    pub(in crate::track) fn pair(&self) -> Oriented {
        Oriented { key: self.key(), is_forward: self.has(FORWARD) }
    }

    /// What there is to say of it where no more came.
    pub(in crate::track) fn syn(&self) -> LoneSyn {
        LoneSyn { addresses: self.key().addresses(self.has(FORWARD)), time: self.time }
    }

    #[inline]
    pub(in crate::track) fn is_of(&self, key: &Key) -> bool {
        self.key() == *key
    }

    pub(in crate::track) fn id(&self) -> u64 {
        self.id.into()
    }

    /// The SYN again.
    pub(in crate::track) fn segment(&self) -> Segment<'static> {
        let [src, dst] = self.key().addresses(self.has(FORWARD));
        let bits = self.bits.get();
        let mut flags = Flags::SYN;
        for (bit, flag) in [(ECE, Flags::ECE), (CWR, Flags::CWR)] {
            if self.has(bit) {
                flags = flags | flag;
            }
        }
        let options = Options {
            mss: self.has(MSS).then_some(self.mss),
            wscale: self.has(SCALED).then_some((bits >> SCALE & 15) as u8),
            sack_permitted: self.has(SACK),
            timestamps: self.has(STAMP).then_some((self.tsval, 0)),
            ..Options::default()
        };
        Segment {
            frame: 0,
            time: self.time,
            passage: Passage::Unknown,
            interface: 0,
            src,
            dst,
            seq: self.seq,
            ack: SeqNumber(0),
            flags,
            wnd: self.wnd,
            urgent: 0,
            options,
            multipath: None,
            len: 0,
            payload: &[],
            checksum: SUMS.get(usize::from(bits >> SUM & 3)).copied().unwrap_or_default(),
            ttl: self.ttl,
            ecn: 0,
            ip_id: self.ip_id,
            vlan: self.key().vlan(),
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
        assert_eq!(size_of::<Option<Lone>>(), 72);
    }
}
