//! ICMP and ICMPv6 errors that quote a segment (RFC 792, RFC 1812 5.2.7, RFC 4443).

use super::ip::{self, Network};
use super::rest::Rest;
use super::{Decoded, Layer, Reason, TCP, tcp};
use crate::source::Frame;
use crate::tcp::{IcmpError, IcmpReason, SeqNumber};
use std::net::SocketAddr;

/// IP protocol numbers of both versions of ICMP.
pub(super) const V4: u8 = 1;
pub(super) const V6: u8 = 58;

/// Extension headers before the quoted TCP header, at most.
const MAX_EXTENSIONS: usize = 8;

/// The error in `rest`, which holds the message as IP delimits it. Quoted headers are short, often cut, and often changed
/// on the way, so nothing of them is judged but the addresses, the ports and the sequence number.
#[cold]
pub(super) fn error<'a>(frame: &Frame<'a>, network: &Network, mut rest: Rest<'_>) -> Decoded<'a> {
    let Some([kind, code, _, _, value @ ..]) = rest.take_array::<8>() else {
        return Decoded::Skipped(Reason::NotTcp);
    };
    let value = u32::from_be_bytes(*value);
    let reason = match network.src.is_ipv4() {
        true => reason_v4(*kind, *code, value),
        false => reason_v6(*kind, *code, value),
    };
    let Some(reason) = reason else { return Decoded::Skipped(Reason::NotTcp) };
    match quoted(&mut rest) {
        Ok((src, dst, seq)) => {
            let (reporter, vlan) = (network.src, rest.vlan);
            let quoted = seq.and_then(|_| tcp::quoted_header(&rest));
            let (frame, time) = (frame.number, frame.time);
            Decoded::Icmp(IcmpError { frame, time, reporter, reason, src, dst, seq, vlan, quoted })
        }
        Err(reason) => Decoded::Skipped(reason),
    }
}

/// `None` for messages that are no errors; redirects quote too, but say nothing of the segment.
fn reason_v4(kind: u8, code: u8, value: u32) -> Option<IcmpReason> {
    Some(match (kind, code) {
        (3, 0 | 6 | 11) => IcmpReason::NetUnreachable,
        (3, 1 | 7 | 8 | 12) => IcmpReason::HostUnreachable,
        (3, 2) => IcmpReason::ProtocolUnreachable,
        (3, 3) => IcmpReason::PortUnreachable,
        // The next hop's MTU stands in the lower half (RFC 1191 4).
        (3, 4) => IcmpReason::TooBig { mtu: value & 0xffff },
        (3, 9 | 10 | 13) => IcmpReason::Prohibited,
        (11, 0) => IcmpReason::TimeExceeded,
        (3 | 4 | 11 | 12, _) => IcmpReason::Other { kind, code },
        _ => return None,
    })
}

/// Errors are the types below 128 (RFC 4443 2.1).
fn reason_v6(kind: u8, code: u8, value: u32) -> Option<IcmpReason> {
    Some(match (kind, code) {
        (1, 0) => IcmpReason::NetUnreachable,
        (1, 3) => IcmpReason::HostUnreachable,
        (1, 4) => IcmpReason::PortUnreachable,
        // 5 and 6, a failed policy and a reject route, are kinds of 1 (RFC 4443 3.1).
        (1, 1 | 5 | 6) => IcmpReason::Prohibited,
        (2, _) => IcmpReason::TooBig { mtu: value },
        (3, 0) => IcmpReason::TimeExceeded,
        (1..=127, _) => IcmpReason::Other { kind, code },
        _ => return None,
    })
}

type Quoted = (SocketAddr, SocketAddr, Option<SeqNumber>);

/// The segment behind the quoted IP header: its ports at least. A quoted fragment that is not the first holds no ports, a
/// quoted tunnel is another's.
fn quoted(rest: &mut Rest<'_>) -> Result<Quoted, Reason> {
    let mut network = None;
    let mut layer = ip::version(rest).map_err(|_| Reason::IcmpQuote)?;
    for _ in 0..MAX_EXTENSIONS {
        layer = match layer {
            Layer::Ipv4 => ip::quoted_v4(rest, &mut network)?,
            Layer::Ipv6 => ip::v6(rest, &mut network).map_err(|_| Reason::IcmpQuote)?,
            Layer::Protocol(TCP) => break,
            Layer::Fragment(piece) if piece.offset == 0 => Layer::Protocol(piece.protocol),
            Layer::Protocol(protocol) => match ip::extension(protocol, rest, &mut network) {
                Ok(Some(layer)) => layer,
                Ok(None) => return Err(Reason::NotTcp),
                Err(_) => return Err(Reason::IcmpQuote),
            },
            _ => return Err(Reason::IcmpQuote),
        };
    }
    match (layer, network, rest.take_array::<4>()) {
        (Layer::Protocol(TCP), Some(network), Some([s0, s1, d0, d1])) => {
            let src = SocketAddr::new(network.src, u16::from_be_bytes([*s0, *s1]));
            let dst = SocketAddr::new(network.dst, u16::from_be_bytes([*d0, *d1]));
            let seq = rest.take_array().map(|seq| SeqNumber(u32::from_be_bytes(*seq)));
            Ok((src, dst, seq))
        }
        _ => Err(Reason::IcmpQuote),
    }
}
