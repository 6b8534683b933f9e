//! The lab: real hosts, real sockets, a wire that does what it is told. Needs Linux and network namespaces; where these are
//! not allowed each test says SKIPPED.
#![cfg(all(feature = "capture", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::explicit_write)]

mod browser;
#[path = "../live/program.rs"]
#[allow(dead_code, unreachable_pub)]
mod program;
mod programs;
mod scenarios;
mod witness;

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// Not permitted: see `synfin --help`.
const NOT_PERMITTED: i32 = 3;

fn synfin(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synfin")).args(args).args(["--lang", "en"]).output().unwrap()
}

/// Downloads a file in the lab under these faults. `None`: no lab here.
fn download(test: &str, args: &[&str]) -> Option<Value> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), vec![b'n'; 3000]).unwrap();
    let exe = env!("CARGO_BIN_EXE_synfin");
    let server = format!("{exe} serve --count 1 --root {} 10.0.0.2:8080 >/dev/null 2>&1", folder.path().display());
    let client = format!("{exe} get --output {}/got 10.0.0.2:8080 notes.txt >/dev/null", folder.path().display());
    let mut all = vec!["lab", "exec", "--server", &server, "--client", &client, "--format", "json"];
    all.extend(args);
    let output = synfin(&all);
    if output.status.code() == Some(NOT_PERMITTED) {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        writeln!(std::io::stderr(), "SKIPPED {test}: {why}").unwrap();
        assert!(std::env::var_os("CI").is_none(), "nothing is skipped in CI");
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read(folder.path().join("got")).unwrap().len(), 3000, "the file came whole");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Segments of the timeline with their senders' flags, their fates and whether they were sent again.
fn segments(timeline: &Value) -> Vec<&Value> {
    timeline["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "segment").collect()
}

fn lost<'v>(timeline: &'v Value, flags: &[&str]) -> Vec<&'v Value> {
    let has = |event: &&&Value| event["flags"] == serde_json::json!(flags) && event["fate"] == "lost";
    segments(timeline).iter().filter(has).copied().collect()
}

#[test]
fn every_segment_is_sent_and_received_a_delay_apart() {
    let Some(timeline) = download("lab", &["--delay", "15ms"]) else { return };
    assert_eq!(timeline["source"]["kind"], "lab");
    assert_eq!(timeline["source"]["vantage"], "both");
    let [connection] = timeline["connections"].as_array().unwrap().as_slice() else { panic!("one connection") };
    assert_eq!(
        (&connection["open"]["kind"], &connection["close"]["active_closer"]),
        (&"three-way".into(), &connection["server"])
    );
    for event in segments(&timeline) {
        let received = event["received_ns"].as_i64().unwrap_or_else(|| panic!("never received: {event}"));
        let way = received - event["t_ns"].as_i64().unwrap();
        assert!(way >= 15_000_000, "{event}");
    }
    // Both kernels say what the packets say.
    assert_eq!(connection["kernel_agreement"]["agrees"], true, "{connection}");
    let seen = connection["kernel_states"].as_array().unwrap();
    for state in ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "TIME-WAIT"] {
        assert!(seen.iter().any(|seen| seen["state"] == state), "{state} is not among {seen:?}");
    }
}

#[test]
fn the_first_syn_is_lost_and_comes_again() {
    let Some(timeline) = download("lab", &["--fault", "drop the first SYN from the client"]) else { return };
    assert_eq!(timeline["connections"][0]["open"]["syn_retransmissions"], 1);
    assert_eq!(lost(&timeline, &["SYN"]).len(), 1);
}

#[test]
fn the_last_ack_is_lost_and_time_wait_begins_anew() {
    let Some(timeline) = download("lab", &["--fault", "drop the last ACK"]) else { return };
    let connection = &timeline["connections"][0];
    assert_eq!(connection["close"]["fin_retransmissions"], 1);
    assert_eq!(connection["time_wait"][0]["rearmed"], 1);
}

#[test]
fn the_recording_says_the_same_when_it_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lab.pcapng");
    let file = file.to_str().unwrap();
    let Some(live) = download("lab", &["-w", file, "--fault", "corrupt the first data segment from the server"]) else {
        return;
    };
    let output = synfin(&["replay", file, "--format", "json"]);
    let replayed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shape = |timeline: &Value| -> Vec<[Value; 4]> {
        let of = |event: &&Value| ["t_ns", "received_ns", "flags", "fate"].map(|key| event[key].clone());
        segments(timeline).iter().map(of).collect()
    };
    assert_eq!(shape(&live), shape(&replayed));
    assert!(Path::new(file).metadata().unwrap().len() > 1000);
    assert_eq!(synfin(&["replay", file]).status.code(), Some(0));
}

#[test]
fn what_cannot_be_is_told() {
    let output = synfin(&["lab", "exec", "--server", "true", "--client", "true", "--fault", "drop the first SIN"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("'sin' where SYN, SYN-ACK"), "{output:?}");
    let output = synfin(&["lab", "exec", "--server", "exit 7", "--client", "true"]);
    if output.status.code() != Some(NOT_PERMITTED) {
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("the server ended before it listened"), "{output:?}");
    }
}

#[test]
fn a_client_that_fails_makes_the_lab_fail() {
    let exe = env!("CARGO_BIN_EXE_synfin");
    let folder = tempfile::tempdir().unwrap();
    let server = format!("{exe} serve --root {} 10.0.0.2:8080 >/dev/null 2>&1", folder.path().display());
    for (client, code, wanted) in [
        ("exit 7", 1, "the client ended with exit status: 7"),
        ("kill -s KILL $$", 1, "the client ended with signal: 9"),
        ("true", 0, ""),
    ] {
        let output = synfin(&["lab", "exec", "--server", &server, "--client", client, "--fault", "drop the last ACK"]);
        let err = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(NOT_PERMITTED) {
            return program::skipped("a_client_that_fails_makes_the_lab_fail", &err);
        }
        assert_eq!(output.status.code(), Some(code), "{client}: {err}");
        assert!(err.contains(wanted), "{client}: {err}");
        assert!(err.contains("the fault 'drop the last ACK' met no segment"), "{client}: {err}");
    }
}
