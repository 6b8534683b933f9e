//! ICMP errors of both versions that quote a segment.

use super::*;
use synfin::tcp::{IcmpError, IcmpReason};

fn error(v6: bool, kind: u8, code: u8, value: u32, quote: &[u8]) -> Result<IcmpError, Reason> {
    let router = if v6 {
        Packet::new("[2001:db8:ffff::9]:1", "[2001:db8::1]:1").vlan(0x8100, 7)
    } else {
        Packet::new("192.0.2.9:1", "10.0.0.1:1").vlan(0x8100, 7)
    };
    let message = [&[kind, code, 0, 0][..], &value.to_be_bytes(), quote].concat();
    let number = if v6 { 58 } else { 1 };
    let [t0, t1] = router.ether_type().to_be_bytes();
    let bytes = [&[2; 12][..], &[0x81, 0, 0, 7, t0, t1], &router.ip_with(number, &message)].concat();
    let mut decoder = Decoder::new();
    let decoded = match decoder.decode(&frame(LinkType::ETHERNET, &bytes)) {
        Decoded::Icmp(error) => Ok(error),
        Decoded::Segment(segment) => panic!("{segment:?}"),
        Decoded::Names(datagram) => panic!("{datagram:?}"),
        Decoded::Skipped(reason) => Err(reason),
    };
    let reason = decoded.err().unwrap_or(Reason::IcmpError);
    assert_eq!((decoder.decoded(), decoder.skipped().count(reason)), (0, 1));
    decoded
}

#[test]
fn the_quoted_segment_is_named() {
    for packet in both() {
        let v6 = packet.src.is_ipv6();
        let (kind, header) = if v6 { (1, 40) } else { (3, 20) };
        for quoted in [packet.ip().len(), header + 20, header + 8] {
            let error = error(v6, kind, 1, 0, &packet.ip()[..quoted]).unwrap();
            assert_eq!((error.src, error.dst, error.seq), (packet.src, packet.dst, Some(SeqNumber(packet.seq))));
            assert_eq!((error.frame, error.time, error.vlan), (7, Timestamp(99), 7));
            assert_eq!(error.reporter.to_string(), if v6 { "2001:db8:ffff::9" } else { "192.0.2.9" });
        }
        assert_eq!(error(v6, kind, 1, 0, &packet.ip()[..header + 4]).unwrap().seq, None);
        assert_eq!(error(v6, kind, 1, 0, &packet.ip()[..header + 3]).unwrap_err(), Reason::IcmpQuote);
        assert_eq!(error(v6, kind, 1, 0, &packet.ip()[..9]).unwrap_err(), Reason::IcmpQuote);
        assert_eq!(error(v6, kind, 1, 0, &[]).unwrap_err(), Reason::IcmpQuote);
    }
}

#[test]
fn types_and_codes() {
    use IcmpReason::*;
    let v4 = [
        (3, 0, NetUnreachable),
        (3, 1, HostUnreachable),
        (3, 2, ProtocolUnreachable),
        (3, 3, PortUnreachable),
        (3, 4, TooBig { mtu: 1400 }),
        (3, 5, Other { kind: 3, code: 5 }),
        (3, 6, NetUnreachable),
        (3, 7, HostUnreachable),
        (3, 9, Prohibited),
        (3, 10, Prohibited),
        (3, 13, Prohibited),
        (11, 0, TimeExceeded),
        (11, 1, Other { kind: 11, code: 1 }),
        (12, 0, Other { kind: 12, code: 0 }),
        (4, 0, Other { kind: 4, code: 0 }),
    ];
    let v6 = [
        (1, 0, NetUnreachable),
        (1, 1, Prohibited),
        (1, 2, Other { kind: 1, code: 2 }),
        (1, 3, HostUnreachable),
        (1, 4, PortUnreachable),
        (1, 5, Prohibited),
        (1, 6, Prohibited),
        (2, 0, TooBig { mtu: 1400 }),
        (3, 0, TimeExceeded),
        (3, 1, Other { kind: 3, code: 1 }),
        (4, 1, Other { kind: 4, code: 1 }),
    ];
    let [packet_v4, packet_v6] = both();
    for (kind, code, reason) in v4 {
        assert_eq!(error(false, kind, code, 1400, &packet_v4.ip()).unwrap().reason, reason);
    }
    for (kind, code, reason) in v6 {
        assert_eq!(error(true, kind, code, 1400, &packet_v6.ip()).unwrap().reason, reason);
    }
    // Echo, redirect, neighbours.
    for kind in [0, 5, 8] {
        assert_eq!(error(false, kind, 0, 0, &packet_v4.ip()).unwrap_err(), Reason::NotTcp);
    }
    for kind in [128, 135, 137] {
        assert_eq!(error(true, kind, 0, 0, &packet_v6.ip()).unwrap_err(), Reason::NotTcp);
    }
}

#[test]
fn what_is_quoted_but_is_no_segment() {
    let [packet, packet_v6] = both();
    assert_eq!(error(false, 3, 1, 0, &packet.ip_with(17, &[0; 20])).unwrap_err(), Reason::NotTcp);
    // A later fragment has no ports; the first one has.
    let mut fragment = packet.ip();
    fragment[6..8].copy_from_slice(&[0x20, 5]);
    assert_eq!(error(false, 11, 1, 0, &fragment).unwrap_err(), Reason::IcmpQuote);
    fragment[6..8].copy_from_slice(&[0x20, 0]);
    assert_eq!(error(false, 11, 1, 0, &fragment).unwrap().src, packet.src);
    for (offset, quoted) in [(1, Ok(packet_v6.src)), (9, Err(Reason::IcmpQuote))] {
        let fragment = [&[6, 0, 0, offset, 0, 0, 0, 1][..], &packet_v6.tcp()].concat();
        let fragment = packet_v6.ip_with(44, &fragment);
        assert_eq!(error(true, 3, 1, 0, &fragment).map(|error| error.src), quoted);
    }
    let options = packet_v6.ip_with(60, &[&[6, 0, 1, 4, 0, 0, 0, 0][..], &packet_v6.tcp()].concat());
    assert_eq!(error(true, 1, 0, 0, &options).unwrap().dst, packet_v6.dst);
    // Total lengths that some systems change before they quote.
    let mut swapped = packet.ip();
    swapped[2..4].copy_from_slice(&[0, 3]);
    assert_eq!(error(false, 3, 3, 0, &swapped).unwrap().dst, packet.dst);
}
