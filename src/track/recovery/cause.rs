//! Why a sender repeats itself, by what it had heard and how long it had waited.

use super::finding::{Cause, Probe};
use super::sender::More;
use crate::tcp::{Segment, SeqNumber};

/// What follows an acknowledgment within this time, and the round trip to the sender, is its answer.
const ANSWER_NS: i64 = 5_000_000;
/// Without a handshake to measure it, the way to the sender and back is taken for no longer than this.
const UNKNOWN_WAY_NS: i64 = 20_000_000;
/// No common system's timer runs out sooner.
const LEAST_RTO_NS: i64 = 150_000_000;
/// RFC 5681 3.2.
const DUPLICATE_THRESHOLD: u32 = 3;

/// What is known of a repetition besides what the box holds.
pub(super) struct Clues {
    /// Since the last copy.
    pub(super) wait_ns: Option<i64>,
    /// Sent before so often.
    pub(super) copies: u32,
    pub(super) una: Option<SeqNumber>,
    pub(super) nxt: SeqNumber,
    pub(super) end: SeqNumber,
    /// Both sides agreed on SACK, without which there are no tail loss probes.
    pub(super) has_sack: bool,
    /// The round trip between the capture and the sender.
    pub(super) to_sender: Option<i64>,
}

impl More {
    pub(super) fn cause(&self, segment: &Segment<'_>, clues: &Clues) -> Cause {
        let Clues { copies, nxt, end, .. } = *clues;
        if clues.una.is_some_and(|una| end.le(una)) {
            return Cause::AlreadyAcknowledged;
        }
        let is_head = clues.una.is_none_or(|una| segment.seq.le(una));
        let is_tail = nxt.le(end);
        let rto_ns = self.rtt.rto_ns();
        let wait = clues.wait_ns.unwrap_or(0);
        // Without a round trip seen its sender may know one: then the least that any timer waits counts.
        let is_long = wait >= if self.rtt.srtt_ns().is_some() { rto_ns / 5 * 4 } else { LEAST_RTO_NS };
        // What a sender does soon after an acknowledgment it does because of it; after a silence its timer did it.
        let to_sender = clues.to_sender.map_or(UNKNOWN_WAY_NS, |ns| ns.saturating_mul(3) / 2);
        let reaction = to_sender.saturating_add(ANSWER_NS);
        let reacts = self.heard.is_some_and(|heard| segment.time.since(heard) <= reaction);
        let is_sacked_beyond = self.sacked_to.is_some_and(|to| end.lt(to));
        let follows_loss = self.recover.is_some_and(|to| segment.seq.lt(to));
        let follows_timeout = self.timed_out.is_some_and(|to| segment.seq.lt(to));
        let is_lone = clues.has_sack && is_tail && self.sents.waiting() == 1;
        let timeout = match self.timeouts {
            0 => Cause::Timeout { nth: 1, rto_ns, probe: if is_lone { Probe::Perhaps } else { Probe::No } },
            1 if is_lone && wait < (self.last_wait_ns / 10).saturating_mul(15) => {
                Cause::Timeout { nth: 1, rto_ns, probe: Probe::Before }
            }
            nth => Cause::Timeout { nth: nth.saturating_add(1), rto_ns, probe: Probe::No },
        };
        let duplicates = Cause::DuplicateAcks { count: self.duplicates };
        match () {
            () if self.follows_too_big(segment, end, rto_ns) => Cause::PathMtu,
            () if is_head && copies > 1 && is_long => timeout,
            () if reacts && is_head && self.duplicates >= DUPLICATE_THRESHOLD && !follows_timeout => duplicates,
            () if reacts && is_sacked_beyond => Cause::SelectiveAcks,
            () if reacts && follows_loss => Cause::Recovery,
            () if reacts && follows_timeout => Cause::AfterTimeout,
            () if !reacts && self.is_probe_of_tail(clues, is_tail, wait, rto_ns) => Cause::TailLossProbe,
            () if !reacts && is_head && is_long => timeout,
            // RFC 8985 6.2: RACK waits a part of a round trip after the acknowledgment, in case it was only overtaken.
            () if is_sacked_beyond && !is_long => Cause::SelectiveAcks,
            () if is_head && self.duplicates > 0 => duplicates,
            () if follows_timeout => Cause::AfterTimeout,
            () if follows_loss => Cause::Recovery,
            () if is_sacked_beyond => Cause::SelectiveAcks,
            () if is_head && is_long => timeout,
            () => Cause::Unknown,
        }
    }

    /// Whether it repeats, before a timer can have run out, what was under way when a router called for smaller packets.
    fn follows_too_big(&self, segment: &Segment<'_>, end: SeqNumber, rto_ns: i64) -> bool {
        self.too_big.is_some_and(|(at, nxt)| {
            end.le(nxt) && (0..rto_ns.max(LEAST_RTO_NS) / 5 * 4).contains(&segment.time.since(at))
        })
    }

    /// RFC 8985 7.2: after two round trips without an answer the last segment goes out again, once, before the timer.
    fn is_probe_of_tail(&self, clues: &Clues, is_tail: bool, wait: i64, rto_ns: i64) -> bool {
        let Some(srtt) = self.rtt.srtt_ns() else { return false };
        let is_early = wait < rto_ns / 10 * 9 && wait >= srtt.saturating_mul(3) / 2;
        // A timer would begin with the first octets that are missing.
        let is_behind = clues.una.is_some_and(|una| una.lt(clues.end)) && self.sents.waiting() > 1;
        clues.has_sack
            && is_tail
            && clues.copies == 1
            && self.timed_out.is_none()
            && (is_early || is_behind && wait < rto_ns)
    }

    /// What the cause means for what follows.
    pub(super) fn note_cause(&mut self, cause: Cause, nxt: SeqNumber, wait_ns: Option<i64>) {
        self.totals.causes.count(cause);
        self.last_wait_ns = wait_ns.unwrap_or(0);
        if let Cause::Timeout { probe: Probe::Before, .. } = cause {
            let causes = &mut self.totals.causes;
            causes.timeout = causes.timeout.saturating_sub(1);
            causes.tail_loss_probe = causes.tail_loss_probe.saturating_add(1);
        }
        match cause {
            Cause::Timeout { nth, .. } => {
                self.timeouts = nth;
                self.timed_out = Some(nxt);
                self.recover = None;
            }
            Cause::DuplicateAcks { .. } | Cause::SelectiveAcks if self.recover.is_none() => self.recover = Some(nxt),
            _ => {}
        }
    }
}
