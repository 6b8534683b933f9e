//! `struct tcp_info` (linux/tcp.h), as far as it tells of sending. Kernels only ever add to its end.

use super::{u16_at, u32_at};
use std::time::Duration;

/// The attribute's number (`INET_DIAG_INFO`), and the bit that asks for it.
pub(super) const INET_DIAG_INFO: u16 = 2;
pub(super) const ASKS_FOR_INFO: u8 = 1 << (INET_DIAG_INFO - 1);
/// What stands for "not known yet" in `tcpi_snd_ssthresh`.
const NO_SSTHRESH: u32 = 0x7fff_ffff;

/// What the kernel says of a socket's sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// Retransmissions of the oldest segment under way, since the last acknowledgment.
    pub retransmits: u8,
    /// How often the running timer was doubled; of a zero-window probe timer: how many probes found the window closed.
    pub backoff: u8,
    /// Congestion window, in segments of `snd_mss` octets.
    pub cwnd: u32,
    /// Slow start ends there, in segments; `None`: nothing was lost yet.
    pub ssthresh: Option<u32>,
    /// Segments under way.
    pub unacked: u32,
    /// Smoothed round trip (RFC 6298); zero before the first.
    pub srtt: Duration,
    pub rttvar: Duration,
    pub rto: Duration,
    /// Octets handed over and not yet sent; `None`: the kernel is older than 4.6.
    pub unsent: Option<u32>,
    /// The peer's window, octets; `None`: the kernel is older than 5.4.
    pub window: Option<u32>,
}

/// The information among a message's attributes, if it is there and whole.
pub(super) fn find(mut attributes: &[u8]) -> Option<TcpInfo> {
    loop {
        let (length, kind) = (usize::from(u16_at(attributes, 0)?), u16_at(attributes, 2)?);
        let value = attributes.get(4..length)?;
        if kind == INET_DIAG_INFO {
            return read(value);
        }
        attributes = attributes.get(length.next_multiple_of(4)..)?;
    }
}

fn read(info: &[u8]) -> Option<TcpInfo> {
    let micros = |at| u32_at(info, at).map(|value| Duration::from_micros(value.into()));
    Some(TcpInfo {
        retransmits: *info.get(2)?,
        backoff: *info.get(4)?,
        rto: micros(8)?,
        unacked: u32_at(info, 24)?,
        srtt: micros(68)?,
        rttvar: micros(72)?,
        ssthresh: u32_at(info, 76).map(|value| Some(value).filter(|value| *value < NO_SSTHRESH))?,
        cwnd: u32_at(info, 80)?,
        unsent: u32_at(info, 144),
        window: u32_at(info, 228),
    })
}
