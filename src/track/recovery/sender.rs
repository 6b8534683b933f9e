//! What is kept of one direction for loss, order and flow: a few octets in the connection, and a box for flows that have
//! more than one segment under way or anything to tell.

use super::rtt::Rtt;
use super::sent::{Sent, Sents};
use super::totals::Totals;
use crate::tcp::{SeqNumber, Timestamp};

/// One direction: the sender's data, and what its receiver's acknowledgments say of it.
#[derive(Debug, Clone, Default)]
pub(in crate::track) struct Sender {
    /// The only stretch so far, until there is a box.
    pub(super) first: Option<Sent>,
    /// `first` has been acknowledged.
    pub(super) first_acknowledged: bool,
    /// TS.Recent as its receiver should hold it (RFC 7323 4.3).
    pub(super) ts_recent: Option<u32>,
    /// Most octets under way.
    pub(super) largest_flight: u32,
    /// The round trip of `first`, nanoseconds.
    pub(super) first_rtt_ns: Option<u32>,
    pub(super) more: Option<Box<More>>,
}

/// What only a flow with more to tell needs.
#[derive(Debug, Clone, Default)]
pub(super) struct More {
    pub(super) sents: Sents,
    pub(super) rtt: Rtt,
    pub(super) totals: Totals,
    /// An empty segment that left a gap: what lies before it was passed over then.
    pub(super) passed: Option<Sent>,
    /// The wait before the last repetition, nanoseconds.
    pub(super) last_wait_ns: i64,
    /// When its receiver last acknowledged anything, new or not.
    pub(super) heard: Option<Timestamp>,
    /// Duplicate acknowledgments since the last one that was news.
    pub(super) duplicates: u32,
    /// The highest octet that was selectively acknowledged beyond the acknowledgment number.
    pub(super) sacked_to: Option<SeqNumber>,
    /// Fast recovery lasts until this is acknowledged (RFC 6675: RecoveryPoint).
    pub(super) recover: Option<SeqNumber>,
    /// What was under way when the timer ran out, until it is acknowledged.
    pub(super) timed_out: Option<SeqNumber>,
    /// Timeouts in a row.
    pub(super) timeouts: u32,
    /// The retransmission whose acknowledgment will tell which copy arrived.
    pub(super) doubtful: Option<Doubtful>,
    /// When the receiver's window closed.
    pub(super) closed_since: Option<Timestamp>,
    /// Probes in this spell.
    pub(super) probes: u32,
    /// Keep-alives in a row without an answer.
    pub(super) keep_alives: u32,
    /// Its last segment echoed a mark.
    pub(super) echoes: bool,
}

/// A retransmission of the first octets that are not acknowledged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubtful {
    pub(super) seq: SeqNumber,
    pub(super) time: Timestamp,
    pub(super) ordinal: u64,
    /// Its own and the first copy's timestamp, where they differ.
    pub(super) tsvals: Option<(u32, u32)>,
}

impl Sender {
    /// Makes the box. `shake_ns` is what the handshake's round trip was in this direction, and `next` is what will be sent
    /// next.
    pub(super) fn make_more(&mut self, shake_ns: Option<i64>, next: SeqNumber) {
        let more = self.more.insert(Box::default());
        for ns in [shake_ns, self.first_rtt_ns.map(i64::from)].into_iter().flatten() {
            more.rtt.sample(ns);
        }
        more.sents.complete_from = self.first.map_or(next, |first| first.seq);
        if let Some(first) = self.first {
            more.sents.push(first, true);
            if self.first_acknowledged {
                more.sents.acknowledge(first.end);
            }
        }
    }
}
