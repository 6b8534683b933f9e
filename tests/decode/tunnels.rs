//! Packets in packets: every tunnel with both versions of IP in it and round it.

use super::*;

const GRE: u8 = 47;
const UDP: u8 = 17;

/// What stands between the outer IP header and the inner packet, by what the inner one begins with: IP or Ethernet.
struct Tunnel {
    name: &'static str,
    protocol: u8,
    header: Vec<u8>,
    inside: Inside,
}

#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Ip,
    Ethernet,
    Ppp,
}

fn ether_type(packet: &Packet) -> [u8; 2] {
    packet.ether_type().to_be_bytes()
}

/// A UDP header for a datagram whose length is filled in later.
fn udp(src: u16, dst: u16, header: &[u8]) -> Vec<u8> {
    [&src.to_be_bytes()[..], &dst.to_be_bytes(), &[0; 4], header].concat()
}

fn tunnels(packet: &Packet) -> Vec<Tunnel> {
    let [t0, t1] = ether_type(packet);
    let v4 = packet.src.is_ipv4();
    let mut all = Vec::new();
    let mut add = |name, protocol, header: &[u8], inside| {
        all.push(Tunnel { name, protocol, header: header.to_vec(), inside });
    };
    use Inside::*;
    add("IP in IP", if v4 { 4 } else { 41 }, &[], Ip);
    add("authentication header", 51, &[&[if v4 { 4 } else { 41 }, 2, 0, 0][..], &[9; 12]].concat(), Ip);
    add("EtherIP", 97, &[0x30, 0], Ethernet);
    add("Ethernet in IP", 143, &[], Ethernet);
    add("MPLS in IP", 137, &[0, 6, 0x41, 64], Ip);
    add("GRE", GRE, &[0, 0, t0, t1], Ip);
    add("GRE with a key", GRE, &[&[0x20, 0, t0, t1][..], b"key!"].concat(), Ip);
    add("GRE with everything", GRE, &[&[0xb0, 0, t0, t1][..], b"ck00key!seq!"].concat(), Ip);
    add("GRE with routes", GRE, &[&[0x40, 0, t0, t1][..], b"ck00", &[8, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0]].concat(), Ip);
    add("GRE of PPTP", GRE, &[&[0x30, 0x81, 0x88, 0x0b][..], b"lencseq!ack!"].concat(), Ppp);
    add("NVGRE", GRE, &[0x20, 0, 0x65, 0x58, 0, 0, 1, 2], Ethernet);
    add("GRE with MPLS", GRE, &[0, 0, 0x88, 0x47, 0, 6, 0x40, 64, 0, 6, 0x41, 64], Ip);
    add("ERSPAN I", GRE, &[0, 0, 0x88, 0xbe], Ethernet);
    add("ERSPAN II", GRE, &[&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0x0a][..], &[0; 6]].concat(), Ethernet);
    add("ERSPAN III", GRE, &[&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x0a][..], &[0; 10]].concat(), Ethernet);
    let with_more = [&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0x0a][..], &[0; 9], &[1], &[0; 8]].concat();
    add("ERSPAN III with a subheader", GRE, &with_more, Ethernet);
    add("VXLAN", UDP, &udp(40000, 4789, &[8, 0, 0, 0, 0, 0, 1, 0]), Ethernet);
    add("Linux's old VXLAN", UDP, &udp(40000, 8472, &[8, 0, 0, 0, 0, 0, 1, 0]), Ethernet);
    let next = if v4 { 1 } else { 2 };
    add("VXLAN-GPE", UDP, &udp(40000, 4790, &[12, 0, 0, next, 0, 0, 1, 0]), Ip);
    add("VXLAN-GPE with Ethernet", UDP, &udp(40000, 4790, &[12, 0, 0, 3, 0, 0, 1, 0]), Ethernet);
    let service = [12, 0, 0, 4, 0, 0, 1, 0, 0x0f, 0xc2, 2, next, 0, 0, 0, 0xff];
    add("VXLAN-GPE with NSH", UDP, &udp(40000, 4790, &service), Ip);
    add("Geneve", UDP, &udp(40000, 6081, &[0, 0, 0x65, 0x58, 0, 0, 1, 0]), Ethernet);
    add("Geneve with options", UDP, &udp(40000, 6081, &[1, 0, t0, t1, 0, 0, 1, 0, 1, 2, 3, 0]), Ip);
    add("GTP-U", UDP, &udp(2152, 2152, &[0x30, 255, 0, 0, 0, 0, 0, 1]), Ip);
    add("GTP-U with a sequence number", UDP, &udp(2152, 40000, &[0x32, 255, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0]), Ip);
    let extended = [0x34, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xc0, 1, 0, 1, 0x85, 2, 0, 0, 0, 0, 0, 0, 0];
    add("GTP-U with extensions", UDP, &udp(40000, 2152, &extended), Ip);
    add("LISP", UDP, &udp(40000, 4341, &[0x80, 0, 0, 1, 0, 0, 0, 1]), Ip);
    let signed = [&[0x41, 0x52, 0x11, if v4 { 4 } else { 41 }, 0, 0, 0, 0][..], &[9; 16], &[7; 20]].concat();
    add("AYIYA", UDP, &udp(40000, 5072, &signed), Ip);
    add("GTP v0", UDP, &udp(40000, 3386, &[&[0x1e, 255][..], &[0; 18]].concat()), Ip);
    add("L2TP", UDP, &udp(1701, 1701, &[0, 2, 0, 1, 0, 1]), Ppp);
    let whole = [0x4a, 2, 0, 0, 0, 1, 0, 1, 0, 1, 0, 2, 0, 2, 9, 9];
    add("L2TP with all fields", UDP, &udp(1701, 1701, &whole), Ppp);
    add("L2TPv3 over UDP", UDP, &udp(1701, 1701, &[0, 3, 0, 0, 0, 0, 0, 1]), Ethernet);
    add("L2TPv3", 115, &[0, 0, 0, 1, 0, 0, 0, 0], Ethernet);
    add("MPLS in UDP", UDP, &udp(40000, 6635, &[0, 6, 0x41, 64]), Ip);
    add("GRE in UDP", UDP, &udp(40000, 4754, &[0, 0, t0, t1]), Ip);
    if v4 {
        add("WCCP", GRE, &[0, 0, 0x88, 0x3e], Ip);
        add("WCCP 2", GRE, &[0, 0, 0x88, 0x3e, 0, 0, 0, 0], Ip);
    } else {
        add("Teredo", UDP, &udp(40000, 3544, &[]), Ip);
        let origin = [0, 0, 1, 2, 1, 2, 3, 4];
        add("Teredo with origin", UDP, &udp(40000, 3544, &origin), Ip);
        let authenticated = [&[0, 1, 2, 3][..], b"idval", &[0; 9], &origin].concat();
        add("Teredo with authentication", UDP, &udp(3544, 40000, &authenticated), Ip);
    }
    all
}

