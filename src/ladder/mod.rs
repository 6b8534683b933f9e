//! A timeline laid out in lanes and rows: no pixels, no columns. Every picture of a connection is drawn from this.

mod called;
mod few;
mod lane;
mod part;
mod progress;
mod remarks;
mod round_trip;
mod row;
mod said;
mod slant;
mod steps;
mod view;
mod witness;

pub use called::{CallPart, Called};
pub use lane::{Lane, Lanes, Side};
pub use part::part;
pub use progress::Progress;
pub use row::{Arrival, Arrow, Change, Content, Folded, FoldedFlow, Lifeline, Remark, Row, Wait, WaitAction};
pub use said::{Said, encoding, in_words};
pub use view::{Detail, Numbers, Stretch, View};

use crate::timeline::{Connection, Event, Source, Step, Timeline};

/// One connection as two lifelines and what passed between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    pub source: Source,
    pub connection: Connection,
    /// How many connections the timeline holds.
    pub siblings: usize,
    pub lanes: Lanes,
    /// Zero of the times shown: the connection's first event, in nanoseconds after the source's start.
    pub origin_ns: i64,
    pub rows: Vec<Row>,
    /// What a slide tool loops over: the steps of this connection.
    pub steps: Vec<Step>,
    /// What stands above it instead of who speaks with whom.
    pub title: Option<String>,
}

impl Ladder {
    /// Lays out one connection; `None` when the timeline has no connection of this id.
    pub fn of(timeline: &Timeline, id: u64) -> Option<Ladder> {
        let connection = timeline.connection(id)?;
        let events: Vec<&Event> = timeline.events.iter().filter(|event| event.connection == id).collect();
        let steps = timeline.steps.iter().filter(|step| step.connection == id);
        Some(Ladder::laid(timeline, connection, &events, steps.cloned().collect()))
    }

    /// Lays out a connection whose events and steps are these.
    fn laid(timeline: &Timeline, connection: &Connection, events: &[&Event], steps: Vec<Step>) -> Ladder {
        let lanes = Lanes::of(timeline, connection);
        let mut progress = Progress::default();
        let mut rows = Vec::new();
        for event in events {
            rows.extend(progress.rows(event, &lanes));
        }
        rows.extend(progress.finish(connection, &lanes));
        slant::mark_crossings(&mut rows);
        witness::speak(&mut rows, events.iter().copied(), connection);
        Ladder {
            source: timeline.source.clone(),
            connection: connection.clone(),
            siblings: timeline.connections.len(),
            origin_ns: progress.origin_ns().unwrap_or(connection.start_ns),
            lanes,
            rows,
            steps,
            title: None,
        }
    }

    /// Lays out what the view shows of one connection.
    pub fn by(timeline: &Timeline, id: u64, view: &View) -> Option<Ladder> {
        let mut ladder = Ladder::of(timeline, id)?;
        ladder.number(view.numbers, timeline);
        ladder.keep(view);
        ladder.title = view.title.clone();
        Some(ladder)
    }
}
