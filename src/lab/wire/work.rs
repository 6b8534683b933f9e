//! The wire's own side: what becomes of each frame, and when. It knows devices only by what goes out through them, and is told
//! the time.

use super::counter::Fins;
use super::faults::{Faults, Judgment, Wait};
use super::flows::Flows;
use super::way::{Due, Held, Onward};
use super::{Carried, Plan, Record};
use crate::decode::{Decoded, Decoder};
use crate::lab::deed::Deed;
use crate::lab::pace::Pace;
use crate::source::{Frame, LinkType};
use crate::tcp::{Peer, Segment, Timestamp};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A frame that came from a host.
pub(super) struct Came {
    pub(super) from: Peer,
    pub(super) time: Timestamp,
    /// The same moment.
    pub(super) at: Instant,
    pub(super) bytes: Vec<u8>,
}

/// The way to one host.
pub(super) trait Outlet {
    /// Puts a frame out to it. That it arrived is seen there.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Frames that may have been given to a host without being seen there yet. One whose kernel is out of breath leaves some.
const MOST_GIVEN: usize = 1024;

pub(super) struct Work<O> {
    delay: Duration,
    paces: [Option<Pace>; 2],
    faults: Faults,
    pub(super) outlets: [O; 2],
    decoder: Decoder,
    pub(super) flows: Flows,
    /// Frames that came, by their places in the record.
    pub(super) remembered: Vec<(Peer, usize)>,
    due: BinaryHeap<Reverse<Due>>,
    held: Vec<Held>,
    /// What was given to each host and was not seen to arrive there yet.
    given: [VecDeque<Onward>; 2],
    /// How many frames at each host nobody saw, once nothing more is seen there.
    unseen: [Option<u64>; 2],
    number: u64,
    pub(super) carried: Arc<Carried>,
    pub(super) record: Record,
}

impl<O: Outlet> Work<O> {
    pub(super) fn new(plan: Plan, outlets: [O; 2], carried: Arc<Carried>) -> Work<O> {
        let pace = || plan.rate.map(Pace::new);
        Work {
            delay: plan.delay,
            paces: [pace(), pace()],
            faults: Faults::new(plan.faults),
            outlets,
            decoder: Decoder::new(),
            flows: Flows::default(),
            remembered: Vec::new(),
            due: BinaryHeap::new(),
            held: Vec::new(),
            given: Default::default(),
            unseen: [None; 2],
            number: 0,
            carried,
            record: Record::default(),
        }
    }

    /// A frame came from a host.
    pub(super) fn take(&mut self, came: Came) {
        let Came { from, time, at, mut bytes } = came;
        let decoded = self.decoder.decode(&Frame {
            number: 0,
            time,
            link: LinkType::ETHERNET,
            wire_len: bytes.len() as u32,
            bytes: &bytes,
            interface: 0,
        });
        let (segment, is_tcp) = match decoded {
            Decoded::Segment(segment) => (Some(segment.without_payload()), true),
            Decoded::Icmp(_) => (None, true),
            Decoded::Skipped(_) if is_housekeeping(&bytes) => return,
            // A program may ask a name server or send a ping: that is carried as it came, and is none of the lab's business.
            Decoded::Names(_) | Decoded::Skipped(_) => (None, false),
        };
        if is_tcp {
            self.carried.came.fetch_add(1, Ordering::AcqRel);
        }
        let mut fins = Fins::default();
        let mut judgment = Judgment::default();
        if let Some(segment) = &segment {
            fins = self.flows.fins(from, segment);
            self.flows.saw(from, segment);
            let overtakes = self.held.iter().any(|held| held.waits.iter().any(|wait| wait.is_next(from)));
            judgment = self.faults.judge(from, segment, &fins, overtakes);
        }
        let queue = from.of_mut(&mut self.paces).as_mut().map(|pace| pace.take(at, bytes.len()));
        let lost = match (&judgment.dropped, queue) {
            (Some(text), _) => Some(Deed::Dropped(text).to_string()),
            (None, Some(None)) => Some(Deed::QueueFull.to_string()),
            (None, _) => None,
        };
        let is_lost = lost.is_some();
        let Judgment { later, is_twice, is_corrupt, waits, comment, .. } = judgment;
        // Also where it leaves, for it is there that one looks for it.
        let place = self.record.note(from, time, &bytes, lost.or_else(|| comment.clone()).map(Cow::Owned));
        self.remembered.extend(place.map(|place| (from, place)));
        // When it would be there if nothing befell it, and when it is, or would be if it went on by itself.
        let plain = queue.flatten().unwrap_or(at) + self.delay;
        let due = if is_lost || !waits.is_empty() { plain } else { plain + later };
        let mut stays = None;
        if !is_lost {
            if is_corrupt {
                corrupt(&mut bytes);
            }
            let onward = Onward { to: !from, bytes, comment: comment.map(Cow::Owned), place, is_twice, is_tcp };
            if waits.is_empty() {
                self.push(due, onward);
            } else {
                stays = Some(Held { waits, at: plain + later, onward });
            }
        }
        // Now that it has come, what waited for it goes on. It does not wait for itself.
        if let Some(segment) = &segment {
            self.release(from, segment, &fins, plain, due);
        }
        self.held.extend(stays);
    }

