//! Receipt by evidence. A capture shows that a segment was sent, not that it arrived: what was sent stays under way until
//! the receiver's own acknowledgment proves it, and then the shortest prefix that explains the acknowledgment is delivered.

use super::facts::Moment;
use super::flight::{Transmission, WaitingAck};
use super::step::Fate;
use super::turn::{Cause, Turn};
use crate::tcp::acceptability::is_acceptable;
use crate::tcp::{Basis, Passage, Peer, Segment, SeqNumber, Signal, State};

impl Turn<'_> {
    /// Delivers to `peer` what its own segment proves that it has received.
    #[inline]
    pub(super) fn prove(&mut self, peer: Peer, segment: &Segment<'_>) {
        let Some(ack) = segment.acknowledges() else { return };
        let flight = self.connection.receiver_of(peer).of(&self.connection.flight);
        let is_of_fin = flight.fin.as_ref().is_some_and(|fin| fin.seq + 1 == ack);
        // Nothing of this waits at most segments.
        if is_of_fin || flight.awaits_syn() || flight.waiting.is_some() {
            self.prove_control(peer, segment, ack);
        }
    }

    // (Apart, so that the look before it costs no more than a look.)
    #[inline(never)]
    fn prove_control(&mut self, peer: Peer, segment: &Segment<'_>, ack: SeqNumber) {
        let sender = self.connection.receiver_of(peer);
        let tsecr = segment.options.timestamps.map(|(_, tsecr)| tsecr);
        if sender.of(&self.connection.flight).awaits_syn() {
            self.prove_syn(peer, sender, segment, ack, tsecr);
        }
        let flight = sender.of(&self.connection.flight);
        let waiting = flight.waiting.filter(|waiting| !waiting.pure && waiting.behind.le(ack));
        let fin_first = flight.fin.as_ref().is_some_and(|fin| {
            !fin.received && fin.seq + 1 == ack && waiting.is_none_or(|waiting| fin.first.ordinal < waiting.ordinal)
        });
        if fin_first {
            self.prove_fin(peer, sender, segment, ack);
        }
        if let Some(waiting) = waiting {
            sender.of_mut(&mut self.connection.flight).waiting = None;
            let cause = Cause { ordinal: waiting.ordinal, time: waiting.time, arrived: false };
            self.receive_ack(peer, waiting.ack, Basis::Observed, cause);
        }
        if !fin_first {
            self.prove_fin(peer, sender, segment, ack);
        }
    }

    fn prove_syn(&mut self, peer: Peer, sender: Peer, segment: &Segment<'_>, ack: SeqNumber, tsecr: Option<u32>) {
        // RFC 9293 3.10.7.3: an acknowledgment of more than was sent is answered by RST, and proves nothing.
        let snd = sender.of(&self.connection.tcb).snd;
        let flight = sender.of_mut(&mut self.connection.flight);
        let is_exact = flight.has_syn(ack - 1);
        if !is_exact && snd.iss.is_some() && snd.nxt.is_some_and(|nxt| nxt.lt(ack)) {
            return;
        }
        let Some(syn) = flight.syn_proved_by(ack, segment.flags.syn()) else { return };
        syn.received = true;
        let syn = *syn;
        flight.note_received_syn();
        let copy = syn.arrived(tsecr);
        self.fates.push((copy.ordinal, Fate::Received));
        if syn.is_syn_ack && snd.iss != Some(syn.seq) {
            // Of several SYN,ACKs with different numbers the receiver took this one.
            self.number_from(sender, syn.seq, syn.seq + 1);
        }
        // A server repeats its SYN,ACK with the TSecr of the SYN that made it, so another copy's echo proves the first one lost.
        if syn.is_told_apart(tsecr) && copy.ordinal == syn.last.ordinal && !syn.is_syn_ack {
            // Where nothing is lost the first one arrived, and was ignored.
            let was_lost = !self.connection.is_on_loopback();
            self.fates.push((syn.first.ordinal, if was_lost { Fate::Lost } else { Fate::Received }));
            self.connection.opening.syn_proved_lost |= was_lost;
        }
        self.connection.opening.syn_ignored |= syn.ignored;
        // The other side's capture tells.
        if syn.copies > 1 && syn.landed.is_some() && syn.first.damaged && !syn.is_syn_ack {
            self.connection.opening.syn_proved_lost = true;
        }
        if syn.is_syn_ack { self.receive_syn_ack(peer, segment, copy) } else { self.receive_syn(peer, segment, copy) }
    }

    /// A SYN arrived; the segment is the receiver's answer, which shows what state it arrived in.
    fn receive_syn(&mut self, peer: Peer, answer: &Segment<'_>, copy: Transmission) {
        if answer.flags.rst() {
            if self.state(peer).is_none() {
                self.enter(peer, State::Closed, Signal::RcvSyn, Basis::Inferred, "9293 3.10.7.1", copy.into());
            }
            return;
        }
        if matches!(self.state(peer), None | Some(State::Closed)) {
            self.begin_in(peer, State::Listen);
        }
        if !answer.flags.syn() {
            let opening = &mut self.connection.opening;
            opening.bare_ack_of_syn = true;
            opening.ack_before_syn |= peer.of(&opening.syn).is_none();
        }
        let from_listen = self.state(peer) == Some(State::Listen);
        if self.signal(peer, Signal::RcvSyn, Basis::Observed, copy.into()) {
            peer.of_mut(&mut self.connection.memory).from_listen = from_listen;
        }
    }

    fn receive_syn_ack(&mut self, peer: Peer, answer: &Segment<'_>, copy: Transmission) {
        if !answer.flags.syn() && !answer.flags.rst() && self.connection.opening.ack.is_none() {
            self.connection.opening.ack = Some(Moment::of(answer, self.ordinal));
            self.connection.opening.ack_lost = answer.passage == Passage::Lost;
        }
        match self.state(peer) {
            None => {
                self.enter(peer, State::Established, Signal::RcvSynAck, Basis::Observed, "9293 3.10.7.3", copy.into())
            }
            Some(State::SynSent) if answer.flags.rst() => {}
            Some(_) => _ = self.signal(peer, Signal::RcvSynAck, Basis::Observed, copy.into()),
        }
    }

    fn prove_fin(&mut self, peer: Peer, sender: Peer, segment: &Segment<'_>, ack: SeqNumber) {
        let Some(fin) = &mut sender.of_mut(&mut self.connection.flight).fin else { return };
        // Nothing follows a FIN, so an acknowledgment beyond it is none of this connection.
        if fin.seq + 1 != ack {
            return;
        }
        let first_time = !fin.received;
        let again = fin.received && fin.answered != fin.last.ordinal;
        fin.received = true;
        fin.answered = fin.last.ordinal;
        let fin = *fin;
        let moment = Moment { ordinal: self.ordinal, time: self.time };
        let fact = sender.of_mut(&mut self.connection.closing.fin).as_mut();
        if let Some(fact) = fact.filter(|fact| fact.acknowledged.is_none()) {
            (fact.acknowledged, fact.acknowledged_at) = (Some(moment), segment.seq);
        }
        if first_time {
            let tsecr = segment.options.timestamps.map(|(_, tsecr)| tsecr);
            let copy = fin.arrived(tsecr);
            self.fates.push((copy.ordinal, Fate::Received));
            match fin.landed {
                _ if fin.taken => {}
                // It aborts by the very segment that proves the receipt: no TIME-WAIT stood between.
                _ if segment.flags.rst() && matches!(self.state(peer), Some(State::FinWait1 | State::FinWait2)) => {}
                // It arrived before its data; the receiver took it when the gap was filled, no later than now.
                Some(landed) => {
                    let ordinal = landed.ordinal.max(self.ordinal.saturating_sub(1));
                    self.receive_fin(peer, Transmission { ordinal, time: landed.time.max(self.time), ..landed });
                }
                None => self.receive_fin(peer, copy),
            }
        } else if again && fin.landed.is_none() {
            self.fates.push((fin.last.ordinal, Fate::Received));
            // RFC 9293 3.10.7.4: a FIN again in TIME-WAIT is acknowledged and restarts the 2MSL wait.
            self.rearm(peer, fin.last.into(), true);
        }
    }

    pub(super) fn receive_fin(&mut self, peer: Peer, copy: Transmission) {
        if self.state(peer).is_none() {
            self.begin_in(peer, State::Established);
        }
        let covers_own_fin = copy.ack.is_some_and(|ack| self.own_fin_is_covered(peer, ack));
        // RFC 9293 3.10.7.4: a FIN counts only when all before it has been received.
        let sender = self.connection.receiver_of(peer);
        let late = sender.of(&self.connection.memory).filled.filter(|filled| filled.ordinal > copy.ordinal);
        let cause = late.map_or(copy.into(), |late| Cause { ordinal: late.ordinal, time: late.time, arrived: false });
        let both = self.state(peer) == Some(State::FinWait1) && covers_own_fin;
        let signal = if both { Signal::RcvFinAckOfFin } else { Signal::RcvFin };
        self.signal(peer, signal, Basis::Observed, cause);
    }

    fn own_fin_is_covered(&self, peer: Peer, ack: SeqNumber) -> bool {
        peer.of(&self.connection.flight).fin.as_ref().is_some_and(|fin| (fin.seq + 1).le(ack))
    }

    /// An acknowledgment takes effect at `peer`.
    pub(super) fn receive_ack(&mut self, peer: Peer, ack: SeqNumber, basis: Basis, cause: Cause) {
        if self.state(peer) == Some(State::SynReceived) {
            // RFC 9293 3.10.7.4: SND.UNA < SEG.ACK <= SND.NXT, else the answer is a RST.
            let snd = peer.of(&self.connection.tcb).snd;
            let is_beyond = snd.nxt.is_some_and(|nxt| nxt.lt(ack));
            if snd.iss.is_none_or(|iss| (iss + 1).le(ack)) && !is_beyond {
                self.signal(peer, Signal::RcvAckOfSyn, basis, cause);
            } else {
                self.connection.opening.wrong_ack = true;
            }
        } else if self.own_fin_is_covered(peer, ack) {
            self.signal(peer, Signal::RcvAckOfFin, basis, cause);
        }
    }

    /// What a segment does to its receiver before anything proves its arrival: a pure ACK leaves no later proof, so it counts
    /// as received when seen; an acknowledgment that rides on data or FIN, or follows an unproved FIN, waits for theirs.
    pub(super) fn deliver_ack(&mut self, sender: Peer, segment: &Segment<'_>) {
        let receiver = self.connection.receiver_of(sender);
        let Some(ack) = segment.acknowledges() else { return };
        let matters = matches!(
            self.state(receiver),
            Some(State::SynReceived | State::FinWait1 | State::Closing | State::LastAck)
        );
        if !matters || segment.flags.syn() {
            return;
        }
        if self.state(receiver) == Some(State::SynReceived) && self.is_out_of_window(receiver, segment) {
            // RFC 9293 3.10.7.4, first check: such an acknowledgment is not even looked at.
            self.connection.opening.wrong_ack = true;
            return;
        }
        let iss = sender.of(&self.connection.tcb).snd.iss;
        let unproved = sender.of(&self.connection.flight).control_unproved(iss);
        let pure = segment.is_pure_ack();
        if pure && unproved.is_none() {
            self.receive_ack(receiver, ack, Basis::Inferred, self.here());
            return;
        }
        // A FIN that acknowledges ours is one signal with it, known when the FIN is proved.
        let composite = segment.flags.fin() && self.state(receiver) == Some(State::FinWait1);
        let flight = sender.of_mut(&mut self.connection.flight);
        if !composite && flight.waiting.is_none_or(|known| known.ack.lt(ack)) {
            let behind = if pure { unproved.unwrap_or(segment.seq) } else { segment.end() };
            flight.waiting = Some(WaitingAck { ack, behind, ordinal: self.ordinal, time: self.time, pure });
        }
    }

    /// Whether all of a segment lies beyond what its receiver may take.
    fn is_out_of_window(&self, receiver: Peer, segment: &Segment<'_>) -> bool {
        let rcv = receiver.of(&self.connection.tcb).rcv;
        rcv.nxt.is_some_and(|nxt| {
            !is_acceptable(segment.seq, segment.seq_len(), nxt, rcv.wnd.max(1)) && nxt.lt(segment.seq)
        })
    }

    /// Delivers a pure ACK that waited behind a FIN, now that the FIN is proved.
    pub(super) fn deliver_waiting(&mut self, sender: Peer) {
        let flight = sender.of_mut(&mut self.connection.flight);
        let Some(waiting) = flight.waiting.filter(|waiting| waiting.pure) else { return };
        let iss = sender.of(&self.connection.tcb).snd.iss;
        if flight.control_unproved(iss).is_some() {
            return;
        }
        flight.waiting = None;
        let receiver = self.connection.receiver_of(sender);
        let cause = Cause { ordinal: waiting.ordinal, time: waiting.time, arrived: false };
        self.receive_ack(receiver, waiting.ack, Basis::Inferred, cause);
    }
}
