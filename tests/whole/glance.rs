//! The whole capture at a glance: what is gathered on the way is what the timeline says when it is asked afterwards.

use crate::cases;
use crate::support::talk::{self, Talk};
use proptest::prelude::*;
use synfin::overview;
use synfin::timeline::Overview;

/// Gathers both ways and compares.
#[track_caller]
fn check(name: &str, talk: &Talk) -> Overview {
    let timeline = talk.timeline(false);
    let gathered = timeline.overview.clone().unwrap();
    assert_eq!(gathered.connections, timeline.connections.len() as u64, "{name}");
    assert_eq!(gathered.opened.iter().map(|opened| opened.count).sum::<u64>(), gathered.connections, "{name}");
    assert_eq!(gathered.closed.iter().map(|closed| closed.count).sum::<u64>(), gathered.connections, "{name}");
    let end_ns = talk.end - talk.shots.first().map_or(talk.end, |shot| shot.time);
    assert_eq!(overview::of_timeline(&timeline, end_ns), gathered, "{name}");
    gathered
}

#[test]
fn gathered_on_the_way_or_afterwards_it_is_the_same() {
    let mut waits = 0;
    for (name, talk) in Talk::all() {
        waits += check(&name, &talk).time_wait.map_or(0, |waits| waits.count);
    }
    assert!(waits > 10, "only {waits} TIME-WAITs in all sequences");
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn so_it_is_for_any_conversation(talk in talk::random()) {
        check("random", &talk);
    }
}
