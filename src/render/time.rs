//! Lengths of time and amounts in words of fixed or human size.

pub(super) use crate::timeline::amount::octets;

const US: i64 = 1_000;
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

/// A length of time as people say it, three digits that count: `48.3 µs`, `1.02 s`, `4 min`.
pub(super) fn span(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.saturating_abs();
    let text = match ns {
        0 => "0 s".to_string(),
        ns if ns < US => format!("{ns} ns"),
        // Rounded, the longest of a unit would read as 1000 of it.
        ns if ns < MS - US / 2 => format!("{} µs", digits(ns, US)),
        ns if ns < S - MS / 2 => format!("{} ms", digits(ns, MS)),
        ns if ns < 120 * S => format!("{} s", digits(ns, S)),
        ns if ns < 7_200 * S => format!("{} min", digits(ns, 60 * S)),
        ns if ns < 172_800 * S => format!("{} h", digits(ns, 3_600 * S)),
        ns => format!("{} d", digits(ns, 86_400 * S)),
    };
    format!("{sign}{text}")
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

/// Rounded to three digits that count, no zeros at the end.
fn digits(ns: i64, unit: i64) -> String {
    let (ns, unit) = (i128::from(ns), i128::from(unit));
    let rounded = |parts: i128| (ns * parts + unit / 2) / unit;
    let (parts, places) = match (rounded(100), rounded(10)) {
        (0..1_000, _) => (100, 2),
        (_, 0..1_000) => (10, 1),
        _ => return rounded(1).to_string(),
    };
    let value = rounded(parts);
    let text = format!("{}.{:0places$}", value / parts, value % parts);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
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

    #[test]
    fn spans_read_well() {
        assert_eq!(span(48_400), "48.4 µs");
        assert_eq!(span(23_960), "24 µs");
        assert_eq!(span(999_499), "999 µs");
        assert_eq!(span(999_500), "1 ms");
        assert_eq!(span(9_996_000), "10 ms");
        assert_eq!(span(1_021_340_000), "1.02 s");
        assert_eq!(span(i64::MIN), "-106752 d");
        assert_eq!(span(60 * S), "60 s");
        assert_eq!(span(240 * S), "4 min");
        assert_eq!(span(2_500_000), "2.5 ms");
    }
}
