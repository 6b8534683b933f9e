//! Ethernet, its tags, LLC and SNAP, and what an EtherType leads to.

use super::super::rest::Rest;
use super::super::{Layer, Reason};
use etherparse::{Ethernet2HeaderSlice, SingleVlanSlice};

pub(super) const PPPOE_SESSION: u16 = 0x8864;

/// Below this the EtherType field is an 802.3 length, and LLC follows.
const LEAST: u16 = 0x0600;

#[inline]
pub(in super::super) fn ethernet(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let header = Ethernet2HeaderSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedLink)?;
    let ether_type = header.ether_type().0;
    // Cisco ISL: these two groups as destination, then 26 octets before the Ethernet frame itself.
    if let [0x01 | 0x03, 0x00, 0x0c, 0x00, 0x00, ..] = header.destination() {
        return super::behind(rest, 26, Layer::Ethernet);
    }
    rest.take(header.slice().len());
    Ok(type_or_length(ether_type, rest))
}

/// A length ends what follows, before any padding.
#[inline]
fn type_or_length(field: u16, rest: &mut Rest<'_>) -> Layer {
    if field >= LEAST {
        return Layer::EtherType(field);
    }
    rest.limit(field.into());
    Layer::Llc
}

/// What follows an EtherType (IEEE), here or in the tunnels that use its numbers.
#[inline]
pub(in super::super) fn ether_type(ether_type: u16, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match ether_type {
        0x0800 => Ok(Layer::Ipv4),
        0x86dd => Ok(Layer::Ipv6),
        // 802.1Q, 802.1ad, and what was used before 802.1ad.
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => vlan(rest),
        0x8847 | 0x8848 => Ok(Layer::Mpls),
        PPPOE_SESSION => pppoe(rest),
        0x880b => Ok(Layer::Ppp),
        // Transparent Ethernet bridging, as GRE, Geneve and NSH name it.
        0x6558 => Ok(Layer::Ethernet),
        // 802.1ah: behind the I-TAG's flags and service id is the customer's own frame.
        0x88e7 => super::behind(rest, 4, Layer::Ethernet),
        // TRILL: the options' length is in the first two octets.
        0x22f3 => trill(rest),
        // Cisco FabricPath.
        0x8903 => super::behind(rest, 2, Layer::Ethernet),
        // Tags that end with the next EtherType: Cisco metadata, VN-Tag, 802.1BR E-Tag, HSR, 802.1CB R-Tag.
        0x8909 | 0x892f | 0x8926 | 0xf1c1 | 0x893f => tag(ether_type, rest),
        0x894f => nsh(rest),
        // LLC in frames beyond 1,500 octets.
        0x8870 => Ok(Layer::Llc),
        0x88e5 => Err(Reason::Encrypted),
        _ => Err(Reason::NotIp),
    }
}

/// An 802.1Q or 802.1ad tag. Tags may stand in any number; id 0 is a priority alone.
fn vlan(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let tag = SingleVlanSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedLink)?;
    rest.enter_vlan(tag.vlan_identifier().value());
    let ether_type = tag.ether_type().0;
    rest.take(tag.header_slice().len());
    Ok(type_or_length(ether_type, rest))
}

fn tag(ether_type: u16, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let before = match ether_type {
        0x8926 | 0x892f | 0xf1c1 => 4,
        _ => 6,
    };
    rest.take(before).ok_or(Reason::TruncatedLink)?;
    let field = rest.take_u16().ok_or(Reason::TruncatedLink)?;
    Ok(type_or_length(field, rest))
}

/// LLC: with SNAP a protocol number of the organisation follows; 6 is IP itself.
pub(in super::super) fn llc(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match rest.take_array::<3>().ok_or(Reason::TruncatedLink)? {
        [0xaa, 0xaa, 3] => snap(rest),
        [6, 6, 3] => Ok(Layer::Ipv4),
        // ISO network layers, by NLPID.
        [0xfe, 0xfe, 3] => nlpid(rest),
        _ => Err(Reason::NotIp),
    }
}

/// SNAP: an organisation's code and its number for the protocol.
pub(super) fn snap(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match *rest.take_array::<5>().ok_or(Reason::TruncatedLink)? {
        // None (EtherTypes), and Cisco's for bridged EtherTypes.
        [0, 0, 0 | 0xf8, t0, t1] => Ok(Layer::EtherType(u16::from_be_bytes([t0, t1]))),
        // 802.1 bridging (RFC 2427 4.2): Ethernet with and without its checksum.
        [0x00, 0x80, 0xc2, 0, 1 | 7] => Ok(Layer::Ethernet),
        _ => Err(Reason::NotIp),
    }
}

/// Network layer protocol identifiers (ISO TR 9577), as frame relay and LLC use them.
pub(super) fn nlpid(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match rest.take_array::<1>().ok_or(Reason::TruncatedLink)? {
        [0xcc] => Ok(Layer::Ipv4),
        [0x8e] => Ok(Layer::Ipv6),
        [0x80] => snap(rest),
        [0xcf] => Ok(Layer::Ppp),
        _ => Err(Reason::NotIp),
    }
}

/// A PPPoE session packet (RFC 2516 4): version and type, code, session, length.
fn pppoe(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match *rest.take_array::<6>().ok_or(Reason::TruncatedLink)? {
        [_, 0, _, _, l0, l1] => {
            rest.limit(u16::from_be_bytes([l0, l1]).into());
            Ok(Layer::Ppp)
        }
        _ => Err(Reason::NotIp),
    }
}

/// TRILL (RFC 6325 3): version, reserved, multi-destination, options' length in words (5 bits), hops; two nicknames.
fn trill(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let first = rest.take_u16().ok_or(Reason::TruncatedLink)?;
    super::behind(rest, 4 + usize::from(first >> 6 & 0x1f) * 4, Layer::Ethernet)
}

/// The network service header (RFC 8300 2.2): its length in words, and what follows it.
pub(in super::super) fn nsh(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, len, _, next] = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)?;
    let left = (usize::from(len & 0x3f) * 4).checked_sub(4).ok_or(Reason::NotIp)?;
    rest.take(left).ok_or(Reason::TruncatedLink)?;
    match next {
        1 => Ok(Layer::Ipv4),
        2 => Ok(Layer::Ipv6),
        3 => Ok(Layer::Ethernet),
        4 => Ok(Layer::EtherType(0x894f)),
        5 => Ok(Layer::Mpls),
        _ => Err(Reason::NotIp),
    }
}
