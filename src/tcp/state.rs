//! The eleven states of a connection (RFC 9293 3.3.2).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A state of one peer, by the RFC's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum State {
    /// Waits for anybody's SYN.
    Listen,
    /// Has sent a SYN and waits for the answer.
    SynSent,
    /// Has received and sent a SYN and waits for the acknowledgment of its own.
    SynReceived,
    /// Open: data flows both ways.
    Established,
    /// Has sent its FIN and waits for the acknowledgment of it.
    #[serde(rename = "FIN-WAIT-1")]
    FinWait1,
    /// Its FIN is acknowledged; waits for the other one.
    #[serde(rename = "FIN-WAIT-2")]
    FinWait2,
    /// Has received a FIN; its own program has not closed yet.
    CloseWait,
    /// Both FINs are sent and crossed; waits for the acknowledgment of its own.
    Closing,
    /// Has received a FIN and sent its own; waits for the last acknowledgment.
    LastAck,
    /// All is done; waits 2MSL for what may still come.
    TimeWait,
    /// No connection.
    Closed,
}

impl State {
    /// All states, in the RFC's order.
    pub const ALL: [State; 11] = [
        State::Listen,
        State::SynSent,
        State::SynReceived,
        State::Established,
        State::FinWait1,
        State::FinWait2,
        State::CloseWait,
        State::Closing,
        State::LastAck,
        State::TimeWait,
        State::Closed,
    ];

    /// The RFC's name, hyphens and all.
    pub fn name(self) -> &'static str {
        match self {
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
            State::Closed => "CLOSED",
        }
    }

    /// The state that bears this name.
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether both sides know each other's initial sequence number (RFC 9293 3.5.3: the "synchronized" states).
    pub fn is_synchronized(self) -> bool {
        !matches!(self, State::Listen | State::SynSent | State::SynReceived | State::Closed)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_names_are_the_rfc_names() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).ok(), Some(state.name().into()));
            assert_eq!(State::from_name(state.name()), Some(state));
        }
    }
}
