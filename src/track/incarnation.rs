//! Whether a SYN belongs to the connection at hand or opens the next one on the same addresses and ports.

use super::circumstances::{Reuse, ReuseProof};
use super::connection::Connection;
use super::time_wait::Ended;
use super::turn::Turn;
use crate::tcp::{Peer, Segment, State};

/// An older initial number that comes within this time of a newer one is an old duplicate, not a new attempt: initial
/// numbers of one pair of sockets rise with the clock (RFC 9293 3.4.1), and a new attempt takes longer than a second.
const OLD_DUPLICATE_NS: i64 = 1_000_000_000;
/// And its number is not older than this: a minute of the clock of RFC 9293 3.4.1, which ticks every 4 µs. Tools that send
/// SYNs with random numbers are so not taken for old duplicates.
const OLD_DUPLICATE_SPAN: u32 = 1 << 24;

/// What a segment means for the connection that holds its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belongs {
    Here,
    /// It begins another incarnation.
    ToNext,
    /// It answers a SYN that seemed to run into a live connection: that SYN began another incarnation.
    ToNextWithSyn,
}

pub(super) fn decide(connection: &Connection, segment: &Segment<'_>) -> Belongs {
    if !segment.flags.syn() || segment.flags.rst() {
        return Belongs::Here;
    }
    let peer = connection.peer_at(segment.src);
    let other = connection.receiver_of(peer);
    let (own, its) = (peer.of(&connection.tcb), other.of(&connection.tcb));
    if segment.flags.ack() {
        let answers_stray = other
            .of(&connection.memory)
            .stray_syn
            .as_ref()
            .is_some_and(|stray| stray.0 + 1 == segment.ack && !is_own(own, segment));
        let was_over = matches!(own.state, Some(State::Closed | State::TimeWait));
        return match () {
            () if answers_stray => Belongs::ToNextWithSyn,
            // The SYN that it answers was not captured.
            () if was_over && own.snd.iss.is_some_and(|iss| iss != segment.seq) => Belongs::ToNext,
            () => Belongs::Here,
        };
    }
    if peer.of(&connection.flight).has_syn(segment.seq) {
        // RFC 9293 figure 9: the half-open connection was reset, and the same SYN tries again.
        let was_half_open = peer.of(&connection.memory).forgot && its.state == Some(State::Closed);
        return if was_half_open { Belongs::ToNext } else { Belongs::Here };
    }
    if own.snd.iss.is_none() && !connection.has_sent(peer) {
        // The other side's SYN crosses this one; or what it sent acknowledges this one, which was captured late. Anything else
        // is of an older connection.
        let is_answered = its.rcv.nxt.is_some_and(|ack| ack.since(segment.seq + 1) < OLD_DUPLICATE_SPAN);
        let is_of_it = its.snd.iss.is_some() || is_answered || !connection.has_sent(other);
        return if is_of_it { Belongs::Here } else { Belongs::ToNext };
    }
    match (own.state, its.state) {
        (Some(State::SynSent), _) => {
            let last = peer.of(&connection.opening.syn).map_or(connection.last, |syn| syn.last.time);
            let is_old =
                own.snd.iss.is_some_and(|iss| segment.seq != iss && iss.since(segment.seq) < OLD_DUPLICATE_SPAN);
            let is_soon = segment.time.since(last) < OLD_DUPLICATE_NS;
            if is_old && is_soon { Belongs::Here } else { Belongs::ToNext }
        }
        // RFC 9293 3.10.7.4: TIME-WAIT takes a SYN only with a number beyond the last one, or (RFC 6191) a later timestamp.
        (_, Some(State::TimeWait)) if !is_newer(connection, peer, segment) => Belongs::Here,
        (Some(State::Closed | State::TimeWait), _) | (_, Some(State::Closed | State::TimeWait)) => Belongs::ToNext,
        _ => Belongs::Here,
    }
}

