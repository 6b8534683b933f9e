//! Point-to-point links: PPP, Cisco HDLC, frame relay.

use super::super::rest::Rest;
use super::super::{Layer, Reason};
use super::ethernet;

/// PPP (RFC 1661 2): address and control may be left out, and the protocol's first octet when it is 0.
pub(in super::super) fn ppp(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match rest.bytes {
        [0xff, 0x03, ..] => rest.bytes = rest.bytes.get(2..).unwrap_or_default(),
        // PPP in HDLC-like framing and Cisco HDLC share a link type.
        [0x0f | 0x8f, 0x00, ..] => return Ok(Layer::CiscoHdlc),
        _ => {}
    }
    let protocol = match rest.bytes {
        [odd, ..] if odd & 1 == 1 => rest.take(1).map(|_| u16::from(*odd)),
        _ => rest.take_u16(),
    };
    match protocol.ok_or(Reason::TruncatedLink)? {
        0x0021 => Ok(Layer::Ipv4),
        0x0057 => Ok(Layer::Ipv6),
        0x0281 | 0x0283 => Ok(Layer::Mpls),
        // Van Jacobson's, RFC 2507's and ROHC's compressed headers, and compressed packets.
        0x002d
        | 0x002f
        | 0x0003
        | 0x0005
        | 0x0061
        | 0x0063
        | 0x0065
        | 0x0067
        | 0x0069
        | 0x00fb
        | 0x00fd
        | 0x2061..=0x2069 => Err(Reason::Compressed),
        // Multilink.
        0x003d | 0x0041 => Err(Reason::LinkFragment),
        0x0053 | 0x0055 => Err(Reason::Encrypted),
        _ => Err(Reason::NotIp),
    }
}

/// Cisco HDLC: address, control, EtherType.
pub(in super::super) fn cisco_hdlc(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, t0, t1] = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)?;
    Ok(Layer::EtherType(u16::from_be_bytes([t0, t1])))
}

/// Frame relay: the Q.922 address, then a protocol as RFC 2427 says it, or an EtherType as Cisco does.
pub(in super::super) fn frame_relay(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    // The last octet of the address has its lowest bit set; it has two to four.
    let last = rest.bytes.iter().take(4).position(|octet| octet & 1 == 1).ok_or(Reason::NotIp)?;
    rest.take(last + 1);
    match rest.bytes {
        [0x03, 0x00, ..] => {
            rest.take(2);
            ethernet::nlpid(rest)
        }
        [0x03, ..] => {
            rest.take(1);
            ethernet::nlpid(rest)
        }
        _ => rest.take_u16().map(Layer::EtherType).ok_or(Reason::TruncatedLink),
    }
}
