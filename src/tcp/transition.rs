//! The state diagram of RFC 9293 3.3.2, figure 5, as one table.

use super::State;

/// What can move a peer from one state to another. Signals that arrive in one segment are one signal
/// (`RcvSynAck`, `RcvFinAckOfFin`): two in a row would pass through a state that never was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// The user listens.
    PassiveOpen,
    SndSyn,
    /// A SYN,ACK is sent: the peer's SYN was received.
    RcvSyn,
    RcvSynAck,
    RcvAckOfSyn,
    SndFin,
    RcvFin,
    RcvAckOfFin,
    RcvFinAckOfFin,
    SndRst,
    RcvRst,
    MslTimeout,
    /// Nobody answered, and the kernel gave up: told by the program's call, never by a segment.
    UserTimeout,
    /// The program closes while its data is still to be sent: the FIN waits behind it (RFC 9293 3.10.4). Told by the kernel alone.
    Close,
    /// Not a signal of the RFC: the capture began after the handshake, or missed it.
    PickedUp,
    /// Nor this: a peer crashed and knows the connection no more (RFC 9293 3.5.1).
    LostMemory,
}

impl Signal {
    /// The stable name in the timeline.
    pub fn name(self) -> &'static str {
        match self {
            Signal::PassiveOpen => "passive-open",
            Signal::SndSyn => "snd-syn",
            Signal::RcvSyn => "rcv-syn",
            Signal::RcvSynAck => "rcv-syn-ack",
            Signal::RcvAckOfSyn => "rcv-ack-of-syn",
            Signal::SndFin => "snd-fin",
            Signal::RcvFin => "rcv-fin",
            Signal::RcvAckOfFin => "rcv-ack-of-fin",
            Signal::RcvFinAckOfFin => "rcv-fin-ack-of-fin",
            Signal::SndRst => "snd-rst",
            Signal::RcvRst => "rcv-rst",
            Signal::MslTimeout => "msl-timeout",
            Signal::UserTimeout => "user-timeout",
            Signal::Close => "close",
            Signal::PickedUp => "picked-up",
            Signal::LostMemory => "lost-memory",
        }
    }
}

/// Where a signal leads and the clause that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    pub from: State,
    pub signal: Signal,
    pub to: State,
    /// Section of RFC 9293 unless it names another.
    pub rfc: &'static str,
}

