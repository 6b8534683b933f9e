//! What a timeline may never say, and no schema can forbid.

use std::collections::HashMap;
use synfin::tcp::State;
use synfin::timeline::{Detail, Timeline};

/// Panics where a timeline contradicts itself: ids, references, the chain of states of each peer.
#[track_caller]
pub fn assert_sound(timeline: &Timeline) {
    let mut stood: HashMap<(u64, &str), _> = HashMap::new();
    let count = timeline.events.len() as u64;
    for (place, event) in timeline.events.iter().enumerate() {
        let id = event.id;
        assert_eq!(id, place as u64 + 1);
        let connection = timeline.connection(event.connection).expect("an event belongs to a connection");
        let known = |id: &str| id == connection.client || id == connection.server;
        let mut references: Vec<u64> = event.notes.iter().flat_map(|note| note.related.clone()).collect();
        references.extend(event.states.iter().filter_map(|change| change.evidence));
        if let Detail::Segment(segment) = &event.detail {
            assert!(known(&segment.from) && known(&segment.to), "event {id}: foreign endpoints");
            references.extend(segment.repeats);
        }
        for other in references {
            assert!((1..=count).contains(&other), "event {id} speaks of event {other} of {count}");
            let other = &timeline.events[other as usize - 1];
            assert_eq!(other.connection, event.connection, "event {id} speaks of another connection's event");
        }
        for change in &event.states {
            assert!(known(&change.endpoint), "event {id}: a stranger changes its state");
            let before = stood.insert((event.connection, change.endpoint.as_str()), change.to);
            if let Some(before) = before {
                // To listen, or to give up listening, is a program's call: not on the wire.
                let at_rest = |state| matches!(state, State::Closed | State::Listen);
                let follows = change.from == Some(before) || at_rest(before) && change.from.is_some_and(at_rest);
                assert!(follows, "event {id}: {change:?} does not follow from {before}");
            }
        }
    }
    for connection in &timeline.connections {
        let ends =
            [(&connection.client, connection.last_states.client), (&connection.server, connection.last_states.server)];
        for (endpoint, last) in ends {
            if let Some(stood) = stood.get(&(connection.id, endpoint.as_str())) {
                assert_eq!(last, Some(*stood), "connection {}, {endpoint}: last state", connection.id);
            }
            assert!(timeline.endpoint(endpoint).is_some());
        }
    }
    for (place, step) in timeline.steps.iter().enumerate() {
        assert_eq!(step.n, place as u64 + 1);
        assert!(step.events.iter().all(|id| (1..=count).contains(id)));
    }
}
