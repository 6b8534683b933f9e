//! The drafts of all connections, and the timer rows that steps bring to them.

use super::draft::Draft;
use super::fold::Fold;
use super::item::{Beside, TimerItem};
use crate::annotate;
use crate::tcp::Timestamp;
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

    pub(super) fn has(&self, id: u64) -> bool {
        self.drafts.contains_key(&id)
    }

    pub(super) fn get(&self, id: u64) -> Option<&Draft> {
        self.drafts.get(&id)
    }

    /// Takes out what there is of a connection.
    pub(super) fn take(&mut self, id: u64) -> Option<Draft> {
        self.drafts.remove(&id)
    }

    pub(super) fn clear(&mut self) {
        self.drafts.clear();
    }

    /// Takes one step in, with what else is known of its segment.
    pub(super) fn step(&mut self, step: &Step<'_>, fold: Fold, msl: MslProfile, beside: Beside<'_>) {
        let id = step.connection.id;
        let draft = self.drafts.entry(id).or_insert_with(|| Draft::new(step.connection.handle(), fold));
        match &step.input {
            Input::Segment(seen) => {
                draft.add_segment(self.order, step, seen, beside);
                self.order += 1;
            }
            Input::Icmp(report) => {
                if let Some(note) = annotate::hear(step, report) {
                    draft.note(report.about, note);
                }
            }
            Input::Arrival { .. } | Input::Timeout { .. } | Input::Retired => {}
        }
        // What a timer did stands with the timer, not with the last segment.
        let timeout = matches!(step.input, Input::Timeout { .. });
        if timeout {
            self.timers(step, msl);
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
            self.timers(step, msl);
        }
        if let Some(draft) = self.drafts.get_mut(&id) {
            draft.fold();
        }
    }

    /// The timer rows that a step brings.
    fn timers(&mut self, step: &Step<'_>, msl: MslProfile) {
        let Some(draft) = self.drafts.get_mut(&step.connection.id) else { return };
        // What arrives does so later than everything so far was sent: its timers stand last.
        let arrives = matches!(step.input, Input::Arrival { .. });
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
            let due = wait.due(msl.two_msl_ns());
            if action == TimerAction::Begins && !arrives {
                draft.add_timer_behind(change.at, TimerItem { peer: change.peer, action, at: wait.begins, due });
            } else {
                let begins = action == TimerAction::Begins;
                let at = wait.ended.filter(|_| !begins).map_or(wait.begins, |(_, at)| at);
                draft.add_timer(self.order, TimerItem { peer: change.peer, action, at, due });
                self.order += 1;
            }
        }
        for peer in Peer::BOTH {
            let Some(wait) = peer.of(&step.connection.time_wait) else { continue };
            let evidence = step.connection.evidence.as_ref();
            let rearmed = evidence.and_then(|evidence| *peer.of(&evidence.rearmed));
            if draft.has_rearmed(peer, wait.rearmed)
                && let Some(rearmed) = rearmed
            {
                let (action, at, due) = (TimerAction::Rearmed, wait.armed, wait.due(msl.two_msl_ns()));
                let timer = TimerItem { peer, action, at, due };
                if arrives {
                    draft.add_timer(self.order, timer);
                    self.order += 1;
                } else {
                    draft.add_timer_behind(rearmed.of, timer);
                }
            }
        }
    }

    /// How the TIME-WAITs ended that no step told of.
    pub(super) fn last_timers(&mut self, connections: &[&Connection], end: Timestamp, msl: MslProfile) {
        let mut last = Vec::new();
        for connection in connections.iter().filter(|connection| self.drafts.contains_key(&connection.id)) {
            for peer in Peer::BOTH {
                let Some(wait) = peer.of(&connection.time_wait) else { continue };
                let (action, at) = match wait.ended {
                    None => (TimerAction::CaptureEnded, end),
                    Some((Ended::Reused, at)) => (TimerAction::Reused, at),
                    Some((Ended::ResetByNext, at)) => (TimerAction::Reset, at),
                    Some(_) => continue,
                };
                last.push((at, connection.id, peer, action, wait.due(msl.two_msl_ns())));
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
}
