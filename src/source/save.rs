//! Writing captures: classic pcap with nanoseconds, which every tool reads and nothing needs to be told first.

use super::{Frame, LinkType};
use std::io::{self, BufWriter, Write};

/// Writes frames of one link type as a capture file.
pub struct PcapWriter<W: Write> {
    out: BufWriter<W>,
    link: LinkType,
    snaplen: u32,
}

impl<W: Write> PcapWriter<W> {
    /// Writes the file's header. `snaplen` is the most octets kept of each frame, 0 for all.
    pub fn new(out: W, link: LinkType, snaplen: u32) -> io::Result<PcapWriter<W>> {
        let mut out = BufWriter::with_capacity(256 * 1024, out);
        // Magic for nanoseconds, version 2.4, time zone and accuracy unused. A snaplen of 0 confuses old readers.
        let header = [0xa1b2_3c4d, 4 << 16 | 2, 0, 0, if snaplen == 0 { 262_144 } else { snaplen }, u32::from(link.0)];
        write_words(&mut out, &header)?;
        Ok(PcapWriter { out, link, snaplen })
    }

    /// Writes one frame, cut to the snaplen. Times that the format cannot hold (before 1970, after 2106) saturate.
    ///
    /// # Errors
    /// A frame of another link type is refused (`InvalidInput`): the format has one for the whole file.
    pub fn write(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        if frame.link != self.link {
            let text = format!("a pcap file holds one link type: {} is not {}", frame.link.0, self.link.0);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let time = u64::try_from(frame.time.0).unwrap_or(0);
        let (seconds, nanos) = match u32::try_from(time / 1_000_000_000) {
            Ok(seconds) => (seconds, (time % 1_000_000_000) as u32),
            Err(_) => (u32::MAX, 999_999_999),
        };
        let most = if self.snaplen == 0 { usize::MAX } else { self.snaplen as usize };
        let bytes = frame.bytes.get(..most).unwrap_or(frame.bytes);
        let captured = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        write_words(&mut self.out, &[seconds, nanos, captured, frame.wire_len.max(captured)])?;
        self.out.write_all(bytes)
    }

    /// Hands everything written so far to the system, so that a reader finds whole records.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn write_words(out: &mut impl Write, words: &[u32]) -> io::Result<()> {
    words.iter().try_for_each(|word| out.write_all(&word.to_le_bytes()))
}
