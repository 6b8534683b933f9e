//! What a segment acknowledges of the other side's data: news, duplicates, SACK and D-SACK, round trips, and whether a
//! retransmission proves needless.

use super::finding::{Acking, DSack, Proof, Recovery, Spurious, WindowNews};
use super::sender::More;
use crate::tcp::{Flags, Passage, Peer, Segment, SeqNumber, Timestamp};
use crate::track::turn::Turn;

/// An acknowledgment that comes so long after what it acknowledges arrived was held back: stacks wait 40 ms or more, and not
/// longer than 500 ms (RFC 9293 3.8.6.3). Captured at one point, that is how much longer it takes than the shortest round trip.
const DELAYS_NS: std::ops::Range<i64> = 30_000_000..550_000_000;

impl Turn<'_> {
    #[inline]
    pub(super) fn acknowledge(&mut self, peer: Peer, segment: &Segment<'_>, found: &mut Recovery) {
        let Some(ack) = segment.acknowledges().filter(|_| !segment.flags.syn()) else { return };
        let connection = &mut *self.connection;
        let other = !peer;
        let rcv = peer.of(&connection.tcb).rcv;
        let (Some(una), Some(sent_to)) = (rcv.nxt, other.of(&connection.tcb).snd.nxt) else { return };
        let is_plain = !segment.flags.fin();
        let has_sack = segment.options.sack_len > 0;
        let is_news = una.lt(ack);
        let is_duplicate = rcv.last_ack == Some(ack)
            && ack.lt(sent_to)
            && segment.is_pure_ack()
            && (has_sack || segment.wnd != 0 && u32::from(segment.wnd) << connection.window_shift(peer) == rcv.wnd);
        // Most connections have nothing to tell: one segment, one acknowledgment.
        let sender = other.of_mut(&mut connection.senders);
        if sender.more.is_none() {
            let closes = segment.wnd == 0 && is_plain;
            if !has_sack && !is_duplicate && !closes {
                let waiting = sender.first.filter(|first| !sender.first_acknowledged && first.end.le(ack));
                let Some(first) = waiting else { return };
                let Some(ns) = heard_at(segment).map(|heard| heard.since(first.time)) else { return };
                if sender.first_rtt_ns().is_none() && (0..DELAYS_NS.start).contains(&ns) {
                    sender.first_acknowledged = true;
                    sender.set_first_rtt_ns(ns as u32);
                    found.rtt_ns = Some(ns);
                    return;
                }
            }
        }
        let copies = connection.captured_twice();
        let more = connection.more(other);
        more.heard = Some(segment.time);
        // Who asked does not hear an answer that is lost.
        if more.keep_alives > 0 && segment.passage != Passage::Lost {
            found.acking = Acking::KeepAlives(std::mem::take(&mut more.keep_alives));
        }
        if is_news {
            more.work_in_news(segment, if sent_to.lt(ack) { sent_to } else { ack }, found);
        } else if is_duplicate {
            more.duplicates = more.duplicates.saturating_add(1);
            more.totals.duplicate_acks = more.totals.duplicate_acks.saturating_add(1);
            found.acking = Acking::Duplicate { nth: more.duplicates };
        }
        if has_sack {
            more.work_in_sack(segment, ack, sent_to, self.ordinal, copies, found);
        }
        if is_plain {
            more.follow_window(segment, found);
        }
        if has_sack && found.is_doubled_by_network {
            self.connection.note_doubled();
        }
    }

    /// PAWS (RFC 7323 5.3): a segment with an older timestamp than the newest one that its receiver took is dropped there.
    #[inline]
    pub(super) fn check_age(&mut self, peer: Peer, segment: &Segment<'_>, found: &mut Recovery) {
        /// After so long without a segment the clock may have wrapped (RFC 7323 5.5).
        const OUTDATED_NS: i64 = 24 * 86_400_000_000_000;
        let Some((tsval, _)) = segment.options.timestamps else { return };
        let connection = &mut *self.connection;
        let taken = (!peer).of(&connection.tcb).rcv.last_ack;
        let is_idle = segment.time.since(connection.last) > OUTDATED_NS;
        let sender = peer.of_mut(&mut connection.senders);
        let behind = if sender.has_ts_recent { sender.ts_recent.wrapping_sub(tsval) as i32 } else { 0 };
        if behind > 0 && !is_idle {
            // Linux takes a pure ACK that was only overtaken (tcp_disordered_ack).
            if segment.seq_len() > 0 && !segment.flags.any(Flags::SYN | Flags::RST) {
                found.outdated = Some(behind as u32);
                let totals = &mut connection.more(peer).totals;
                totals.outdated = totals.outdated.saturating_add(1);
            }
        } else if segment.flags.syn() || taken.is_none_or(|taken| segment.seq.le(taken)) {
            // RFC 7323 4.3: only a segment that begins at or before Last.ACK.sent.
            (sender.ts_recent, sender.has_ts_recent) = (tsval, true);
        }
    }
}

