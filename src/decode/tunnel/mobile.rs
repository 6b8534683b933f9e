//! IP over UDP: GTP-U of mobile networks (3GPP TS 29.281, GTPv0 in TS 09.60), Teredo (RFC 4380), LISP (RFC 9300), AYIYA.

use super::super::rest::Rest;
use super::super::{Layer, Reason};

/// The message that carries a user's packet.
const G_PDU: u8 = 255;

/// GTP-U version 1: flags, message type, length, tunnel; then sequence, N-PDU and next extension when any flag says so.
pub(super) fn gtp(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    const EXTENSION: u8 = 0x04;
    const ANY_FIELD: u8 = 0x07;
    let [flags, kind, ..] = *rest.take_array::<8>().ok_or(Reason::TruncatedTunnel)?;
    // Version 1, and not the charging protocol.
    if flags >> 4 != 0b0011 || kind != G_PDU {
        return Err(Reason::NotTcp);
    }
    if flags & ANY_FIELD != 0 {
        let [_, _, _, next] = *rest.take_array::<4>().ok_or(Reason::TruncatedTunnel)?;
        let mut more = flags & EXTENSION != 0 && next != 0;
        while more {
            // An extension is as many words as its first octet says; its last octet names the next one.
            let words = *rest.bytes.first().ok_or(Reason::TruncatedTunnel)?;
            let extension = rest.take(usize::from(words) * 4).ok_or(Reason::TruncatedTunnel)?;
            more = *extension.last().ok_or(Reason::NotTcp)? != 0;
        }
    }
    user_packet(rest)
}

/// GTP version 0: flags, message type, length, sequence, flow, N-PDU, spare (3), tunnel (8).
pub(super) fn gtp_v0(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match *rest.take_array::<20>().ok_or(Reason::TruncatedTunnel)? {
        [flags, G_PDU, ..] if flags >> 5 == 0 => user_packet(rest),
        _ => Err(Reason::NotTcp),
    }
}

/// Whether a session carries IP, PPP or Ethernet, only its control messages say.
fn user_packet(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    match rest.bytes {
        [first, ..] if matches!(first >> 4, 4 | 6) => Ok(Layer::Ip),
        [0xff, 0x03, ..] => Ok(Layer::Ppp),
        _ => super::guess_ethernet(rest, &[0]).ok_or(Reason::NotTcp),
    }
}

/// Teredo: authentication and origin may stand before the IPv6 packet.
pub(super) fn teredo(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    loop {
        match *rest.bytes {
            // Two lengths, what they count, a nonce of 8 octets, a confirmation.
            [0, 1, id, value, ..] => {
                rest.take(4 + usize::from(id) + usize::from(value) + 9).ok_or(Reason::TruncatedTunnel)?;
            }
            [0, 0, ..] => {
                rest.take(8).ok_or(Reason::TruncatedTunnel)?;
            }
            [first, ..] if first >> 4 == 6 => return Ok(Layer::Ipv6),
            _ => return Err(Reason::NotTcp),
        }
    }
}

/// LISP's data: flags and nonce, instance and locator bits.
pub(super) fn lisp(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    rest.take(8).ok_or(Reason::TruncatedTunnel)?;
    user_packet(rest)
}

/// AYIYA of the IPv6 tunnel brokers: length and kind of the identity, length and kind of the signature, what to do, what
/// follows; time, identity, signature.
pub(super) fn ayiya(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    const FORWARD: u8 = 1;
    let [identity, signature, code, next, ..] = *rest.take_array::<8>().ok_or(Reason::TruncatedTunnel)?;
    let words = usize::from(signature >> 4) * 4;
    rest.take((1 << (identity >> 4)) + words).ok_or(Reason::TruncatedTunnel)?;
    match code & 0x0f {
        FORWARD => Ok(Layer::Protocol(next)),
        _ => Err(Reason::NotTcp),
    }
}
