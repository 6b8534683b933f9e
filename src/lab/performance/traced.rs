//! What the tracepoints told, put beside what the kernel answered: states to the microsecond, and deeds. They tell of every
//! socket of the machine and name no network, so what our own wire does not bear out is another's, and left out.

use crate::decode::{Decoded, Decoder};
use crate::lab::kernel::tracer::{Event, Traced};
use crate::lab::kernel::witness::Seen;
use crate::lab::wire::Record;
use crate::source::{Frame, LinkType};
use crate::tcp::{KernelAct, KernelDeed, State, Timestamp};
use std::collections::HashMap;
use std::net::SocketAddr;

/// A trace may be that much ahead of the answer in which its socket was first seen.
const BEFORE_NS: i64 = 50_000_000;
/// Between a deed and its frame on the wire lies no more, on a busy machine either.
const BESIDE_NS: i64 = 250_000_000;

/// Puts the states into those that were seen, and gives the deeds that the wire bears out.
///
/// A full socket's states are taken from the tracepoints, which miss none; LISTEN, SYN-RECEIVED, TIME-WAIT, and FIN-WAIT-2 of a
/// socket without a program are no full sockets, so for these the answers stand.
pub(super) fn join(seen: &mut [Seen], record: &Record, traced: Vec<Traced>) -> Vec<KernelAct> {
    // Without root nobody needs the frames.
    if traced.is_empty() {
        return Vec::new();
    }
    let frames = Frames::of(record);
    let mut acts = Vec::new();
    let mut changes: HashMap<usize, Vec<(Timestamp, State, State)>> = HashMap::new();
    for Traced { local, remote, at, event } in traced {
        match event {
            Event::Became { from, to } => {
                if let Some(place) = whose(seen, local, remote, at, to) {
                    changes.entry(place).or_default().push((at, from, to));
                }
            }
            // No socket needs to be there: a RST may say just that.
            Event::Did(deed) if frames.bear_out(local, remote, at, &deed) => {
                acts.push(KernelAct { local, remote, at, deed });
            }
            Event::Did(_) => {}
        }
    }
    for (place, changes) in changes {
        let Some(seen) = seen.get_mut(place) else { continue };
        if !is_of_one(&changes) {
            acts.retain(|act| (act.local, act.remote) != (seen.local, seen.remote));
        } else if has_all(&changes, seen) {
            settle(seen, &changes);
        }
    }
    acts
}

/// The socket that came to this state: where ports are used again, the youngest that had begun. One that is about to be seen
/// for the first time is meant where none had, and always by SYN-SENT, with which a socket begins.
fn whose(seen: &[Seen], local: SocketAddr, remote: SocketAddr, at: Timestamp, state: State) -> Option<usize> {
    let is_there = |seen: &Seen, from: i64| {
        let begun = seen.states.first().is_some_and(|(first, _)| at >= first.add_ns(from));
        let is_over = seen.states.iter().any(|(since, state)| *state == State::TimeWait && *since <= at);
        let is_gone = seen.gone.is_some_and(|gone| at > gone);
        (seen.local, seen.remote) == (local, remote) && begun && !is_over && !is_gone
    };
    let early = || seen.iter().rposition(|seen| is_there(seen, -BEFORE_NS));
    let begun = || seen.iter().rposition(|seen| is_there(seen, 0));
    if state == State::SynSent { early() } else { begun().or_else(early) }
}

/// No full socket comes to a state twice, and each change begins where the one before ended. Another lab on this machine has
/// the same addresses and now and then the same ports, and tracepoints do not tell in which namespace they are: then only the
/// answers can be trusted.
fn is_of_one(changes: &[(Timestamp, State, State)]) -> bool {
    let mut later = changes.iter().enumerate().map(|(place, (_, _, to))| (to, changes.iter().skip(place + 1)));
    let is_chain = changes.iter().zip(changes.iter().skip(1)).all(|((_, _, to), (_, from, _))| to == from);
    is_chain && later.all(|(state, mut later)| later.all(|(_, _, to)| to != state))
}

/// Whether nothing is missing that the answers have, as where a buffer overflowed.
fn has_all(changes: &[(Timestamp, State, State)], seen: &Seen) -> bool {
    let must_be = |state: &State| is_told(*state) && !matches!(state, State::SynSent | State::FinWait2);
    let answered = seen.states.iter().map(|(_, state)| state).filter(|state| must_be(state));
    answered.into_iter().all(|state| changes.iter().any(|(_, _, to)| to == state))
}

fn settle(seen: &mut Seen, changes: &[(Timestamp, State, State)]) {
    let told = changes.iter().map(|(at, _, to)| (*at, *to)).filter(|(_, state)| is_told(*state));
    let opened = changes.iter().find(|(_, _, to)| *to == State::Established).map(|(at, ..)| *at);
    seen.states.retain(|(at, state)| match state {
        State::Listen | State::TimeWait | State::FinWait2 => true,
        // A tracepoint tells of SYN-SENT before the socket has a port.
        State::SynSent | State::SynReceived => opened.is_none_or(|opened| *at < opened),
        _ => false,
    });
    seen.states.extend(told);
    seen.states.sort_by_key(|(at, _)| *at);
    seen.states.dedup_by_key(|(_, state)| *state);
}

/// Whether a tracepoint tells of this state when it is so. A SYN-RECEIVED is told when it is over, TIME-WAIT as CLOSE.
fn is_told(state: State) -> bool {
    use State::{CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, SynSent};
    matches!(state, SynSent | Established | FinWait1 | FinWait2 | CloseWait | LastAck | Closing)
}

/// When each sender's segments were on the wire, and whether they were RSTs.
struct Frames(HashMap<(SocketAddr, SocketAddr), Vec<(Timestamp, bool)>>);

impl Frames {
    fn of(record: &Record) -> Frames {
        let mut decoder = Decoder::new();
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for sighting in &record.sightings {
            let bytes = sighting.bytes.as_slice();
            let wire_len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            let frame =
                Frame { number: 0, time: sighting.time, link: LinkType::ETHERNET, wire_len, bytes, interface: 0 };
            if let Decoded::Segment(segment) = decoder.decode(&frame) {
                all.entry((segment.src, segment.dst)).or_default().push((sighting.time, segment.flags.rst()));
            }
        }
        all.values_mut().for_each(|frames| frames.sort_by_key(|(time, _)| *time));
        Frames(all)
    }

    fn bear_out(&self, local: SocketAddr, remote: SocketAddr, at: Timestamp, deed: &KernelDeed) -> bool {
        let (way, is_reset) = match deed {
            KernelDeed::SentAgain => ((local, remote), false),
            KernelDeed::SentReset(_) => ((local, remote), true),
            KernelDeed::TookReset => ((remote, local), true),
        };
        let frames = self.0.get(&way).map_or(&[][..], Vec::as_slice);
        let first = frames.partition_point(|(time, _)| time.since(at) < -BESIDE_NS);
        let beside = frames.iter().skip(first).take_while(|(time, _)| time.since(at) <= BESIDE_NS);
        beside.into_iter().any(|(_, reset)| *reset == is_reset)
    }
}

#[cfg(test)]
#[path = "traced/tests.rs"]
mod tests;
