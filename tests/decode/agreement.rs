//! etherparse as second opinion; any bytes at all.

use super::*;
use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr};
use synfin::tcp::Flags;

/// Every link type that is read.
const LINKS: [u16; 45] = [
    0, 1, 6, 8, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 106, 107, 108, 109, 113, 117, 119, 122, 123, 127, 138, 149,
    163, 166, 178, 179, 180, 181, 192, 197, 204, 205, 206, 219, 226, 228, 229, 239, 240, 242, 276,
];

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
    fn the_straight_way_and_the_general_way_agree(
        packet in packet(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        more in 0..100_usize,
    ) {
        let mut bytes = packet.ethernet();
        for (place, value) in changes {
            let at = place.index(bytes.len().min(80));
            bytes[at] = value;
        }
        let captured = cut.index(bytes.len() + 1).max(bytes.len().min(30));
        let wire_len = captured + more;
        let straight = decode_cut(LinkType::ETHERNET, &bytes[..captured], wire_len);
        // The same frame behind a header that says that Ethernet follows.
        let behind = [&[0, 0, 8, 0, 1, 0, 0, 0][..], &bytes[..captured]].concat();
        let general = decode_cut(LinkType(192), &behind, wire_len + 8);
        prop_assert_eq!(format!("{straight:?}"), format!("{general:?}"));
    }

    #[test]
    fn any_bytes_on_any_link_end_without_panic(
        link in prop_oneof![prop::sample::select(&LINKS[..]), any::<u16>()],
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
