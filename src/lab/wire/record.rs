//! What the wire saw, as one pcapng with an interface at each host: what each host sent and when, and what arrived there.

use crate::lab::deed::BETWEEN;
use crate::tcp::{Peer, Timestamp};
use std::borrow::Cow;
use std::fmt;
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
    /// Faults that met no segment, as they were written.
    pub unmet: Vec<String>,
    /// Frames at each host that are not here: there was no room, or the kernel had none.
    missing: [u64; 2],
    /// What went wrong in watching each host.
    troubles: [Vec<String>; 2],
}

/// Troubles that are told of one host.
const MOST_TROUBLES: usize = 16;

impl Record {
    /// Of a loopback.
    pub(in crate::lab) fn of_loopback() -> Record {
        Record { is_loopback: true, ..Record::default() }
    }

    /// Notes a frame at a host; gives its place, if there was room.
    pub(in crate::lab) fn note(
        &mut self,
        at: Peer,
        time: Timestamp,
        bytes: &[u8],
        comment: Option<Cow<'static, str>>,
    ) -> Option<usize> {
        if self.octets.saturating_add(bytes.len()) > MOST_OCTETS {
            self.let_go(at, 1);
            return None;
        }
        self.octets += bytes.len();
        self.sightings.push(Sighting { at, time, bytes: bytes.to_vec(), comment });
        Some(self.sightings.len() - 1)
    }

    /// Says what became of a frame that was noted here.
    pub(in crate::lab) fn remark(&mut self, place: Option<usize>, words: String) {
        let Some(sighting) = place.and_then(|place| self.sightings.get_mut(place)) else { return };
        sighting.comment = Some(match sighting.comment.take() {
            Some(before) => Cow::Owned(format!("{before}{BETWEEN}{words}")),
            None => Cow::Owned(words),
        });
    }

    /// So many frames at a host passed unseen, or found no room here.
    pub(in crate::lab) fn let_go(&mut self, at: Peer, count: u64) {
        let missing = at.of_mut(&mut self.missing);
        *missing = missing.saturating_add(count);
    }

    /// A host could not be heard from here on.
    pub(in crate::lab) fn deaf(&mut self, at: Peer, error: &dyn fmt::Display) {
        let troubles = at.of_mut(&mut self.troubles);
        if troubles.len() < MOST_TROUBLES {
            troubles.push(format!("what it sends could not be read: {error}"));
        }
    }

