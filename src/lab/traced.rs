//! What the tracepoints told, put beside what the kernel answered: states to the microsecond, and deeds.

use super::tracer::{Deed, Traced};
use super::witness::Seen;
use crate::tcp::{KernelAct, State, Timestamp};

/// A trace may be that much ahead of the answer in which its socket was first seen.
const BEFORE_NS: i64 = 50_000_000;

/// Puts the states into those that were seen, and gives the deeds of the same sockets.
///
/// A full socket's states are taken from the tracepoints, which miss none; LISTEN, SYN-RECEIVED, TIME-WAIT, and FIN-WAIT-2 of a
/// socket without a program are no full sockets, so for these the answers stand.
pub(super) fn join(seen: &mut [Seen], traced: Vec<Traced>) -> Vec<KernelAct> {
    let mut acts = Vec::new();
    for Traced { local, remote, at, deed } in &traced {
        let mut own = seen.iter_mut().filter(|seen| (seen.local, seen.remote) == (*local, *remote));
        let act = |deed: &Deed| match deed {
            Deed::Became(_) => None,
            Deed::SentAgain => Some(KernelAct { local: *local, remote: *remote, at: *at, reset: None }),
            Deed::SentReset(why) => {
                Some(KernelAct { local: *local, remote: *remote, at: *at, reset: Some(why.clone()) })
            }
        };
        match deed {
            Deed::Became(state) => {
                if let Some(seen) = own.find(|seen| covers(seen, *at)) {
                    seen.traced.push((*at, *state));
                }
            }
            // No socket needs to be there: a RST may say just that.
            deed => acts.extend(act(deed)),
        }
    }
    seen.iter_mut().filter(|seen| !seen.traced.is_empty()).for_each(settle);
    acts
}

fn covers(seen: &Seen, at: Timestamp) -> bool {
    let begun = seen.states.first().is_some_and(|(first, _)| at >= first.add_ns(-BEFORE_NS));
    begun && seen.gone.is_none_or(|gone| at <= gone)
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
