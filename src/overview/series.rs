//! How many of something there were over time, in a fixed number of stretches that grow as time does.

/// A stretch to begin with: 1 ms.
const FIRST_WIDTH: i64 = 1_000_000;

/// Beginnings and ends in `N` stretches of one width from zero on. When time runs past the last stretch the width doubles,
/// so what comes out depends on what happened and not on the order in which it was told.
#[derive(Debug, Clone)]
pub(super) struct Series<const N: usize> {
    /// The width has doubled so often.
    doubled: u32,
    begins: [u32; N],
    ends: [u32; N],
    /// Nothing was noted yet, so there is nothing to add up when the stretches grow.
    is_empty: bool,
}

impl<const N: usize> Default for Series<N> {
    fn default() -> Series<N> {
        Series { doubled: 0, begins: [0; N], ends: [0; N], is_empty: true }
    }
}

/// The most at the end of any stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Peak {
    pub(super) count: u64,
    pub(super) at_ns: i64,
}

impl<const N: usize> Series<N> {
    /// Notes one that lasted from `begin` to `end` (`None`: it still lasts), nanoseconds after zero.
    pub(super) fn note(&mut self, begin_ns: i64, end_ns: Option<i64>) {
        let end_ns = end_ns.map(|end_ns| end_ns.max(begin_ns));
        // Once, and before anything is counted: what is not there need not be added up.
        self.reach(end_ns.unwrap_or(begin_ns));
        self.is_empty = false;
        let place = self.place(begin_ns);
        if let Some(begins) = self.begins.get_mut(place) {
            *begins = begins.saturating_add(1);
        }
        if let Some(end_ns) = end_ns {
            let place = self.place(end_ns);
            if let Some(ends) = self.ends.get_mut(place) {
                *ends = ends.saturating_add(1);
            }
        }
    }

    /// Makes the last stretch reach this time.
    #[inline]
    pub(super) fn reach(&mut self, ns: i64) {
        if ns >> self.doubled >= Self::REACH {
            self.grow(ns);
        }
    }

    /// How far the stretches reach before they double for the first time.
    const REACH: i64 = N as i64 * FIRST_WIDTH;

    #[cold]
    fn grow(&mut self, ns: i64) {
        let before = self.doubled;
        while ns >> self.doubled >= Self::REACH {
            self.doubled += 1;
        }
        if self.is_empty {
            return;
        }
        let by = self.doubled - before;
        for counts in [&mut self.begins, &mut self.ends] {
            let mut sums = [0_u32; N];
            for (at, count) in counts.iter().enumerate() {
                if let Some(sum) = sums.get_mut(at >> by) {
                    *sum = sum.saturating_add(*count);
                }
            }
            *counts = sums;
        }
    }

    pub(super) fn width_ns(&self) -> i64 {
        FIRST_WIDTH << self.doubled
    }

    /// How many at the end of each stretch, up to the one that holds `end_ns`.
    pub(super) fn samples(&self, end_ns: i64) -> Vec<u64> {
        self.levels().take(self.place(end_ns) + 1).collect()
    }

    pub(super) fn peak(&self, end_ns: i64) -> Peak {
        let mut peak = Peak::default();
        for (at, count) in self.levels().enumerate() {
            if count > peak.count {
                peak = Peak { count, at_ns: ((at as i64 + 1).saturating_mul(self.width_ns())).min(end_ns) };
            }
        }
        peak
    }

    fn levels(&self) -> impl Iterator<Item = u64> {
        let mut level = 0_u64;
        self.begins.iter().zip(&self.ends).map(move |(begins, ends)| {
            level = (level + u64::from(*begins)).saturating_sub(u64::from(*ends));
            level
        })
    }

    fn place(&self, ns: i64) -> usize {
        // The width is a power of two times the first one: shifted, only a constant divides.
        ((ns.max(0) >> self.doubled) / FIRST_WIDTH) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn the_order_of_telling_does_not_matter() {
        let all: Vec<(i64, Option<i64>)> =
            (0..400).map(|n: i64| (n * 37 % 300 * S, (n % 3 > 0).then_some((n * 37 % 300 + 60) * S))).collect();
        let (mut one, mut two) = (Series::<64>::default(), Series::<64>::default());
        all.iter().for_each(|(begin, end)| one.note(*begin, *end));
        all.iter().rev().for_each(|(begin, end)| two.note(*begin, *end));
        [&mut one, &mut two].into_iter().for_each(|series| series.reach(300 * S));
        assert_eq!(one.samples(300 * S), two.samples(300 * S));
        assert_eq!(one.peak(300 * S), two.peak(300 * S));
    }

    #[test]
    fn one_a_second_for_a_minute_each_makes_sixty() {
        let mut series = Series::<128>::default();
        for n in 0..300 {
            series.note(n * S, (n + 60 < 300).then_some((n + 60) * S));
        }
        let peak = series.peak(300 * S);
        assert!((60..=63).contains(&peak.count), "{peak:?}");
        let samples = series.samples(299 * S);
        assert_eq!(*samples.last().unwrap_or(&0), 60);
        assert_eq!(samples.first().copied(), Some((series.width_ns() / S) as u64 + 1));
    }

    #[test]
    fn no_time_is_too_strange() {
        let mut series = Series::<8>::default();
        series.note(i64::MIN, Some(i64::MAX));
        series.note(i64::MAX, Some(i64::MIN));
        assert!(series.samples(i64::MAX).len() <= 8);
    }
}
