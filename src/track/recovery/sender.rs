//! What is kept of one direction for loss, order and flow: a few octets in the connection, and a box for flows that have
//! more than one segment under way or anything to tell.

use super::rtt::Rtt;
use super::sent::{Sent, Sents};
use super::totals::Totals;
use crate::tcp::{SeqNumber, Timestamp};
use std::num::NonZeroU32;

/// One direction: the sender's data, and what its receiver's acknowledgments say of it.
#[derive(Debug, Clone, Default)]
pub(in crate::track) struct Sender {
    /// The only stretch so far, until there is a box.
    pub(super) first: Option<Sent>,
    /// `first` has been acknowledged.
    pub(super) first_acknowledged: bool,
    /// TS.Recent as its receiver should hold it (RFC 7323 4.3), and whether it holds one.
    pub(super) ts_recent: u32,
    pub(super) has_ts_recent: bool,
    /// Most octets under way.
    pub(super) largest_flight: u32,
    /// The round trip of `first`, nanoseconds and one more: so none costs no room.
    first_rtt: Option<NonZeroU32>,
    pub(super) more: Option<Box<More>>,
    /// The box of a flow that was kept here before, to be filled anew instead of a new one.
    spare: Option<Box<More>>,
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
    /// When a router last said that a packet was too big, and what was next then.
    pub(super) too_big: Option<(Timestamp, SeqNumber)>,
    /// Where the last repetition ended.
    pub(super) again_to: Option<SeqNumber>,
    /// The retransmission whose acknowledgment will tell which copy arrived.
    pub(super) doubtful: Option<Doubtful>,
    /// Both ends are captured: what is acknowledged is heard when that arrives, if it does.
    pub(super) tells_arrivals: bool,
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
    /// Forgets everything, for another flow; a box stays at hand.
    pub(in crate::track) fn begin_anew(&mut self) {
        let spare = self.more.take().or_else(|| self.spare.take());
        *self = Sender { spare, ..Sender::default() };
    }

    /// The round trip of the first stretch, as long as that is all there is to tell.
    pub(super) fn first_rtt_ns(&self) -> Option<i64> {
        self.first_rtt.map(|ns| i64::from(ns.get()) - 1)
    }

    pub(super) fn set_first_rtt_ns(&mut self, ns: u32) {
        self.first_rtt = NonZeroU32::new(ns.saturating_add(1));
    }

    /// Makes the box. `shake_ns` is what the handshake's round trip was in this direction, and `next` is what will be sent
    /// next.
    pub(super) fn make_more(&mut self, shake_ns: Option<i64>, next: Option<SeqNumber>) {
        let first_rtt_ns = self.first_rtt_ns();
        let fresh = match self.spare.take() {
            Some(mut spare) => {
                *spare = More::default();
                spare
            }
            None => Box::default(),
        };
        let more = self.more.insert(fresh);
        for ns in [shake_ns, first_rtt_ns].into_iter().flatten() {
            more.rtt.sample(ns);
        }
        more.sents.complete_from = self.first.map(|first| first.seq).or(next);
        if let Some(first) = self.first {
            more.sents.push(first, true);
            if self.first_acknowledged {
                more.sents.acknowledge(first.end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_used_again_is_as_a_new_one() {
        let mut used = Sender::default();
        used.make_more(Some(5), Some(SeqNumber(7)));
        if let Some(more) = &mut used.more {
            (more.duplicates, more.totals.acks, more.heard) = (3, 9, Some(Timestamp(4)));
            more.sents.push(Sent::default(), true);
        }
        used.begin_anew();
        let mut fresh = Sender::default();
        for sender in [&mut used, &mut fresh] {
            sender.make_more(Some(1), Some(SeqNumber(2)));
        }
        assert_eq!(format!("{used:?}"), format!("{fresh:?}"));
    }
}
