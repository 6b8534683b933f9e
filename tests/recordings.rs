//! The lab's recordings in `captures/lab/`, one per scenario: each shows what its scenario expects, and is told as its golden
//! timeline in `tests/golden/lab/` says. After a change that is meant: `UPDATE_GOLDEN=1 cargo test --test recordings`, and a
//! look at the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use serde_json::Value;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use synfin::lab::scenario::BUILTIN;

fn synfin(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.args(args).args(["--lang", "en"]).env("LC_ALL", "C.UTF-8").output().unwrap()
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn recording(name: &str) -> PathBuf {
    here(&format!("captures/lab/{name}.pcapng"))
}

#[test]
fn every_scenario_has_its_recording_and_no_other_is_there() {
    let mut found: Vec<String> = std::fs::read_dir(here("captures/lab"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_string())
        .collect();
    let mut wanted: Vec<String> = BUILTIN.iter().map(|known| known.name.to_string()).collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted, "scripts/record-captures lab records them");
}

#[test]
fn each_shows_what_its_scenario_expects() {
    for known in BUILTIN {
        let output = synfin(&["check", recording(known.name).to_str().unwrap(), "--like", known.name]);
        let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{}: {told}", known.name);
    }
}

/// A line for the source, each connection, each event and each step, so that a difference can be read.
fn lines(timeline: &Value) -> String {
    let mut text = String::new();
    let mut rest = timeline.clone();
    let parts = ["endpoints", "connections", "events", "steps"].map(|part| rest[part].take());
    rest["generator"]["version"] = "…".into();
    let _ = writeln!(text, "{rest}");
    for line in parts.iter().flat_map(|part| part.as_array().unwrap()) {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Line number, and both lines, where two texts first differ; the shorter one ends with "(nothing)".
fn first_difference<'t>(a: &'t str, b: &'t str) -> Option<(usize, &'t str, &'t str)> {
    let padded = |text: &'t str| text.lines().chain(std::iter::repeat("(nothing)"));
    let most = a.lines().count().max(b.lines().count());
    let pairs = padded(a).zip(padded(b)).take(most);
    pairs.enumerate().find(|(_, (a, b))| a != b).map(|(place, (a, b))| (place + 1, a, b))
}

#[test]
fn no_golden_timeline_is_of_a_scenario_that_is_no_more() {
    for entry in std::fs::read_dir(here("tests/golden/lab")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(BUILTIN.iter().any(|known| known.name == name), "{}: no scenario has this name", path.display());
    }
}

#[test]
fn each_is_told_as_its_golden_timeline_says() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for known in BUILTIN {
        let golden = here(&format!("tests/golden/lab/{}.ndjson", known.name));
        let output = synfin(&["replay", recording(known.name).to_str().unwrap(), "--format", "json"]);
        assert!(output.status.success(), "{}: {}", known.name, String::from_utf8_lossy(&output.stderr));
        let told = lines(&serde_json::from_slice(&output.stdout).unwrap());
        if update {
            std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
            std::fs::write(&golden, &told).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if let Some((number, told, expected)) = first_difference(&told, &expected) {
            wrong.push(format!("{}, line {number}:\n  now    {told}\n  before {expected}", known.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_lesson_is_drawn_whole_with_each_of_its_connections() {
    let drawn = |name: &str, more: &[&str]| {
        let file = recording(name);
        let output = synfin(&[&["replay", file.to_str().unwrap(), "--width", "100"], more].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let ladders = |text: &str| text.matches("─ OPEN ─").count();
    assert_eq!(ladders(&drawn("port-reuse-in-time-wait", &[])), 2);
    assert_eq!(ladders(&drawn("port-reuse-in-time-wait", &["--connection", "2"])), 1);
    // Short ones do not fold; long ones do, unless the user asks for all.
    assert!(!drawn("download", &[]).contains("segments folded"));
    assert!(drawn("congestion", &[]).contains("segments folded"));
    assert!(!drawn("congestion", &["--full"]).contains("segments folded"));
}

#[test]
fn what_programs_say_is_read_as_the_scenario_says() {
    let drawn = |more: &[&str]| {
        let file = recording("gbk-chat");
        text(&synfin(&[&["replay", file.to_str().unwrap()], more].concat()))
    };
    assert!(drawn(&[]).contains("“你好吗？”, GBK"), "{}", drawn(&[]));
    assert_eq!(drawn(&["--encoding", "gbk"]), drawn(&[]));
    assert!(!drawn(&["--encoding", "latin1"]).contains("你好吗"), "who asks for another encoding gets it");
}

#[test]
fn a_pipe_shows_what_the_file_shows_packed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let plain = std::fs::read(recording("gbk-chat")).unwrap();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(&plain).unwrap();
    let packed = packer.finish().unwrap();
    let by_name = text(&synfin(&["replay", recording("gbk-chat").to_str().unwrap()])).replace("gbk-chat.pcapng", "-");
    assert!(by_name.contains("seen at both ends"));
    for (name, bytes) in [("plain", plain), ("packed", packed)] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
        command.args(["replay", "-", "--lang", "en"]).env("LC_ALL", "C.UTF-8");
        let piped = command.stdin(std::fs::File::open(&path).unwrap()).output().unwrap();
        assert_eq!(text(&piped), by_name, "{name}");
    }
}

/// What is not of the capture itself is drawn in ASCII alone, where that is asked for.
#[test]
fn no_capture_is_drawn_with_more_than_ascii_where_that_is_asked_for() {
    let mut wrong = String::new();
    let mut count = 0;
    for folder in ["captures", "captures/lab"] {
        for entry in std::fs::read_dir(here(folder)).unwrap() {
            let path = entry.unwrap().path();
            if !path.extension().is_some_and(|suffix| suffix == "pcap" || suffix == "pcapng") {
                continue;
            }
            count += 1;
            let file = path.to_str().unwrap();
            for more in
                [&["--full", "--text"][..], &["--width", "50"], &["--format", "waterfall"], &["--connection", "1"]]
            {
                let output = synfin(&[&["replay", file, "--charset", "ascii"], more].concat());
                assert!(output.status.success(), "{file} {more:?}: {}", String::from_utf8_lossy(&output.stderr));
                if let Some(line) = text(&output).lines().find(|line| !line.is_ascii()) {
                    let _ = writeln!(wrong, "{file} {more:?}: {line}");
                }
            }
        }
    }
    assert!(count > BUILTIN.len());
    assert_eq!(wrong, "");
    // Several files, and both sides of two hosts: a table, and the whole of them.
    let [client, server] = ["client", "server"].map(|side| here(&format!("captures/two-hosts-{side}.pcap")));
    let [client, server] = [client.to_str().unwrap(), server.to_str().unwrap()];
    let (reset, refused) = (here("captures/reset.pcap"), here("captures/refused.pcap"));
    let both = ["replay", "--client", client, "--server", server, "--charset", "ascii"];
    let table = ["replay", client, reset.to_str().unwrap(), refused.to_str().unwrap(), "--charset", "ascii"];
    for args in [&both[..], &table] {
        let drawn = text(&synfin(args));
        assert!(drawn.is_ascii() && drawn.lines().count() > 5, "{drawn}");
    }
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
