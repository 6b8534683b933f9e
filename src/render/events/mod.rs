//! A flat row for each event, for charts: stable names, no nesting, all times as numbers. Two formats have the same columns.

mod columns;
pub mod csv;
pub mod ndjson;
mod words;

use super::flight::Flight;
use crate::ladder::Side;
use crate::tcp::State;
use crate::timeline::{Connection, Detail, Endpoint, Event, Phase, Timeline};
use columns::{COLUMNS, Cell};
use std::collections::HashMap;
use std::io;

/// An event and what is known beside it.
struct Row<'t> {
    event: &'t Event,
    start: Option<jiff::Timestamp>,
    /// `None` for an event of a connection that the timeline does not list.
    connection: Option<&'t Connection>,
    endpoints: &'t HashMap<&'t str, &'t Endpoint>,
    /// Since the connection's event before it.
    since_last_ns: Option<i64>,
    /// The states that the client and the server are in by then.
    states: [Option<State>; 2],
    flight: [Option<u32>; 2],
    /// The step that tells of it.
    step: Option<u64>,
}

/// What must be remembered from one event of a connection to the next.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    last_ns: Option<i64>,
    states: [Option<State>; 2],
    flight: Flight,
}

impl Row<'_> {
    /// The place of an endpoint in the row's connection.
    fn side(&self, id: &str) -> Option<Side> {
        side(self.connection, id)
    }
}

fn side(connection: Option<&Connection>, id: &str) -> Option<Side> {
    match connection {
        Some(connection) if connection.client == id => Some(Side::Left),
        Some(connection) if connection.server == id => Some(Side::Right),
        _ => None,
    }
}

/// Takes the rows one by one, in the timeline's order.
fn each(timeline: &Timeline, mut take: impl FnMut(&Row) -> io::Result<()>) -> io::Result<()> {
    let start = timeline.source.start.as_ref().and_then(|start| start.parse().ok());
    let mut endpoints: HashMap<&str, &Endpoint> = HashMap::with_capacity(timeline.endpoints.len());
    for endpoint in &timeline.endpoints {
        endpoints.entry(&endpoint.id).or_insert(endpoint);
    }
    let mut connections: HashMap<u64, &Connection> = HashMap::with_capacity(timeline.connections.len());
    for connection in &timeline.connections {
        connections.entry(connection.id).or_insert(connection);
    }
    let mut steps: HashMap<u64, u64> = HashMap::new();
    for step in &timeline.steps {
        for event in &step.events {
            steps.entry(*event).or_insert(step.n);
        }
    }
    let mut memories: HashMap<u64, Memory> = HashMap::new();
    for event in &timeline.events {
        let connection = connections.get(&event.connection).copied();
        let memory = memories.entry(event.connection).or_default();
        let since_last_ns = memory.last_ns.map(|last| event.t_ns.saturating_sub(last));
        memory.learn(event, connection);
        take(&Row {
            event,
            start,
            connection,
            endpoints: &endpoints,
            since_last_ns,
            states: memory.states,
            flight: Side::BOTH.map(|side| memory.flight.of(side)),
            step: steps.get(&event.id).copied(),
        })?;
    }
    Ok(())
}

impl Memory {
    fn learn(&mut self, event: &Event, connection: Option<&Connection>) {
        self.last_ns = Some(event.t_ns);
        for change in &event.states {
            if let Some(side) = side(connection, &change.endpoint) {
                *side.of_mut(&mut self.states) = Some(change.to);
            }
        }
        match &event.detail {
            Detail::Segment(segment) => {
                let to = || side(connection, &segment.to).map(|side| !side);
                if let Some(from) = side(connection, &segment.from).or_else(to) {
                    self.flight.take(from, segment);
                }
            }
            Detail::Run(_) => self.flight.lose_track(),
            _ => {}
        }
    }
}

/// The stable name of a part of a life.
fn phase(phase: Phase) -> String {
    super::cells::name(&phase)
}
