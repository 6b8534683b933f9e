//! What a sequence is made of: blocks, steps, patterns and claims.

use crate::tcp::State;
use crate::timeline::{CloseCause, CloseKind, OpenCause, OpenKind};

/// What somebody expects of a capture: a block for each connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sequence {
    pub(super) blocks: Vec<Block>,
}

/// What is expected of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// Its id; `None` for every connection without a block of its own.
    pub connection: Option<u64>,
    pub steps: Vec<Step>,
    pub claims: Vec<Claim>,
}

/// A line that speaks of segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Counted from 1.
    pub line: usize,
    /// As written, without the comment.
    pub text: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// `...`: whatever is sent.
    Gap,
    /// Patterns that are met in any order.
    Group(Vec<Pattern>),
}

/// Which segments a step means, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub who: Who,
    pub kinds: Vec<Kind>,
    pub marks: Vec<Mark>,
    pub times: Times,
}

/// Who sends. `one` and `other` stand for client and server or the other way round, the same throughout a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Client,
    Server,
    One,
    Other,
}

/// What kind of segment it is. Each segment is of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Syn,
    SynAck,
    /// An acknowledgment that carries nothing.
    Ack,
    Data,
    Fin,
    Rst,
    KeepAlive,
    /// Of a closed window.
    Probe,
    /// Flags that do not go together.
    Odd,
    /// Whatever it is.
    Any,
}

/// What else is true of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Lost,
    Again,
    Corrupt,
    /// Whatever of these three is true.
    Anyhow,
    /// Arrives twice.
    Twice,
    /// Is overtaken on the way.
    Late,
    /// Its sender has just been told three times.
    Fast,
    /// Its timer ran out.
    Timeout,
    Duplicate,
    Sack,
    Injected,
    /// Octets, of a payload that it has.
    Carries(Option<u32>),
    Window(u64),
    /// It bears the note of this rule.
    Note(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Once,
    /// `?`
    Maybe,
    /// `*`
    Any,
    /// `+`: once or more.
    Some,
}

impl Times {
    pub(super) fn is_required(self) -> bool {
        matches!(self, Times::Once | Times::Some)
    }

    pub(super) fn repeats(self) -> bool {
        matches!(self, Times::Any | Times::Some)
    }
}

/// A line that speaks of states or of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub line: usize,
    pub text: String,
    pub what: Claimed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claimed {
    States(Who, Vec<Passed>),
    Open(Vec<OpenKind>),
    Close(Vec<CloseKind>),
    /// Of the opening or of the closing, by its stable name.
    Cause(&'static str),
    Waits {
        who: Vec<Who>,
        ends: Option<Ends>,
    },
}

/// Part of a list of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    State { state: State, may_lack: bool },
    Gap,
}

/// What became of a TIME-WAIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Rearmed,
    Expired,
    Reused,
    Reset,
}

/// Words and what they mean, for reading and for saying what could have stood there.
pub(super) const WHO: [(&str, Who); 4] =
    [("client", Who::Client), ("server", Who::Server), ("one", Who::One), ("other", Who::Other)];

pub(super) const KINDS: [(&str, Kind); 10] = [
    ("SYN", Kind::Syn),
    ("SYN-ACK", Kind::SynAck),
    ("ACK", Kind::Ack),
    ("data", Kind::Data),
    ("FIN", Kind::Fin),
    ("RST", Kind::Rst),
    ("keep-alive", Kind::KeepAlive),
    ("probe", Kind::Probe),
    ("odd", Kind::Odd),
    ("any", Kind::Any),
];

pub(super) const MARKS: [(&str, Mark); 11] = [
    ("lost", Mark::Lost),
    ("again", Mark::Again),
    ("corrupt", Mark::Corrupt),
    ("anyhow", Mark::Anyhow),
    ("twice", Mark::Twice),
    ("late", Mark::Late),
    ("fast", Mark::Fast),
    ("timeout", Mark::Timeout),
    ("duplicate", Mark::Duplicate),
    ("sack", Mark::Sack),
    ("injected", Mark::Injected),
];

pub(super) const ENDS: [(&str, Ends); 4] =
    [("rearmed", Ends::Rearmed), ("expired", Ends::Expired), ("reused", Ends::Reused), ("reset", Ends::Reset)];

/// The stable name of a kind or cause.
pub(super) fn key(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// Every cause by its stable name.
pub(super) fn causes() -> impl Iterator<Item = &'static str> {
    OPEN_CAUSES.iter().map(|(name, _)| *name).chain(CLOSE_CAUSES.iter().map(|(name, _)| *name))
}

/// Stable names of causes of openings; a test compares them with the schema.
const OPEN_CAUSES: [(&str, OpenCause); 23] = [
    ("syn-lost", OpenCause::SynLost),
    ("syn-ack-lost", OpenCause::SynAckLost),
    ("syn-ack-or-ack-lost", OpenCause::SynAckOrAckLost),
    ("syn-or-answer-lost", OpenCause::SynOrAnswerLost),
    ("third-ack-lost", OpenCause::ThirdAckLost),
    ("accept-queue-full", OpenCause::AcceptQueueFull),
    ("closed-port", OpenCause::ClosedPort),
    ("filtered", OpenCause::Filtered),
    ("withdrawn", OpenCause::Withdrawn),
    ("no-ack", OpenCause::NoAck),
    ("ack-too-late", OpenCause::AckTooLate),
    ("syn-scan", OpenCause::SynScan),
    ("stale-syn", OpenCause::StaleSyn),
    ("wrong-ack", OpenCause::WrongAck),
    ("old-connection", OpenCause::OldConnection),
    ("four-way", OpenCause::FourWay),
    ("five-way", OpenCause::FiveWay),
    ("net-unreachable", OpenCause::NetUnreachable),
    ("host-unreachable", OpenCause::HostUnreachable),
    ("protocol-unreachable", OpenCause::ProtocolUnreachable),
    ("port-unreachable", OpenCause::PortUnreachable),
    ("prohibited", OpenCause::Prohibited),
    ("time-exceeded", OpenCause::TimeExceeded),
];

/// Stable names of causes of closings.
const CLOSE_CAUSES: [(&str, CloseCause); 14] = [
    ("other-device", CloseCause::OtherDevice),
    ("closed-port", CloseCause::ClosedPort),
    ("fin-wait2-abandoned", CloseCause::FinWait2Abandoned),
    ("data-after-close", CloseCause::DataAfterClose),
    ("vanished-socket", CloseCause::VanishedSocket),
    ("abort-after-fin", CloseCause::AbortAfterFin),
    ("idle-timeout", CloseCause::IdleTimeout),
    ("peer-vanished", CloseCause::PeerVanished),
    ("closed-window", CloseCause::ClosedWindow),
    ("unread-data", CloseCause::UnreadData),
    ("mid-transfer", CloseCause::MidTransfer),
    ("linger-zero", CloseCause::LingerZero),
    ("abort", CloseCause::Abort),
    ("fin-behind-data", CloseCause::FinBehindData),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_go_by_the_names_of_the_timeline() {
        assert!(OPEN_CAUSES.iter().all(|(name, cause)| key(cause) == *name));
        for (name, cause) in CLOSE_CAUSES {
            assert_eq!(key(cause), name);
        }
    }
}
