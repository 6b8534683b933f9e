//! Segments against steps. All ways in which the segments so far may fit are followed at once, so that time and memory are
//! bounded by the steps, whatever the capture holds.

use super::instead::{self, Instead};
use super::line::{Kind, Mark, Pattern, Step, Times, What, Who};
use super::shot::{Sender, Sent, Shot};

/// Where a way stands: the step, and which patterns of it were met.
pub(super) type Place = (usize, u16);

/// The furthest place at which the capture departs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Departure {
    /// How far it fitted, in steps.
    pub step: usize,
    /// Index of the segment that does not fit, or that fell into a gap and stands for what never came; `None` where the
    /// capture ends too early.
    pub shot: Option<usize>,
    /// Steps that could have come; none where nothing more was expected.
    pub expected: Vec<usize>,
}

/// Whether the segments fit; `one` is the side that `one` stands for.
pub(super) fn fits(steps: &[Step], shots: &[Shot<'_>], one: Sender) -> Result<(), Departure> {
    let mut places = beginning(steps);
    let mut furthest: Option<Departure> = None;
    // Where the furthest step was first reached: what it waits for is looked for from there.
    let mut reached = (furthest_step(&places), 0);
    for (index, shot) in shots.iter().enumerate() {
        let mut next: Vec<Place> = Vec::with_capacity(places.len());
        let mut dead: Vec<Place> = Vec::new();
        for place in &places {
            let before = next.len();
            advance(*place, steps, shot, one, &mut next);
            if next.len() == before && !waits(*place, steps) {
                dead.push(*place);
            }
        }
        if let Some(step) = dead.iter().map(|(step, _)| *step).max()
            && furthest.as_ref().is_none_or(|known| known.step < step || (known.step == step && next.is_empty()))
        {
            furthest = Some(Departure { step, shot: Some(index), expected: expected(&dead, steps) });
        }
        places = closed(next, steps);
        if places.is_empty() {
            break;
        }
        if furthest_step(&places) > reached.0 {
            reached = (furthest_step(&places), index + 1);
        }
    }
    if places.iter().any(|(step, _)| *step == steps.len()) {
        return Ok(());
    }
    let missing = (!places.is_empty()).then(|| furthest_step(&places));
    match (furthest, missing) {
        (Some(known), None) => Err(known),
        (Some(known), Some(step)) if known.step >= step => Err(known),
        (_, step) => {
            let step = step.unwrap_or_default();
            let expected = expected(&places, steps);
            Err(match instead::first(step, &expected, steps, shots, reached.1, one) {
                Some(Instead { shot, step, expected }) => Departure { step, shot: Some(shot), expected },
                None => Departure { step, shot: None, expected },
            })
        }
    }
}

/// Where a sequence begins.
pub(super) fn beginning(steps: &[Step]) -> Vec<Place> {
    closed(vec![(0, 0)], steps)
}

/// The places behind one segment of those before it.
pub(super) fn behind(places: &[Place], steps: &[Step], shot: &Shot<'_>, one: Sender) -> Vec<Place> {
    let mut next = Vec::with_capacity(places.len());
    places.iter().for_each(|place| advance(*place, steps, shot, one, &mut next));
    closed(next, steps)
}

pub(super) fn furthest_step(places: &[Place]) -> usize {
    places.iter().map(|(step, _)| *step).max().unwrap_or_default()
}

/// Steps that could have come at these places: the furthest, and what may stand before it.
pub(super) fn expected(places: &[Place], steps: &[Step]) -> Vec<usize> {
    let furthest = furthest_step(places);
    let patterns = |step: usize| match steps.get(step).map(|step| &step.what) {
        Some(What::Group(patterns)) => Some(patterns),
        _ => None,
    };
    let may_come = |(step, met): &&Place| {
        let leads_on = |between: usize| {
            let met = if between == *step { *met } else { 0 };
            patterns(between).is_some_and(|patterns| is_met(patterns, met))
        };
        let usable = |patterns: &Vec<Pattern>| {
            patterns.iter().enumerate().any(|(place, pattern)| pattern.times.repeats() || met & bit(place) == 0)
        };
        patterns(*step).is_some_and(usable) && (*step..furthest).all(leads_on)
    };
    let mut found: Vec<usize> = places.iter().filter(may_come).map(|(step, _)| *step).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a place is the first behind a gap: what does not fit there falls into the gap.
fn waits((step, met): Place, steps: &[Step]) -> bool {
    let before = |back: &Step| match &back.what {
        What::Gap => Some(true),
        What::Group(patterns) if patterns.iter().any(|pattern| pattern.times.is_required()) => Some(false),
        What::Group(_) => None,
    };
    met == 0 && steps.iter().take(step).rev().find_map(before).unwrap_or(false)
}

/// Adds the places that can be reached without a segment.
fn closed(mut places: Vec<Place>, steps: &[Step]) -> Vec<Place> {
    let mut at = 0;
    while let Some((step, met)) = places.get(at).copied() {
        let passes = match steps.get(step).map(|step| &step.what) {
            Some(What::Gap) => true,
            Some(What::Group(patterns)) => is_met(patterns, met),
            None => false,
        };
        if passes && !places.contains(&(step + 1, 0)) {
            places.push((step + 1, 0));
        }
        at += 1;
    }
    places.sort_unstable();
    places.dedup();
    places
}

fn is_met(patterns: &[Pattern], met: u16) -> bool {
    patterns.iter().enumerate().all(|(place, pattern)| !pattern.times.is_required() || met & bit(place) != 0)
}

fn bit(place: usize) -> u16 {
    1_u16.checked_shl(u32::try_from(place).unwrap_or(u32::MAX)).unwrap_or(0)
}

/// The places behind one segment.
fn advance((step, met): Place, steps: &[Step], shot: &Shot<'_>, one: Sender, next: &mut Vec<Place>) {
    match steps.get(step).map(|step| &step.what) {
        Some(What::Gap) => next.push((step, met)),
        Some(What::Group(patterns)) => {
            if shot.is_free() {
                next.push((step, met));
            }
            let usable = |place: usize, times: Times| times.repeats() || met & bit(place) == 0;
            match shot {
                Shot::Segment(sent) => {
                    for (place, pattern) in patterns.iter().enumerate() {
                        if usable(place, pattern.times) && meets(pattern, sent, one) {
                            next.push((step, met | bit(place)));
                        }
                    }
                }
                Shot::Run { data, .. } if *data != [false; 2] => {
                    let mut bits = met;
                    for (who, _) in [Sender::Client, Sender::Server].into_iter().zip(data).filter(|(_, sends)| **sends)
                    {
                        let fit = patterns.iter().position(|pattern| takes_runs(pattern, who, one));
                        let Some(place) = fit else { return };
                        bits |= bit(place);
                    }
                    next.push((step, bits));
                }
                Shot::Run { .. } => {}
            }
        }
        None if shot.is_free() => next.push((step, met)),
        None => {}
    }
}

/// Whether any number of plain data segments of this sender are meant.
fn takes_runs(pattern: &Pattern, sender: Sender, one: Sender) -> bool {
    let kind = pattern.kinds.iter().any(|kind| matches!(kind, Kind::Data | Kind::Any));
    pattern.times.repeats() && kind && pattern.marks.is_empty() && is_by(pattern.who, sender, one)
}

fn is_by(who: Who, sender: Sender, one: Sender) -> bool {
    match who {
        Who::Client => sender == Sender::Client,
        Who::Server => sender == Sender::Server,
        Who::One => sender == one,
        Who::Other => sender != one,
    }
}

fn meets(pattern: &Pattern, sent: &Sent<'_>, one: Sender) -> bool {
    let says = |mark: &Mark| {
        let implied = *mark == Mark::Again
            && pattern.marks.iter().any(|mark| matches!(mark, Mark::Fast | Mark::Timeout | Mark::Note(_)));
        pattern.marks.contains(mark)
            || pattern.marks.contains(&Mark::Anyhow)
            || implied
            || pattern.kinds.contains(&Kind::Any)
    };
    asks_for(pattern, sent, one) && Sent::MUST.iter().all(|mark| says(mark) || !sent.bears(*mark))
}

/// Whether sender, kind and the marks that are asked for are those of a segment, whatever else became of it.
pub(super) fn asks_for(pattern: &Pattern, sent: &Sent<'_>, one: Sender) -> bool {
    let carries = |mark: &Mark| matches!(mark, Mark::Carries(_)) && sent.kind == Kind::Ack;
    is_by(pattern.who, sent.sender, one)
        && pattern.kinds.iter().any(|kind| sent.is_of(*kind))
        && pattern.marks.iter().all(|mark| carries(mark) || sent.may_bear(*mark))
}
