//! What part of a timeline to show, and by which numbers.

use crate::plot::Kind;
use crate::timeline::Phase;

/// What is shown of a timeline. The default is everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// The connection to draw; `None` leaves the choice to the format: the only one, or all as a table.
    pub connection: Option<u64>,
    /// How many connections a table shows at most; `None`: all.
    pub limit: Option<usize>,
    /// The steps of each connection that are shown, counted from 1; empty: all.
    pub steps: Vec<Stretch>,
    /// The phases that are shown; empty: all.
    pub phases: Vec<Phase>,
    pub numbers: Numbers,
    pub detail: Detail,
    /// Draw this over time instead of a ladder.
    pub graph: Option<Kind>,
    /// Draw the header of the segment in this frame instead of a ladder.
    pub header: Option<u64>,
    /// What stands above a picture instead of who speaks with whom.
    pub title: Option<String>,
}

impl View {
    /// One connection, whole.
    pub fn of(connection: u64) -> View {
        View { connection: Some(connection), ..View::default() }
    }

    /// Whether something of a connection is left out.
    pub fn is_partial(&self) -> bool {
        !self.steps.is_empty() || !self.phases.is_empty()
    }

    /// Whether the step at this place, counted from 0, is shown.
    pub(super) fn has_step(&self, place: usize) -> bool {
        self.steps.is_empty() || self.steps.iter().any(|stretch| stretch.holds(place + 1))
    }

    pub(super) fn has_phase(&self, phase: Phase) -> bool {
        self.phases.is_empty() || self.phases.contains(&phase)
    }
}

/// Steps from one to another, both among them; without an end, all that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub first: usize,
    pub last: Option<usize>,
}

impl Stretch {
    fn holds(self, step: usize) -> bool {
        step >= self.first && self.last.is_none_or(|last| step <= last)
    }
}

/// How sequence numbers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbers {
    /// From the initial sequence number of each side.
    #[default]
    Relative,
    /// As they are on the wire.
    Absolute,
}

/// How much is told of each segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// In packetdrill's notation, and of the notes only what cost something.
    Terse,
    #[default]
    Normal,
    /// With its frame, its timestamps and its window, changed or not.
    Full,
}