/// The outer packet, with what it carries.
fn carried(tunnel: &Tunnel, packet: &Packet, outer: &Packet) -> Vec<u8> {
    let ppp = if packet.src.is_ipv4() { [0, 0x21] } else { [0, 0x57] };
    let inner = match tunnel.inside {
        Inside::Ip => packet.ip(),
        Inside::Ethernet => packet.ethernet(),
        Inside::Ppp => [&ppp[..], &packet.ip()].concat(),
    };
    let mut body = [&tunnel.header[..], &inner].concat();
    if tunnel.protocol == UDP {
        let len = body.len() as u16;
        body[4..6].copy_from_slice(&len.to_be_bytes());
    }
    outer.ip_with(tunnel.protocol, &body)
}

fn outers() -> [Packet; 2] {
    [Packet::new("192.0.2.1:1", "192.0.2.2:2"), Packet::new("[2001:db8:ffff::1]:1", "[2001:db8:ffff::2]:2")]
}

#[test]
fn every_tunnel() {
    for packet in both() {
        for tunnel in tunnels(&packet) {
            for outer in outers() {
                let bytes = carried(&tunnel, &packet, &outer);
                match decode(LinkType::RAW, &bytes) {
                    Ok(segment) => check(&segment, &packet),
                    Err(reason) => panic!("{} {}: {reason:?}", tunnel.name, packet.src),
                }
            }
        }
    }
}

