//! How long segments were on their way, and how many were lost there, by connection and direction.

use super::Clock;
use crate::tcp::{Passage, Peer};
use crate::timeline::{OneWay, OneWayDelay, Ways};
use crate::track::{Input, Step};
use std::collections::HashMap;

/// Delays that are kept of one direction for their median; what comes after them still counts for least and most.
const MOST_DELAYS: usize = 100_000;

/// Gathers what became of segments on their way. No more than [`super::MOST_SIGHTINGS`] of each capture are joined, so no more
/// come here.
#[derive(Debug, Default)]
pub struct Passages {
    ways: HashMap<u64, [Gathered; 2], foldhash::fast::RandomState>,
}

#[derive(Debug, Default)]
struct Gathered {
    delays: Vec<i64>,
    least: Option<i64>,
    most: Option<i64>,
    arrived: u64,
    lost: u64,
    appeared: u64,
}

impl Passages {
    /// Takes one step in.
    pub fn step(&mut self, step: &Step<'_>) {
        let Input::Segment(seen) = &step.input else { return };
        if seen.segment.passage == Passage::Unknown {
            return;
        }
        let way = seen.peer.of_mut(self.ways.entry(step.connection.id).or_default());
        match seen.segment.passage {
            Passage::Arrived(at) | Passage::ArrivedTwice(at) => {
                let delay = at.since(seen.segment.time);
                way.arrived += 1;
                way.least = Some(way.least.map_or(delay, |least| least.min(delay)));
                way.most = way.most.max(Some(delay));
                if way.delays.len() < MOST_DELAYS {
                    way.delays.push(delay);
                }
            }
            Passage::Lost => way.lost += 1,
            Passage::Appeared => way.appeared += 1,
            Passage::Unknown => {}
        }
    }

    /// Both ways of a connection; `None` where nothing is known of it beyond one capture.
    pub fn ways(&mut self, id: u64, clock: &Clock) -> Option<Ways> {
        let both = self.ways.get_mut(&id)?;
        let mut way = |peer: Peer| peer.of_mut(both).told(clock);
        Some(Ways { to_server: way(Peer::A), to_client: way(Peer::B) })
    }
}

impl Gathered {
    fn told(&mut self, clock: &Clock) -> OneWay {
        self.delays.sort_unstable();
        let median = self.delays.get(self.delays.len() / 2).copied();
        let delay = median.zip(self.least).zip(self.most).map(|((median_ns, min_ns), max_ns)| OneWayDelay {
            min_ns,
            median_ns,
            max_ns,
            uncertainty_ns: clock.uncertainty_ns(),
        });
        OneWay { delay, arrived: self.arrived, lost: self.lost, appeared: self.appeared }
    }
}
