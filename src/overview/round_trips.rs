//! Round trips in a histogram of fixed size.

use crate::timeline::RoundTrips;

/// Steps within each power of two: a value is told to within 1/32, about 3 %.
const STEPS: usize = 16;
/// Powers of two: up to 2^48 ns, more than three days.
const POWERS: usize = 48;

/// Counts by size: 3 KiB however many come.
pub(super) struct Histogram {
    counts: [u32; STEPS * POWERS],
    count: u64,
    min: i64,
    max: i64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { counts: [0; STEPS * POWERS], count: 0, min: i64::MAX, max: 0 }
    }
}

impl Histogram {
    pub(super) fn note(&mut self, ns: i64) {
        let ns = ns.max(0);
        if let Some(count) = self.counts.get_mut(place(ns.unsigned_abs())) {
            *count = count.saturating_add(1);
        }
        self.count += 1;
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
    }

    pub(super) fn finish(&self) -> Option<RoundTrips> {
        (self.count > 0).then(|| RoundTrips {
            count: self.count,
            min_ns: self.min,
            median_ns: self.quantile(50),
            p95_ns: self.quantile(95),
            max_ns: self.max,
        })
    }

    /// The middle of the step in which the value lies that so many of a hundred do not exceed.
    fn quantile(&self, percent: u64) -> i64 {
        let rank = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= rank {
                return middle(place).clamp(self.min, self.max);
            }
        }
        self.max
    }
}

/// Below `STEPS` each value has a place of its own; above, each power of two has `STEPS`.
fn place(ns: u64) -> usize {
    let power = ns.max(1).ilog2() as usize;
    let log = STEPS.ilog2() as usize;
    if power < log {
        return ns as usize;
    }
    let step = (ns >> (power - log)) as usize - STEPS;
    ((power - log + 1) * STEPS + step).min(STEPS * POWERS - 1)
}

fn middle(place: usize) -> i64 {
    let (power, step) = (place / STEPS, place % STEPS);
    if power == 0 {
        return step as i64;
    }
    let from = ((STEPS + step) as i64) << (power - 1);
    from + ((1_i64 << (power - 1)) - 1) / 2
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn quantiles_are_within_three_percent() {
        let mut histogram = Histogram::default();
        let mut values: Vec<i64> = (0..10_000).map(|n: i64| (n * n * 37) % 900_000_011 + 5).collect();
        values.iter().for_each(|ns| histogram.note(*ns));
        values.sort_unstable();
        let told = histogram.finish().unwrap();
        assert_eq!((told.count, told.min_ns, told.max_ns), (10_000, values[0], values[9_999]));
        for (told, true_one) in [(told.median_ns, values[4_999]), (told.p95_ns, values[9_499])] {
            assert!((told - true_one).abs() * 100 <= true_one * 4, "{told} for {true_one}");
        }
    }

    #[test]
    fn every_value_has_a_place_near_it() {
        assert!(Histogram::default().finish().is_none());
        for ns in [0, 1, 15, 16, 17, 31, 32, 1_000, 123_456_789, (1 << 47) + 5] {
            let told = middle(place(ns)) as u64;
            assert!(told.abs_diff(ns) * 32 <= ns, "{told} for {ns}");
        }
        assert!(place(u64::MAX) < STEPS * POWERS);
        let mut histogram = Histogram::default();
        histogram.note(-5);
        histogram.note(i64::MAX);
        assert_eq!(histogram.finish().unwrap().max_ns, i64::MAX);
    }
}
