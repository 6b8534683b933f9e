//! Link layers: what a frame begins with, by its link type, and what an EtherType leads to.

use super::rest::Rest;
use super::{Layer, Reason};
use crate::source::LinkType;
use etherparse::{Ethernet2HeaderSlice, SingleVlanSlice};

/// EtherTypes (IEEE).
mod ether {
    pub(super) const IPV4: u16 = 0x0800;
    pub(super) const IPV6: u16 = 0x86dd;
    pub(super) const VLAN: u16 = 0x8100;
    pub(super) const SERVICE_VLAN: u16 = 0x88a8;
    /// Double tagging before 802.1ad named its own.
    pub(super) const OLD_SERVICE_VLAN: [u16; 3] = [0x9100, 0x9200, 0x9300];
    /// Below this the field is an 802.3 length, and LLC follows.
    pub(super) const LEAST: u16 = 0x0600;
}

/// The first layer of a frame of this link type (the-tcpdump-group's LINKTYPE registry).
#[inline]
pub(super) fn outermost(link: LinkType, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match link {
        LinkType::ETHERNET => Ok(Layer::Ethernet),
        LinkType::NULL | LinkType::LOOP => loopback(rest),
        LinkType::LINUX_SLL => cooked(rest),
        LinkType::LINUX_SLL2 => cooked_v2(rest),
        // 12 and 14 are DLT_RAW of various systems, which some files carry unmapped.
        LinkType::RAW | LinkType(12 | 14) => Ok(Layer::Ip),
        LinkType::IPV4 => Ok(Layer::Ipv4),
        LinkType::IPV6 => Ok(Layer::Ipv6),
        _ => Err(Reason::UnsupportedLinkType),
    }
}

#[inline]
pub(super) fn ethernet(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let header = Ethernet2HeaderSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedLink)?;
    let ether_type = header.ether_type().0;
    rest.take(header.slice().len());
    Ok(if ether_type < ether::LEAST { Layer::Llc } else { Layer::EtherType(ether_type) })
}

#[inline]
pub(super) fn ether_type(ether_type: u16, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match ether_type {
        ether::IPV4 => Ok(Layer::Ipv4),
        ether::IPV6 => Ok(Layer::Ipv6),
        ether::VLAN | ether::SERVICE_VLAN => vlan(rest),
        tag if ether::OLD_SERVICE_VLAN.contains(&tag) => vlan(rest),
        _ => Err(Reason::NotIp),
    }
}

/// An 802.1Q or 802.1ad tag. Tags may stand in any number; the innermost id is kept.
fn vlan(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let tag = SingleVlanSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedLink)?;
    rest.vlan = tag.vlan_identifier().value();
    let ether_type = tag.ether_type().0;
    rest.take(tag.header_slice().len());
    Ok(if ether_type < ether::LEAST { Layer::Llc } else { Layer::EtherType(ether_type) })
}

/// LLC: with SNAP and no organisation's code an EtherType follows; 6 is IP itself.
pub(super) fn llc(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match rest.take_array::<3>().ok_or(Reason::TruncatedLink)? {
        [0xaa, 0xaa, 3] => match rest.take_array::<5>().ok_or(Reason::TruncatedLink)? {
            [0, 0, 0, t0, t1] => Ok(Layer::EtherType(u16::from_be_bytes([*t0, *t1]))),
            _ => Err(Reason::NotIp),
        },
        [6, 6, 3] => Ok(Layer::Ipv4),
        _ => Err(Reason::NotIp),
    }
}

/// BSD NULL holds the address family in the byte order of the machine that captured, LOOP in network order. AF_INET6
/// differs between systems.
fn loopback(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let family = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)?;
    // A family is a small number, so only one of the two orders gives a known one.
    match (u32::from_be_bytes(family), u32::from_le_bytes(family)) {
        (2, _) | (_, 2) => Ok(Layer::Ipv4),
        (10 | 24 | 28 | 30, _) | (_, 10 | 24 | 28 | 30) => Ok(Layer::Ipv6),
        _ => Err(Reason::NotIp),
    }
}

/// Linux cooked: packet type, ARPHRD type, address length and address (8), protocol.
fn cooked(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, h0, h1, .., p0, p1] = rest.take_array::<16>().ok_or(Reason::TruncatedLink)?;
    cooked_protocol(u16::from_be_bytes([*h0, *h1]), u16::from_be_bytes([*p0, *p1]))
}

/// Linux cooked version 2: protocol, two reserved, interface index (4), ARPHRD type, packet type, address length, address (8).
fn cooked_v2(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [p0, p1, _, _, _, _, _, _, h0, h1, ..] = rest.take_array::<20>().ok_or(Reason::TruncatedLink)?;
    cooked_protocol(u16::from_be_bytes([*h0, *h1]), u16::from_be_bytes([*p0, *p1]))
}

/// The protocol field is an EtherType for most hardware; Linux uses small numbers for frames that have none.
fn cooked_protocol(hardware: u16, protocol: u16) -> Result<Layer, Reason> {
    const ARPHRD_NETLINK: u16 = 824;
    const ETH_P_802_2: u16 = 4;
    match (hardware, protocol) {
        (ARPHRD_NETLINK, _) => Err(Reason::NotIp),
        (_, ETH_P_802_2) => Ok(Layer::Llc),
        (_, protocol) => Ok(Layer::EtherType(protocol)),
    }
}
