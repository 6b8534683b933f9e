//! What the kernel alone can tell: that somebody listened, and that a program closed while its FIN waits behind data.

use crate::support::sequence::Sequence;
use crate::support::two_sides::TwoSides;
use crate::support::witnessed::{kernel, polled, question};
use synfin::tcp::{Basis, KernelWord, State};
use synfin::timeline::{CloseCause, CloseKind, StateChange, Timeline};

/// Data that never gets through, then the other side's FIN.
const STUCK: &str = "A > S 99:99(0) in 10
    +0.010 B > S. 299:299(0) ack 100 in 10
    +0.010 A > . 100:100(0) ack 300 in 10
    A > P. 100:110(10) ack 300 lost
    +0.2 A > P. 100:110(10) ack 300 lost
    +0.2 B > F. 300:300(0) ack 100 in 10
    +0.010 A > . 110:110(0) ack 301 in 10";

fn states(timeline: &Timeline, endpoint: &str) -> Vec<(State, Basis)> {
    let own = timeline.events.iter().flat_map(|event| &event.states).filter(|change| change.endpoint == endpoint);
    own.map(|change| (change.to, change.basis)).collect()
}

fn closing_client(is_closed: bool) -> Vec<KernelWord> {
    let mut words = vec![kernel(true, 1.0, Some(State::SynSent)), kernel(true, 21.0, Some(State::Established))];
    words.extend(is_closed.then(|| kernel(true, 30.0, Some(State::FinWait1))));
    let end = if is_closed { State::Closing } else { State::CloseWait };
    words.extend([431.0, 500.0].map(|at| kernel(true, at, Some(end))));
    words
}

#[test]
fn a_fin_behind_data_is_the_kernel_s_to_tell() {
    let sides = TwoSides::of(&Sequence::parse(STUCK), true);
    let timeline = polled(&sides, &closing_client(true));
    let connection = &timeline.connections[0];
    assert!(connection.kernel_agreement.as_ref().unwrap().agrees, "{:?}", connection.kernel_agreement);
    assert_eq!((connection.close.kind, connection.close.basis), (CloseKind::HalfClosed, Basis::Kernel));
    assert_eq!(connection.close.cause, Some(CloseCause::FinBehindData));
    assert_eq!(connection.close.active_closer.as_deref(), Some("e1"));
    assert_eq!(
        (connection.last_states.client, connection.last_states.server),
        (Some(State::Closing), Some(State::FinWait2))
    );
    assert!(connection.verdict.en.contains("closed first by the client"), "{}", connection.verdict.en);
    let client = states(&timeline, "e1");
    assert_eq!(client[2..], [(State::FinWait1, Basis::Kernel), (State::Closing, Basis::Kernel)]);
}

#[test]
fn who_has_not_closed_is_not_said_to_have() {
    let sides = TwoSides::of(&Sequence::parse(STUCK), true);
    let timeline = polled(&sides, &closing_client(false));
    let connection = &timeline.connections[0];
    assert_eq!((connection.close.kind, connection.close.cause), (CloseKind::HalfClosed, None));
    assert_eq!(connection.close.active_closer.as_deref(), Some("e2"));
    assert!(connection.close.why.en.ends_with("the client has not closed"), "{}", connection.close.why.en);
}

/// The word of a kernel on a listener.
fn listens(at_ms: f64, local: &str) -> KernelWord {
    let any = if local.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
    let word = kernel(false, at_ms, Some(State::Listen));
    KernelWord { local: local.parse().unwrap(), remote: any.parse().unwrap(), cookie: Some(7), ..word }
}

#[test]
fn a_listener_at_every_address_is_the_kernel_s_word() {
    let server = |word: KernelWord| {
        let timeline = polled(&question(), &[word]);
        let mut own =
            timeline.events.into_iter().flat_map(|event| event.states).filter(|change| change.endpoint == "e2");
        let StateChange { from, from_basis, .. } = own.next().unwrap();
        assert_eq!(from, Some(State::Listen));
        from_basis
    };
    for local in ["10.0.0.2:80", "0.0.0.0:80", "[::]:80", "[::ffff:10.0.0.2]:80"] {
        assert_eq!(server(listens(-5.0, local)), Some(Basis::Kernel), "{local}");
    }
    for (at, local) in [(-5.0, "10.0.0.2:81"), (-5.0, "10.0.0.9:80"), (-5.0, "[fd00::2]:80"), (40.0, "0.0.0.0:80")] {
        assert_eq!(server(listens(at, local)), None, "{local}");
    }
}
