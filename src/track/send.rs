//! What sending a segment shows of its sender: its state, its numbers, and whether it repeats itself.

use super::facts::{Moment, SynFact};
use super::flight::Transmission;
use super::recovery::{Recovery, Retransmission, Sending};
use super::step::{Fate, Repeat};
use super::turn::{Cause, Turn};
use crate::tcp::{Basis, Flags, Peer, Segment, SeqNumber, Signal, State};

/// For so long after a RST its receiver's segments may have been under way already; longer where the handshake's round trip
/// was longer.
const RESET_GRACE_NS: i64 = 100_000_000;

/// A SYN,ACK that comes again so soon after its acknowledgment answers a repeated SYN, or crossed the acknowledgment; longer
/// where the round trip was longer.
const SYN_ACK_LATE_NS: i64 = 200_000_000;

/// Nobody gives up waiting for the acknowledgment of its last SYN,ACK sooner, nanoseconds: a RST before that tells of something
/// else, as of a full accept queue. (Linux waits for 2 s and more after the last copy, as `tcp_synack_retries` says.)
const GIVEN_UP_NS: i64 = 1_000_000_000;

impl Turn<'_> {
    /// Undoes what this segment disproves: its sender would not have sent it had the last inferred receipt happened.
    /// Gives the place of the acknowledgment that was lost or late.
    pub(super) fn contradict(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) -> Option<u64> {
        let change = peer.of(&self.connection.memory).unproved.as_ref()?;
        let flags = segment.flags;
        let repeats = repeat.is_some();
        let disproved = match change.signal {
            Signal::RcvAckOfSyn => flags.syn() && repeats || self.had_given_up(peer, segment, change.cause),
            Signal::RcvAckOfFin => flags.fin() && repeats,
            Signal::RcvRst => {
                let reset = peer.of(&self.connection.memory).reset;
                let grace = RESET_GRACE_NS.max(2 * self.connection.round_trip_ns());
                !flags.rst() && !flags.syn() && reset.is_some_and(|(_, at)| segment.time.since(at) > grace)
            }
            // Whoever sends a RST is closed; who goes on did not send it.
            Signal::SndRst => !flags.rst() && !flags.syn(),
            _ => false,
        };
        if !disproved {
            return None;
        }
        let change = self.take_back(peer)?;
        match change.signal {
            Signal::SndRst => {
                let receiver = self.connection.receiver_of(peer);
                let same = receiver
                    .of(&self.connection.memory)
                    .unproved
                    .as_ref()
                    .is_some_and(|other| other.cause == change.cause);
                if same {
                    self.take_back(receiver);
                }
                self.disbelieve_reset(peer);
                self.evidence().disowned = Some(peer);
                None
            }
            Signal::RcvRst => {
                let sender = self.connection.receiver_of(peer);
                self.disbelieve_reset(sender);
                None
            }
            Signal::RcvAckOfSyn if flags.rst() => {
                self.connection.opening.ack_too_late = true;
                None
            }
            _ => Some(change.cause),
        }
    }

    /// Whether a RST answers the late acknowledgment of a SYN,ACK, as one does that has no such connection (RFC 9293
    /// 3.10.7.1): it had left SYN-RECEIVED before.
    fn had_given_up(&self, peer: Peer, segment: &Segment<'_>, acknowledgment: u64) -> bool {
        let receiver = self.connection.receiver_of(peer);
        let opening = &self.connection.opening;
        segment.flags.rst()
            && !segment.flags.ack()
            && acknowledgment + 1 == self.ordinal
            && receiver.of(&self.connection.tcb).rcv.last_ack == Some(segment.seq)
            && opening.ack.zip(*peer.of(&opening.syn_ack)).is_some_and(|(ack, syn_ack)| {
                ack.ordinal == acknowledgment && ack.time.since(syn_ack.last.time) >= GIVEN_UP_NS
            })
    }

    /// Whether the segment repeats one sent before. SYN and FIN are noted as under way.
    pub(super) fn note_repeat(
        &mut self,
        peer: Peer,
        segment: &Segment<'_>,
        damaged: bool,
        recovery: &Recovery,
    ) -> Option<Repeat> {
        if segment.flags.any(Flags::SYN | Flags::FIN)
            && let Some(repeat) = self.note_control(peer, segment, damaged)
        {
            return Some(repeat);
        }
        if segment.flags.fin()
            && let Some(fin) = peer.of(&self.connection.closing.fin).filter(|fin| fin.seq == segment.fin_seq())
        {
            let wait_ns = Some(segment.time.since(fin.last.time));
            return Some(Repeat { of: Some(fin.first.ordinal), wait_ns, copies: fin.copies });
        }
        if segment.flags.fin() {
            self.fill_by_fin(peer, segment);
        }
        match recovery.sending {
            Sending::Again(Retransmission { of, wait_ns, copies, .. }) => {
                Some(Repeat { of: of.map(|place| place.ordinal), wait_ns, copies })
            }
            Sending::Late(_) => {
                peer.of_mut(&mut self.connection.memory).filled = Some(Moment::of(segment, self.ordinal));
                // What lies beyond SND.NXT is counted where that moves.
                let nxt = peer.of(&self.connection.tcb).snd.nxt;
                let late = u64::from(nxt.map_or(segment.len, |nxt| nxt.since(segment.seq).min(segment.len)));
                let flow = peer.of_mut(&mut self.connection.flows);
                flow.missing = flow.missing.saturating_sub(late);
                flow.bytes += late;
                None
            }
            _ => None,
        }
    }

    /// A FIN whose number had been passed over: no octet is missing there.
    fn fill_by_fin(&mut self, peer: Peer, segment: &Segment<'_>) {
        let is_first = peer.of(&self.connection.closing.fin).is_none();
        let is_last = peer.of(&self.connection.tcb).snd.nxt == Some(segment.end());
        if is_first && is_last && !self.connection.has_sent_up_to(peer, segment.end()) {
            let flow = peer.of_mut(&mut self.connection.flows);
            flow.missing = flow.missing.saturating_sub(1);
        }
    }

    /// Notes a SYN or FIN as under way; says whether it was sent before.
    fn note_control(&mut self, peer: Peer, segment: &Segment<'_>, damaged: bool) -> Option<Repeat> {
        let copy = Transmission::of(segment, self.ordinal, damaged);
        let before = if segment.flags.rst() {
            None
        } else if segment.flags.syn() {
            peer.of_mut(&mut self.connection.flight).send_syn(segment, copy)
        } else if self.is_probe_for_listeners(peer, segment) {
            None
        } else if peer.of(&self.connection.tcb).snd.iss != Some(segment.fin_seq()) {
            // (A FIN that claims the SYN's number lies before every window: it is never received.)
            peer.of_mut(&mut self.connection.flight).send_fin(segment, copy)
        } else {
            None
        }?;
        let wait_ns = segment.time.since(before.last.time);
        if segment.flags.syn() && !segment.flags.ack() {
            self.note_wait(wait_ns);
        }
        Some(Repeat { of: Some(before.first.ordinal), wait_ns: Some(wait_ns), copies: before.copies })
    }

    /// Moves the sender's state by what it sends. RST is [`Turn::send_reset`]'s matter.
    #[inline]
    pub(super) fn send(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) {
        let flags = segment.flags;
        if flags.syn() {
            if flags.ack() { self.send_syn_ack(peer, segment, repeat) } else { self.send_syn(peer, segment, repeat) }
        } else if flags.fin() {
            if self.is_probe_for_listeners(peer, segment) {
                return;
            }
            self.be_synchronized(peer, segment);
            self.send_fin(peer, segment);
        } else if !self.is_plainly_synchronized(peer) {
            self.be_synchronized(peer, segment);
        }
    }

    fn send_syn(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) {
        let tcb = peer.of(&self.connection.tcb);
        let is_old_duplicate = tcb.state == Some(State::SynSent)
            && tcb.snd.iss.is_some_and(|iss| segment.seq != iss && segment.seq.lt(iss));
        if is_old_duplicate {
            return;
        }
        let receiver = self.connection.receiver_of(peer);
        // (Where the SYN is plainly new, a SYN to a peer in TIME-WAIT began the next incarnation.)
        let waits = peer != receiver && self.state(receiver) == Some(State::TimeWait);
        if waits || tcb.state.is_some_and(|state| state.is_synchronized()) {
            return self.send_syn_while_open(peer, segment, repeat);
        }
        SynFact::note(peer.of_mut(&mut self.connection.opening.syn), segment, self.ordinal, repeat.is_some());
        self.connection.opening.syn_unsent = false;
        match self.state(peer) {
            Some(State::Listen) => _ = self.signal(peer, Signal::SndSyn, Basis::Observed, self.here()),
            None | Some(State::Closed) => {
                // Where the same SYN was refused before, this one is under way anew.
                peer.of_mut(&mut self.connection.flight).expect_syn_anew(segment.seq);
                self.begin_in(peer, State::Closed);
                self.signal(peer, Signal::SndSyn, Basis::Observed, self.here());
            }
            // SYN-SENT or SYN-RECEIVED: sent again.
            Some(_) => {}
        }
        self.begin_numbers(peer, segment);
        self.already_answered(peer, segment);
    }

    /// A SYN in the name of a peer that is in a connection. With its own number it is a late copy, and changes nothing. With
    /// another it is forged, an old duplicate, or sent by a peer that has lost its memory of the connection (RFC 9293 3.5.1);
    /// what follows tells which, and until then nothing changes (RFC 5961 4.2: the receiver answers by a challenge ACK).
    fn send_syn_while_open(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) {
        let iss = peer.of(&self.connection.tcb).snd.iss;
        let base = peer.of(&self.connection.flows).base;
        let opening = peer.of_mut(&mut self.connection.opening.syn);
        if iss == Some(segment.seq) || iss.is_none() && base == Some(segment.seq) {
            SynFact::note(opening, segment, self.ordinal, repeat.is_some());
            peer.of_mut(&mut self.connection.tcb).snd.iss = Some(segment.seq);
            return self.already_answered(peer, segment);
        }
        let mut fact = None;
        SynFact::note(&mut fact, segment, self.ordinal, false);
        peer.of_mut(&mut self.connection.memory).stray_syn = fact.map(|fact| Box::new((segment.seq, fact)));
        // RFC 5961 4.2; in TIME-WAIT RFC 9293 3.10.7.4 asks for the same.
        self.note_challenge(self.connection.receiver_of(peer));
    }

    /// The peer answers the other's ACK by RST: it has lost its memory of the connection, and its SYN was meant.
    pub(super) fn believe_stray_syn(&mut self, peer: Peer) {
        let memory = peer.of_mut(&mut self.connection.memory);
        let Some((seq, fact)) = memory.stray_syn.take().map(|stray| *stray) else { return };
        memory.forgot = true;
        let cause = Cause { ordinal: fact.first.ordinal, time: fact.first.time, arrived: false };
        if self.state(peer) != Some(State::Closed) {
            self.enter(peer, State::Closed, Signal::LostMemory, Basis::Inferred, "9293 3.5.1", cause);
        }
        self.signal(peer, Signal::SndSyn, Basis::Observed, cause);
        self.number_from(peer, seq, seq + 1);
    }

    /// The sender's numbers begin with this SYN.
    fn begin_numbers(&mut self, peer: Peer, segment: &Segment<'_>) {
        if peer.of(&self.connection.tcb).snd.iss != Some(segment.seq) {
            self.number_from(peer, segment.seq, segment.end());
        }
    }

    /// The peer's initial number is `iss`, its next one `nxt`.
    pub(super) fn number_from(&mut self, peer: Peer, iss: SeqNumber, nxt: SeqNumber) {
        let tcb = peer.of_mut(&mut self.connection.tcb);
        (tcb.snd.iss, tcb.snd.nxt) = (Some(iss), Some(nxt));
        peer.of_mut(&mut self.connection.flows).set_base(iss, nxt);
    }

    /// A SYN that is captured after its answer (asymmetric delay) is no longer under way.
    fn already_answered(&mut self, peer: Peer, segment: &Segment<'_>) {
        let receiver = self.connection.receiver_of(peer);
        let known = receiver.of(&self.connection.tcb).rcv.nxt;
        if known == Some(segment.seq + 1)
            && let Some(syn) = peer.of_mut(&mut self.connection.flight).syn_proved_by(segment.seq + 1, true)
        {
            syn.received = true;
            peer.of_mut(&mut self.connection.flight).note_received_syn();
        }
    }

    fn send_syn_ack(&mut self, peer: Peer, segment: &Segment<'_>, repeat: Option<Repeat>) {
        let tcb = *peer.of(&self.connection.tcb);
        if tcb.state.is_some_and(|state| state.is_synchronized()) && tcb.snd.iss != Some(segment.seq) {
            // Nobody in a connection sends a SYN,ACK with another number.
            return;
        }
        if let Some(refused) = self.connection.opening.refused.take() {
            self.connection.closing.reset = [None; 2];
            self.connection.closing.reset_in = None;
            let refusal = self.evidence().reset.take();
            let receiver = self.connection.receiver_of(peer);
            let asked_again =
                receiver.of(&self.connection.opening.syn).is_some_and(|syn| syn.last.ordinal > refused.ordinal);
            self.connection.opening.refused_before = asked_again;
            if !asked_again {
                // It answers the very SYN that was refused: the RST was somebody else's.
                self.connection.closing.ignored_resets += 1;
                self.note_strange(peer, refusal.map_or(segment.ttl, |fact| fact.ttl.0));
            }
        }
        if self.connection.opening.met_old && self.connection.opening.ack.is_none() {
            // The RST that the SYN's sender gave the old connection ended that one, not this (RFC 9293 3.5.1).
            self.connection.closing.reset = [None; 2];
            self.connection.closing.reset_in = None;
            self.evidence().reset = None;
        }
        let late = SYN_ACK_LATE_NS.max(2 * self.connection.round_trip_ns());
        let opening = &mut self.connection.opening;
        let is_own = tcb.snd.iss == Some(segment.seq);
        if repeat.is_some() && is_own && opening.ack.is_some_and(|ack| segment.time.since(ack.time) > late) {
            opening.syn_ack_after_ack = opening.syn_ack_after_ack.saturating_add(1);
        }
        SynFact::note(peer.of_mut(&mut opening.syn_ack), segment, self.ordinal, repeat.is_some());
        match self.state(peer) {
            // A late copy, after the end.
            Some(State::Closed) if repeat.is_some() => {}
            // Its SYN was not captured.
            None | Some(State::Closed) => {
                self.begin_in(peer, State::Listen);
                self.signal(peer, Signal::RcvSyn, Basis::Observed, self.here());
                peer.of_mut(&mut self.connection.memory).from_listen = true;
            }
            Some(State::SynSent) => _ = self.signal(peer, Signal::RcvSyn, Basis::Observed, self.here()),
            Some(_) => {}
        }
        let receiver = self.connection.receiver_of(peer);
        if let Some(syn) = receiver.of(&self.connection.opening.syn) {
            let iss = receiver.of(&self.connection.tcb).snd.iss;
            let covered = iss.filter(|iss| (*iss + 1).le(segment.ack)).map_or(0, |iss| segment.ack.since(iss + 1));
            self.connection.opening.early_data = covered.min(syn.len);
        }
        if let Some(reuse) = self.connection.evidence.as_mut().and_then(|evidence| evidence.reuse.as_mut()) {
            reuse.note_number(peer, segment.seq);
        }
        self.begin_numbers(peer, segment);
    }

    /// A FIN that is captured after its acknowledgment, as that one's number shows, is no longer under way.
    pub(super) fn already_acknowledged(&mut self, peer: Peer, segment: &Segment<'_>) {
        let receiver = self.connection.receiver_of(peer);
        let (seq, place) = (segment.fin_seq(), receiver.of(&self.connection.memory).last_own);
        let is_next = peer.of(&self.connection.tcb).snd.nxt == Some(seq);
        if peer == receiver || !is_next || receiver.of(&self.connection.tcb).rcv.last_ack != Some(seq + 1) {
            return;
        }
        let flight = peer.of_mut(&mut self.connection.flight);
        let Some(fin) = flight.fin.as_mut().filter(|fin| fin.seq == seq && !fin.received) else { return };
        fin.received = true;
        let copy = fin.first;
        let moment = Moment { ordinal: place.saturating_sub(1), time: self.connection.last };
        if let Some(fact) = peer.of_mut(&mut self.connection.closing.fin) {
            fact.acknowledged = Some(moment);
        }
        self.fates.push((self.ordinal, Fate::Received));
        self.receive_fin(receiver, copy);
        self.receive_ack(peer, seq + 1, Basis::Inferred, self.here());
    }

    /// Whether an ordinary segment of this peer says nothing that was not known: the handshake is over and proved.
    #[inline]
    fn is_plainly_synchronized(&self, peer: Peer) -> bool {
        let memory = peer.of(&self.connection.memory);
        let is_past = self.state(peer).is_some_and(|state| !matches!(state, State::SynSent | State::SynReceived));
        is_past && memory.stray_syn.is_none() && memory.unproved.is_none()
    }

    /// Whoever sends an ordinary segment is past the handshake.
    #[inline(never)]
    fn be_synchronized(&mut self, peer: Peer, segment: &Segment<'_>) {
        // It goes on as before, so a SYN in between was not its own.
        peer.of_mut(&mut self.connection.memory).stray_syn = None;
        if self.state(peer).is_none() && segment.flags.ack() {
            // RFC 9293 figure 9: whoever answers a first SYN by another acknowledgment knows an older connection.
            let asks = self.connection.receiver_of(peer);
            let snd = asks.of(&self.connection.tcb).snd;
            let is_older = snd.iss.is_some_and(|iss| iss + 1 != segment.ack && snd.nxt == Some(iss + 1));
            self.connection.opening.met_old |= is_older && self.state(asks) == Some(State::SynSent);
        }
        match self.state(peer) {
            // A FIN is the change to tell; anything else tells no more than that there is a connection.
            None if segment.flags.fin() => self.begin_in(peer, State::Established),
            None if segment.flags.ack() => self.pick_up(peer),
            // It acknowledges a SYN,ACK that was not captured.
            Some(State::SynSent) if segment.flags.ack() => {
                self.signal(peer, Signal::RcvSynAck, Basis::Inferred, self.here());
                self.confirm(peer);
            }
            // It sends data, so the handshake's last ACK has arrived, unless Fast Open lets it send before.
            Some(State::SynReceived) if segment.len > 0 && self.connection.opening.early_data == 0 => {
                self.signal(peer, Signal::RcvAckOfSyn, Basis::Inferred, self.here());
                self.confirm(peer);
            }
            _ => {}
        }
        let proves_handshake = peer
            .of(&self.connection.memory)
            .unproved
            .as_ref()
            .is_some_and(|change| change.signal == Signal::RcvAckOfSyn);
        if proves_handshake {
            self.confirm(peer);
        }
    }

    /// A FIN without ACK from one of whom no connection is known: receivers in a connection drop it (RFC 9293 3.10.7.4, fifth
    /// check), so it closes none. FIN and XMAS scans look so.
    fn is_probe_for_listeners(&self, peer: Peer, segment: &Segment<'_>) -> bool {
        !segment.flags.ack() && self.state(peer).is_none()
    }
}
