//! The end of remembering: connections that are over, those that make room, and SYNs that nothing answered.

use super::keep::{LINGER, MOST_CONNECTIONS};
use super::key::Oriented;
use super::lone::Lone;
use super::table::Found;
use super::turn::Turn;
use super::{Connection, Ended, Handle, Hear, Input, Recovery, Step, Tracker};
use crate::tcp::{Peer, Segment, Timestamp};

/// Places looked at to find one of which nothing was heard for long.
const LOOKED_AT: usize = 16;

impl Tracker {
    /// The last step of every connection that is still remembered, in the order of their first segments.
    pub fn finish(&mut self, end: Timestamp, sink: &mut impl Hear) {
        self.advance(end, sink);
        let mut lone: Vec<Lone> = self.table.drain_lone().collect();
        lone.sort_unstable_by_key(Lone::id);
        let mut lone = lone.into_iter().peekable();
        let handles: Vec<Handle> = self.table.by_id().iter().map(|connection| connection.handle()).collect();
        for handle in handles {
            while let Some(lone) = lone.next_if(|lone| lone.id() < handle.id) {
                self.retire_lone(&lone, sink);
            }
            if let Some(connection) = self.table.at(handle) {
                say(connection, sink);
            }
        }
        for lone in lone {
            self.retire_lone(&lone, sink);
        }
    }

    /// A connection has come to its end. It lingers behind those that end later.
    pub(super) fn linger(&mut self, handle: Handle, sink: &mut impl Hear) {
        if self.keep.keeps(handle.id) {
            return;
        }
        self.over.push_back(handle);
        while self.over.len() > LINGER {
            let Some(first) = self.over.pop_front() else { return };
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

    fn retire(&mut self, place: u32, sink: &mut impl Hear) {
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

    /// Sets a SYN aside, where nobody looks at every step and a small record can hold it.
    pub(super) fn set_aside(
        &mut self,
        hash: u32,
        pair: &Oriented,
        segment: &Segment<'_>,
        found: Option<Found>,
        sink: &mut impl Hear,
    ) -> bool {
        let id = self.table.opened() + 1;
        // The first may be the only one, of which all is shown.
        if self.keep.is_watched || !segment.flags.syn() || id == 1 || self.keep.keeps(id) {
            return false;
        }
        let Some(lone) = Lone::of(id, pair, segment) else { return false };
        self.table.next_id();
        if let Some(oldest) = self.table.insert_lone(hash, lone, found) {
            self.let_go.lone_syns += 1;
            self.retire_lone(&oldest, sink);
        }
        true
    }

    /// A second segment came: the SYN is worked in as it would have been when it came.
    pub(super) fn promote(&mut self, place: u32, hash: u32, sink: &mut impl Hear) -> Option<u32> {
        let lone = self.table.take_lone(place)?;
        let segment = lone.segment();
        let opened = self.table.open(hash, lone.id(), 1, &lone.pair(), segment.time, Some(Found::Lone(place)));
        self.make_room(opened, sink);
        self.work_in(opened, &segment, sink);
        Some(opened)
    }

    fn retire_lone(&mut self, lone: &Lone, sink: &mut impl Hear) {
        if sink.lone(&lone.syn()) {
            return;
        }
        let segment = lone.segment();
        let mut connection = Connection::new(lone.id(), 1, &lone.pair(), segment.time);
        connection.note_original(Peer::A, &segment);
        self.changes.clear();
        self.fates.clear();
        let (changes, fates) = (&mut self.changes, &mut self.fates);
        let mut turn = Turn { connection: &mut connection, changes, fates, ordinal: 0, time: segment.time };
        let _ = turn.work_in(Peer::A, &segment, &mut Recovery::default());
        say(&connection, sink);
    }
}

fn say(connection: &Connection, sink: &mut impl Hear) {
    sink.step(&Step { connection, before: connection.tcb, input: Input::Retired, changes: &[], fates: &[] });
}
