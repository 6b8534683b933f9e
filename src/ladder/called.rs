//! A call beside its caller's lifeline.

use super::{Lanes, Side};
use crate::tcp::CallName;
use crate::timeline::{Call, Lang, Text};

/// A call, or one end of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    pub side: Side,
    pub part: CallPart,
    /// Its name in C.
    pub name: &'static str,
    pub arguments: String,
    /// What it came to, with its name before it.
    pub outcome: Text,
    pub failed: bool,
    /// It is of the kind that waits for the peer.
    pub(super) waits: bool,
}

/// How much of a call a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPart {
    /// It returned before anything else happened.
    Whole,
    /// It is entered here, and returns in a row below.
    Entered,
    Returned,
}

impl Called {
    pub(super) fn of(call: &Call, lanes: &Lanes) -> Called {
        Called {
            side: lanes.side(&call.endpoint).unwrap_or(Side::Left),
            part: CallPart::Whole,
            name: call.call.name(),
            arguments: call.arguments.clone(),
            outcome: call.text.clone(),
            failed: call.error.is_some(),
            waits: matches!(call.call, CallName::Accept | CallName::Connect | CallName::Recv),
        }
    }

    /// In words, as they were recorded: not safe for a terminal.
    pub fn words(&self, lang: Lang) -> String {
        let Called { name, arguments, .. } = self;
        let outcome = self.outcome.get(lang);
        match self.part {
            CallPart::Returned => outcome.to_string(),
            CallPart::Entered => format!("{name}({arguments}) …"),
            CallPart::Whole => {
                let rest = outcome.strip_prefix(name).unwrap_or(outcome);
                format!("{name}({arguments}){rest}")
            }
        }
    }
}