/// When the sender of what it acknowledges hears of it: where that was captured too, by its arrival. `None`: never.
#[inline]
fn heard_at(segment: &Segment<'_>) -> Option<Timestamp> {
    match segment.passage {
        Passage::Arrived(at) | Passage::ArrivedTwice(at) => Some(at),
        Passage::Lost => None,
        Passage::Unknown | Passage::Appeared => Some(segment.time),
    }
}

impl More {
    /// The acknowledgment covers octets that none covered before.
    pub(super) fn work_in_news(&mut self, segment: &Segment<'_>, ack: SeqNumber, found: &mut Recovery) {
        let (count, newest, repeated) = self.sents.acknowledge(ack);
        let tsecr = segment.options.timestamps.map(|(_, tsecr)| tsecr);
        let pure = segment.is_pure_ack();
        let is_untold = self.tells_arrivals && segment.passage == Passage::Unknown;
        let heard = heard_at(segment).filter(|_| !is_untold);
        if let Some((newest, heard)) = newest.zip(heard) {
            if !repeated && self.duplicates == 0 && self.sacked_to.is_none() {
                let ns = heard.since(newest.sent);
                let alone = pure && count == 1 && self.sents.waiting() == 0;
                // Seen at its receiver: by the clock there, without the way. Else: what the shortest way does not explain.
                let held = match newest.arrived {
                    Some(arrived) => Some(segment.time.since(arrived)),
                    None => self.rtt.min_ns().map(|least| ns.saturating_sub(least)),
                };
                self.work_in_round_trip(ns, found);
                self.work_in_delay(held.filter(|_| alone), found);
            } else if let Some(doubtful) = self.doubtful.filter(|doubtful| doubtful.seq.lt(ack))
                && doubtful.tsvals.is_some_and(|(own, _)| Some(own) == tsecr)
            {
                // RFC 7323 4: the echo says which copy it answers.
                self.work_in_round_trip(heard.since(doubtful.time), found);
            }
        }
        if pure && count > 0 {
            self.totals.acks = self.totals.acks.saturating_add(1);
            self.totals.acks_of_several = self.totals.acks_of_several.saturating_add(u32::from(count > 1));
        }
        self.prove_needless(heard.unwrap_or(segment.time), ack, tsecr, found);
        self.duplicates = 0;
        self.timeouts = 0;
        for until in [&mut self.recover, &mut self.timed_out, &mut self.sacked_to] {
            if until.is_some_and(|until| until.le(ack)) {
                *until = None;
            }
        }
    }

    fn work_in_round_trip(&mut self, ns: i64, found: &mut Recovery) {
        if ns >= 0 {
            found.rtt_ns = Some(ns);
            self.rtt.sample(ns);
        }
    }

