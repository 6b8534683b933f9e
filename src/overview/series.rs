//! How many of something there were over time, in a fixed number of stretches that grow as time does.

/// A stretch to begin with: 1 ms.
const FIRST_WIDTH: i64 = 1_000_000;

/// Moments in `N` stretches of one width from zero on. When time runs past the last stretch the width doubles, so what comes
/// out depends on what happened and not on the order in which it was told.
#[derive(Debug, Clone)]
struct Counts<const N: usize> {
    /// The width has doubled so often.
    doubled: u32,
    counts: [u32; N],
    /// Nothing was noted yet, so there is nothing to add up when the stretches grow.
    is_empty: bool,
}

/// How many of what begins and ends there are over time.
#[derive(Debug, Clone)]
pub(super) struct Series<const N: usize> {
    begins: Counts<N>,
    ends: Counts<N>,
    /// Ends to come, perhaps after the capture's; apart, so that these do not widen the stretches of what was seen.
    dues: Counts<N>,
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It did, at this time.
    At(i64),
    /// It does, unless the capture ends before.
    Due(i64),
}

/// The most at the end of any stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Peak {
    pub(super) count: u64,
    pub(super) at_ns: i64,
}

impl<const N: usize> Default for Counts<N> {
    fn default() -> Counts<N> {
        Counts { doubled: 0, counts: [0; N], is_empty: true }
    }
}

impl<const N: usize> Counts<N> {
    /// How far the stretches reach before they double for the first time.
    const REACH: i64 = N as i64 * FIRST_WIDTH;

    #[inline]
    fn note(&mut self, ns: i64) {
        self.reach(ns);
        self.is_empty = false;
        let place = self.place(ns);
        if let Some(count) = self.counts.get_mut(place) {
            *count = count.saturating_add(1);
        }
    }

    /// Makes the last stretch reach this time.
    #[inline]
    fn reach(&mut self, ns: i64) {
        if ns >> self.doubled >= Self::REACH {
            self.grow(ns);
        }
    }

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
        let mut sums = [0_u32; N];
        for (at, count) in self.counts.iter().enumerate() {
            if let Some(sum) = sums.get_mut(at >> by) {
                *sum = sum.saturating_add(*count);
            }
        }
        self.counts = sums;
    }

    fn width_ns(&self) -> i64 {
        FIRST_WIDTH << self.doubled
    }

    fn place(&self, ns: i64) -> usize {
        // The width is a power of two times the first one: shifted, only a constant divides.
        ((ns.max(0) >> self.doubled) / FIRST_WIDTH) as usize
    }

    /// How many up to the end of each stretch of another width. Of a stretch that ends later the share counts that lies before.
    fn sums(&self, width_ns: i64) -> impl Iterator<Item = u64> {
        let (mut sum, mut at) = (0_u64, 0_usize);
        (1..=N as i64).map(move |stretch| {
            let until = stretch.saturating_mul(width_ns);
            while let Some(count) = self.counts.get(at)
                && (at as i64 + 1).saturating_mul(self.width_ns()) <= until
            {
                sum += u64::from(*count);
                at += 1;
            }
            let begun = until.saturating_sub((at as i64).saturating_mul(self.width_ns())).max(0);
            let count = self.counts.get(at).copied().unwrap_or_default();
            sum + (u128::from(count) * begun as u128 / self.width_ns() as u128) as u64
        })
    }
}

impl<const N: usize> Default for Series<N> {
    fn default() -> Series<N> {
        Series { begins: Counts::default(), ends: Counts::default(), dues: Counts::default() }
    }
}

impl<const N: usize> Series<N> {
    /// Notes one that lasts from `begin_ns`, nanoseconds after zero.
    pub(super) fn note(&mut self, begin_ns: i64, end: End) {
        self.begins.note(begin_ns);
        match end {
            End::At(ns) => self.ends.note(ns.max(begin_ns)),
            End::Due(ns) => self.dues.note(ns.max(begin_ns)),
        }
    }

    /// Makes the last stretch of what was seen reach this time.
    pub(super) fn reach(&mut self, ns: i64) {
        let ns = ns.max(self.begins.width_ns().max(self.ends.width_ns()).saturating_mul(N as i64) - 1);
        self.begins.reach(ns);
        self.ends.reach(ns);
    }

    pub(super) fn width_ns(&self) -> i64 {
        self.begins.width_ns()
    }

    /// How many at the end of each stretch, up to the one that holds `end_ns`. Call [`Series::reach`] before.
    pub(super) fn samples(&self, end_ns: i64) -> Vec<u64> {
        self.levels().take(self.begins.place(end_ns) + 1).collect()
    }

    /// The most there were up to `end_ns`.
    pub(super) fn peak(&self, end_ns: i64) -> Peak {
        let mut peak = Peak::default();
        for (at, count) in self.levels().take(self.begins.place(end_ns) + 1).enumerate() {
            if count > peak.count {
                peak = Peak { count, at_ns: ((at as i64 + 1).saturating_mul(self.width_ns())).min(end_ns) };
            }
        }
        peak
    }

    fn levels(&self) -> impl Iterator<Item = u64> {
        let width = self.width_ns();
        let gone = self.ends.sums(width).zip(self.dues.sums(width));
        self.begins.sums(width).zip(gone).map(|(begun, (ended, due))| begun.saturating_sub(ended + due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn the_order_of_telling_does_not_matter() {
        let end = |s: i64, is_due: bool| if is_due { End::Due(s * S) } else { End::At(s.min(300) * S) };
        let all: Vec<(i64, End)> =
            (0..400).map(|n: i64| (n * 37 % 300 * S, end(n * 37 % 300 + 60, n % 3 > 0))).collect();
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
            series.note(n * S, End::Due((n + 60) * S));
        }
        series.reach(300 * S);
        let peak = series.peak(300 * S);
        assert!((60..=63).contains(&peak.count), "{peak:?}");
        let samples = series.samples(299 * S);
        assert_eq!(*samples.last().unwrap_or(&0), 60);
        assert_eq!(samples.first().copied(), Some((series.width_ns() / S) as u64 + 1));
    }

    #[test]
    fn no_time_is_too_strange() {
        let mut series = Series::<8>::default();
        series.note(i64::MIN, End::Due(i64::MAX));
        series.note(i64::MAX, End::At(i64::MIN));
        series.reach(i64::MAX);
        assert!(series.samples(i64::MAX).len() <= 8);
    }
}
