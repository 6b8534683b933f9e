//! UDP datagrams of the Domain Name System; others are of no concern here.

use super::ip::Network;
use super::rest::Rest;
use crate::source::Frame;
use crate::tcp::Timestamp;
use std::net::SocketAddr;

/// DNS and multicast DNS (IANA; RFC 1035 4.2.1, RFC 6762 3).
pub(super) const PORTS: [u16; 2] = [53, 5353];

/// A datagram to or from a port of the Domain Name System.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    pub src: SocketAddr,
    pub dst: SocketAddr,
    pub time: Timestamp,
    /// Number of its frame in the capture, from 1.
    pub frame: u64,
    /// What was captured of its payload.
    pub payload: &'a [u8],
}

/// The datagram whose header was taken off already.
pub(super) fn datagram<'a>(frame: &Frame<'a>, network: &Network, [src, dst]: [u16; 2], rest: Rest<'a>) -> Datagram<'a> {
    Datagram {
        src: SocketAddr::new(network.src, src),
        dst: SocketAddr::new(network.dst, dst),
        time: frame.time,
        frame: frame.number,
        payload: rest.bytes,
    }
}
