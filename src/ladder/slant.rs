//! Arrows that slant: what is under way from one row to another, and which of them cross.

use super::{Arrival, Arrow, CallPart, Called, Change, Content, Remark, Row, Side};
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
    /// A call returns: the event that entered it.
    pub(super) returned: Option<(u64, Box<Called>)>,
    pub(super) changes: Vec<Change>,
    pub(super) notes: Vec<Remark>,
}

impl Arriving {
    /// Whether a segment arrives there and then, or states come with one.
    fn is_at(&self, at_ns: i64, side: Side) -> bool {
        self.at_ns == at_ns && self.side == side && self.returned.is_none()
    }

    fn nothing(at_ns: i64, side: Side) -> Arriving {
        Arriving { at_ns, side, arrival: None, returned: None, changes: Vec::new(), notes: Vec::new() }
    }
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
        let waiting = self.list.iter_mut().find(|it| it.is_at(at_ns, side) && it.arrival.is_none());
        match waiting {
            Some(it) => it.arrival = Some(arrival),
            None => self.insert(Arriving { arrival: Some(arrival), ..Arriving::nothing(at_ns, side) }),
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
        if let Some(it) = self.list.iter_mut().find(|it| it.is_at(at_ns, change.side)) {
            it.changes.push(change);
            return true;
        }
        if self.list.len() >= MOST_UNDER_WAY {
            return false;
        }
        self.insert(Arriving { changes: vec![change], ..Arriving::nothing(at_ns, change.side) });
        true
    }

    /// Keeps the return of a call until its time comes; says whether there was room.
    pub(super) fn keep_return(&mut self, at_ns: i64, event: u64, called: &Called) -> bool {
        if self.list.len() >= MOST_UNDER_WAY {
            return false;
        }
        let returned = Called { part: CallPart::Returned, ..called.clone() };
        let nothing = Arriving::nothing(at_ns, called.side);
        self.insert(Arriving { returned: Some((event, Box::new(returned))), ..nothing });
        true
    }

    /// When something comes next.
    pub(super) fn next_ns(&self) -> Option<i64> {
        self.list.first().map(|first| first.at_ns)
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
