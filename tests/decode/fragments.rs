//! Fragments of both versions of IP: put together in any order, never more than once, and never against each other.

use super::*;
use proptest::prelude::*;

/// The IP packet's body in pieces that begin at these offsets.
fn pieces(packet: &Packet, protocol: u8, body: &[u8], id: u16, cuts: &[usize]) -> Vec<Vec<u8>> {
    let ends = cuts.iter().skip(1).copied().chain([body.len()]);
    let piece = |(from, to): (&usize, usize)| fragment(packet, protocol, &body[*from..to], id, *from, to < body.len());
    cuts.iter().zip(ends).map(piece).collect()
}

fn fragment(packet: &Packet, protocol: u8, bytes: &[u8], id: u16, offset: usize, more: bool) -> Vec<u8> {
    let [o0, o1] = (offset as u16).to_be_bytes();
    if packet.src.is_ipv6() {
        let header = [protocol, 0, o0, o1 | u8::from(more), 0, 0, (id >> 8) as u8, id as u8];
        return packet.ip_with(44, &[&header, bytes].concat());
    }
    let mut out = packet.ip_with(protocol, bytes);
    out[4..6].copy_from_slice(&id.to_be_bytes());
    let place = (offset / 8) as u16 | if more { 0x2000 } else { 0 };
    out[6..8].copy_from_slice(&place.to_be_bytes());
    out
}

struct Feed(Decoder);

impl Feed {
    fn new() -> Feed {
        Feed(Decoder::new())
    }

    /// The payload of the segment that a frame gives, at this second.
    fn at(&mut self, seconds: i64, bytes: &[u8], wire_len: usize) -> Result<Vec<u8>, Reason> {
        let time = Timestamp(seconds * 1_000_000_000);
        match self.0.decode(&Frame { time, wire_len: wire_len as u32, ..frame(LinkType::RAW, bytes) }) {
            Decoded::Segment(segment) => {
                let expected = if segment.len as usize > segment.payload.len() || segment.src.port() == 1 {
                    Checksum::Unchecked
                } else {
                    segment.checksum
                };
                assert_eq!(segment.checksum, expected);
                Ok(segment.payload.to_vec())
            }
            Decoded::Icmp(_) | Decoded::Names(_) => panic!("no segment"),
            Decoded::Skipped(reason) => Err(reason),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Reason> {
        self.at(0, bytes, bytes.len())
    }

    fn count(&self, reason: Reason) -> u64 {
        self.0.skipped().count(reason)
    }

    fn overlapping(&self) -> u64 {
        self.0.overlapping_fragments()
    }
}

fn big() -> [Packet; 2] {
    let payload: Vec<u8> = (0..2000_u32).map(|i| (i * 7 % 251) as u8).collect();
    both().map(|packet| packet.payload(&payload))
}

const WAITS: Result<Vec<u8>, Reason> = Err(Reason::IncompleteFragment);

#[test]
fn in_order_and_in_any_other_the_last_to_come_completes() {
    for packet in big() {
        let parts = pieces(&packet, 6, &packet.tcp(), 9, &[0, 800, 1600]);
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1]] {
            let mut feed = Feed::new();
            assert_eq!(feed.push(&parts[order[0]]), WAITS);
            assert_eq!(feed.push(&parts[order[1]]), WAITS);
            assert_eq!(feed.count(Reason::IncompleteFragment), 2);
            assert_eq!(feed.push(&parts[order[2]]), Ok(packet.payload.clone()), "{order:?}");
            assert_eq!((feed.count(Reason::IncompleteFragment), feed.count(Reason::IpFragment)), (0, 2));
            assert_eq!((feed.0.seen(), feed.0.decoded()), (3, 1));
        }
    }
}

