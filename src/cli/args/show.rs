//! The options that say which part of a connection is shown, and how much of it.

use crate::ladder::{Detail, Stretch};
use crate::plot::Kind;
use crate::timeline::Phase;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::str::FromStr;

/// What of a connection is shown.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What is shown of a connection")]
pub struct Show {
    /// Only these steps of each connection, as 1-7 or 1,4-6,9-
    #[arg(long, value_name = "LIST")]
    pub steps: Option<Steps>,
    /// Only these parts of its life, by the names that the timeline gives them
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PHASE")]
    pub phase: Vec<Phase>,
    /// Only these parts, by the names that people give them: handshake,teardown
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART", conflicts_with = "phase")]
    pub only: Vec<PartArg>,
    /// Draw this over time instead of the ladder, in the terminal, as SVG or PNG
    #[arg(long, value_enum, value_name = "GRAPH", conflicts_with_all = ["steps", "phase", "only", "absolute", "frames"])]
    pub graph: Option<Kind>,
    /// Draw the TCP header of the segment in this frame, bit by bit, instead of the ladder
    #[arg(long, value_name = "FRAME", conflicts_with_all = ["graph", "steps", "phase", "only", "absolute", "frames", "anonymize"], value_parser = clap::value_parser!(u64).range(1..))]
    pub header: Option<u64>,
    /// What stands above pictures, pages and decks instead of who speaks with whom
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Sequence numbers as they are on the wire
    #[arg(long, overrides_with = "relative")]
    pub absolute: bool,
    /// Sequence numbers from each side's initial one: the default
    #[arg(long, overrides_with = "absolute")]
    pub relative: bool,
    /// Hide whose it is: other addresses and names, nothing of what was said, not when it was; the same ones stay the same
    #[arg(long)]
    pub anonymize: bool,
}

impl Show {
    /// Whether a graph is asked for that is made of the segments of one connection.
    pub fn plots_segments(&self) -> bool {
        self.graph.is_some_and(|kind| kind != Kind::States)
    }
}

/// Steps by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps(pub Vec<Stretch>);

impl FromStr for Steps {
    type Err = String;

    fn from_str(text: &str) -> Result<Steps, String> {
        let number = |text: &str| text.trim().parse::<usize>().ok().filter(|number| *number > 0);
        let stretch = |part: &str| match part.split_once('-') {
            None => number(part).map(|step| Stretch { first: step, last: Some(step) }),
            Some((first, "")) => number(first).map(|first| Stretch { first, last: None }),
            Some((first, last)) => match (number(first), number(last)) {
                (Some(first), Some(last)) if first <= last => Some(Stretch { first, last: Some(last) }),
                _ => None,
            },
        };
        let stretches = text.split(',').map(stretch).collect::<Option<Vec<_>>>();
        stretches.map(Steps).ok_or_else(|| "steps are counted from 1, as in 1-7 or 1,4-6,9-".to_string())
    }
}

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Kind] {
        &[Kind::Sequence, Kind::RoundTrip, Kind::Window, Kind::States]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = match self {
            Kind::Sequence => (
                "sequence",
                "Segments by their sequence numbers, what is acknowledged, the window, SACK (Stevens, tcptrace)",
            ),
            Kind::RoundTrip => ("rtt", "Round trips, and the SRTT and RTO that follow from them"),
            Kind::Window => ("window", "Octets in flight, below the window that bounds them"),
            Kind::States => ("states", "Of a whole capture: connections that open, are open, wait in TIME-WAIT"),
        };
        Some(PossibleValue::new(name).help(about))
    }
}

impl ValueEnum for Phase {
    fn value_variants<'a>() -> &'a [Phase] {
        &[Phase::Lookup, Phase::Open, Phase::Data, Phase::Close, Phase::TimeWait]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PartArg {
    /// What was asked of a name before
    Lookup,
    Handshake,
    Data,
    /// The FINs or the RST, and the 2MSL after them
    Teardown,
    /// The 2MSL alone
    TimeWait,
}

impl PartArg {
    /// The phases that it is made of.
    pub fn phases(self) -> &'static [Phase] {
        match self {
            PartArg::Lookup => &[Phase::Lookup],
            PartArg::Handshake => &[Phase::Open],
            PartArg::Data => &[Phase::Data],
            PartArg::Teardown => &[Phase::Close, Phase::TimeWait],
            PartArg::TimeWait => &[Phase::TimeWait],
        }
    }
}

impl ValueEnum for Detail {
    fn value_variants<'a>() -> &'a [Detail] {
        &[Detail::Terse, Detail::Normal, Detail::Full]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Detail::Terse => PossibleValue::new("terse")
                .help("One line in packetdrill's notation; of the notes only warnings and errors"),
            Detail::Normal => PossibleValue::new("normal"),
            Detail::Full => {
                PossibleValue::new("full").help("Also its frame, its timestamps and its window, changed or not")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn steps_are_lists_of_stretches() {
        let steps = |text: &str| text.parse::<Steps>().map(|steps| steps.0);
        let stretch = |first, last| Stretch { first, last };
        assert_eq!(steps("1-7").unwrap(), [stretch(1, Some(7))]);
        assert_eq!(steps("1, 4-6,9-").unwrap(), [stretch(1, Some(1)), stretch(4, Some(6)), stretch(9, None)]);
        for wrong in ["", "0", "3-1", "a", "1,,2", "-3", "1-2-3"] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}
