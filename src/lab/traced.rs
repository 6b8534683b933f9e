//! What the tracepoints told, put beside what the kernel answered: states to the microsecond, and deeds.

use super::tracer::{Deed, Traced};
use super::witness::Seen;
use crate::tcp::{KernelAct, State, Timestamp};
use std::net::SocketAddr;

/// A trace may be that much ahead of the answer in which its socket was first seen.
const BEFORE_NS: i64 = 50_000_000;

/// Puts the states into those that were seen, and gives the deeds of the same sockets.
///
/// A full socket's states are taken from the tracepoints, which miss none; LISTEN, SYN-RECEIVED, TIME-WAIT, and FIN-WAIT-2 of a
/// socket without a program are no full sockets, so for these the answers stand.
pub(super) fn join(seen: &mut [Seen], traced: Vec<Traced>) -> Vec<KernelAct> {
    let mut acts = Vec::new();
    for Traced { local, remote, at, deed } in traced {
        match deed {
            Deed::Became(state) => {
                if let Some(seen) = whose(seen, local, remote, at, state) {
                    seen.traced.push((at, state));
                }
            }
            // No socket needs to be there: a RST may say just that.
            Deed::SentAgain => acts.push(KernelAct { local, remote, at, reset: None }),
            Deed::SentReset(why) => acts.push(KernelAct { local, remote, at, reset: Some(why) }),
        }
    }
    for seen in seen.iter_mut().filter(|seen| !seen.traced.is_empty()) {
        if is_of_one(&seen.traced) {
            settle(seen);
        } else {
            seen.traced.clear();
            acts.retain(|act| (act.local, act.remote) != (seen.local, seen.remote));
        }
    }
    acts
}

/// The socket that came to this state: where ports are used again, the youngest that had begun. One that is about to be seen
/// for the first time is meant where none had, and always by SYN-SENT, with which a socket begins.
fn whose(seen: &mut [Seen], local: SocketAddr, remote: SocketAddr, at: Timestamp, state: State) -> Option<&mut Seen> {
    let is_there = |seen: &Seen, from: i64| {
        let begun = seen.states.first().is_some_and(|(first, _)| at >= first.add_ns(from));
        let is_over = seen.states.iter().any(|(since, state)| *state == State::TimeWait && *since <= at);
        let is_gone = seen.gone.is_some_and(|gone| at > gone);
        (seen.local, seen.remote) == (local, remote) && begun && !is_over && !is_gone
    };
    let early = || seen.iter().rposition(|seen| is_there(seen, -BEFORE_NS));
    let begun = || seen.iter().rposition(|seen| is_there(seen, 0));
    let place = if state == State::SynSent { early() } else { begun().or_else(early) };
    seen.get_mut(place?)
}

/// No full socket comes to a state twice. Another lab on this machine has the same addresses and now and then the same ports,
/// and tracepoints do not tell in which namespace they are: then only the answers can be trusted.
fn is_of_one(traced: &[(Timestamp, State)]) -> bool {
    traced.iter().enumerate().all(|(place, (_, state))| traced.iter().skip(place + 1).all(|(_, later)| later != state))
}

fn settle(seen: &mut Seen) {
    let traced = std::mem::take(&mut seen.traced);
    let opened = traced.iter().find(|(_, state)| *state == State::Established).map(|(at, _)| *at);
    seen.states.retain(|(at, state)| match state {
        State::Listen | State::TimeWait | State::FinWait2 => true,
        // A tracepoint tells of SYN-SENT before the socket has a port.
        State::SynSent | State::SynReceived => opened.is_none_or(|opened| *at < opened),
        _ => false,
    });
    seen.states.extend(traced);
    seen.states.sort_by_key(|(at, _)| *at);
    seen.states.dedup_by_key(|(_, state)| *state);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_comes_twice_is_of_two_sockets() {
        let traced = |states: &[State]| states.iter().map(|state| (Timestamp(0), *state)).collect::<Vec<_>>();
        assert!(is_of_one(&traced(&[State::Established, State::CloseWait, State::LastAck])));
        let two = [State::Established, State::CloseWait, State::Established, State::LastAck, State::CloseWait];
        assert!(!is_of_one(&traced(&two)));
    }
}
