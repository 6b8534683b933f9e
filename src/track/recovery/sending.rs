//! What a segment is as its sender's octets go: new, sent again, late, a keep-alive or a probe.

use super::cause::Clues;
use super::finding::{Extent, Recovery, Retransmission, Sending, WindowNews};
use super::sender::Doubtful;
use super::sent::{Place, Sent};
use crate::tcp::{Flags, Peer, Segment, SeqNumber};
use crate::track::turn::Turn;

/// A keep-alive comes after a silence; sooner, one octet again is a retransmission. Linux waits a second at least.
const KEEP_ALIVE_IDLE_NS: i64 = 500_000_000;
/// Without an octet it is no retransmission; only an acknowledgment that was overtaken looks the same, and comes sooner.
const EMPTY_KEEP_ALIVE_IDLE_NS: i64 = 100_000_000;

impl Turn<'_> {
    #[inline]
    pub(super) fn judge_sending(&mut self, peer: Peer, segment: &Segment<'_>, found: &mut Recovery) {
        if segment.flags.syn() {
            return;
        }
        let nxt = peer.of(&self.connection.tcb).snd.nxt;
        if segment.len == 0 {
            if nxt == Some(segment.seq + 1) || peer.of(&self.connection.senders).more.is_some() {
                self.judge_empty(peer, segment, nxt, found);
            }
            return;
        }
        let end = segment.seq + segment.len;
        let una = (!peer).of(&self.connection.tcb).rcv.nxt;
        if let Some(una) = una.filter(|una| una.lt(end)) {
            found.flight = end.since(una);
            let largest = &mut peer.of_mut(&mut self.connection.senders).largest_flight;
            *largest = (*largest).max(found.flight);
        }
        if self.is_probe(peer, segment, una) {
            return self.count_probe(peer, segment, found);
        }
        let Some(nxt) = nxt.filter(|nxt| segment.seq.lt(*nxt)) else {
            found.sending = Sending::New;
            return self.judge_window(peer, end, una, found);
        };
        if segment.len > 1 && segment.seq + 1 == nxt && una == Some(segment.seq) && self.was_probed(peer) {
            // The octet of a probe found no room; with it the data goes on.
            found.sending = Sending::New;
            return self.judge_window(peer, end, una, found);
        }
        if segment.len == 1 && segment.seq + 1 == nxt && self.is_keep_alive(peer, segment, nxt, una) {
            return self.count_keep_alive(peer, found);
        }
        self.judge_old(peer, segment, nxt, una, found);
    }

    /// A segment without payload says something of its sender's octets only when it lies before what is next.
    fn judge_empty(&mut self, peer: Peer, segment: &Segment<'_>, nxt: Option<SeqNumber>, found: &mut Recovery) {
        let una = (!peer).of(&self.connection.tcb).rcv.nxt;
        if segment.flags.any(Flags::FIN) {
            return;
        }
        let closed = peer.of(&self.connection.senders).more.as_ref().is_some_and(|more| more.closed_since.is_some());
        if closed && una == Some(segment.seq + 1) {
            return self.count_probe(peer, segment, found);
        }
        if let Some(nxt) = nxt.filter(|nxt| segment.seq + 1 == *nxt)
            && self.is_keep_alive(peer, segment, nxt, una)
        {
            self.count_keep_alive(peer, found);
        }
    }

    /// RFC 9293 3.8.4: a segment before the window, while nothing is under way, to make the other side answer.
    fn is_keep_alive(&self, peer: Peer, segment: &Segment<'_>, nxt: SeqNumber, una: Option<SeqNumber>) -> bool {
        let idle = if segment.len == 0 { EMPTY_KEEP_ALIVE_IDLE_NS } else { KEEP_ALIVE_IDLE_NS };
        let is_silent = segment.time.since(self.connection.last) >= idle;
        // The octet before a FIN's number is data, and an old acknowledgment looks the same.
        let has_closed = peer.of(&self.connection.closing.fin).is_some();
        is_silent && !has_closed && una.is_none_or(|una| nxt.le(una))
    }

    fn count_keep_alive(&mut self, peer: Peer, found: &mut Recovery) {
        let more = self.connection.more(peer);
        more.keep_alives = more.keep_alives.saturating_add(1);
        more.totals.keep_alives = more.totals.keep_alives.saturating_add(1);
        // The last one may still be answered.
        more.totals.unanswered_keep_alives = more.totals.unanswered_keep_alives.max(more.keep_alives - 1);
        found.sending = Sending::KeepAlive { nth: more.keep_alives };
    }

    /// RFC 9293 3.8.6.1: while the receiver's window is closed, one octet at its edge.
    fn is_probe(&self, peer: Peer, segment: &Segment<'_>, una: Option<SeqNumber>) -> bool {
        let more = peer.of(&self.connection.senders).more.as_ref();
        segment.len == 1 && more.is_some_and(|more| more.closed_since.is_some()) && una == Some(segment.seq)
    }

    fn was_probed(&self, peer: Peer) -> bool {
        peer.of(&self.connection.senders).more.as_ref().is_some_and(|more| more.probes > 0)
    }

    fn count_probe(&mut self, peer: Peer, segment: &Segment<'_>, found: &mut Recovery) {
        let more = self.connection.more(peer);
        more.probes = more.probes.saturating_add(1);
        more.totals.closed.probes = more.totals.closed.probes.saturating_add(1);
        let closed_ns = more.closed_since.map_or(0, |since| segment.time.since(since));
        found.sending = Sending::ZeroWindowProbe { nth: more.probes, closed_ns };
    }

    /// Whether new octets reach the edge of the receiver's window.
    fn judge_window(&mut self, peer: Peer, end: SeqNumber, una: Option<SeqNumber>, found: &mut Recovery) {
        let wnd = (!peer).of(&self.connection.tcb).rcv.wnd;
        let fills = una.is_some_and(|una| una + wnd == end) && wnd > 0 && self.connection.opening.shows_both();
        if fills {
            let totals = &mut self.connection.more(peer).totals;
            totals.window_full = totals.window_full.saturating_add(1);
            found.window = Some(WindowNews::Filled(wnd));
        }
    }

    /// Octets from before what is next: seen before, or late.
    fn judge_old(
        &mut self,
        peer: Peer,
        segment: &Segment<'_>,
        nxt: SeqNumber,
        una: Option<SeqNumber>,
        found: &mut Recovery,
    ) {
        let ordinal = self.ordinal;
        let here = Place { ordinal, frame: segment.frame };
        let end = segment.seq + segment.len;
        let opening = &self.connection.opening;
        let has_sack = [0, 1].iter().all(|peer| {
            let fact = opening.syn.get(*peer).copied().flatten().or(opening.syn_ack.get(*peer).copied().flatten());
            fact.is_some_and(|fact| fact.options.sack_permitted)
        });
        let to_sender = self.connection.shake_ns(!peer);
        let tsval = peer.of(&self.connection.flows).tsval;
        // Where the capture began in the middle, what the first segment seen had overtaken comes late, not again.
        let first = peer.of(&self.connection.flows).base.filter(|_| peer.of(&self.connection.tcb).snd.iss.is_none());
        let is_early = first.is_some_and(|base| end.le(base + 1)) && una.is_none_or(|una| una.lt(end));
        let base = peer.of(&self.connection.flows).base;
        let more = self.connection.more(peer);
        // A box made before the first number was seen is complete from that on.
        let complete_from = more.sents.complete_from.or(base.map(|base| base + 1));
        let place = more.sents.find(segment.seq);
        let known = more.sents.get(place).filter(|sent| sent.seq.lt(end)).copied();
        if known.is_none() && (is_early || complete_from.is_some_and(|from| from.le(segment.seq))) {
            let late = more.judge_late(segment, place, tsval, to_sender);
            found.sending = Sending::Late(late);
            let count = if late.overtaken { &mut more.totals.out_of_order } else { &mut more.totals.lost_upstream };
            *count = count.saturating_add(1);
            let mut sent = Sent::new(segment.seq, end, segment, ordinal);
            sent.marks |= Sent::LATE;
            return more.sents.insert(place, sent);
        }
        let mut wait_ns = known.map(|sent| segment.time.since(sent.last()));
        let mut copies = known.map_or(1, |sent| u32::from(sent.copies));
        if let Some(sent) = known.filter(|sent| sent.seq.lt(segment.seq) && sent.copies > 1)
            && more.again_to == Some(segment.seq)
        {
            // The last copy held only what lies before these octets.
            copies -= 1;
            wait_ns = (copies == 1).then(|| segment.time.since(sent.time));
        }
        more.again_to = Some(end);
        let clues = Clues { wait_ns, copies, una, nxt, end, has_sack, to_sender };
        let cause = more.cause(segment, &clues);
        let extent = more.lay_over(place, segment, end, nxt, ordinal);
        found.sending = Sending::Again(Retransmission {
            of: known.map(|sent| sent.first_place(here)),
            wait_ns,
            copies,
            cause,
            extent,
        });
        let repeated = if nxt.lt(end) { nxt.since(segment.seq) } else { segment.len };
        more.totals.repeated_octets += u64::from(repeated);
        more.note_cause(cause, nxt, wait_ns);
        if cause == super::Cause::AlreadyAcknowledged {
            if more.sents.get_mut(place).is_none_or(|sent| sent.tell()) {
                more.totals.causes.spurious = more.totals.causes.spurious.saturating_add(1);
            }
        } else if let Some(sent) = known
            && una.is_some_and(|una| segment.seq.le(una) && una.lt(end))
        {
            let own = segment.options.timestamps.map(|(tsval, _)| tsval);
            let tsvals = own.filter(|own| *own != sent.tsval && sent.tsval != 0).map(|own| (own, sent.tsval));
            more.doubtful = Some(Doubtful { seq: una.unwrap_or(segment.seq), time: segment.time, ordinal, tsvals });
        }
    }

    /// Takes new octets in; see [`Turn::remember`].
    pub(super) fn remember_sent(
        &mut self,
        peer: Peer,
        segment: &Segment<'_>,
        before: Option<SeqNumber>,
        start: SeqNumber,
        end: SeqNumber,
    ) {
        let sent = Sent::new(start, end, segment, self.ordinal);
        let sender = peer.of_mut(&mut self.connection.senders);
        let leaves_gap = before.is_some_and(|before| before.lt(start));
        if sender.more.is_none() && !leaves_gap && (sender.first.is_none() || sender.first_acknowledged) {
            (sender.first, sender.first_acknowledged) = (Some(sent), false);
            return;
        }
        let heard = (!peer).of(&self.connection.tcb).rcv.nxt.is_some();
        let is_new = sender.more.is_none();
        let sents = &mut self.connection.more(peer).sents;
        if is_new && sents.is_empty() {
            sents.complete_from = Some(before.unwrap_or(start));
        }
        sents.push(sent, heard);
    }

    /// From `before` on everything is known, unless it is known from further back.
    pub(super) fn remember_gap(&mut self, peer: Peer, before: SeqNumber) {
        let is_new = peer.of(&self.connection.senders).more.is_none();
        let sents = &mut self.connection.more(peer).sents;
        if is_new && sents.is_empty() {
            sents.complete_from = Some(before);
        }
    }
}

impl super::sender::More {
    /// Counts a copy for each stretch that the segment holds octets of, and says how it lies over them.
    fn lay_over(
        &mut self,
        place: usize,
        segment: &Segment<'_>,
        end: SeqNumber,
        nxt: SeqNumber,
        ordinal: u64,
    ) -> Extent {
        let mut count = 0;
        let mut is_same = false;
        let mut is_part = false;
        while let Some(sent) = self.sents.get_mut(place + count).filter(|sent| sent.seq.lt(end)) {
            is_same |= sent.seq == segment.seq && sent.end == end;
            is_part |= sent.seq.le(segment.seq) && end.le(sent.end);
            sent.again(segment.time, ordinal);
            count += 1;
        }
        match () {
            () if nxt.lt(end) => Extent::WithNew(end.since(nxt)),
            () if is_same || count == 0 => Extent::Whole,
            () if is_part => Extent::Part,
            () => Extent::Several(count as u32),
        }
    }
}
