//! pcapng: sections of blocks. This file finds the blocks; what is in them is read next door.

mod about;
mod interface;
mod options;
mod packet;

use super::about::About;
use super::buffer::Buffer;
use super::damage::{DamageKind, DamageLog};
use super::{Interface, MAX_BLOCK, Order, Record, resync};
use crate::source::journal;
use crate::tcp::Timestamp;
use interface::Timing;

/// The type of a section header reads the same in both byte orders, so it is the file's magic.
pub(super) const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

mod block {
    pub(super) const SECTION: u32 = 0x0a0d_0d0a;
    pub(super) const INTERFACE: u32 = 1;
    /// Obsolete, replaced by ENHANCED.
    pub(super) const PACKET: u32 = 2;
    pub(super) const SIMPLE: u32 = 3;
    pub(super) const NAMES: u32 = 4;
    pub(super) const ENHANCED: u32 = 6;
}

/// Block type and total length before the body, total length again after it.
const BLOCK_HEADER: usize = 8;
const BLOCK_TRAILER: usize = 4;
/// The least that a section header needs: header, byte-order magic, version, section length, trailer.
const SECTION_MIN: usize = 28;

pub(super) struct Pcapng {
    order: Order,
    /// One for each of the reader's interfaces, over all sections.
    timings: Vec<Timing>,
    /// Where the current section's interfaces begin in `timings`.
    section: usize,
    /// The last time seen, for Simple Packet Blocks, which have none.
    last: Timestamp,
    about: About,
    journal: Vec<journal::Entry>,
}

/// Journal entries kept, some 40 MiB at the most when each is as long as it may be.
const MOST_ENTRIES: usize = 100_000;

/// Where the lengths of the next block lead.
enum Found {
    Block { kind: u32, len: usize },
    Skipped,
    End,
}

impl Pcapng {
    /// Ready to read the first section header; `None` when the file ends inside it.
    pub(super) fn open(buffer: &mut Buffer) -> Option<Pcapng> {
        buffer.fill(SECTION_MIN).then(|| Pcapng {
            order: Order::Little,
            timings: Vec::new(),
            section: 0,
            last: Timestamp::default(),
            about: About::default(),
            journal: Vec::new(),
        })
    }

    /// The next packet; `None` at the end and where the file is too damaged to go on.
    #[inline]
    pub(super) fn next(
        &mut self,
        buffer: &mut Buffer,
        interfaces: &mut Vec<Interface>,
        damage: &mut DamageLog,
    ) -> Option<Record> {
        loop {
            let offset = buffer.offset();
            let (kind, len) = match self.find(buffer, damage) {
                Found::Block { kind, len } => (kind, len),
                Found::Skipped => continue,
                Found::End => return None,
            };
            let at = buffer.take(len);
            let body = buffer.at(at + BLOCK_HEADER, len - BLOCK_HEADER - BLOCK_TRAILER);
            let read = match kind {
                block::ENHANCED => packet::enhanced(self.order, body),
                block::PACKET => packet::obsolete(self.order, body),
                block::SIMPLE => {
                    let snaplen = interfaces.get(self.section).map_or(0, |interface| interface.snaplen);
                    packet::simple(self.order, body, snaplen)
                }
                _ => {
                    self.describe(kind, body, interfaces, damage, offset);
                    continue;
                }
            };
            let Some(packet) = read else {
                damage.add(DamageKind::BadBlock { block: kind }, offset);
                continue;
            };
            let interface = self.section.saturating_add(packet.interface as usize);
            let (Some(timing), Some(described)) = (self.timings.get(interface), interfaces.get(interface)) else {
                damage.add(DamageKind::UnknownInterface { interface: packet.interface }, offset);
                continue;
            };
            if let Some(ticks) = packet.ticks {
                self.last = timing.time(ticks);
            }
            let at = at + BLOCK_HEADER + packet.at;
            return Some(Record {
                time: self.last,
                link: described.link,
                wire_len: packet.wire_len,
                interface: interface as u32,
                at,
                len: packet.len,
                options: packet.options.map(|skip| (at + skip, body.len() - packet.at - skip)),
            });
        }
    }

