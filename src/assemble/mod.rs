//! Steps and notes into a timeline: what is kept whole, what is folded, and how everything is named in the contract.

mod connection;
mod draft;
mod endpoints;
mod event;
mod fold;
mod kernel;
mod steps;

pub use endpoints::Endpoints;
pub use kernel::KernelWord;

use crate::source::Timestamp;
use crate::tcp::{MslProfile, Peer, State};
use crate::timeline::{self, Event, Timeline, TimerAction};
use crate::track::{Connection, Ended, Input, News, Step};
use draft::{Draft, TimerItem};
use kernel::Heard;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Which connections are kept event by event. The others have their line in `connections` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    All,
    /// All, but each event is let go once [`Assembler::settle`] has given it.
    Passing,
    /// The one with this id.
    One(u64),
    /// The only one: when a second comes, no events are kept.
    Sole,
}

/// Builds a timeline from steps.
pub struct Assembler {
    watch: Watch,
    full: bool,
    msl: MslProfile,
    start: Option<Timestamp>,
    drafts: HashMap<u64, Draft, foldhash::fast::RandomState>,
    endpoints: Endpoints,
    kernel: Heard,
    owners: Vec<(SocketAddr, String)>,
    /// Counts items over all connections, so that their order is kept.
    order: u64,
}

impl Assembler {
    /// `full` keeps every segment; otherwise ordinary data folds into runs.
    pub fn new(watch: Watch, full: bool, msl: MslProfile) -> Assembler {
        Assembler {
            watch,
            full,
            msl,
            start: None,
            drafts: HashMap::default(),
            endpoints: Endpoints::default(),
            kernel: Heard::default(),
            owners: Vec::new(),
            order: 0,
        }
    }

    /// Time of the first step, from which all times of the timeline count.
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// Takes one step in.
    pub fn step(&mut self, step: &Step<'_>) {
        self.start.get_or_insert(step.connection.first);
        let id = step.connection.id;
        match self.watch {
            Watch::One(wanted) if wanted != id => return,
            Watch::Sole if id > 1 => return self.drafts.clear(),
            _ => {}
        }
        let draft = self.drafts.entry(id).or_insert_with(|| Draft::new(self.full));
        if let Input::Segment(seen) = &step.input {
            draft.add_segment(self.order, step, seen);
            self.order += 1;
        }
        // What a timer did stands with the timer, not with the last segment.
        let timeout = matches!(step.input, Input::Timeout { .. });
        if timeout {
            self.timers(step);
        }
        let Some(draft) = self.drafts.get_mut(&id) else { return };
        for change in step.changes {
            if timeout { draft.change_at_end(change) } else { draft.change(change) }
        }
        for (ordinal, fate) in step.fates {
            draft.fate(*ordinal, *fate);
        }
        draft.prove_data(step);
        if !timeout {
            self.timers(step);
        }
        if let Some(draft) = self.drafts.get_mut(&id) {
            draft.fold();
        }
    }

    /// The timer rows that a step brings.
    fn timers(&mut self, step: &Step<'_>) {
        let Some(draft) = self.drafts.get_mut(&step.connection.id) else { return };
        let two_msl = self.msl.two_msl();
        let two_msl_ns = i64::try_from(two_msl.as_nanos()).unwrap_or(i64::MAX);
        for change in step.changes {
            let Some(wait) = change.peer.of(&step.connection.time_wait) else {
                if change.news == News::TakenBack && change.to == State::TimeWait {
                    draft.remove_timers(change.peer);
                }
                continue;
            };
            let action = match (change.news, change.to, wait.ended) {
                (News::Happened, State::TimeWait, _) => TimerAction::Begins,
                (News::Happened, State::Closed, Some((Ended::Expired, _))) => TimerAction::Expired,
                (News::Happened, State::Closed, Some((Ended::Reset, _))) => TimerAction::Reset,
                _ => continue,
            };
            let due = wait.due(two_msl_ns);
            if action == TimerAction::Begins {
                draft.add_timer_behind(change.at, TimerItem { peer: change.peer, action, at: wait.begins, due });
            } else {
                let at = wait.ended.map_or(wait.begins, |(_, at)| at);
                draft.add_timer(self.order, TimerItem { peer: change.peer, action, at, due });
                self.order += 1;
            }
        }
        for peer in Peer::BOTH {
            let Some(wait) = peer.of(&step.connection.time_wait) else { continue };
            let other = step.connection.receiver_of(peer);
            let fin = other.of(&step.connection.closing.fin).map(|fin| fin.last.ordinal);
            if draft.has_rearmed(peer, wait.rearmed)
                && let Some(fin) = fin
            {
                let (action, at, due) = (TimerAction::Rearmed, wait.armed, wait.due(two_msl_ns));
                draft.add_timer_behind(fin, TimerItem { peer, action, at, due });
            }
        }
    }

    /// Notes what the kernel said of a socket.
    pub fn hear_kernel(&mut self, connections: &[Connection], word: &KernelWord) {
        self.kernel.hear(connections, word, self.start.unwrap_or_default());
    }