#[test]
fn every_tunnel_cut_anywhere() {
    for packet in both() {
        for tunnel in tunnels(&packet) {
            let bytes = carried(&tunnel, &packet, &outers()[0]);
            for captured in 0..bytes.len() {
                if let Ok(segment) = decode_cut(LinkType::RAW, &bytes[..captured], bytes.len()) {
                    assert_eq!((segment.src, segment.seq), (packet.src, SeqNumber(packet.seq)), "{}", tunnel.name);
                }
            }
        }
    }
}

#[test]
fn a_tunnel_has_vlans_of_its_own() {
    for packet in both() {
        let tunnel = Tunnel {
            name: "VXLAN",
            protocol: UDP,
            header: udp(40000, 4789, &[8, 0, 0, 0, 0, 0, 1, 0]),
            inside: Inside::Ethernet,
        };
        for (inner, vlan) in [(packet.clone(), 0), (packet.clone().vlan(0x8100, 7), 7)] {
            let bytes = carried(&tunnel, &inner, &outers()[0]);
            let tagged = [&[2; 12][..], &[0x81, 0, 0, 42, 8, 0], &bytes].concat();
            assert_eq!(decode(LinkType::ETHERNET, &tagged).unwrap().vlan, vlan);
        }
    }
}

#[test]
fn a_port_that_belongs_to_something_else_is_no_tunnel() {
    let packet = &both()[0];
    let tunnel = |src, dst| Tunnel {
        name: "VXLAN?",
        protocol: UDP,
        header: udp(src, dst, &[8, 0, 0, 0, 0, 0, 1, 0]),
        inside: Inside::Ethernet,
    };
    for (src, dst) in [(4789, 53), (53, 4789), (40000, 40001)] {
        let bytes = carried(&tunnel(src, dst), packet, &outers()[0]);
        assert_eq!(decode(LinkType::RAW, &bytes).unwrap_err(), Reason::NotTcp);
    }
}

#[test]
fn tunnels_in_tunnels_up_to_a_depth() {
    let packet = &both()[0];
    let nested = |depth: usize| (0..depth).fold(packet.ip(), |inner, _| outers()[0].ip_with(4, &inner));
    check(&decode(LinkType::RAW, &nested(10)).unwrap(), packet);
    assert_eq!(decode(LinkType::RAW, &nested(100)).unwrap_err(), Reason::TooManyLayers);
}

#[test]
fn what_is_in_a_tunnel_but_cannot_be_read() {
    let outer = &outers()[0];
    let cases = [
        (50, vec![0; 40], Reason::Encrypted),
        (GRE, vec![0, 0, 8, 6, 0, 0], Reason::NotIp),
        (GRE, vec![0x10, 0, 8], Reason::TruncatedTunnel),
        (GRE, vec![0xb0, 0, 8, 0, 0, 0], Reason::TruncatedTunnel),
        (UDP, udp(1, 2, &[]), Reason::NotTcp),
        (UDP, udp(40000, 4789, &[8, 0]), Reason::TruncatedTunnel),
        (UDP, udp(1701, 1701, &[0xc8, 2, 0, 12, 0, 0, 0, 0]), Reason::NotTcp),
        (UDP, udp(2152, 2152, &[0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0]), Reason::NotTcp),
        (UDP, udp(2152, 2152, &[0x34, 255, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0x85, 0, 0, 0, 0]), Reason::NotTcp),
        (132, vec![0; 40], Reason::NotTcp),
    ];
    for (protocol, mut body, reason) in cases {
        if protocol == UDP {
            let len = body.len() as u16;
            body[4..6].copy_from_slice(&len.to_be_bytes());
        }
        assert_eq!(decode(LinkType::RAW, &outer.ip_with(protocol, &body)).unwrap_err(), reason, "{protocol} {body:?}");
    }
}
