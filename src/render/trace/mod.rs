//! Chrome trace events, as Perfetto shows them: a process per connection, tracks for what each peer was in, sent and called, arrows
//! for segments, and graphs of what was in flight.

mod arrange;
mod event;
mod states;
mod tell;
mod tracks;

use super::{Style, json};
use crate::ladder::Lanes;
use crate::timeline::{Event, Timeline};
use event::{Entry, Json};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::io;

/// Where the trace comes from.
#[derive(Serialize)]
struct OtherData<'t> {
    generator: String,
    source: String,
    /// The absolute time of the trace's zero, but for `shift_ns`.
    start: Option<&'t str>,
    /// Added to every time, as none may be negative: `ts` in nanoseconds less this is the timeline's `t_ns`.
    shift_ns: i64,
}

/// Writes every connection. Times are in microseconds with three decimals: no nanosecond is lost.
///
/// # Errors
/// What `out` says.
pub fn write(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut events: HashMap<u64, Vec<&Event>> = HashMap::new();
    for event in &timeline.events {
        events.entry(event.connection).or_default().push(event);
    }
    let (mut names, mut entries) = (Vec::new(), Vec::new());
    // A process's number is its main thread's too: tracks get hundreds in which no process is.
    let taken: HashSet<u64> = timeline.connections.iter().map(|connection| connection.id / 100).collect();
    let mut hundreds = (1..).filter(|hundred| !taken.contains(hundred));
    for (connection, client, server) in timeline.with_endpoints() {
        let own = events.remove(&connection.id).unwrap_or_default();
        let lanes = Lanes::new((&connection.client, client), (&connection.server, server));
        let mut process = tracks::Process::new(connection, hundreds.next().unwrap_or_default(), &lanes, style);
        tell::connection(connection, &own, &mut process);
        states::all(connection, &own, &mut process);
        let (own_names, own_entries) = process.finish();
        names.extend(own_names);
        entries.extend(own_entries);
    }
    // What happens at one time stays in its order: an arrow begins after the slice that it leaves.
    entries.sort_by_key(Entry::order);
    let shift_ns = entries.first().map_or(0, |first| first.ts_ns.min(0).saturating_neg());
    let other = OtherData {
        generator: format!("synfin {}", timeline.generator.version),
        source: super::safe(&timeline.source.name).into_owned(),
        start: timeline.source.start.as_deref(),
        shift_ns,
    };
    writeln!(out, "{{\"displayTimeUnit\":\"ns\",\"otherData\":{},\"traceEvents\":[", Json(&other))?;
    let all = names.iter().chain(&entries);
    let mut comma = "";
    for entry in all {
        write!(out, "{comma}{}", entry.json(shift_ns))?;
        comma = ",\n";
    }
    writeln!(out, "\n]}}")
}
