//! The kernel's own word on TCP sockets: states, timers, owners, by NETLINK_SOCK_DIAG. Any user may ask.
//!
//! The reply is read here and not by a crate, since the crates drop how long TIME-WAIT still lasts.

mod info;

pub use info::TcpInfo;

use crate::tcp::{RunningTimer, Sample, State};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use netlink_sys::{Socket, SocketAddr as NetlinkAddr};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// One socket as the kernel sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelSocket {
    /// IPv4 addresses of IPv6 sockets are told as IPv4, as they are on the wire.
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub state: State,
    /// The timer that runs, if one does.
    pub timer: Option<Timer>,
    /// Unacknowledged retransmissions or probes so far.
    pub retransmits: u8,
    /// Octets not yet read by the program; for a listener, connections not yet accepted.
    pub rqueue: u32,
    /// Octets not yet acknowledged; for a listener, the most connections that may wait.
    pub wqueue: u32,
    pub uid: u32,
    /// 0 where no program holds the socket any more, as in TIME-WAIT.
    pub inode: u32,
    /// The kernel's own name for the socket, never used twice. TIME-WAIT keeps the cookie that its socket had.
    pub cookie: u64,
    /// Of a socket that is connected or was, and that a program or the kernel still sends with.
    pub info: Option<TcpInfo>,
}

impl KernelSocket {
    /// Local and remote address.
    pub(super) fn ends(&self) -> (SocketAddr, SocketAddr) {
        (self.local, self.remote)
    }

    /// What it says of its sending.
    pub(super) fn sample(&self) -> Option<Sample> {
        let info = self.info?;
        let timer = self.timer.and_then(|timer| match timer.kind {
            TimerKind::Retransmit => Some(RunningTimer::Retransmission),
            TimerKind::Probe => Some(RunningTimer::Probe),
            TimerKind::KeepAlive => Some(RunningTimer::KeepAlive),
            TimerKind::TimeWait => None,
        });
        Some(Sample {
            cwnd: info.cwnd,
            ssthresh: info.ssthresh,
            srtt: info.srtt,
            rttvar: info.rttvar,
            rto: info.rto,
            retransmits: self.retransmits.max(info.retransmits),
            timer,
            due_in: self.timer.filter(|_| timer.is_some()).map(|timer| timer.expires),
            in_flight: info.unacked,
            unsent: info.unsent,
            window: info.window,
            unacknowledged: self.wqueue,
            unread: self.rqueue,
        })
    }
}

/// A running timer of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    pub kind: TimerKind,
    /// From now, in the kernel's ticks (4 ms where HZ is 250). A timer that is due but has not yet run says zero: long ones,
    /// as TIME-WAIT's, run up to some seconds late.
    pub expires: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    /// Retransmission, or another that the send side runs.
    Retransmit,
    /// Keep-alive, or the wait for a FIN in FIN-WAIT-2.
    KeepAlive,
    /// 2MSL; also FIN-WAIT-2 of a socket that no program holds any more.
    TimeWait,
    /// Zero-window probe.
    Probe,
}

/// An open question to the kernel. It asks about the network namespace in which it was opened.
pub struct SockDiag {
    socket: Socket,
    sequence: u32,
}

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;
/// Every state but the one that a merely bound socket has (13).
const STATES: u32 = 0x1ffe;
/// Octets of a netlink header and of `struct inet_diag_msg`.
const HEADER: usize = 16;
const MESSAGE: usize = 72;

