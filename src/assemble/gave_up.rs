//! That a socket was given up is not on the wire: in SYN-SENT the program's own call tells, in SYN-RECEIVED and FIN-WAIT-2 the
//! kernel.

use crate::tcp::{Basis, CallName, Signal, State};
use crate::timeline::{Call, Connection, Detail, Event, StateChange};
use std::collections::HashSet;

/// The kernel's timers have run out.
const GIVEN_UP: &str = "ETIMEDOUT";

/// Gives the last SYN before a `connect` that timed out in SYN-SENT the change of state that came when the call returned.
pub(super) fn tell(events: &mut [Event]) {
    let returns: Vec<(u64, String, i64)> = events.iter().filter_map(given_up).collect();
    for (connection, endpoint, at_ns) in returns {
        let own = |event: &Event| event.connection == connection && event.t_ns <= at_ns;
        let mut changes = events.iter().filter(|event| own(event)).flat_map(|event| &event.states);
        let last = changes.rfind(|change| change.endpoint == endpoint).map(|change| change.to);
        let asks = |event: &Event| matches!(&event.detail, Detail::Segment(segment) if segment.from == endpoint);
        let asked = events.iter_mut().rev().find(|event| own(event) && asks(event));
        if let (Some(State::SynSent), Some(asked)) = (last, asked) {
            asked.states.push(StateChange {
                endpoint,
                from: last,
                from_basis: None,
                to: State::Closed,
                basis: Basis::Kernel,
                signal: Signal::UserTimeout.name().into(),
                rfc: "9293 3.8.3".into(),
                at_ns: Some(at_ns),
                evidence: None,
            });
        }
    }
}

/// Gives the last event before a socket was given up in this state the change of it. What came later found nobody.
pub(super) fn tell_of(events: &mut [Event], connection: u64, endpoint: &str, (from, at_ns): (State, i64)) {
    let own = |event: &Event| event.connection == connection && matches!(event.detail, Detail::Segment(_));
    let leaves = |change: &StateChange| change.endpoint == endpoint && change.from == Some(from);
    let time = |event: &Event, change: &StateChange| change.at_ns.unwrap_or(event.t_ns);
    let mut leaving = events.iter().filter(|event| own(event)).flat_map(|event| {
        event.states.iter().filter(|change| leaves(change)).map(|change| (time(event, change), change.to))
    });
    // A segment that ended it sooner was the end.
    if leaving.any(|(at, to)| at < at_ns || to != State::Closed) {
        return;
    }
    for event in events.iter_mut().filter(|event| own(event)) {
        event.states.retain(|change| !leaves(change));
    }
    if let Some(last) = events.iter_mut().rev().find(|event| own(event) && event.t_ns <= at_ns) {
        last.states.push(StateChange {
            endpoint: endpoint.into(),
            from: Some(from),
            from_basis: None,
            to: State::Closed,
            basis: Basis::Kernel,
            signal: Signal::UserTimeout.name().into(),
            rfc: if from == State::SynReceived { "9293 3.8.3" } else { "9293 3.6" }.into(),
            at_ns: Some(at_ns),
            evidence: None,
        });
    }
}

/// Whoever gave up, or closed without a FIN on the wire, stands where that led, unless more came.
pub(super) fn settle(connections: &mut [Connection], events: &[Event]) {
    let signals = [Signal::UserTimeout.name(), Signal::Close.name()];
    let gave_up = |change: &StateChange| signals.contains(&change.signal.as_str());
    let given_up: HashSet<u64> =
        events.iter().filter(|event| event.states.iter().any(gave_up)).map(|event| event.connection).collect();
    for connection in connections.iter_mut().filter(|connection| given_up.contains(&connection.id)) {
        let own = || events.iter().filter(|event| event.connection == connection.id).flat_map(|event| &event.states);
        let last = |endpoint: &str| own().rfind(|change| change.endpoint == endpoint).map(|change| change.to);
        let (client, server) = (last(&connection.client), last(&connection.server));
        let stood = &mut connection.last_states;
        (stood.client, stood.server) = (client.or(stood.client), server.or(stood.server));
    }
}

/// Which socket was given up, and when.
fn given_up(event: &Event) -> Option<(u64, String, i64)> {
    match &event.detail {
        Detail::Call(Call { call: CallName::Connect, error: Some(error), endpoint, took_ns, .. })
            if error == GIVEN_UP =>
        {
            Some((event.connection, endpoint.clone(), event.t_ns.saturating_add(took_ns.unwrap_or(0))))
        }
        _ => None,
    }
}
