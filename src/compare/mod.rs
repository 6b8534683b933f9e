//! What two timelines cost, side by side: connections, packets, overhead, waiting, and the ports left behind. Knows only the
//! timeline.

mod bars;
mod cost;

pub use bars::{Bar, Part, bars};
pub use cost::{Cost, Overhead};

use crate::timeline::Timeline;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Side {
    /// What was compared, by the name that the user gave.
    pub name: String,
    pub cost: Cost,
    #[serde(skip)]
    pub bars: Vec<Bar>,
}

impl Side {
    pub fn of(name: &str, timeline: &Timeline) -> Side {
        Side { name: name.into(), cost: Cost::of(timeline), bars: bars(timeline) }
    }
}

/// Both sides over wires of one length.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Pair {
    /// One way, nanoseconds; `None`: as it was captured.
    pub delay_ns: Option<i64>,
    pub a: Side,
    pub b: Side,
}

/// Name of the comparison's JSON.
pub const SCHEMA: &str = "synfin-compare/1";

/// As JSON has it.
#[derive(Debug, serde::Serialize)]
pub struct Document<'p> {
    pub schema: &'static str,
    /// A pair for each delay.
    pub pairs: &'p [Pair],
}