    /// Writes all in the order of time, with what is to be said of the whole. Whole blocks may follow.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, application: &str, remark: Option<&str>, out: &mut impl Write) -> io::Result<()> {
        let mut section = SECTION.to_vec();
        option(&mut section, OPT_APPLICATION, application.as_bytes());
        if let Some(remark) = remark {
            option(&mut section, OPT_COMMENT, remark.as_bytes());
        }
        option(&mut section, OPT_END, &[]);
        block(out, BLOCK_SECTION, &section)?;
        let places: &[Peer] = if self.is_loopback { &[Peer::A] } else { &Peer::BOTH };
        for place in places {
            let mut interface = INTERFACE.to_vec();
            let name = if self.is_loopback { "loopback" } else { name(*place) };
            option(&mut interface, OPT_IF_NAME, name.as_bytes());
            for trouble in place.of(&self.troubles) {
                option(&mut interface, OPT_COMMENT, trouble.as_bytes());
            }
            option(&mut interface, OPT_IF_TSRESOL, &[9]);
            option(&mut interface, OPT_END, &[]);
            block(out, BLOCK_INTERFACE, &interface)?;
        }
        let mut order: Vec<&Sighting> = self.sightings.iter().collect();
        order.sort_by_key(|sighting| sighting.time);
        let last = order.last().map(|sighting| sighting.time).unwrap_or_default();
        order.into_iter().try_for_each(|sighting| packet(sighting, out))?;
        // Where nothing is missing there is nothing to tell.
        let gaps = places.iter().map(|place| (*place, *place.of(&self.missing))).filter(|(_, count)| *count > 0);
        gaps.into_iter().try_for_each(|(place, count)| statistics(place, last, count, out))
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
const BLOCK_STATISTICS: u32 = 5;
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
/// Packets that the capturing system had no room for.
const OPT_OSDROP: u16 = 7;

fn packet(sighting: &Sighting, out: &mut impl Write) -> io::Result<()> {
    let len = sighting.bytes.len() as u32;
    let mut body = Vec::with_capacity(64 + sighting.bytes.len());
    for word in place(sighting.at, sighting.time).into_iter().chain([len, len]) {
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

/// What is missing of an interface's packets.
fn statistics(at: Peer, time: Timestamp, missing: u64, out: &mut impl Write) -> io::Result<()> {
    let mut body: Vec<u8> = place(at, time).into_iter().flat_map(u32::to_le_bytes).collect();
    option(&mut body, OPT_OSDROP, &missing.to_le_bytes());
    option(&mut body, OPT_END, &[]);
    block(out, BLOCK_STATISTICS, &body)
}

/// Interface and time, as blocks begin with them.
fn place(at: Peer, time: Timestamp) -> [u32; 3] {
    let interface = match at {
        Peer::A => 0,
        Peer::B => 1,
    };
    let time = time.0 as u64;
    [interface, (time >> 32) as u32, time as u32]
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
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;
    use crate::source::CaptureReader;

    #[test]
    fn it_reads_as_it_was_written() {
        let mut record = Record::default();
        record.note(Peer::B, Timestamp(1_700_000_000_000_000_007), &[2; 61], Some("dropped by the wire".into()));
        record.note(Peer::A, Timestamp(1_700_000_000_000_000_003), &[1; 60], None);
        let mut bytes = Vec::new();
        record.write("synfin lab", Some("of two"), &mut bytes).unwrap();
        let mut reader = CaptureReader::from_reader(std::io::Cursor::new(bytes)).unwrap();
        let first = reader.next().unwrap();
        assert_eq!((first.interface, first.time.0 % 10, first.bytes), (0, 3, &[1; 60][..]));
        let second = reader.next().unwrap();
        assert_eq!((second.interface, second.time.0 % 10, second.bytes.len()), (1, 7, 61));
        assert_eq!(reader.comment(), Some("dropped by the wire"));
        assert_eq!(reader.about().unwrap().comments, ["of two"]);
        assert!(reader.next().is_none() && reader.damage().is_empty());
        let names: Vec<_> = reader.interfaces().iter().map(|interface| interface.name.clone().unwrap()).collect();
        assert_eq!(names, ["client", "server"]);
        let dropped: Vec<_> = reader.interfaces().iter().map(|interface| interface.dropped).collect();
        assert_eq!(dropped, [None, None]);
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut record = Record { octets: MOST_OCTETS - 100, ..Record::default() };
        assert_eq!(record.note(Peer::B, Timestamp(1), &[2; 60], None), Some(0));
        assert_eq!(record.note(Peer::B, Timestamp(2), &[2; 60], None), None);
        record.let_go(Peer::B, 2);
        record.deaf(Peer::A, &"ENETDOWN");
        record.remark(Some(0), "it was lost".into());
        record.remark(Some(0), "and found".into());
        let mut bytes = Vec::new();
        record.write("synfin lab", None, &mut bytes).unwrap();
        let mut reader = CaptureReader::from_reader(std::io::Cursor::new(bytes)).unwrap();
        assert!(reader.next().is_some());
        assert_eq!(reader.comment(), Some("it was lost; and found"));
        assert!(reader.next().is_none() && reader.damage().is_empty());
        let [client, server] = reader.interfaces() else { panic!("two interfaces") };
        assert_eq!((client.dropped, server.dropped), (None, Some(3)));
        assert_eq!(client.comments, ["what it sends could not be read: ENETDOWN"]);
    }
}
