//! Generic routing encapsulation (RFC 2784, RFC 2890, RFC 1701), PPTP's version of it (RFC 2637), and ERSPAN within.

use super::super::rest::Rest;
use super::super::{Layer, Reason};

const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
/// PPTP's acknowledgment number.
const ACKNOWLEDGMENT: u16 = 0x0080;

pub(super) fn gre(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [f0, f1, t0, t1] = *rest.take_array::<4>().ok_or(Reason::TruncatedTunnel)?;
    let (flags, kind) = (u16::from_be_bytes([f0, f1]), u16::from_be_bytes([t0, t1]));
    let has = |bits: u16| flags & bits != 0;
    let fields = usize::from(has(CHECKSUM | ROUTING))
        + usize::from(has(KEY))
        + usize::from(has(SEQUENCE))
        + usize::from(has(ACKNOWLEDGMENT));
    rest.take(fields * 4).ok_or(Reason::TruncatedTunnel)?;
    if has(ROUTING) {
        routes(rest)?;
    }
    match kind {
        // Only with a sequence number has ERSPAN a header of its own: without, it is type I, or old type II.
        0x88be if !has(SEQUENCE) => Ok(Layer::Ethernet),
        0x88be => erspan_ii(rest),
        0x22eb => erspan_iii(rest),
        // WCCP: a redirect header stands before the packet in its second version.
        0x883e if rest.bytes.first().is_some_and(|octet| octet >> 4 == 4) => Ok(Layer::Ipv4),
        0x883e => rest.take(4).map(|_| Layer::Ipv4).ok_or(Reason::TruncatedTunnel),
        0x6559 => Ok(Layer::FrameRelay),
        // CDMA2000's PPP comes in HDLC-like framing with escapes, cut anywhere.
        0x8881 => Err(Reason::LinkFragment),
        // Aruba's tunnels carry 802.11.
        0x8200..=0x8370 if kind & 0x0f == 0 => Ok(Layer::Wireless { padded: false }),
        kind => Ok(Layer::EtherType(kind)),
    }
}

/// Source routes (RFC 1701): address family, offset, length and as many octets, until one of family and length 0.
fn routes(rest: &mut Rest<'_>) -> Result<(), Reason> {
    loop {
        let _route = match *rest.take_array::<4>().ok_or(Reason::TruncatedTunnel)? {
            [0, 0, _, 0] => return Ok(()),
            [_, _, _, len] => rest.take(len.into()).ok_or(Reason::TruncatedTunnel)?,
        };
    }
}

/// ERSPAN type II: version, VLAN, session; index.
fn erspan_ii(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    rest.take(8).map(|_| Layer::Ethernet).ok_or(Reason::TruncatedTunnel)
}

/// ERSPAN type III: as type II, then a timestamp, a security tag, the frame's type, and 8 octets more where the last bit says so.
fn erspan_iii(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [.., kind, last] = *rest.take_array::<12>().ok_or(Reason::TruncatedTunnel)?;
    if last & 1 != 0 {
        rest.take(8).ok_or(Reason::TruncatedTunnel)?;
    }
    match kind >> 2 & 0x1f {
        0 => Ok(Layer::Ethernet),
        2 => Ok(Layer::Ip),
        _ => Err(Reason::NotIp),
    }
}
