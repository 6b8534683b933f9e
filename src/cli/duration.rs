//! Lengths of time as people type them.

use std::time::Duration;

/// A duration as people type it: `10s`, `500ms`, `2m`, `1h`, or a bare number of seconds.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit.trim() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => {
            return Err(format!("unknown unit '{unit}': use ms, s, m or h, as in 10s"));
        }
    };
    let number: f64 = number.parse().map_err(|_| "give a number and a unit, as in 10s".to_string())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| "that is too long".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("7"), Ok(Duration::from_secs(7)));
        assert!(parse("10 parsecs").is_err());
        assert!(parse("s").is_err());
    }
}
