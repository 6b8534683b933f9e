//! Frames of all link types into segments, through the public decoder; etherparse's own packet parser as second opinion.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr};
use support::packet::{ACK, FIN, Packet, SYN, Sum};
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
    let mut decoder = Decoder::new();
    let decoded = match decoder.decode(&Frame { wire_len: wire_len as u32, ..frame(link, bytes) }) {
        Decoded::Segment(segment) => Ok(segment),
        Decoded::Icmp(error) => panic!("an ICMP error: {error:?}"),
        Decoded::Skipped(reason) => Err(reason),
    };
    assert_eq!(decoder.seen(), 1);
    assert_eq!(decoder.decoded(), u64::from(decoded.is_ok()));
    assert_eq!(decoder.skipped().total(), u64::from(decoded.is_err()));
    decoded
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

#[test]
fn every_link_layer() {
    for packet in both() {
        let family: u8 = if packet.src.is_ipv4() { 2 } else { 30 };
        let (ether_type, ip) = packet.tagged();
        let [t0, t1] = ether_type.to_be_bytes();
        let behind = |head: &[u8]| [head, &ip].concat();
        let cooked = [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, t0, t1][..], &ip].concat();
        let cooked_v2 = [&[t0, t1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], &ip].concat();
        let only = if packet.src.is_ipv4() { LinkType::IPV4 } else { LinkType::IPV6 };
        let snap = [&[0; 12][..], &[0, 60, 0xaa, 0xaa, 3, 0, 0, 0, t0, t1], &ip].concat();
        let frames = [
            (LinkType::ETHERNET, packet.ethernet()),
            (LinkType::ETHERNET, snap),
            (LinkType::NULL, behind(&[family, 0, 0, 0])),
            (LinkType::NULL, behind(&[0, 0, 0, family])),
            (LinkType::LOOP, behind(&[0, 0, 0, family])),
            (LinkType::LINUX_SLL, cooked),
            (LinkType::LINUX_SLL2, cooked_v2),
            (LinkType::RAW, ip.clone()),
            (LinkType(12), ip.clone()),
            (LinkType(14), ip.clone()),
            (only, ip.clone()),
        ];
        for (link, bytes) in frames {
            check(&decode(link, &bytes).unwrap(), &packet);
        }
    }
    for family in [10, 24, 28, 30] {
        let bytes = [&[family, 0, 0, 0][..], &both()[1].ip()].concat();
        assert!(decode(LinkType::NULL, &bytes).is_ok());
    }
}

#[test]
fn vlan_tags_in_any_number() {
    for packet in both() {
        let tagged = packet.clone().vlan(0x8100, 0xe02a);
        check(&ethernet(&tagged), &packet);
        assert_eq!(ethernet(&tagged).vlan, 42);
        for outer in [0x88a8, 0x9100, 0x8100] {
            assert_eq!(ethernet(&packet.clone().vlan(outer, 10).vlan(0x8100, 20)).vlan, 10 << 12 | 20);
        }
        let (ether_type, rest) = tagged.tagged();
        let [t0, t1] = ether_type.to_be_bytes();
        let cooked = [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, t0, t1][..], &rest].concat();
        assert_eq!(decode(LinkType::LINUX_SLL, &cooked).unwrap().vlan, 42);
        let cooked = [&[t0, t1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], &rest].concat();
        assert_eq!(decode(LinkType::LINUX_SLL2, &cooked).unwrap().vlan, 42);
    }
}

#[test]
fn what_is_not_tcp_has_a_reason() {
    let packet = &both()[0];
    let arp = [&[0xff; 12][..], &[8, 6], &[0; 46]].concat();
    assert_eq!(decode(LinkType::ETHERNET, &arp).unwrap_err(), Reason::NotIp);
    assert_eq!(decode(LinkType(147), &arp).unwrap_err(), Reason::UnsupportedLinkType);
    assert_eq!(decode(LinkType::ETHERNET, &arp[..13]).unwrap_err(), Reason::TruncatedLink);
    assert_eq!(decode(LinkType::RAW, &packet.ip_with(17, &[0; 20])).unwrap_err(), Reason::NotTcp);
    assert_eq!(decode(LinkType::RAW, &packet.ip()[..19]).unwrap_err(), Reason::TruncatedIp);
    assert_eq!(decode(LinkType::RAW, &both()[1].ip()[..39]).unwrap_err(), Reason::TruncatedIp);
    assert_eq!(decode(LinkType::RAW, &[]).unwrap_err(), Reason::TruncatedIp);
    let mut short_header = packet.ip();
    short_header[0] = 0x44;
    assert_eq!(decode(LinkType::RAW, &short_header).unwrap_err(), Reason::MalformedIp);
    let mut short_total = packet.ip();
    short_total[3] = 19;
    assert_eq!(decode(LinkType::RAW, &short_total).unwrap_err(), Reason::MalformedIp);
    let tags = [&[0; 12][..], &[0x81, 0, 0, 1].repeat(50)].concat();
    assert_eq!(decode(LinkType::ETHERNET, &tags).unwrap_err(), Reason::TooManyLayers);
}

