//! Where events only pass by, for drawing: of which connections. There is room for so many; what begins while there is none is
//! followed and counted, and never drawn.

use super::{Assembler, Reads, Watch};

impl Assembler {
    /// How many connections that begin from now on are drawn. `opened`: how many have begun so far.
    pub fn make_room(&mut self, connections: usize, opened: u64) {
        if self.room == 0 {
            self.undrawn = opened;
        }
        self.room = connections;
    }

    /// Whether nobody looks at the steps of connections that begin now: they are not drawn, and their messages are not told.
    pub fn is_crowded(&self) -> bool {
        let reads_more = matches!(self.reads, Reads::First(_) | Reads::Few(_));
        self.watch == Watch::Passing && self.room == 0 && !reads_more
    }

    /// Whether events of this connection are drawn, or would be if it began now.
    pub(super) fn draws(&self, id: u64) -> bool {
        self.room > 0 && id > self.undrawn || self.drawn.has(id)
    }

    /// The same of one that a step is about: if it begins with that, it takes a place.
    pub(super) fn admits(&mut self, id: u64) -> bool {
        if self.drawn.has(id) {
            return true;
        }
        let draws = self.draws(id);
        self.room -= usize::from(draws && self.room < usize::MAX);
        draws
    }
}
