//! Link layers: what a frame begins with, by its link type (the-tcpdump-group's LINKTYPE registry).

mod cooked;
mod ethernet;
mod serial;
mod shared;
mod wireless;

pub(super) use ethernet::{ether_type, ethernet, llc};
pub(super) use serial::{cisco_hdlc, frame_relay, ppp};
pub(super) use wireless::wireless;

use super::rest::Rest;
use super::{Layer, Reason};
use crate::source::LinkType;

/// The first layer of a frame of this link type.
pub(super) fn outermost(link: LinkType, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match link.0 {
        1 => Ok(Layer::Ethernet),
        // NULL and OpenBSD's LOOP.
        0 | 108 => cooked::loopback(rest),
        113 => cooked::cooked(rest),
        276 => cooked::cooked_v2(rest),
        // 12 and 14 are DLT_RAW of various systems, which some files carry unmapped.
        101 | 12 | 14 => Ok(Layer::Ip),
        228 => Ok(Layer::Ipv4),
        229 => Ok(Layer::Ipv6),
        109 => cooked::enc(rest),
        117 => cooked::pflog(rest),
        226 => cooked::ipnet(rest),
        239 => cooked::nflog(rest),
        // PPP, and PPP in HDLC-like framing, which may be Cisco's as well.
        9 | 50 => Ok(Layer::Ppp),
        // With one octet before it that tells the direction.
        204 => behind(rest, 1, Layer::Ppp),
        // pppd's: the direction stands in the place of PPP's address octet.
        166 => behind(rest, 2, Layer::Ppp),
        51 => Ok(Layer::EtherType(ethernet::PPPOE_SESSION)),
        104 => Ok(Layer::CiscoHdlc),
        205 => behind(rest, 1, Layer::CiscoHdlc),
        107 => Ok(Layer::FrameRelay),
        206 => behind(rest, 1, Layer::FrameRelay),
        8 => behind(rest, 16, Layer::Ip),
        105 => Ok(Layer::Wireless { padded: false }),
        119 => wireless::prism(rest),
        127 => wireless::radiotap(rest),
        163 => wireless::avs(rest),
        192 => wireless::ppi(rest),
        6 => shared::token_ring(rest),
        10 => shared::fddi(rest),
        100 => Ok(Layer::Llc),
        106 => shared::classical_ip(rest),
        122 => behind(rest, 16, Layer::Llc),
        123 => behind(rest, 4, Layer::Llc),
        138 => shared::firewire(rest),
        242 => shared::infiniband(rest),
        197 => shared::erf(rest),
        178 => shared::juniper(rest, 0, Layer::Ethernet),
        179 => shared::juniper(rest, 2, Layer::Ppp),
        180 => shared::juniper(rest, 0, Layer::FrameRelay),
        181 => shared::juniper(rest, 0, Layer::CiscoHdlc),
        219 => Ok(Layer::Mpls),
        240 => behind(rest, 4, Layer::Ethernet),
        // With the preamble on top of that.
        241 => behind(rest, 12, Layer::Ethernet),
        274 => behind(rest, 8, Layer::Ethernet),
        // PKTAP, and the number that Apple's tools wrote before it had one of its own.
        258 | 149 => shared::pktap(rest),
        _ => Err(Reason::UnsupportedLinkType),
    }
}

/// A header of a fixed length in which nothing matters.
fn behind(rest: &mut Rest<'_>, header: usize, next: Layer) -> Result<Layer, Reason> {
    rest.take(header).map(|_| next).ok_or(Reason::TruncatedLink)
}
