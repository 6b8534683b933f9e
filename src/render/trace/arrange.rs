//! Slices that lie on one track without crossing: what overlaps goes to further lanes, what is drawn longer than it is gets cut.

use super::tracks::Track;
use serde_json::{Map, Value};

/// A stretch of time on a track, nanoseconds after the source's start.
#[derive(Debug, Clone, Default)]
pub(super) struct Slice {
    pub(super) begin_ns: i64,
    pub(super) end_ns: i64,
    pub(super) cat: &'static str,
    pub(super) name: String,
    pub(super) args: Map<String, Value>,
    pub(super) arrow: Option<Arrow>,
    /// It failed.
    pub(super) is_bad: bool,
}

/// An arrow that begins or ends where the slice begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrow {
    Leaves(u64),
    Arrives(u64),
}

/// Gives each call that overlaps one before it a lane of its own, up to so many; the last lane takes the rest.
pub(super) fn spread(slices: &mut [(Track, Slice)], most: u64) {
    slices.sort_by_key(|(track, slice)| (*track, slice.begin_ns));
    let mut ends: Vec<i64> = Vec::new();
    let mut whose = None;
    for (track, slice) in slices {
        let Track::Calls(peer, lane) = track else { continue };
        if whose.replace(*peer) != Some(*peer) {
            ends.clear();
        }
        let free = ends.iter().position(|end| *end <= slice.begin_ns).unwrap_or(ends.len());
        let free = free.min(usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(1));
        match ends.get_mut(free) {
            Some(end) => *end = (*end).max(slice.end_ns),
            None => ends.push(slice.end_ns),
        }
        *lane = free as u64;
    }
}

/// Ends each slice where the next one on its track begins, at the latest: slices on one track must not cross.
pub(super) fn cut(slices: &mut [(Track, Slice)]) {
    slices.sort_by_key(|(track, slice)| (*track, slice.begin_ns));
    let mut next: Option<(Track, i64)> = None;
    // The begin of those that begin together, and of those after them.
    let mut after: Option<i64> = None;
    for (track, slice) in slices.iter_mut().rev() {
        match next {
            Some((of, begin)) if of == *track && begin == slice.begin_ns => {}
            Some((of, begin)) if of == *track => after = Some(begin),
            _ => after = None,
        }
        next = Some((*track, slice.begin_ns));
        slice.end_ns = slice.end_ns.min(after.unwrap_or(i64::MAX)).max(slice.begin_ns);
    }
    // Those that begin together nest: the longest first.
    slices.sort_by_key(|(track, slice)| (*track, slice.begin_ns, std::cmp::Reverse(slice.end_ns)));
}

#[cfg(test)]
mod tests {
    use super::super::tracks::Peer;
    use super::*;

    fn on(track: Track, begin_ns: i64, end_ns: i64) -> (Track, Slice) {
        (track, Slice { begin_ns, end_ns, ..Slice::default() })
    }

    #[test]
    fn calls_that_overlap_get_lanes() {
        let calls = Track::Calls(Peer::Client, 0);
        let mut slices = vec![on(calls, 0, 10), on(calls, 5, 20), on(calls, 10, 12), on(calls, 11, 13)];
        spread(&mut slices, 2);
        let lanes: Vec<Track> = slices.iter().map(|(track, _)| *track).collect();
        assert_eq!(lanes, [0, 1, 0, 1].map(|lane| Track::Calls(Peer::Client, lane)));
    }

    #[test]
    fn no_slice_crosses_another() {
        let (one, two) = (Track::Segments(Peer::Client), Track::Segments(Peer::Server));
        let mut slices = vec![on(one, 0, 10), on(one, 3, 13), on(one, 3, 9), on(one, 7, 17), on(two, 1, 11)];
        cut(&mut slices);
        let cut: Vec<(i64, i64)> = slices.iter().map(|(_, slice)| (slice.begin_ns, slice.end_ns)).collect();
        assert_eq!(cut, [(0, 3), (3, 7), (3, 7), (7, 17), (1, 11)]);
    }
}