#[test]
fn padding_is_no_payload() {
    let bare = Packet::new(A4, B4).flags(ACK);
    assert_eq!(bare.ethernet().len(), 60);
    let segment = ethernet(&bare);
    assert_eq!((segment.len, segment.payload.len(), segment.checksum), (0, 0, Checksum::Valid));
}

#[test]
fn a_cut_capture_keeps_the_promised_length() {
    let packet = Packet::new(A4, B4).payload(&[7; 1000]);
    let whole = packet.ethernet();
    let segment = decode_cut(LinkType::ETHERNET, &whole[..96], whole.len()).unwrap();
    assert_eq!((segment.len, segment.payload.len()), (1000, 96 - 54));
    assert_eq!((segment.checksum, segment.malformed), (Checksum::Unchecked, false));
}

#[test]
fn a_cut_header_gives_what_is_there() {
    let packet = &both()[0];
    let whole = packet.ip();
    for captured in 20..20 + 24 {
        let decoded = decode_cut(LinkType::RAW, &whole[..captured], whole.len());
        if captured < 36 {
            assert_eq!(decoded.unwrap_err(), Reason::TruncatedTcp, "{captured}");
            continue;
        }
        let segment = decoded.unwrap();
        assert!(segment.malformed);
        assert_eq!((segment.seq, segment.ack, segment.wnd), (SeqNumber(packet.seq), SeqNumber(packet.ack), 512));
        assert_eq!((segment.len, segment.payload.len(), segment.checksum), (5, 0, Checksum::Unchecked));
    }
}

#[test]
fn a_data_offset_that_lies_is_shown() {
    for data_offset in [0, 4, 15] {
        let packet = Packet::new(A4, B4).flags(FIN | SYN).payload(b"0123");
        let mut tcp = packet.tcp();
        tcp[12] = data_offset << 4;
        let bytes = packet.ip_with(6, &tcp);
        let segment = decode(LinkType::RAW, &bytes).unwrap();
        assert!(segment.malformed);
        assert_eq!((segment.flags, segment.len, segment.payload.len()), (Flags::SYN | Flags::FIN, 0, 0));
    }
}

#[test]
fn illegal_mixes_are_shown() {
    let segment = ethernet(&Packet::new("10.0.0.1:0", "10.0.0.2:0").flags(0xfff));
    assert_eq!((segment.src.port(), segment.dst.port(), segment.flags), (0, 0, Flags(0xfff)));
    assert!(!segment.malformed);
    assert_eq!(ethernet(&Packet::new(A4, B4).flags(0)).flags, Flags(0));
}

#[test]
fn an_ip_length_of_zero_means_all() {
    for packet in both() {
        let packet = packet.payload(&[3; 3000]);
        let mut bytes = packet.ip();
        let field = if packet.src.is_ipv4() { 2 } else { 4 };
        bytes[field..field + 2].fill(0);
        check(&decode(LinkType::RAW, &bytes).unwrap(), &packet);
        assert_eq!(decode_cut(LinkType::RAW, &bytes[..100], bytes.len()).unwrap().len, 3000);
    }
}

#[test]
fn a_jumbogram_says_its_length_in_an_option() {
    let packet = both()[1].clone().payload(&[3; 70_000]);
    let tcp = packet.tcp();
    let [a, b, c, d] = (tcp.len() as u32 + 8).to_be_bytes();
    let mut bytes = packet.ip_with(0, &[&[6, 0, 0xc2, 4, a, b, c, d][..], &tcp, b"padding"].concat());
    bytes[4..6].fill(0);
    check(&decode(LinkType::IPV6, &bytes).unwrap(), &packet);
}

