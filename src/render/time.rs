//! Lengths of time and amounts in words of fixed or human size.

pub(super) use crate::timeline::amount::{octets, span};

use super::{Charset, Style};

const MS: i64 = 1_000_000;
const S: i64 = 1_000_000_000;

/// A point in time, right-aligned so that decimals stand below each other: `   0.019 ms`, `  12.345 s `.
/// Eleven columns, or nine when `compact` (`0.019ms`). Sub-microsecond digits are cut.
pub(super) fn point(ns: i64, compact: bool) -> String {
    let magnitude = i128::from(ns).unsigned_abs();
    let sign = if ns < 0 { "-" } else { "" };
    let (unit, size) = match magnitude {
        m if m < S.unsigned_abs().into() => ("ms", MS),
        m if m < 1_000 * u128::from(S.unsigned_abs()) => ("s ", S),
        m if m < 3_600_000 * u128::from(S.unsigned_abs()) => ("h ", 3_600 * S),
        _ => ("d ", 86_400 * S),
    };
    let size = u128::from(size.unsigned_abs());
    let thousandths = magnitude * 1_000 / size;
    let is_far = unit == "d " && thousandths >= 1_000_000;
    let digits = if thousandths < 10_000_000 && !is_far {
        format!("{sign}{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    } else {
        format!("{sign}{}", thousandths / 1_000)
    };
    if compact { format!("{digits:>7}{unit}") } else { format!("{digits:>8} {unit}") }
}

/// The times in a gutter, one below the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Gutter {
    /// The one above, as it was written and exactly.
    last: Option<(String, i64)>,
}

impl Gutter {
    /// The time since the origin or, where that would look like the one above, since that; and whether it is the latter.
    pub(super) fn point(&mut self, t_ns: i64, origin_ns: i64, compact: bool) -> (String, bool) {
        let text = point(t_ns.saturating_sub(origin_ns), compact);
        let since = self.last.replace((text.clone(), t_ns));
        let since = since.filter(|(last, _)| *last == text && !text.contains("ms"));
        match since.map(|(_, above)| t_ns.saturating_sub(above)).filter(|since| *since >= 1_000) {
            Some(since) => {
                let since = point(since, compact);
                let digits = since.trim_start();
                (format!("{:>1$}", format!("+{digits}"), since.chars().count()), true)
            }
            None => (text, false),
        }
    }
}

/// From the least to the most: `9.8 ms – 12.1 ms`.
pub(super) fn range(least: i64, most: i64, style: &Style) -> String {
    let dash = if style.charset == Charset::Unicode { "–" } else { "-" };
    format!("{} {dash} {}", span(least), span(most))
}

/// The same in whole units, for tables: `59 s`, `4 min`.
pub(super) fn coarse(ns: i64) -> String {
    let (unit, name) = match ns.saturating_abs() {
        abs if abs < S => return span(ns),
        abs if abs < 120 * S => (S, "s"),
        abs if abs < 7_200 * S => (60 * S, "min"),
        abs if abs < 172_800 * S => (3_600 * S, "h"),
        _ => (86_400 * S, "d"),
    };
    format!("{} {name}", (i128::from(ns) + i128::from(unit) / 2) / i128::from(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_aligned() {
        for ns in [0, 19_000, 999_999_999, 1_021_000_000, 60_004_213_000, -5, 86_400 * S * 30, i64::MAX, i64::MIN] {
            assert_eq!(point(ns, false).len(), 11, "{:?}", point(ns, false));
        }
        assert_eq!(point(19_000, false), "   0.019 ms");
        assert_eq!(point(60_004_213_000, false), "  60.004 s ");
        assert_eq!(point(9_401_733_000, false), "   9.401 s ");
        assert_eq!(point(1_021_340_000, true), "  1.021s ");
    }
}
