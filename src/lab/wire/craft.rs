//! A frame that no host sent, built by pnet.

use crate::lab::hosts::mac;
use crate::tcp::{Peer, SeqNumber};
use pnet::packet::ethernet::{EtherTypes, MutableEthernetPacket};
use pnet::packet::ip::IpNextHeaderProtocols;
use pnet::packet::ipv4::{self, Ipv4Flags, MutableIpv4Packet};
use pnet::packet::ipv6::MutableIpv6Packet;
use pnet::packet::tcp::{MutableTcpPacket, ipv4_checksum, ipv6_checksum};
use pnet::util::MacAddr;
use std::net::{IpAddr, SocketAddr};

const ETHERNET_HEADER: usize = MutableEthernetPacket::minimum_packet_size();
const IPV4_HEADER: usize = MutableIpv4Packet::minimum_packet_size();
const IPV6_HEADER: usize = MutableIpv6Packet::minimum_packet_size();
const TCP_HEADER: usize = MutableTcpPacket::minimum_packet_size();
/// As Linux sends (RFC 1700's default).
const TTL: u8 = 64;

/// A segment without options.
pub(super) struct Craft<'d> {
    /// Whose it seems to be.
    pub(super) from: Peer,
    pub(super) src: SocketAddr,
    pub(super) dst: SocketAddr,
    pub(super) seq: SeqNumber,
    pub(super) ack: SeqNumber,
    /// The eight control bits that pnet knows.
    pub(super) flags: u8,
    pub(super) window: u16,
    pub(super) data: &'d [u8],
}

impl Craft<'_> {
    /// The whole frame with right checksums; none, where the addresses are of two families or it gets too long.
    pub(super) fn frame(&self) -> Option<Vec<u8>> {
        let tcp_len = TCP_HEADER + self.data.len();
        let (ip_header, ether_type) = match self.dst {
            SocketAddr::V4(_) => (IPV4_HEADER, EtherTypes::Ipv4),
            SocketAddr::V6(_) => (IPV6_HEADER, EtherTypes::Ipv6),
        };
        let mut frame = vec![0; ETHERNET_HEADER + ip_header + tcp_len];
        let (link, packet) = frame.split_at_mut_checked(ETHERNET_HEADER)?;
        let mut link = MutableEthernetPacket::new(link)?;
        link.set_source(MacAddr::from(mac(self.from)));
        link.set_destination(MacAddr::from(mac(!self.from)));
        link.set_ethertype(ether_type);
        let (header, segment) = packet.split_at_mut_checked(ip_header)?;
        match (self.src.ip(), self.dst.ip()) {
            (IpAddr::V4(src), IpAddr::V4(dst)) => {
                let mut ip = MutableIpv4Packet::new(header)?;
                ip.set_version(4);
                ip.set_header_length((IPV4_HEADER / 4) as u8);
                ip.set_total_length(u16::try_from(IPV4_HEADER + tcp_len).ok()?);
                ip.set_flags(Ipv4Flags::DontFragment);
                ip.set_ttl(TTL);
                ip.set_next_level_protocol(IpNextHeaderProtocols::Tcp);
                ip.set_source(src);
                ip.set_destination(dst);
                ip.set_checksum(ipv4::checksum(&ip.to_immutable()));
                let mut tcp = self.segment(segment)?;
                tcp.set_checksum(ipv4_checksum(&tcp.to_immutable(), &src, &dst));
            }
            (IpAddr::V6(src), IpAddr::V6(dst)) => {
                let mut ip = MutableIpv6Packet::new(header)?;
                ip.set_version(6);
                ip.set_payload_length(u16::try_from(tcp_len).ok()?);
                ip.set_next_header(IpNextHeaderProtocols::Tcp);
                ip.set_hop_limit(TTL);
                ip.set_source(src);
                ip.set_destination(dst);
                let mut tcp = self.segment(segment)?;
                tcp.set_checksum(ipv6_checksum(&tcp.to_immutable(), &src, &dst));
            }
            _ => return None,
        }
        Some(frame)
    }

    /// All but the checksum.
    fn segment<'b>(&self, bytes: &'b mut [u8]) -> Option<MutableTcpPacket<'b>> {
        let mut tcp = MutableTcpPacket::new(bytes)?;
        tcp.set_source(self.src.port());
        tcp.set_destination(self.dst.port());
        tcp.set_sequence(self.seq.0);
        tcp.set_acknowledgement(self.ack.0);
        tcp.set_data_offset((TCP_HEADER / 4) as u8);
        tcp.set_flags(self.flags);
        tcp.set_window(self.window);
        tcp.set_payload(self.data);
        Some(tcp)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::decode::{Decoded, Decoder};
    use crate::lab::hosts::address;
    use crate::source::{Frame, LinkType};
    use crate::tcp::{Checksum, Flags, Timestamp};

    #[test]
    fn it_decodes_to_what_it_was_made_of() {
        for is_v6 in [false, true] {
            let craft = Craft {
                from: Peer::B,
                src: SocketAddr::new(address(Peer::B, is_v6), 8080),
                dst: SocketAddr::new(address(Peer::A, is_v6), 5000),
                seq: SeqNumber(u32::MAX),
                ack: SeqNumber(7),
                flags: 0x18,
                window: 512,
                data: b"odd",
            };
            let bytes = craft.frame().unwrap();
            let wire_len = bytes.len() as u32;
            let frame = Frame {
                number: 1,
                time: Timestamp(0),
                link: LinkType::ETHERNET,
                wire_len,
                bytes: &bytes,
                interface: 0,
            };
            let mut decoder = Decoder::new();
            let Decoded::Segment(segment) = decoder.decode(&frame) else { panic!("no segment") };
            assert_eq!((segment.src, segment.dst, segment.wnd), (craft.src, craft.dst, 512));
            assert_eq!((segment.seq, segment.ack, segment.flags), (craft.seq, craft.ack, Flags::PSH | Flags::ACK));
            assert_eq!((segment.payload, segment.checksum), (&b"odd"[..], Checksum::Valid));
        }
    }

    #[test]
    fn two_families_make_no_packet() {
        let [src, dst] = [false, true].map(|is_v6| SocketAddr::new(address(Peer::A, is_v6), 1));
        let (seq, ack) = (SeqNumber(0), SeqNumber(0));
        assert!(Craft { from: Peer::A, src, dst, seq, ack, flags: 2, window: 0, data: &[] }.frame().is_none());
    }
}
