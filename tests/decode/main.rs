//! Frames of all link types into segments, through the public decoder; etherparse's own packet parser as second opinion.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod corpus;
mod fragments;
mod icmp;
mod links;
mod segments;
mod tunnels;

use support::packet::{ACK, Packet, SYN};
use synfin::decode::{Decoded, Decoder, Reason};
use synfin::source::{Frame, LinkType, Timestamp};
use synfin::tcp::{Checksum, Flags, Segment, SeqNumber};

const A4: &str = "10.0.0.1:51000";
const B4: &str = "10.0.0.2:80";
const A6: &str = "[2001:db8::1]:51000";
const B6: &str = "[2001:db8::2]:80";

fn frame(link: LinkType, bytes: &[u8]) -> Frame<'_> {
    Frame { number: 7, time: Timestamp(99), link, wire_len: bytes.len() as u32, bytes, interface: 3 }
}

fn decode_cut(link: LinkType, bytes: &[u8], wire_len: usize) -> Result<Segment<'_>, Reason> {
    let frame = Frame { wire_len: wire_len as u32, ..frame(link, bytes) };
    let mut counting = Decoder::new();
    let is_segment = matches!(counting.decode(&frame), Decoded::Segment(_));
    assert_eq!(counting.seen(), 1);
    assert_eq!(counting.decoded(), u64::from(is_segment));
    assert_eq!(counting.skipped().total(), u64::from(!is_segment));
    // What is decoded may borrow from the decoder.
    match Box::leak(Box::new(Decoder::new())).decode(&frame) {
        Decoded::Segment(segment) => Ok(segment),
        Decoded::Icmp(_) => Err(Reason::IcmpError),
        Decoded::Names(_) => Err(Reason::NotTcp),
        Decoded::Skipped(reason) => Err(reason),
    }
}

fn decode(link: LinkType, bytes: &[u8]) -> Result<Segment<'_>, Reason> {
    decode_cut(link, bytes, bytes.len())
}

fn ethernet(packet: &Packet) -> Segment<'static> {
    decode(LinkType::ETHERNET, packet.ethernet().leak()).unwrap()
}

/// Both versions of IP, with what every field is.
fn both() -> [Packet; 2] {
    [Packet::new(A4, B4), Packet::new(A6, B6)].map(|packet| {
        packet.seq(0xfedc_ba98).ack(0x7654_3210).flags(SYN | ACK).wnd(512).options(&[2, 4, 5, 180]).payload(b"hello")
    })
}

fn check(segment: &Segment<'_>, packet: &Packet) {
    assert_eq!((segment.src, segment.dst), (packet.src, packet.dst));
    assert_eq!((segment.seq, segment.ack), (SeqNumber(packet.seq), SeqNumber(packet.ack)));
    assert_eq!((segment.flags, segment.wnd, segment.urgent), (Flags(packet.flags), packet.wnd, packet.urgent));
    assert_eq!((segment.len as usize, segment.payload), (packet.payload.len(), &packet.payload[..]));
    assert_eq!((segment.options.mss, segment.ttl), (Some(1460), 64));
    assert_eq!((segment.checksum, segment.malformed), (Checksum::Valid, false));
    assert_eq!((segment.frame, segment.time, segment.interface), (7, Timestamp(99), 3));
}
