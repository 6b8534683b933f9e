//! How far each side has come in Zeek's eyes, and the `conn_state` that it logs. Zeek knows seven states, takes a FIN for
//! closed as soon as it is seen, and checks no sequence number: it is told beside our own verdict, not in its place.

use crate::tcp::{Flags, Peer};

/// Zeek's states of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Endpoint {
    #[default]
    Inactive,
    SynSent,
    SynAckSent,
    /// Traffic without a handshake.
    Partial,
    Established,
    /// A FIN was seen.
    Closed,
    Reset,
}

/// Both endpoints, each with the state before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Endpoints {
    states: [Endpoint; 2],
    before: [Endpoint; 2],
}

impl Endpoints {
    fn set(&mut self, peer: Peer, state: Endpoint) {
        let now = peer.of_mut(&mut self.states);
        if *now != state {
            *peer.of_mut(&mut self.before) = std::mem::replace(now, state);
        }
    }

    /// Whether a window that this side closes is worth a letter: not when nothing is to come any more.
    pub(super) fn minds_window(&self, peer: Peer) -> bool {
        *(!peer).of(&self.states) != Endpoint::Closed && *peer.of(&self.states) != Endpoint::Reset
    }

    /// Nothing of this side counted so far. Later only SYN, FIN and RST count.
    #[inline]
    pub(super) fn is_inactive(&self, peer: Peer) -> bool {
        *peer.of(&self.states) == Endpoint::Inactive
    }

    pub(super) fn note(&mut self, peer: Peer, flags: Flags, len: u32) {
        let other = !peer;
        match *peer.of(&self.states) {
            Endpoint::Inactive => self.first(peer, flags, len),
            Endpoint::SynSent | Endpoint::SynAckSent => {
                if flags.fin() {
                    self.set(peer, Endpoint::Closed);
                }
                if flags.rst() {
                    self.set(peer, Endpoint::Reset);
                }
            }
            state @ (Endpoint::Established | Endpoint::Partial) => {
                let starts = flags.syn() && !flags.ack() && *other.of(&self.states) == Endpoint::Inactive;
                if starts && state == Endpoint::Partial {
                    self.set(peer, Endpoint::SynSent);
                }
                if flags.fin() && !flags.rst() {
                    self.set(peer, Endpoint::Closed);
                    // A FIN and then a RST is an ordinary end after all.
                    if *other.of(&self.states) == Endpoint::Reset && *other.of(&self.before) == Endpoint::Closed {
                        self.set(other, Endpoint::Closed);
                    }
                }
                if flags.rst() {
                    self.set(peer, Endpoint::Reset);
                }
            }
            Endpoint::Closed if flags.rst() && *other.of(&self.states) != Endpoint::Closed => {
                self.set(peer, Endpoint::Reset);
            }
            Endpoint::Closed | Endpoint::Reset => {}
        }
    }

    /// The first segment of a side.
    fn first(&mut self, peer: Peer, flags: Flags, len: u32) {
        let other = *(!peer).of(&self.states);
        if flags.syn() {
            match peer {
                Peer::A if flags.ack() => self.set(peer, Endpoint::SynAckSent),
                Peer::A => self.set(peer, Endpoint::SynSent),
                Peer::B => {
                    if other == Endpoint::SynSent {
                        self.set(Peer::A, Endpoint::Established);
                    }
                    self.set(peer, Endpoint::Established);
                }
            }
        }
        if flags.fin() {
            self.set(peer, Endpoint::Closed);
        }
        if flags.rst() {
            self.set(peer, Endpoint::Reset);
        }
        if *peer.of(&self.states) != Endpoint::Inactive {
            return;
        }
        // An acknowledgment without SYN that answers a SYN counts for nothing yet.
        let only_acknowledges = peer == Peer::B && len == 0 && other == Endpoint::SynSent;
        if flags.ack() && other == Endpoint::Established {
            self.set(peer, Endpoint::Established);
        } else if !only_acknowledges {
            self.set(peer, Endpoint::Partial);
        }
    }

    /// The `conn_state`, in the order of Zeek's own tests.
    pub(super) fn conn_state(&self, history: &str, has_data: bool) -> &'static str {
        use Endpoint::{Closed, Established, Inactive, Partial, Reset, SynAckSent, SynSent};
        let [opener, answerer] = self.states;
        let is_silent = |state: Endpoint| matches!(state, Inactive | Partial);
        match (opener, answerer) {
            (SynSent | SynAckSent, Reset) => "REJ",
            (Reset, Reset) if !has_data => "REJ",
            (opener, Reset) if is_silent(opener) => "RSTRH",
            (_, Reset) => "RSTR",
            (Reset, answerer) if !is_silent(answerer) => "RSTO",
            (Reset, _) if is_stealth(history) => "RSTOS0",
            (Reset, _) => "OTH",
            (Closed, Closed) => "SF",
            (Closed, answerer) if is_silent(answerer) => "SH",
            (Closed, _) => "S2",
            (opener, Closed) if is_silent(opener) => "SHR",
            (_, Closed) => "S3",
            (SynSent, Inactive) => "S0",
            (Established, Established) => "S1",
            _ => "OTH",
        }
    }
}

/// A SYN and then a RST of the opener, with nothing of it between that would count.
fn is_stealth(history: &str) -> bool {
    let history = history.strip_prefix('^').unwrap_or(history);
    let Some(rest) = history.strip_prefix('S') else { return false };
    let until = rest.find(['H', 'A', 'F', 'G', 'I', 'Q', 'R']);
    until.and_then(|at| rest.get(at..)).is_some_and(|rest| rest.starts_with('R'))
}
