//! Which stream a pair of addresses has now. VLAN ids do not part streams in tshark 4.0.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

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

type Key = [(IpAddr, u16); 2];

#[derive(Default)]
pub(super) struct Table(HashMap<Key, u32, RandomState>);

impl Table {
    pub(super) fn find(&self, src: SocketAddr, dst: SocketAddr) -> Place {
        let (key, way) = key(src, dst);
        Place { stream: self.0.get(&key).copied(), way }
    }

    /// Sets the stream of these addresses and gives the one that was there.
    pub(super) fn set(&mut self, src: SocketAddr, dst: SocketAddr, stream: u32) -> Option<u32> {
        self.0.insert(key(src, dst).0, stream)
    }
}

fn key(src: SocketAddr, dst: SocketAddr) -> (Key, Way) {
    let (from, to) = ((src.ip(), src.port()), (dst.ip(), dst.port()));
    match from <= to {
        true => ([from, to], Way::Up),
        false => ([to, from], Way::Down),
    }
}
