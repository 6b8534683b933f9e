//! What each address and each name becomes.

use super::phrases::{Phrases, small};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A name that everybody has tells nothing.
const OF_EVERYBODY: [&str; 2] = ["localhost", ""];
/// Where everybody has the list of names.
const HOSTS_FILES: [&str; 2] = ["/etc/hosts", "C:\\Windows\\System32\\drivers\\etc\\hosts"];
/// What stands for a list elsewhere.
const HOSTS_FILE: &str = "hosts-file";
/// A domain name is no longer (RFC 1035 2.3.4).
const LONGEST_NAME: usize = 255;

/// Addresses and names, each with what stands for it. All is found by its own value: the time is in proportion to the texts.
#[derive(Debug, Default)]
pub(super) struct Places {
    addresses: HashMap<IpAddr, IpAddr>,
    /// How many of IPv4 and of IPv6.
    counts: [u32; 2],
    /// Addresses of hardware, of 48 and of 64 bits, each with its number from 1.
    hardware: [HashMap<u64, u64>; 2],
    /// In small letters; `None`: the name stays.
    names: HashMap<String, Option<String>>,
    /// Names that are no single word.
    pub(super) phrases: Phrases,
    hosts: u32,
    /// Names that stay: none of ours is the same.
    own: HashSet<String>,
}

impl Places {
    /// These names stay as they are.
    pub(super) fn keeping(own: &[&str]) -> Places {
        let mut places = Places::default();
        for name in own.iter().chain(&OF_EVERYBODY) {
            let name = plain(name).into_owned();
            if is_word(&name) {
                places.names.insert(name.clone(), None);
            } else {
                places.phrases.insert(&name, None);
            }
            places.own.insert(name);
        }
        places
    }

    /// From now on the name is hidden wherever it stands.
    pub(super) fn learn(&mut self, name: &str) {
        let name = plain(name);
        let is_known = self.own.contains(name.as_ref()) || self.names.contains_key(name.as_ref());
        // An address in place of a name is hidden as an address.
        let address = name.split('%').next().unwrap_or_default();
        if is_known || address.parse::<IpAddr>().is_ok() {
            return;
        }
        let other = self.new_host();
        if !is_word(&name) {
            self.phrases.insert(&name, Some(other.clone()));
        }
        self.names.insert(name.into_owned(), Some(other));
    }

    /// From now on it is not told where a list of names is, unless it is where everybody has it.
    pub(super) fn learn_path(&mut self, path: &str) {
        if !path.is_empty() && !HOSTS_FILES.contains(&path) {
            self.names.insert(plain(path).into_owned(), Some(HOSTS_FILE.into()));
            self.phrases.insert(path, Some(HOSTS_FILE.into()));
        }
    }

    /// From now on what a record holds is not told. Of one or two letters nothing is learned: they stand in every sentence. Whether
    /// it was.
    pub(super) fn learn_data(&mut self, data: &str) -> bool {
        let is_long = data.len() > 2;
        if is_long {
            self.phrases.insert(data, Some("…".into()));
        }
        is_long
    }

    /// What stands for a name that is known, or that ends in one that is: then its first labels are hidden too.
    pub(super) fn name<'n>(&mut self, name: &'n str) -> Option<Cow<'n, str>> {
        let key = plain(name);
        if let Some(known) = self.names.get(key.as_ref()) {
            return Some(known.clone().map_or(Cow::Borrowed(name), Cow::Owned));
        }
        let from = key.len().saturating_sub(LONGEST_NAME);
        let labels = key.match_indices('.').map(|(dot, _)| dot + 1).filter(|start| *start >= from);
        let mut parents = labels.filter_map(|start| self.names.get(key.get(start..)?));
        // Below a name that stays, nothing was learned.
        parents.next()?.as_ref()?;
        let other = self.new_host();
        self.names.insert(key.into_owned(), Some(other.clone()));
        Some(Cow::Owned(other))
    }

    fn new_host(&mut self) -> String {
        loop {
            self.hosts = self.hosts.saturating_add(1);
            let name = format!("host{}.example", self.hosts);
            if !self.own.contains(&name) {
                return name;
            }
        }
    }

    /// Loopback and the address that is none stay: everybody has them. An IPv4 address within one of IPv6 is the same as alone.
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        if let IpAddr::V6(six) = address
            && let Some(four) = six.to_ipv4_mapped()
            && let IpAddr::V4(four) = self.address(four.into())
        {
            return IpAddr::V6(four.to_ipv6_mapped());
        }
        if address.is_loopback() || address.is_unspecified() {
            return address;
        }
        if let Some(known) = self.addresses.get(&address) {
            return *known;
        }
        let [fours, sixes] = &mut self.counts;
        let other = match address {
            IpAddr::V4(_) => {
                *fours = fours.saturating_add(1);
                IpAddr::V4(documentation(*fours))
            }
            IpAddr::V6(_) => {
                *sixes = sixes.saturating_add(1);
                // RFC 3849.
                IpAddr::V6(Ipv6Addr::from(0x2001_0db8_u128 << 96 | u128::from(*sixes)))
            }
        };
        self.addresses.insert(address, other);
        other
    }

    /// What stands for an address of hardware, of 6 or 8 octets: of the ranges for documentation (RFC 9542 2.1.2, 2.2.2), beyond
    /// their 256 each one that nobody assigned. All zeros and all ones are nobody's.
    pub(super) fn hardware(&mut self, octets: &[u8]) -> Vec<u8> {
        let value = octets.iter().fold(0, |value, octet| value << 8 | u64::from(*octet));
        if octets.iter().all(|octet| *octet == 0) || octets.iter().all(|octet| *octet == 0xff) {
            return octets.to_vec();
        }
        let [short, long] = &mut self.hardware;
        let known = if octets.len() == 6 { short } else { long };
        let count = known.len() as u64;
        let number = *known.entry(value).or_insert(count);
        let base: u64 = match (octets.len(), number < 256) {
            (6, true) => 0x0000_5e00_5300,
            (6, false) => 0x0200_0000_0000,
            (_, true) => 0x0200_5e10_0000_0000,
            (_, false) => 0x0200_0000_0000_0000,
        };
        let other = (base | number & 0xffff_ffff).to_be_bytes();
        other.iter().skip(other.len().saturating_sub(octets.len())).copied().collect()
    }
}

