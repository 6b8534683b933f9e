//! Frames on their way: what is due, in order, and what is held.

use super::faults::Wait;
use crate::tcp::Peer;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::time::Instant;

/// A frame that is to go out.
#[derive(Clone)]
pub(super) struct Onward {
    pub(super) to: Peer,
    pub(super) bytes: Vec<u8>,
    pub(super) comment: Option<Cow<'static, str>>,
    /// Where it stands in the record, as its sender sent it.
    pub(super) place: Option<usize>,
    pub(super) is_twice: bool,
    /// TCP's, so that the wire is not quiet while it is on it.
    pub(super) is_tcp: bool,
}

/// A frame with its time.
pub(super) struct Due {
    pub(super) at: Instant,
    /// Counts them: of two that are due at once, the first to come is the first to go.
    pub(super) number: u64,
    pub(super) onward: Onward,
}

/// A frame that waits for others.
pub(super) struct Held {
    pub(super) waits: Vec<Wait>,
    /// It goes no sooner.
    pub(super) at: Instant,
    pub(super) onward: Onward,
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Due) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}
