//! Builds frames and capture files in memory, octet by octet from the specifications, so that tests depend on no code
//! that they test. Used by the integration tests and, through `lib.rs`, by the unit tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::net::{IpAddr, SocketAddr};

pub const FIN: u16 = 0x01;
pub const SYN: u16 = 0x02;
pub const RST: u16 = 0x04;
pub const PSH: u16 = 0x08;
pub const ACK: u16 = 0x10;

/// What stands in the checksum field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    Right,
    /// The right one, plus one.
    Wrong,
    /// The folded sum of the pseudo-header, as Linux leaves it for the network card.
    Partial,
}

/// A TCP packet to be. Defaults: an ACK, window 64240, TTL 64, no options, no payload, a right checksum.
#[derive(Debug, Clone)]
pub struct Packet {
    pub src: SocketAddr,
    pub dst: SocketAddr,
    pub seq: u32,
    pub ack: u32,
    pub flags: u16,
    pub wnd: u16,
    pub urgent: u16,
    pub options: Vec<u8>,
    pub payload: Vec<u8>,
    pub ttl: u8,
    pub ip_id: u16,
    pub sum: Sum,
    /// Tag type and VLAN id, outermost first.
    pub vlans: Vec<(u16, u16)>,
}

impl Packet {
    pub fn new(src: &str, dst: &str) -> Packet {
        Packet {
            src: src.parse().unwrap(),
            dst: dst.parse().unwrap(),
            seq: 1000,
            ack: 5000,
            flags: ACK,
            wnd: 64240,
            urgent: 0,
            options: Vec::new(),
            payload: Vec::new(),
            ttl: 64,
            ip_id: 1,
            sum: Sum::Right,
            vlans: Vec::new(),
        }
    }

    pub fn seq(mut self, seq: u32) -> Packet {
        self.seq = seq;
        self
    }

    pub fn ack(mut self, ack: u32) -> Packet {
        self.ack = ack;
        self
    }

    pub fn flags(mut self, flags: u16) -> Packet {
        self.flags = flags;
        self
    }

    pub fn wnd(mut self, wnd: u16) -> Packet {
        self.wnd = wnd;
        self
    }

    /// Option octets; padded with END to a multiple of four.
    pub fn options(mut self, options: &[u8]) -> Packet {
        self.options = options.to_vec();
        self.options.resize(options.len().next_multiple_of(4), 0);
        self
    }

    /// Timestamps alone, padded as Linux pads them (RFC 7323 appendix A).
    pub fn timestamps(self, tsval: u32, tsecr: u32) -> Packet {
        self.options(&[&[1, 1, 8, 10][..], &tsval.to_be_bytes(), &tsecr.to_be_bytes()].concat())
    }

    pub fn payload(mut self, payload: &[u8]) -> Packet {
        self.payload = payload.to_vec();
        self
    }

    pub fn sum(mut self, sum: Sum) -> Packet {
        self.sum = sum;
        self
    }

    pub fn vlan(mut self, tag: u16, id: u16) -> Packet {
        self.vlans.push((tag, id));
        self
    }

