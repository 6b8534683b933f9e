//! TIME-WAIT where the kernel tells of it: what ends it and what does not.

use crate::support::sequence::Sequence;
use crate::support::two_sides::TwoSides;
use crate::support::witnessed::{kernel, polled};
use synfin::tcp::{KernelWord, State};
use synfin::timeline::{EndCause, Timeline};

/// The client waits from 40 ms on; the server's RST is sent at 70 ms and arrives at 80 ms.
const ASSASSINATED: &str = "A > S 99:99(0) in 10
    +0.010 B > S. 299:299(0) ack 100 in 10
    +0.010 A > . 100:100(0) ack 300 in 10
    A > F. 100:100(0) ack 300 in 10
    +0.010 B > F. 300:300(0) ack 101 in 10
    +0.010 A > . 101:101(0) ack 301 in 10
    +0.029 B > R 301:301(0) in 10";

/// The client's states, the last of them last seen at `until_ms`.
fn told(until_ms: f64, is_gone: bool) -> Vec<KernelWord> {
    let states = [(1.0, State::SynSent), (21.0, State::Established), (22.0, State::FinWait1), (42.0, State::TimeWait)];
    let mut words: Vec<KernelWord> = states.into_iter().map(|(at, state)| kernel(true, at, Some(state))).collect();
    words.push(kernel(true, until_ms, Some(State::TimeWait)));
    words.extend(is_gone.then(|| kernel(true, until_ms + 2.0, None)));
    words
}

fn notes(timeline: &Timeline) -> Vec<&str> {
    timeline.events.iter().flat_map(|event| &event.notes).map(|note| note.id.as_str()).collect()
}

#[test]
fn a_reset_ends_it_unless_the_kernel_waits_on() {
    let sides = TwoSides::of(&Sequence::parse(ASSASSINATED), true);
    let ended = polled(&sides, &told(79.0, true));
    assert_eq!(ended.connections[0].time_wait[0].end, EndCause::Reset);
    assert!(notes(&ended).contains(&"reset-in-time-wait") && !notes(&ended).contains(&"reset-ignored"));
    let waits = polled(&sides, &told(900.0, false));
    assert_eq!(waits.connections[0].time_wait[0].end, EndCause::CaptureEnded);
    assert!(notes(&waits).contains(&"reset-ignored") && !notes(&waits).contains(&"reset-in-time-wait"));
    assert_eq!(waits.connections[0].close.ignored_resets, 1);
    for timeline in [ended, waits] {
        let agreement = timeline.connections[0].kernel_agreement.clone().unwrap();
        assert!(agreement.agrees, "{agreement:?}");
    }
}

/// What the kernel says so soon after the RST may be older than its arrival.
#[test]
fn a_word_just_after_the_reset_proves_nothing() {
    let sides = TwoSides::of(&Sequence::parse(ASSASSINATED), true);
    let ended = polled(&sides, &told(95.0, true));
    assert_eq!(ended.connections[0].time_wait[0].end, EndCause::Reset);
}
