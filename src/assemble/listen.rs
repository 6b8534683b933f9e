//! LISTEN is not on the wire: where the program's own call is known, it says when a server came to it.

use crate::tcp::{Basis, CallName, Signal, State};
use crate::timeline::{Call, Detail, Event, StateChange};
use std::collections::HashSet;

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
