//! The wire between two hosts: it carries every frame from one to the other, later, and does to it what it was told.

mod craft;
mod device;
mod flows;
mod inject;
pub mod record;

pub use inject::Injector;
pub use record::{Record, Sighting};

use crate::decode::{Decoded, Decoder};
use crate::lab::deed::Deed;
use crate::lab::fault::{Action, Counter, Fault, Fins};
use crate::lab::pace::{Pace, Rate};
use crate::lab::worker::Worker;
use crate::source::clock::now;
use crate::source::{Frame, LinkType};
use crate::tcp::Peer;
use device::Device;
use flows::Flows;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

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
    sender: Sender<Word>,
}

/// What the wire's thread is told.
enum Word {
    /// A frame came from a host.
    Came(device::Came),
    Inject(inject::Order),
}

/// What others may ask of a wire at work.
#[derive(Debug, Default)]
struct Carried {
    /// Frames that came to it.
    came: AtomicU64,
    /// Frames on it: they came, and were neither given out nor dropped yet.
    under_way: AtomicU64,
}

/// A frame on its way.
struct Due {
    at: Instant,
    /// Counts them: of two that are due at once, the first to come is the first to go.
    number: u64,
    to: Peer,
    bytes: Vec<u8>,
    comment: Option<Cow<'static, str>>,
}

/// How long one wait lasts at most.
const GLANCE: Duration = Duration::from_millis(20);

