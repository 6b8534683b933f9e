//! Zstandard (RFC 8878): frame after frame, block after block.

use super::{Input, cut, is_skippable, skip};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read};

/// A frame may look back so far, and costs so much memory; what asks for more is refused. It is `zstd`'s own default bound
/// (its level 22 asks for all of it, its level 19 for 8 MiB).
const WINDOW: u64 = 128 << 20;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

pub(super) struct Zstd {
    input: Input,
    decoder: FrameDecoder,
    in_frame: bool,
    /// Told when all that came before it is given out.
    error: Option<io::Error>,
    ended: bool,
}

impl Zstd {
    pub(super) fn new(input: Input) -> Zstd {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Zstd { input, decoder, in_frame: false, error: None, ended: false }
    }

    /// Goes to the next frame; the file may end here.
    fn begin(&mut self) -> io::Result<()> {
        match self.input.peek()? {
            [] => self.ended = true,
            magic if *magic == MAGIC => {
                self.decoder.init(&mut self.input).map_err(|error| broken(&self.input, &error))?;
                self.in_frame = true;
            }
            magic if is_skippable(magic) => skip(&mut self.input)?,
            magic if magic.len() < MAGIC.len() => return Err(cut()),
            _ => return Err(io::Error::other("what follows is not zstd")),
        }
        Ok(())
    }

    fn block(&mut self) {
        let decoded = self.decoder.decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1));
        if let Err(error) = decoded {
            self.error = Some(broken(&self.input, &error));
            // The decoder holds back what later blocks may refer to, until the frame ends: an empty last block and a checksum
            // set it free.
            const LAST: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];
            let freed = self.decoder.decode_blocks(LAST.as_slice(), BlockDecodingStrategy::UptoBlocks(1));
            self.in_frame = freed.is_ok();
        }
    }

    /// All of a frame was given out.
    fn end(&mut self) {
        self.in_frame = false;
        let (said, computed) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
        if self.error.is_none() && said.is_some() && said != computed {
            self.error = Some(io::Error::other("the checksum is wrong"));
        }
    }
}

impl Read for Zstd {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.in_frame && self.decoder.can_collect() > 0 {
                return self.decoder.read(out);
            }
            if self.in_frame && self.decoder.is_finished() {
                self.end();
            }
            if let Some(error) = self.error.take() {
                self.ended = true;
                return Err(error);
            }
            if self.ended {
                return Ok(0);
            }
            if self.in_frame {
                self.block();
            } else if let Err(error) = self.begin() {
                self.error = Some(error);
            }
        }
    }
}

fn broken(input: &Input, error: &impl ToString) -> io::Error {
    if input.is_starved() { cut() } else { io::Error::other(error.to_string()) }
}