impl Turn<'_> {
    /// Addresses and ports of a connection in TIME-WAIT are asked for anew: who waits, and what shows the SYN to be younger.
    /// Whoever sends the SYN waits no longer; the other one waits on until it answers, for it may refuse.
    pub(super) fn ask_to_give_way(&mut self, segment: &Segment<'_>) -> Option<Reuse> {
        let sender = self.connection.peer_at(segment.src);
        // The SYN that a SYN,ACK answers came before it.
        let opener = if segment.flags.ack() { self.connection.receiver_of(sender) } else { sender };
        let waits = |peer: Peer| self.state(peer) == Some(State::TimeWait);
        let server = self.connection.receiver_of(opener);
        // The same SYN again, after the RST that ended TIME-WAIT: it is what TIME-WAIT refused.
        let refused_first = opener.of(&self.connection.memory).forgot && !waits(server) && !waits(opener);
        let waiter = [server, opener].into_iter().find(|peer| waits(*peer) || refused_first && *peer == server)?;
        let wait = (*waiter.of(&self.connection.time_wait))?;
        let until = match wait.ended {
            None => self.time,
            Some((Ended::Reset | Ended::ResetByNext, at)) => at,
            Some(_) => return None,
        };
        let place = if waiter == opener { Peer::A } else { Peer::B };
        let mut reuse = Reuse {
            of: self.connection.id,
            place: self.connection.place,
            after_ns: until.since(wait.begins),
            waiter: place,
            proof: proof(self.connection, opener, segment),
            taken: false,
            refused_first,
            nxt: waiter.of(&self.connection.tcb).snd.nxt,
        };
        reuse.note_number(if sender == opener { Peer::A } else { Peer::B }, segment.seq);
        if waits(opener) {
            self.end_time_wait(opener, Ended::Reused, self.time);
            reuse.taken = waiter == opener;
        }
        Some(reuse)
    }

    /// The one who waited has taken the new connection up, or was told by RST that the old one is gone.
    pub(super) fn give_way(&mut self, waiter: Peer, ended: Ended) {
        self.end_time_wait(waiter, ended, self.time);
    }
}

/// What shows a SYN of `opener` to be younger than the connection that the other side remembers, if anything.
fn proof(connection: &Connection, opener: Peer, segment: &Segment<'_>) -> Option<ReuseProof> {
    if segment.flags.ack() {
        return None;
    }
    let expected = connection.receiver_of(opener).of(&connection.tcb).rcv.nxt;
    let timestamp = segment.options.timestamps.map(|(tsval, _)| tsval);
    let last = opener.of(&connection.flows).tsval;
    match () {
        () if timestamp.zip(last).is_some_and(|(now, last)| now.wrapping_sub(last) as i32 > 0) => {
            Some(ReuseProof::Timestamp)
        }
        () if expected.is_some_and(|expected| expected.le(segment.seq)) => Some(ReuseProof::LargerNumber),
        () => None,
    }
}

/// Whether a SYN of `peer` is plainly younger than the connection that the other side still remembers.
fn is_newer(connection: &Connection, peer: Peer, segment: &Segment<'_>) -> bool {
    let expected = connection.receiver_of(peer).of(&connection.tcb).rcv.nxt;
    let timestamp = segment.options.timestamps.map(|(tsval, _)| tsval);
    let last = peer.of(&connection.flows).tsval;
    expected.is_none_or(|expected| expected.le(segment.seq))
        || timestamp.zip(last).is_some_and(|(now, last)| now.wrapping_sub(last) as i32 > 0)
}

/// Whether the segment bears the initial number that its sender has in the connection.
fn is_own(own: &crate::tcp::Tcb, segment: &Segment<'_>) -> bool {
    own.snd.iss == Some(segment.seq)
}

impl Connection {
    /// Learns that it was opened by the stray SYN of `old`, which it follows.
    pub(super) fn seed_by_syn(&mut self, old: &Connection, segment: &Segment<'_>) {
        let opener = old.receiver_of(old.peer_at(segment.src));
        let Some((seq, fact)) = opener.of(&old.memory).stray_syn.as_deref().copied() else { return };
        let place = if self.addresses == old.addresses { opener } else { !opener };
        let tcb = place.of_mut(&mut self.tcb);
        tcb.state = Some(State::SynSent);
        (tcb.snd.iss, tcb.snd.nxt) = (Some(seq), Some(seq + 1));
        tcb.rcv.scale = fact.options.wscale.map(|shift| shift.min(14));
        place.of_mut(&mut self.flows).set_base(seq, seq + 1);
        *place.of_mut(&mut self.opening.syn) = Some(fact);
    }
}
