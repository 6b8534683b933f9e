//! A whole capture: how many connections are being opened, are open, or wait in TIME-WAIT at each moment.

use super::path::value;
use super::{Kind, Marks, Meaning, Panel, Plot, Series, Unit};
use crate::timeline::{CloseKind, Connection, EndCause, OpenKind, Overview, Text, Timeline};

pub(super) fn plot(timeline: &Timeline, connection: Option<u64>) -> Option<Plot> {
    let chosen = || timeline.connections.iter().filter(move |one| connection.is_none_or(|id| id == one.id));
    let has_all = connection.is_some()
        || timeline.selection.is_some()
        || timeline.overview.as_ref().is_none_or(|all| all.connections <= timeline.connections.len() as u64);
    let mut series = Vec::new();
    if has_all {
        series.push((Meaning::TimeWait, chosen().flat_map(waits).collect::<Vec<_>>()));
        series.push((Meaning::Opening, chosen().filter_map(opening).collect()));
        series.push((Meaning::Open, chosen().filter_map(open).collect()));
    }
    let mut series: Vec<Series> =
        series.into_iter().map(|(meaning, spans)| Series { meaning, marks: Marks::Steps(counted(&spans)) }).collect();
    if !has_all {
        series.extend(sampled(timeline.overview.as_ref()?));
    }
    let origin_ns = chosen().map(|one| one.start_ns).min().unwrap_or_default();
    // A whole capture begins where it does.
    let origin_ns = if connection.is_some() { origin_ns } else { origin_ns.min(0) };
    Some(Plot {
        kind: Kind::States,
        title: Text::new("Connections over time", "连接数随时间的变化"),
        about: Text::new(
            "How many connections are open at a time, and how many wait out 2MSL in TIME-WAIT; each of these holds its port.",
            "每一时刻打开的连接数，以及在 TIME-WAIT 中等待 2MSL 的连接数；后者仍占用端口。",
        ),
        from_ns: origin_ns,
        to_ns: origin_ns,
        origin_ns,
        panels: vec![Panel {
            name: Text::default(),
            unit: Unit::Count,
            low: 0.0,
            high: 0.0,
            reach: 1.0,
            is_clients: true,
            series,
        }],
    })
}

fn waits(connection: &Connection) -> impl Iterator<Item = (i64, i64)> + '_ {
    connection.time_wait.iter().map(|wait| match wait.end {
        // It goes on behind the end of the capture.
        EndCause::CaptureEnded | EndCause::LetGo => (wait.begins_ns, i64::MAX),
        EndCause::Expired | EndCause::Reused | EndCause::Reset => (wait.begins_ns, wait.end_ns),
    })
}

/// How long it took to open, or to fail.
fn opening(connection: &Connection) -> Option<(i64, i64)> {
    let begins_ns = connection.start_ns;
    match connection.open.kind {
        OpenKind::MidStream | OpenKind::OneSided => None,
        kind if is_opened(kind) => Some((begins_ns, established(connection)?)),
        _ => Some((begins_ns, connection.end_ns)),
    }
}

/// From the end of its opening to its last segment.
fn open(connection: &Connection) -> Option<(i64, i64)> {
    if !is_opened(connection.open.kind) {
        return None;
    }
    let begins_ns = established(connection).unwrap_or(connection.start_ns);
    let waits = connection.time_wait.iter().map(|wait| wait.begins_ns).min();
    let ends_ns = match connection.close.kind {
        CloseKind::None => i64::MAX,
        _ => waits.unwrap_or(connection.end_ns),
    };
    Some((begins_ns, ends_ns.max(begins_ns)))
}

fn is_opened(kind: OpenKind) -> bool {
    !matches!(kind, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered | OpenKind::HalfOpen)
}

fn established(connection: &Connection) -> Option<i64> {
    let open = &connection.open;
    let took = open.rtt_ns.or(open.syn_to_synack_ns)?;
    // Copies of the SYN came before.
    let waited = open.syn_waits_ns.iter().fold(0_i64, |sum, wait| sum.saturating_add(*wait));
    Some(connection.start_ns.saturating_add(waited).saturating_add(took))
}

/// How many there are, each time that it changes. What ends at `i64::MAX` does not end.
fn counted(spans: &[(i64, i64)]) -> Vec<(i64, f64)> {
    let begins = spans.iter().map(|(begins, _)| (*begins, 1_i64));
    let ends = spans.iter().filter(|(_, ends)| *ends < i64::MAX).map(|(_, ends)| (*ends, -1));
    let mut changes: Vec<(i64, i64)> = begins.chain(ends).collect();
    changes.sort_unstable();
    let mut steps: Vec<(i64, f64)> = Vec::new();
    let mut count = 0_i64;
    for (t_ns, change) in changes {
        count += change;
        match steps.last_mut() {
            Some((last, value_then)) if *last == t_ns => *value_then = value(count),
            _ => steps.push((t_ns, value(count))),
        }
    }
    steps
}

/// Where the connections are too many to be kept, the overview's samples.
fn sampled(overview: &Overview) -> Option<Series> {
    let waits = overview.time_wait.as_ref()?;
    let samples = waits.samples.iter().zip(1..);
    let steps = samples.map(|(count, at)| (waits.every_ns.saturating_mul(at), *count as f64)).collect();
    Some(Series { meaning: Meaning::TimeWait, marks: Marks::Steps(steps) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_when_another_begins_is_counted_once() {
        assert_eq!(counted(&[(0, 10), (5, 12), (10, i64::MAX)]), [(0, 1.0), (5, 2.0), (10, 2.0), (12, 1.0)]);
        assert_eq!(counted(&[]), []);
    }
}
