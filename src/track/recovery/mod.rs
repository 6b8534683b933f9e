//! Loss, order and flow: what each segment repeats and why, what it acknowledges, how long that took, and whose window is
//! closed. Our own judgement, by evidence; a flow with nothing to tell costs some octets, any other one box of bounded size.

mod acking;
mod cause;
mod ecn;
mod finding;
mod late;
mod report;
mod row;
mod rtt;
mod sender;
mod sending;
mod sent;
mod steady;
mod totals;
mod unsent;

pub(super) use ecn::EcnOffer;
pub use finding::{
    Acking, Cause, DSack, EcnNews, Evidence, Extent, Late, Probe, Proof, Recovery, Retransmission, Sending, Spurious,
    WindowNews,
};
pub use rtt::RoundTrips;
pub(super) use sender::Sender;
pub use sent::Place;
pub use totals::{Causes, ClosedWindow, EcnCounts, Totals};

use super::connection::Connection;
use super::turn::Turn;
use crate::tcp::{Flags, Passage, Peer, Segment, SeqNumber, Timestamp};
use sender::More;
use sent::Sent;

impl Turn<'_> {
    /// Judges a segment by what came before it. A damaged one acknowledges nothing.
    #[inline]
    pub(super) fn recover(&mut self, peer: Peer, segment: &Segment<'_>, damaged: bool, found: &mut Recovery) {
        if segment.flags.rst() || self.connection.is_self_connect() {
            return;
        }
        if segment.passage == Passage::Appeared {
            return self.judge_unsent(peer, segment, found);
        }
        if !damaged {
            self.acknowledge(peer, segment, found);
            self.follow_congestion(peer, segment, found);
            self.check_age(peer, segment, found);
        }
        self.judge_sending(peer, segment, found);
    }

    /// A router dropped a packet of `peer`'s as too big: what was sent before `nxt` may come again in smaller pieces.
    pub(super) fn hear_too_big(&mut self, peer: Peer, at: Timestamp, nxt: SeqNumber) {
        self.connection.more(peer).too_big = Some((at, nxt));
    }

    /// Remembers new octets, once they count as sent. `before` is what was next before.
    #[inline]
    pub(super) fn remember(&mut self, peer: Peer, segment: &Segment<'_>, before: Option<SeqNumber>) {
        if segment.flags.any(Flags::SYN | Flags::RST) || self.connection.is_self_connect() {
            return;
        }
        let nxt = peer.of(&self.connection.tcb).snd.nxt;
        if segment.len == 0 {
            // A FIN or an acknowledgment that leaves a gap: what fills it was never seen.
            if let Some(before) = before.filter(|before| before.lt(segment.seq) && nxt != Some(*before)) {
                self.remember_gap(peer, before);
                let passed = Sent::new(segment.seq, segment.seq, segment, self.ordinal);
                self.connection.more(peer).passed = Some(passed);
            }
            return;
        }
        let end = segment.seq + segment.len;
        let start = before.map_or(segment.seq, |before| before.max(segment.seq));
        if nxt.is_some_and(|nxt| end.le(nxt)) && start.lt(end) {
            self.remember_sent(peer, segment, before, start, end);
        }
    }
}

/// Identifications of one segment and the next differ by no more than this where they are counted up.
const NEIGHBOUR_ID: u16 = 64;

impl Connection {
    /// Keep-alives and timeouts of `peer` in a row that nothing has answered.
    pub(super) fn unanswered(&self, peer: Peer) -> (u32, u32) {
        peer.of(&self.senders).more.as_ref().map_or((0, 0), |more| (more.keep_alives, more.timeouts))
    }

    /// Whether the last octet before `end` was seen in a segment of `peer`, as far as that is remembered.
    pub(super) fn has_sent_up_to(&self, peer: Peer, end: SeqNumber) -> bool {
        self.sent_last(peer).is_some_and(|sent| end.le(sent.end))
    }

    /// When `peer` last sent payload.
    pub(super) fn last_payload(&self, peer: Peer) -> Option<Timestamp> {
        self.sent_last(peer).map(Sent::last)
    }

    /// Where the octets begin that `peer` sent last, without a break, after `since`.
    pub(super) fn sent_since(&self, peer: Peer, since: Timestamp) -> Option<SeqNumber> {
        let sender = peer.of(&self.senders);
        let Some(more) = &sender.more else {
            return sender.first.filter(|sent| sent.last() > since).map(|sent| sent.seq);
        };
        more.sents.newest_first().take_while(|sent| sent.last() > since).last().map(|sent| sent.seq)
    }

    /// The IP identification of the last payload of `peer`, where it counts them up from segment to segment, and when that was.
    pub(super) fn counted_id(&self, peer: Peer) -> Option<(u16, Timestamp)> {
        let more = peer.of(&self.senders).more.as_ref()?;
        let mut newest = more.sents.newest_first().filter(|sent| sent.copies == 1);
        let (last, one, two) = (newest.next()?, newest.next()?, newest.next()?);
        let follows = |later: u16, earlier: u16| (1..=NEIGHBOUR_ID).contains(&later.wrapping_sub(earlier));
        (follows(last.ip_id, one.ip_id) && follows(one.ip_id, two.ip_id)).then(|| (last.ip_id, last.last()))
    }

    fn sent_last(&self, peer: Peer) -> Option<&Sent> {
        let sender = peer.of(&self.senders);
        match &sender.more {
            Some(more) => more.sents.newest_first().next(),
            None => sender.first.as_ref(),
        }
    }

    /// The box of a direction, made on first need.
    #[inline]
    fn more(&mut self, peer: Peer) -> &mut More {
        if peer.of(&self.senders).more.is_none() {
            self.make_more(peer);
        }
        peer.of_mut(&mut self.senders).more.get_or_insert_default()
    }

    #[inline(never)]
    fn make_more(&mut self, peer: Peer) {
        // Where arrivals were captured, the handshake's times are those of sending: the way back is still to be added.
        let asked = peer.of(&self.opening.syn_ack).is_none();
        let back = match (!peer).of(&self.flight).syn_way_ns() {
            None => Some(0),
            Some(_) if asked => self.shake_ns(!peer),
            way => way,
        };
        let shake = self.shake_ns(peer).zip(back).map(|(there, back)| there.saturating_add(back));
        let next = peer.of(&self.tcb).snd.nxt;
        let tells_arrivals = self.tells_arrivals();
        let sender = peer.of_mut(&mut self.senders);
        sender.make_more(shake, next);
        sender.more.iter_mut().for_each(|more| more.tells_arrivals = tells_arrivals);
    }

    /// The handshake's round trip from the point of capture to the receiver of `peer`'s segments and back, nanoseconds;
    /// `None` where a part was sent twice (Karn).
    pub(super) fn shake_ns(&self, peer: Peer) -> Option<i64> {
        let opening = &self.opening;
        let [asker, answerer] = if opening.syn_ack[0].is_some() { [Peer::B, Peer::A] } else { [Peer::A, Peer::B] };
        let syn = asker.of(&opening.syn).filter(|fact| fact.copies == 1);
        let syn_ack = answerer.of(&opening.syn_ack).filter(|fact| fact.copies == 1)?;
        let ns = if peer == asker {
            syn_ack.first.time.since(syn?.first.time)
        } else {
            opening.ack?.time.since(syn_ack.first.time)
        };
        (ns >= 0).then_some(ns)
    }
}
