//! Who does what how often, for a bounded number of hosts.

use super::host::Host;
use crate::timeline::{Standout, Standouts};
use std::collections::HashMap;
use std::hash::Hash;

/// Hosts remembered in one role, about 300 KiB. When one more comes, the half of which there is the least to say is let go.
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
        self.connections = self.connections.saturating_add(other.connections);
        self.refused = self.refused.saturating_add(other.refused);
        self.unanswered = self.unanswered.saturating_add(other.unanswered);
        self.reset = self.reset.saturating_add(other.reset);
        self.closed_first = self.closed_first.saturating_add(other.closed_first);
    }

    /// Summed one by one: in a flood this is asked of every host again and again.
    #[inline]
    fn weight(&self) -> u64 {
        let wide = u64::from;
        wide(self.connections) + wide(self.refused) + wide(self.unanswered) + wide(self.reset) + wide(self.closed_first)
    }
}

/// Hosts of one role and what they did.
#[derive(Default)]
pub(super) struct Hosts {
    /// With each, the how-manieth it was that was met.
    deeds: HashMap<Host, (Deeds, u32), foldhash::fast::RandomState>,
    met: u32,
    let_go: u64,
}

impl Hosts {
    pub(super) fn note(&mut self, host: Host, deeds: Deeds) {
        if let Some((known, _)) = self.deeds.get_mut(&host) {
            return known.add(deeds);
        }
        if self.deeds.len() >= HOSTS {
            self.let_go += retain_heaviest(&mut self.deeds, HOSTS / 2, |(deeds, number)| rank(deeds.weight(), *number));
        }
        self.met = self.met.wrapping_add(1);
        self.deeds.insert(host, (deeds, self.met));
    }

    pub(super) fn finish(&self) -> Standouts {
        let worst = |count: fn(&Deeds) -> u32| {
            let mut list: Vec<(u32, Host, u32)> = self
                .deeds
                .iter()
                .map(|(host, (deeds, _))| (count(deeds), *host, deeds.connections))
                .filter(|(count, ..)| *count > 0)
                .collect();
            list.sort_unstable_by(|(a, one, _), (b, other, _)| b.cmp(a).then(one.cmp(other)));
            let told = list.into_iter().take(TOLD).map(|(count, host, connections)| {
                let (ip, port) = (host.ip(), host.port());
                Standout { ip, port, name: None, count: count.into(), connections: connections.into() }
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

/// Where one stands among those of which the lightest are let go: of equals, who was met first goes first. `number` is
/// another one for each.
pub(super) fn rank(weight: u64, number: u32) -> u64 {
    weight.min(u32::MAX.into()) << 32 | u64::from(number)
}

/// Keeps the `keep` heaviest; says how many were let go. The rank is another one for each, so that what is kept does not
/// depend on the map's own order.
pub(super) fn retain_heaviest<K: Eq + Hash, V>(
    map: &mut HashMap<K, V, foldhash::fast::RandomState>,
    keep: usize,
    rank: impl Fn(&V) -> u64,
) -> u64 {
    let before = map.len();
    let surplus = before.saturating_sub(keep);
    let mut ranks: Vec<u64> = map.values().map(&rank).collect();
    if surplus == 0 || surplus >= before {
        return 0;
    }
    let (_, least, _) = ranks.select_nth_unstable(surplus);
    map.retain(|_, value| rank(value) >= *least);
    (before - map.len()) as u64
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
            hosts.note(Host::server((Ipv4Addr::from(n), 80).into()), refused);
            if n % 10 == 0 {
                hosts.note(Host::server((Ipv4Addr::new(10, 9, 8, 7), 443).into()), refused);
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