#[test]
fn extension_headers_in_a_row() {
    let packet = &both()[1];
    let chain = [
        &[43, 0, 1, 4, 0, 0, 0, 0][..], // hop-by-hop
        &[60, 0, 0, 0, 0, 0, 0, 0],     // routing, no stops left
        &[135, 0, 1, 4, 0, 0, 0, 0],    // destination
        &[51, 0, 0, 0, 0, 0, 0, 0],     // mobility
        &[44, 2, 0, 0, 0, 0, 0, 1],     // authentication, 16 octets
        &[0, 0, 0, 1, 9, 9, 9, 9],
        &[6, 0, 0, 0, 0, 0, 0, 1], // atomic fragment
        &packet.tcp(),
    ]
    .concat();
    check(&decode(LinkType::RAW, &packet.ip_with(0, &chain)).unwrap(), packet);

    let stops = [&[6, 2, 0, 1, 0, 0, 0, 0][..], &[0; 16], &packet.tcp()].concat();
    let bytes = packet.ip_with(43, &stops);
    assert_eq!(decode(LinkType::RAW, &bytes).unwrap().checksum, Checksum::Unchecked);
    assert_eq!(decode(LinkType::RAW, &packet.ip_with(0, &[6, 200, 0, 0])).unwrap_err(), Reason::TruncatedIp);
    assert_eq!(decode(LinkType::RAW, &packet.ip_with(50, &[0; 40])).unwrap_err(), Reason::Encrypted);

    let authenticated = [&[6, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9][..], &both()[0].tcp()].concat();
    check(&decode(LinkType::RAW, &both()[0].ip_with(51, &authenticated)).unwrap(), &both()[0]);
}

#[test]
fn ipv4_options_are_passed_over() {
    let packet = &both()[0];
    let mut bytes = packet.ip_with(6, &[&[7, 4, 4, 0][..], &packet.tcp()].concat());
    bytes[0] = 0x46;
    check(&decode(LinkType::IPV4, &bytes).unwrap(), packet);
}

#[test]
fn fragments_are_counted() {
    let packet = &both()[0];
    for place in [[0x20, 0], [0, 5], [0x20, 5]] {
        let mut bytes = packet.ip();
        bytes[6..8].copy_from_slice(&place);
        assert_eq!(decode(LinkType::RAW, &bytes).unwrap_err(), Reason::IpFragment);
        let mut bytes = packet.ip_with(17, &[0; 40]);
        bytes[6..8].copy_from_slice(&place);
        assert_eq!(decode(LinkType::RAW, &bytes).unwrap_err(), Reason::NotTcp);
    }
    let first = [&[6, 0, 0, 1, 0, 0, 0, 1][..], &both()[1].tcp()].concat();
    assert_eq!(decode(LinkType::RAW, &both()[1].ip_with(44, &first)).unwrap_err(), Reason::IpFragment);
}

#[test]
fn checksums_are_judged() {
    for packet in both() {
        for len in [0, 1, 2, 3, 1447] {
            let packet = packet.clone().payload(&vec![0xab; len]);
            assert_eq!(ethernet(&packet).checksum, Checksum::Valid);
            assert_eq!(ethernet(&packet.clone().sum(Sum::Wrong)).checksum, Checksum::Invalid);
            assert_eq!(ethernet(&packet.clone().sum(Sum::Partial)).checksum, Checksum::Offloaded);
        }
    }
    for (src, dst) in [("127.0.0.1:1", "127.0.0.2:2"), ("[::1]:1", "[::1]:2"), ("10.0.0.1:1", "10.0.0.1:2")] {
        assert_eq!(ethernet(&Packet::new(src, dst).sum(Sum::Wrong)).checksum, Checksum::Offloaded);
        assert_eq!(ethernet(&Packet::new(src, dst)).checksum, Checksum::Valid);
    }
}

/// As captured on Linux's `lo`, where the kernel leaves the sum of the pseudo-header: 127.0.0.1 to itself, a SYN.
#[test]
fn what_linux_leaves_is_the_folded_pseudo_header() {
    let segment = Packet::new("127.0.0.1:1", "127.0.0.1:2").options(&[0; 20]).sum(Sum::Partial).tcp();
    assert_eq!(segment[16..18], [0xfe, 0x30]);
}