#[test]
fn a_segment_out_of_fragments_is_whole_in_every_field() {
    for packet in both() {
        let parts = pieces(&packet, 6, &packet.tcp(), 9, &[0, 8]);
        let mut decoder = Decoder::new();
        assert!(matches!(decoder.decode(&frame(LinkType::RAW, &parts[0])), Decoded::Skipped(_)));
        match decoder.decode(&frame(LinkType::RAW, &parts[1])) {
            Decoded::Segment(segment) => check(&segment, &packet),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn packets_do_not_mix() {
    for packet in big() {
        let mut other = packet.clone();
        other.src.set_ip(if packet.src.is_ipv4() { [9; 4].into() } else { [9; 16].into() });
        let body = packet.tcp();
        let streams = [
            pieces(&packet, 6, &body, 9, &[0, 800]),
            pieces(&packet, 6, &packet.clone().payload(b"another").tcp(), 10, &[0, 8]),
            pieces(&other, 6, &other.tcp(), 9, &[0, 800]),
        ];
        let mut feed = Feed::new();
        for stream in &streams {
            assert_eq!(feed.push(&stream[0]), WAITS);
        }
        for stream in streams.iter().rev() {
            assert!(feed.push(&stream[1]).is_ok());
        }
        // The same identification later is another packet.
        assert_eq!(feed.push(&streams[0][1]), WAITS);
        assert_eq!(feed.push(&streams[0][0]), Ok(packet.payload.clone()));
    }
}

#[test]
fn copies_do_no_harm() {
    for packet in big() {
        let parts = pieces(&packet, 6, &packet.tcp(), 9, &[0, 800, 1600]);
        let mut feed = Feed::new();
        for at in [0, 0, 2, 2, 0] {
            assert_eq!(feed.push(&parts[at]), WAITS);
        }
        assert_eq!(feed.push(&parts[1]), Ok(packet.payload.clone()));
        assert_eq!(feed.count(Reason::IpFragment), 5);
        assert_eq!(feed.overlapping(), 0);
        // Another cut of the same octets overlaps, and says the same.
        let body = packet.tcp();
        let mut feed = Feed::new();
        assert_eq!(feed.push(&fragment(&packet, 6, &body[..800], 9, 0, true)), WAITS);
        assert_eq!(feed.push(&fragment(&packet, 6, &body[400..1200], 9, 400, true)), WAITS);
        assert_eq!(feed.push(&fragment(&packet, 6, &body[1000..], 9, 1000, false)), Ok(packet.payload.clone()));
        assert_eq!(feed.overlapping(), 2);
    }
}

#[test]
fn what_contradicts_is_told_and_believed_no_more() {
    for packet in big() {
        let body = packet.tcp();
        let lie = vec![0xee; 800];
        let forged = [
            fragment(&packet, 6, &lie, 9, 400, true),
            // Ends before what is there, and in the middle of it.
            fragment(&packet, 6, &body[160..240], 9, 160, false),
            fragment(&packet, 6, &lie[..8], 9, 8, false),
        ];
        for forged in forged {
            let mut feed = Feed::new();
            assert_eq!(feed.push(&fragment(&packet, 6, &body[..800], 9, 0, true)), WAITS);
            assert_eq!(feed.push(&forged), Err(Reason::FragmentOverlap));
            let rest = fragment(&packet, 6, &body[800..], 9, 800, false);
            assert_eq!(feed.push(&rest), Err(Reason::FragmentOverlap));
            // A minute later the identification may serve again.
            assert_eq!(feed.at(61, &rest, rest.len()), WAITS);
        }
        // Beyond the end that the last one told.
        let mut feed = Feed::new();
        assert_eq!(feed.push(&fragment(&packet, 6, &body[800..1600], 9, 800, false)), WAITS);
        assert_eq!(feed.push(&fragment(&packet, 6, &body[1600..], 9, 1600, false)), Err(Reason::FragmentOverlap));
    }
}

#[test]
fn lengths_that_no_packet_can_have() {
    for packet in big() {
        for (bytes, offset, more) in [(&[0; 9][..], 0, true), (&[], 8, true), (&[0; 80], 65_528, false)] {
            let hostile = fragment(&packet, 6, bytes, 9, offset, more);
            assert_eq!(Feed::new().push(&hostile), Err(Reason::MalformedIp));
        }
    }
}

#[test]
fn time_runs_out() {
    for packet in big() {
        let parts = pieces(&packet, 6, &packet.tcp(), 9, &[0, 800]);
        let mut feed = Feed::new();
        assert_eq!(feed.push(&parts[0]), WAITS);
        assert_eq!(feed.at(61, &parts[1], parts[1].len()), WAITS);
        assert_eq!(feed.at(62, &parts[0], parts[0].len()), Ok(packet.payload.clone()));
        // Time that goes backwards ends nothing.
        assert_eq!(feed.at(62, &parts[0], parts[0].len()), WAITS);
        assert!(feed.at(1, &parts[1], parts[1].len()).is_ok());
    }
}

#[test]
fn only_so_many_wait() {
    let packet = &big()[0];
    let body = packet.tcp();
    let first = |id| fragment(packet, 6, &body[..800], id, 0, true);
    let last = |id| fragment(packet, 6, &body[800..], id, 800, false);
    let mut feed = Feed::new();
    for id in 0..300 {
        assert_eq!(feed.push(&first(id)), WAITS);
    }
    assert_eq!(feed.push(&last(0)), WAITS, "the oldest was let go");
    assert!(feed.push(&last(299)).is_ok());
    // Large ones: 4 MiB at most, so not 256 of them.
    let mut feed = Feed::new();
    for id in 0..200 {
        assert_eq!(feed.push(&fragment(packet, 6, &[0; 8], id, 65_000, false)), WAITS);
    }
    assert_eq!(feed.push(&fragment(packet, 6, &[0; 65_000], 0, 0, true)), WAITS, "the oldest was let go");
    assert!(feed.push(&fragment(packet, 6, &[0x50; 65_000], 199, 0, true)).is_ok());
    // One packet in shreds.
    let mut feed = Feed::new();
    let shreds: Vec<_> = (0..100).map(|i| feed.push(&fragment(packet, 6, &[1; 8], 1, i * 16 + 16, true))).collect();
    assert_eq!((shreds[0].clone(), shreds[99].clone()), (WAITS, Err(Reason::FragmentOverlap)));
}

#[test]
fn cut_by_the_capture() {
    for packet in big() {
        let parts = pieces(&packet, 6, &packet.tcp(), 9, &[0, 800]);
        let mut feed = Feed::new();
        let header = parts[0].len() - 800 + 24;
        assert_eq!(feed.at(0, &parts[0][..header + 10], parts[0].len()), Ok(packet.payload[..10].to_vec()));
        assert_eq!(feed.at(0, &parts[1][..header + 10], parts[1].len()), WAITS);
        assert_eq!(feed.push(&parts[1]), WAITS);
    }
}

#[test]
fn of_what_can_hold_no_tcp_nothing_is_kept() {
    for packet in big() {
        let parts = pieces(&packet, 132, &packet.tcp(), 9, &[0, 800]);
        let mut feed = Feed::new();
        assert_eq!((feed.push(&parts[0]), feed.push(&parts[1])), (Err(Reason::NotTcp), Err(Reason::NotTcp)));
    }
}

#[test]
fn fragments_in_a_tunnel_whose_packets_are_fragments() {
    for packet in big() {
        let outer = Packet::new("192.0.2.1:1", "192.0.2.2:2");
        let mut feed = Feed::new();
        let number = if packet.src.is_ipv4() { 4 } else { 41 };
        let mut given = Vec::new();
        for (id, part) in (100..).zip(pieces(&packet, 6, &packet.tcp(), 9, &[0, 800, 1600])) {
            let frames = pieces(&outer, number, &part, id, &[0, 400]);
            given.extend(frames.iter().map(|bytes| feed.push(bytes)));
        }
        assert_eq!(given.pop(), Some(Ok(packet.payload.clone())));
        assert!(given.iter().all(|waits| *waits == WAITS));
        assert_eq!(feed.0.seen(), feed.0.decoded() + feed.0.skipped().total());
    }
}

proptest! {
    #[test]
    fn any_cuts_in_any_order_give_the_segment(
        v6: bool,
        len in 0..4000_usize,
        cuts in proptest::collection::btree_set(1..500_usize, 0..20),
        keys in proptest::collection::vec(any::<u32>(), 22),
    ) {
        let packet = big()[usize::from(v6)].clone().payload(&vec![0x5a; len]);
        let body = packet.tcp();
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut * 8).filter(|cut| *cut < body.len()).collect();
        prop_assume!(!cuts.is_empty());
        let parts = pieces(&packet, 6, &body, 9, &[vec![0], cuts].concat());
        let mut order: Vec<_> = (0..parts.len()).collect();
        order.sort_by_key(|at| keys[*at]);
        let mut feed = Feed::new();
        let last = order.pop().unwrap();
        for at in order {
            prop_assert_eq!(feed.push(&parts[at]), WAITS);
        }
        prop_assert_eq!(feed.push(&parts[last]), Ok(packet.payload));
    }

    #[test]
    fn any_fragments_end_without_panic(
        v6: bool,
        hostile in proptest::collection::vec((0..4_u16, 0..0xfff8_usize, 0..200_usize, any::<bool>(), any::<u8>(), -100..100_i64), 0..60),
    ) {
        let packet = &big()[usize::from(v6)];
        let mut feed = Feed::new();
        for (id, offset, len, more, fill, seconds) in &hostile {
            let offset = if fill % 4 > 0 { offset % 400 } else { *offset } & !7;
            let bytes = fragment(packet, 6, &vec![*fill; *len], *id, offset, *more);
            let _ = feed.at(*seconds, &bytes, bytes.len());
        }
        prop_assert_eq!(feed.0.seen(), feed.0.decoded() + feed.0.skipped().total());
        prop_assert_eq!(feed.0.seen(), hostile.len() as u64);
    }
}
