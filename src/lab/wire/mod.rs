//! The wire between two hosts: it carries every frame from one to the other, later, and does to it what it was told.

mod counter;
mod craft;
mod device;
mod faults;
mod flows;
mod inject;
mod loopback;
mod medium;
pub mod record;
mod way;
mod work;

pub(in crate::lab) use loopback::Loopback;
pub(in crate::lab) use medium::Medium;

pub use inject::Injector;
pub use record::{Record, Sighting};

use crate::lab::fault::Fault;
use crate::lab::hosts::Host;
use crate::lab::pace::Rate;
use crate::lab::worker::Worker;
use crate::tcp::{Peer, Timestamp};
use device::Device;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use work::{Came, Outlet, Work};

/// How the wire is to carry.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// One way.
    pub delay: Duration,
    pub rate: Option<Rate>,
    pub faults: Vec<Fault>,
}

/// A wire at work.
pub struct Wire {
    carried: Arc<Carried>,
    worker: Worker<Record>,
    sender: Sender<Message>,
}

/// What the wire's thread is told.
enum Message {
    /// A frame came from a host.
    Came(Came),
    /// A frame arrived at a host.
    Arrived(Peer, Timestamp, Vec<u8>),
    /// Nothing can be heard of a host any more, or could not for a while.
    Deaf(Peer, io::Error),
    /// Nothing more is seen of a host; so many of its frames had not been.
    Over(Peer, u64),
    Inject(inject::Order),
}

/// What others may ask of a wire at work.
#[derive(Debug, Default)]
struct Carried {
    /// Segments that came to it, and ICMP errors.
    came: AtomicU64,
    /// Segments on it: they came, go by themselves, and were neither given out nor dropped yet. What waits for another segment
    /// is not among them: nothing moves until that one is sent, which may be never.
    under_way: AtomicU64,
}

/// How long one wait lasts at most.
const GLANCE: Duration = Duration::from_millis(20);
/// At the end both hosts' watchers are heard out: each says when it is over, however busy the machine is. One that is silent
/// for so long came to nothing.
const LAST: Duration = Duration::from_secs(5);

impl Wire {
    /// Takes up the way to both hosts, in the network namespace of the calling thread.
    ///
    /// # Errors
    /// What the kernel says, as where raw sockets are not allowed.
    pub fn lay(plan: Plan, hosts: &[Host; 2]) -> io::Result<Wire> {
        let (sender, messages) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let client = Device::open(Peer::A, Peer::A.of(hosts), sender.clone(), stop.clone())?;
        let server = Device::open(Peer::B, Peer::B.of(hosts), sender.clone(), stop.clone())?;
        let carried = Arc::new(Carried::default());
        let mut work = Work::new(plan, [client, server], carried.clone());
        let worker = Worker::begin("wire", stop, move |stop| {
            carry(&mut work, &messages, stop);
            hear_out(&mut work, &messages);
            work.end()
        })?;
        Ok(Wire { carried, worker, sender })
    }

    /// Frames that came to the wire so far, and those that are on it now.
    pub fn carried(&self) -> (u64, u64) {
        (self.carried.came.load(Ordering::Acquire), self.carried.under_way.load(Ordering::Acquire))
    }

    /// To have segments made up.
    pub fn injector(&self) -> Injector {
        Injector::new(self.sender.clone())
    }

    /// Ends the carrying, and gives what was seen. Also without this call the carrying ends with the wire.
    ///
    /// # Errors
    /// The carrying broke down on the way.
    pub fn end(self) -> io::Result<Record> {
        self.worker.end()
    }
}

fn carry(work: &mut Work<impl Outlet>, messages: &Receiver<Message>, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        let next = work.next().map(|at| at.saturating_duration_since(Instant::now()));
        match messages.recv_timeout(next.unwrap_or(GLANCE).min(GLANCE)) {
            Ok(message) => hear(work, message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        while work.give_out(Instant::now()) {}
    }
}

/// Hears what was seen before the end and is not told yet.
fn hear_out(work: &mut Work<impl Outlet>, messages: &Receiver<Message>) {
    while !work.is_heard_out()
        && let Ok(message) = messages.recv_timeout(LAST)
    {
        hear(work, message);
    }
}

fn hear(work: &mut Work<impl Outlet>, message: Message) {
    match message {
        Message::Came(came) => work.take(came),
        Message::Arrived(peer, time, bytes) => work.arrived(peer, time, &bytes),
        Message::Inject(order) => work.inject(order),
        Message::Deaf(peer, error) => work.record.deaf(peer, &error),
        Message::Over(peer, unseen) => work.over(peer, unseen),
    }
}
