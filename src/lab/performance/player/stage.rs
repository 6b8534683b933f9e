//! Where a scenario is played: two hosts with a wire between them, or a loopback that is both.

use crate::lab::hosts::{Host, Network, address, link, names_address};
use crate::lab::kernel::witness::{Seen, Witness};
use crate::lab::performance::LabError;
use crate::lab::scenario::{Ground, Scenario, Sysctl};
use crate::lab::wire::{Loopback, Medium, Plan, Wire};
use crate::tcp::{Peer, State};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};

/// Addresses of the machine's loopback that this process has taken.
static TAKEN: AtomicU32 = AtomicU32::new(0);

pub(super) struct Stage {
    /// None on a loopback.
    network: Option<Network>,
    /// The address of both hosts on a loopback.
    loopback: IpAddr,
    pub(super) medium: Medium,
}

impl Stage {
    /// Builds it in the network namespace of this thread.
    pub(super) fn build(scenario: &Scenario, ground: Ground) -> Result<Stage, LabError> {
        if ground != Ground::Wire {
            if ground == Ground::Loopback {
                link::up("lo").map_err(LabError::Network)?;
            }
            let loopback = match (ground, scenario.is_v6) {
                (_, true) => IpAddr::V6(Ipv6Addr::LOCALHOST),
                (Ground::Here, false) => IpAddr::V4(unused()),
                _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
            };
            // Where a network is its own, all of it is the scenario's: `localhost` has two addresses.
            let only = (ground == Ground::Here).then_some(loopback);
            let medium = Loopback::listen(&scenario.ports(), only).map_err(LabError::Loopback)?;
            return Ok(Stage { network: None, loopback, medium: Medium::Loopback(medium) });
        }
        let network = Network::build().map_err(LabError::Network)?;
        for sysctl in &scenario.sysctls {
            let Sysctl { host, name, value, .. } = sysctl;
            for peer in Peer::BOTH.into_iter().filter(|peer| host.is_none_or(|host| host == *peer)) {
                let set = peer.of(&network.hosts).set(name, value);
                set.map_err(|error| LabError::Sysctl(Box::new(sysctl.clone()), error))?;
            }
        }
        let plan = Plan { delay: scenario.delay, rate: scenario.rate, faults: scenario.faults.clone() };
        let medium = Medium::Wire(Wire::lay(plan, &network.hosts).map_err(LabError::Wire)?);
        Ok(Stage { network: Some(network), loopback: Ipv4Addr::LOCALHOST.into(), medium })
    }

    pub(super) fn witnesses(&self, scenario: &Scenario) -> Result<Vec<Witness>, LabError> {
        let witnesses = match &self.network {
            Some(network) => network.witnesses(),
            None => Witness::open(&scenario.ports()).map(|witness| vec![witness.of_address(self.loopback)]),
        };
        witnesses.map_err(LabError::Witness)
    }

    /// The host to move to, where there is one.
    pub(super) fn host(&self, peer: Peer) -> Option<&Host> {
        self.network.as_ref().map(|network| peer.of(&network.hosts))
    }

    pub(super) fn address(&self, peer: Peer, is_v6: bool) -> IpAddr {
        match &self.network {
            Some(_) => address(peer, is_v6),
            None => self.loopback,
        }
    }

    /// Where the DNS server is.
    pub(super) fn names(&self, is_v6: bool) -> IpAddr {
        match &self.network {
            Some(_) => names_address(is_v6),
            None => self.loopback,
        }
    }

    /// The sockets of each host. On a loopback those of a port that somebody listens on are the server's.
    pub(super) fn by_host<'s>(
        &self,
        seen: impl Iterator<Item = &'s [Seen]>,
        served: &[u16],
    ) -> [Vec<(&'s Seen, State)>; 2] {
        let mut hosts = [Vec::new(), Vec::new()];
        for (place, host) in seen.enumerate() {
            for (seen, state) in host.iter().filter_map(|seen| Some((seen, seen.state()?))) {
                let is_server = match &self.network {
                    Some(_) => place == Peer::B.index(),
                    None => served.contains(&seen.local.port()),
                };
                let peer = if is_server { Peer::B } else { Peer::A };
                peer.of_mut(&mut hosts).push((seen, state));
            }
        }
        hosts
    }
}

/// An address of the machine's own loopback that nobody else is likely to use: there the ports are free, whatever other programs
/// serve, and whatever waits in TIME-WAIT after an earlier scenario. Within 127.64.0.0/10, by process.
fn unused() -> Ipv4Addr {
    let number = std::process::id().wrapping_mul(64).wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
    Ipv4Addr::from_bits(u32::from_be_bytes([127, 64, 0, 0]) | (1 + number % ((1 << 22) - 2)))
}
