//! The schedule by which a SYN was sent again, and what it is like.

use crate::annotate::words::span;
use crate::timeline::Backoff;

const SECOND: i64 = 1_000_000_000;

/// Waits of one second that Linux makes before it begins to double them: the first timeout and `tcp_syn_linear_timeouts` = 4.
const LINEAR: usize = 5;

/// Which schedule these waits fit; a quarter more or less is allowed for.
pub(super) fn backoff(waits: &[i64]) -> Option<Backoff> {
    let (first, later) = waits.split_first()?;
    if later.is_empty() {
        let is_usual = [SECOND, 3 * SECOND].iter().any(|usual| is_about(*first, *usual));
        return Some(if is_usual { Backoff::Undecided } else { Backoff::Other });
    }
    let linear = |place: usize| SECOND << place.saturating_sub(LINEAR - 1).min(20);
    if waits.iter().enumerate().all(|(place, wait)| is_about(*wait, linear(place))) {
        return Some(Backoff::LinuxLinear);
    }
    let doubles = waits.windows(2).all(|pair| matches!(pair, [one, next] if is_about(*next, one.saturating_mul(2))));
    Some(if doubles { Backoff::Doubling } else { Backoff::Other })
}

/// The waits in words: `1.02 s, 1.02 s, 2.05 s`.
pub(super) fn schedule(waits: &[i64]) -> String {
    waits.iter().map(|wait| span(*wait)).collect::<Vec<_>>().join(", ")
}

fn is_about(wait: i64, wanted: i64) -> bool {
    wait > wanted - wanted / 4 && wait < wanted + wanted / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_told_apart() {
        let of = |seconds: &[f64]| backoff(&seconds.iter().map(|s| (s * 1e9) as i64).collect::<Vec<_>>());
        // Measured on Linux 6.18.
        assert_eq!(of(&[1.0, 1.0, 1.0, 1.0, 1.1, 2.0, 4.1, 8.1, 16.2, 33.0]), Some(Backoff::LinuxLinear));
        assert_eq!(of(&[1.02, 1.02]), Some(Backoff::LinuxLinear));
        assert_eq!(of(&[1.02, 2.05, 4.1]), Some(Backoff::Doubling));
        assert_eq!(of(&[3.0, 6.0, 12.0]), Some(Backoff::Doubling));
        assert_eq!(of(&[1.02]), Some(Backoff::Undecided));
        assert_eq!(of(&[0.034, 0.036, 0.034]), Some(Backoff::Other));
        assert_eq!(of(&[]), None);
    }
}