impl Wire {
    /// Takes up both wire devices, in the network namespace of the calling thread.
    ///
    /// # Errors
    /// What the kernel says, as where raw sockets are not allowed.
    pub fn lay(plan: Plan) -> io::Result<Wire> {
        let (sender, words) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let client = Device::open(Peer::A, sender.clone(), stop.clone())?;
        let server = Device::open(Peer::B, sender.clone(), stop.clone())?;
        let carried = Arc::new(Carried::default());
        let mut work = Work::new(plan, [client, server], carried.clone());
        let worker = Worker::begin("wire", stop, move |stop| {
            work.carry(&words, stop);
            let unmet = work.faults.into_iter().filter(|armed| !armed.met && !armed.fault.if_any);
            work.record.unmet = unmet.map(|armed| armed.fault.text).collect();
            work.record
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

/// The wire's own side.
struct Work {
    delay: Duration,
    paces: [Option<Pace>; 2],
    faults: Vec<Armed>,
    devices: [Device; 2],
    decoder: Decoder,
    fins: Fins,
    flows: Flows,
    /// Frames that came, by their places in the record.
    remembered: Vec<(Peer, usize)>,
    due: BinaryHeap<Reverse<Due>>,
    /// What waits for another segment.
    held: Vec<(Wait, Due)>,
    number: u64,
    carried: Arc<Carried>,
    record: Record,
}

/// A fault that counts what goes by.
struct Armed {
    fault: Fault,
    counter: Counter,
    /// What frames wait for, until it has come.
    until: Option<Counter>,
    /// A segment came that it means.
    met: bool,
}

impl Armed {
    fn new(fault: Fault) -> Armed {
        let until = match &fault.action {
            Action::Hold(until) => Some(Counter::new(until.clone())),
            _ => None,
        };
        Armed { counter: Counter::new(fault.selector.clone()), fault, until, met: false }
    }
}

/// What is to be done to a frame, why, and what it waits for.
type Hit = (Action, String, Option<Counter>);

/// What a held frame waits for.
enum Wait {
    /// A segment that this counts.
    For(Counter),
    /// The next of the same sender.
    Next(Peer),
}

impl Work {
    fn new(plan: Plan, devices: [Device; 2], carried: Arc<Carried>) -> Work {
        let pace = || plan.rate.map(Pace::new);
        Work {
            delay: plan.delay,
            paces: [pace(), pace()],
            faults: plan.faults.into_iter().map(Armed::new).collect(),
            devices,
            decoder: Decoder::new(),
            fins: [None; 2],
            flows: Flows::default(),
            remembered: Vec::new(),
            due: BinaryHeap::new(),
            held: Vec::new(),
            number: 0,
            carried,
            record: Record::default(),
        }
    }

    fn carry(&mut self, words: &Receiver<Word>, stop: &AtomicBool) {
        while !stop.load(Ordering::Acquire) {
            let next = self.due.peek().map(|Reverse(due)| due.at.saturating_duration_since(Instant::now()));
            match words.recv_timeout(next.unwrap_or(GLANCE).min(GLANCE)) {
                Ok(Word::Came(frame)) => self.take(frame),
                Ok(Word::Inject(order)) => self.inject(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while self.due.peek().is_some_and(|Reverse(due)| due.at <= Instant::now())
                && let Some(Reverse(due)) = self.due.pop()
            {
                self.give_out(due);
            }
        }
    }

    /// A frame came from a host.
    fn take(&mut self, frame: device::Came) {
        let device::Came { from, time, at, bytes } = frame;
        let decoded = self.decoder.decode(&Frame {
            number: 0,
            time,
            link: LinkType::ETHERNET,
            wire_len: bytes.len() as u32,
            bytes: &bytes,
            interface: 0,
        });
        let segment = match decoded {
            Decoded::Segment(segment) => Some(segment.without_payload()),
            Decoded::Icmp(_) => None,
            // What is neither TCP nor an error of it is none of the lab's business: hosts know their neighbours.
            Decoded::Skipped(_) => return,
        };
        self.carried.came.fetch_add(1, Ordering::AcqRel);
        self.carried.under_way.fetch_add(1, Ordering::AcqRel);
        let fins = self.fins;
        let mut hits: Vec<Hit> = Vec::new();
        if let Some(segment) = &segment {
            self.flows.saw(from, segment);
            for Armed { fault, counter, until, met } in &mut self.faults {
                if until.as_mut().is_some_and(|until| until.hits(from, segment, &fins)) {
                    *until = None;
                }
                // What a frame should wait for may have come before it.
                let is_over = matches!(fault.action, Action::Hold(_)) && until.is_none();
                let is_meant = counter.hits(from, segment, &fins);
                *met |= is_meant;
                if is_meant && !is_over {
                    hits.push((fault.action.clone(), fault.text.clone(), until.clone()));
                }
            }
            if segment.flags.fin() {
                *from.of_mut(&mut self.fins) = Some(segment.fin_seq() + 1);
            }
        }
        let queue = from.of_mut(&mut self.paces).as_mut().map(|pace| pace.take(at, bytes.len()));
        let dropped = hits.iter().find(|(action, ..)| *action == Action::Drop).map(|(_, text, _)| text.clone());
        let lost = match (&dropped, queue) {
            (Some(text), _) => Some(Deed::Dropped(text).to_string()),
            (None, Some(None)) => Some(Deed::QueueFull.to_string()),
            (None, _) => None,
        };
        let place = self.record.sightings.len();
        // Also where it leaves, for it is there that one looks for it.
        let changed = || hits.last().map(|(_, text, _)| Deed::Changed(text).to_string());
        let comment = lost.clone().or_else(changed).map(Cow::Owned);
        self.record.note(from, time, &bytes, comment);
        if self.record.sightings.len() > place {
            self.remembered.push((from, place));
        }
        if lost.is_none() {
            let sent = queue.flatten().unwrap_or(at);
            self.send(from, sent, bytes, hits);
        } else {
            self.carried.under_way.fetch_sub(1, Ordering::AcqRel);
        }
        // Now that it has come, what waited for it goes on.
        self.release(from, segment.as_ref(), &fins);
    }

    fn send(&mut self, from: Peer, sent: Instant, mut bytes: Vec<u8>, hits: Vec<Hit>) {
        let mut at = sent + self.delay;
        let mut comment = None;
        let mut wait = None;
        let mut twice = false;
        for (action, text, until) in hits {
            match action {
                Action::Delay(by) => at += by,
                Action::Duplicate => twice = true,
                Action::Reorder => wait = Some(Wait::Next(from)),
                Action::Hold(_) => wait = until.map(Wait::For).or(wait),
                Action::Corrupt => corrupt(&mut bytes),
                Action::Drop => {}
            }
            comment = Some(Cow::Owned(Deed::Changed(&text).to_string()));
        }
        self.number += 1;
        let due = Due { at, number: self.number, to: !from, bytes, comment };
        if twice {
            self.number += 1;
            self.carried.under_way.fetch_add(1, Ordering::AcqRel);
            let copy = Due { number: self.number, bytes: due.bytes.clone(), comment: due.comment.clone(), ..due };
            self.due.push(Reverse(copy));
        }
        match wait {
            Some(wait) => self.held.push((wait, due)),
            None => self.due.push(Reverse(due)),
        }
    }

    /// Lets go what waited for this segment.
    fn release(&mut self, from: Peer, segment: Option<&crate::tcp::Segment<'_>>, fins: &Fins) {
        let number = self.number;
        let delay = self.delay;
        let mut free = Vec::new();
        self.held.retain_mut(|(wait, due)| {
            let goes = match wait {
                Wait::Next(sender) => *sender == from && due.number != number,
                Wait::For(counter) => segment.is_some_and(|segment| counter.hits(from, segment, fins)),
            };
            if goes {
                // After what it waited for, if both go the same way.
                let at = due.at.max(Instant::now() + delay) + Duration::from_micros(100);
                let bytes = std::mem::take(&mut due.bytes);
                free.push(Due { at, number: due.number, to: due.to, bytes, comment: due.comment.take() });
            }
            !goes
        });
        self.due.extend(free.into_iter().map(Reverse));
    }

    fn give_out(&mut self, due: Due) {
        let time = now();
        if due.to.of_mut(&mut self.devices).send(&due.bytes) {
            self.record.note(due.to, time, &due.bytes, due.comment);
        }
        self.carried.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Turns one bit of the last octet round; what the checksum covers ends there.
fn corrupt(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Due) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}
