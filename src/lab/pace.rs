//! How fast the wire takes frames in, and how many may wait: loss by congestion.

#[cfg(all(feature = "capture", target_os = "linux"))]
use std::time::{Duration, Instant};

/// Octets that may wait where nothing is said.
pub const QUEUE: usize = 30_000;

/// A bandwidth, and the room before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub bits_per_second: u64,
    /// Octets that may wait; what comes then is dropped.
    pub queue: usize,
}

#[cfg(all(feature = "capture", target_os = "linux"))]
/// One direction of the wire.
#[derive(Debug)]
pub(super) struct Pace {
    rate: Rate,
    /// When what is waiting will have gone.
    free: Option<Instant>,
}

#[cfg(all(feature = "capture", target_os = "linux"))]
impl Pace {
    pub(super) fn new(rate: Rate) -> Pace {
        Pace { rate, free: None }
    }

    /// When the last bit of a frame that came at this time is on the wire; `None`: there is no room for it.
    pub(super) fn take(&mut self, at: Instant, octets: usize) -> Option<Instant> {
        let free = self.free.map_or(at, |free| free.max(at));
        let waiting = self.octets_in(free.saturating_duration_since(at));
        if waiting > self.rate.queue as u128 {
            return None;
        }
        let bits = octets as u128 * 8;
        let ns = bits * 1_000_000_000 / u128::from(self.rate.bits_per_second.max(1));
        let gone = free + Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX));
        self.free = Some(gone);
        Some(gone)
    }

    fn octets_in(&self, time: Duration) -> u128 {
        time.as_nanos() * u128::from(self.rate.bits_per_second) / 8_000_000_000
    }
}

#[cfg(all(test, feature = "capture", target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_full_queue_drops() {
        // A megabit a second: 1,250 octets take 10 ms.
        let mut pace = Pace::new(Rate { bits_per_second: 1_000_000, queue: 2_500 });
        let at = Instant::now();
        let ten = Duration::from_millis(10);
        assert_eq!(pace.take(at, 1_250), Some(at + ten));
        assert_eq!(pace.take(at, 1_250), Some(at + 2 * ten));
        assert_eq!(pace.take(at, 1_250), Some(at + 3 * ten));
        assert_eq!(pace.take(at, 1_250), None);
        assert_eq!(pace.take(at + 2 * ten, 1_250), Some(at + 4 * ten));
    }
}
