//! Every link layer, and the tags on it.

use super::*;

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
        let snap = [&[0; 12][..], &[0, ip.len() as u8 + 8, 0xaa, 0xaa, 3, 0, 0, 0, t0, t1], &ip, &[0; 9]].concat();
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

/// IP behind LLC and SNAP.
fn snap(packet: &Packet) -> Vec<u8> {
    let [t0, t1] = packet.ether_type().to_be_bytes();
    [&[0xaa, 0xaa, 3, 0, 0, 0, t0, t1][..], &packet.ip()].concat()
}

/// IP behind PPP's protocol field.
fn ppp(packet: &Packet) -> Vec<u8> {
    [&[0, if packet.src.is_ipv4() { 0x21 } else { 0x57 }][..], &packet.ip()].concat()
}

fn check_all(packet: &Packet, link: u16, frames: &[Vec<u8>]) {
    for (at, bytes) in frames.iter().enumerate() {
        match decode(LinkType(link), bytes) {
            Ok(segment) => check(&segment, packet),
            Err(reason) => panic!("link type {link}, frame {at}, {}: {reason:?}", packet.src),
        }
        for captured in 0..bytes.len() {
            let _ = decode_cut(LinkType(link), &bytes[..captured], bytes.len());
        }
    }
}

#[test]
fn serial_lines() {
    for packet in both() {
        let [t0, t1] = packet.ether_type().to_be_bytes();
        let (ip, ppp) = (packet.ip(), ppp(&packet));
        let behind = |head: &[u8], tail: &[u8]| [head, tail].concat();
        let hdlc = behind(&[0x0f, 0, t0, t1], &ip);
        let bare = [behind(&[0xff, 3], &ppp), ppp.clone(), ppp[1..].to_vec(), behind(&[0xff, 3], &ppp[1..])];
        check_all(&packet, 9, &bare);
        check_all(&packet, 50, &[bare[0].clone(), hdlc.clone()]);
        check_all(&packet, 166, &[behind(&[0, 3], &ppp)]);
        check_all(&packet, 204, &[behind(&[1], &bare[0])]);
        check_all(&packet, 104, std::slice::from_ref(&hdlc));
        check_all(&packet, 205, &[behind(&[1], &hdlc)]);
        let [l0, l1] = (ppp.len() as u16).to_be_bytes();
        check_all(&packet, 51, &[behind(&[0x11, 0, 0, 7, l0, l1], &ppp)]);
        let nlpid = if packet.src.is_ipv4() { 0xcc } else { 0x8e };
        let relayed = [
            behind(&[0x18, 0x41, 3, nlpid], &ip),
            behind(&[0x18, 0x41, 3, 0, nlpid], &ip),
            behind(&[0x18, 0x40, 0x40, 0x41, 3, 0, 0x80, 0, 0, 0, t0, t1], &ip),
            behind(&[0x18, 0x41, t0, t1], &ip),
            behind(&[0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7], &packet.ethernet()),
        ];
        check_all(&packet, 107, &relayed);
        check_all(&packet, 206, &[behind(&[1], &relayed[0])]);
        check_all(&packet, 8, &[behind(&[[0; 15].as_slice(), &[0x45]].concat(), &ip)]);
    }
    for (protocol, reason) in [
        (0x2d, Reason::Compressed),
        (0xfd, Reason::Compressed),
        (0x3d, Reason::LinkFragment),
        (0x53, Reason::Encrypted),
    ] {
        assert_eq!(decode(LinkType(9), &[0xff, 3, 0, protocol, 1, 2, 3, 4]).unwrap_err(), reason);
    }
    assert_eq!(decode(LinkType(9), &[0xff, 3, 0xc0, 0x21, 1, 2, 3, 4]).unwrap_err(), Reason::NotIp);
}

/// An 802.11 data frame with these control octets, header extras and body.
fn data_frame(control: [u8; 2], extra: &[u8], body: &[u8]) -> Vec<u8> {
    [&control[..], &[0, 0], &[2; 18], &[0x10, 0], extra, body].concat()
}

fn wireless(packet: &Packet) -> Vec<Vec<u8>> {
    let body = snap(packet);
    let [l0, l1] = (body.len() as u16).to_be_bytes();
    let aggregate = [&[2; 12][..], &[l0, l1], &body, &[0; 2], &[3; 14]].concat();
    vec![
        data_frame([0x08, 1], &[], &body),
        data_frame([0x08, 0], &[], &body),
        data_frame([0x08, 2], &[], &body),
        data_frame([0x08, 3], &[2; 6], &body),
        data_frame([0x88, 1], &[0, 0], &body),
        data_frame([0x88, 3], &[2, 2, 2, 2, 2, 2, 0, 0], &body),
        data_frame([0x88, 0x81], &[0; 6], &body),
        data_frame([0x88, 1], &[0x80, 0], &aggregate),
    ]
}