/// In small letters, without a dot at its end.
fn plain(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_plain = name.bytes().all(|c| c.is_ascii() && !c.is_ascii_uppercase());
    if is_plain { name.into() } else { name.chars().flat_map(small).collect::<String>().into() }
}

/// Whether it stands in a text as one word.
fn is_word(name: &str) -> bool {
    name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
        && name.bytes().next_back().is_none_or(|c| c.is_ascii_alphanumeric())
}

/// The networks for documentation (RFC 5737), 762 hosts; beyond them that for benchmarks (RFC 2544), 130 048 hosts; beyond that the
/// reserved 240.0.0.0/4 (RFC 1112 4), which nobody has either and which has room for more than any timeline can name.
fn documentation(count: u32) -> Ipv4Addr {
    let (place, host) = (count.saturating_sub(1) / 254, count.saturating_sub(1) % 254 + 1);
    let within = |first: [u8; 4], place: u32| u32::from(Ipv4Addr::from(first)).saturating_add(place << 8);
    let network = match place {
        0 => within([192, 0, 2, 0], 0),
        1 => within([198, 51, 100, 0], 0),
        2 => within([203, 0, 113, 0], 0),
        3..BENCHMARKS_END => within([198, 18, 0, 0], place - 3),
        more => within([240, 0, 0, 0], (more - BENCHMARKS_END).min(RESERVED - 1)),
    };
    Ipv4Addr::from(network | host)
}

/// Networks of 254 hosts: three, and the 512 of 198.18.0.0/15.
const BENCHMARKS_END: u32 = 3 + 512;
/// Those of 240.0.0.0/4 without the last one, in which 255.255.255.255 is.
const RESERVED: u32 = (1 << 20) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_addresses_for_many() {
        assert_eq!(documentation(254), Ipv4Addr::new(192, 0, 2, 254));
        assert_eq!(documentation(255), Ipv4Addr::new(198, 51, 100, 1));
        assert_eq!(documentation(763), Ipv4Addr::new(198, 18, 0, 1));
        assert_eq!(documentation(763 + 254), Ipv4Addr::new(198, 18, 1, 1));
        assert_eq!(documentation(762 + 130_048), Ipv4Addr::new(198, 19, 255, 254));
        assert_eq!(documentation(762 + 130_049), Ipv4Addr::new(240, 0, 0, 1));
        assert_eq!(documentation(u32::MAX).octets()[0], 255);
        assert_ne!(documentation(u32::MAX), Ipv4Addr::BROADCAST);
    }

    /// No two addresses become the same one, and none leaves the ranges that are nobody's.
    #[test]
    fn many_addresses_stay_apart() {
        let mut places = Places::default();
        let mut seen = HashSet::new();
        for number in 0..140_000_u32 {
            let IpAddr::V4(other) = places.address(Ipv4Addr::from((10 << 24) + number).into()) else { continue };
            assert!(seen.insert(other), "{other} twice");
            let [a, b, c, _] = other.octets();
            let is_nobodys =
                matches!((a, b, c), (192, 0, 2) | (198, 51, 100) | (203, 0, 113) | (198, 18..=19, _) | (240.., ..));
            assert!(is_nobodys, "{other}");
        }
        assert_eq!(seen.len(), 140_000);
    }

    #[test]
    fn hardware_gets_what_is_for_documentation() {
        let mut places = Places::default();
        let first = places.hardware(&[2, 0x42, 0xac, 0x11, 0, 2]);
        assert_eq!(first, [0, 0, 0x5e, 0, 0x53, 0]);
        assert_eq!(places.hardware(&[2, 0x42, 0xac, 0x11, 0, 3]), [0, 0, 0x5e, 0, 0x53, 1]);
        assert_eq!(places.hardware(&[2, 0x42, 0xac, 0x11, 0, 2]), first);
        assert_eq!(places.hardware(&[0xff; 6]), [0xff; 6]);
        assert_eq!(places.hardware(&[1, 2, 3, 4, 5, 6, 7, 8]), [2, 0, 0x5e, 0x10, 0, 0, 0, 0]);
    }
}
