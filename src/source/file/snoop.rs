//! snoop (RFC 1761), the captures of Solaris and its kin: one header, then records; all numbers big-endian.

use super::buffer::Buffer;
use super::damage::{DamageKind, DamageLog};
use super::{Interface, Record};
use crate::source::{LinkType, Timestamp};

pub(super) const MAGIC: [u8; 8] = *b"snoop\0\0\0";
const FILE_HEADER: usize = 16;
const RECORD_HEADER: usize = 24;

/// A record may be this long: as in classic pcap.
const RECORD_LIMIT: u32 = 256 * 1024;

pub(super) struct Snoop {
    link: LinkType,
}

impl Snoop {
    /// Takes the file header; `None` when the file ends inside it.
    pub(super) fn open(buffer: &mut Buffer, interfaces: &mut Vec<Interface>) -> Option<Snoop> {
        if !buffer.fill(FILE_HEADER) {
            return None;
        }
        let (words, _) = buffer.available().as_chunks::<4>();
        let [_, _, _, datalink, ..] = words else { return None };
        let link = link_type(u32::from_be_bytes(*datalink));
        buffer.take(FILE_HEADER);
        interfaces.push(Interface::new(link, 0));
        Some(Snoop { link })
    }

    /// The next record; `None` at the end and where the file is too damaged to go on.
    #[inline]
    pub(super) fn next(
        &mut self,
        buffer: &mut Buffer,
        interfaces: &mut [Interface],
        damage: &mut DamageLog,
    ) -> Option<Record> {
        if !buffer.fill(RECORD_HEADER) {
            damage.end(RECORD_HEADER, buffer);
            return None;
        }
        let (words, _) = buffer.available().as_chunks::<4>();
        let [wire, captured, length, drops, seconds, micros, ..] = words else { return None };
        let [wire_len, captured, length, drops, seconds, micros] =
            [wire, captured, length, drops, seconds, micros].map(|word| u32::from_be_bytes(*word));
        // The record's length counts its header and the padding.
        let least = captured.saturating_add(RECORD_HEADER as u32);
        if length < least || length > RECORD_LIMIT {
            let kind = DamageKind::AbsurdLength { length: length.into(), limit: RECORD_LIMIT.into() };
            damage.add(kind, buffer.offset());
            return None;
        }
        if !buffer.fill(length as usize) {
            damage.end(length as usize, buffer);
            return None;
        }
        // The count is cumulative.
        if let (1.., Some(interface)) = (drops, interfaces.first_mut()) {
            interface.dropped = Some(drops.into());
        }
        let at = buffer.take(length as usize) + RECORD_HEADER;
        let time = Timestamp(i64::from(seconds) * 1_000_000_000 + i64::from(micros) * 1000);
        Some(Record { time, link: self.link, wire_len, interface: 0, at, len: captured as usize, options: None })
    }
}

/// The datalink types of RFC 1761 section 4 that pcap has a number for.
fn link_type(datalink: u32) -> LinkType {
    match datalink {
        0 | 4 => LinkType::ETHERNET,
        2 => LinkType(6),
        8 => LinkType(10),
        // No link type: its packets are counted as not decoded.
        _ => LinkType(u16::MAX),
    }
}
