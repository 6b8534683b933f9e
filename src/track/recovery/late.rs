//! A segment that fills a gap: overtaken on the way, or sent again after a loss before the capture.

use super::finding::{Evidence, Late};
use super::sender::More;
use crate::tcp::Segment;

/// IP identifications that are counted up differ by no more than this between neighbours; others are drawn at random.
const NEIGHBOURS: u16 = 1024;
/// Without a handshake to measure it, nothing is sent again sooner than this (as Wireshark has it).
const SOON_NS: i64 = 3_000_000;

impl More {
    /// `place` is where the segment belongs in the list, `tsval` the sender's newest timestamp, and `to_sender` the round
    /// trip between the capture and the sender.
    pub(super) fn judge_late(
        &self,
        segment: &Segment<'_>,
        place: usize,
        tsval: Option<u32>,
        to_sender: Option<i64>,
    ) -> Late {
        let next = self.sents.get(place).or(self.passed.as_ref());
        let after_ns = next.map_or(0, |next| segment.time.since(next.time));
        let verdict = |overtaken, evidence| Late { overtaken, evidence, after_ns };
        if let (Some((own, _)), Some(newest), Some(next)) = (segment.options.timestamps, tsval, next) {
            if (own.wrapping_sub(newest) as i32) < 0 {
                return verdict(true, Evidence::Timestamp);
            }
            if next.tsval != 0 && own.wrapping_sub(next.tsval) as i32 > 0 {
                return verdict(false, Evidence::Timestamp);
            }
        }
        let before = place.checked_sub(1).and_then(|place| self.sents.get(place));
        if let (Some(before), Some(next)) = (before, next)
            && let [first, last] = [before.ip_id, next.ip_id]
            && first != 0
            && (1..NEIGHBOURS).contains(&last.wrapping_sub(first))
        {
            let ahead = segment.ip_id.wrapping_sub(last);
            if (1..NEIGHBOURS).contains(&segment.ip_id.wrapping_sub(first)) && ahead > u16::MAX / 2 {
                return verdict(true, Evidence::IpId);
            }
            if (1..NEIGHBOURS).contains(&ahead) {
                return verdict(false, Evidence::IpId);
            }
        }
        // Nobody answers what has not reached him yet.
        let soon = to_sender.map_or(SOON_NS, |ns| ns / 5 * 4);
        let is_asked_for = self.duplicates > 0 || self.sacked_to.is_some();
        match after_ns < soon {
            true => verdict(true, Evidence::Time),
            false if is_asked_for => verdict(false, Evidence::Acks),
            false => verdict(false, Evidence::Time),
        }
    }
}
