//! Two addresses, two ports and a VLAN, whichever way round, in forty octets.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What tells one connection's segments from another's. The smaller address comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Key {
    /// Of each address the high and the low half; an IPv4 address is the low half.
    addresses: [u64; 4],
    ports: [u16; 2],
    /// The VLAN ids as a segment has them; in place of the highest bit, whether the addresses are IPv6.
    vlan: u32,
}

/// Set in `vlan` for IPv6.
const IPV6: u32 = 1 << 31;

/// The same in a packed key.
const PACKED_IPV6: u16 = 1 << 15;

/// A key, and whether the address that it was asked of first stands first in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Oriented {
    pub(super) key: Key,
    pub(super) is_forward: bool,
}

impl Key {
    /// The key of what goes from one address to the other, or back.
    #[inline]
    pub(super) fn of(one: SocketAddr, other: SocketAddr, vlan: u32) -> Oriented {
        let (a, b, family) = (halves(one.ip()), halves(other.ip()), if one.is_ipv6() { IPV6 } else { 0 });
        let (here, there) = (one.port(), other.port());
        let is_forward = (wide(a), here) <= (wide(b), there);
        // Swapped by what differs: which comes first is as good as chance, and no processor guesses it.
        let swap = if is_forward { 0 } else { u64::MAX };
        let ([a, b], [c, d]) = (a, b);
        let (high, low, ports) = ((a ^ c) & swap, (b ^ d) & swap, (here ^ there) & swap as u16);
        let key = Key {
            addresses: [a ^ high, b ^ low, c ^ high, d ^ low],
            ports: [here ^ ports, there ^ ports],
            vlan: vlan & !IPV6 | family,
        };
        Oriented { key, is_forward }
    }

    /// The same in thirty-eight octets, where there is one VLAN id at most.
    pub(super) fn pack(&self) -> Option<([u64; 4], [u16; 2], u16)> {
        let family = if self.vlan & IPV6 == 0 { 0 } else { PACKED_IPV6 };
        (self.vlan() < 0x1000).then(|| (self.addresses, self.ports, self.vlan() as u16 | family))
    }

    /// What [`Key::pack`] was given.
    #[inline]
    pub(super) fn unpack(addresses: [u64; 4], ports: [u16; 2], vlan: u16) -> Key {
        let family = if vlan & PACKED_IPV6 == 0 { 0 } else { IPV6 };
        Key { addresses, ports, vlan: u32::from(vlan & !PACKED_IPV6) | family }
    }

    /// The addresses again, the one asked of first in front.
    pub(super) fn addresses(&self, is_forward: bool) -> [SocketAddr; 2] {
        let [a, b, c, d] = self.addresses;
        let [one, other] = self.ports;
        let address = |high: u64, low: u64, port: u16| {
            let ip = if self.vlan & IPV6 == 0 {
                IpAddr::V4(Ipv4Addr::from(low as u32))
            } else {
                IpAddr::V6(Ipv6Addr::from(u128::from(high) << 64 | u128::from(low)))
            };
            SocketAddr::new(ip, port)
        };
        let (one, other) = (address(a, b, one), address(c, d, other));
        if is_forward { [one, other] } else { [other, one] }
    }

    /// The same in another VLAN.
    pub(super) fn within(&self, vlan: u32) -> Key {
        Key { vlan: self.vlan & IPV6 | vlan & !IPV6, ..*self }
    }

    /// The VLAN ids.
    pub(super) fn vlan(&self) -> u32 {
        self.vlan & !IPV6
    }
}

#[inline]
fn halves(ip: IpAddr) -> [u64; 2] {
    match ip {
        IpAddr::V4(ip) => [0, u64::from(u32::from(ip))],
        IpAddr::V6(ip) => {
            let number = u128::from(ip);
            [(number >> 64) as u64, number as u64]
        }
    }
}

#[inline]
fn wide([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// (Addresses and ports alone.)
impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d] = self.addresses;
        let [one, other] = self.ports;
        if self.vlan & IPV6 == 0 {
            state.write_u64(b << 32 | d);
        } else {
            [a, b, c, d].into_iter().for_each(|half| state.write_u64(half));
        }
        state.write_u64(u64::from(one) << 48 | u64::from(other) << 32);
    }
}

/// Spreads VLAN ids over all bits.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Seeds that differ from run to run: whoever sends packets cannot choose keys that collide.
#[derive(Debug, Default)]
pub(super) struct Seeds(foldhash::fast::RandomState);

impl Seeds {
    /// Of the addresses and ports.
    #[inline]
    pub(super) fn ends(&self, key: &Key) -> u64 {
        self.0.hash_one(key)
    }

    /// Of the whole key, where `ends` is known.
    #[inline]
    pub(super) fn hash(&self, ends: u64, key: &Key) -> u32 {
        let hash = ends ^ u64::from(key.vlan()).wrapping_mul(ODD);
        (hash ^ hash >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn both_directions_have_one_key_and_give_the_addresses_back() {
        for [one, other] in
            [["10.0.0.2:80", "10.0.0.1:4000"], ["[::1]:9", "[2001:db8::2]:9"], ["1.1.1.1:5", "1.1.1.1:4"]]
        {
            let (one, other) = (address(one), address(other));
            let (there, back) = (Key::of(one, other, 7), Key::of(other, one, 7));
            assert_eq!(there.key, back.key);
            assert_ne!(there.is_forward, back.is_forward);
            assert_eq!(there.key.addresses(there.is_forward), [one, other]);
            assert_eq!(there.key.vlan(), 7);
            let (addresses, ports, vlan) = there.key.pack().unwrap();
            assert_eq!(Key::unpack(addresses, ports, vlan), there.key);
        }
    }

    #[test]
    fn vlans_and_families_are_apart() {
        let [one, other] = ["10.0.0.2:80", "10.0.0.1:4000"].map(address);
        assert_ne!(Key::of(one, other, 1).key, Key::of(one, other, 2).key);
        let [v6_one, v6_other] = ["[::10.0.0.2]:80", "[::10.0.0.1]:4000"].map(address);
        assert_ne!(Key::of(one, other, 0).key, Key::of(v6_one, v6_other, 0).key);
        assert!(size_of::<Key>() <= 40);
    }
}
