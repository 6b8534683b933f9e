//! The demo: a whole life, as root and as an ordinary user.

use crate::program::*;
use serde_json::Value;
use std::process::Command;

/// Whether an ordinary user may make a network of its own here; says so where not.
fn namespaces(program: &Program, test: &str) -> bool {
    let (code, _, err) = run(program.as_user().args(["demo", "--format", "json", "--octets", "1"]));
    if code == Some(3) {
        skipped(test, err.lines().next().unwrap_or("no private network"));
        return false;
    }
    true
}

fn timeline(command: &mut Command) -> Value {
    let (code, out, err) = run(command.args(["--format", "json"]));
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str(&out).unwrap()
}

/// The states that one endpoint went through.
fn states<'t>(timeline: &'t Value, endpoint: &str) -> Vec<&'t str> {
    let events = timeline["events"].as_array().unwrap();
    let changes = events.iter().flat_map(|event| event["states"].as_array().into_iter().flatten());
    changes.filter(|change| change["endpoint"] == endpoint).map(|change| change["to"].as_str().unwrap()).collect()
}

fn is_whole(timeline: &Value) {
    let connections = timeline["connections"].as_array().unwrap();
    assert_eq!(connections.len(), 1);
    let connection = &connections[0];
    assert_eq!(connection["open"]["kind"], "three-way");
    assert_eq!(connection["close"]["kind"], "four-segment");
    assert_eq!(connection["close"]["active_closer"], "e1");
    assert_eq!(connection["totals"]["server"]["bytes"].as_u64().unwrap(), 20_000 + "synfin: ok 20000\n".len() as u64);
    assert_eq!(states(timeline, "e1"), ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"]);
    assert_eq!(states(timeline, "e2"), ["SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]);
    let wait = &connection["time_wait"][0];
    assert_eq!(wait["basis"], "kernel");
    let left = wait["kernel"]["remaining_ns"].as_i64().unwrap();
    assert!((50_000_000_000..=60_100_000_000).contains(&left), "the kernel says {left} ns");
    for endpoint in timeline["endpoints"].as_array().unwrap() {
        assert!(endpoint["process"].as_str().unwrap().starts_with("synfin["));
    }
    let packets = &timeline["source"]["packets"];
    assert_eq!((packets["dropped"].as_u64(), packets["seen"].as_u64()), (Some(0), packets["decoded"].as_u64()));
}

#[test]
fn whoever_runs_the_tests_sees_a_whole_life() {
    let program = Program::new();
    if namespaces(&program, "whoever_runs_the_tests_sees_a_whole_life") {
        is_whole(&timeline(program.command().arg("demo")));
    }
}

#[test]
fn an_ordinary_user_sees_a_whole_life() {
    let program = Program::new();
    if namespaces(&program, "an_ordinary_user_sees_a_whole_life") {
        is_whole(&timeline(program.as_user().arg("demo")));
    }
}

#[test]
fn the_server_may_close_first_over_ipv6_in_three_segments() {
    let program = Program::new();
    if !namespaces(&program, "the_server_may_close_first_over_ipv6_in_three_segments") {
        return;
    }
    let options = ["demo", "--ipv6", "--close-first", "server", "--teardown", "three"];
    let timeline = timeline(program.as_user().args(options));
    let connection = &timeline["connections"][0];
    assert_eq!(connection["close"]["kind"], "three-segment");
    assert_eq!(connection["time_wait"][0]["endpoint"], "e2");
    assert_eq!(timeline["endpoints"][0]["ip"], "::1");
    assert_eq!(states(&timeline, "e2"), ["SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "TIME-WAIT"]);
    assert_eq!(states(&timeline, "e1"), ["SYN-SENT", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]);
}

/// The saved packets give the same story as the run that saved them.
#[test]
fn the_saved_packets_tell_the_same() {
    let program = Program::new();
    if !namespaces(&program, "the_saved_packets_tell_the_same") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("demo.pcap");
    let live = timeline(program.command().arg("demo").arg("-w").arg(&saved));
    let replayed = timeline(program.command().arg("replay").arg(&saved));
    let segments = |timeline: &Value| {
        let events = timeline["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "segment");
        events
            .map(|event| {
                [&event["t_ns"], &event["flags"], &event["seq"], &event["ack"], &event["len"]].map(Value::to_string)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(segments(&live), segments(&replayed));
    assert_eq!(live["connections"][0]["verdict"], replayed["connections"][0]["verdict"]);
}

/// A whole TIME-WAIT, until the kernel lets go of the socket. Takes a minute.
#[test]
fn follow_measures_time_wait() {
    let program = Program::new();
    if !namespaces(&program, "follow_measures_time_wait") {
        return;
    }
    let timeline = timeline(program.as_user().args(["demo", "--follow"]));
    let wait = &timeline["connections"][0]["time_wait"][0];
    assert_eq!(wait["end"], "expired");
    let took = wait["kernel"]["gone_ns"].as_i64().unwrap() - wait["begins_ns"].as_i64().unwrap();
    // 60 s, and what the kernel's timer wheel adds.
    assert!((59_900_000_000..68_000_000_000).contains(&took), "TIME-WAIT took {took} ns");
    assert_eq!(states(&timeline, "e1").last(), Some(&"CLOSED"));
}
