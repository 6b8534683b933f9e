//! While a FIN waits behind data, the wire does not show that its program has closed (RFC 9293 3.10.4): the kernel does.

use super::kernel::{Heard, History};
use crate::annotate::verdict::UnsentFin;
use crate::tcp::{Basis, Peer, Signal, State, Timestamp};
use crate::timeline::{Detail, Event, StateChange};
use crate::track::Connection;

/// Whose FIN waited to the end; of both the one that closed first.
pub(super) fn of(connection: &Connection, kernel: &Heard, start: Timestamp) -> Option<UnsentFin> {
    let waiting = Peer::BOTH.into_iter().filter(|peer| history(connection, *peer, kernel).is_some());
    let told = waiting.filter_map(|peer| Some((kernel.told_to_close(connection.id, peer)?.0, peer)));
    let (at, peer) = told.min_by_key(|(at, _)| *at)?;
    let other = connection.receiver_of(peer).of(&connection.closing.fin);
    Some(UnsentFin { peer, is_first: other.is_none_or(|fin| at < fin.first.time.since(start)) })
}

/// What the kernel said of a peer that it was told to close, and whose FIN was never sent.
pub(super) fn history<'h>(connection: &Connection, peer: Peer, kernel: &'h Heard) -> Option<&'h History> {
    let closing = &connection.closing;
    let is_unsent = peer.of(&closing.fin).is_none() && peer.of(&closing.reset).is_none();
    kernel.told_to_close(connection.id, peer).filter(|_| is_unsent)?;
    kernel.history(connection.id, peer)
}

/// Gives the last segment before the close the change of state, and what comes after it its true states.
pub(super) fn tell_of(events: &mut [Event], connection: u64, endpoint: &str, history: &History) {
    let closes = |(_, state): &&(i64, State)| matches!(state, State::FinWait1 | State::LastAck);
    let Some((at_ns, closed)) = history.changes.iter().find(closes).copied() else { return };
    let time = |event_ns: i64, change: &StateChange| change.at_ns.unwrap_or(event_ns);
    let mut before: Option<(i64, State)> = None;
    let mut state = closed;
    let mut last = None;
    for (place, event) in events.iter_mut().enumerate().filter(|(_, event)| event.connection == connection) {
        let event_ns = event.t_ns;
        for change in event.states.iter_mut().filter(|change| change.endpoint == endpoint) {
            let at = time(event_ns, change);
            if at <= at_ns {
                if before.is_none_or(|(latest, _)| latest <= at) {
                    before = Some((at, change.to));
                }
                continue;
            }
            change.from = Some(state);
            if (state, change.to) == (State::FinWait1, State::CloseWait) {
                let is_told = history.changes.iter().any(|(_, state)| *state == State::Closing);
                change.to = State::Closing;
                change.basis = if is_told { Basis::Kernel } else { Basis::Inferred };
            }
            state = change.to;
        }
        if event_ns <= at_ns && matches!(event.detail, Detail::Segment(_)) {
            last = Some(place);
        }
    }
    if let (Some((_, from)), Some(last)) = (before, last.and_then(|place| events.get_mut(place))) {
        last.states.push(StateChange {
            endpoint: endpoint.into(),
            from: Some(from),
            from_basis: None,
            to: closed,
            basis: Basis::Kernel,
            signal: Signal::Close.name().into(),
            rfc: "9293 3.10.4".into(),
            at_ns: Some(at_ns),
            evidence: None,
        });
    }
}
