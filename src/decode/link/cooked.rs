//! What an operating system puts before a packet in place of a link header: address families, Linux's cooked header.

use super::super::rest::Rest;
use super::super::{Layer, Reason};

/// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 26 on Solaris, 28 on FreeBSD, 30 on macOS.
fn family(family: u32) -> Result<Layer, Reason> {
    match family {
        2 => Ok(Layer::Ipv4),
        10 | 24 | 26 | 28 | 30 => Ok(Layer::Ipv6),
        _ => Err(Reason::NotIp),
    }
}

/// A family is a small number, so only one of the two byte orders gives a known one.
fn family_in_any_order(octets: [u8; 4]) -> Result<Layer, Reason> {
    family(u32::from_be_bytes(octets)).or_else(|_| family(u32::from_le_bytes(octets)))
}

/// BSD NULL holds the address family in the byte order of the machine that captured, LOOP in network order. Some tools
/// write an EtherType there.
pub(super) fn loopback(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let octets = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)?;
    match u32::from_be_bytes(octets) {
        0x0800 => Ok(Layer::Ipv4),
        0x86dd => Ok(Layer::Ipv6),
        _ => family_in_any_order(octets),
    }
}

/// Linux cooked: packet type, ARPHRD type, address length and address (8), protocol.
pub(super) fn cooked(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, h0, h1, .., p0, p1] = rest.take_array::<16>().ok_or(Reason::TruncatedLink)?;
    cooked_protocol(u16::from_be_bytes([*h0, *h1]), u16::from_be_bytes([*p0, *p1]))
}

/// Linux cooked version 2: protocol, two reserved, interface index (4), ARPHRD type, packet type, address length, address (8).
pub(super) fn cooked_v2(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [p0, p1, _, _, _, _, _, _, h0, h1, ..] = rest.take_array::<20>().ok_or(Reason::TruncatedLink)?;
    cooked_protocol(u16::from_be_bytes([*h0, *h1]), u16::from_be_bytes([*p0, *p1]))
}

/// The protocol field is an EtherType for most hardware; some hardware has other protocols, and Linux uses small numbers
/// for frames that have none.
fn cooked_protocol(hardware: u16, protocol: u16) -> Result<Layer, Reason> {
    const ARPHRD_FRAD: u16 = 770;
    const ARPHRD_IPGRE: u16 = 778;
    const ARPHRD_IEEE80211: u16 = 801;
    const ARPHRD_IEEE80211_RADIOTAP: u16 = 803;
    const ARPHRD_NETLINK: u16 = 824;
    const ETH_P_802_2: u16 = 4;
    match (hardware, protocol) {
        (ARPHRD_NETLINK, _) => Err(Reason::NotIp),
        (ARPHRD_FRAD, _) => Ok(Layer::FrameRelay),
        (ARPHRD_IEEE80211, _) => Ok(Layer::Wireless { padded: false }),
        (ARPHRD_IEEE80211_RADIOTAP, _) => Ok(Layer::Link(crate::source::LinkType(127))),
        (_, ETH_P_802_2) => Ok(Layer::Llc),
        // A GRE device gives the packet in the tunnel, whatever its protocol says.
        (ARPHRD_IPGRE, 0) => Ok(Layer::Ip),
        (_, protocol) => Ok(Layer::EtherType(protocol)),
    }
}

/// OpenBSD's ENC: address family, SPI, flags.
pub(super) fn enc(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [a, b, c, d, ..] = *rest.take_array::<12>().ok_or(Reason::TruncatedLink)?;
    family_in_any_order([a, b, c, d])
}

/// PF's log: the header's own length, padded to a word, and the family.
pub(super) fn pflog(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [len, af, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    rest.take(usize::from(len).next_multiple_of(4)).ok_or(Reason::TruncatedLink)?;
    family(af.into())
}

/// Solaris ipnet: version, family, hook type, length, three interface and two zone numbers.
pub(super) fn ipnet(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, af, ..] = *rest.take_array::<24>().ok_or(Reason::TruncatedLink)?;
    family(af.into())
}

/// Linux's NFLOG: family, version, resource; then attributes, of which one is the packet.
pub(super) fn nflog(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    const NFULA_PAYLOAD: u16 = 9;
    let [af, ..] = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)?;
    while let Some([l0, l1, t0, t1]) = rest.bytes.first_chunk::<4>() {
        // In the byte order of the machine that captured; a type is a small number.
        let (len, kind) = match t1 {
            0 => (u16::from_le_bytes([*l0, *l1]), u16::from_le_bytes([*t0, *t1])),
            _ => (u16::from_be_bytes([*l0, *l1]), u16::from_be_bytes([*t0, *t1])),
        };
        let body = len.checked_sub(4).ok_or(Reason::NotIp)?;
        if kind == NFULA_PAYLOAD {
            rest.take(4);
            rest.limit(body.into());
            return family(af.into());
        }
        rest.take(usize::from(len).next_multiple_of(4)).ok_or(Reason::TruncatedLink)?;
    }
    Err(if rest.missing > 0 { Reason::TruncatedLink } else { Reason::NotIp })
}
