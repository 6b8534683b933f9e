//! The states of both peers as slices: those that the segments show, and those that the kernel tells.

use super::arrange::Slice;
use super::tell;
use super::tracks::{Peer, Process, Track};
use crate::ladder::Side;
use crate::render::cells::name;
use crate::tcp::State;
use crate::timeline::{Connection, Event, StateChange};
use serde_json::{Map, Value};

/// A state from a time on.
struct Came {
    at_ns: i64,
    state: State,
    args: Map<String, Value>,
}

/// Puts the states of both peers on their tracks.
pub(super) fn all(connection: &Connection, events: &[&Event], process: &mut Process) {
    let begin_ns = events.iter().map(|event| event.t_ns).min().unwrap_or(connection.start_ns);
    let end_ns = tell::end_ns(connection, events);
    for side in Side::BOTH {
        let id = process.lanes.get(side).id.clone();
        let changes = events.iter().flat_map(|event| event.states.iter().map(move |change| (event, change)));
        let own: Vec<(&&Event, &StateChange)> = changes.filter(|(_, change)| change.endpoint == id).collect();
        let first = own.first().and_then(|(_, change)| change.from);
        let first = first.map(|state| Came { at_ns: begin_ns, state, args: Map::new() });
        let others = own.iter().map(|(event, change)| Came {
            at_ns: change.at_ns.unwrap_or(event.t_ns),
            state: change.to,
            args: args(change),
        });
        lay(Track::States(Peer::of(side)), first.into_iter().chain(others).collect(), end_ns, process);
        let told = connection.kernel_states.iter().filter(|told| told.endpoint == id);
        let told = told.map(|told| Came { at_ns: told.at_ns, state: told.state, args: Map::new() });
        lay(Track::Kernel(Peer::of(side)), told.collect(), end_ns, process);
    }
}

/// Each state lasts until the next one comes. One that lasted no time at all is passed over.
fn lay(track: Track, mut came: Vec<Came>, end_ns: i64, process: &mut Process) {
    came.sort_by_key(|came| came.at_ns);
    let next: Vec<i64> = came.iter().skip(1).map(|next| next.at_ns).chain([end_ns]).collect();
    for (Came { at_ns, state, args }, next_ns) in came.into_iter().zip(next) {
        if next_ns > at_ns {
            let name = state.name().to_string();
            process
                .slice(track, Slice { begin_ns: at_ns, end_ns: next_ns, cat: "state", name, args, ..Slice::default() });
        }
    }
}

fn args(change: &StateChange) -> Map<String, Value> {
    let mut args = Map::new();
    args.insert("basis".into(), name(&change.basis).into());
    args.insert("signal".into(), change.signal.as_str().into());
    args.insert("rfc".into(), change.rfc.as_str().into());
    args
}
