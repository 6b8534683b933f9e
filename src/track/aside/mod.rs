//! What is set aside, where nobody looks at every step: SYNs that nothing answered yet, and connections in which everything
//! goes by the book. They take little memory and time. Once something unusual comes they are worked in as a whole, segment
//! by segment, as if they had been so from the first.

mod journal;
mod lone;
mod packed;
mod plain;
mod plains;

pub(super) use lone::Lone;
pub use plain::Ordinary;
pub use plains::MOST_PLAIN;
pub(super) use plains::Plains;

use super::key::Oriented;
use super::retire::{Over, say};
use super::table::{Found, Handle};
use super::turn::Turn;
use super::{Connection, Hear, Recovery, Tracker, note_server};
use crate::tcp::{Peer, Segment};
use plain::Taken;

/// What was set aside and needs no more than its last word.
pub(super) enum Aside {
    Lone(Lone),
    /// It is over.
    Plain(Handle, Ordinary),
}

impl Aside {
    pub(super) fn id(&self) -> u64 {
        match self {
            Aside::Lone(lone) => lone.id(),
            Aside::Plain(handle, _) => handle.id,
        }
    }
}

impl Tracker {
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
        let Some(lone) = Lone::of(id, hash, pair, segment) else { return false };
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

    /// A SYN and the answer to it make a plain connection, unless there is something about them.
    pub(super) fn begin_plain(
        &mut self,
        place: u32,
        hash: u32,
        pair: &Oriented,
        answer: &Segment<'_>,
        sink: &mut impl Hear,
    ) -> bool {
        if let Some((hash, oldest)) = self.table.plain_in_excess() {
            self.promote_plain(oldest, hash, sink);
        }
        let begun = self.table.begin_plain(hash, place, pair, answer);
        if begun {
            note_server(&mut self.servers, answer.src);
        }
        if self.table.plains.ends_round() {
            self.promote_outlived(sink);
        }
        begun
    }

    /// The next segment of a plain connection, unless it is an unusual one.
    #[inline]
    pub(super) fn follow_plain(
        &mut self,
        place: u32,
        pair: &Oriented,
        segment: &Segment<'_>,
        sink: &mut impl Hear,
    ) -> bool {
        let taken = self.table.plains.take(place, segment, pair.is_forward);
        if taken == Taken::Last
            && let Some(plain) = self.table.plains.get(place)
        {
            let over = Over::Plain(Handle { id: plain.id.into(), place });
            self.linger(over, sink);
        }
        if self.table.plains.ends_round() {
            self.promote_outlived(sink);
        }
        taken != Taken::Not
    }

    /// All of it is worked in as it would have been when it came.
    pub(super) fn promote_plain(&mut self, place: u32, hash: u32, sink: &mut impl Hear) -> Option<u32> {
        self.make_whole(place, hash, true, sink)
    }

    /// Makes those whole whose segments will not be remembered much longer.
    #[cold]
    fn promote_outlived(&mut self, sink: &mut impl Hear) {
        for place in self.table.plains.outlived() {
            if let Some(hash) = self.table.plains.get(place).map(|plain| plain.hash) {
                self.promote_plain(place, hash, sink);
            }
        }
    }

    /// `goes_on`: more comes, so it does not end now if it is over.
    fn make_whole(&mut self, place: u32, hash: u32, goes_on: bool, sink: &mut impl Hear) -> Option<u32> {
        let plains = &mut self.table.plains;
        let (plain, segments) = (plains.get(place)?, plains.segments(place));
        let (id, pair) = (plain.id.into(), plain.pair());
        let began = segments.first().map_or(self.now, |syn| syn.time);
        let is_over = plain.is_over();
        plains.free(place);
        let opened = self.table.open(hash, id, 1, &pair, began, Some(Found::Plain(place)));
        self.make_room(opened, sink);
        if let Some(connection) = self.table.get_mut(opened).filter(|_| is_over && !goes_on) {
            // It need not wait for others to end once more.
            connection.lingers = true;
        }
        for segment in &segments {
            self.work_in(opened, segment, sink);
        }
        // Its TIME-WAIT may have been due long since.
        self.expire(self.now, sink);
        Some(opened)
    }

    /// At the end of the capture: what is to be told of the rest, in the order of their first segments. Plain connections that
    /// are not over become whole ones.
    pub(super) fn leave_aside(&mut self, sink: &mut impl Hear) -> Vec<Aside> {
        let mut aside: Vec<Aside> = self.table.drain_lone().map(Aside::Lone).collect();
        for handle in self.table.plains.by_id() {
            let plain = self.table.plains.get(handle.place);
            match plain.and_then(|plain| plain.ordinary(self.two_msl_ns)) {
                Some(ordinary) => aside.push(Aside::Plain(handle, ordinary)),
                None => _ = self.promote_known(handle, sink),
            }
        }
        aside.sort_unstable_by_key(Aside::id);
        aside
    }

    pub(super) fn retire_aside(&mut self, aside: Aside, sink: &mut impl Hear) {
        match aside {
            Aside::Lone(lone) => self.retire_lone(&lone, sink),
            Aside::Plain(_, ordinary) if sink.ordinary(&ordinary) => {}
            Aside::Plain(handle, _) => {
                let place = self.promote_known(handle, sink);
                if let Some(connection) = place.and_then(|place| self.table.get(place)) {
                    say(connection, sink);
                }
            }
        }
    }

    /// A plain connection is over, and many others are since.
    pub(super) fn retire_plain(&mut self, handle: Handle, sink: &mut impl Hear) {
        let plain = self.table.plains.get(handle.place).filter(|plain| u64::from(plain.id) == handle.id);
        let Some(ordinary) = plain.and_then(|plain| plain.ordinary(self.two_msl_ns)) else { return };
        if sink.ordinary(&ordinary) {
            self.table.retire_plain(handle.place);
        } else if let Some(place) = self.promote_known(handle, sink) {
            self.retire(place, sink);
        }
    }

    fn promote_known(&mut self, handle: Handle, sink: &mut impl Hear) -> Option<u32> {
        let hash = self.table.plains.get(handle.place)?.hash;
        self.make_whole(handle.place, hash, false, sink)
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
