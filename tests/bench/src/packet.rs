//! TCP over IPv4 over Ethernet with right checksums, into a classic pcap file.

use std::fs::File;
use std::io::{self, BufWriter, Write};

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const PSH: u8 = 8;
pub const ACK: u8 = 16;

/// 2026-01-01 00:00:00 UTC in microseconds.
const BEGINS: u64 = 1_767_225_600_000_000;
/// Longest payload, octets.
const LONGEST: usize = 1448;

/// An IPv4 address and a port.
#[derive(Clone, Copy)]
pub struct Place {
    pub ip: u32,
    pub port: u16,
}

/// What differs from segment to segment.
#[derive(Clone, Copy)]
pub struct Segment<'o> {
    pub from: Place,
    pub to: Place,
    pub seq: u32,
    pub ack: u32,
    pub flags: u8,
    pub wnd: u16,
    /// A multiple of four octets.
    pub options: &'o [u8],
    pub len: usize,
}

/// A capture file being written.
pub struct Capture {
    out: BufWriter<File>,
    packets: u64,
    payload: [u8; LONGEST],
}

impl Capture {
    pub fn create(path: &str) -> io::Result<Capture> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        out.write_all(&0xa1b2_c3d4_u32.to_le_bytes())?;
        out.write_all(&[2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
        out.write_all(&262_144_u32.to_le_bytes())?;
        out.write_all(&1_u32.to_le_bytes())?;
        let mut payload = [0; LONGEST];
        for (place, octet) in payload.iter_mut().enumerate() {
            *octet = (place * 7 + place / 251) as u8;
        }
        Ok(Capture { out, packets: 0, payload })
    }

    /// Writes one segment, `at` microseconds after the beginning.
    pub fn segment(&mut self, at: u64, segment: &Segment<'_>) -> io::Result<()> {
        let Segment { from, to, seq, ack, flags, wnd, options, len } = *segment;
        let payload = &self.payload[..len];
        let tcp_len = 20 + options.len();
        let ip_len = 20 + tcp_len + len;
        let frame_len = 14 + ip_len;
        let mut head = [0_u8; 16 + 14 + 20 + 60];
        let time = BEGINS + at;
        head[0..4].copy_from_slice(&((time / 1_000_000) as u32).to_le_bytes());
        head[4..8].copy_from_slice(&((time % 1_000_000) as u32).to_le_bytes());
        head[8..12].copy_from_slice(&(frame_len as u32).to_le_bytes());
        head[12..16].copy_from_slice(&(frame_len as u32).to_le_bytes());
        head[16..28].copy_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
        head[28..30].copy_from_slice(&[8, 0]);
        let ip = &mut head[30..50];
        ip[0] = 0x45;
        ip[2..4].copy_from_slice(&(ip_len as u16).to_be_bytes());
        ip[4..6].copy_from_slice(&(self.packets as u16).to_be_bytes());
        ip[6] = 0x40;
        ip[8] = 64;
        ip[9] = 6;
        ip[12..16].copy_from_slice(&from.ip.to_be_bytes());
        ip[16..20].copy_from_slice(&to.ip.to_be_bytes());
        let checksum = !fold(sum(ip));
        ip[10..12].copy_from_slice(&checksum.to_be_bytes());
        let tcp = &mut head[50..50 + tcp_len];
        tcp[0..2].copy_from_slice(&from.port.to_be_bytes());
        tcp[2..4].copy_from_slice(&to.port.to_be_bytes());
        tcp[4..8].copy_from_slice(&seq.to_be_bytes());
        tcp[8..12].copy_from_slice(&ack.to_be_bytes());
        tcp[12] = (tcp_len as u8 / 4) << 4;
        tcp[13] = flags;
        tcp[14..16].copy_from_slice(&wnd.to_be_bytes());
        tcp[20..].copy_from_slice(options);
        let pseudo = [from.ip >> 16, from.ip & 0xffff, to.ip >> 16, to.ip & 0xffff, 6, (tcp_len + len) as u32];
        let all = sum(tcp) + sum(payload) + pseudo.iter().map(|word| u64::from(*word)).sum::<u64>();
        let checksum = !fold(all);
        tcp[16..18].copy_from_slice(&checksum.to_be_bytes());
        self.out.write_all(&head[..50 + tcp_len])?;
        self.out.write_all(payload)?;
        self.packets += 1;
        Ok(())
    }

    /// Writes what is left; says how many packets there are.
    pub fn finish(mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.packets)
    }
}

/// The options of Linux's SYN: MSS, SACK permitted, timestamps, window scale 7.
pub fn syn_options(tsval: u32, tsecr: u32) -> [u8; 20] {
    let mut options = [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7];
    options[8..12].copy_from_slice(&tsval.to_be_bytes());
    options[12..16].copy_from_slice(&tsecr.to_be_bytes());
    options
}

/// Timestamps as every other segment bears them.
pub fn timestamps(tsval: u32, tsecr: u32) -> [u8; 12] {
    let mut options = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
    options[4..8].copy_from_slice(&tsval.to_be_bytes());
    options[8..12].copy_from_slice(&tsecr.to_be_bytes());
    options
}

/// The sum of 16-bit words (RFC 1071), not folded yet.
fn sum(octets: &[u8]) -> u64 {
    let (words, rest) = octets.as_chunks::<4>();
    let sum: u64 = words.iter().map(|word| u64::from(u32::from_be_bytes(*word))).sum();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    sum + u64::from(u32::from_be_bytes(last))
}

fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}
