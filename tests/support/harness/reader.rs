//! Octets as a capture file, read to the end: at once and in pieces, which must say the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use synfin::safe::is_hostile;
use synfin::source::{About, CaptureReader, Damage, DamageKind, Interface};

/// A packed file of a few octets can hold a hundred million frames; so many tell enough.
const MOST_FRAMES: u64 = 100_000;

/// All that a reader gives out.
#[derive(Debug, PartialEq)]
struct Outcome {
    frames: u64,
    hash: u64,
    damage: Vec<Damage>,
    interfaces: Vec<Interface>,
    about: Option<About>,
}

pub fn run(bytes: &[u8]) {
    let whole = read(io::Cursor::new(bytes.to_vec()));
    let step = 1 + bytes.len() % 61;
    let pieces = read(Pieces { bytes: io::Cursor::new(bytes.to_vec()), step, turn: 0 });
    // How much of a damaged packed block comes out depends on where its pieces end.
    let is_packed = matches!(bytes, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x04, 0x22, 0x4d, 0x18, ..])
        || matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    let is_damaged = |outcome: &Option<Outcome>| {
        let damage = outcome.as_ref().map(|outcome| &outcome.damage);
        damage.is_none_or(|damage| damage.iter().any(|damage| matches!(damage.kind, DamageKind::Unpack(_))))
    };
    if !is_packed || !is_damaged(&whole) && !is_damaged(&pieces) {
        assert_eq!(whole, pieces, "whole and in pieces of {step}");
    }
}

fn read(reader: impl Read + Send + 'static) -> Option<Outcome> {
    let mut reader = match CaptureReader::from_reader(reader) {
        Ok(reader) => reader,
        Err(error) => {
            let text = error.text();
            assert!(!text.en.is_empty() && !text.zh.is_empty());
            return None;
        }
    };
    let mut hash = DefaultHasher::new();
    let mut frames = 0;
    while let Some(frame) = reader.next() {
        frames += 1;
        assert_eq!(frame.number, frames);
        assert!(frame.wire_len as usize >= frame.bytes.len(), "frame {frames} holds more than was on the wire");
        (frame.time.0, frame.link.0, frame.wire_len, frame.bytes, frame.interface).hash(&mut hash);
        let interface = frame.interface as usize;
        assert!(interface < reader.interfaces().len(), "frame {frames} comes from nowhere");
        reader.comment().hash(&mut hash);
        if frames == MOST_FRAMES {
            break;
        }
    }
    if frames < MOST_FRAMES {
        assert!(reader.next().is_none() && reader.next().is_none(), "frames after the end");
    }
    for damage in reader.damage() {
        let text = damage.text();
        assert!(!(text.en + &text.zh).contains(is_hostile), "{damage:?}");
    }
    Some(Outcome {
        frames,
        hash: hash.finish(),
        damage: reader.damage().to_vec(),
        interfaces: reader.interfaces().to_vec(),
        about: reader.about().cloned(),
    })
}

/// Gives a few octets at a time, and is interrupted by signals.
struct Pieces {
    bytes: io::Cursor<Vec<u8>>,
    step: usize,
    turn: u32,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn = self.turn.wrapping_add(1);
        if self.turn % 7 == 3 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let step = self.step.min(buffer.len());
        self.bytes.read(&mut buffer[..step])
    }
}
