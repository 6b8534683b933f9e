//! Receipt that was seen: where the receiver's own capture shows a segment, it takes effect when it arrives there, and a lost
//! one never does. What the receiver makes of it may still rest on its answer, as whether it listens.

use super::flight::Transmission;
use super::table::Handle;
use super::turn::{Cause, Turn};
use crate::tcp::{Basis, Passage, Peer, Segment, Signal, State, Timestamp};
use std::cmp::Ordering;

/// A segment on its way, of which it is known when it arrives. As many are kept as are under way at a time.
pub(super) struct UnderWay {
    pub(super) at: Timestamp,
    /// Counts them: of two that arrive at one time the one that was sent first comes first.
    pub(super) number: u64,
    pub(super) handle: Handle,
    pub(super) sender: Peer,
    pub(super) ordinal: u64,
    pub(super) segment: Segment<'static>,
}

impl Ord for UnderWay {
    fn cmp(&self, other: &UnderWay) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl PartialOrd for UnderWay {
    fn partial_cmp(&self, other: &UnderWay) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for UnderWay {
    fn eq(&self, other: &UnderWay) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for UnderWay {}

/// Whether the receiver's side of a segment waits for its arrival, or for nothing because it never arrives.
pub(super) fn is_known(segment: &Segment<'_>) -> bool {
    segment.passage != Passage::Unknown
}

impl Turn<'_> {
    /// A segment of `sender` arrives now, as the receiver's capture shows.
    pub(super) fn arrive(&mut self, sender: Peer, segment: &Segment<'_>) {
        let receiver = self.connection.receiver_of(sender);
        if segment.flags.rst() {
            self.arrive_reset(sender, receiver, segment);
            return;
        }
        let copy = Transmission { time: self.time, arrived: true, ..Transmission::of(segment, self.ordinal, false) };
        if segment.flags.syn() {
            self.arrive_syn(sender, receiver, segment, copy);
            self.advance_edge(sender, receiver, segment);
            return;
        }
        let fin = segment.flags.fin().then(|| self.land_fin(sender, segment, copy));
        if fin == Some(Landed::Again) {
            self.arrive_fin_again(receiver, copy);
        }
        let composite = fin == Some(Landed::First) && self.state(receiver) == Some(State::FinWait1);
        if let Some(ack) = segment.acknowledges().filter(|_| !composite) {
            self.receive_ack(receiver, ack, Basis::Observed, self.arrival());
        }
        let in_order = self.advance_edge(sender, receiver, segment);
        if fin == Some(Landed::First) && in_order {
            if let Some(fin) = &mut sender.of_mut(&mut self.connection.flight).fin {
                fin.taken = true;
            }
            self.receive_fin(receiver, copy);
        }
    }

    fn arrival(&self) -> Cause {
        Cause { ordinal: self.ordinal, time: self.time, arrived: true }
    }

    /// A SYN to a socket in SYN-SENT does what it does at once. Whether another listens at all its answer will tell.
    fn arrive_syn(&mut self, sender: Peer, receiver: Peer, segment: &Segment<'_>, copy: Transmission) {
        sender.of_mut(&mut self.connection.flight).land_syn(segment, copy);
        let own = receiver.of(&self.connection.tcb);
        let signal = match (own.state, segment.acknowledges()) {
            (Some(State::SynSent), None) => Signal::RcvSyn,
            (Some(State::SynSent | State::SynReceived), Some(ack)) if own.snd.iss.is_some_and(|iss| iss + 1 == ack) => {
                Signal::RcvSynAck
            }
            _ => return,
        };
        self.signal(receiver, signal, Basis::Observed, self.arrival());
    }

    fn land_fin(&mut self, sender: Peer, segment: &Segment<'_>, copy: Transmission) -> Landed {
        match &mut sender.of_mut(&mut self.connection.flight).fin {
            Some(fin) if fin.seq != segment.fin_seq() => Landed::Nonsense,
            Some(fin) if fin.landed.is_some() => {
                fin.answered = copy.ordinal;
                if fin.taken { Landed::Again } else { Landed::First }
            }
            Some(fin) => {
                fin.landed = Some(copy);
                Landed::First
            }
            // Nobody was seen to send it: it counts where it arrives.
            None if segment.passage == Passage::Appeared => Landed::First,
            None => Landed::Nonsense,
        }
    }

    /// RFC 9293 3.10.7.4: a FIN again in TIME-WAIT is acknowledged and restarts the 2MSL wait.
    fn arrive_fin_again(&mut self, receiver: Peer, copy: Transmission) {
        self.rearm(receiver, copy.into(), true);
    }

    /// Follows how far the receiver has everything; says whether it had everything before this segment. What comes early is
    /// not kept: the edge moves on with the receiver's own acknowledgment.
    fn advance_edge(&mut self, sender: Peer, receiver: Peer, segment: &Segment<'_>) -> bool {
        let acknowledged = receiver.of(&self.connection.tcb).rcv.nxt;
        let edge = &mut sender.of_mut(&mut self.connection.memory).edge;
        let known = match (*edge, acknowledged) {
            (Some(edge), Some(acknowledged)) => edge.max(acknowledged),
            (edge, acknowledged) => edge.or(acknowledged).unwrap_or(segment.seq),
        };
        let in_order = segment.flags.syn() || segment.seq.le(known);
        let forward = if segment.flags.syn() { segment.end() } else { known.max(segment.end()) };
        *edge = Some(if in_order { forward } else { known });
        in_order
    }

    fn arrive_reset(&mut self, sender: Peer, receiver: Peer, segment: &Segment<'_>) {
        let verdict = self.judge(sender, receiver, segment);
        if verdict.is_ignored() {
            self.connection.closing.ignored_resets += 1;
            return;
        }
        self.take_reset(sender, receiver, segment, verdict, Basis::Observed, self.arrival());
    }
}

/// What arriving means for a FIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Landed {
    First,
    Again,
    /// Another number than the sender's FIN has.
    Nonsense,
}