    /// Notes which process owns the socket at an address.
    pub fn hear_owner(&mut self, address: SocketAddr, process: &str) {
        self.owners.push((address, process.into()));
    }

    /// Events that nothing can change any more, for drawing while the capture goes on; each is given once.
    pub fn settle(
        &mut self,
        connections: &[Connection],
        now: Timestamp,
        sink: &mut dyn FnMut(&Connection, &Endpoints, Event),
    ) {
        let start = self.start.unwrap_or_default();
        let mut ready: Vec<((u64, u8), u64, draft::Item)> = Vec::new();
        for (id, draft) in &mut self.drafts {
            draft.settle(now, &mut |item| ready.push((item.order, *id, item.clone())));
            if self.watch == Watch::Passing {
                draft.let_go();
            }
        }
        ready.sort_by_key(|(order, ..)| *order);
        for (_, id, item) in ready {
            let place = usize::try_from(id.saturating_sub(1)).unwrap_or(usize::MAX);
            let Some(connection) = connections.get(place) else { continue };
            let ids = self.endpoints.of(connection);
            let event = event::event(&item, connection, &ids, start, &self.kernel, &|_| None);
            sink(connection, &self.endpoints, event);
        }
    }

    /// The timeline so far. `end` is when the capture ended.
    pub fn finish(mut self, connections: &[Connection], end: Timestamp, source: timeline::Source) -> Timeline {
        let start = self.start.unwrap_or_default();
        for connection in connections {
            self.endpoints.of(connection);
        }
        for (address, process) in &self.owners {
            self.endpoints.set_process(*address, process);
        }
        self.last_timers(connections, end);
        let events = self.events(connections, start);
        let summaries: Vec<_> = connections
            .iter()
            .map(|connection| {
                let ids = self.endpoints.of(connection);
                connection::summary(connection, &ids, start, end, self.msl, &self.kernel)
            })
            .collect();
        for (connection, summary) in connections.iter().zip(&summaries) {
            self.endpoints.settle_roles(connection, summary.open.kind);
        }
        let steps = steps::steps(&summaries, &events);
        Timeline {
            schema: timeline::SCHEMA.into(),
            generator: timeline::Generator { name: "synfin".into(), version: env!("CARGO_PKG_VERSION").into() },
            source,
            endpoints: self.endpoints.into_list(),
            connections: summaries,
            events,
            steps,
        }
    }

    /// How the TIME-WAITs ended that no step told of.
    fn last_timers(&mut self, connections: &[Connection], end: Timestamp) {
        let two_msl_ns = i64::try_from(self.msl.two_msl().as_nanos()).unwrap_or(i64::MAX);
        let mut last = Vec::new();
        for connection in connections.iter().filter(|connection| self.drafts.contains_key(&connection.id)) {
            for peer in Peer::BOTH {
                let Some(wait) = peer.of(&connection.time_wait) else { continue };
                let (action, at) = match wait.ended {
                    None => (TimerAction::CaptureEnded, end),
                    Some((Ended::Reused, at)) => (TimerAction::Reused, at),
                    Some(_) => continue,
                };
                last.push((at, connection.id, peer, action, wait.due(two_msl_ns)));
            }
        }
        last.sort_by_key(|(at, id, ..)| (*at, *id));
        for (at, id, peer, action, due) in last {
            if let Some(draft) = self.drafts.get_mut(&id) {
                draft.add_timer(self.order, TimerItem { peer, action, at, due });
                self.order += 1;
            }
        }
    }

    fn events(&mut self, connections: &[Connection], start: Timestamp) -> Vec<Event> {
        let mut items: Vec<(u64, &draft::Item)> =
            self.drafts.iter().flat_map(|(id, draft)| draft.items().iter().map(|item| (*id, item))).collect();
        items.sort_by_key(|(_, item)| item.order);
        // Which event shows the segment at a place of a connection.
        let mut shown: HashMap<u64, Vec<(u64, u64)>, foldhash::fast::RandomState> = HashMap::default();
        for (index, (id, item)) in items.iter().enumerate() {
            if let Some(ordinal) = item.first_ordinal() {
                shown.entry(*id).or_default().push((ordinal, index as u64 + 1));
            }
        }
        let mut events = Vec::with_capacity(items.len());
        for (index, (id, item)) in items.iter().enumerate() {
            let place = usize::try_from(id.saturating_sub(1)).unwrap_or(usize::MAX);
            let Some(connection) = connections.get(place) else { continue };
            let ids = self.endpoints.of(connection);
            let known = shown.get(id);
            let event_of = |ordinal: u64| {
                let known = known?;
                let after = known.partition_point(|(first, _)| *first <= ordinal);
                known.get(after.checked_sub(1)?).map(|(_, event)| *event)
            };
            let mut event = event::event(item, connection, &ids, start, &self.kernel, &event_of);
            event.id = index as u64 + 1;
            events.push(event);
        }
        events
    }
}
