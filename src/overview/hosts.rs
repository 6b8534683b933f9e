//! Who does what how often, for a bounded number of hosts.

use crate::timeline::{Standout, Standouts};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// Hosts remembered in one role, about 300 KiB. When one more comes, the quarter of which there is the least to say is let go.
const HOSTS: usize = 4096;
/// Hosts told for each reason.
const TOLD: usize = 5;

/// What one host did, in connections.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deeds {
    pub(super) connections: u32,
    pub(super) refused: u32,
    pub(super) unanswered: u32,
    pub(super) reset: u32,
    pub(super) closed_first: u32,
}

impl Deeds {
    fn add(&mut self, other: Deeds) {
        let pairs = [
            (&mut self.connections, other.connections),
            (&mut self.refused, other.refused),
            (&mut self.unanswered, other.unanswered),
            (&mut self.reset, other.reset),
            (&mut self.closed_first, other.closed_first),
        ];
        pairs.into_iter().for_each(|(sum, more)| *sum = sum.saturating_add(more));
    }

    fn weight(&self) -> u64 {
        [self.connections, self.refused, self.unanswered, self.reset, self.closed_first].map(u64::from).iter().sum()
    }
}

/// A host in its role: a server is known by address and port, a client by its address.
pub(super) trait Host: Copy + Eq + Ord + Hash {
    fn address(&self) -> (IpAddr, Option<u16>);
}

impl Host for IpAddr {
    fn address(&self) -> (IpAddr, Option<u16>) {
        (*self, None)
    }
}

impl Host for (IpAddr, u16) {
    fn address(&self) -> (IpAddr, Option<u16>) {
        (self.0, Some(self.1))
    }
}

/// Hosts of one role and what they did.
pub(super) struct Hosts<K> {
    deeds: HashMap<K, Deeds, foldhash::fast::RandomState>,
    let_go: u64,
}

impl<K> Default for Hosts<K> {
    fn default() -> Hosts<K> {
        Hosts { deeds: HashMap::default(), let_go: 0 }
    }
}

impl<K: Host> Hosts<K> {
    pub(super) fn note(&mut self, host: K, deeds: Deeds) {
        if let Some(known) = self.deeds.get_mut(&host) {
            return known.add(deeds);
        }
        if self.deeds.len() >= HOSTS {
            self.let_go += retain_heaviest(&mut self.deeds, HOSTS / 4 * 3, Deeds::weight);
        }
        self.deeds.insert(host, deeds);
    }

    pub(super) fn finish(&self) -> Standouts {
        let worst = |count: fn(&Deeds) -> u32| {
            let mut list: Vec<(u32, K, u32)> = self
                .deeds
                .iter()
                .map(|(host, deeds)| (count(deeds), *host, deeds.connections))
                .filter(|(count, ..)| *count > 0)
                .collect();
            list.sort_unstable_by(|(a, one, _), (b, other, _)| b.cmp(a).then(one.cmp(other)));
            let told = list.into_iter().take(TOLD).map(|(count, host, connections)| {
                let (ip, port) = host.address();
                Standout { ip, port, count: count.into(), connections: connections.into() }
            });
            told.collect()
        };
        Standouts {
            refused: worst(|deeds| deeds.refused),
            unanswered: worst(|deeds| deeds.unanswered),
            reset: worst(|deeds| deeds.reset),
            closed_first: worst(|deeds| deeds.closed_first),
            let_go: self.let_go,
        }
    }
}

/// Keeps the `keep` heaviest; says how many were let go. What is kept does not depend on the map's own order.
pub(super) fn retain_heaviest<K: Copy + Ord + Eq + Hash, V>(
    map: &mut HashMap<K, V, foldhash::fast::RandomState>,
    keep: usize,
    weight: impl Fn(&V) -> u64,
) -> u64 {
    let surplus = map.len().saturating_sub(keep);
    let mut order: Vec<(u64, K)> = map.iter().map(|(key, value)| (weight(value), *key)).collect();
    if surplus == 0 || surplus >= order.len() {
        return 0;
    }
    let (lightest, ..) = order.select_nth_unstable(surplus);
    for (_, key) in lightest {
        map.remove(key);
    }
    surplus as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn however_many_come_the_worst_is_kept() {
        let mut hosts = Hosts::default();
        let refused = Deeds { connections: 1, refused: 1, ..Deeds::default() };
        for n in 0..50_000_u32 {
            hosts.note((IpAddr::V4(Ipv4Addr::from(n)), 80), refused);
            if n % 10 == 0 {
                hosts.note((IpAddr::V4(Ipv4Addr::new(10, 9, 8, 7)), 443), refused);
            }
        }
        assert!(hosts.deeds.len() <= HOSTS);
        let told = hosts.finish();
        assert!(told.let_go > 40_000);
        assert_eq!(told.refused.len(), TOLD);
        let first = told.refused.first().map(|worst| (worst.port, worst.count, worst.connections));
        assert_eq!(first, Some((Some(443), 5_000, 5_000)));
        assert!(told.reset.is_empty());
    }
}
