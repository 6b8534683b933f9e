//! Classic pcap: one header, then records. All magics in both byte orders.

use super::buffer::Buffer;
use super::damage::{DamageKind, DamageLog};
use super::order::Order;
use super::{Interface, Record, resync};
use crate::source::{LinkType, Timestamp};

const FILE_HEADER: usize = 24;

/// A record may be this long whatever the header's snaplen says: libpcap's and Wireshark's own bound.
const RECORD_LIMIT: u32 = 256 * 1024;

/// The four ways in which records were written, by the magic number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) order: Order,
    /// Nanoseconds in one unit of the fraction field.
    unit: u32,
    /// Octets of the record header beyond the usual 16.
    extra: usize,
    /// Octets of the file header beyond the usual 24.
    prologue: usize,
}

impl Variant {
    /// The variant that a file with these first octets is, if it is classic pcap at all.
    pub(super) fn sniff(first: [u8; 4]) -> Option<Variant> {
        let of = |order: Order| {
            let (unit, extra, prologue) = match order.u32(first) {
                0xa1b2_c3d4 => (1000, 0, 0),
                0xa1b2_3c4d => (1, 0, 0),
                // Kuznetzov's: interface index, protocol, packet type and a pad follow the usual record header.
                0xa1b2_cd34 => (1000, 8, 0),
                // Ixia's lcap, hardware and software: nanoseconds, and the records' total length after the file header.
                0x1c00_01ac | 0x1c00_01ab => (1, 0, 4),
                _ => return None,
            };
            Some(Variant { order, unit, extra, prologue })
        };
        of(Order::Little).or_else(|| of(Order::Big))
    }
}

pub(super) struct Pcap {
    variant: Variant,
    link: LinkType,
    limit: u32,
    /// Seconds of the last record; a record found again after damage must be near it.
    seconds: Option<u32>,
}

impl Pcap {
    /// Takes the file header; `None` when the file ends inside it.
    pub(super) fn open(variant: Variant, buffer: &mut Buffer, interfaces: &mut Vec<Interface>) -> Option<Pcap> {
        if !buffer.fill(FILE_HEADER + variant.prologue) {
            return None;
        }
        let (words, _) = buffer.available().as_chunks::<4>();
        let [_, _, _, _, snaplen, link, ..] = words else { return None };
        let snaplen = variant.order.u32(*snaplen);
        // The upper 16 bits hold the FCS length and the class, not the link type.
        let link = LinkType(variant.order.u32(*link) as u16);
        buffer.take(FILE_HEADER + variant.prologue);
        interfaces.push(Interface::new(link, snaplen));
        Some(Pcap { variant, link, limit: snaplen.clamp(RECORD_LIMIT, super::MAX_BLOCK), seconds: None })
    }

    /// The next record where nothing is out of the ordinary: all of it was read already, and its length is no absurdity.
    #[inline(always)] // Once per packet, from one place: the record stays in registers.
    pub(super) fn next_at_hand(&mut self, buffer: &mut Buffer) -> Option<Record> {
        let Variant { order, unit, extra, .. } = self.variant;
        let there = buffer.available();
        let (words, _) = there.first_chunk::<16>()?.as_chunks::<4>();
        let [seconds, fraction, captured, wire] = words else { return None };
        // Word by word: `map` over the array goes through memory.
        let (seconds, fraction) = (order.u32(*seconds), order.u32(*fraction));
        let (captured, wire) = (order.u32(*captured), order.u32(*wire));
        let (header, len) = (16 + extra, captured as usize);
        if captured > self.limit || there.len() < header + len {
            return None;
        }
        self.seconds = Some(seconds);
        let time = Timestamp(i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * i64::from(unit));
        let at = buffer.take(header + len) + header;
        Some(Record { time, link: self.link, wire_len: wire, interface: 0, at, len, options: None })
    }

    /// The next record; `None` at the end and where the file is too damaged to go on.
    pub(super) fn next(&mut self, buffer: &mut Buffer, damage: &mut DamageLog) -> Option<Record> {
        let Variant { order, unit, extra, .. } = self.variant;
        let header = 16 + extra;
        loop {
            if !buffer.fill(header) {
                damage.end(header, buffer);
                return None;
            }
            let (words, _) = buffer.available().as_chunks::<4>();
            let [seconds, fraction, captured, wire, ..] = words else { return None };
            let [seconds, fraction, captured, wire] = [seconds, fraction, captured, wire].map(|word| order.u32(*word));
            if captured > self.limit {
                self.resume(captured, buffer, damage)?;
                continue;
            }
            let len = captured as usize;
            if !buffer.fill(header + len) {
                damage.end(header + len, buffer);
                return None;
            }
            self.seconds = Some(seconds);
            let time = Timestamp(i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * i64::from(unit));
            let at = buffer.take(header + len) + header;
            return Some(Record { time, link: self.link, wire_len: wire, interface: 0, at, len, options: None });
        }
    }

    /// Passes over a record that claims an absurd length; `None` where none certainly follows.
    #[cold]
    fn resume(&self, captured: u32, buffer: &mut Buffer, damage: &mut DamageLog) -> Option<()> {
        let offset = buffer.offset();
        let Some(skipped) = resync::find(buffer, |bytes| self.probe(bytes)) else {
            damage.add(DamageKind::AbsurdLength { length: captured.into(), limit: self.limit.into() }, offset);
            return None;
        };
        damage.add(DamageKind::Gap { skipped: skipped as u64 }, offset);
        buffer.take(skipped);
        Some(())
    }

    /// The length of the record that these octets begin, if all that its header says is likely.
    fn probe(&self, bytes: &[u8]) -> Option<usize> {
        const DAY: u32 = 86_400;
        let Variant { order, unit, extra, .. } = self.variant;
        let (words, _) = bytes.as_chunks::<4>();
        let [seconds, fraction, captured, wire, ..] = words else { return None };
        let [seconds, fraction, captured, wire] = [seconds, fraction, captured, wire].map(|word| order.u32(*word));
        let likely = seconds.abs_diff(self.seconds?) <= DAY
            && fraction < 1_000_000_000 / unit
            && (1..=self.limit).contains(&captured)
            && (captured..=super::MAX_BLOCK).contains(&wire);
        likely.then_some(16 + extra + captured as usize)
    }
}