fn address(v6: bool) -> impl Strategy<Value = SocketAddr> {
    let ip = if v6 {
        any::<[u8; 16]>().prop_map(IpAddr::from).boxed()
    } else {
        any::<[u8; 4]>().prop_map(IpAddr::from).boxed()
    };
    (ip, any::<u16>()).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

fn packet() -> impl Strategy<Value = Packet> {
    let addresses = any::<bool>().prop_flat_map(|v6| (address(v6), address(v6)));
    let tags =
        proptest::collection::vec((prop_oneof![Just(0x8100_u16), Just(0x88a8), Just(0x9100)], any::<u16>()), 0..3);
    let bytes = |most| proptest::collection::vec(any::<u8>(), 0..most);
    let fields = (any::<(u32, u32, u16, u16)>(), any::<u8>(), bytes(40), bytes(300), tags);
    (addresses, fields).prop_map(|((src, dst), ((seq, ack, wnd, urgent), flags, options, payload, vlans))| {
        let mut packet = Packet::new("0.0.0.0:0", "0.0.0.0:0").options(&options).payload(&payload);
        (packet.src, packet.dst, packet.seq, packet.ack, packet.wnd, packet.urgent) = (src, dst, seq, ack, wnd, urgent);
        (packet.flags, packet.vlans) = (flags.into(), vlans);
        packet
    })
}

proptest! {
    #[test]
    fn etherparse_agrees(packet in packet()) {
        let bytes = packet.ethernet();
        let ours = decode(LinkType::ETHERNET, &bytes).unwrap();
        let theirs = LaxSlicedPacket::from_ethernet(&bytes).unwrap();
        let (src, dst, ttl): (IpAddr, IpAddr, u8) = match theirs.net.as_ref().unwrap() {
            LaxNetSlice::Ipv4(ip) => {
                (ip.header().source_addr().into(), ip.header().destination_addr().into(), ip.header().ttl())
            }
            LaxNetSlice::Ipv6(ip) => {
                (ip.header().source_addr().into(), ip.header().destination_addr().into(), ip.header().hop_limit())
            }
            LaxNetSlice::Arp(_) => panic!("no ARP was built"),
        };
        let Some(TransportSlice::Tcp(tcp)) = &theirs.transport else { panic!("TCP was built") };
        prop_assert_eq!(ours.src, SocketAddr::new(src, tcp.source_port()));
        prop_assert_eq!(ours.dst, SocketAddr::new(dst, tcp.destination_port()));
        prop_assert_eq!(ours.ttl, ttl);
        prop_assert_eq!((ours.seq.0, ours.ack.0), (tcp.sequence_number(), tcp.acknowledgment_number()));
        prop_assert_eq!((ours.wnd, ours.urgent), (tcp.window_size(), tcp.urgent_pointer()));
        let flags = [(tcp.fin(), Flags::FIN), (tcp.syn(), Flags::SYN), (tcp.rst(), Flags::RST), (tcp.psh(), Flags::PSH),
            (tcp.ack(), Flags::ACK), (tcp.urg(), Flags::URG), (tcp.ece(), Flags::ECE), (tcp.cwr(), Flags::CWR)];
        for (set, flag) in flags {
            prop_assert_eq!(ours.flags.has(flag), set);
        }
        prop_assert_eq!(ours.payload, tcp.payload());
        prop_assert_eq!(ours.len as usize, tcp.payload().len());
        let right = match theirs.net.as_ref().unwrap() {
            LaxNetSlice::Ipv4(ip) => tcp.calc_checksum_ipv4(ip.header().source(), ip.header().destination()).unwrap(),
            LaxNetSlice::Ipv6(ip) => tcp.calc_checksum_ipv6(ip.header().source(), ip.header().destination()).unwrap(),
            LaxNetSlice::Arp(_) => panic!("no ARP was built"),
        };
        prop_assert_eq!(ours.checksum == Checksum::Valid, right == tcp.checksum());
        let ids = packet.vlans.iter().map(|(_, id)| u32::from(id & 0xfff)).filter(|id| *id != 0);
        let expected = ids.fold(0, |outer, id| outer << 12 | id);
        prop_assert_eq!(ours.vlan, expected);
    }

    #[test]
    fn any_bytes_on_any_link_end_without_panic(
        link in prop_oneof![Just(0), Just(1), Just(12), Just(101), Just(108), Just(113), Just(228), Just(229), Just(276), any::<u16>()],
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        wire_len: u16,
    ) {
        let _ = decode_cut(LinkType(link), &bytes, wire_len.into());
    }

    #[test]
    fn any_change_and_any_cut_end_without_panic(
        packet in packet(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = packet.ethernet();
        for (place, value) in changes {
            let at = place.index(bytes.len().min(100));
            bytes[at] = value;
        }
        let captured = cut.index(bytes.len() + 1);
        if let Ok(segment) = decode_cut(LinkType::ETHERNET, &bytes[..captured], bytes.len()) {
            prop_assert!(segment.payload.len() <= segment.len as usize);
        }
    }
}
