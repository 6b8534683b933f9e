//! Segments that arrived damaged: whoever receives one throws it away, as if it were lost.

use super::way::{Places, Way};
use crate::tcp::{Checksum, Segment, Timestamp};
use std::collections::HashMap;

impl Way<'_, '_> {
    /// Whether a segment left with a right checksum and arrived with a wrong one.
    pub(super) fn is_damaged(&self, left: u32, arrived: u32) -> bool {
        let checksum = |sum: Option<Segment<'_>>| sum.map(|segment| segment.checksum);
        checksum(self.sender.segment(left)) == Some(Checksum::Valid)
            && checksum(self.receiver.segment(arrived)) == Some(Checksum::Invalid)
    }

    /// Takes out what arrived so damaged that it resembles nothing that was sent but in its place.
    pub(super) fn take_damaged(
        &self,
        unsent: &mut Vec<u32>,
        sent: &[u32],
        ties: &HashMap<u32, Timestamp, foldhash::fast::RandomState>,
        damaged: &mut Places,
    ) {
        let checksum = |place: &u32| self.receiver.segment(*place).map(|segment| segment.checksum);
        if !unsent.iter().any(|place| checksum(place) == Some(Checksum::Invalid)) {
            return;
        }
        let name = |segment: &Segment<'_>| (segment.seq.0, segment.len);
        let mut untied: HashMap<(u32, u32), Vec<u32>, foldhash::fast::RandomState> = HashMap::default();
        for place in sent.iter().rev().filter(|place| !ties.contains_key(place) && !damaged.contains(place)) {
            if let Some(segment) = self.sender.segment(*place) {
                untied.entry(name(&segment)).or_default().push(*place);
            }
        }
        unsent.retain(|place| {
            let Some(segment) = self.receiver.segment(*place) else { return true };
            let Some(places) = untied.get_mut(&name(&segment)) else { return true };
            let Some(left) = places.last().copied().filter(|left| self.is_damaged(*left, *place)) else { return true };
            places.pop();
            damaged.insert(left);
            false
        });
    }
}
