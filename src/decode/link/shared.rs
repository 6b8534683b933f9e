//! Other networks' link headers (rings, InfiniBand, FireWire), and headers that capture cards and systems put on top.

use super::super::rest::Rest;
use super::super::{Layer, Reason};
use crate::source::LinkType;

/// FDDI: frame control and two addresses; LLC in asynchronous frames with bit pattern 0101.
pub(super) fn fddi(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [control, ..] = *rest.take_array::<13>().ok_or(Reason::TruncatedLink)?;
    if control & 0x70 == 0x50 { Ok(Layer::Llc) } else { Err(Reason::NotIp) }
}

/// Token Ring: access control, frame control, two addresses; the source's first bit says that a route follows.
pub(super) fn token_ring(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, control, _, _, _, _, _, _, source, ..] = *rest.take_array::<14>().ok_or(Reason::TruncatedLink)?;
    if source & 0x80 != 0 {
        let route = rest.bytes.first().ok_or(Reason::TruncatedLink)? & 0x1f;
        rest.take(route.into()).ok_or(Reason::TruncatedLink)?;
    }
    if control & 0xc0 == 0x40 { Ok(Layer::Llc) } else { Err(Reason::NotIp) }
}

/// Linux's classical IP over ATM: with LLC or without.
pub(super) fn classical_ip(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    Ok(if rest.bytes.starts_with(&[0xaa, 0xaa, 3]) { Layer::Llc } else { Layer::Ip })
}

/// IP over FireWire: two addresses of 8 octets, EtherType.
pub(super) fn firewire(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [.., t0, t1] = *rest.take_array::<18>().ok_or(Reason::TruncatedLink)?;
    Ok(Layer::EtherType(u16::from_be_bytes([t0, t1])))
}

/// IP over InfiniBand (RFC 4391 6): two addresses of 20 octets, EtherType, two reserved.
pub(super) fn infiniband(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [.., t0, t1, _, _] = *rest.take_array::<44>().ok_or(Reason::TruncatedLink)?;
    Ok(Layer::EtherType(u16::from_be_bytes([t0, t1])))
}

/// Endace's extensible record format: time, type, flags, record length, counter, wire length; then extension headers.
pub(super) fn erf(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, _, _, _, _, _, _, kind, ..] = *rest.take_array::<16>().ok_or(Reason::TruncatedLink)?;
    // The highest bit of the type and of each extension says that another extension follows.
    let mut more = kind & 0x80 != 0;
    while more {
        let [first, ..] = *rest.take_array::<8>().ok_or(Reason::TruncatedLink)?;
        more = first & 0x80 != 0;
    }
    match kind & 0x7f {
        // HDLC over SONET, plain and coloured.
        1 | 10 | 15 | 17 => Ok(Layer::Ppp),
        // Ethernet, plain and coloured, behind two octets of padding.
        2 | 11 | 16 | 20 => super::behind(rest, 2, Layer::Ethernet),
        22 => Ok(Layer::Ipv4),
        23 => Ok(Layer::Ipv6),
        _ => Err(Reason::NotIp),
    }
}

/// Juniper's header: `MGC`, flags, and extensions when the flags say so; `before` more octets stand before the link layer.
pub(super) fn juniper(rest: &mut Rest<'_>, before: usize, next: Layer) -> Result<Layer, Reason> {
    const EXTENSIONS: u8 = 0x80;
    const NO_LINK_LAYER: u8 = 0x02;
    let [0x4d, 0x47, 0x43, flags] = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)? else {
        return Err(Reason::NotIp);
    };
    if flags & EXTENSIONS != 0 {
        let len = rest.take_u16().ok_or(Reason::TruncatedLink)?;
        rest.take(len.into()).ok_or(Reason::TruncatedLink)?;
    }
    // Then the address family in 4 octets, and the packet.
    if flags & NO_LINK_LAYER != 0 { super::behind(rest, 4, Layer::Ip) } else { super::behind(rest, before, next) }
}

/// Apple's PKTAP: header length, record type, link type of what follows; little-endian.
pub(super) fn pktap(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [l0, l1, _, _, _, _, _, _, d0, d1, _, _, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    rest.take(u16::from_le_bytes([l0, l1]).into()).ok_or(Reason::TruncatedLink)?;
    Ok(Layer::Link(LinkType(u16::from_le_bytes([d0, d1]))))
}
