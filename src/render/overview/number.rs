//! Numbers for people: large ones in groups of three, parts of a whole in percent.

/// With a comma between groups of three digits.
pub(in crate::render) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A part in percent; what is something is never told as nothing, and what is not all never as all.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole).max(1));
    match (part * 100 + whole / 2) / whole {
        0 if part > 0 => "<1 %".into(),
        100 if part < whole => ">99 %".into(),
        percent => format!("{percent} %"),
    }
}

/// The same to a tenth, for small parts.
pub(super) fn per_thousand(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole).max(1));
    match (part * 1_000 + whole / 2) / whole {
        0 if part > 0 => "<0.1 %".into(),
        tenths if tenths >= 100 => format!("{} %", (part * 100 + whole / 2) / whole),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 28_232, 11_000_000].map(grouped), ["0", "999", "1,000", "28,232", "11,000,000"]);
        assert_eq!(percent(0, 10), "0 %");
        assert_eq!(percent(1, 1_000), "<1 %");
        assert_eq!(percent(999, 1_000), ">99 %");
        assert_eq!(percent(1, 3), "33 %");
        assert_eq!(percent(u64::MAX, u64::MAX), "100 %");
        assert_eq!(per_thousand(12, 1_000), "1.2 %");
        assert_eq!(per_thousand(1, 100_000), "<0.1 %");
        assert_eq!(per_thousand(1, 0), "100 %");
    }
}
