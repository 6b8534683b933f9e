//! What can be found out about a segment before its turn comes, so that the memory that it needs is at hand then.

use super::Tracker;
use super::key::{Key, Oriented};
use super::twice;
use crate::tcp::Segment;

/// Which connection a segment may belong to, and what its copy would look like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Foreseen {
    pub(super) pair: Oriented,
    pub(super) hash: u32,
    pub(super) print: u64,
}

impl Tracker {
    /// Looks at a segment that is not the next one yet, with what was captured of its payload. Nothing is worked in.
    #[inline(always)]
    pub fn foresee(&self, segment: &Segment<'_>, payload: &[u8]) -> Foreseen {
        let foreseen = self.find_out(segment, payload);
        self.table.prefetch(foreseen.hash);
        self.recent.prefetch(foreseen.print);
        foreseen
    }

    #[inline(always)]
    pub(super) fn find_out(&self, segment: &Segment<'_>, payload: &[u8]) -> Foreseen {
        let vlan = if self.merges_vlans { 0 } else { segment.vlan };
        let pair = Key::of(segment.src, segment.dst, vlan);
        let (hash, ends) = self.table.hashes(&pair.key);
        Foreseen { pair, hash, print: twice::print(segment, payload, if pair.is_forward { ends } else { !ends }) }
    }

    /// Once more, when what was fetched has come.
    #[inline(always)]
    pub fn foresee_more(&self, foreseen: &Foreseen) {
        self.table.prefetch_more(foreseen.hash);
        self.recent.prefetch_more(foreseen.print);
    }
}