#[test]
fn wireless_bare_and_behind_what_cards_put_before() {
    for packet in both() {
        let frames = wireless(&packet);
        let behind = |head: &[u8]| -> Vec<Vec<u8>> { frames.iter().map(|frame| [head, frame].concat()).collect() };
        check_all(&packet, 105, &frames);
        check_all(&packet, 127, &behind(&[0, 0, 8, 0, 0, 0, 0, 0]));
        // Two words of bits, a timestamp aligned to 8 octets, flags.
        let stamped = [&[0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0][..], &[1; 8], &[0x10]].concat();
        check_all(&packet, 127, &behind(&stamped));
        // The card padded the header of 26 octets to 28.
        let padded = data_frame([0x88, 1], &[0, 0, 9, 9], &snap(&packet));
        check_all(&packet, 127, &[[&[0, 0, 9, 0, 2, 0, 0, 0, 0x20][..], &padded].concat()]);
        check_all(&packet, 119, &behind(&[&[0x44, 0, 0, 0, 144, 0, 0, 0][..], &[0; 136]].concat()));
        check_all(&packet, 119, &behind(&[&[0, 0, 0, 0x44, 0, 0, 0, 144][..], &[0; 136]].concat()));
        check_all(&packet, 163, &behind(&[&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64][..], &[0; 56]].concat()));
        check_all(&packet, 192, &behind(&[0, 0, 8, 0, 105, 0, 0, 0]));
        let body = snap(&packet);
        let reasons = [
            (data_frame([0x08, 0x41], &[], &body), Reason::Encrypted),
            (data_frame([0x08, 0x05], &[], &body), Reason::LinkFragment),
            (data_frame([0x48, 1], &[], &[]), Reason::NotIp),
            (data_frame([0x80, 0], &[], &body), Reason::NotIp),
        ];
        for (frame, reason) in reasons {
            assert_eq!(decode(LinkType(105), &frame).unwrap_err(), reason);
        }
    }
}

#[test]
fn what_systems_and_cards_put_before_a_packet() {
    for packet in both() {
        let v4 = packet.src.is_ipv4();
        let [t0, t1] = packet.ether_type().to_be_bytes();
        let (ip, ethernet) = (packet.ip(), packet.ethernet());
        let behind = |head: &[u8], tail: &[u8]| [head, tail].concat();
        let family = if v4 { 2 } else { 24 };
        check_all(&packet, 109, &[behind(&[family, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], &ip)]);
        check_all(&packet, 109, &[behind(&[0, 0, 0, family, 0, 0, 0, 1, 0, 0, 0, 0], &ip)]);
        check_all(&packet, 117, &[behind(&[&[61, family][..], &[0; 62]].concat(), &ip)]);
        check_all(&packet, 226, &[behind(&[&[1, if v4 { 2 } else { 26 }][..], &[0; 22]].concat(), &ip)]);
        let len = ip.len() as u16 + 4;
        let family = if v4 { 2 } else { 10 };
        let [l, h] = len.to_le_bytes();
        let little = [family, 0, 0, 5, 8, 0, 1, 0, 8, 0, 0, 0, 5, 0, 10, 0, 0, 0, 0, 0, l, h, 9, 0];
        let big = [family, 0, 0, 5, 0, 8, 0, 1, 8, 0, 0, 0, 0, 5, 0, 10, 0, 0, 0, 0, h, l, 0, 9];
        check_all(&packet, 239, &[behind(&little, &ip), behind(&big, &ip)]);
        assert_eq!(decode(LinkType(239), &[family, 0, 0, 5, 0, 0, 1, 0]).unwrap_err(), Reason::NotIp);
        let relayed = [&[0, 0, 3, 2][..], &[0; 12], &[0x18, 0x41, t0, t1], &ip].concat();
        check_all(&packet, 113, &[relayed]);
        let logged = [&[0, 0, 0, 1][..], &[0; 10], &[0, 4], &snap(&packet)].concat();
        check_all(&packet, 113, &[logged]);
        check_all(
            &packet,
            258,
            &[behind(&[&[108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0][..], &[0; 96]].concat(), &ethernet)],
        );
        check_all(&packet, 192, &[behind(&[0, 0, 8, 0, 1, 0, 0, 0], &ethernet)]);
        check_all(&packet, 197, &[behind(&[&[0; 8][..], &[2, 4, 0, 0, 0, 0, 0, 0, 0, 0]].concat(), &ethernet)]);
        let extended = [&[0; 8][..], &[0x82, 4, 0, 0, 0, 0, 0, 0, 0x80], &[0; 7], &[0; 8], &[0; 2]].concat();
        check_all(&packet, 197, &[behind(&extended, &ethernet)]);
        check_all(&packet, 240, &[behind(&[0; 4], &ethernet)]);
        check_all(&packet, 241, &[behind(&[0; 12], &ethernet)]);
        check_all(&packet, 274, &[behind(&[0x55; 8], &ethernet)]);
        check_all(&packet, 178, &[behind(b"MGC\0", &ethernet), behind(b"MGC\x81\0\x03abc", &ethernet)]);
        check_all(&packet, 178, &[behind(b"MGC\x02\x02\0\0\0", &ip)]);
        check_all(&packet, 179, &[behind(b"MGC\0\xff\x03", &ppp(&packet))]);
        assert_eq!(decode(LinkType(178), &ethernet).unwrap_err(), Reason::NotIp);
    }
}

