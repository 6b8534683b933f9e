//! Round trips of one direction: the estimate that its sender may hold (RFC 6298), and least, median and greatest.

/// Linux lets four times the deviation count no less than this (TCP_RTO_MIN).
const LINUX_RTO_MIN_NS: i64 = 200_000_000;
/// What took longer was no round trip but a clock that jumped.
const LONGEST_NS: i64 = 600_000_000_000;
/// Round trips that are kept for the median.
const KEPT: usize = 32;

/// What the samples say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rtt {
    pub(super) samples: u32,
    srtt: f64,
    rttvar: f64,
    pub(super) min: f64,
    max: f64,
    /// Every `stride`-th sample; when there is no room every second one gives way and the stride doubles.
    kept: [f32; KEPT],
    kept_len: u8,
    stride: u32,
}

/// Round trips of one direction, nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrips {
    pub samples: u32,
    pub min_ns: i64,
    /// Exact up to 32 samples, then of 16 to 32 spread evenly over all.
    pub median_ns: i64,
    pub max_ns: i64,
    /// Smoothed round trip and its deviation (RFC 6298 2).
    pub srtt_ns: i64,
    pub rttvar_ns: i64,
    /// The timeout that Linux would hold: SRTT + max(200 ms, 4 RTTVAR).
    pub rto_ns: i64,
}

impl Rtt {
    /// Works in one sample (RFC 6298 2.2, 2.3).
    pub(super) fn sample(&mut self, ns: i64) {
        if !(0..=LONGEST_NS).contains(&ns) {
            return;
        }
        let rtt = ns as f64;
        if self.samples == 0 {
            (self.srtt, self.rttvar, self.min, self.max, self.stride) = (rtt, rtt / 2.0, rtt, rtt, 1);
        } else {
            self.rttvar = 0.75 * self.rttvar + 0.25 * (self.srtt - rtt).abs();
            self.srtt = 0.875 * self.srtt + 0.125 * rtt;
            (self.min, self.max) = (self.min.min(rtt), self.max.max(rtt));
        }
        // The stride is a power of two.
        if self.samples & (self.stride - 1) == 0 {
            self.keep(rtt as f32);
        }
        self.samples = self.samples.saturating_add(1);
    }

    fn keep(&mut self, rtt: f32) {
        if usize::from(self.kept_len) == KEPT {
            for place in 0..KEPT / 2 {
                let value = self.kept.get(2 * place).copied().unwrap_or_default();
                if let Some(slot) = self.kept.get_mut(place) {
                    *slot = value;
                }
            }
            self.kept_len = KEPT as u8 / 2;
            self.stride = self.stride.saturating_mul(2);
        }
        if let Some(slot) = self.kept.get_mut(usize::from(self.kept_len)) {
            *slot = rtt;
            self.kept_len += 1;
        }
    }

    /// The smoothed round trip, nanoseconds.
    pub(super) fn srtt_ns(&self) -> Option<i64> {
        (self.samples > 0).then_some(self.srtt as i64)
    }

    pub(super) fn min_ns(&self) -> Option<i64> {
        (self.samples > 0).then_some(self.min as i64)
    }

    /// The retransmission timeout as Linux computes it, nanoseconds; the initial second without a sample (RFC 6298 2.1).
    pub(super) fn rto_ns(&self) -> i64 {
        match self.samples {
            0 => 1_000_000_000,
            _ => self.srtt as i64 + LINUX_RTO_MIN_NS.max((4.0 * self.rttvar) as i64),
        }
    }

    pub(super) fn report(&self) -> Option<RoundTrips> {
        let mut kept = self.kept;
        let kept = kept.get_mut(..usize::from(self.kept_len))?;
        kept.sort_unstable_by(f32::total_cmp);
        let upper = f64::from(*kept.get(kept.len() / 2)?);
        let lower = f64::from(*kept.get((kept.len() - 1) / 2)?);
        Some(RoundTrips {
            samples: self.samples,
            min_ns: self.min as i64,
            median_ns: (((lower + upper) / 2.0) as i64).clamp(self.min as i64, self.max as i64),
            max_ns: self.max as i64,
            srtt_ns: self.srtt as i64,
            rttvar_ns: self.rttvar as i64,
            rto_ns: self.rto_ns(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_estimate_follows_the_rfc() {
        let mut rtt = Rtt::default();
        rtt.sample(100_000_000);
        assert_eq!(rtt.rto_ns(), 300_000_000, "SRTT 100 ms, RTTVAR 50 ms");
        rtt.sample(200_000_000);
        let report = rtt.report().unwrap();
        // RTTVAR = 3/4 * 50 + 1/4 * 100, SRTT = 7/8 * 100 + 1/8 * 200.
        assert_eq!((report.srtt_ns, report.rttvar_ns), (112_500_000, 62_500_000));
        assert_eq!((report.min_ns, report.median_ns, report.max_ns), (100_000_000, 150_000_000, 200_000_000));
    }

    #[test]
    fn the_median_of_many_is_near() {
        let mut rtt = Rtt::default();
        for i in 0..10_000_i64 {
            rtt.sample(1_000_000 + (i * 7_919 % 10_000) * 100);
        }
        let report = rtt.report().unwrap();
        assert_eq!(report.samples, 10_000);
        assert!((1_350_000..1_650_000).contains(&report.median_ns), "{}", report.median_ns);
    }
}
