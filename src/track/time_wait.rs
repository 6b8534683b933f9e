//! TIME-WAIT as an interval: when it began, when it is due, how often it was re-armed, how it ended (RFC 9293 3.6.1, 3.10.7.4).

use crate::tcp::Timestamp;

/// TIME-WAIT of one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWait {
    /// Receipt of the FIN, as the capture times it.
    pub begins: Timestamp,
    /// Start of the wait that counts: `begins`, or the last re-arming.
    pub armed: Timestamp,
    /// It was restarted so often: by a repeated FIN, on Linux by other old segments too.
    pub rearmed: u32,
    pub ended: Option<(Ended, Timestamp)>,
    /// The due time that the tracker's queue knows of.
    queued: Option<Timestamp>,
}

/// How a TIME-WAIT ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Expired,
    /// A new SYN for the same addresses and ports (RFC 9293 3.10.7.4, MAY-2; RFC 6191).
    Reused,
    /// TIME-WAIT assassination (RFC 1337).
    Reset,
    /// The same, by the RST that answers TIME-WAIT's own answer to a new SYN.
    ResetByNext,
    /// The connection was retired before the wait was due: nothing will be told that could end it sooner.
    Unwatched,
}

impl TimeWait {
    pub(super) fn begin(at: Timestamp) -> TimeWait {
        TimeWait { begins: at, armed: at, rearmed: 0, ended: None, queued: None }
    }

    pub(super) fn rearm(&mut self, at: Timestamp) {
        self.armed = at;
        self.rearmed = self.rearmed.saturating_add(1);
    }

    /// The due time, where the queue does not know of it yet.
    pub(super) fn queue_anew(&mut self, two_msl_ns: i64) -> Option<Timestamp> {
        let due = self.due(two_msl_ns);
        (self.ended.is_none() && self.queued != Some(due)).then(|| *self.queued.insert(due))
    }

    /// When it is due to end, with this 2MSL in nanoseconds.
    pub fn due(&self, two_msl_ns: i64) -> Timestamp {
        self.armed.add_ns(two_msl_ns)
    }
}
