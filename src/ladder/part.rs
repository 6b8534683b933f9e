//! A ladder with what a view asks for: some steps or phases, numbers as on the wire, fewer notes.

use super::{CallPart, Change, Content, Detail, Ladder, Numbers, Row, Side, View};
use crate::timeline::{Event, SegmentEvent, Severity, Step, Timeline};
use std::collections::{HashMap, HashSet};

impl Ladder {
    /// Leaves out what the view does not ask for; where something was, a row says how much. What the peers had come to by then
    /// stands there too.
    pub(super) fn keep(&mut self, view: &View) {
        if view.is_partial() {
            let shown = self.shown(view);
            let order = self.steps_of_rows();
            let kept: HashSet<usize> =
                order.iter().zip(&shown).filter(|(_, shown)| **shown).map(|(place, _)| *place).collect();
            self.rows = cut(std::mem::take(&mut self.rows), &shown);
            let steps = std::mem::take(&mut self.steps).into_iter().enumerate();
            self.steps = steps.filter(|(place, _)| kept.contains(place)).map(|(_, step)| step).collect();
        }
        if view.detail == Detail::Terse {
            for row in &mut self.rows {
                row.notes.retain(|note| note.severity >= Severity::Warning);
            }
        }
    }

    /// Whether each row is shown. A heading is where something below it is; an arrow arrives where it has left.
    fn shown(&self, view: &View) -> Vec<bool> {
        let mut phase = None;
        let mut left = HashSet::new();
        let mut shown = Vec::with_capacity(self.rows.len());
        for (row, place) in self.rows.iter().zip(self.steps_of_rows()) {
            if let Content::Phase(begins) = row.content {
                phase = Some(begins);
            }
            let mut is_shown = view.has_step(place) && phase.is_none_or(|phase| view.has_phase(phase));
            match &row.content {
                Content::Segment(arrow) if arrow.slants && is_shown => drop(row.event.map(|event| left.insert(event))),
                Content::Arrival(arrival) => is_shown = left.contains(&arrival.event),
                _ => {}
            }
            shown.push(is_shown);
        }
        let mut has_more = false;
        for (row, shown) in self.rows.iter().zip(&mut shown).rev() {
            if matches!(row.content, Content::Phase(_)) {
                *shown = *shown && has_more;
                has_more = false;
            }
            has_more |= *shown;
        }
        shown
    }

    /// Sequence numbers, acknowledgment numbers and SACK blocks as they are on the wire.
    pub(super) fn number(&mut self, numbers: Numbers, timeline: &Timeline) {
        if numbers == Numbers::Relative {
            return;
        }
        let own = timeline.events.iter().filter(|event| event.connection == self.connection.id);
        let segments: HashMap<u64, &SegmentEvent> =
            own.filter_map(|event| Some((event.id, event.segment()?))).collect();
        for row in &mut self.rows {
            let segment = row.event.and_then(|event| segments.get(&event));
            if let (Content::Segment(arrow), Some(segment)) = (&mut row.content, segment) {
                arrow.seq = segment.seq_raw.into();
                if let (Some(ack), Some(raw)) = (segment.ack, segment.ack_raw) {
                    let begins = i64::from(raw).wrapping_sub(ack);
                    arrow.ack = Some(raw.into());
                    for edge in arrow.options.sack.iter_mut().flatten() {
                        *edge = edge.wrapping_add(begins).rem_euclid(1 << 32);
                    }
                }
            }
        }
    }
}

/// The rows that are shown, and between them how much is not.
pub(super) fn cut(rows: Vec<Row>, shown: &[bool]) -> Vec<Row> {
    let mut kept = Vec::new();
    let mut hidden: Option<Hidden> = None;
    for (row, shown) in rows.into_iter().zip(shown) {
        if *shown {
            kept.extend(hidden.take().and_then(Hidden::row));
            kept.push(row);
        } else {
            hidden.get_or_insert_default().add(row);
        }
    }
    kept.extend(hidden.and_then(Hidden::row));
    kept
}

/// Rows that are not shown.
#[derive(Debug, Default)]
struct Hidden {
    events: u64,
    times: Option<(i64, i64)>,
    states: [Option<Change>; 2],
    last: Option<Row>,
}

impl Hidden {
    fn add(&mut self, row: Row) {
        let is_again = matches!(&row.content, Content::Arrival(_))
            || matches!(&row.content, Content::Call(called) if called.part == CallPart::Returned);
        self.events += u64::from(row.event.is_some() && !is_again);
        if let Some(t_ns) = row.t_ns {
            let (first, _) = *self.times.get_or_insert((t_ns, t_ns));
            self.times = Some((first, t_ns));
        }
        for change in &row.changes {
            *change.side.of_mut(&mut self.states) = Some(*change);
        }
        self.last = Some(row);
    }

    /// `None` where nothing but headings or idle time was.
    fn row(self) -> Option<Row> {
        let (first, last) = self.times.unwrap_or_default();
        let changes = Side::BOTH.into_iter().filter_map(|side| *side.of(&self.states)).collect();
        let content = Content::LeftOut { events: self.events, ns: last.saturating_sub(first) };
        let lifelines = self.last?.lifelines;
        (self.events > 0).then_some(Row { event: None, t_ns: None, content, changes, notes: Vec::new(), lifelines })
    }
}

/// The timeline with what the view shows of each connection: for formats that list events and steps.
pub fn part(timeline: &Timeline, view: &View) -> Timeline {
    let mut part = timeline.clone();
    let mut by_connection: HashMap<u64, (Vec<&Event>, Vec<Step>)> = HashMap::new();
    for event in &timeline.events {
        by_connection.entry(event.connection).or_default().0.push(event);
    }
    for step in &timeline.steps {
        by_connection.entry(step.connection).or_default().1.push(step.clone());
    }
    let (mut events, mut steps) = (HashSet::new(), HashSet::new());
    for connection in &timeline.connections {
        let (own, told) = by_connection.remove(&connection.id).unwrap_or_default();
        let mut ladder = Ladder::laid(timeline, connection, &own, told);
        ladder.keep(view);
        events.extend(ladder.rows.iter().filter_map(|row| row.event));
        steps.extend(ladder.steps.iter().map(|step| step.n));
    }
    part.events.retain(|event| events.contains(&event.id));
    part.steps.retain(|step| steps.contains(&step.n));
    part
}
