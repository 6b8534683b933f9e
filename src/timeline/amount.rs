//! Amounts in words: lengths of time, octets, numbers of things. Plurals are English.

/// A length of time in the unit that suits it, three digits that count: `48 µs`, `1.02 s`.
pub fn span(ns: i64) -> String {
    let value = ns as f64;
    let (number, unit) = match ns.unsigned_abs() {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (value / 1e3, "µs"),
        1_000_000..1_000_000_000 => (value / 1e6, "ms"),
        1_000_000_000..120_000_000_000 => (value / 1e9, "s"),
        120_000_000_000..7_200_000_000_000 => (value / 60e9, "min"),
        7_200_000_000_000..172_800_000_000_000 => (value / 3_600e9, "h"),
        _ => (value / 86_400e9, "d"),
    };
    let digits = match number.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {unit}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well() {
        let cases = [
            (0, "0 ns"),
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
