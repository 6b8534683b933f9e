//! One end of the wire, by pnet: what a host sends comes in on a thread of its own, what is for it goes out.
//!
//! The host's own device is listened to, from inside: there the kernel shows what the host sends while it sends it, and what
//! arrives when the host takes it, in one queue and stamped by one clock. A thread here wakes when it may, on a busy machine
//! late; had it stamped the packets, one that left before another arrived could be told after it.

use super::Message;
use super::work::{Came, Outlet};
use crate::lab::hosts::{DEVICE, Host, mac, wire_device};
use crate::lab::worker::Worker;
use crate::source::clock::{now, stamped};
use crate::source::syscall::packets_let_go;
use crate::tcp::{Peer, Timestamp};
use nix::cmsg_space;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, setsockopt, socket, sockopt,
};
use nix::sys::time::TimeSpec;
use pnet::datalink::{self, Channel, ChannelType, Config, DataLinkSender};
use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

/// How long one wait for a frame lasts at most, in milliseconds.
const GLANCE: u16 = 50;
/// Octets of frames that may wait to be read: some ten thousand, what a fast sender sends in a tenth of a second.
const ROOM: usize = 32 << 20;
/// Longer than any frame.
const LONGEST: usize = 1 << 16;
/// Where the sender's address stands in an Ethernet frame.
const SOURCE: std::ops::Range<usize> = 6..12;
/// How often a frame is tried for which there was no room just then.
const TRIES: usize = 5;

pub(super) struct Device {
    sender: Box<dyn DataLinkSender>,
    _watcher: Worker<()>,
}

impl Device {
    /// Takes up the device that leads to a host; what is seen there goes to `messages` until `stop`, and then that it is over.
    pub(super) fn open(
        peer: Peer,
        host: &Host,
        messages: Sender<Message>,
        stop: Arc<AtomicBool>,
    ) -> io::Result<Device> {
        let seen = host.inside(|| {
            let seen = unbound()?;
            setsockopt(&seen, sockopt::ReceiveTimestampns, &true)?;
            // Beyond the machine's limit only root of the network may go, and in older kernels only the machine's.
            if setsockopt(&seen, sockopt::RcvBufForce, &ROOM).is_err() {
                setsockopt(&seen, sockopt::RcvBuf, &ROOM)?;
            }
            bind(seen.try_clone()?, DEVICE, ChannelType::Layer2)?;
            Ok(seen)
        })?;
        // Protocol 0 is nobody's: nothing comes in there.
        let sender = bind(unbound()?, wire_device(peer), ChannelType::Layer3(0))?;
        let watcher = Worker::begin(wire_device(peer), stop, move |stop| watch(peer, &seen, &messages, stop))?;
        Ok(Device { sender, _watcher: watcher })
    }
}

impl Outlet for Device {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.sender.send_to(bytes, None).unwrap_or_else(|| Err(Errno::EMSGSIZE.into())) {
                Err(error) if tries < TRIES && is_passing(&error) => thread::yield_now(),
                other => return other,
            }
        }
    }
}

/// A packet socket that gets nothing before it is bound.
fn unbound() -> io::Result<OwnedFd> {
    Ok(socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?)
}

/// Binds it to a device of this thread's network; it stays so as long as any descriptor of it is open.
fn bind(socket: OwnedFd, name: &str, channel_type: ChannelType) -> io::Result<Box<dyn DataLinkSender>> {
    let interface = datalink::interfaces().into_iter().find(|interface| interface.name == name);
    let interface = interface.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no device {name}")))?;
    let config = Config { channel_type, socket_fd: Some(socket.into_raw_fd()), ..Config::default() };
    match datalink::channel(&interface, config)? {
        Channel::Ethernet(sender, _) => Ok(sender),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn watch(peer: Peer, socket: &OwnedFd, messages: &Sender<Message>, stop: &AtomicBool) {
    let mut octets = vec![0; LONGEST];
    let mut last = Timestamp::default();
    loop {
        // What is there when it is over is read to its end.
        let is_over = stop.load(Ordering::Acquire);
        let message = match next(socket, &mut octets, if is_over { 0 } else { GLANCE }) {
            Ok(None) if is_over => break,
            Ok(None) => continue,
            Ok(Some((time, bytes))) => {
                // The queue has the order in which the host did it all; what arrives was stamped a little before it was taken.
                last = last.max(time);
                seen(peer, last, bytes)
            }
            Err(error) if is_passing(&error) => continue,
            Err(error) => {
                let may_come_back = !is_over && error.raw_os_error() == Some(Errno::ENETDOWN as i32);
                if messages.send(Message::Deaf(peer, error)).is_err() || !may_come_back {
                    break;
                }
                continue;
            }
        };
        if messages.send(message).is_err() {
            return;
        }
    }
    let let_go = packets_let_go(socket.as_fd()).map_or(0, u64::from);
    // Who asked for frames may be gone.
    let _ = messages.send(Message::Over(peer, let_go));
}

/// What a frame at a host's device is: its own, or another's for it.
fn seen(peer: Peer, time: Timestamp, bytes: &[u8]) -> Message {
    if bytes.get(SOURCE) != Some(&mac(peer)[..]) {
        return Message::Arrived(peer, time, bytes.to_vec());
    }
    // The wire takes as long as it takes, however late this thread woke.
    let late = u64::try_from(now().since(time)).unwrap_or_default();
    let awake = Instant::now();
    let at = awake.checked_sub(Duration::from_nanos(late)).unwrap_or(awake);
    Message::Came(Came { from: peer, time, at, bytes: bytes.to_vec() })
}

/// The next frame and when it passed; none within so many milliseconds.
fn next<'o>(socket: &OwnedFd, octets: &'o mut [u8], wait: u16) -> io::Result<Option<(Timestamp, &'o [u8])>> {
    // Errors are told by the call after it.
    if poll(&mut [PollFd::new(socket.as_fd(), PollFlags::POLLIN)], PollTimeout::from(wait))? == 0 {
        return Ok(None);
    }
    let mut space = cmsg_space!(TimeSpec);
    let (time, len) = {
        let mut room = [IoSliceMut::new(octets)];
        let got = recvmsg::<()>(socket.as_raw_fd(), &mut room, Some(&mut space), MsgFlags::MSG_DONTWAIT)?;
        let time = got.cmsgs().into_iter().flatten().find_map(|part| match part {
            ControlMessageOwned::ScmTimestampns(time) => Some(stamped(timestamp(time))),
            _ => None,
        });
        (time.unwrap_or_else(now), got.bytes)
    };
    Ok(octets.get(..len).map(|bytes| (time, bytes)))
}

/// Whether the same call may well succeed the next time.
fn is_passing(error: &io::Error) -> bool {
    let passing = [Errno::EAGAIN, Errno::EINTR, Errno::ENOBUFS, Errno::ENOMEM];
    error.raw_os_error().is_some_and(|code| passing.iter().any(|errno| *errno as i32 == code))
}

fn timestamp(time: TimeSpec) -> Timestamp {
    Timestamp(time.tv_sec().saturating_mul(1_000_000_000).saturating_add(time.tv_nsec()))
}