/// Every edge of the diagram that the wire can show, and the RST and reuse edges that the figure leaves to the text.
pub const TABLE: &[Transition] = &{
    use Signal::*;
    use State::*;
    const fn edge(from: State, signal: Signal, to: State, rfc: &'static str) -> Transition {
        Transition { from, signal, to, rfc }
    }
    [
        edge(Closed, PassiveOpen, Listen, "9293 3.10.1"),
        edge(Closed, SndSyn, SynSent, "9293 3.10.1"),
        edge(Listen, SndSyn, SynSent, "9293 3.10.2"),
        edge(Listen, RcvSyn, SynReceived, "9293 3.10.7.2"),
        edge(SynSent, RcvSyn, SynReceived, "9293 3.10.7.3"),
        edge(SynSent, RcvSynAck, Established, "9293 3.10.7.3"),
        edge(SynSent, RcvRst, Closed, "9293 3.10.7.3"),
        edge(SynReceived, RcvAckOfSyn, Established, "9293 3.10.7.4"),
        // A SYN,ACK acknowledges our SYN and repeats one that is known: the ACK alone counts (figure 7).
        edge(SynReceived, RcvSynAck, Established, "9293 3.10.7.4"),
        edge(SynReceived, SndFin, FinWait1, "9293 3.10.4"),
        // The data path: an ACK of the SYN that comes with a FIN.
        edge(SynReceived, RcvFin, CloseWait, "9293 3.10.7.4"),
        edge(Established, SndFin, FinWait1, "9293 3.10.4"),
        edge(Established, RcvFin, CloseWait, "9293 3.10.7.4"),
        edge(FinWait1, RcvAckOfFin, FinWait2, "9293 3.10.7.4"),
        edge(FinWait1, RcvFin, Closing, "9293 3.10.7.4"),
        edge(FinWait1, RcvFinAckOfFin, TimeWait, "9293 3.10.7.4"),
        edge(FinWait2, RcvFin, TimeWait, "9293 3.10.7.4"),
        edge(FinWait2, RcvFinAckOfFin, TimeWait, "9293 3.10.7.4"),
        edge(Closing, RcvAckOfFin, TimeWait, "9293 3.10.7.4"),
        edge(CloseWait, SndFin, LastAck, "9293 3.10.4"),
        edge(LastAck, RcvAckOfFin, Closed, "9293 3.10.7.4"),
        edge(TimeWait, MslTimeout, Closed, "9293 3.10.8"),
        // RFC 9293 3.10.7.4, second check; SYN-RECEIVED goes back to LISTEN when it came from there (the tracker knows).
        edge(SynReceived, RcvRst, Closed, "9293 3.10.7.4"),
        edge(Established, RcvRst, Closed, "9293 3.10.7.4"),
        edge(FinWait1, RcvRst, Closed, "9293 3.10.7.4"),
        edge(FinWait2, RcvRst, Closed, "9293 3.10.7.4"),
        edge(CloseWait, RcvRst, Closed, "9293 3.10.7.4"),
        edge(Closing, RcvRst, Closed, "9293 3.10.7.4"),
        edge(LastAck, RcvRst, Closed, "9293 3.10.7.4"),
        edge(TimeWait, RcvRst, Closed, "1337 2"),
        // RFC 9293 3.10.5: ABORT.
        edge(SynReceived, SndRst, Closed, "9293 3.10.5"),
        edge(Established, SndRst, Closed, "9293 3.10.5"),
        edge(FinWait1, SndRst, Closed, "9293 3.10.5"),
        edge(FinWait2, SndRst, Closed, "9293 3.10.5"),
        edge(CloseWait, SndRst, Closed, "9293 3.10.5"),
        edge(Closing, SndRst, Closed, "9293 3.10.5"),
        edge(LastAck, SndRst, Closed, "9293 3.10.5"),
        edge(TimeWait, SndRst, Closed, "9293 3.10.5"),
    ]
};

const SIGNALS: usize = Signal::LostMemory as usize + 1;

/// For each state and signal the place of its edge in [`TABLE`], or one behind the last.
#[allow(clippy::indexing_slicing)]
static PLACES: [[u8; SIGNALS]; State::ALL.len()] = {
    let mut places = [[TABLE.len() as u8; SIGNALS]; State::ALL.len()];
    let mut place = 0;
    while place < TABLE.len() {
        places[TABLE[place].from as usize][TABLE[place].signal as usize] = place as u8;
        place += 1;
    }
    places
};

/// The edge that leaves `from` on `signal`; `None` when the signal changes nothing there.
#[inline]
pub fn next(from: State, signal: Signal) -> Option<&'static Transition> {
    let place = PLACES.get(from as usize)?.get(signal as usize)?;
    TABLE.get(usize::from(*place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn one_edge_per_state_and_signal() {
        let mut seen = HashSet::new();
        for edge in TABLE {
            assert!(seen.insert((edge.from, edge.signal)), "{edge:?} twice");
            assert_ne!(edge.from, edge.to);
        }
    }

    #[test]
    fn every_edge_is_found_and_no_other() {
        let found = |edge: &Transition| next(edge.from, edge.signal) == Some(edge);
        assert!(TABLE.iter().all(found));
        assert_eq!(next(State::Closed, Signal::RcvFin), None);
        assert_eq!(next(State::Established, Signal::LostMemory), None);
    }

    #[test]
    fn every_state_can_be_left_and_reached() {
        for state in State::ALL {
            assert!(TABLE.iter().any(|edge| edge.from == state), "{state} is never left");
            assert!(TABLE.iter().any(|edge| edge.to == state), "{state} is never reached");
        }
    }
}
