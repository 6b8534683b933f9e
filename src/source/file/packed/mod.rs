//! Packed captures: gzip, zstd and lz4, known by their first octets, unpacked as they are read.

mod bites;
mod input;
mod lz4;
mod zstd;

use bites::Bites;
use flate2::read::MultiGzDecoder;
use input::Input;
use lz4::Lz4;
use std::io::{self, Read};
use zstd::Zstd;

/// How a capture is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// The LZ4 frame format, not the older "legacy" one.
    Lz4,
}

impl Packing {
    /// How a file with these first octets is packed, if it is.
    pub(super) fn sniff(first: &[u8]) -> Option<Packing> {
        match first {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Packing::Lz4),
            _ => None,
        }
    }

    /// The unpacked octets. All that comes before damage is given out, then the error.
    pub(super) fn unpack(self, packed: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        let input = Input::new(Box::new(packed));
        match self {
            Packing::Gzip => Box::new(Bites(MultiGzDecoder::new(input))),
            Packing::Zstd => Box::new(Zstd::new(input)),
            Packing::Lz4 => Box::new(Lz4::new(input)),
        }
    }
}

/// The magic of what both zstd and lz4 files may hold between their frames: four octets of length and so many to skip.
fn is_skippable(magic: &[u8]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// Passes over a skippable frame, magic and all.
fn skip(input: &mut Input) -> io::Result<()> {
    let mut head = [0; 8];
    input.read_exact(&mut head)?;
    let [_, _, _, _, l0, l1, l2, l3] = head;
    let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
    if io::copy(&mut input.take(length), &mut io::sink())? < length { Err(cut()) } else { Ok(()) }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "unexpected end of file")
}
