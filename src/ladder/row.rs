//! What stands in one row of a ladder.

use super::{Called, Said, Side};
use crate::tcp::{Basis, State};
use crate::timeline::{Checksum, Fate, KernelTimer, Phase, SegmentOptions, Severity, Text};

/// One row. Times are nanoseconds after the source's start.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The event behind it, for rows that show one.
    pub event: Option<u64>,
    /// `None` for headings and gaps.
    pub t_ns: Option<i64>,
    pub content: Content,
    /// States that the peers came to here, in order.
    pub changes: Vec<Change>,
    pub notes: Vec<Remark>,
    /// How the lifelines run from here on: left, right.
    pub lifelines: [Lifeline; 2],
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A part of the connection's life begins.
    Phase(Phase),
    /// Nothing but states (and notes).
    States,
    /// A segment leaves, and arrives in the same row unless it slants.
    Segment(Box<Arrow>),
    /// A segment that left in a row above arrives.
    Arrival(Arrival),
    Folded(Folded),
    /// Idle time that is not drawn to length.
    Gap {
        ns: i64,
    },
    /// What the view does not show: how many events, and from the first to the last of them.
    LeftOut {
        events: u64,
        ns: i64,
    },
    Wait(Wait),
    Call(Called),
    /// What an application said, behind the segment in which it begins.
    Message(Said),
    /// A name that was looked up before the connection.
    Lookup(Said),
}

/// The head of an arrow that slants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The event whose row it left in.
    pub event: u64,
    pub from: Side,
    /// How long it was on its way.
    pub delay_ns: i64,
    pub is_reset: bool,
}

/// A segment between the lifelines.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrow {
    pub from: Side,
    /// When it left; with one vantage point, when it was captured.
    pub sent_ns: i64,
    /// When it arrived, where that is known: the arrow then slants.
    pub received_ns: Option<i64>,
    /// It has a row of its own to arrive in.
    pub slants: bool,
    /// Another one that slants the other way is under way at the same time.
    pub crosses: bool,
    pub fate: Fate,
    /// The row's notes say how it was lost.
    pub is_loss_told: bool,
    /// Both vantage points show that neither sent it: it was made on the way.
    pub is_made_up: bool,
    pub flags: Vec<String>,
    pub seq: i64,
    pub ack: Option<i64>,
    /// Payload octets.
    pub len: u32,
    /// Octets, or the field as sent where the scale is not known.
    pub window: u64,
    /// The window field as sent.
    pub window_field: u16,
    /// Whether the sender's window differs from what it last said.
    pub window_changed: bool,
    pub options: SegmentOptions,
    pub checksum: Checksum,
    pub frame: u64,
    /// Id of the event that it repeats.
    pub repeats: Option<u64>,
}

impl Arrow {
    pub fn has_flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    /// Whether it should have been acknowledged and nothing shows that it arrived. A pure ACK or a RST never leaves a
    /// proof behind: for them this says nothing.
    pub fn is_unproven(&self) -> bool {
        self.fate == Fate::Unknown && !self.is_pure_ack() && !self.has_flag("RST")
    }

    /// Neither payload nor SYN, FIN or RST.
    pub fn is_pure_ack(&self) -> bool {
        self.len == 0 && self.has_flag("ACK") && !["SYN", "FIN", "RST"].iter().any(|name| self.has_flag(name))
    }
}

/// Ordinary data that was folded together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    pub count: u64,
    /// From its first segment to its last.
    pub span_ns: i64,
    pub flows: Vec<FoldedFlow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldedFlow {
    pub from: Side,
    pub segments: u64,
    /// Payload octets.
    pub bytes: u64,
}

/// Something that happened to the TIME-WAIT of one peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    pub side: Side,
    pub action: WaitAction,
    /// Since it began, or began anew.
    pub elapsed_ns: i64,
    /// 2MSL, when it is known.
    pub total_ns: Option<i64>,
    /// When it is due.
    pub due_ns: Option<i64>,
    pub remaining_ns: Option<i64>,
    pub kernel: Option<KernelTimer>,
}

/// What happened to it.
pub type WaitAction = crate::timeline::TimerAction;

/// A peer came to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub side: Side,
    pub state: State,
    pub basis: Basis,
}

/// A rule's word on the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub severity: Severity,
    pub text: Text,
    /// Section of the RFC, may be empty.
    pub rfc: String,
}

/// How a lifeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lifeline {
    /// A connection exists here, or nothing says otherwise.
    #[default]
    Open,
    /// CLOSED or LISTEN: there is no connection here.
    Closed,
    /// TIME-WAIT.
    Waiting,
}

impl Lifeline {
    /// A peer of which nothing is known has no connection while one is being opened; later it must have one.
    pub(super) fn of(state: Option<State>, opening: bool) -> Lifeline {
        match state {
            Some(State::Closed | State::Listen) => Lifeline::Closed,
            Some(State::TimeWait) => Lifeline::Waiting,
            None if opening => Lifeline::Closed,
            _ => Lifeline::Open,
        }
    }
}