    /// TCP header and payload.
    pub fn tcp(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.src.port().to_be_bytes());
        out.extend(self.dst.port().to_be_bytes());
        out.extend(self.seq.to_be_bytes());
        out.extend(self.ack.to_be_bytes());
        let data_offset = 5 + self.options.len() as u16 / 4;
        out.extend((data_offset << 12 | self.flags & 0xfff).to_be_bytes());
        out.extend(self.wnd.to_be_bytes());
        out.extend([0, 0]);
        out.extend(self.urgent.to_be_bytes());
        out.extend(&self.options);
        out.extend(&self.payload);
        let field = match self.sum {
            Sum::Right => !folded_sum(&[&self.pseudo_header(out.len()), &out]),
            Sum::Wrong => (!folded_sum(&[&self.pseudo_header(out.len()), &out])).wrapping_add(1),
            Sum::Partial => folded_sum(&[&self.pseudo_header(out.len())]),
        };
        out[16..18].copy_from_slice(&field.to_be_bytes());
        out
    }

    fn pseudo_header(&self, len: usize) -> Vec<u8> {
        let mut out = octets(self.src.ip());
        out.extend(octets(self.dst.ip()));
        out.extend((len as u32).to_be_bytes());
        out.extend(6_u32.to_be_bytes());
        out
    }

    /// The IP packet round it, version by the addresses.
    pub fn ip(&self) -> Vec<u8> {
        self.ip_with(6, &self.tcp())
    }

    /// An IP packet between the same addresses with another body: `protocol` is IPv4's protocol or IPv6's next header.
    pub fn ip_with(&self, protocol: u8, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.src.is_ipv4() {
            out.extend([0x45, 0]);
            out.extend((body.len() as u16 + 20).to_be_bytes());
            out.extend(self.ip_id.to_be_bytes());
            out.extend([0x40, 0, self.ttl, protocol, 0, 0]);
            out.extend(octets(self.src.ip()));
            out.extend(octets(self.dst.ip()));
            let field = !folded_sum(&[&out]);
            out[10..12].copy_from_slice(&field.to_be_bytes());
        } else {
            out.extend([0x60, 0, 0, 0]);
            out.extend((body.len() as u16).to_be_bytes());
            out.extend([protocol, self.ttl]);
            out.extend(octets(self.src.ip()));
            out.extend(octets(self.dst.ip()));
        }
        out.extend(body);
        out
    }

    pub fn ether_type(&self) -> u16 {
        if self.src.is_ipv4() { 0x0800 } else { 0x86dd }
    }

    /// VLAN tags and IP: what follows a link header that ends with the returned EtherType.
    pub fn tagged(&self) -> (u16, Vec<u8>) {
        let mut out = Vec::new();
        let mut first = self.ether_type();
        for (i, (tag, id)) in self.vlans.iter().enumerate() {
            if i == 0 {
                first = *tag;
            }
            let next = self.vlans.get(i + 1).map_or(self.ether_type(), |(tag, _)| *tag);
            out.extend(id.to_be_bytes());
            out.extend(next.to_be_bytes());
        }
        out.extend(self.ip());
        (first, out)
    }

    /// The Ethernet frame, padded to 60 octets as cards pad it.
    pub fn ethernet(&self) -> Vec<u8> {
        let (ether_type, rest) = self.tagged();
        let mut out = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
        out.extend(ether_type.to_be_bytes());
        out.extend(rest);
        out.resize(out.len().max(60), 0);
        out
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// The ones' complement sum over parts, each but the last of even length.
fn folded_sum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0_u64;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u64::from(pair[0]) << 8 | u64::from(*pair.get(1).unwrap_or(&0));
        }
    }
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}

/// The byte order of a file to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

impl Endian {
    fn u16(self, value: u16) -> [u8; 2] {
        if self == Endian::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        if self == Endian::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn u64(self, value: u64) -> [u8; 8] {
        if self == Endian::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }
}

/// A classic pcap file: its magic says the units and the record header.
pub struct PcapFile {
    endian: Endian,
    magic: u32,
    pub bytes: Vec<u8>,
}

impl PcapFile {
    pub const MICRO: u32 = 0xa1b2_c3d4;
    pub const NANO: u32 = 0xa1b2_3c4d;
    pub const MODIFIED: u32 = 0xa1b2_cd34;
    pub const IXIA: u32 = 0x1c00_01ac;

    pub fn new(endian: Endian, magic: u32, link: u32, snaplen: u32) -> PcapFile {
        let mut bytes = endian.u32(magic).to_vec();
        bytes.extend(endian.u16(2));
        bytes.extend(endian.u16(4));
        for word in [0, 0, snaplen, link] {
            bytes.extend(endian.u32(word));
        }
        if magic == PcapFile::IXIA {
            bytes.extend([0; 4]);
        }
        PcapFile { endian, magic, bytes }
    }

    /// `fraction` is in the file's own unit.
    pub fn record(&mut self, seconds: u32, fraction: u32, frame: &[u8], wire_len: u32) -> &mut PcapFile {
        self.header(seconds, fraction, frame.len() as u32, wire_len);
        self.bytes.extend(frame);
        self
    }