#[test]
fn rings_and_other_networks() {
    for packet in both() {
        let [t0, t1] = packet.ether_type().to_be_bytes();
        let (ip, snap) = (packet.ip(), snap(&packet));
        let behind = |head: &[u8], tail: &[u8]| [head, tail].concat();
        check_all(&packet, 10, &[behind(&[&[0x50][..], &[2; 12]].concat(), &snap)]);
        check_all(&packet, 6, &[behind(&[&[0x10, 0x40][..], &[2; 12]].concat(), &snap)]);
        let routed = [&[0x10, 0x40][..], &[2; 6], &[0x82, 2, 2, 2, 2, 2], &[6, 0x10, 0, 0x11, 0, 0x20], &snap].concat();
        check_all(&packet, 6, &[routed]);
        check_all(&packet, 100, std::slice::from_ref(&snap));
        check_all(&packet, 106, &[snap.clone(), ip.clone()]);
        check_all(&packet, 122, &[behind(&[2; 16], &snap)]);
        check_all(&packet, 123, &[behind(&[2, 0, 0, 100], &snap)]);
        check_all(&packet, 138, &[behind(&[&[2; 16][..], &[t0, t1]].concat(), &ip)]);
        check_all(&packet, 242, &[behind(&[&[2; 40][..], &[t0, t1, 0, 0]].concat(), &ip)]);
        check_all(&packet, 219, &[behind(&[0, 1, 1, 64], &ip)]);
    }
}

#[test]
fn what_ether_types_lead_to() {
    for packet in both() {
        let v4 = packet.src.is_ipv4();
        let [t0, t1] = packet.ether_type().to_be_bytes();
        let (ip, ethernet, ppp) = (packet.ip(), packet.ethernet(), ppp(&packet));
        let on = |head: &[u8], tail: &[u8]| [&[2; 12][..], head, tail].concat();
        let [l0, l1] = (ppp.len() as u16).to_be_bytes();
        let label = if v4 { 0 } else { 2 };
        let next = if v4 { 1 } else { 2 };
        let frames = [
            on(&[0x88, 0x64, 0x11, 0, 0, 7, l0, l1], &ppp),
            on(&[0x88, 0x47, 0, 6, 0x41, 64], &ip),
            on(&[0x88, 0x47, 0, 6, 0x40, 64, 0, 6, 0x40, 64, 0, 6, 0x41, 64], &ip),
            on(&[0x88, 0x48, 0, 0, label << 4 | 1, 64], &ip),
            on(&[0x88, 0x47, 0, 6, 0x41, 64], &ethernet),
            on(&[0x88, 0x47, 0, 6, 0x41, 64, 0, 0, 0, 0], &ethernet),
            on(&[0x88, 0xe7, 0, 0, 1, 2], &ethernet),
            on(&[0x65, 0x58], &ethernet),
            on(&[0x22, 0xf3, 0, 0x7f, 0, 1, 0, 2, 9, 9, 9, 9], &ethernet),
            on(&[0x89, 0x03, 0, 1], &ethernet),
            on(&[0x89, 0x09, 1, 1, 0, 1, 0, 7, t0, t1], &ip),
            on(&[0x89, 0x26, 0, 0, 0, 0, t0, t1], &ip),
            on(&[0x89, 0x3f, 0, 0, 0, 0, 0, 0, t0, t1], &ip),
            on(&[0x89, 0x2f, 0x10, 0x40, 0, 1, t0, t1], &ip),
            on(&[0xf1, 0xc1, 0, 0, 0, 1, t0, t1], &ip),
            on(&[&[0x89, 0x4f, 0x0f, 0xc6, 1, next, 0, 0, 0, 0xff][..], &[0; 16]].concat(), &ip),
            [&[1, 0, 0x0c, 0, 0, 0][..], &[2; 20], &ethernet].concat(),
        ];
        check_all(&packet, 1, &frames);
    }
    let secured = [&[2; 12][..], &[0x88, 0xe5], &[0; 40]].concat();
    assert_eq!(decode(LinkType::ETHERNET, &secured).unwrap_err(), Reason::Encrypted);
    let channel = [&[2; 12][..], &[0x88, 0x47, 0, 6, 0x41, 64, 0x10, 0, 0, 0x21], &[0; 40]].concat();
    assert_eq!(decode(LinkType::ETHERNET, &channel).unwrap_err(), Reason::NotIp);
    // The first byte of a pseudowire's Ethernet address is no version of IP, and a later one no EtherType.
    let unknown = [&[2; 12][..], &[0x88, 0x47, 0, 6, 0x41, 64], &[0; 40]].concat();
    assert_eq!(decode(LinkType::ETHERNET, &unknown).unwrap_err(), Reason::NotIp);
}
