//! Ethernet and PPP over UDP or IP: VXLAN (RFC 7348), Geneve (RFC 8926), L2TP (RFC 2661, RFC 3931).

use super::super::rest::Rest;
use super::super::{Layer, Reason};
use super::guess_ethernet;

/// VXLAN: flags, reserved, network id, reserved.
pub(super) fn vxlan(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    rest.take(8).map(|_| Layer::Ethernet).ok_or(Reason::TruncatedTunnel)
}

/// VXLAN's generic protocol extension: the octet before the network id says what follows.
pub(super) fn vxlan_gpe(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match *rest.take_array::<8>().ok_or(Reason::TruncatedTunnel)? {
        [_, _, _, 1, ..] => Ok(Layer::Ipv4),
        [_, _, _, 2, ..] => Ok(Layer::Ipv6),
        [_, _, _, 3, ..] => Ok(Layer::Ethernet),
        [_, _, _, 4, ..] => Ok(Layer::EtherType(0x894f)),
        [_, _, _, 5, ..] => Ok(Layer::Mpls),
        _ => Err(Reason::NotIp),
    }
}

/// Geneve: version and length of the options in words, flags, EtherType, network id.
pub(super) fn geneve(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [first, _, t0, t1, ..] = *rest.take_array::<8>().ok_or(Reason::TruncatedTunnel)?;
    rest.take(usize::from(first & 0x3f) * 4).ok_or(Reason::TruncatedTunnel)?;
    Ok(Layer::EtherType(u16::from_be_bytes([t0, t1])))
}

/// L2TP over UDP: version 2 carries PPP; version 3 has a session id of 4 octets.
pub(super) fn l2tp_over_udp(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    const CONTROL: u16 = 0x8000;
    const LENGTH: u16 = 0x4000;
    const SEQUENCE: u16 = 0x0800;
    const OFFSET: u16 = 0x0200;
    let flags = rest.take_u16().ok_or(Reason::TruncatedTunnel)?;
    match flags & 0x000f {
        _ if flags & CONTROL != 0 => Err(Reason::NotTcp),
        2 => {
            let length = if flags & LENGTH != 0 { 2 } else { 0 };
            let sequence = if flags & SEQUENCE != 0 { 4 } else { 0 };
            rest.take(length + 4 + sequence).ok_or(Reason::TruncatedTunnel)?;
            if flags & OFFSET != 0 {
                let offset = rest.take_u16().ok_or(Reason::TruncatedTunnel)?;
                rest.take(offset.into()).ok_or(Reason::TruncatedTunnel)?;
            }
            Ok(Layer::Ppp)
        }
        3 => {
            rest.take(2 + 4).ok_or(Reason::TruncatedTunnel)?;
            l2tp_v3(rest)
        }
        _ => Err(Reason::NotTcp),
    }
}

/// L2TP version 3 over IP: a session id, 0 for control messages.
pub(super) fn l2tp_over_ip(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match *rest.take_array::<4>().ok_or(Reason::TruncatedTunnel)? {
        [0, 0, 0, 0] => Err(Reason::NotTcp),
        _ => l2tp_v3(rest),
    }
}

/// How long the cookie is (0, 4 or 8 octets), whether a sublayer of 4 octets follows it, and what is carried, only the
/// session's control messages say: so what is there is looked at.
fn l2tp_v3(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    guess_ethernet(rest, &[0, 4, 8, 12]).ok_or(Reason::NotTcp)
}
