//! The LZ4 frame format: frame after frame.

use super::{Input, cut, is_skippable, skip};
use lz4_flex::frame::FrameDecoder;
use std::io::{self, Read};

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// Costs three blocks of memory, of which the format allows 4 MiB.
pub(super) struct Lz4 {
    decoder: FrameDecoder<Input>,
    in_frame: bool,
    ended: bool,
}

impl Lz4 {
    pub(super) fn new(input: Input) -> Lz4 {
        Lz4 { decoder: FrameDecoder::new(input), in_frame: false, ended: false }
    }

    fn unpack(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame {
                let input = self.decoder.get_mut();
                match input.peek()? {
                    [] => return Ok(0),
                    magic if *magic == MAGIC => self.in_frame = true,
                    magic if is_skippable(magic) => {
                        skip(input)?;
                        continue;
                    }
                    magic if magic.len() < MAGIC.len() => return Err(cut()),
                    _ => return Err(io::Error::other("what follows is not lz4")),
                }
            }
            let read = self.decoder.read(out)?;
            if read > 0 || out.is_empty() {
                return Ok(read);
            }
            // The decoder takes the end of the file for the end of the frame.
            if self.decoder.get_ref().is_starved() {
                return Err(cut());
            }
            self.in_frame = false;
        }
    }
}

impl Read for Lz4 {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let read = self.unpack(out);
        self.ended = !matches!(read, Ok(1..));
        read.map_err(|error| if self.decoder.get_ref().is_starved() { cut() } else { error })
    }
}