impl SockDiag {
    /// # Errors
    /// What the kernel says, as where a sandbox forbids netlink.
    pub fn open() -> io::Result<SockDiag> {
        let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&NetlinkAddr::new(0, 0))?;
        Ok(SockDiag { socket, sequence: 0 })
    }

    /// All TCP sockets that have one of these ports on either side; with no ports, all. IPv4 first, then IPv6.
    ///
    /// # Errors
    /// What the kernel says, or InvalidData for a reply that cannot be one. A kernel without IPv6 is no error.
    pub fn dump(&mut self, ports: &[u16]) -> io::Result<Vec<KernelSocket>> {
        let mut sockets = Vec::new();
        self.ask(AF_INET, &mut sockets)?;
        match self.ask(AF_INET6, &mut sockets) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other?,
        }
        sockets.retain(|socket| {
            ports.is_empty() || ports.contains(&socket.local.port()) || ports.contains(&socket.remote.port())
        });
        Ok(sockets)
    }

    fn ask(&mut self, family: u8, sockets: &mut Vec<KernelSocket>) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        self.socket.send(&request(family, self.sequence), 0)?;
        loop {
            let (reply, sender) = self.socket.recv_from_full()?;
            // Other programs can write to us too; the kernel's port is 0.
            if sender.port_number() == 0 && read_reply(&reply, self.sequence, sockets)? {
                return Ok(());
            }
        }
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`, asking for every TCP socket of a family.
fn request(family: u8, sequence: u32) -> Vec<u8> {
    const LENGTH: u32 = 72;
    let mut bytes = Vec::with_capacity(LENGTH as usize);
    bytes.extend_from_slice(&LENGTH.to_ne_bytes());
    bytes.extend_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    bytes.extend_from_slice(&sequence.to_ne_bytes());
    bytes.extend_from_slice(&0u32.to_ne_bytes());
    bytes.extend_from_slice(&[family, IPPROTO_TCP, info::ASKS_FOR_INFO, 0]);
    bytes.extend_from_slice(&STATES.to_ne_bytes());
    // No particular socket: an empty inet_diag_sockid.
    bytes.resize(LENGTH as usize, 0);
    bytes
}

/// Reads one datagram of a reply. True when it was the last.
fn read_reply(mut bytes: &[u8], sequence: u32, sockets: &mut Vec<KernelSocket>) -> io::Result<bool> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "a netlink reply that cannot be one");
    while !bytes.is_empty() {
        let length = u32_at(bytes, 0).ok_or_else(bad)? as usize;
        let message = bytes.get(..length).filter(|message| message.len() >= HEADER).ok_or_else(bad)?;
        let kind = u16_at(message, 4).ok_or_else(bad)?;
        let payload = message.get(HEADER..).ok_or_else(bad)?;
        // What is left of an earlier question is not for us.
        if u32_at(message, 8) == Some(sequence) {
            match kind {
                NLMSG_DONE => return Ok(true),
                NLMSG_ERROR => {
                    let code = u32_at(payload, 0).ok_or_else(bad)?.cast_signed();
                    return if code == 0 {
                        Ok(true)
                    } else {
                        Err(io::Error::from_raw_os_error(code.checked_neg().ok_or_else(bad)?))
                    };
                }
                // A kernel newer than this program may know states that have no name here.
                SOCK_DIAG_BY_FAMILY => sockets.extend(socket(payload).ok_or_else(bad)?),
                _ => {}
            }
        }
        // Messages begin at multiples of four octets; the last need not be filled up.
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

/// `struct inet_diag_msg`. The outer None: too short to be one. The inner: not TCP over IP, or a state without a name.
fn socket(message: &[u8]) -> Option<Option<KernelSocket>> {
    let (message, attributes) = message.split_at_checked(MESSAGE)?;
    let (family, state, timer) = (*message.first()?, *message.get(1)?, *message.get(2)?);
    let retransmits = *message.get(3)?;
    // A bound socket without a connection has this timer number too, but no time left.
    let expires = Duration::from_millis(u64::from(u32_at(message, 52)?));
    let timer = timer_kind(timer).map(|kind| Timer { kind, expires });
    let (Some(state), true) = (state_of(state), matches!(family, AF_INET | AF_INET6)) else { return Some(None) };
    Some(Some(KernelSocket {
        local: SocketAddr::new(address(family, message.get(8..24)?)?, port(message, 4)?),
        remote: SocketAddr::new(address(family, message.get(24..40)?)?, port(message, 6)?),
        state,
        timer,
        retransmits,
        rqueue: u32_at(message, 56)?,
        wqueue: u32_at(message, 60)?,
        uid: u32_at(message, 64)?,
        inode: u32_at(message, 68)?,
        cookie: u64::from(u32_at(message, 44)?) | u64::from(u32_at(message, 48)?) << 32,
        info: info::find(attributes).filter(|_| state != State::Listen),
    }))
}

/// The kernel's numbers (`net/tcp_states.h`). 12 is a connection request that the final ACK has not yet made a socket.
fn state_of(number: u8) -> Option<State> {
    Some(match number {
        1 => State::Established,
        2 => State::SynSent,
        3 | 12 => State::SynReceived,
        4 => State::FinWait1,
        5 => State::FinWait2,
        6 => State::TimeWait,
        7 => State::Closed,
        8 => State::CloseWait,
        9 => State::LastAck,
        10 => State::Listen,
        11 => State::Closing,
        _ => return None,
    })
}

fn timer_kind(number: u8) -> Option<TimerKind> {
    Some(match number {
        1 => TimerKind::Retransmit,
        2 => TimerKind::KeepAlive,
        3 => TimerKind::TimeWait,
        4 => TimerKind::Probe,
        _ => return None,
    })
}

fn address(family: u8, bytes: &[u8]) -> Option<IpAddr> {
    if family == AF_INET {
        return Some(IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes.get(..4)?).ok()?)));
    }
    Some(IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)).to_canonical())
}

/// Ports are in network order, everything else in the machine's own.
fn port(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests;
