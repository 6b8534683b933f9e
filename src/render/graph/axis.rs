//! Round values at equal distances, and how they are written.

use super::meaning::name;
use crate::plot::{Kind, Panel, Unit};
use crate::render::header::plain;
use crate::render::overview::grouped;
use crate::render::{Charset, Style, time, width};

/// A value that has a line of its own, and its words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) words: String,
}

/// Ticks at 1, 2 or 5 times a power of ten, some `wanted` of them between the two values.
pub(super) fn ticks(low: f64, high: f64, wanted: usize, unit: Unit) -> Vec<Tick> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return vec![Tick { value: low, words: words(low, 1.0, unit) }];
    }
    let step = step(span / wanted.max(1) as f64, unit);
    let first = (low / step).ceil();
    (0..200)
        .map(|at| (first + f64::from(at)) * step)
        .take_while(|value| value.is_finite() && *value <= high + step * 1e-9)
        .map(|value| Tick { value, words: words(value, step, unit) })
        .collect()
}

/// What stands above a panel: whose values, and which.
pub(super) fn titled(panel: &Panel, kind: Kind, style: &Style) -> String {
    let values = match kind {
        Kind::Sequence => style.lang.pick("sequence number", "序号"),
        Kind::RoundTrip => style.lang.pick("time", "时间"),
        Kind::Window => style.lang.pick("octets", "字节"),
        Kind::States => style.lang.pick("connections", "连接数"),
    };
    let name = plain(panel.name.get(style.lang), style);
    let colon = style.lang.pick(": ", "：");
    width::clean(&if name.is_empty() { values.to_string() } else { format!("{name}{colon}{values}") }, 120, style)
}

/// What the panel does not hold: `receiver's window up to 116,736 ↑`.
pub(super) fn beyond(panel: &Panel, style: &Style) -> Option<String> {
    let arrow = if style.charset == Charset::Unicode { " ↑" } else { "" };
    let told = panel.series.iter().filter_map(|series| {
        let highest = series.beyond(panel)?;
        let (name, value) = (name(series.meaning, style.lang), exact(highest, panel.unit));
        Some(format!("{name} {} {value}{arrow}", style.lang.pick("up to", "最高")))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(style.lang.pick(", ", "，")))
}

fn exact(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Time => time::span(value as i64),
        Unit::Octets | Unit::Count => grouped(value.max(0.0) as u64),
    }
}

/// From a minute on time is not counted in tens: nanoseconds.
const LONG: [f64; 12] =
    [60e9, 120e9, 300e9, 600e9, 900e9, 1_800e9, 3_600e9, 7_200e9, 21_600e9, 43_200e9, 86_400e9, 172_800e9];
const HOUR: f64 = 3_600e9;

/// The least round number that is no less. There is no half connection, octet or nanosecond.
fn step(least: f64, unit: Unit) -> f64 {
    let long = LONG.into_iter().find(|step| *step >= least).filter(|_| unit == Unit::Time && least > 50e9);
    if let Some(step) = long {
        return step;
    }
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power);
    let step = round.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power);
    step.max(1.0)
}

fn words(value: f64, step: f64, unit: Unit) -> String {
    match unit {
        Unit::Octets | Unit::Count => {
            let sign = if value < 0.0 { "-" } else { "" };
            format!("{sign}{}", grouped(value.abs().round() as u64))
        }
        Unit::Time => {
            let (size, name) = match step {
                step if step >= HOUR => (HOUR, "h"),
                step if step >= 60e9 => (60e9, "min"),
                step if step >= 1e8 => (1e9, "s"),
                step if step >= 1e5 => (1e6, "ms"),
                step if step >= 1e2 => (1e3, "µs"),
                _ => (1.0, "ns"),
            };
            let decimals = (size / step).log10().ceil().max(0.0) as usize;
            if value == 0.0 { "0".to_string() } else { format!("{:.decimals$} {name}", value / size) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let words = |low, high, unit| ticks(low, high, 5, unit).into_iter().map(|tick| tick.words).collect::<Vec<_>>();
        assert_eq!(words(0.0, 20_018.0, Unit::Octets), ["0", "5,000", "10,000", "15,000", "20,000"]);
        assert_eq!(words(0.0, 250e6, Unit::Time), ["0", "50 ms", "100 ms", "150 ms", "200 ms", "250 ms"]);
        assert_eq!(words(-1e9, 3e9, Unit::Time), ["-1 s", "0", "1 s", "2 s", "3 s"]);
        assert_eq!(words(0.0, 1.2e9, Unit::Time), ["0", "0.5 s", "1.0 s"]);
        assert_eq!(words(0.0, 7_200e9, Unit::Time), ["0", "30 min", "60 min", "90 min", "120 min"]);
        assert_eq!(words(0.0, 18_000e9, Unit::Time), ["0", "1 h", "2 h", "3 h", "4 h", "5 h"]);
        assert_eq!(words(0.0, 2.0, Unit::Count), ["0", "1", "2"]);
        assert_eq!(words(5.0, 5.0, Unit::Count), ["5"]);
        assert!(ticks(0.0, f64::MAX, 5, Unit::Octets).len() < 12);
    }
}
