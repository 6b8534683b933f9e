//! A sequence against a timeline, connection by connection.

use super::claims;
use super::difference::{self, Difference};
use super::line::{Block, Claimed, Kind, Pattern, Sequence, What, Who};
use super::matching;
use super::shot::{Sender, Shot, shots};
use crate::timeline::{Connection, Event, Timeline};
use std::collections::HashMap;

/// How one connection fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its id.
    pub connection: u64,
    pub outcome: Result<(), Box<Difference>>,
}

/// Whether the timeline shows the sequence.
///
/// # Errors
/// The first place where it departs, in the first connection that does.
pub fn check(sequence: &Sequence, timeline: &Timeline) -> Result<(), Box<Difference>> {
    if timeline.connections.is_empty() && !sequence.is_empty() {
        return Err(Box::new(Difference::no_connection(sequence.first_connection())));
    }
    check_each(sequence, timeline).into_iter().try_for_each(|verdict| verdict.outcome)
}

/// The same for each connection: in the order of the timeline, then those that the sequence names and the timeline lacks.
pub fn check_each(sequence: &Sequence, timeline: &Timeline) -> Vec<Verdict> {
    let mut events: HashMap<u64, Vec<&Event>> = HashMap::new();
    for event in &timeline.events {
        events.entry(event.connection).or_default().push(event);
    }
    let none = Vec::new();
    let judged = timeline.connections.iter().map(|connection| {
        let id = connection.id;
        let events = events.get(&id).unwrap_or(&none);
        let outcome = match sequence.of_connection(id) {
            Some(block) => of_block(block, connection, events),
            None => Err(Box::new(difference::not_expected(connection))),
        };
        Verdict { connection: id, outcome }
    });
    let mut verdicts: Vec<Verdict> = judged.collect();
    for id in sequence.blocks.iter().filter_map(|block| block.connection) {
        if timeline.connection(id).is_none() {
            verdicts.push(Verdict { connection: id, outcome: Err(Box::new(Difference::no_connection(Some(id)))) });
        }
    }
    verdicts
}

/// So many plain data segments in a row stay whole in a folded timeline, at the least.
const WHOLE: usize = 4;

impl Sequence {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Whether it names so many data segments one by one that a timeline with folded runs may not tell: give it a full one.
    pub fn wants_full(&self) -> bool {
        let is_single = |pattern: &&Pattern| {
            let kind = pattern.kinds.iter().any(|kind| matches!(kind, Kind::Data | Kind::Ack | Kind::Any));
            kind && (!pattern.times.repeats() || !pattern.marks.is_empty())
        };
        self.blocks.iter().any(|block| {
            let singles = block.steps.iter().map(|step| match &step.what {
                What::Group(patterns) => patterns.iter().filter(is_single).count(),
                What::Gap => 0,
            });
            singles.sum::<usize>() > WHOLE
        })
    }

    fn of_connection(&self, id: u64) -> Option<&Block> {
        let own = self.blocks.iter().find(|block| block.connection == Some(id));
        own.or_else(|| self.blocks.iter().find(|block| block.connection.is_none()))
    }

    fn first_connection(&self) -> Option<u64> {
        self.blocks.iter().find_map(|block| block.connection)
    }
}

impl Block {
    /// Whether it leaves open which side is which.
    fn leaves_sides_open(&self) -> bool {
        let open = |who: &Who| matches!(who, Who::One | Who::Other);
        let in_step = |what: &What| match what {
            What::Gap => false,
            What::Group(patterns) => patterns.iter().any(|pattern| open(&pattern.who)),
        };
        let in_claim = |what: &Claimed| match what {
            Claimed::States(who, _) => open(who),
            Claimed::Waits { who, .. } => who.iter().any(open),
            _ => false,
        };
        self.steps.iter().any(|step| in_step(&step.what)) || self.claims.iter().any(|claim| in_claim(&claim.what))
    }
}

fn of_block(block: &Block, connection: &Connection, events: &[&Event]) -> Result<(), Box<Difference>> {
    let shots = shots(connection, events);
    if !block.leaves_sides_open() {
        return departure(block, connection, events, &shots, Sender::Client).map_err(|(_, difference)| difference);
    }
    let closer = connection.close.active_closer.as_ref();
    let server_first = closer.is_some_and(|closer| *closer == connection.server);
    let [one, other] = if server_first { [Sender::Server, Sender::Client] } else { [Sender::Client, Sender::Server] };
    // Behind a gap the other way round may lead further by passing over what came first.
    let is_settled = closer.is_some() && block.steps.first().is_some_and(|step| step.what == What::Gap);
    let Err((reach, difference)) = departure(block, connection, events, &shots, one) else { return Ok(()) };
    match departure(block, connection, events, &shots, other) {
        Ok(()) => Ok(()),
        // Which segment it was says more than that one is missing, however far the rest fits.
        Err((further, other))
            if !is_settled && (other.is_at_a_frame(), further) > (difference.is_at_a_frame(), reach) =>
        {
            Err(other)
        }
        Err(_) => Err(difference),
    }
}

/// How far it fits, in steps and claims.
type Reach = usize;

fn departure(
    block: &Block,
    connection: &Connection,
    events: &[&Event],
    shots: &[Shot<'_>],
    one: Sender,
) -> Result<(), (Reach, Box<Difference>)> {
    // Lines about states and the verdict alone leave the segments open.
    if !block.steps.is_empty()
        && let Err(departure) = matching::fits(&block.steps, shots, one)
    {
        let difference = difference::of_segments(&departure, &block.steps, shots, connection);
        return Err((departure.step, Box::new(difference)));
    }
    for (place, claim) in block.claims.iter().enumerate() {
        if let Err(came) = claims::holds(&claim.what, connection, events, one) {
            let difference = difference::of_claim(claim, *came, connection);
            return Err((block.steps.len() + 1 + place, Box::new(difference)));
        }
    }
    Ok(())
}
