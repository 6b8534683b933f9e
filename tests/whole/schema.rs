//! The published schema: unchanged but on purpose, and true.

use crate::program::synfin;
use crate::support::{contract, life};
use serde_json::json;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/timeline.schema.json");

#[test]
fn the_schema_is_the_golden_one() {
    let printed = synfin(&["schema"]).output().unwrap();
    assert!(printed.status.success());
    let printed = String::from_utf8(printed.stdout).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &printed).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default();
    assert!(
        printed == golden,
        "synfin schema differs from tests/golden/timeline.schema.json.\n\
         Readers of version 1 rely on it: changes may only add. If this one does, take it over with:\n  \
         UPDATE_GOLDEN=1 cargo test --test whole the_schema_is_the_golden_one"
    );
}

#[test]
fn timelines_made_by_hand_are_valid() {
    let lives = [
        life::download(),
        life::followed(),
        life::refused(),
        life::reset(),
        life::simultaneous_close(),
        life::unanswered(),
        life::half_close_ipv6(),
        life::lost_syn_and_fold(),
        life::many(),
    ];
    for timeline in lives {
        contract::json(&timeline);
    }
}

#[test]
fn what_is_not_a_timeline_is_not_valid() {
    let good = contract::json(&life::download());
    let breaks: [(&str, serde_json::Value); 8] = [
        ("/schema", json!("synfin-timeline/2")),
        ("/source/vantage", json!("elsewhere")),
        ("/connections/0/open/kind", json!("four-way")),
        ("/connections/0/last_states/client", json!("TIME_WAIT")),
        ("/events/0/kind", json!(7)),
        ("/events/0/seq", json!("0")),
        ("/events/0/t_ns", json!(0.5)),
        ("/events/0/flags", json!("SYN")),
    ];
    for (place, value) in breaks {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = value;
        let judged = std::panic::catch_unwind(|| contract::assert_valid(&bad));
        assert!(judged.is_err(), "{place} may not be {}", bad.pointer(place).unwrap());
    }
}

/// Readers pass over what a later version adds; so does the schema, and so does `synfin render`.
#[test]
fn what_a_later_version_adds_is_passed_over() {
    let mut later = contract::json(&life::download());
    later["new"] = json!(1);
    later["connections"][0]["new"] = json!({});
    later["events"][0]["new"] = json!("text");
    let mut event = later["events"][1].clone();
    event["kind"] = json!("telepathy");
    later["events"][1] = event;
    contract::assert_valid(&later);
    let timeline: synfin::timeline::Timeline = serde_json::from_value(later).unwrap();
    assert_eq!(timeline.events[1].detail, synfin::timeline::Detail::Unknown);
}
