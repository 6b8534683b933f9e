//! Ordinary data folds into runs, so that a two-gigabyte transfer stays readable and its memory bounded.

use super::item::{Item, RunItem, What};
use crate::tcp::Peer;

/// When ordinary data folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fold {
    #[default]
    Always,
    /// In connections that show more than so many segments.
    Beyond(usize),
    Never,
}

impl Fold {
    /// `full`: never; else in connections that show more than so many segments.
    pub fn of(full: bool, whole: usize) -> Fold {
        match (full, whole) {
            (true, _) => Fold::Never,
            (false, 0) => Fold::Always,
            (false, whole) => Fold::Beyond(whole),
        }
    }
}

/// So many segments at the head of a stretch are kept whole.
pub(super) const HEAD: usize = 4;
/// And so many at its tail.
const TAIL: usize = 4;
/// A run that folds fewer than this would be no shorter than what it replaces.
const LEAST: usize = 4;

/// Folds within the stretch that begins at `start`; says by how many items the list became shorter.
pub(super) fn fold(items: &mut Vec<Item>, start: usize) -> usize {
    let first = start.saturating_add(HEAD);
    let has_run = items.get(first).is_some_and(|item| matches!(item.what, What::Run(_)));
    let loose = items.len().saturating_sub(first + usize::from(has_run));
    let spare = loose.saturating_sub(TAIL);
    if !has_run && spare < LEAST {
        return 0;
    }
    let before = items.len();
    let end = first + usize::from(has_run) + spare;
    if end <= first || end > items.len() {
        return 0;
    }
    let mut folded = items.drain(first..end);
    let Some(mut run) = folded.next().map(into_run) else { return 0 };
    for item in folded {
        merge(&mut run, item);
    }
    items.insert(first, run);
    before - items.len()
}

fn into_run(item: Item) -> Item {
    let What::Segment(segment) = &item.what else { return item };
    let mut run = RunItem {
        first_ordinal: segment.ordinal,
        first_frame: segment.frame,
        last_frame: segment.frame,
        end: item.time,
        flows: [(0, 0); 2],
    };
    count(&mut run, segment.peer, segment.len);
    Item { what: What::Run(Box::new(run)), notes: Vec::new(), ..item }
}

fn merge(run: &mut Item, item: Item) {
    run.states.extend(item.states);
    let What::Run(folded) = &mut run.what else { return };
    folded.end = folded.end.max(item.time);
    match item.what {
        What::Segment(segment) => {
            folded.last_frame = segment.frame;
            count(folded, segment.peer, segment.len);
        }
        What::Run(other) => {
            folded.last_frame = other.last_frame;
            for (mine, its) in folded.flows.iter_mut().zip(other.flows) {
                *mine = (mine.0 + its.0, mine.1 + its.1);
            }
        }
        What::Timer(_) | What::Call(_) | What::Message(_) | What::Lookup(_) => {}
    }
}

fn count(run: &mut RunItem, peer: Peer, len: u32) {
    let (segments, bytes) = peer.of_mut(&mut run.flows);
    *segments += 1;
    *bytes += u64::from(len);
}
