//! Lengths of time and amounts in words of fixed or human size.

const US: i64 = 1_000;
const MS: i64 = 1_000_000;
const S: i64 = 1_000_000_000;

/// A point in time, right-aligned so that decimals stand below each other: `   0.019 ms`, `  12.345 s `.
/// Eleven columns, or nine when `compact` (`0.019ms`). Sub-microsecond digits are cut.
pub(super) fn point(ns: i64, compact: bool) -> String {
    let ms_until = if compact { S } else { 10 * S };
    let magnitude = i128::from(ns).unsigned_abs();
    let sign = if ns < 0 { "-" } else { "" };
    let (unit, size) = match magnitude {
        m if m < ms_until.unsigned_abs().into() => ("ms", MS),
        m if m < 1_000 * u128::from(S.unsigned_abs()) => ("s ", S),
        m if m < 3_600_000 * u128::from(S.unsigned_abs()) => ("h ", 3_600 * S),
        _ => ("d ", 86_400 * S),
    };
    let size = u128::from(size.unsigned_abs());
    let thousandths = magnitude * 1_000 / size;
    let digits = if thousandths < 10_000_000 {
        format!("{sign}{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    } else {
        format!("{sign}{}", thousandths / 1_000)
    };
    if compact { format!("{digits:>7}{unit}") } else { format!("{digits:>8} {unit}") }
}

/// A length of time as people say it: `48 µs`, `1.021 s`, `4 min`.
pub(super) fn span(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.saturating_abs();
    let text = match ns {
        0 => "0 s".to_string(),
        ns if ns < US => format!("{ns} ns"),
        ns if ns < MS => format!("{} µs", ns / US),
        ns if ns < S => format!("{} ms", decimals(ns, MS)),
        ns if ns < 120 * S => format!("{} s", decimals(ns, S)),
        ns if ns < 7_200 * S => format!("{} min", decimals(ns, 60 * S)),
        ns => format!("{} h", decimals(ns, 3_600 * S)),
    };
    format!("{sign}{text}")
}

/// The same in whole units, for tables: `59 s`, `4 min`.
pub(super) fn coarse(ns: i64) -> String {
    let (unit, name) = match ns.saturating_abs() {
        ns if ns < S => return span(ns),
        ns if ns < 120 * S => (S, "s"),
        ns if ns < 7_200 * S => (60 * S, "min"),
        _ => (3_600 * S, "h"),
    };
    format!("{} {name}", ns / unit)
}

/// Octets as people say them: `512 B`, `20.0 kB`.
pub(super) fn octets(count: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let tenths = u128::from(count) * 10 / u128::from(unit);
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    };
    match count {
        0..=9_999 => format!("{count} B"),
        10_000..=999_999 => scaled(1_000, "kB"),
        1_000_000..=999_999_999 => scaled(1_000_000, "MB"),
        _ => scaled(1_000_000_000, "GB"),
    }
}

/// Up to three decimals, four significant digits, no zeros at the end.
fn decimals(ns: i64, unit: i64) -> String {
    let whole = ns / unit;
    let places: usize = match whole {
        0..=9 => 3,
        10..=99 => 2,
        100..=999 => 1,
        _ => 0,
    };
    let thousandths = i128::from(ns % unit) * 1_000 / i128::from(unit);
    let fraction: String = format!("{thousandths:03}").chars().take(places).collect();
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
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
        assert_eq!(point(1_021_340_000, true), "  1.021s ");
    }

    #[test]
    fn spans_read_well() {
        assert_eq!(span(48_400), "48 µs");
        assert_eq!(span(1_021_340_000), "1.021 s");
        assert_eq!(span(60 * S), "60 s");
        assert_eq!(span(240 * S), "4 min");
        assert_eq!(span(2_500_000), "2.5 ms");
        assert_eq!(octets(20_000), "20.0 kB");
        assert_eq!(octets(u64::MAX), "18446744073.7 GB");
    }
}
