//! Of which connections messages are told: of those whose events are kept, and maybe of others.

use super::{Assembler, Watch};
use crate::app::MessageWord;
use crate::track::Handle;

/// Of which connections messages are told although their events are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reads {
    /// Of none.
    #[default]
    Kept,
    /// Of those up to this id.
    First(u64),
    /// Of all, where there are no more than so many, with no more segments than are read in no time; else of none.
    Few(u64),
    /// Of all whose events are drawn, but each is let go once [`Assembler::settle`] has given it.
    Passing,
}

/// Segments that are read in a moment. Beyond that a word below each row is not worth the time.
const MOST_IN_NO_TIME: u64 = 200_000;

impl Assembler {
    /// The same, with messages of these connections.
    pub fn reading(self, reads: Reads) -> Assembler {
        Assembler { reads, ..self }
    }

    /// Whether messages are told of connections whose events are neither kept nor drawn.
    pub fn reads_more(&self) -> bool {
        matches!(self.reads, Reads::First(_) | Reads::Few(_))
    }

    /// Whether messages of any connection are told. Where events only pass by and too fast, nobody reads what passes with them.
    pub fn reads_any(&self) -> bool {
        self.keeps_any() || self.reads_more() || self.reads == Reads::Passing && !self.is_crowded()
    }

    /// Whether what was read so far is to be forgotten: nobody reads on.
    pub fn stops_reading(&self) -> bool {
        self.reads == Reads::Passing && self.is_crowded()
    }

    /// Whether a connection's messages are told.
    pub fn reads(&self, id: u64) -> bool {
        self.reads_beside(id) || self.keeps(id)
    }

    /// Whether they are although its events are not kept.
    #[inline]
    pub fn reads_beside(&self, id: u64) -> bool {
        match self.reads {
            Reads::Kept => false,
            Reads::First(last) | Reads::Few(last) => id <= last,
            Reads::Passing => self.draws(id),
        }
    }

    /// Whether with this segment there are too many, or with its connection: from here on none is read whose events are not kept.
    /// To be asked for each; said once.
    pub fn are_too_many(&mut self, id: u64) -> bool {
        let Reads::Few(most) = self.reads else { return false };
        self.segments_read += 1;
        let are = id > most || self.segments_read > MOST_IN_NO_TIME && self.watch == Watch::One(0);
        if are {
            self.reads = Reads::Kept;
        }
        are
    }

    /// Whether messages are given out as they become complete, and whether they are kept for the end all the same.
    pub fn draws_messages(&self) -> Option<bool> {
        match (self.watch, self.reads) {
            (Watch::Both, _) => Some(true),
            (Watch::Passing, Reads::Passing) => Some(false),
            (Watch::Passing, Reads::First(_)) => Some(true),
            _ => None,
        }
    }

    /// Hears what is complete and shall be given out.
    pub fn hear_complete(&mut self, words: Vec<MessageWord>) {
        self.complete.extend(words);
    }

    /// What is complete of a connection that is forgotten, as it stands.
    pub(super) fn take_complete(&mut self, connection: u64) -> Vec<MessageWord> {
        let (its, others) =
            std::mem::take(&mut self.complete).into_iter().partition(|word| word.connection == connection);
        self.complete = others;
        its
    }

    /// What is complete and of which each segment was given out.
    pub(super) fn take_settled(&mut self) -> Vec<(Handle, MessageWord)> {
        let mut settled = Vec::new();
        for word in std::mem::take(&mut self.complete) {
            match self.drawn.get(word.connection) {
                Some(draft) if draft.waits_for(word.last.ordinal) => self.complete.push(word),
                Some(draft) => settled.push((draft.handle(), word)),
                None => {}
            }
        }
        settled
    }

    /// How many of so many connections come behind the first ones, of which alone messages are told.
    pub fn unread(&self, opened: u64) -> u64 {
        match self.reads {
            Reads::First(last) => opened.saturating_sub(last),
            Reads::Kept | Reads::Few(_) | Reads::Passing => 0,
        }
    }
}
