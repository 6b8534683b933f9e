//! What the plan's faults do to each segment that comes by: they count, and judge.

use super::counter::{Counter, Fins};
use crate::lab::deed::{BETWEEN, Deed};
use crate::lab::fault::{Action, Fault};
use crate::tcp::{Peer, Segment};
use std::time::Duration;

/// All faults, with what they counted so far.
pub(super) struct Faults(Vec<Armed>);

struct Armed {
    fault: Fault,
    counter: Counter,
    /// What frames wait for, until it has come.
    until: Option<Counter>,
    /// A segment came that it means.
    met: bool,
}

/// What is to be done to one frame. All that hits it happens to it, in whatever order the faults are written.
#[derive(Default)]
pub(super) struct Judgment {
    /// The fault that drops it.
    pub(super) dropped: Option<String>,
    pub(super) later: Duration,
    pub(super) is_twice: bool,
    pub(super) is_corrupt: bool,
    /// It goes on when each of these has come.
    pub(super) waits: Vec<Wait>,
    /// What was done, with the faults as they are written.
    pub(super) comment: Option<String>,
}

/// What a held frame waits for.
pub(super) enum Wait {
    /// A segment that this counts.
    For(Counter),
    /// The next of this sender.
    Next(Peer),
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Faults {
        Faults(faults.into_iter().map(Armed::new).collect())
    }

    /// Judges a segment. One that overtakes another is not made to be overtaken itself: else with `reorder every segment` none
    /// would arrive, each waiting for the next.
    pub(super) fn judge(&mut self, from: Peer, segment: &Segment<'_>, fins: &Fins, overtakes: bool) -> Judgment {
        let mut judgment = Judgment::default();
        let (mut on_its_way, mut in_itself) = (Vec::new(), Vec::new());
        // What befalls a segment that is dropped befalls nothing.
        let mut in_vain = Vec::new();
        for Armed { fault, counter, until, met } in &mut self.0 {
            if until.as_mut().is_some_and(|until| until.hits(from, segment, fins)) {
                *until = None;
            }
            if !counter.hits(from, segment, fins) {
                continue;
            }
            match fault.action {
                Action::Drop => *met = true,
                _ => in_vain.push(met),
            }
            match &fault.action {
                Action::Drop => {
                    judgment.dropped.get_or_insert_with(|| fault.text.clone());
                    continue;
                }
                Action::Corrupt => {
                    judgment.is_corrupt = true;
                    in_itself.push(fault.text.as_str());
                    continue;
                }
                Action::Delay(by) => judgment.later += *by,
                Action::Duplicate => judgment.is_twice = true,
                Action::Reorder if overtakes => continue,
                Action::Reorder => judgment.waits.push(Wait::Next(from)),
                Action::Hold(_) => match until {
                    Some(until) => judgment.waits.push(Wait::For(until.clone())),
                    // What it should wait for has come before it.
                    None => continue,
                },
            }
            on_its_way.push(fault.text.as_str());
        }
        if judgment.dropped.is_none() {
            in_vain.into_iter().for_each(|met| *met = true);
        }
        let (on_its_way, in_itself) = (on_its_way.join(", "), in_itself.join(", "));
        let told = [(Deed::Changed(&on_its_way), &on_its_way), (Deed::Corrupted(&in_itself), &in_itself)];
        let told = told.iter().filter(|(_, faults)| !faults.is_empty());
        let told: Vec<String> = told.map(|(deed, _)| deed.to_string()).collect();
        judgment.comment = Some(told.join(BETWEEN)).filter(|comment| !comment.is_empty());
        judgment
    }

    /// Those that met no segment and should have, as they were written.
    pub(super) fn unmet(self) -> Vec<String> {
        let unmet = self.0.into_iter().filter(|armed| !armed.met && !armed.fault.if_any);
        unmet.map(|armed| armed.fault.text).collect()
    }
}

impl Armed {
    fn new(fault: Fault) -> Armed {
        let until = match &fault.action {
            Action::Hold(until) => Some(Counter::new(until.clone())),
            _ => None,
        };
        Armed { counter: Counter::new(fault.selector.clone()), fault, until, met: false }
    }
}
