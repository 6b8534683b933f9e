//! One turn of a connection: the mutable view that sending, receipt and resets work on.

use super::connection::Connection;
use super::flight::Transmission;
use super::step::{Change, Fate, News};
use super::time_wait::{Ended, TimeWait};
use crate::tcp::{Basis, Peer, Signal, State, Timestamp, transition};

/// A connection while one segment is worked in, and what comes of it.
pub(super) struct Turn<'t> {
    pub(super) connection: &'t mut Connection,
    pub(super) changes: &'t mut Vec<Change>,
    pub(super) fates: &'t mut Vec<(u64, Fate)>,
    /// The place of the segment.
    pub(super) ordinal: u64,
    pub(super) time: Timestamp,
}

/// The segment that did it.
#[derive(Clone, Copy)]
pub(super) struct Cause {
    pub(super) ordinal: u64,
    pub(super) time: Timestamp,
    /// The time is that of its arrival, which was seen.
    pub(super) arrived: bool,
}

impl From<Transmission> for Cause {
    fn from(copy: Transmission) -> Cause {
        Cause { ordinal: copy.ordinal, time: copy.time, arrived: copy.arrived }
    }
}

impl Turn<'_> {
    pub(super) fn here(&self) -> Cause {
        Cause { ordinal: self.ordinal, time: self.time, arrived: false }
    }

    pub(super) fn state(&self, peer: Peer) -> Option<State> {
        self.connection.state(peer)
    }

    /// Takes the edge for this signal, if the peer's state has one.
    pub(super) fn signal(&mut self, peer: Peer, signal: Signal, basis: Basis, cause: Cause) -> bool {
        let Some(edge) = self.state(peer).and_then(|state| transition::next(state, signal)) else { return false };
        self.enter(peer, edge.to, signal, basis, edge.rfc, cause);
        true
    }

    /// Brings the peer into a state.
    pub(super) fn enter(
        &mut self,
        peer: Peer,
        to: State,
        signal: Signal,
        basis: Basis,
        rfc: &'static str,
        cause: Cause,
    ) {
        let from = self.state(peer);
        let memory = peer.of_mut(&mut self.connection.memory);
        // It came no earlier than its cause, and not before what the peer still did in its old state.
        let at = match from {
            Some(_) => cause.ordinal.max(memory.last_own.saturating_sub(1)).max(memory.last_change_at),
            None => cause.ordinal,
        };
        let change = Change {
            peer,
            from,
            to,
            signal,
            basis,
            rfc,
            cause: cause.ordinal,
            at,
            evidence: self.ordinal,
            arrived: cause.arrived.then_some(cause.time),
            news: News::Happened,
        };
        memory.last_change_at = at;
        if to == State::CloseWait {
            memory.was_established = from == Some(State::Established);
        }
        let rests_on_sight = basis == Basis::Inferred || signal == Signal::SndRst;
        memory.unproved = rests_on_sight.then_some(change);
        if memory.told_listen && to == State::SynSent {
            memory.syn_sent = Some(Box::new(change));
        }
        peer.of_mut(&mut self.connection.tcb).state = Some(to);
        match (from, to) {
            (_, State::TimeWait) => *peer.of_mut(&mut self.connection.time_wait) = Some(TimeWait::begin(cause.time)),
            (Some(State::TimeWait), State::Closed) => {
                let ended = if signal == Signal::MslTimeout { Ended::Expired } else { Ended::Reset };
                self.end_time_wait(peer, ended, cause.time);
            }
            _ => {}
        }
        self.changes.push(change);
    }

    /// Gives a peer the state it must have been in, where nothing has shown one: not a change, only the start of the next.
    pub(super) fn begin_in(&mut self, peer: Peer, state: State) {
        peer.of_mut(&mut self.connection.tcb).state = Some(state);
    }

    /// A peer that is plainly in a connection whose opening was not captured.
    pub(super) fn pick_up(&mut self, peer: Peer) {
        if self.state(peer).is_none() {
            let here = self.here();
            self.enter(peer, State::Established, Signal::PickedUp, Basis::Inferred, "9293 3.3.2", here);
        }
    }

    /// Undoes the peer's last change, which rested on a segment that was seen and did not arrive.
    pub(super) fn take_back(&mut self, peer: Peer) -> Option<Change> {
        let change = peer.of_mut(&mut self.connection.memory).unproved.take()?;
        peer.of_mut(&mut self.connection.tcb).state = change.from;
        if change.to == State::TimeWait {
            *peer.of_mut(&mut self.connection.time_wait) = None;
        }
        if let Some(wait) = peer.of_mut(&mut self.connection.time_wait)
            && change.from == Some(State::TimeWait)
        {
            wait.ended = None;
        }
        self.changes.push(Change { news: News::TakenBack, evidence: self.ordinal, ..change });
        Some(change)
    }

    /// The peer's own segment proves the change that was only inferred.
    pub(super) fn confirm(&mut self, peer: Peer) {
        if let Some(change) = peer.of_mut(&mut self.connection.memory).unproved.take() {
            self.changes.push(Change {
                news: News::Confirmed,
                basis: Basis::Observed,
                evidence: self.ordinal,
                ..change
            });
        }
    }

    pub(super) fn end_time_wait(&mut self, peer: Peer, ended: Ended, at: Timestamp) {
        if let Some(wait) = peer.of_mut(&mut self.connection.time_wait)
            && wait.ended.is_none()
        {
            wait.ended = Some((ended, at));
        }
    }
}
