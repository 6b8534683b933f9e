//! What the kernel said of a connection, as the contract has it: its states, and whether they are those of the events.

use super::agree::{self, Sight, Unasked};
use super::kernel::Heard;
use crate::annotate::kernel::reset_reason;
use crate::tcp::{KernelDeed, Peer, Signal, State};
use crate::timeline::{
    Connection, EndCause, Event, KernelAct, KernelAgreement, KernelDifference, KernelSample, KernelState, OpenKind,
    Role, Text,
};

/// A busy kernel takes up what has come so much later than the wire gave it out, nanoseconds.
pub(crate) const BUSY_NS: i64 = 20_000_000;

/// Fills in what the kernel said of each connection. Where it went unasked for how long nobody told, nothing is judged.
pub(super) fn tell(connections: &mut [Connection], events: &[Event], kernel: &Heard) {
    for connection in connections {
        let ids = [connection.client.clone(), connection.server.clone()];
        let histories = Peer::BOTH.map(|peer| kernel.history(connection.id, peer));
        if histories.iter().all(Option::is_none) {
            continue;
        }
        let told = histories.iter().zip(&ids).filter_map(|(history, id)| Some(((*history)?, id)));
        connection.kernel_states = told
            .flat_map(|(history, id)| {
                let state = |(at_ns, state): &_| KernelState { endpoint: id.clone(), state: *state, at_ns: *at_ns };
                history.changes.iter().map(state)
            })
            .collect();
        connection.kernel_states.sort_by_key(|state| state.at_ns);
        let samples = Peer::BOTH.into_iter().zip(&ids).flat_map(|(peer, id)| {
            kernel.samples(connection.id, peer).iter().map(|(at_ns, sample)| KernelSample::of(id, *at_ns, sample))
        });
        connection.kernel_samples = samples.collect();
        connection.kernel_samples.sort_by_key(|sample| sample.at_ns);
        let acts = Peer::BOTH.into_iter().zip(&ids).flat_map(|(peer, id)| {
            let act = |(at_ns, deed): &(i64, KernelDeed)| {
                let act = KernelAct::of(id, *at_ns, deed);
                let text = act.reason.as_deref().and_then(reset_reason);
                KernelAct { text, ..act }
            };
            kernel.acts(connection.id, peer).iter().map(act)
        });
        connection.kernel_acts = acts.collect();
        connection.kernel_acts.sort_by_key(|act| act.at_ns);
        let Some(unasked) = kernel.unasked().map(with_busy) else { continue };
        let own: Vec<&Event> = events.iter().filter(|event| event.connection == connection.id).collect();
        if own.is_empty() {
            continue;
        }
        let differences = [Role::Client, Role::Server].into_iter().zip(histories.iter().zip(&ids));
        let first = differences
            .filter_map(|(role, (history, id))| {
                let history = (*history)?;
                let seen = history.changes.iter().map(|(at_ns, state)| Sight {
                    at_ns: *at_ns,
                    state: *state,
                    by_timer: false,
                });
                let seen: Vec<Sight> = seen.collect();
                let mut inferred = inferred(&own, id);
                // Whoever took the ports over is another connection: its SYN ended this one's TIME-WAIT.
                let taken = connection.time_wait.iter().find(|it| it.endpoint == **id && it.end == EndCause::Reused);
                inferred.extend(taken.map(|it| Sight { at_ns: it.end_ns, state: State::Closed, by_timer: false }));
                let found = agree::compare(&seen, history.until, &inferred, &unasked)?;
                Some(difference(role, id, found))
            })
            .min_by_key(|difference| difference.at_ns);
        let untold = ids.iter().zip(&histories).filter(|(_, history)| history.is_none());
        let mut untold: Vec<String> = untold.map(|(id, _)| id.clone()).collect();
        // One socket that is both ends is told of once.
        untold.retain(|_| connection.open.kind != OpenKind::SelfConnect);
        connection.kernel_agreement = Some(KernelAgreement { agrees: first.is_none(), difference: first, untold });
    }
}

fn with_busy(unasked: &Unasked) -> Unasked {
    let gaps = unasked.gaps.iter().map(|(from, to)| (*from, to.saturating_add(BUSY_NS)));
    Unasked { usual_ns: unasked.usual_ns.saturating_add(BUSY_NS), gaps: gaps.collect() }
}

/// The states that the events give an endpoint, by time.
fn inferred(events: &[&Event], id: &str) -> Vec<Sight> {
    let changes = events.iter().flat_map(|event| {
        let own = event.states.iter().filter(|change| change.endpoint == id);
        own.map(|change| (change.at_ns.unwrap_or(event.t_ns), change))
    });
    let mut sights = Vec::new();
    for (at_ns, change) in changes {
        if let (true, Some(state)) = (sights.is_empty(), change.from) {
            sights.push(Sight { at_ns: i64::MIN, state, by_timer: false });
        }
        let by_timer = change.signal == Signal::MslTimeout.name();
        sights.push(Sight { at_ns, state: change.to, by_timer });
    }
    sights.sort_by_key(|sight| sight.at_ns);
    sights
}

fn difference(role: Role, id: &str, found: agree::Difference) -> KernelDifference {
    let agree::Difference { at_ns, kernel, inferred } = found;
    let ms = at_ns as f64 / 1e6;
    let who = if role == Role::Client { ["the client", "客户端"] } else { ["the server", "服务器"] };
    let [en, zh] = who;
    let (kernel_name, inferred_name) = (kernel.name(), inferred.name());
    let text = Text::new(
        format!("the kernel has {en} in {kernel_name} where the packets say {inferred_name}, at {ms:.3} ms"),
        format!("在 {ms:.3} ms，内核中{zh}处于 {kernel_name}，而数据包表明是 {inferred_name}"),
    );
    KernelDifference { endpoint: id.into(), at_ns, kernel, inferred, text }
}
