//! What can be found out about a segment before its turn comes, so that the memory that it needs is at hand then.

use super::Tracker;
use super::key::{Key, Oriented};
use super::twice;
use crate::tcp::Segment;

/// Which connection a segment may belong to, and what its copy would look like.
#[derive(Debug, Clone, Copy)]
pub struct Foreseen {
    pub(super) pair: Oriented,
    pub(super) hash: u32,
    pub(super) print: u64,
}

impl Tracker {
    /// Looks at a segment that is not the next one yet. Nothing is worked in.
    #[inline]
    pub fn foresee(&self, segment: &Segment<'_>) -> Foreseen {
        let vlan = if self.merges_vlans { 0 } else { segment.vlan };
        let pair = Key::of(segment.src, segment.dst, vlan);
        let (hash, ends) = self.table.hashes(&pair.key);
        self.table.prefetch(hash);
        Foreseen { pair, hash, print: twice::print(segment, if pair.is_forward { ends } else { !ends }) }
    }

    /// Once more, when what was fetched has come.
    #[inline]
    pub fn foresee_more(&self, foreseen: &Foreseen) {
        self.table.prefetch_more(foreseen.hash);
    }
}
