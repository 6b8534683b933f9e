//! What came instead, where the capture ended without what was waited for behind a gap. The gap let everything pass; the
//! first segment that says otherwise is named all the same.

use super::line::{Kind, Pattern, Step, What};
use super::matching::{asks_for, beginning, behind, expected, furthest_step};
use super::shot::{Sender, Sent, Shot};

/// A segment, and what could have come in its place.
pub(super) struct Instead {
    /// Index of the segment.
    pub shot: usize,
    /// How far all before it fitted, in steps.
    pub step: usize,
    pub expected: Vec<usize>,
}

/// The first segment that stands for what never came at `step`. That is what is asked for, but came before its turn; else, from
/// `reached` on, where that step was first waited for, what is asked for but for what became of it, as a FIN that was lost,
/// or what the rest of the sequence has no place for, as a RST.
pub(super) fn first(
    step: usize,
    wanted: &[usize],
    steps: &[Step],
    shots: &[Shot<'_>],
    reached: usize,
    one: Sender,
) -> Option<Instead> {
    if let Some(early) = early(step, steps, shots.get(..reached)?, one) {
        return Some(early);
    }
    let patterns: Vec<&Pattern> = wanted.iter().filter_map(|place| steps.get(*place)).flat_map(patterns).collect();
    let waits_for_turn = patterns.iter().flat_map(|pattern| &pattern.kinds).any(|kind| is_turn(*kind));
    let opening_is_named = steps.iter().take(step).flat_map(patterns_of_any).any(asks_for_opening);
    let is_out_of_place = |sent: &Sent<'_>| {
        let may_be = match sent.kind {
            Kind::Rst => true,
            Kind::Fin => waits_for_turn,
            Kind::Syn | Kind::SynAck => waits_for_turn && opening_is_named,
            _ => false,
        };
        may_be && !steps.iter().skip(step).flat_map(patterns_of_any).any(|pattern| asks_for(pattern, sent, one))
    };
    let is_near = |sent: &Sent<'_>| patterns.iter().any(|pattern| asks_for(pattern, sent, one));
    let is_it = |shot: &Shot<'_>| match shot {
        Shot::Segment(sent) => is_near(sent) || is_out_of_place(sent),
        Shot::Run { .. } => false,
    };
    let found = shots.iter().enumerate().skip(reached).find(|(_, shot)| is_it(shot));
    found.map(|(shot, _)| Instead { shot, step, expected: wanted.to_vec() })
}

/// A SYN, FIN or RST that the step asks for, and that fell into a gap before it was its turn.
fn early(step: usize, steps: &[Step], shots: &[Shot<'_>], one: Sender) -> Option<Instead> {
    let asked = |sent: &Sent<'_>| {
        is_turn(sent.kind) && steps.get(step).is_some_and(|step| patterns(step).any(|it| asks_for(it, sent, one)))
    };
    let mut places = beginning(steps);
    for (index, shot) in shots.iter().enumerate() {
        let next = behind(&places, steps, shot, one);
        let is_asked = matches!(shot, Shot::Segment(sent) if asked(sent));
        let reached = furthest_step(&places);
        if is_asked && furthest_step(&next) == reached {
            let expected = expected(&places, steps);
            return (!expected.contains(&step)).then_some(Instead { shot: index, step: reached, expected });
        }
        places = next;
    }
    None
}

/// What must come at a step.
fn patterns(step: &Step) -> impl Iterator<Item = &Pattern> {
    patterns_of_any(step).filter(|pattern| pattern.times.is_required())
}

/// What must or may come at a step.
fn patterns_of_any(step: &Step) -> impl Iterator<Item = &Pattern> {
    let all: &[Pattern] = match &step.what {
        What::Group(patterns) => patterns,
        What::Gap => &[],
    };
    all.iter()
}

fn asks_for_opening(pattern: &Pattern) -> bool {
    pattern.kinds.iter().any(|kind| matches!(kind, Kind::Syn | Kind::SynAck))
}

/// Whether a segment of this kind opens or closes: it is a turn in the connection's life.
fn is_turn(kind: Kind) -> bool {
    matches!(kind, Kind::Syn | Kind::SynAck | Kind::Fin | Kind::Rst)
}
