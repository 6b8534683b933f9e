//! What the wire saw, as one pcapng with an interface at each host: what each host sent and when, and what arrived there.

use crate::tcp::{Peer, Timestamp};
use std::borrow::Cow;
use std::io::{self, Write};

/// Octets of frames that are kept at most; what comes then is carried on, and counted.
const MOST_OCTETS: usize = 512 * 1024 * 1024;

/// A frame at one host.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// At whose host.
    pub at: Peer,
    pub time: Timestamp,
    pub bytes: Vec<u8>,
    /// What the wire did to it.
    pub comment: Option<Cow<'static, str>>,
}

/// Everything that was seen.
#[derive(Debug, Default)]
pub struct Record {
    pub sightings: Vec<Sighting>,
    /// There is but one place, where what is sent arrives at once: sightings are all at the client's.
    is_loopback: bool,
    octets: usize,
    /// Frames that there was no room for.
    pub left_out: u64,
    /// Faults that met no segment, as they were written.
    pub unmet: Vec<String>,
}

impl Record {
    /// Of a loopback.
    pub(in crate::lab) fn of_loopback() -> Record {
        Record { is_loopback: true, ..Record::default() }
    }

    /// Notes a frame at a host.
    pub(in crate::lab) fn note(&mut self, at: Peer, time: Timestamp, bytes: &[u8], comment: Option<Cow<'static, str>>) {
        if self.octets.saturating_add(bytes.len()) > MOST_OCTETS {
            self.left_out += 1;
            return;
        }
        self.octets += bytes.len();
        self.sightings.push(Sighting { at, time, bytes: bytes.to_vec(), comment });
    }

    /// Writes all in the order of time. Whole blocks may follow.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, application: &str, out: &mut impl Write) -> io::Result<()> {
        let mut section = SECTION.to_vec();
        option(&mut section, OPT_APPLICATION, application.as_bytes());
        option(&mut section, OPT_END, &[]);
        block(out, BLOCK_SECTION, &section)?;
        let both = Peer::BOTH.map(name);
        for name in if self.is_loopback { &["loopback"][..] } else { &both } {
            let mut interface = INTERFACE.to_vec();
            option(&mut interface, OPT_IF_NAME, name.as_bytes());
            option(&mut interface, OPT_IF_TSRESOL, &[9]);
            option(&mut interface, OPT_END, &[]);
            block(out, BLOCK_INTERFACE, &interface)?;
        }
        let mut order: Vec<&Sighting> = self.sightings.iter().collect();
        order.sort_by_key(|sighting| sighting.time);
        order.into_iter().try_for_each(|sighting| packet(sighting, out))
    }
}

/// The name of a host's interface.
fn name(peer: Peer) -> &'static str {
    match peer {
        Peer::A => "client",
        Peer::B => "server",
    }
}

// The pcapng draft (draft-ietf-opsawg-pcapng): little-endian, as the byte-order magic says.
const BLOCK_SECTION: u32 = 0x0a0d_0d0a;
const BLOCK_INTERFACE: u32 = 1;
const BLOCK_PACKET: u32 = 6;
/// Byte-order magic, version 1.0, and a length that is not told.
const SECTION: [u8; 16] = [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255];
/// Ethernet, whole packets.
const INTERFACE: [u8; 8] = [1, 0, 0, 0, 0, 0, 0, 0];
const OPT_END: u16 = 0;
const OPT_COMMENT: u16 = 1;
const OPT_APPLICATION: u16 = 4;
const OPT_IF_NAME: u16 = 2;
const OPT_IF_TSRESOL: u16 = 9;

fn packet(sighting: &Sighting, out: &mut impl Write) -> io::Result<()> {
    let interface: u32 = match sighting.at {
        Peer::A => 0,
        Peer::B => 1,
    };
    let time = sighting.time.0 as u64;
    let len = sighting.bytes.len() as u32;
    let mut body = Vec::with_capacity(64 + sighting.bytes.len());
    for word in [interface, (time >> 32) as u32, time as u32, len, len] {
        body.extend(word.to_le_bytes());
    }
    body.extend(&sighting.bytes);
    pad(&mut body);
    if let Some(comment) = &sighting.comment {
        option(&mut body, OPT_COMMENT, comment.as_bytes());
        option(&mut body, OPT_END, &[]);
    }
    block(out, BLOCK_PACKET, &body)
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    let value = value.get(..value.len().min(usize::from(u16::MAX))).unwrap_or_default();
    body.extend(code.to_le_bytes());
    body.extend((value.len() as u16).to_le_bytes());
    body.extend(value);
    pad(body);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

fn block(out: &mut impl Write, kind: u32, body: &[u8]) -> io::Result<()> {
    let len = (body.len() as u32 + 12).to_le_bytes();
    out.write_all(&kind.to_le_bytes())?;
    out.write_all(&len)?;
    out.write_all(body)?;
    out.write_all(&len)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::source::CaptureReader;

    #[test]
    fn it_reads_as_it_was_written() {
        let mut record = Record::default();
        record.note(Peer::B, Timestamp(1_700_000_000_000_000_007), &[2; 61], Some("dropped by the wire".into()));
        record.note(Peer::A, Timestamp(1_700_000_000_000_000_003), &[1; 60], None);
        let mut bytes = Vec::new();
        record.write("synfin lab", &mut bytes).unwrap();
        let mut reader = CaptureReader::from_reader(std::io::Cursor::new(bytes)).unwrap();
        let first = reader.next().unwrap();
        assert_eq!((first.interface, first.time.0 % 10, first.bytes), (0, 3, &[1; 60][..]));
        let second = reader.next().unwrap();
        assert_eq!((second.interface, second.time.0 % 10, second.bytes.len()), (1, 7, 61));
        assert_eq!(reader.comment(), Some("dropped by the wire"));
        assert!(reader.next().is_none() && reader.damage().is_empty());
        let names: Vec<_> = reader.interfaces().iter().map(|interface| interface.name.clone().unwrap()).collect();
        assert_eq!(names, ["client", "server"]);
    }
}
