//! The kernel's word: how it sends, what it sends again, why it sends RST; and a replay that tells the same.

use crate::program::{Program, run, skipped};
use crate::scenarios::stage;
use nix::unistd::geteuid;
use serde_json::Value;
use std::fs;
use std::process::Command;

const NOT_PERMITTED: i32 = 3;
const TIMELINE: [&str; 4] = ["--format", "json", "--lang", "en"];

/// Plays a scenario and replays its recording: both connections. `None` where there is no lab, which is told.
fn played(test: &str, of: fn(&Program) -> Command, scenario: &str) -> Option<[Value; 2]> {
    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    // An ordinary user saves here too.
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let file = folder.path().join("lab.pcapng");
    let file = file.to_str().unwrap();
    let (code, live, err) = run(of(&program).args(["lab", "run", scenario, "-w", file]).args(TIMELINE));
    if code == Some(NOT_PERMITTED) {
        skipped(test, &err);
        return None;
    }
    assert_eq!(code, Some(0), "{err}");
    let (code, replayed, err) = run(program.command().args(["replay", file]).args(TIMELINE));
    assert_eq!(code, Some(0), "{err}");
    Some([live, replayed].map(|text| {
        let timeline: Value = serde_json::from_str(&text).unwrap();
        timeline["connections"][0].clone()
    }))
}

fn list<'c>(connection: &'c Value, name: &str) -> &'c [Value] {
    connection[name].as_array().map_or(&[], Vec::as_slice)
}

fn acts(connection: &Value, act: &str) -> usize {
    list(connection, "kernel_acts").iter().filter(|it| it["act"] == act).count()
}

#[test]
fn the_timer_backs_off_in_the_kernels_own_words() {
    let _stage = stage();
    let test = "the_timer_backs_off_in_the_kernels_own_words";
    for of in [Program::command, Program::as_user] {
        let Some([live, replayed]) = played(test, of, "timeout-and-backoff") else { continue };
        for name in ["kernel_states", "kernel_samples", "kernel_acts", "kernel_agreement"] {
            assert_eq!(live[name], replayed[name], "{name}");
        }
        assert_eq!(live["kernel_agreement"]["agrees"], true, "{live}");
        let client = list(&live, "kernel_samples").iter().filter(|sample| sample["endpoint"] == live["client"]);
        let backed: Vec<[i64; 2]> =
            client.map(|sample| ["retransmits", "rto_ns"].map(|key| sample[key].as_i64().unwrap_or(0))).collect();
        for times in 1..=3 {
            let rto = |times| backed.iter().find(|[count, _]| *count == times).map(|[_, rto]| *rto);
            let (now, next) = (rto(times).unwrap(), rto(times + 1));
            assert!(next.is_none_or(|next| next == 2 * now), "{backed:?}");
        }
        let sending = list(&live, "kernel_samples").iter().find(|sample| sample["timer"] == "retransmission").unwrap();
        assert!(sending["due_in_ns"].is_i64() && sending["in_flight"] == 1, "{sending}");
    }
}

#[test]
fn root_hears_why_a_rst_was_sent_and_that_it_was_taken_in() {
    let _stage = stage();
    let test = "root_hears_why_a_rst_was_sent_and_that_it_was_taken_in";
    let Some([as_user, _]) = played(test, Program::as_user, "rst-unread-data") else { return };
    assert_eq!(as_user["kernel_agreement"]["agrees"], true, "{as_user}");
    if !geteuid().is_root() {
        return skipped(test, "tracepoints need root");
    }
    assert_eq!(list(&as_user, "kernel_acts"), [] as [Value; 0], "an ordinary user may not hear them");
    let Some([live, replayed]) = played(test, Program::command, "rst-unread-data") else { return };
    assert_eq!(live["kernel_acts"], replayed["kernel_acts"]);
    if list(&live, "kernel_acts").is_empty() {
        return skipped(test, "no tracefs here");
    }
    assert_eq!((acts(&live, "reset"), acts(&live, "reset-taken")), (1, 1), "{live}");
    let reset = list(&live, "kernel_acts").iter().find(|act| act["act"] == "reset").unwrap();
    assert_eq!(reset["reason"], "TCP_ABORT_ON_CLOSE");
    assert_eq!(reset["text"]["en"], "closed while octets were unread");
    assert_eq!(live["kernel_agreement"]["agrees"], true, "{live}");
}

#[test]
fn a_lesson_is_shown_as_its_recording_is() {
    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lab.pcapng");
    let file = file.to_str().unwrap();
    let (code, live, err) = run(program.command().args(["lab", "run", "download", "-w", file]).args(TIMELINE));
    if code == Some(NOT_PERMITTED) {
        return skipped("a_lesson_is_shown_as_its_recording_is", &err);
    }
    assert_eq!(code, Some(0), "{err}");
    let (_, replayed, _) = run(program.command().args(["replay", file]).args(TIMELINE));
    let [live, replayed] = [live, replayed].map(|text| serde_json::from_str::<Value>(&text).unwrap());
    assert_eq!((&live["events"], &live["steps"]), (&replayed["events"], &replayed["steps"]));
}
