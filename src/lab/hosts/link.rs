//! Devices, addresses and neighbours, by rtnetlink: blocking, one request and its answer at a time.

use super::host::Host;
use crate::source::syscall::{link_up, no_checksum_offload};
use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressHeaderFlags, AddressMessage};
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkInfo, LinkMessage, State as LinkState,
};
use netlink_packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState};
use netlink_packet_route::route::RouteType;
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{AddressFamily as Family, SockFlag, SockType, socket};
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

/// A device that is switched on carries frames after so long, also on a machine that is very busy.
const CARRIES_WITHIN: Duration = Duration::from_secs(10);

/// A link-layer address.
pub(in crate::lab) type Mac = [u8; 6];

/// Makes a pair of devices: one here, one on the host.
pub(in crate::lab) fn veth(here: &str, host: &Host, there: &str, mac: Mac) -> io::Result<()> {
    let mut peer = LinkMessage::default();
    peer.attributes = vec![
        LinkAttribute::IfName(there.into()),
        LinkAttribute::Address(mac.to_vec()),
        LinkAttribute::NetNsFd(host.raw()),
    ];
    let mut link = LinkMessage::default();
    link.attributes = vec![
        LinkAttribute::IfName(here.into()),
        LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
        ]),
    ];
    ask(RouteNetlinkMessage::NewLink(link))
}

/// Gives a device of this thread's host an address. IPv6 does not look for others that have it.
pub(in crate::lab) fn address(device: &str, ip: IpAddr, prefix: u8) -> io::Result<()> {
    let mut message = AddressMessage::default();
    message.header.family = family(ip);
    message.header.prefix_len = prefix;
    message.header.index = index(device)?;
    message.attributes = vec![AddressAttribute::Address(ip)];
    if ip.is_ipv4() {
        message.attributes.push(AddressAttribute::Local(ip));
    } else {
        message.header.flags = AddressHeaderFlags::Nodad;
    }
    ask(RouteNetlinkMessage::NewAddress(message))
}

/// Tells this thread's host who has an address, so that it never asks on the wire.
pub(in crate::lab) fn neighbour(device: &str, ip: IpAddr, mac: Mac) -> io::Result<()> {
    let mut message = NeighbourMessage::default();
    message.header.family = family(ip);
    message.header.ifindex = index(device)?;
    message.header.state = NeighbourState::Permanent;
    message.header.kind = RouteType::Unicast;
    let destination = match ip {
        IpAddr::V4(ip) => NeighbourAddress::Inet(ip),
        IpAddr::V6(ip) => NeighbourAddress::Inet6(ip),
    };
    message.attributes =
        vec![NeighbourAttribute::Destination(destination), NeighbourAttribute::LinkLayerAddress(mac.to_vec())];
    ask(RouteNetlinkMessage::NewNeighbour(message))
}

/// Switches a device of this thread's host on.
pub(in crate::lab) fn up(device: &str) -> io::Result<()> {
    Ok(link_up(any_socket()?.as_fd(), device)?)
}

/// Waits until a device of this thread's host carries frames: it is switched on at once, but the kernel lets it send only
/// somewhat later, and drops what is sent before.
pub(in crate::lab) fn until_carrying(device: &str) -> io::Result<()> {
    let begun = Instant::now();
    let mut message = LinkMessage::default();
    message.attributes = vec![LinkAttribute::IfName(device.into())];
    loop {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        let answer = exchange(header, RouteNetlinkMessage::GetLink(message.clone()))?;
        let carries = match answer.payload {
            NetlinkPayload::Error(error) => return Err(error.to_io()),
            NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) => {
                link.attributes.contains(&LinkAttribute::OperState(LinkState::Up))
            }
            _ => false,
        };
        if carries {
            return Ok(());
        }
        if begun.elapsed() > CARRIES_WITHIN {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{device} carries nothing")));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Every frame shall be what a network would see: whole checksums, no super-segments.
pub(in crate::lab) fn no_offload(device: &str) -> io::Result<()> {
    Ok(no_checksum_offload(any_socket()?.as_fd(), device)?)
}

fn any_socket() -> io::Result<OwnedFd> {
    Ok(socket(Family::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?)
}

fn index(device: &str) -> io::Result<u32> {
    Ok(if_nametoindex(device)?)
}

fn family(ip: IpAddr) -> AddressFamily {
    if ip.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 }
}

/// Has the kernel do something, and waits until it has.
fn ask(message: RouteNetlinkMessage) -> io::Result<()> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    match exchange(header, message)?.payload {
        NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
        _ => Ok(()),
    }
}

/// Sends one request to the kernel and waits for its answer.
fn exchange(header: NetlinkHeader, message: RouteNetlinkMessage) -> io::Result<NetlinkMessage<RouteNetlinkMessage>> {
    let mut request = NetlinkMessage::new(header, NetlinkPayload::from(message));
    request.finalize();
    let mut bytes = vec![0; request.buffer_len()];
    request.serialize(&mut bytes);
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    socket.send(&bytes, 0)?;
    let (answer, _) = socket.recv_from_full()?;
    NetlinkMessage::<RouteNetlinkMessage>::deserialize(&answer)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
}
