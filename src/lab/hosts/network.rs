//! The lab's network: a client and a server, each a host of its own, and between them nothing but two devices here.

use super::host::Host;
use super::link::{self, Mac};
use crate::lab::kernel::witness::Witness;
use crate::tcp::Peer;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// The device of each host.
pub(in crate::lab) const DEVICE: &str = "eth0";

/// Entries of the table of connections that a namespace made from here gets.
const OWN_TABLES: &str = "/proc/sys/net/ipv4/tcp_child_ehash_entries";
const SOCKETS: &str = "4096";

/// Where IPv6 has its parameters.
const V6: &str = "/proc/sys/net/ipv6";

/// Two hosts that reach each other only by what is carried from one wire device to the other.
#[derive(Debug)]
pub struct Network {
    /// Client and server.
    pub hosts: [Host; 2],
}

/// The device here that leads to a host. (Client and server are peers A and B.)
pub fn wire_device(peer: Peer) -> &'static str {
    match peer {
        Peer::A => "wire-client",
        Peer::B => "wire-server",
    }
}

/// The address of a host.
pub fn address(peer: Peer, is_v6: bool) -> IpAddr {
    let last = match peer {
        Peer::A => 1,
        Peer::B => 2,
    };
    if is_v6 {
        IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last.into()))
    } else {
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, last))
    }
}

/// A second address of the server's host, where names are asked for.
pub fn names_address(is_v6: bool) -> IpAddr {
    if is_v6 {
        IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x53))
    } else {
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 53))
    }
}

/// The link-layer address of a host.
pub fn mac(peer: Peer) -> Mac {
    match peer {
        Peer::A => [2, 0, 0, 0, 0, 1],
        Peer::B => [2, 0, 0, 0, 0, 2],
    }
}

impl Network {
    /// Builds both hosts in the network namespace that the calling thread is in, which needs root rights there. Nothing is
    /// left behind: the kernel takes all down when this goes, and when the process does. Both control congestion as
    /// textbooks have it (RFC 5681), whatever this machine does else, so that a scenario comes out alike everywhere.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn build() -> io::Result<Network> {
        // Tables of the hosts' own, where the kernel can (Linux 6.1): asking about sockets walks the whole table.
        let _ = std::fs::write(OWN_TABLES, SOCKETS);
        let hosts = [Host::new()?, Host::new()?];
        for peer in Peer::BOTH {
            let host = peer.of(&hosts);
            quiet(host)?;
            host.set("net.ipv4.tcp_congestion_control", "reno")?;
            let device = wire_device(peer);
            link::veth(device, host, DEVICE, mac(peer))?;
            // Nobody lives at this end; it shall say nothing.
            if has_v6() {
                std::fs::write(format!("{V6}/conf/{device}/disable_ipv6"), "1")?;
            }
            link::up(device)?;
            host.inside(|| settle(peer))?;
        }
        for peer in Peer::BOTH {
            link::until_carrying(wire_device(peer))?;
            peer.of(&hosts).inside(|| link::until_carrying(DEVICE))?;
        }
        Ok(Network { hosts })
    }

    /// The kernel of each host as witness.
    ///
    /// # Errors
    /// What the kernel says.
    pub(in crate::lab) fn witnesses(&self) -> io::Result<Vec<Witness>> {
        self.hosts.iter().map(|host| host.inside(Witness::open_all)).collect()
    }
}

/// A kernel that was started with `ipv6.disable=1`, or built without IPv6, has no such addresses to give.
fn has_v6() -> bool {
    Path::new(V6).exists()
}

/// No word that nobody asked for: no router solicitation, no address of its own making, no group reports.
fn quiet(host: &Host) -> io::Result<()> {
    if !has_v6() {
        return Ok(());
    }
    for conf in ["all", "default"] {
        for (name, value) in
            [("router_solicitations", "0"), ("accept_ra", "0"), ("addr_gen_mode", "1"), ("accept_dad", "0")]
        {
            host.set(&format!("net.ipv6.conf.{conf}.{name}"), value)?;
        }
    }
    Ok(())
}

fn settle(peer: Peer) -> io::Result<()> {
    link::up("lo")?;
    link::no_offload(DEVICE)?;
    link::up(DEVICE)?;
    for (is_v6, prefix) in [(false, 24), (true, 64)].into_iter().filter(|(is_v6, _)| !is_v6 || has_v6()) {
        link::address(DEVICE, address(peer, is_v6), prefix)?;
        link::neighbour(DEVICE, address(!peer, is_v6), mac(!peer))?;
        match peer {
            Peer::A => link::neighbour(DEVICE, names_address(is_v6), mac(Peer::B))?,
            Peer::B => link::address(DEVICE, names_address(is_v6), prefix)?,
        }
    }
    Ok(())
}
