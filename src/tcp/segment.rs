//! One TCP segment as it was captured, judged by nobody yet.

use super::{Flags, Multipath, Options, SeqNumber, Timestamp};
use std::net::SocketAddr;

/// What is known of the TCP checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checksum {
    /// It was computed and it is right.
    Valid,
    /// It was computed and it is wrong: a receiver discards such a segment silently (RFC 9293 3.1).
    Invalid,
    /// The sender left it to the network card, or to nobody on loopback: the field holds no final value.
    Offloaded,
    /// Not all octets were captured, so it cannot be computed.
    #[default]
    Unchecked,
}

/// What is known of a segment's way from its sender to its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Passage {
    /// Nothing, as with one vantage point: what its receiver answers must tell.
    #[default]
    Unknown,
    /// The receiver's own capture has it, at this time.
    Arrived(Timestamp),
    /// The same, and once more later: the network doubled it.
    ArrivedTwice(Timestamp),
    /// The sender's capture has it; the receiver's covers the time and has not, or has it damaged, so that TCP threw it away:
    /// then its checksum is invalid.
    Lost,
    /// The receiver's capture has it; the sender's covers the time and has not. Who is named as its sender did not send it.
    Appeared,
}

/// A TCP segment. Addresses are its network layer's, the rest is the TCP header's, nothing is corrected.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// Which frame of the source it came in, counted from 1.
    pub frame: u64,
    /// When it was captured; on its sender's side, where both sides were.
    pub time: Timestamp,
    /// What became of it on its way, where both sides were captured.
    pub passage: Passage,
    /// The capture interface, as the source numbers them.
    pub interface: u32,
    pub src: SocketAddr,
    pub dst: SocketAddr,
    pub seq: SeqNumber,
    /// The acknowledgment number; it means something only with the ACK flag.
    pub ack: SeqNumber,
    pub flags: Flags,
    /// The window field as sent, not scaled.
    pub wnd: u16,
    pub urgent: u16,
    pub options: Options,
    /// What an MPTCP option says of its connection.
    pub multipath: Option<Multipath>,
    /// Octets of payload that the headers promise, whether captured or not.
    pub len: u32,
    /// The payload octets that were captured: at most `len`.
    pub payload: &'a [u8],
    pub checksum: Checksum,
    /// IP time to live or hop limit.
    pub ttl: u8,
    /// The two ECN bits of the IP header (RFC 3168).
    pub ecn: u8,
    /// IPv4 identification, 0 for IPv6.
    pub ip_id: u16,
    /// The VLAN ids, 12 bits each, the innermost lowest; 0 for none. Of a third tag, the lowest 8 bits are kept.
    pub vlan: u32,
    /// Octets that the data offset gives the header, true or not.
    pub header_len: u8,
    /// Octets of header and payload together, captured or not: those that the network layer promises and the frame had.
    pub tcp_len: u32,
    /// Whether the header goes on, as far as it tells, where nothing was captured any more.
    pub header_cut: bool,
    /// Whether the TCP header itself was cut or lies about its length.
    pub malformed: bool,
}

impl Segment<'static> {
    /// What stands where there is no segment yet.
    pub(crate) fn nothing() -> Segment<'static> {
        let nowhere = SocketAddr::from(([0; 4], 0));
        Segment {
            frame: 0,
            time: Timestamp(0),
            passage: Passage::Unknown,
            interface: 0,
            src: nowhere,
            dst: nowhere,
            seq: SeqNumber(0),
            ack: SeqNumber(0),
            flags: Flags::default(),
            wnd: 0,
            urgent: 0,
            options: Options::default(),
            multipath: None,
            len: 0,
            payload: &[],
            checksum: Checksum::Unchecked,
            ttl: 0,
            ecn: 0,
            ip_id: 0,
            vlan: 0,
            header_len: 0,
            tcp_len: 0,
            header_cut: false,
            malformed: false,
        }
    }
}

impl Segment<'_> {
    /// The same without the octets of its payload, to be kept.
    #[inline(always)] // Or what was just made is written and read again.
    pub fn without_payload(&self) -> Segment<'static> {
        Segment {
            frame: self.frame,
            time: self.time,
            passage: self.passage,
            interface: self.interface,
            src: self.src,
            dst: self.dst,
            seq: self.seq,
            ack: self.ack,
            flags: self.flags,
            wnd: self.wnd,
            urgent: self.urgent,
            options: self.options,
            multipath: self.multipath,
            len: self.len,
            payload: &[],
            checksum: self.checksum,
            ttl: self.ttl,
            ecn: self.ecn,
            ip_id: self.ip_id,
            vlan: self.vlan,
            header_len: self.header_len,
            tcp_len: self.tcp_len,
            header_cut: self.header_cut,
            malformed: self.malformed,
        }
    }

    /// Sequence numbers that the segment uses: payload, and one each for SYN and FIN (RFC 9293 3.4).
    pub fn seq_len(&self) -> u32 {
        self.len + u32::from(self.flags.syn()) + u32::from(self.flags.fin())
    }

    /// The sequence number after the last one used.
    pub fn end(&self) -> SeqNumber {
        self.seq + self.seq_len()
    }

    /// Where the FIN stands in sequence space, when there is one.
    pub fn fin_seq(&self) -> SeqNumber {
        self.seq + self.len + u32::from(self.flags.syn())
    }

    /// The acknowledgment number, when the ACK flag says that it means something.
    pub fn acknowledges(&self) -> Option<SeqNumber> {
        self.flags.ack().then_some(self.ack)
    }

    /// Neither SYN, FIN, RST nor payload: only an acknowledgment or a window.
    pub fn is_pure_ack(&self) -> bool {
        self.len == 0 && self.flags.ack() && !self.flags.any(Flags::SYN | Flags::FIN | Flags::RST)
    }
}
