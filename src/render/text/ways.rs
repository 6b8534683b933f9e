//! What two vantage points tell of the way between the peers, in words: delays, losses, and how far the clocks are known.

use super::Ladder;
use crate::ladder::Side;
use crate::render::{Style, summary, time};
use crate::timeline::{ClockOffset, Lang, OneWay, OneWayDelay, Ways};

/// Delays and losses of both directions.
pub(super) fn told(ways: &Ways, ladder: &Ladder, style: &Style) -> String {
    let way = |side: Side, way: &OneWay| {
        let to = summary::lane_name(ladder.lanes.get(side), style);
        let mut text = match (style.lang, &way.delay) {
            (Lang::En, Some(delay)) => format!("to {to} {}", delays(delay, style)),
            (Lang::Zh, Some(delay)) => format!("到{to} {}", delays(delay, style)),
            (Lang::En, None) => format!("to {to}: nothing seen to arrive"),
            (Lang::Zh, None) => format!("到{to}：未见到达"),
        };
        let sent = way.arrived.saturating_add(way.lost);
        match style.lang {
            Lang::En if way.lost > 0 => text.push_str(&format!(", {} of {sent} lost", way.lost)),
            Lang::Zh if way.lost > 0 => text.push_str(&format!("，{sent} 个中丢失 {} 个", way.lost)),
            _ => {}
        }
        match style.lang {
            Lang::En if way.appeared > 0 => text.push_str(&format!(", {} sent by neither", way.appeared)),
            Lang::Zh if way.appeared > 0 => text.push_str(&format!("，{} 个并非由对方发出", way.appeared)),
            _ => {}
        }
        text
    };
    [way(Side::Right, &ways.to_server), way(Side::Left, &ways.to_client)].join(style.lang.pick("; ", "；"))
}

/// How the server's clock stands to the client's, and how well that is known.
pub(in crate::render) fn clocks(clock: &ClockOffset, style: &Style) -> String {
    if clock.uncertainty_ns == 0 && clock.offset_ns == 0 {
        return style.lang.pick("both sides told time by one clock", "两侧使用同一时钟").to_string();
    }
    let offset = fitting(clock.offset_ns.saturating_abs(), clock.uncertainty_ns);
    let known = time::span(clock.uncertainty_ns);
    let drift = format!("{:+.1} ppm", clock.drift_ppb as f64 / 1000.0);
    let is_ahead = clock.offset_ns >= 0;
    let plus = if style.charset == crate::render::Charset::Ascii { "+-" } else { "±" };
    match style.lang {
        Lang::En => {
            let direction = if is_ahead { "ahead" } else { "behind" };
            let drift = if clock.drift_ppb == 0 { String::new() } else { format!(", drifting {drift}") };
            format!("the server's is {offset} {direction}{drift}; all times on the client's, {plus}{known}")
        }
        Lang::Zh => {
            let direction = if is_ahead { "快" } else { "慢" };
            let drift = if clock.drift_ppb == 0 { String::new() } else { format!("，漂移 {drift}") };
            format!("服务器时钟{direction} {offset}{drift}；所有时间按客户端时钟，{plus}{known}")
        }
    }
}

/// A long offset as precise as it is known: 3600.5 s to within 10 ms is `3600.50 s`, not `60 min`.
fn fitting(offset: i64, uncertainty: i64) -> String {
    const S: i64 = 1_000_000_000;
    if offset < S || uncertainty >= offset / 1_000 {
        return time::span(offset);
    }
    let known = uncertainty.max(1).unsigned_abs().ilog10();
    let decimals = 9_usize.saturating_sub(known as usize);
    format!("{:.decimals$} s", offset as f64 / S as f64)
}

/// `10.0 ms (9.8 ms – 12.1 ms)`
fn delays(delay: &OneWayDelay, style: &Style) -> String {
    let median = time::span(delay.median_ns);
    if time::span(delay.min_ns) == time::span(delay.max_ns) {
        return median;
    }
    format!("{median} ({})", time::range(delay.min_ns, delay.max_ns, style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_as_precise_as_it_is_known() {
        assert_eq!(fitting(3_600_500_000_000, 10_100_000), "3600.50 s");
        assert_eq!(fitting(7_254_321_000, 40_000), "7.25432 s");
        assert_eq!(fitting(7_200_000_000, 1_000_000_000), time::span(7_200_000_000));
        assert_eq!(fitting(3_000_000, 10_000), time::span(3_000_000));
    }
}
