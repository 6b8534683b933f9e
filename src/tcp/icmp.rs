//! ICMP errors that quote a TCP segment: the network's word on why it did not arrive (RFC 792, RFC 4443, RFC 5927).

use super::{Checksum, Flags, Options, Passage, Segment, SeqNumber, Timestamp};
use std::net::{IpAddr, SocketAddr};

/// An ICMP or ICMPv6 error, and the TCP segment that it quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcmpError {
    /// Which frame of the source it came in, counted from 1.
    pub frame: u64,
    /// When it was captured.
    pub time: Timestamp,
    /// Who reports: the destination itself or a router on the way.
    pub reporter: IpAddr,
    pub reason: IcmpReason,
    /// Sender of the quoted segment, to whom the error is addressed.
    pub src: SocketAddr,
    /// Where the quoted segment should have gone.
    pub dst: SocketAddr,
    /// The quoted sequence number; only the ports are sure to be quoted (RFC 792: 64 bits of the datagram hold it too).
    pub seq: Option<SeqNumber>,
    /// The VLAN ids of the frame, as a segment has them.
    pub vlan: u32,
    /// The rest of the quoted header, where so much is quoted: up to its window field at least.
    pub quoted: Option<QuotedHeader>,
}

/// What a quoted TCP header says behind its sequence number. Routers quote 8 octets at least, newer ones more (RFC 1812 4.3.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedHeader {
    pub ack: SeqNumber,
    pub flags: Flags,
    pub wnd: u16,
    pub options: Options,
    /// Octets that the data offset gives the header.
    pub header_len: u8,
    /// Whether the quotation ends within the header.
    pub header_cut: bool,
}

impl QuotedHeader {
    /// The quoted segment, as far as it is known: nothing is known of its length.
    pub fn segment(&self, error: &IcmpError) -> Segment<'static> {
        Segment {
            frame: error.frame,
            time: error.time,
            passage: Passage::default(),
            interface: 0,
            src: error.src,
            dst: error.dst,
            seq: error.seq.unwrap_or_default(),
            ack: self.ack,
            flags: self.flags,
            wnd: self.wnd,
            urgent: 0,
            options: self.options,
            multipath: None,
            len: 0,
            payload: &[],
            checksum: Checksum::Unchecked,
            ttl: 0,
            ecn: 0,
            ip_id: 0,
            vlan: error.vlan,
            header_len: self.header_len,
            tcp_len: 0,
            header_cut: self.header_cut,
            malformed: true,
        }
    }
}

/// Why the segment did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcmpReason {
    NetUnreachable,
    HostUnreachable,
    ProtocolUnreachable,
    PortUnreachable,
    /// A firewall forbids it (ICMP 3/9, 3/10, 3/13; ICMPv6 1/1).
    Prohibited,
    /// Too large for a link and not to be fragmented; the next hop's MTU, 0 where it is not told (RFC 1191, RFC 8201).
    TooBig {
        mtu: u32,
    },
    /// Its time to live ran out on the way.
    TimeExceeded,
    /// Any other type and code.
    Other {
        kind: u8,
        code: u8,
    },
}

impl IcmpReason {
    /// Whether the error says that the destination cannot be reached at all; path MTU reports do not.
    pub fn is_unreachable(self) -> bool {
        !matches!(self, IcmpReason::TooBig { .. } | IcmpReason::Other { .. })
    }
}
