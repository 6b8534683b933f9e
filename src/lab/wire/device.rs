//! One end of the wire, by pnet: frames from a host come in on a thread of their own, frames for it go out.

use super::Word;
use crate::lab::network::wire_device;
use crate::lab::worker::Worker;
use crate::source::clock::now;
use crate::source::syscall::ignore_outgoing;
use crate::tcp::{Peer, Timestamp};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use pnet::datalink::{self, Channel, Config, DataLinkReceiver, DataLinkSender};
use std::io;
use std::os::fd::{AsFd, IntoRawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// A frame that came from a host.
pub(super) struct Came {
    pub(super) from: Peer,
    pub(super) time: Timestamp,
    pub(super) at: Instant,
    pub(super) bytes: Vec<u8>,
}

/// How often the receiving thread looks whether it should stop.
const GLANCE: Duration = Duration::from_millis(50);

pub(super) struct Device {
    sender: Box<dyn DataLinkSender>,
    _receiver: Worker<()>,
}

impl Device {
    /// Takes up the device that leads to a host; what comes from there goes to `frames` until `stop`.
    pub(super) fn open(peer: Peer, frames: Sender<Word>, stop: Arc<AtomicBool>) -> io::Result<Device> {
        let name = wire_device(peer);
        let interface = datalink::interfaces().into_iter().find(|interface| interface.name == name);
        let interface =
            interface.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no device {name}")))?;
        // A socket of ours: what goes out through it shall not come in again. Protocol 0: nothing comes before it is bound.
        let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?;
        ignore_outgoing(socket.as_fd())?;
        let config = Config { read_timeout: Some(GLANCE), socket_fd: Some(socket.into_raw_fd()), ..Config::default() };
        let Channel::Ethernet(sender, receiver) = datalink::channel(&interface, config)? else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let receiver = Worker::begin(name, stop, move |stop| receive(peer, receiver, &frames, stop))?;
        Ok(Device { sender, _receiver: receiver })
    }

    /// Puts a frame out to the host; says whether that went well.
    pub(super) fn send(&mut self, bytes: &[u8]) -> bool {
        matches!(self.sender.send_to(bytes, None), Some(Ok(())))
    }
}

fn receive(from: Peer, mut receiver: Box<dyn DataLinkReceiver>, frames: &Sender<Word>, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        let bytes = match receiver.next() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => continue,
            // The device is gone, and the lab with it.
            Err(_) => return,
        };
        let came = Came { from, time: now(), at: Instant::now(), bytes: bytes.to_vec() };
        if frames.send(Word::Came(came)).is_err() {
            return;
        }
    }
}
