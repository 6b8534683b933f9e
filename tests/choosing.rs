//! What of a connection is shown: steps, phases, numbers, detail and title, on recorded packets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use serde_json::Value;
use std::process::{Command, Output};

const DOWNLOAD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/download.pcap");

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synfin"))
        .args(args)
        .args(["--lang", "en", "--charset", "unicode", "--width", "110"])
        .output()
        .unwrap()
}

fn replay(args: &[&str]) -> String {
    let out = run(&[&["replay", DOWNLOAD], args].concat());
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&replay(&[args, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn a_phase_alone_says_what_is_left_out_and_what_the_peers_had_come_to() {
    let handshake = replay(&["--only", "handshake"]);
    assert!(handshake.contains("SYN-SENT") && !handshake.contains("FIN,ACK"), "{handshake}");
    assert!(!handshake.contains("─ CLOSE ─") && handshake.contains("events not shown"), "{handshake}");
    let close = replay(&["--phase", "close"]);
    let cut = close.lines().find(|line| line.contains("not shown")).unwrap();
    assert_eq!(cut.matches("ESTABLISHED").count(), 2, "{cut}");
    assert!(close.contains("FIN-WAIT-2") && !close.contains("SYN,ACK"), "{close}");
    // Handshake and teardown are all but data: one gap between them, none at either end.
    let both = replay(&["--only", "handshake,teardown"]);
    assert_eq!(both.matches("not shown").count(), 1, "{both}");
}

#[test]
fn events_that_are_left_out_add_up() {
    let whole = json(&[]);
    let all = whole["events"].as_array().unwrap().len();
    for (args, shown) in [(["--phase", "open"], "open"), (["--phase", "data"], "data"), (["--phase", "close"], "close")]
    {
        let part = json(&args);
        let events = part["events"].as_array().unwrap();
        let steps = part["steps"].as_array().unwrap();
        // The start of 2MSL is told within the close.
        let fits = |step: &Value| step["phase"] == shown || (shown == "close" && step["phase"] == "time-wait");
        assert!(!steps.is_empty() && steps.iter().all(fits), "{args:?}");
        assert!(!events.is_empty() && events.len() < all, "{args:?}");
        let text = replay(&args);
        let words: Vec<&str> = text.split_whitespace().collect();
        let told = words.windows(2).filter(|pair| pair[1].starts_with("event") && !pair[0].contains('='));
        let hidden: usize = told.filter_map(|pair| pair[0].parse::<usize>().ok()).sum();
        assert_eq!(events.len() + hidden, all, "{args:?}\n{text}");
    }
}

#[test]
fn steps_are_counted_as_their_pictures_are() {
    let whole = json(&[]);
    let part = json(&["--steps", "2,4-5"]);
    let numbers: Vec<u64> = part["steps"].as_array().unwrap().iter().map(|step| step["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [2, 4, 5]);
    assert!(whole["steps"].as_array().unwrap().len() > 5);
    let none = run(&["replay", DOWNLOAD, "--steps", "99-"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("it has "), "{none:?}");
    let wrong = run(&["replay", DOWNLOAD, "--steps", "3-1"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn absolute_numbers_are_those_on_the_wire() {
    let whole = json(&[]);
    let text = replay(&["--absolute"]);
    let mut count = 0;
    for event in whole["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "segment") {
        let ack = event["ack_raw"].as_u64().map(|ack| format!(" ack={ack}")).unwrap_or_default();
        let words = format!("seq={}{ack}", event["seq_raw"]);
        assert!(text.contains(&words), "{words}\n{text}");
        count += 1;
    }
    assert!(count >= 10);
    assert_eq!(replay(&["--absolute", "--relative"]), replay(&[]));
}

#[test]
fn terse_is_the_notation_of_packetdrill() {
    let text = replay(&["--detail", "terse"]);
    assert!(text.contains("S 0:0(0) win 65495") && text.contains("S. 0:0(0) ack 1 win 65483"), "{text}");
    assert!(text.contains("P. 18:16402(16384) ack 24 win 64") && text.contains("F. 24:24(0) ack 20018"), "{text}");
    assert!(text.contains("<mss 65495,sackOK,TS val ") && text.contains(",wscale 10>"), "{text}");
    assert!(!text.contains("asks to open"), "a lesson among terse words\n{text}");
    let full = replay(&["--detail", "full"]);
    assert!(full.contains("window field 64") && full.contains("frame 3"), "{full}");
}

#[test]
fn a_title_stands_above_every_picture_and_steers_nothing() {
    let title = "Closing \u{1b}[31m<b>{{x}}</b>";
    for format in ["svg", "html", "mermaid", "plantuml", "markdown", "marp", "beamer", "text"] {
        let out = replay(&["--title", title, "--format", format]);
        assert!(out.contains("Closing"), "{format}");
        assert!(!out.contains('\u{1b}') && (format == "text" || !out.contains("<b>")), "{format}");
    }
}

#[test]
fn a_mermaid_diagram_shows_its_title_where_one_was_asked_for() {
    assert!(replay(&["--title", "A slide", "--format", "mermaid"]).contains("\n    title: A slide\n"));
    assert!(!replay(&["--format", "mermaid"]).contains("    title:"));
}

#[test]
fn from_json_alone_the_same_part_has_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.json");
    std::fs::write(&file, replay(&["--format", "json"])).unwrap();
    let asked = ["--steps", "2-", "--only", "handshake,teardown", "--absolute", "--detail", "full", "--title", "T"];
    for format in ["text", "svg", "mermaid", "reveal", "json"] {
        let out = run(&[&["render", file.to_str().unwrap(), "--format", format], &asked[..]].concat());
        let same = out.stdout == replay(&[&asked[..], &["--format", format]].concat()).into_bytes();
        assert!(same, "{format}");
    }
}

#[test]
fn what_is_drawn_as_it_comes_is_drawn_whole() {
    let out = run(&["live", "--anonymize"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("drawn as it comes"));
}
