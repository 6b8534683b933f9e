//! Arrows that slant: what is under way from one row to another, and which of them cross.

use super::{Arrival, Arrow, Change, Content, Remark, Row, Side};
use crate::timeline::Event;

/// So many arrows are under way at a time; what leaves beyond that is drawn as arriving at once.
const MOST_UNDER_WAY: usize = 64;

/// What has left and not arrived, and what will be known when it does.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay {
    /// By the time of arrival.
    list: Vec<Arriving>,
    /// The one that left last.
    last: Option<u64>,
}

/// What happens at one time on one side.
#[derive(Debug, Clone)]
pub(super) struct Arriving {
    pub(super) at_ns: i64,
    pub(super) side: Side,
    /// `None`: nothing but states.
    pub(super) arrival: Option<Arrival>,
    pub(super) changes: Vec<Change>,
    pub(super) notes: Vec<Remark>,
}

impl UnderWay {
    /// An arrow leaves; says whether it gets a row of its own to arrive in.
    pub(super) fn leave(&mut self, event: &Event, arrow: &Arrow) -> bool {
        let Some(at_ns) = arrow.received_ns.filter(|at| *at > event.t_ns) else { return false };
        if self.list.len() >= MOST_UNDER_WAY {
            return false;
        }
        let arrival = Arrival {
            event: event.id,
            from: arrow.from,
            delay_ns: at_ns.saturating_sub(event.t_ns),
            is_reset: arrow.has_flag("RST"),
        };
        let side = !arrow.from;
        // States of its arrival may have come before it, from the same event.
        let waiting = self.list.iter_mut().find(|it| it.at_ns == at_ns && it.side == side && it.arrival.is_none());
        match waiting {
            Some(it) => it.arrival = Some(arrival),
            None => {
                self.insert(Arriving { at_ns, side, arrival: Some(arrival), changes: Vec::new(), notes: Vec::new() })
            }
        }
        self.last = Some(event.id);
        true
    }

    /// Keeps the notes on the arrow that left last; gives back what it cannot keep.
    pub(super) fn keep_notes(&mut self, notes: Vec<Remark>) -> Vec<Remark> {
        let last = self.last;
        match self.list.iter_mut().find(|it| it.arrival.is_some_and(|arrival| Some(arrival.event) == last)) {
            Some(it) => {
                it.notes = notes;
                Vec::new()
            }
            None => notes,
        }
    }

    /// Keeps a change until its time comes; says whether there was room.
    pub(super) fn keep_change(&mut self, at_ns: i64, change: Change) -> bool {
        if let Some(it) = self.list.iter_mut().find(|it| it.at_ns == at_ns && it.side == change.side) {
            it.changes.push(change);
            return true;
        }
        if self.list.len() >= MOST_UNDER_WAY {
            return false;
        }
        let (changes, notes) = (vec![change], Vec::new());
        self.insert(Arriving { at_ns, side: change.side, arrival: None, changes, notes });
        true
    }

    /// What comes next, if it comes by now.
    pub(super) fn next(&mut self, now_ns: i64) -> Option<Arriving> {
        let is_due = self.list.first().is_some_and(|first| first.at_ns <= now_ns);
        is_due.then(|| self.list.remove(0))
    }

    fn insert(&mut self, arriving: Arriving) {
        let place = self.list.partition_point(|it| it.at_ns <= arriving.at_ns);
        self.list.insert(place, arriving);
    }
}

/// Marks arrows that are under way while one comes the other way.
pub(super) fn mark_crossings(rows: &mut [Row]) {
    let mut under_way: Vec<(u64, Side, usize)> = Vec::new();
    for index in 0..rows.len() {
        let Some(row) = rows.get(index) else { break };
        let (event, content) = (row.event, &row.content);
        match (event, content) {
            (Some(event), Content::Segment(arrow)) if arrow.slants => {
                let from = arrow.from;
                let met: Vec<usize> =
                    under_way.iter().filter(|(_, other, _)| *other != from).map(|(.., place)| *place).collect();
                let crosses = !met.is_empty();
                under_way.push((event, from, index));
                for place in met.into_iter().chain(crosses.then_some(index)) {
                    if let Some(Row { content: Content::Segment(arrow), .. }) = rows.get_mut(place) {
                        arrow.crosses = true;
                    }
                }
            }
            (_, Content::Arrival(arrival)) => under_way.retain(|(event, ..)| *event != arrival.event),
            _ => {}
        }
    }
}
