//! What IP and TCP headers promise, what was captured of it, and what checksums tell.

use super::*;
use support::packet::{ACK, FIN, SYN, Sum};
use synfin::tcp::Flags;

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
