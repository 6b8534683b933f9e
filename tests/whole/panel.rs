//! Requests and responses as a network panel tells them: paired, timed, as HAR and as a waterfall.

use crate::support::web::{MS, page};
use synfin::analyze::Wishes;
use synfin::exchange::{Exchange, Outcome, Panel, Phase};

fn len(exchange: &Exchange<'_>, phase: Phase) -> Option<i64> {
    exchange.times.get(phase).map(|span| span.len_ns() / MS)
}

#[test]
fn requests_find_their_responses() {
    let timeline = page().timeline(Wishes::default());
    let panel = Panel::of(&timeline);
    let told: Vec<(u64, u64, &str, Option<u16>, Outcome, Option<u64>)> = panel
        .exchanges
        .iter()
        .map(|one| {
            let status = one.response.as_ref().map(|response| response.content.status);
            (one.connection.id, one.turn, one.url.as_str(), status, one.outcome(), one.follows)
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, 1, "http://example.org/old", Some(302), Outcome::Whole, None),
            (1, 2, "http://example.org/new?q=a+b&%E4%B8%AD=", Some(200), Outcome::Whole, Some(1)),
            (2, 1, "http://example.org/form", Some(404), Outcome::Whole, None),
            (1, 3, "http://example.org/a.png", Some(200), Outcome::Cut, None),
            (1, 4, "http://example.org/never", None, Outcome::Unanswered, None),
        ]
    );
    assert_eq!(panel.exchanges.iter().map(|one| one.interim).collect::<Vec<_>>(), [0, 0, 1, 0, 0]);
    assert_eq!(panel.exchanges[3].missing(), 100);
}

#[test]
fn each_part_takes_as_long_as_its_packets() {
    let timeline = page().timeline(Wishes::default());
    let panel = Panel::of(&timeline);
    let all = [Phase::Lookup, Phase::Connect, Phase::Idle, Phase::Send, Phase::Wait, Phase::Receive];
    let told: Vec<[Option<i64>; 6]> = panel.exchanges.iter().map(|one| all.map(|phase| len(one, phase))).collect();
    assert_eq!(
        told,
        [
            [None, Some(10), Some(1), Some(0), Some(10), Some(0)],
            [None, None, None, Some(0), Some(20), Some(20)],
            [None, Some(10), Some(7), Some(5), Some(20), Some(0)],
            [None, None, None, Some(0), Some(10), Some(4)],
            [None, None, None, Some(0), Some(20), None],
        ]
    );
    for exchange in &panel.exchanges {
        let sum: i64 = exchange.times.phases().iter().map(|(_, span)| span.len_ns()).sum();
        assert_eq!(sum, exchange.times.len_ns(), "no gap in {}", exchange.url);
    }
}
