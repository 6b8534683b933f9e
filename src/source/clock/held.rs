//! A clock that nobody sets, for those who write what they see into one file.

use super::wall;
use crate::tcp::Timestamp;
use std::sync::OnceLock;
use std::time::Instant;

/// Kept where [`hold`] was called.
static HELD: OnceLock<Held> = OnceLock::new();
/// How often two clocks are compared, so that once nothing comes between.
const TRIES: usize = 20;
/// Clocks that are this near have not been set; comparing them is never exact.
const SLACK_NS: i64 = 1_000_000;

/// Now, where the clock is held.
pub(super) fn now() -> Option<Timestamp> {
    HELD.get().map(|held| held.at(Instant::now()))
}

/// From here on [`super::now`] goes on evenly for this whole process, whoever sets the machine's clock. Several observers write into
/// one file of the lab's, sorted by time: a clock that NTP sets back between two segments would tell effects before causes.
/// Where packets are stamped by others, as in a live capture, the wall clock is the one to read.
pub(crate) fn hold() {
    HELD.get_or_init(|| {
        let tries = (0..TRIES).map(|_| {
            let (before, wall) = (Instant::now(), wall());
            (before.elapsed(), Held { wall, instant: before })
        });
        let least = tries.min_by_key(|(width, _)| *width).map(|(_, held)| held);
        least.unwrap_or_else(|| Held { wall: wall(), instant: Instant::now() })
    });
}

/// What [`super::now`] said at a moment just past that a kernel stamped by the wall clock, which is the only one it stamps packets by.
/// A fixed difference of both clocks would be wrong once the wall clock has been set, so they are compared each time.
pub(crate) fn stamped(stamp: Timestamp) -> Timestamp {
    let Some(held) = HELD.get() else { return stamp };
    let (before, wall, after) = (Instant::now(), wall(), Instant::now());
    evenly(stamp, wall, [held.at(before), held.at(after)])
}

/// The stamp without what the wall clock was set by; nothing is of the future. What was stamped right before the clock was set
/// and is read right after cannot be told apart, and is taken for now at the latest.
fn evenly(stamp: Timestamp, wall: Timestamp, [before, after]: [Timestamp; 2]) -> Timestamp {
    let set_by = match wall.since(before) {
        back if back < -SLACK_NS => back,
        _ => Some(wall.since(after)).filter(|ahead| *ahead > SLACK_NS).unwrap_or_default(),
    };
    stamp.add_ns(-set_by).min(after)
}

struct Held {
    wall: Timestamp,
    instant: Instant,
}

impl Held {
    fn at(&self, instant: Instant) -> Timestamp {
        let since = instant.saturating_duration_since(self.instant);
        self.wall.add_ns(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn a_clock_that_is_set_changes_no_time() {
        let even = Timestamp(100 * SECOND);
        let just_now = [even, even.add_ns(200)];
        for set_by in [0, -3600 * SECOND, 2 * SECOND] {
            let wall = even.add_ns(100 + set_by);
            let stamp = wall.add_ns(-50_000_000);
            let told = evenly(stamp, wall, just_now);
            let off = told.since(even.add_ns(-50_000_000));
            assert!(off.abs() <= 200, "{set_by}: off by {off}");
        }
    }

    #[test]
    fn nothing_is_of_the_future() {
        let even = Timestamp(100 * SECOND);
        // Stamped before the clock was set back by a second, read after.
        let told = evenly(even.add_ns(-10), even.add_ns(-SECOND), [even, even.add_ns(200)]);
        assert_eq!(told, even.add_ns(200));
    }
}
