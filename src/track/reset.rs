//! RST: who sent it in earnest, and whether its receiver takes it (RFC 9293 3.5.2, 3.10.7; RFC 5961 3.2; RFC 1337).

use super::arrival::is_known;
use super::facts::Moment;
use super::step::{Change, Fate, News, Reset};
use super::turn::{Cause, Turn};
use crate::tcp::acceptability::{ResetVerdict, judge_reset};
use crate::tcp::{Basis, Passage, Peer, Segment, Signal, State};

impl Turn<'_> {
    /// Applies a RST to both ends: a RST leaves no later proof, so it counts as received when seen.
    pub(super) fn reset(&mut self, sender: Peer, segment: &Segment<'_>) -> Reset {
        let receiver = self.connection.receiver_of(sender);
        let verdict = self.judge(sender, receiver, segment);
        let fact = self.reset_fact(sender, segment);
        // A true sender's RST bears the number that its receiver expects; one that is ignored may be anybody's, and proves
        // nothing.
        if verdict.is_ignored() && !is_known(segment) {
            self.connection.closing.ignored_resets += 1;
            self.note_strange(sender, segment.ttl);
            if verdict == Reset::Challenged {
                self.note_challenge(receiver);
            }
            return verdict;
        }
        if matches!(verdict, Reset::Ended(_) | Reset::Refused)
            && self.connection.closing.reset.iter().all(Option::is_none)
        {
            self.evidence().reset = Some(fact);
        }
        if fact.refuses_probe {
            // There is no state that it could end.
            self.evidence().reset = Some(fact);
            let moment = Moment::of(segment, self.ordinal);
            sender.of_mut(&mut self.connection.closing.reset).get_or_insert(moment);
        }
        self.prove(sender, segment);
        let answers = !segment.flags.ack() && receiver.of(&self.connection.tcb).rcv.last_ack == Some(segment.seq);
        if answers {
            self.believe_stray_syn(sender);
        }
        self.send_reset(sender, receiver, segment);
        if is_known(segment) {
            // Its arrival comes in its own time, or never.
            return if segment.passage == Passage::Lost { Reset::Nothing } else { verdict };
        }
        self.take_reset(sender, receiver, segment, verdict, Basis::Inferred, self.here())
    }

    /// A RST that counts takes effect at its receiver.
    pub(super) fn take_reset(
        &mut self,
        sender: Peer,
        receiver: Peer,
        segment: &Segment<'_>,
        verdict: Reset,
        basis: Basis,
        cause: Cause,
    ) -> Reset {
        let before = self.state(receiver);
        if matches!(verdict, Reset::Ended(_))
            && self.connection.evidence.as_ref().is_none_or(|evidence| evidence.reset.is_none())
        {
            // Its supposed sender's capture does not have it.
            let fact = self.reset_fact(sender, segment);
            self.evidence().reset = Some(fact);
        }
        match verdict {
            Reset::OutsideWindow | Reset::Challenged | Reset::InTimeWait | Reset::Nothing => return verdict,
            Reset::Refused => self.connection.opening.refused = Some(Moment::of(segment, self.ordinal)),
            Reset::BackToListen => {
                self.connection.opening.dropped = Some(Moment::of(segment, self.ordinal));
                return self.back_to_listen(receiver, verdict, basis, cause);
            }
            Reset::Ended(_) => {}
        }
        self.signal(receiver, Signal::RcvRst, basis, cause);
        if let Some(before) = before {
            receiver.of_mut(&mut self.connection.memory).reset = Some((before, self.time));
            self.connection.closing.reset_in.get_or_insert(before);
        }
        sender.of_mut(&mut self.connection.closing.reset).get_or_insert(Moment::of(segment, self.ordinal));
        verdict
    }

    pub(super) fn judge(&self, sender: Peer, receiver: Peer, segment: &Segment<'_>) -> Reset {
        let tcb = receiver.of(&self.connection.tcb);
        match tcb.state {
            None | Some(State::Closed | State::Listen) => Reset::Nothing,
            // RFC 9293 3.10.7.3: in SYN-SENT a RST counts only with an acceptable ACK.
            Some(State::SynSent) => {
                let acceptable = segment.acknowledges().is_some_and(|ack| {
                    tcb.snd.iss.is_some_and(|iss| iss.lt(ack)) && tcb.snd.nxt.is_some_and(|nxt| ack.le(nxt))
                });
                let answered = sender.of(&self.connection.opening.syn_ack).is_some();
                match (acceptable, answered) {
                    (false, _) => Reset::OutsideWindow,
                    (true, false) => Reset::Refused,
                    (true, true) => Reset::Ended(State::SynSent),
                }
            }
            Some(state) => {
                let verdict = self.judge_in_sequence(sender, receiver, segment);
                match verdict {
                    ResetVerdict::Ignore => Reset::OutsideWindow,
                    ResetVerdict::ChallengeAck => Reset::Challenged,
                    ResetVerdict::Reset
                        if state == State::SynReceived && receiver.of(&self.connection.memory).from_listen =>
                    {
                        Reset::BackToListen
                    }
                    ResetVerdict::Reset if state == State::TimeWait && self.connection.waits_on(receiver) => {
                        Reset::InTimeWait
                    }
                    ResetVerdict::Reset => Reset::Ended(state),
                }
            }
        }
    }

    /// The receiver's RCV.NXT is known only as far as it has acknowledged; everything up to what was sent may have arrived.
    fn judge_in_sequence(&self, sender: Peer, receiver: Peer, segment: &Segment<'_>) -> ResetVerdict {
        let rcv = receiver.of(&self.connection.tcb).rcv;
        let Some(nxt) = rcv.nxt else { return ResetVerdict::Reset };
        let sent = sender.of(&self.connection.tcb).snd.nxt.unwrap_or(nxt).max(nxt);
        if segment.seq.between(nxt, sent + 1) || rcv.last_ack == Some(segment.seq) {
            return ResetVerdict::Reset;
        }
        judge_reset(segment.seq, nxt, rcv.wnd.saturating_add(sent.since(nxt)))
    }

    /// What sending a RST says of its sender.
    fn send_reset(&mut self, sender: Peer, receiver: Peer, segment: &Segment<'_>) {
        match self.state(sender) {
            Some(State::SynSent) => {
                // A socket in SYN-SENT sends a RST only to what it cannot accept, and stays (RFC 9293 3.10.7.3). Where the
                // SYN,ACK was acceptable there was no such socket, or no longer.
                let tcb = sender.of(&self.connection.tcb);
                let (nxt, expected) = (tcb.snd.nxt, receiver.of(&self.connection.tcb).rcv.nxt);
                let alone = !self.connection.has_sent(receiver);
                if alone {
                    // Nothing was answered, and it gives up. No kernel says so by RST; tools do.
                    let moment = Moment::of(segment, self.ordinal);
                    sender.of_mut(&mut self.connection.closing.reset).get_or_insert(moment);
                }
                let acceptable = alone || nxt == Some(segment.seq) && expected == Some(segment.seq);
                if !acceptable {
                    // (Where its SYN came in the middle of this connection, this is the older one itself.)
                    let is_old = self.state(receiver).is_some_and(State::is_synchronized)
                        && !sender.of(&self.connection.memory).forgot;
                    self.connection.opening.met_old |= is_old;
                    return;
                }
                if let Some(syn_ack) = receiver.of(&self.connection.opening.syn_ack) {
                    self.fates.push((syn_ack.last.ordinal, Fate::Received));
                }
                if sender.of(&self.connection.memory).told_listen {
                    self.never_sent_syn(sender);
                } else {
                    self.enter(sender, State::Closed, Signal::SndRst, Basis::Inferred, "9293 3.10.7.1", self.here());
                }
            }
            Some(_) => _ = self.signal(sender, Signal::SndRst, Basis::Observed, self.here()),
            // It knows no such connection.
            None => self.enter(sender, State::Closed, Signal::SndRst, Basis::Inferred, "9293 3.10.7.1", self.here()),
        }
    }

    /// The SYN was an old duplicate of an earlier incarnation (RFC 9293 figure 11): its sender listens all along.
    fn never_sent_syn(&mut self, sender: Peer) {
        let change = sender.of(&self.connection.memory).syn_sent.clone();
        if let Some(change) = change {
            self.changes.push(Change { news: News::TakenBack, evidence: self.ordinal, ..*change });
        }
        self.begin_in(sender, State::Listen);
        *sender.of_mut(&mut self.connection.opening.syn) = None;
    }

    fn back_to_listen(&mut self, receiver: Peer, verdict: Reset, basis: Basis, cause: Cause) -> Reset {
        self.enter(receiver, State::Listen, Signal::RcvRst, basis, "9293 3.10.7.4", cause);
        receiver.of_mut(&mut self.connection.flight).forget_syns();
        let tcb = receiver.of_mut(&mut self.connection.tcb);
        (tcb.snd.iss, tcb.snd.nxt, tcb.rcv.nxt) = (None, None, None);
        *receiver.of_mut(&mut self.connection.opening.syn_ack) = None;
        verdict
    }
}