    /// Brings the next block wholly into the buffer, or passes over it when it holds nothing that is used.
    #[inline]
    fn find(&mut self, buffer: &mut Buffer, damage: &mut DamageLog) -> Found {
        if !buffer.fill(BLOCK_HEADER) {
            damage.end(BLOCK_HEADER, buffer);
            return Found::End;
        }
        let (words, _) = buffer.available().as_chunks::<4>();
        let [kind, length, ..] = words else { return Found::End };
        let (kind, length) = (*kind, *length);
        if kind == MAGIC
            && let Some(end) = self.turn(buffer, damage)
        {
            return end;
        }
        let (kind, length) = (self.order.u32(kind), self.order.u32(length));
        let least = BLOCK_HEADER + BLOCK_TRAILER;
        if (length as usize) < least {
            let kind = DamageKind::AbsurdLength { length: length.into(), limit: MAX_BLOCK.into() };
            return self.resume(kind, buffer, damage);
        }
        // Some writers give a length without the padding that follows.
        let padded = u64::from(length).next_multiple_of(4);
        let used = matches!(
            kind,
            // Interface statistics are the one between.
            block::SECTION | block::INTERFACE..=block::ENHANCED
        ) || kind == journal::BLOCK && length <= journal::LONGEST;
        if !used || length > MAX_BLOCK {
            if used {
                let kind = DamageKind::AbsurdLength { length: length.into(), limit: MAX_BLOCK.into() };
                damage.add(kind, buffer.offset());
            }
            let offset = buffer.offset();
            let missing = buffer.skip(padded);
            if missing > 0 {
                damage.add(DamageKind::Cut { missing }, offset);
            }
            return if missing > 0 { Found::End } else { Found::Skipped };
        }
        let len = padded as usize;
        if !buffer.fill(len) {
            damage.end(len, buffer);
            return Found::End;
        }
        let last = buffer.available().get(len - BLOCK_TRAILER..).and_then(|rest| rest.first_chunk::<4>());
        let last = last.map_or(0, |word| self.order.u32(*word));
        if last != length {
            return self.resume(DamageKind::LengthsDiffer { first: length, last }, buffer, damage);
        }
        Found::Block { kind, len }
    }

    /// Passes over a block whose end cannot be known, up to where blocks certainly go on, if they do.
    #[cold]
    fn resume(&self, otherwise: DamageKind, buffer: &mut Buffer, damage: &mut DamageLog) -> Found {
        let offset = buffer.offset();
        let Some(skipped) = resync::find(buffer, |bytes| self.probe(bytes)) else {
            damage.add(otherwise, offset);
            return Found::End;
        };
        damage.add(DamageKind::Gap { skipped: skipped as u64 }, offset);
        buffer.take(skipped);
        Found::Skipped
    }

    /// The length of the block that these octets begin, if its type is a common one of this byte order and its two
    /// lengths agree.
    fn probe(&self, bytes: &[u8]) -> Option<usize> {
        let (words, _) = bytes.as_chunks::<4>();
        let [kind, length, ..] = words else { return None };
        let len = self.order.u32(*length) as usize;
        let common = matches!(self.order.u32(*kind), block::SECTION | block::INTERFACE..=block::ENHANCED);
        let last = bytes.get(len.checked_sub(BLOCK_TRAILER)?..len)?;
        (common && len >= BLOCK_HEADER + BLOCK_TRAILER && len.is_multiple_of(4) && last == length).then_some(len)
    }

    /// At a section header: takes the byte order that follows its length. Interfaces are numbered anew from here.
    #[cold]
    fn turn(&mut self, buffer: &mut Buffer, damage: &mut DamageLog) -> Option<Found> {
        if !buffer.fill(SECTION_MIN) {
            damage.end(SECTION_MIN, buffer);
            return Some(Found::End);
        }
        self.order = match buffer.available() {
            [_, _, _, _, _, _, _, _, 0x4d, 0x3c, 0x2b, 0x1a, ..] => Order::Little,
            [_, _, _, _, _, _, _, _, 0x1a, 0x2b, 0x3c, 0x4d, ..] => Order::Big,
            _ => {
                damage.add(DamageKind::UnknownByteOrder, buffer.offset());
                return Some(Found::End);
            }
        };
        self.section = self.timings.len();
        None
    }

    /// Takes in a block that describes others.
    #[cold]
    fn describe(
        &mut self,
        kind: u32,
        body: &[u8],
        interfaces: &mut Vec<Interface>,
        damage: &mut DamageLog,
        offset: u64,
    ) {
        let sound = match kind {
            block::SECTION => about::section(self.order, body, &mut self.about),
            block::NAMES => about::names(self.order, body, &mut self.about),
            journal::BLOCK => {
                if self.journal.len() < MOST_ENTRIES {
                    self.journal.extend(journal::read(body));
                }
                Some(true)
            }
            block::INTERFACE => interface::describe(self.order, body).map(|(interface, timing, sound)| {
                if interfaces.len() < interface::KEPT as usize {
                    interfaces.push(interface);
                    self.timings.push(timing);
                } else {
                    damage.add(DamageKind::TooManyInterfaces { limit: interface::KEPT }, offset);
                }
                sound
            }),
            // Statistics.
            _ => interface::number(self.order, body).and_then(|number| {
                let known = interfaces.get_mut(self.section.saturating_add(number as usize));
                interface::statistics(self.order, body, known)
            }),
        };
        match sound {
            Some(true) => {}
            Some(false) => damage.add(DamageKind::BadOption { block: kind }, offset),
            None => damage.add(DamageKind::BadBlock { block: kind }, offset),
        }
    }

    /// The first comment among a packet's options.
    pub(super) fn comment<'a>(&self, options: &'a [u8]) -> Option<&'a str> {
        let (_, value) = options::Walker::new(self.order, options).find(|(code, _)| *code == options::COMMENT)?;
        std::str::from_utf8(value).ok()
    }

    pub(super) fn journal(&self) -> &[journal::Entry] {
        &self.journal
    }

    pub(super) fn about(&self) -> &About {
        &self.about
    }
}
