//! What a FIN shows of its sender: it closes, and it may not have taken the other's FIN yet.

use super::facts::{FinFact, Moment};
use super::step::{Change, News};
use super::turn::{Cause, Turn};
use crate::tcp::{Basis, Peer, Segment, Signal, State};

impl Turn<'_> {
    /// Whoever has taken the other's FIN acknowledges it from then on. One that does not, in its own FIN, had not taken it: the
    /// FIN was captured where it arrived, or acknowledged by what overtook this one, but its receiver's FIN came first.
    fn cross(&mut self, peer: Peer, other: Peer) {
        let Some(fin) = other.of(&self.connection.flight).fin else { return };
        let here = self.here();
        self.changes.push(Change {
            peer,
            from: Some(State::Established),
            to: State::CloseWait,
            signal: Signal::RcvFin,
            basis: Basis::Observed,
            rfc: "9293 3.10.7.4",
            cause: fin.first.ordinal,
            at: fin.first.ordinal,
            evidence: self.ordinal,
            arrived: None,
            news: News::TakenBack,
        });
        self.begin_in(peer, State::Established);
        self.signal(peer, Signal::SndFin, Basis::Observed, here);
        self.signal(peer, Signal::RcvFin, Basis::Observed, Cause { ordinal: fin.first.ordinal, ..here });
    }

    pub(super) fn send_fin(&mut self, peer: Peer, segment: &Segment<'_>) {
        let moment = Moment::of(segment, self.ordinal);
        let receiver = self.connection.receiver_of(peer);
        let other = receiver.of(&self.connection.flight).fin.as_ref();
        let crossed = peer != receiver
            && other.is_some_and(|other| segment.acknowledges().is_none_or(|ack| !(other.seq + 1).le(ack)));
        let is_first = peer.of(&self.connection.closing.fin).is_none();
        let was_established = peer.of(&self.connection.memory).was_established;
        if crossed && is_first && was_established && self.state(peer) == Some(State::CloseWait) {
            self.cross(peer, receiver);
        } else {
            self.signal(peer, Signal::SndFin, Basis::Observed, self.here());
        }
        let closing = &mut self.connection.closing;
        closing.first_fin.get_or_insert(peer);
        match peer.of_mut(&mut closing.fin) {
            Some(fact) => {
                fact.last = moment;
                fact.copies = fact.copies.saturating_add(1);
            }
            slot => {
                *slot = Some(FinFact::new(segment.fin_seq(), moment, crossed));
                self.already_acknowledged(peer, segment);
            }
        }
    }
}
