//! One segment worked in: what it disproves, what it proves, what it says of its sender and does to its receiver.

use super::arrival::is_known;
use super::facts::SynFact;
use super::recovery::Recovery;
use super::step::{Fate, Repeat, Reset};
use super::turn::Turn;
use crate::tcp::{Checksum, Passage, Peer, Segment};

/// Nobody sent anything for so long: remembered, for what a RST may say of it.
pub(super) const SILENCE_NS: i64 = 1_000_000_000;

/// What working in a segment found out about the segment itself.
pub(super) struct Verdict {
    pub(super) repeats: Option<Repeat>,
    pub(super) reset: Option<Reset>,
    pub(super) lost_ack: Option<u64>,
}

impl Turn<'_> {
    /// The order matters: what the segment disproves, what it proves of the past, what it says of its sender, and what it
    /// does to its receiver.
    pub(super) fn work_in(&mut self, peer: Peer, segment: &Segment<'_>, recovery: &mut Recovery) -> Verdict {
        let damaged = self.is_damaged(peer, segment);
        let next = peer.of(&self.connection.tcb).snd.nxt;
        self.recover(peer, segment, damaged, recovery);
        recovery.copies = self.connection.copies_to_tell();
        let mut repeats = self.note_repeat(peer, segment, damaged, recovery);
        let mut reset = None;
        let mut lost_ack = None;
        if segment.passage == Passage::Appeared {
            // Nobody was seen to send it: it says nothing of its supposed sender. But a SYN is what its receiver answers.
            if segment.flags.syn() && !segment.flags.ack() && !self.connection.has_sent(peer) {
                let slot = peer.of_mut(&mut self.connection.opening.syn);
                SynFact::note(slot, segment, self.ordinal, repeats.is_some());
                self.connection.opening.syn_unsent = true;
            }
            if segment.flags.rst() {
                let receiver = self.connection.receiver_of(peer);
                let verdict = self.judge(peer, receiver, segment);
                reset = verdict.is_ignored().then_some(verdict);
                if verdict == Reset::Challenged {
                    self.note_challenge(receiver);
                }
            }
            self.arrive(peer, segment);
            recovery.note_control_again(repeats.take());
        } else if damaged {
            // Its receiver throws it away (RFC 9293 3.1): it shows what was sent, and that it did not arrive.
            self.fates.push((self.ordinal, Fate::Lost));
            if !segment.flags.rst() {
                self.send(peer, segment, repeats);
            }
            self.count(peer, segment, repeats);
        } else {
            lost_ack = self.contradict(peer, segment, repeats);
            if segment.flags.rst() {
                let own = peer.of(&self.connection.memory).last_own;
                reset = Some(self.reset(peer, segment));
                self.count(peer, segment, repeats);
                if reset.is_some_and(Reset::is_ignored) {
                    // It may be anybody's: it dates nothing that its supposed sender did.
                    peer.of_mut(&mut self.connection.memory).last_own = own;
                }
            } else {
                self.prove(peer, segment);
                self.send(peer, segment, repeats);
                self.count(peer, segment, repeats);
                if !is_known(segment) {
                    self.deliver_ack(peer, segment);
                }
            }
            let receiver = self.connection.receiver_of(peer);
            self.deliver_waiting(receiver);
            if self.connection.evidence.is_some() {
                self.answer_challenge(peer, segment);
            }
        }
        self.remember(peer, segment, next);
        let missing = self.connection.receiver_of(peer).of(&self.connection.flows).missing;
        self.connection.history.note(peer, segment, missing);
        self.connection.segments += 1;
        let silence = segment.time.since(self.connection.last);
        if silence > SILENCE_NS {
            let millis = u32::try_from(silence / 1_000_000).unwrap_or(u32::MAX);
            self.connection.silence = (millis, self.ordinal as u32);
        }
        self.connection.last = self.connection.last.max(segment.time);
        Verdict { repeats, reset, lost_ack }
    }

    /// Whether the segment was damaged on its way. A wrong checksum alone does not say so: where the network card fills it in,
    /// all of a sender's are wrong.
    fn is_damaged(&mut self, peer: Peer, segment: &Segment<'_>) -> bool {
        let flow = peer.of_mut(&mut self.connection.flows);
        flow.has_valid_checksums |= segment.checksum == Checksum::Valid;
        segment.checksum == Checksum::Invalid && flow.has_valid_checksums
    }
}
