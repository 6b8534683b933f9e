//! IPv4, IPv6 and their extension headers, up to what they carry.

use super::fragment::Piece;
use super::rest::Rest;
use super::{Layer, Reason};
use etherparse::err::{ipv4, ipv6};
use etherparse::{
    IpAuthHeaderSlice, IpNumber, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice, Ipv6RawExtHeaderSlice,
};
use std::net::IpAddr;

/// What the network layer says of the segment in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Network {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) ttl: u8,
    pub(super) ecn: u8,
    pub(super) id: u16,
    /// A routing header still has stops to make: the TCP checksum is for another destination (RFC 8200 8.1).
    pub(super) en_route: bool,
}

impl Network {
    #[inline]
    fn of(header: &Ipv4HeaderSlice<'_>) -> Network {
        Network {
            src: header.source_addr().into(),
            dst: header.destination_addr().into(),
            ttl: header.ttl(),
            ecn: header.ecn().value(),
            id: header.identification(),
            en_route: false,
        }
    }
}

/// Which IP it is, where the link layer does not say.
pub(super) fn version(rest: &Rest<'_>) -> Result<Layer, Reason> {
    match rest.bytes.first().map(|octet| octet >> 4) {
        Some(4) => Ok(Layer::Ipv4),
        Some(6) => Ok(Layer::Ipv6),
        Some(_) => Err(Reason::NotIp),
        None => Err(Reason::TruncatedIp),
    }
}

#[inline]
pub(super) fn v4(rest: &mut Rest<'_>, network: &mut Option<Network>) -> Result<Layer, Reason> {
    let header = match Ipv4HeaderSlice::from_slice(rest.bytes) {
        Ok(header) => header,
        Err(ipv4::HeaderSliceError::Len(_)) => return Err(Reason::TruncatedIp),
        // Some tunnels and systems have but one number for both versions.
        Err(_) if rest.bytes.first().is_some_and(|octet| octet >> 4 == 6) => return Ok(Layer::Ipv6),
        Err(_) => return Err(Reason::MalformedIp),
    };
    let header_len = header.slice().len();
    rest.take(header_len);
    match usize::from(header.total_len()) {
        // The network card was to cut this into packets and to fill in their lengths (TSO): it goes up to the frame's end.
        0 => rest.limit(rest.len()),
        total => {
            let len = total.checked_sub(header_len).ok_or(Reason::MalformedIp)?;
            rest.limit(len as u32);
        }
    }
    let protocol = header.protocol().0;
    *network = Some(Network::of(&header));
    if header.is_fragmenting_payload() {
        return Ok(Layer::Fragment(Piece {
            id: header.identification().into(),
            offset: u32::from(header.fragments_offset().value()) * 8,
            more: header.more_fragments(),
            protocol,
        }));
    }
    Ok(Layer::Protocol(protocol))
}

/// An IPv4 header in an ICMP error: its total length is not trusted, as some systems change it, and the rest is cut anyway.
pub(super) fn quoted_v4(rest: &mut Rest<'_>, network: &mut Option<Network>) -> Result<Layer, Reason> {
    let header = Ipv4HeaderSlice::from_slice(rest.bytes).map_err(|_| Reason::IcmpQuote)?;
    rest.take(header.slice().len());
    if header.fragments_offset().value() > 0 {
        return Err(Reason::IcmpQuote);
    }
    *network = Some(Network::of(&header));
    Ok(Layer::Protocol(header.protocol().0))
}

pub(super) fn v6(rest: &mut Rest<'_>, network: &mut Option<Network>) -> Result<Layer, Reason> {
    let header = Ipv6HeaderSlice::from_slice(rest.bytes).map_err(|error| match error {
        ipv6::HeaderSliceError::Len(_) => Reason::TruncatedIp,
        ipv6::HeaderSliceError::Content(_) => Reason::MalformedIp,
    })?;
    rest.take(header.slice().len());
    let len = match u32::from(header.payload_length()) {
        // A jumbogram (RFC 2675) or a super-segment that Linux calls one: the hop-by-hop option says, else the frame.
        0 => jumbo_len(header.next_header(), rest).unwrap_or(rest.len()),
        len => len,
    };
    rest.limit(len);
    *network = Some(Network {
        src: header.source_addr().into(),
        dst: header.destination_addr().into(),
        ttl: header.hop_limit(),
        ecn: header.ecn().value(),
        id: 0,
        en_route: false,
    });
    Ok(Layer::Protocol(header.next_header().0))
}

/// The Jumbo Payload option, which stands first among the hop-by-hop options where it is used.
fn jumbo_len(next: IpNumber, rest: &Rest<'_>) -> Option<u32> {
    match (next, rest.bytes) {
        (IpNumber::IPV6_HEADER_HOP_BY_HOP, [_, _, 0xc2, 4, a, b, c, d, ..]) => {
            Some(u32::from_be_bytes([*a, *b, *c, *d]))
        }
        _ => None,
    }
}

/// A header between IP and what it carries (RFC 8200 4, RFC 4302, RFC 6275); `None` for anything else.
pub(super) fn extension(
    protocol: u8,
    rest: &mut Rest<'_>,
    network: &mut Option<Network>,
) -> Result<Option<Layer>, Reason> {
    let network = network.as_mut().ok_or(Reason::NotIp)?;
    match IpNumber(protocol) {
        IpNumber::AUTHENTICATION_HEADER => {
            let header = IpAuthHeaderSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedIp)?;
            rest.take(header.slice().len());
            Ok(Some(Layer::Protocol(header.next_header().0)))
        }
        IpNumber::IPV6_FRAGMENTATION_HEADER if network.src.is_ipv6() => {
            let header = Ipv6FragmentHeaderSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedIp)?;
            let protocol = header.next_header().0;
            rest.take(header.slice().len());
            // An atomic fragment is whole (RFC 6946).
            if !header.is_fragmenting_payload() {
                return Ok(Some(Layer::Protocol(protocol)));
            }
            let offset = u32::from(header.fragment_offset().value()) * 8;
            let (id, more) = (header.identification(), header.more_fragments());
            Ok(Some(Layer::Fragment(Piece { id, offset, more, protocol })))
        }
        number if network.src.is_ipv6() && Ipv6RawExtHeaderSlice::header_type_supported(number) => {
            let header = Ipv6RawExtHeaderSlice::from_slice(rest.bytes).map_err(|_| Reason::TruncatedIp)?;
            if number == IpNumber::IPV6_ROUTE_HEADER {
                // Routing type, then segments left.
                network.en_route |= matches!(header.payload(), [_, left, ..] if *left > 0);
            }
            rest.take(header.slice().len());
            Ok(Some(Layer::Protocol(header.next_header().0)))
        }
        _ => Ok(None),
    }
}