    fn push(&mut self, at: Instant, onward: Onward) {
        if onward.is_tcp {
            self.carried.under_way.fetch_add(1, Ordering::AcqRel);
        }
        self.number += 1;
        let copy = onward.is_twice.then(|| Onward { is_twice: false, ..onward.clone() });
        self.due.push(Reverse(Due { at, number: self.number, onward }));
        if let Some(copy) = copy {
            self.push(at, copy);
        }
    }

    /// Lets go what waited for this segment, which would arrive at `plain` and does at `due`: behind it where both go the same
    /// way, else when it would be there.
    fn release(&mut self, from: Peer, segment: &Segment<'_>, fins: &Fins, plain: Instant, due: Instant) {
        for held in &mut self.held {
            let behind = if held.onward.to == from { plain } else { due };
            held.waits.retain_mut(|wait| {
                let comes = match wait {
                    Wait::Next(sender) => *sender == from,
                    Wait::For(counter) => counter.hits(from, segment, fins),
                };
                if comes {
                    held.at = held.at.max(behind);
                }
                !comes
            });
        }
        let free: Vec<Held> = self.held.extract_if(.., |held| held.waits.is_empty()).collect();
        for Held { at, onward, .. } in free {
            self.push(at, onward);
        }
    }

    /// When the next frame is to go out.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse(due)| due.at)
    }

    /// Gives out the next frame that is due by now; whether there was one.
    pub(super) fn give_out(&mut self, now: Instant) -> bool {
        if self.next().is_none_or(|at| at > now) {
            return false;
        }
        let Some(Reverse(Due { onward, .. })) = self.due.pop() else { return false };
        let is_tcp = onward.is_tcp;
        self.give(onward).unwrap_or_else(|(place, error)| {
            self.record.remark(place, Deed::NotGivenOut(&error.to_string()).to_string());
        });
        if is_tcp {
            self.carried.under_way.fetch_sub(1, Ordering::AcqRel);
        }
        true
    }

    /// Gives a frame to its host.
    pub(super) fn give(&mut self, onward: Onward) -> Result<(), (Option<usize>, io::Error)> {
        let to = onward.to;
        to.of_mut(&mut self.outlets).send(&onward.bytes).map_err(|error| (onward.place, error))?;
        let given = to.of_mut(&mut self.given);
        given.push_back(onward);
        if given.len() > MOST_GIVEN {
            given.pop_front();
        }
        Ok(())
    }

    /// A frame arrived at a host.
    pub(super) fn arrived(&mut self, at: Peer, time: Timestamp, bytes: &[u8]) {
        let given = at.of_mut(&mut self.given);
        // The first, unless the kernel changed their order or lost one.
        let place = given.iter().position(|onward| onward.bytes == bytes);
        let comment = place.and_then(|place| given.remove(place)).and_then(|onward| onward.comment);
        self.record.note(at, time, bytes, comment);
    }

    /// Nothing more is seen of a host, and so many frames there were not.
    pub(super) fn over(&mut self, at: Peer, unseen: u64) {
        *at.of_mut(&mut self.unseen) = Some(unseen);
    }

    /// Nothing more is seen of either host.
    pub(super) fn is_heard_out(&self) -> bool {
        self.unseen.iter().all(Option::is_some)
    }

    /// It is over: why what is left never arrived, and how much at each host nobody saw.
    pub(super) fn end(mut self) -> Record {
        for Reverse(Due { onward, .. }) in self.due {
            self.record.remark(onward.place, Deed::StillOnIt.to_string());
        }
        for Held { onward, .. } in self.held {
            self.record.remark(onward.place, Deed::StillHeld.to_string());
        }
        for peer in Peer::BOTH {
            let unseen = peer.of(&self.unseen).unwrap_or_default();
            self.record.let_go(peer, unseen);
            // Unless it is only that it was not seen.
            if unseen == 0 {
                for onward in peer.of_mut(&mut self.given).drain(..) {
                    self.record.remark(onward.place, Deed::NotTaken.to_string());
                }
            }
        }
        self.record.unmet = self.faults.unmet();
        self.record
    }
}

impl Wait {
    fn is_next(&self, of: Peer) -> bool {
        matches!(self, Wait::Next(sender) if *sender == of)
    }
}

/// What kernels tell their neighbours of themselves by IPv6, to groups (RFC 2464 7) and by ICMPv6, with or without hop-by-hop
/// options before it (RFC 9777 5, RFC 4861 4): no program asked for it, it comes when it will, and hosts here know each other.
fn is_housekeeping(bytes: &[u8]) -> bool {
    const NEXT_HEADER: usize = 14 + 6;
    bytes.starts_with(&[0x33, 0x33]) && matches!(bytes.get(NEXT_HEADER), Some(0 | 58))
}

/// Turns one bit of the last octet round; what the checksum covers ends there.
fn corrupt(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

#[cfg(test)]
#[path = "work/tests.rs"]
mod tests;
