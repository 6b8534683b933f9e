//! MPLS (RFC 3032): nothing says what is under the labels, so the first octets are asked.

use super::super::rest::Rest;
use super::super::{Layer, Reason};
use super::guess_ethernet;

/// Takes the whole stack of labels off.
pub(in super::super) fn mpls(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    const BOTTOM: u8 = 0x01;
    let [l0, l1, l2] = loop {
        let [l0, l1, l2, _] = *rest.take_array::<4>().ok_or(Reason::TruncatedLink)?;
        if l2 & BOTTOM != 0 {
            break [l0, l1, l2 & 0xf0];
        }
    };
    match (u32::from_be_bytes([0, l0, l1, l2]) >> 4, rest.bytes.first().map(|octet| octet >> 4)) {
        // The explicit null labels.
        (0, _) => Ok(Layer::Ipv4),
        (2, _) => Ok(Layer::Ipv6),
        (_, Some(4)) => Ok(Layer::Ipv4),
        (_, Some(6)) => Ok(Layer::Ipv6),
        // An associated channel (RFC 4385 5).
        (_, Some(1)) => guess_ethernet(rest, &[0]).ok_or(Reason::NotIp),
        // A pseudowire (RFC 4448): Ethernet, perhaps behind a control word, which begins with four zero bits.
        (_, Some(0)) => guess_ethernet(rest, &[0, 4]).ok_or(Reason::NotIp),
        (_, Some(_)) => Ok(Layer::Ethernet),
        (_, None) => Err(Reason::TruncatedIp),
    }
}
