//! The end of remembering: connections that are over, and those that make room.

use super::keep::{LINGER, MOST_CONNECTIONS};
use super::{Connection, Ended, Handle, Hear, Input, Step, Tracker};
use crate::tcp::Timestamp;

/// What has come to its end, and where it is kept until others have too.
#[derive(Debug, Clone, Copy)]
pub(super) enum Over {
    Whole(Handle),
    Plain(Handle),
}

/// Places looked at to find one of which nothing was heard for long.
pub(super) const LOOKED_AT: usize = 16;

impl Tracker {
    /// The last step of every connection that is still remembered, in the order of their first segments.
    pub fn finish(&mut self, end: Timestamp, sink: &mut impl Hear) {
        self.advance(end, sink);
        let mut aside = self.leave_aside(sink).into_iter().peekable();
        let handles: Vec<Handle> = self.table.by_id().iter().map(|connection| connection.handle()).collect();
        for handle in handles {
            while let Some(before) = aside.next_if(|aside| aside.id() < handle.id) {
                self.retire_aside(before, sink);
            }
            if let Some(connection) = self.table.at(handle) {
                say(connection, sink);
            }
        }
        for rest in aside {
            self.retire_aside(rest, sink);
        }
    }

    /// A connection has come to its end. It lingers behind those that end later.
    pub(super) fn linger(&mut self, over: Over, sink: &mut impl Hear) {
        let (Over::Whole(handle) | Over::Plain(handle)) = over;
        if self.keep.keeps(handle.id) {
            return;
        }
        self.over.push_back(over);
        while self.over.len() > LINGER {
            // Those behind it go soon.
            if let Some(Over::Plain(next)) = self.over.get(1) {
                self.table.prefetch_retiring(next.place);
            }
            if let Some(Over::Plain(later)) = self.over.get(2) {
                self.table.plains.prefetch(later.place);
            }
            match self.over.pop_front() {
                None => return,
                Some(Over::Plain(first)) => self.retire_plain(first, sink),
                Some(Over::Whole(first)) => {
                    let Some(connection) = self.table.get_mut(first.place).filter(|known| known.id == first.id) else {
                        continue;
                    };
                    if connection.is_over() {
                        self.retire(first.place, sink);
                    } else {
                        // A RST turned out to have been ignored, and it goes on.
                        connection.lingers = false;
                    }
                }
            }
        }
    }

    pub(super) fn retire(&mut self, place: u32, sink: &mut impl Hear) {
        let Some(connection) = self.table.get_mut(place) else { return };
        let mut waits = 0;
        for wait in connection.time_wait.iter_mut().flatten().filter(|wait| wait.ended.is_none()) {
            wait.ended = Some((Ended::Unwatched, wait.due(self.two_msl_ns)));
            waits += 1;
        }
        say(connection, sink);
        self.table.retire(place);
        if waits > 0 {
            let table = &self.table;
            self.deadlines.tidy(waits, |handle| table.at(handle).is_some());
        }
    }

    /// When there are too many, retires one that was not active for long; never the one at `newest`.
    pub(super) fn make_room(&mut self, newest: u32, sink: &mut impl Hear) {
        if self.table.len() <= MOST_CONNECTIONS || self.keep.first == u64::MAX {
            return;
        }
        let places = self.table.places();
        let mut oldest: Option<(Timestamp, u32)> = None;
        for looked in 0..places {
            if looked >= LOOKED_AT && oldest.is_some() {
                break;
            }
            self.hand = (self.hand + 1) % u32::try_from(places).unwrap_or(u32::MAX);
            let Some(connection) = self.table.get(self.hand) else { continue };
            let may_go = connection.id > 0 && !connection.lingers && !self.keep.keeps(connection.id);
            if may_go && self.hand != newest && oldest.is_none_or(|(last, _)| connection.last < last) {
                oldest = Some((connection.last, self.hand));
            }
        }
        if let Some((_, place)) = oldest {
            self.let_go.active += 1;
            self.retire(place, sink);
        }
    }
}

pub(super) fn say(connection: &Connection, sink: &mut impl Hear) {
    sink.step(&Step { connection, before: connection.tcb, input: Input::Retired, changes: &[], fates: &[] });
}
