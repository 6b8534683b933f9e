//! Saved captures: pcap in all its variants, pcapng and snoop, packed with gzip, zstd or lz4 or not, from a file or a pipe.
//!
//! Reading never fails once it began: what is wrong in the middle of a file is kept as [`Damage`], and everything before
//! it (and after it, where that can be found safely) is given out.

mod about;
mod buffer;
mod damage;
mod open;
mod order;
mod packed;
mod pcap;
mod pcapng;
mod resync;
mod snoop;

pub use about::About;
pub use damage::{Damage, DamageKind};
pub use open::OpenError;
pub use packed::Packing;

use super::journal::Entry;
use super::{Frame, LinkType, Timestamp};
use buffer::Buffer;
use damage::DamageLog;
use order::Order;
use pcap::{Pcap, Variant};
use pcapng::Pcapng;
use snoop::Snoop;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No record or block is kept that says it is longer: so a hostile length costs at most this much memory, and only when
/// that many octets really follow. The longest IP packet (BIG TCP) has 512 KiB.
const MAX_BLOCK: u32 = 16 * 1024 * 1024;

/// A capture interface that a file describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// As the file has it, at most 256 characters; not safe for a terminal.
    pub name: Option<String>,
    pub link: LinkType,
    /// Octets kept of each packet; 0 for all.
    pub snaplen: u32,
    /// In words, as long at most.
    pub description: Option<String>,
    /// Packets that came in while the capture ran, when the file says so.
    pub received: Option<u64>,
    /// Packets that the interface or the kernel let go, when the file says so.
    pub dropped: Option<u64>,
    /// What people wrote on it; few and short.
    pub comments: Vec<String>,
}

impl Interface {
    /// One of which nothing more is known.
    fn new(link: LinkType, snaplen: u32) -> Interface {
        Interface { name: None, description: None, link, snaplen, received: None, dropped: None, comments: Vec::new() }
    }
}

/// A record in the buffer.
struct Record {
    time: Timestamp,
    link: LinkType,
    wire_len: u32,
    interface: u32,
    at: usize,
    len: usize,
    /// Where pcapng options follow, and how many octets of them.
    options: Option<(usize, usize)>,
}

enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
    Snoop(Snoop),
    /// Packed, and nothing of it could be unpacked.
    Nothing,
}

/// Gives out the frames of a saved capture, one at a time, borrowed from its buffer.
pub struct CaptureReader {
    buffer: Buffer,
    format: Format,
    packing: Option<Packing>,
    interfaces: Vec<Interface>,
    damage: DamageLog,
    options: Option<(usize, usize)>,
    finished: bool,
    until_damage: bool,
}

impl CaptureReader {
    /// Opens a capture file; `-` is standard input.
    pub fn open(path: impl AsRef<Path>) -> Result<CaptureReader, OpenError> {
        let path = path.as_ref();
        if path == Path::new("-") {
            return CaptureReader::stdin();
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => CaptureReader::named(Box::new(file), name),
            Err(source) => Err(OpenError::Open { name, source }),
        }
    }

    /// Reads a capture from standard input, packet by packet as they come.
    pub fn stdin() -> Result<CaptureReader, OpenError> {
        CaptureReader::named(Box::new(io::stdin()), "standard input".into())
    }

