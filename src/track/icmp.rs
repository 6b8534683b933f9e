//! What an ICMP error says of a connection: its word on a SYN counts, later it is a report only (RFC 1122 4.2.3.9, RFC 5927).

use super::circumstances::IcmpFact;
use super::step::Report;
use super::turn::Turn;
use crate::tcp::{IcmpError, IcmpReason, State};

impl Turn<'_> {
    /// Matches an error to what it quotes, and notes why a SYN was not answered.
    pub(super) fn hear_icmp<'e>(&mut self, error: &'e IcmpError) -> Report<'e> {
        let peer = self.connection.peer_at(error.src);
        let receiver = self.connection.receiver_of(peer);
        let snd = peer.of(&self.connection.tcb).snd;
        let acknowledged = receiver.of(&self.connection.tcb).rcv.nxt;
        // RFC 5927 4.1: SND.UNA <= quoted number < SND.NXT.
        let is_strange = error.seq.is_some_and(|seq| {
            let is_unsent = snd.nxt.is_none_or(|nxt| nxt.le(seq));
            is_unsent || acknowledged.is_some_and(|una| seq.lt(una))
        });
        let syn = *peer.of(&self.connection.opening.syn);
        let is_syn = self.state(peer) == Some(State::SynSent) && !is_strange;
        if is_syn && error.reason.is_unreachable() {
            let fact = IcmpFact { reason: error.reason, reporter: error.reporter, time: error.time };
            self.evidence().icmp.get_or_insert(fact);
        }
        if let (IcmpReason::TooBig { .. }, Some(nxt), false, false) = (error.reason, snd.nxt, is_strange, is_syn) {
            self.hear_too_big(peer, error.time, nxt);
        }
        let about = syn.filter(|_| is_syn).map(|syn| syn.last.ordinal);
        Report { error, peer, about, is_strange }
    }
}
