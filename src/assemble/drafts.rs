//! The drafts of all connections, and the timer rows that steps bring to them.

use super::draft::Draft;
use crate::source::Timestamp;
use crate::tcp::{MslProfile, Peer, State};
use crate::timeline::TimerAction;
use crate::track::{Connection, Ended, Input, News, Step};
use std::collections::HashMap;

/// Drafts by connection.
#[derive(Default)]
pub(super) struct Drafts {
    drafts: HashMap<u64, Draft, foldhash::fast::RandomState>,
    /// Counts items over all connections, so that their order is kept.
    order: u64,
}

impl Drafts {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&u64, &Draft)> {
        self.drafts.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&u64, &mut Draft)> {
        self.drafts.iter_mut()
    }

    pub(super) fn clear(&mut self) {
        self.drafts.clear();
    }

    /// Takes one step in.
    pub(super) fn step(&mut self, step: &Step<'_>, full: bool, msl: MslProfile) {
        let id = step.connection.id;
        let draft = self.drafts.entry(id).or_insert_with(|| Draft::new(full));
        if let Input::Segment(seen) = &step.input {
            draft.add_segment(self.order, step, seen);
            self.order += 1;
        }
        for change in step.changes {
            draft.change(change);
        }
        for (ordinal, fate) in step.fates {
            draft.fate(*ordinal, *fate);
        }
        draft.prove_data(step);
        self.timers(step, msl);
        if let Some(draft) = self.drafts.get_mut(&id) {
            draft.fold();
        }
    }

    /// The timer rows that a step brings.
    fn timers(&mut self, step: &Step<'_>, msl: MslProfile) {
        let Some(draft) = self.drafts.get_mut(&step.connection.id) else { return };
        let two_msl = msl.two_msl();
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
            let at = match wait.ended {
                Some((_, at)) if action != TimerAction::Begins => at,
                _ => wait.begins,
            };
            draft.add_timer(self.order, change.peer, action, at, due);
            self.order += 1;
        }
        for peer in Peer::BOTH {
            let Some(wait) = peer.of(&step.connection.time_wait) else { continue };
            if draft.has_rearmed(peer, wait.rearmed) {
                draft.add_timer(self.order, peer, TimerAction::Rearmed, wait.armed, wait.due(two_msl_ns));
                self.order += 1;
            }
        }
    }

    /// How the TIME-WAITs ended that no step told of.
    pub(super) fn last_timers(&mut self, connections: &[Connection], end: Timestamp, msl: MslProfile) {
        let two_msl_ns = i64::try_from(msl.two_msl().as_nanos()).unwrap_or(i64::MAX);
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
                draft.add_timer(self.order, peer, action, at, due);
                self.order += 1;
            }
        }
    }
}
