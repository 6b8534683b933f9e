//! What happens as time goes by: segments under way arrive, and TIME-WAITs that are due end.

use super::arrival::UnderWay;
use super::deadlines::{Deadline, Deadlines};
use super::turn::Turn;
use super::{Connection, Hear, Input, Step, Tracker};
use crate::tcp::{Basis, Peer, Signal, Timestamp};
use std::cmp::Reverse;

impl Tracker {
    /// Lets time pass: what arrives by `now` arrives, and TIME-WAITs that are due by then end.
    #[inline]
    pub fn advance(&mut self, now: Timestamp, sink: &mut impl Hear) {
        if self.under_way.is_empty() && !self.deadlines.is_any_due(now) {
            self.now = now;
        } else {
            self.elapse(now, sink);
        }
    }

    #[inline(never)]
    fn elapse(&mut self, now: Timestamp, sink: &mut impl Hear) {
        while self.under_way.peek().is_some_and(|Reverse(next)| next.at <= now)
            && let Some(Reverse(next)) = self.under_way.pop()
        {
            self.expire(next.at, sink);
            self.arrive(&next, sink);
        }
        self.now = now;
        self.expire(now, sink);
    }

    fn arrive(&mut self, it: &UnderWay, sink: &mut impl Hear) {
        let place = it.handle.place;
        if self.table.get_mut(place).is_some_and(|known| known.id == it.handle.id) {
            self.ask_waits(place, &it.segment, it.at);
        }
        let Some(connection) = self.table.get_mut(place).filter(|known| known.id == it.handle.id) else { return };
        let before = connection.tcb;
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        let mut turn = Turn { connection, changes, fates, ordinal: it.ordinal, time: it.at };
        let finds_waiting = self.rearms_by_any && turn.finds_waiting(it.sender, &it.segment);
        turn.arrive(it.sender, &it.segment);
        if finds_waiting {
            turn.rearm_by_any(it.sender, it.at);
        }
        queue_waits(&mut self.deadlines, connection, self.two_msl_ns);
        let input = Input::Arrival { peer: connection.receiver_of(it.sender), ordinal: it.ordinal, at: it.at };
        sink.step(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
    }

    #[inline]
    pub(super) fn expire(&mut self, now: Timestamp, sink: &mut impl Hear) {
        if self.deadlines.is_any_due(now) {
            self.expire_due(now, sink);
        }
    }

    fn expire_due(&mut self, now: Timestamp, sink: &mut impl Hear) {
        while let Some(deadline) = self.deadlines.pop_due(now) {
            let (due, peer) = (deadline.due, deadline.peer());
            let place = deadline.handle.place;
            let Some(connection) = self.table.get_mut(place).filter(|known| known.id == deadline.handle.id) else {
                continue;
            };
            let two_msl_ns = self.two_msl_ns;
            let is_due =
                peer.of(&connection.time_wait).is_some_and(|wait| wait.ended.is_none() && wait.due(two_msl_ns) == due);
            if !is_due {
                continue;
            }
            let before = connection.tcb;
            // After everything so far: what comes next comes after it.
            let ordinal = connection.segments;
            self.changes.clear();
            self.fates.clear();
            let (changes, fates) = (&mut self.changes, &mut self.fates);
            let mut turn = Turn { connection, changes, fates, ordinal, time: due };
            let here = turn.here();
            turn.signal(peer, Signal::MslTimeout, Basis::Inferred, here);
            let input = Input::Timeout { peer, at: due };
            sink.step(&Step { connection, before, input, changes: &self.changes, fates: &self.fates });
        }
    }
}

/// Queues the TIME-WAITs that began or began anew.
#[inline]
pub(super) fn queue_waits(deadlines: &mut Deadlines, connection: &mut Connection, two_msl_ns: i64) {
    // Most of the time nobody waits.
    if connection.time_wait.iter().any(Option::is_some) {
        queue_any(deadlines, connection, two_msl_ns);
    }
}

fn queue_any(deadlines: &mut Deadlines, connection: &mut Connection, two_msl_ns: i64) {
    for waiter in Peer::BOTH {
        let wait = waiter.of_mut(&mut connection.time_wait).as_mut();
        if let Some(due) = wait.and_then(|wait| wait.queue_anew(two_msl_ns)) {
            deadlines.push(Deadline::new(due, connection.handle(), waiter));
        }
    }
}
