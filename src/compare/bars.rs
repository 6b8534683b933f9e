//! Each connection as a bar over time: its handshake, what was said, its teardown.

use crate::timeline::{Detail, Phase, Timeline};

/// Connections drawn at most.
const MOST: usize = 12;

/// One connection. Times count from the first segment of the timeline, nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub connection: u64,
    pub parts: Vec<Part>,
}

/// From its first event in a phase to the first of the next, or to the last of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub phase: Phase,
    pub from_ns: i64,
    pub to_ns: i64,
}

/// The bars of the first connections.
pub fn bars(timeline: &Timeline) -> Vec<Bar> {
    let begin = timeline.connections.iter().map(|connection| connection.start_ns).min().unwrap_or_default();
    let shown = timeline.connections.iter().take(MOST);
    let bar = |connection: &crate::timeline::Connection| {
        let mut parts: Vec<Part> = Vec::new();
        let own = timeline.events.iter().filter(|event| event.connection == connection.id);
        for event in own.filter(|event| matches!(event.detail, Detail::Segment(_) | Detail::Run(_))) {
            let end = match &event.detail {
                Detail::Segment(segment) => segment.received_ns.unwrap_or(event.t_ns).max(event.t_ns),
                Detail::Run(run) => run.end_ns,
                _ => event.t_ns,
            };
            let (from_ns, to_ns) = (event.t_ns.saturating_sub(begin), end.saturating_sub(begin));
            match parts.last_mut() {
                Some(last) if last.phase >= event.phase => last.to_ns = last.to_ns.max(to_ns),
                last => {
                    if let Some(last) = last {
                        last.to_ns = from_ns;
                    }
                    parts.push(Part { phase: event.phase, from_ns, to_ns });
                }
            }
        }
        Bar { connection: connection.id, parts }
    };
    shown.map(bar).collect()
}
