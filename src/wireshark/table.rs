//! Which stream a pair of addresses has now. VLAN ids do not part streams in tshark 4.0.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Which of the two directions between a pair of addresses. A socket that talks to itself has one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// The stream of a segment's addresses, and its direction there.
pub(super) struct Place {
    pub(super) stream: Option<u32>,
    pub(super) way: Way,
}

/// Two ends, the lower one first.
type Key<A> = [(A, u16); 2];

/// IPv4 stands apart: most captures have nothing else, and it takes 17 octets for each stream instead of 45.
#[derive(Default)]
pub(super) struct Table {
    four: HashMap<Key<Ipv4Addr>, u32, RandomState>,
    others: HashMap<Key<IpAddr>, u32, RandomState>,
}

impl Table {
    pub(super) fn find(&self, src: SocketAddr, dst: SocketAddr) -> Place {
        let (stream, way) = match four(src, dst) {
            Some((from, to)) => {
                let (key, way) = key(from, to);
                (self.four.get(&key), way)
            }
            None => {
                let (key, way) = key((src.ip(), src.port()), (dst.ip(), dst.port()));
                (self.others.get(&key), way)
            }
        };
        Place { stream: stream.copied(), way }
    }

    /// Sets the stream of these addresses and gives the one that was there.
    pub(super) fn set(&mut self, src: SocketAddr, dst: SocketAddr, stream: u32) -> Option<u32> {
        match four(src, dst) {
            Some((from, to)) => self.four.insert(key(from, to).0, stream),
            None => self.others.insert(key((src.ip(), src.port()), (dst.ip(), dst.port())).0, stream),
        }
    }
}

/// Both ends, where both are of IPv4.
fn four(src: SocketAddr, dst: SocketAddr) -> Option<((Ipv4Addr, u16), (Ipv4Addr, u16))> {
    match (src, dst) {
        (SocketAddr::V4(src), SocketAddr::V4(dst)) => Some(((*src.ip(), src.port()), (*dst.ip(), dst.port()))),
        _ => None,
    }
}

fn key<A: Ord>(from: (A, u16), to: (A, u16)) -> (Key<A>, Way) {
    match from <= to {
        true => ([from, to], Way::Up),
        false => ([to, from], Way::Down),
    }
}
