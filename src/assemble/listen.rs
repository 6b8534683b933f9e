//! LISTEN is not on the wire: where the program's own call is known, it says when a server came to it; else the kernel may say that
//! it was there.

use crate::tcp::{Basis, CallName, Signal, State};
use crate::timeline::{Call, Detail, Event, StateChange};
use std::collections::HashSet;

/// Says of each change from LISTEN that nothing told before whether the kernel did; `listened` knows of an endpoint and a time.
pub(super) fn hear(events: &mut [Event], listened: &dyn Fn(&str, i64) -> bool) {
    let mut told: HashSet<(u64, String)> = HashSet::new();
    for event in events {
        let (connection, t_ns) = (event.connection, event.t_ns);
        for change in &mut event.states {
            let is_first = told.insert((connection, change.endpoint.clone()));
            if is_first && change.from == Some(State::Listen) {
                let at = change.at_ns.unwrap_or(t_ns);
                change.from_basis = listened(&change.endpoint, at).then_some(Basis::Kernel);
            }
        }
    }
}

/// Gives each `listen` that succeeded its change of state, where the connection's server is later seen to have listened.
pub(super) fn tell(events: &mut [Event]) {
    if !events.iter().any(|event| matches!(event.detail, Detail::Call(_))) {
        return;
    }
    // Whoever changes from LISTEN first of all; known from the end.
    let mut from_listen: HashSet<(u64, String)> = HashSet::new();
    for event in events.iter_mut().rev() {
        if let Detail::Call(Call { call: CallName::Listen, error: None, endpoint, .. }) = &event.detail
            && from_listen.remove(&(event.connection, endpoint.clone()))
        {
            event.states.push(StateChange {
                endpoint: endpoint.clone(),
                from: Some(State::Closed),
                from_basis: None,
                to: State::Listen,
                basis: Basis::Kernel,
                signal: Signal::PassiveOpen.name().into(),
                rfc: "9293 3.10.1".into(),
                at_ns: None,
                evidence: None,
            });
        }
        for change in event.states.iter().rev() {
            let whose = (event.connection, change.endpoint.clone());
            match change.from {
                Some(State::Listen) => from_listen.insert(whose),
                _ => from_listen.remove(&whose),
            };
        }
    }
}
