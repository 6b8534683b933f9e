//! Amounts in words: lengths of time, octets, numbers of things. Plurals are English.

const US: i64 = 1_000;
const MS: i64 = 1_000_000;
const S: i64 = 1_000_000_000;

/// A length of time as people say it, three digits that count: `48.3 µs`, `1.02 s`, `4 min`.
pub fn span(ns: i64) -> String {
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

/// A number of octets, exact while it is short: `3000 B`, `20.0 kB`.
pub fn octets(count: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let tenths = (u128::from(count) * 10 + u128::from(unit) / 2) / u128::from(unit);
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    };
    match count {
        0..=9_999 => format!("{count} B"),
        10_000..=999_949 => scaled(1_000, "kB"),
        999_950..=999_949_999 => scaled(1_000_000, "MB"),
        _ => scaled(1_000_000_000, "GB"),
    }
}

/// A number of things: `1 octet`, `2 octets`.
pub fn some(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// `once`, `twice`, `3 times`.
pub fn times(count: u32) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{count} times"),
    }
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
    fn spans_read_well() {
        let cases = [
            (0, "0 s"),
            (48_400, "48.4 µs"),
            (23_960, "24 µs"),
            (999_499, "999 µs"),
            (999_500, "1 ms"),
            (999_600, "1 ms"),
            (2_500_000, "2.5 ms"),
            (9_996_000, "10 ms"),
            (1_021_340_000, "1.02 s"),
            (i64::MIN, "-106752 d"),
            (48_300, "48.3 µs"),
            (1_020_000_000, "1.02 s"),
            (60_000_000_000, "60 s"),
            (240_000_000_000, "4 min"),
        ];
        for (ns, text) in cases {
            assert_eq!(span(ns), text);
        }
        assert_eq!(octets(9_999), "9999 B");
        assert_eq!(octets(20_000), "20.0 kB");
        assert_eq!(octets(12_399), "12.4 kB");
        assert_eq!(octets(999_960), "1.0 MB");
        assert_eq!(octets(u64::MAX), "18446744073.7 GB");
    }
}