    /// A record header alone, to tell lies.
    pub fn header(&mut self, seconds: u32, fraction: u32, captured: u32, wire_len: u32) -> &mut PcapFile {
        for word in [seconds, fraction, captured, wire_len] {
            self.bytes.extend(self.endian.u32(word));
        }
        if self.magic == PcapFile::MODIFIED {
            self.bytes.extend([9, 9, 9, 9, 8, 0, 0, 0]);
        }
        self
    }
}

/// A pcapng file. Each method appends one block.
#[derive(Default)]
pub struct PcapngFile {
    endian: Option<Endian>,
    pub bytes: Vec<u8>,
}

impl PcapngFile {
    pub fn new() -> PcapngFile {
        PcapngFile::default()
    }

    fn endian(&self) -> Endian {
        self.endian.unwrap_or(Endian::Little)
    }

    /// A block of any type; the body is padded.
    pub fn block(&mut self, kind: u32, body: &[u8]) -> &mut PcapngFile {
        let padded = body.len().next_multiple_of(4);
        let total = padded as u32 + 12;
        self.bytes.extend(self.endian().u32(kind));
        self.bytes.extend(self.endian().u32(total));
        self.bytes.extend(body);
        self.bytes.resize(self.bytes.len() + padded - body.len(), 0);
        self.bytes.extend(self.endian().u32(total));
        self
    }

    /// Options in the section's byte order, with the end mark when there are any.
    pub fn options(&self, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (code, value) in options {
            out.extend(self.endian().u16(*code));
            out.extend(self.endian().u16(value.len() as u16));
            out.extend(*value);
            out.resize(out.len().next_multiple_of(4), 0);
        }
        if !options.is_empty() {
            out.extend([0; 4]);
        }
        out
    }

    pub fn section(&mut self, endian: Endian, options: &[(u16, &[u8])]) -> &mut PcapngFile {
        self.endian = Some(endian);
        let mut body = endian.u32(0x1a2b_3c4d).to_vec();
        body.extend(endian.u16(1));
        body.extend(endian.u16(0));
        body.extend([0xff; 8]);
        body.extend(self.options(options));
        self.block(0x0a0d_0d0a, &body)
    }

    pub fn interface(&mut self, link: u16, snaplen: u32, options: &[(u16, &[u8])]) -> &mut PcapngFile {
        let mut body = self.endian().u16(link).to_vec();
        body.extend([0, 0]);
        body.extend(self.endian().u32(snaplen));
        body.extend(self.options(options));
        self.block(1, &body)
    }

    pub fn enhanced(
        &mut self,
        interface: u32,
        ticks: u64,
        frame: &[u8],
        wire_len: u32,
        options: &[(u16, &[u8])],
    ) -> &mut PcapngFile {
        let mut body = Vec::new();
        for word in [interface, (ticks >> 32) as u32, ticks as u32, frame.len() as u32, wire_len] {
            body.extend(self.endian().u32(word));
        }
        body.extend(frame);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(self.options(options));
        self.block(6, &body)
    }

    pub fn simple(&mut self, frame: &[u8], wire_len: u32) -> &mut PcapngFile {
        let mut body = self.endian().u32(wire_len).to_vec();
        body.extend(frame);
        self.block(3, &body)
    }

    /// The obsolete packet block.
    pub fn packet(&mut self, interface: u16, ticks: u64, frame: &[u8], wire_len: u32) -> &mut PcapngFile {
        let mut body = self.endian().u16(interface).to_vec();
        body.extend([0xff, 0xff]);
        for word in [(ticks >> 32) as u32, ticks as u32, frame.len() as u32, wire_len] {
            body.extend(self.endian().u32(word));
        }
        body.extend(frame);
        self.block(2, &body)
    }

    /// Interface statistics: packets dropped.
    pub fn statistics(&mut self, interface: u32, dropped: u64) -> &mut PcapngFile {
        let mut body = self.endian().u32(interface).to_vec();
        body.extend([0; 8]);
        body.extend(self.options(&[(5, &self.endian().u64(dropped))]));
        self.block(5, &body)
    }
}