    /// Reads a capture from anything. No buffer round it is needed.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Result<CaptureReader, OpenError> {
        CaptureReader::named(Box::new(reader), "the capture".into())
    }

    fn named(reader: Box<dyn Read + Send>, name: String) -> Result<CaptureReader, OpenError> {
        let mut buffer = Buffer::new(reader);
        buffer.fill(4);
        let packing = Packing::sniff(buffer.available());
        if let Some(packing) = packing {
            buffer = Buffer::new(packing.unpack(buffer.into_reader()));
        }
        buffer.fill(8);
        let first = buffer.available();
        let first_four = first.first_chunk::<4>().copied();
        if first_four.is_none() && packing.is_some() && buffer.is_cut() {
            return Ok(CaptureReader::with(buffer, Format::Nothing, packing, Vec::new()));
        }
        let Some(magic) = first_four else {
            return Err(match (buffer.take_error(), buffer.available()) {
                (Some(source), _) => OpenError::Read { name, source },
                (None, []) => OpenError::Empty { name },
                (None, first) => OpenError::NotACapture { name, first: first.to_vec() },
            });
        };
        let mut interfaces = Vec::new();
        let format = if let Some(variant) = Variant::sniff(magic) {
            Pcap::open(variant, &mut buffer, &mut interfaces).map(Format::Pcap)
        } else if magic == pcapng::MAGIC {
            Pcapng::open(&mut buffer).map(Format::Pcapng)
        } else if first.starts_with(&snoop::MAGIC) {
            Snoop::open(&mut buffer, &mut interfaces).map(Format::Snoop)
        } else {
            let first = first.iter().take(16).copied().collect();
            return Err(OpenError::NotACapture { name, first });
        };
        let Some(format) = format else {
            return Err(OpenError::HeaderCut { name, octets: buffer.available().len() });
        };
        Ok(CaptureReader::with(buffer, format, packing, interfaces))
    }

    fn with(buffer: Buffer, format: Format, packing: Option<Packing>, interfaces: Vec<Interface>) -> CaptureReader {
        CaptureReader {
            buffer,
            format,
            packing,
            interfaces,
            damage: DamageLog::default(),
            options: None,
            finished: false,
            until_damage: false,
        }
    }

    /// Ends at the first damage, as Wireshark does, instead of looking for frames behind it.
    pub fn until_damage(self) -> CaptureReader {
        CaptureReader { until_damage: true, ..self }
    }

    /// The next frame; `None` at the end. What could not be read on the way is in [`CaptureReader::damage`].
    #[allow(clippy::should_implement_trait)] // A lending iterator: the frame borrows from the buffer.
    #[inline]
    pub fn next(&mut self) -> Option<Frame<'_>> {
        if self.finished {
            return None;
        }
        let at_hand = match &mut self.format {
            Format::Pcap(pcap) => pcap.next_at_hand(&mut self.buffer),
            Format::Pcapng(_) | Format::Snoop(_) | Format::Nothing => None,
        };
        match at_hand {
            Some(record) => Some(self.give_out(&record)),
            None => self.next_of_any(),
        }
    }

    /// The next frame, however it comes.
    #[inline(never)]
    fn next_of_any(&mut self) -> Option<Frame<'_>> {
        let record = match &mut self.format {
            Format::Pcap(pcap) => pcap.next(&mut self.buffer, &mut self.damage),
            Format::Pcapng(pcapng) => pcapng.next(&mut self.buffer, &mut self.interfaces, &mut self.damage),
            Format::Snoop(snoop) => snoop.next(&mut self.buffer, &mut self.interfaces, &mut self.damage),
            Format::Nothing => None,
        };
        let record = record.filter(|_| !(self.until_damage && self.damage.any()));
        let Some(record) = record else {
            self.finish();
            return None;
        };
        Some(self.give_out(&record))
    }

    #[inline(always)]
    fn give_out(&mut self, record: &Record) -> Frame<'_> {
        self.damage.packets += 1;
        self.options = record.options;
        Frame {
            number: self.damage.packets,
            time: record.time,
            link: record.link,
            // Some writers give an original length below the captured one.
            wire_len: record.wire_len.max(record.len as u32),
            bytes: self.buffer.at(record.at, record.len),
            interface: record.interface,
        }
    }

    #[cold]
    fn finish(&mut self) {
        self.finished = true;
        self.options = None;
        if let Some(error) = self.buffer.take_error() {
            let cause = error.to_string();
            let kind = if self.packing.is_some() { DamageKind::Unpack(cause) } else { DamageKind::Read(cause) };
            self.damage.add(kind, self.buffer.offset());
        }
    }

    /// What is wrong with the file, as far as it was read; more once [`CaptureReader::next`] gave `None`.
    pub fn damage(&self) -> &[Damage] {
        self.damage.as_slice()
    }

    /// The capture interfaces described so far, over all sections; [`Frame::interface`] counts them from 0.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// The first comment that the file has on the frame given out last.
    pub fn comment(&self) -> Option<&str> {
        let (at, len) = self.options?;
        match &self.format {
            Format::Pcap(_) | Format::Snoop(_) | Format::Nothing => None,
            Format::Pcapng(pcapng) => pcapng.comment(self.buffer.at(at, len)),
        }
    }

    /// What the file says of itself, as far as it was read.
    pub fn about(&self) -> Option<&About> {
        match &self.format {
            Format::Pcap(_) | Format::Snoop(_) | Format::Nothing => None,
            Format::Pcapng(pcapng) => Some(pcapng.about()),
        }
    }

    /// What programs called and what the kernel said, as far as the file was read and where it tells.
    pub fn journal(&self) -> &[Entry] {
        match &self.format {
            Format::Pcap(_) | Format::Snoop(_) | Format::Nothing => &[],
            Format::Pcapng(pcapng) => pcapng.journal(),
        }
    }

    /// How the capture is packed, if it is.
    pub fn packing(&self) -> Option<Packing> {
        self.packing
    }
}