    /// How long its receiver held the acknowledgment back, if that is what it did.
    fn work_in_delay(&mut self, held_ns: Option<i64>, found: &mut Recovery) {
        if let Some(delay) = held_ns.filter(|held| DELAYS_NS.contains(held)) {
            found.delayed_ns = Some(delay);
            self.totals.delayed_acks = self.totals.delayed_acks.saturating_add(1);
            self.totals.longest_delay_ns = self.totals.longest_delay_ns.max(delay);
        }
    }

    /// Whether the first acknowledgment behind a retransmission answers the copy before it (RFC 3522 3.2).
    fn prove_needless(&mut self, now: Timestamp, ack: SeqNumber, tsecr: Option<u32>, found: &mut Recovery) {
        let Some(doubtful) = self.doubtful.take_if(|doubtful| doubtful.seq.lt(ack)) else { return };
        let since = now.since(doubtful.time);
        let by = match (doubtful.tsvals, tsecr) {
            (Some((own, _)), Some(echo)) if (echo.wrapping_sub(own) as i32) < 0 => Some(Proof::Timestamp),
            (Some(_), Some(_)) => None,
            _ => self.rtt.min_ns().filter(|least| since < least / 2).map(|_| Proof::TooSoon(since)),
        };
        let Some(by) = by else { return };
        let place = self.sents.find(doubtful.seq);
        if self.sents.get_mut(place).is_none_or(|sent| sent.tell()) {
            self.totals.causes.spurious = self.totals.causes.spurious.saturating_add(1);
            found.spurious = Some(Spurious { ordinal: doubtful.ordinal, by });
        }
    }

    /// RFC 2018 3 and RFC 2883 4: the first block is the newest; below the acknowledgment, or within the second, it is a
    /// report of octets received twice.
    fn work_in_sack(
        &mut self,
        segment: &Segment<'_>,
        ack: SeqNumber,
        sent_to: SeqNumber,
        now: u64,
        copies: u32,
        found: &mut Recovery,
    ) {
        let blocks = segment.options.sack();
        let within = |(left, right): (SeqNumber, SeqNumber), (l, r): (SeqNumber, SeqNumber)| l.le(left) && right.le(r);
        let mut rest = blocks;
        if let [first, others @ ..] = blocks
            && first.0.lt(first.1)
            && first.1.le(sent_to)
            && (first.1.le(ack) || others.first().is_some_and(|second| within(*first, *second)))
        {
            let (left, right) = *first;
            found.d_sack = Some(DSack { left, right });
            rest = others;
            let place = self.sents.find(left);
            found.is_doubled_by_network =
                copies > 0 && self.sents.get(place).is_some_and(|sent| sent.seq.le(left) && sent.copies == 1);
            if let Some(sent) = self.sents.get_mut(place).filter(|sent| sent.copies > 1 && sent.seq.lt(right))
                && sent.tell()
            {
                found.spurious = Some(Spurious { ordinal: sent.last_ordinal(now), by: Proof::DSack });
                self.totals.causes.spurious = self.totals.causes.spurious.saturating_add(1);
            }
        }
        for (_, right) in rest.iter().filter(|(_, right)| ack.lt(*right) && right.le(sent_to)) {
            self.sacked_to = Some(self.sacked_to.map_or(*right, |known| known.max(*right)));
        }
    }

    fn follow_window(&mut self, segment: &Segment<'_>, found: &mut Recovery) {
        match self.closed_since {
            None if segment.wnd == 0 => {
                self.closed_since = Some(segment.time);
                self.probes = 0;
                self.totals.closed.spells = self.totals.closed.spells.saturating_add(1);
                found.window = Some(WindowNews::Closes);
            }
            Some(since) if segment.wnd > 0 => {
                self.closed_since = None;
                let closed_ns = segment.time.since(since).max(0);
                let closed = &mut self.totals.closed;
                closed.total_ns = closed.total_ns.saturating_add(closed_ns);
                closed.longest_ns = closed.longest_ns.max(closed_ns);
                found.window = Some(WindowNews::Opens { closed_ns, probes: self.probes });
            }
            _ => {}
        }
    }
}
