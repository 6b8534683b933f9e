//! What is compared may have been written by anybody: numbers beyond all measure end nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use support::{contract, talk};
use synfin::compare::{Pair, Side};
use synfin::render::{Charset, Style, compare};
use synfin::timeline::{Lang, Timeline};

/// Every number that is reckoned with, as far out as it goes: times in turn at both ends.
fn push_out(value: &mut Value, turn: &mut bool) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| push_out(one, turn)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match name.as_str() {
                    "start_ns" => *field = i64::MIN.into(),
                    "end_ns" | "rtt_ns" | "two_msl_ns" | "received_ns" if field.is_number() => *field = i64::MAX.into(),
                    "t_ns" => {
                        *turn = !*turn;
                        *field = if *turn { i64::MAX } else { i64::MIN }.into();
                    }
                    "segments" | "bytes" | "count" if field.is_number() => *field = u64::MAX.into(),
                    _ => push_out(field, turn),
                }
            }
        }
        _ => {}
    }
}

fn hostile() -> Timeline {
    let mut timeline = contract::json(&talk::download(8080, 400).timeline(false));
    let events = timeline["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["kind"] == "run"), "nothing is folded");
    let mut more = timeline["connections"].as_array().unwrap().clone();
    timeline["connections"].as_array_mut().unwrap().append(&mut more);
    push_out(&mut timeline, &mut true);
    serde_json::from_value(timeline).unwrap()
}

#[test]
fn numbers_beyond_measure_are_the_largest() {
    let evil = hostile();
    let (a, b) = (Side::of("a", &evil), Side::of("b", &talk::download(8080, 4).timeline(true)));
    assert_eq!((a.cost.segments, a.cost.payload), (u64::MAX, u64::MAX));
    assert_eq!(a.cost.overhead.octets, u64::MAX);
    assert_eq!((a.cost.total_ns, a.cost.handshakes_ns), (i64::MAX, i64::MAX));
    assert!(a.bars.iter().flat_map(|bar| &bar.parts).any(|part| part.to_ns == i64::MAX));
    for (mut a, mut b) in [(a.clone(), b.clone()), (b.clone(), a.clone()), (a.clone(), a)] {
        for side in [&mut a, &mut b] {
            (side.cost.requests, side.cost.server_waits, side.cost.client_waits) = (u64::MAX, u64::MAX, u64::MAX);
        }
        let pairs = [i64::MIN, i64::MAX].map(|delay| Pair { delay_ns: Some(delay), a: a.clone(), b: b.clone() });
        for pairs in [&pairs[..], pairs.get(..1).unwrap()] {
            let mut out = Vec::new();
            compare::write(pairs, &Style::new(Lang::En, Charset::Unicode, 100), &mut out).unwrap();
            compare::json(pairs, &mut out).unwrap();
            assert!(!out.is_empty());
        }
    }
}
