//! The straight way of nearly every packet of nearly every capture: Ethernet, IP without options, extensions or fragments,
//! TCP. It gives what the general way gives, without asking after each header what comes next.

use super::TCP;
use super::ip::Network;
use super::rest::Rest;
use crate::source::{Frame, LinkType};
use std::net::IpAddr;

/// A frame that the straight way may lead through.
pub(super) enum Straight<'a> {
    V4(Rest<'a>),
    V6(Rest<'a>),
}

/// The IP packet in a frame; `None` leaves the frame to the general way.
#[inline(always)]
pub(super) fn packet<'a>(frame: &Frame<'a>) -> Option<Straight<'a>> {
    if frame.link != LinkType::ETHERNET {
        return None;
    }
    let mut rest = Rest::of(frame);
    let [to, _, _, _, _, _, _, _, _, _, _, _, t0, t1] = rest.take_array::<14>()?;
    // To a group of receivers: no TCP, but perhaps a tunnel's frame (Cisco ISL).
    if to & 1 != 0 {
        return None;
    }
    match [*t0, *t1] {
        [0x08, 0x00] => Some(Straight::V4(rest)),
        [0x86, 0xdd] => Some(Straight::V6(rest)),
        _ => None,
    }
}

/// The segment's octets and the IP header round it.
#[inline(always)] // Or the addresses pass through memory, octet by octet.
pub(super) fn v4(mut rest: Rest<'_>) -> Option<(Network, Rest<'_>)> {
    let [version, tos, l0, l1, i0, i1, f0, f1, ttl, protocol, _, _] = rest.take_array::<12>()?;
    // Five words of header; no more fragments, and offset 0.
    if *version != 0x45 || *protocol != TCP || f0 & 0x3f | f1 != 0 {
        return None;
    }
    let (src, dst) = (rest.take_array::<4>()?, rest.take_array::<4>()?);
    rest.limit(u32::from(u16::from_be_bytes([*l0, *l1])).checked_sub(20)?);
    let network = Network {
        src: IpAddr::from(*src),
        dst: IpAddr::from(*dst),
        ttl: *ttl,
        ecn: tos & 3,
        id: u16::from_be_bytes([*i0, *i1]),
        en_route: false,
    };
    Some((network, rest))
}

/// The segment's octets and the IP header round it.
#[inline(always)] // Or the addresses pass through memory, octet by octet.
pub(super) fn v6(mut rest: Rest<'_>) -> Option<(Network, Rest<'_>)> {
    let [v0, v1, _, _, l0, l1, next, hops] = rest.take_array::<8>()?;
    let len = u16::from_be_bytes([*l0, *l1]);
    if v0 >> 4 != 6 || *next != TCP || len == 0 {
        return None;
    }
    let (src, dst) = (rest.take_array::<16>()?, rest.take_array::<16>()?);
    rest.limit(len.into());
    let network = Network {
        src: IpAddr::from(*src),
        dst: IpAddr::from(*dst),
        ttl: *hops,
        // The traffic class lies across two octets, its last two bits in the second.
        ecn: v1 >> 4 & 3,
        id: 0,
        en_route: false,
    };
    Some((network, rest))
}
