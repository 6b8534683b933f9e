//! TIME-WAIT started anew by what is no FIN. RFC 9293 3.10.7.4 knows only the repeated FIN; Linux starts the wait again for every
//! segment with an ACK that is no RST (`tcp_timewait_state_process`), an old duplicate of data among them.

use super::circumstances::Rearmed;
use super::facts::Moment;
use super::turn::{Cause, Turn};
use crate::tcp::{Passage, Peer, Segment, State};

impl Turn<'_> {
    /// Whether a segment of `sender` finds its receiver in TIME-WAIT, and may start that anew.
    pub(super) fn finds_waiting(&self, sender: Peer, segment: &Segment<'_>) -> bool {
        let receiver = self.connection.receiver_of(sender);
        self.state(receiver) == Some(State::TimeWait) && segment.flags.ack() && !segment.flags.rst()
    }

    /// A segment arrived in TIME-WAIT. What a FIN did is done already.
    pub(super) fn rearm_by_any(&mut self, sender: Peer, time: crate::tcp::Timestamp) {
        let waiter = self.connection.receiver_of(sender);
        let cause = Cause { ordinal: self.ordinal, time, arrived: true };
        if waiter.of(&self.connection.time_wait).is_some_and(|wait| wait.armed < time) {
            self.rearm(waiter, cause, false);
        }
    }

    /// Where no arrival was seen: old data to a peer in TIME-WAIT may have arrived; its acknowledgment will tell.
    pub(super) fn expect_rearming(&mut self, sender: Peer, segment: &Segment<'_>) {
        if segment.passage == Passage::Unknown && segment.len > 0 && !segment.flags.fin() {
            let waiter = self.connection.receiver_of(sender);
            self.evidence().late = Some((waiter, Moment::of(segment, self.ordinal)));
        }
    }

    /// A peer that waits sends: what it answers has arrived.
    pub(super) fn answer_from_wait(&mut self, peer: Peer, segment: &Segment<'_>) {
        if self.state(peer) != Some(State::TimeWait) || !segment.is_pure_ack() {
            return;
        }
        let late =
            self.connection.evidence.as_mut().and_then(|known| known.late.take_if(|(waiter, _)| *waiter == peer));
        if let Some((_, Moment { ordinal, time })) = late {
            self.rearm(peer, Cause { ordinal, time, arrived: false }, false);
        }
        let here = self.ordinal;
        let known = self.connection.evidence.as_mut().and_then(|known| peer.of_mut(&mut known.rearmed).as_mut());
        known.map(|rearmed| rearmed.answer.get_or_insert(here));
    }

    /// TIME-WAIT begins anew, where the peer is in it.
    pub(super) fn rearm(&mut self, peer: Peer, cause: Cause, by_fin: bool) {
        if self.state(peer) == Some(State::TimeWait)
            && let Some(wait) = peer.of_mut(&mut self.connection.time_wait)
        {
            wait.rearm(cause.time);
            let rearmed = Rearmed { of: cause.ordinal, by_fin, answer: None };
            *peer.of_mut(&mut self.evidence().rearmed) = Some(rearmed);
        }
    }
}
