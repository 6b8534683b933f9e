//! Tunnels in IP: which protocol number or UDP port leads to another packet, and where that one begins.

mod gre;
mod mobile;
mod mpls;
mod overlay;

pub(super) use mpls::mpls;

use super::datagram;
use super::rest::Rest;
use super::{Layer, Reason};

/// IP protocol numbers (IANA) behind which another packet may stand.
pub(super) mod protocol {
    pub(crate) const IPV4: u8 = 4;
    pub(crate) const UDP: u8 = 17;
    pub(crate) const IPV6: u8 = 41;
    pub(crate) const GRE: u8 = 47;
    pub(crate) const ESP: u8 = 50;
    pub(crate) const ETHER_IP: u8 = 97;
    pub(crate) const L2TP: u8 = 115;
    pub(crate) const MPLS: u8 = 137;
    pub(crate) const ETHERNET: u8 = 143;
}

/// What stands behind IP when it is another packet; its VLANs are its own.
pub(super) fn tunnel(number: u8, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    rest.vlan = 0;
    match number {
        protocol::IPV4 => Ok(Layer::Ipv4),
        protocol::IPV6 => Ok(Layer::Ipv6),
        protocol::GRE => gre::gre(rest),
        protocol::UDP => udp(rest),
        // EtherIP (RFC 3378): version and reserved.
        protocol::ETHER_IP => rest.take(2).map(|_| Layer::Ethernet).ok_or(Reason::TruncatedTunnel),
        protocol::ETHERNET => Ok(Layer::Ethernet),
        protocol::MPLS => Ok(Layer::Mpls),
        protocol::L2TP => overlay::l2tp_over_ip(rest),
        protocol::ESP => Err(Reason::Encrypted),
        _ => Err(Reason::NotTcp),
    }
}

/// The tunnels in UDP, by well-known port. The lower port is asked first, as Wireshark does: a client may have drawn a
/// tunnel's number as its own port. A reserved port (below 1024) belongs to something else.
fn udp(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [s0, s1, d0, d1, l0, l1, _, _] = *rest.take_array::<8>().ok_or(Reason::NotTcp)?;
    let (src, dst) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
    if let Some(len) = u16::from_be_bytes([l0, l1]).checked_sub(8) {
        rest.limit(len.into());
    }
    let found = match port(src.min(dst), rest) {
        None if src.min(dst) >= 1024 => port(src.max(dst), rest),
        found => found,
    };
    let names = datagram::PORTS.iter().any(|port| [src, dst].contains(port));
    found.unwrap_or(if names { Ok(Layer::Names([src, dst])) } else { Err(Reason::NotTcp) })
}

/// The tunnel at a port (IANA; 8472 is what Linux used for VXLAN before it had a number).
fn port(number: u16, rest: &mut Rest<'_>) -> Option<Result<Layer, Reason>> {
    Some(match number {
        4789 | 8472 => overlay::vxlan(rest),
        4790 => overlay::vxlan_gpe(rest),
        6081 => overlay::geneve(rest),
        6635 => Ok(Layer::Mpls),
        4754 => gre::gre(rest),
        1701 => overlay::l2tp_over_udp(rest),
        2152 => mobile::gtp(rest),
        3386 => mobile::gtp_v0(rest),
        3544 => mobile::teredo(rest),
        4341 => mobile::lisp(rest),
        5072 => mobile::ayiya(rest),
        _ => return None,
    })
}

/// Whether an Ethernet header that leads to something known begins at this place: where no field says what follows, its
/// EtherType is the best proof there is.
fn looks_like_ethernet(bytes: &[u8], at: usize) -> bool {
    let type_of = |frame: &[u8]| frame.get(12..14)?.first_chunk::<2>().map(|field| u16::from_be_bytes(*field));
    let ether_type = bytes.get(at..).and_then(type_of);
    matches!(
        ether_type,
        Some(0x0800 | 0x0806 | 0x86dd | 0x8100 | 0x88a8 | 0x9100 | 0x8847 | 0x8848 | 0x8863 | 0x8864 | 0x88e7)
    ) || ether_type.is_some_and(|len| len <= 1500)
        && matches!(bytes.get(at + 14..), Some([0xaa, 0xaa, 3, ..] | [0x42, 0x42, 3, ..]))
}

/// An Ethernet frame at the first of these places where one seems to be.
fn guess_ethernet(rest: &mut Rest<'_>, places: &[usize]) -> Option<Layer> {
    let at = places.iter().find(|at| looks_like_ethernet(rest.bytes, **at))?;
    rest.take(*at).map(|_| Layer::Ethernet)
}
