//! Octets as a link type and frames: each gives a segment, an ICMP error or a reason.

use super::cursor::Cursor;
use synfin::decode::{Decoded, Decoder};
use synfin::source::{Frame, LinkType, Timestamp};

/// The link types with code of their own; any other can be named by its number.
const LINKS: [u16; 23] =
    [0, 1, 6, 9, 10, 50, 51, 101, 104, 105, 107, 108, 113, 127, 147, 192, 228, 229, 239, 242, 276, 12, 32];

/// A program: link type by place (255: by number), then for each frame its length (two octets; the top bit: more was on the
/// wire) and its octets.
pub fn run(bytes: &[u8]) {
    let mut cursor = Cursor(bytes);
    let place = cursor.u8();
    let link = if place == 255 { cursor.u16() } else { LINKS[usize::from(place) % LINKS.len()] };
    let mut decoder = Decoder::new();
    let mut frames = 0_u64;
    while !cursor.is_empty() {
        let head = cursor.u16();
        let bytes = cursor.octets(usize::from(head & 0x7fff));
        frames += 1;
        let more = if head & 0x8000 == 0 { 0 } else { 1 + u32::from(head) % 2000 };
        let frame = Frame {
            number: frames,
            time: Timestamp(frames as i64 * 1_000_000),
            link: LinkType(link),
            wire_len: bytes.len() as u32 + more,
            bytes,
            interface: 0,
        };
        match decoder.decode(&frame) {
            Decoded::Segment(segment) => {
                assert!(segment.payload.len() <= segment.len as usize, "more payload than the headers promise");
                assert!(segment.end().0 == segment.seq.0.wrapping_add(segment.seq_len()));
                assert_eq!(segment.src.is_ipv4(), segment.dst.is_ipv4());
                assert!(usize::from(segment.options.sack_len) <= segment.options.sack.len());
                assert!(segment.options.other().len() <= 4);
            }
            Decoded::Icmp(error) => assert_eq!(error.src.is_ipv4(), error.dst.is_ipv4()),
            Decoded::Names(datagram) => assert_eq!(datagram.src.is_ipv4(), datagram.dst.is_ipv4()),
            Decoded::Skipped(_) => {}
        }
        assert_eq!(decoder.seen(), frames);
    }
    let skipped: u64 = decoder.skipped().report().iter().map(|skipped| skipped.count).sum();
    assert_eq!(decoder.decoded() + skipped, frames, "a frame is lost silently");
}
