//! The header of one segment, bit by bit: every bit stands in one field, and what the fields hold is what was captured.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn run(command: &str, file: &Path, args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
    program.arg(command).arg(file).args(args).args(["--lang", "en", "--charset", "unicode"]).output().unwrap()
}

fn capture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(name)
}

fn json(file: &Path, args: &[&str]) -> Value {
    let out = run("replay", file, args);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// WaveDrom's fields add up to the header, and hold what the timeline says.
#[test]
fn every_bit_of_every_header_is_in_one_field() {
    let mut compared = 0;
    for name in [
        "download.pcap",
        "ipv6.pcap",
        "lab/sack-recovery.pcapng",
        "lab/fast-open.pcapng",
        "lab/simultaneous-open.pcapng",
    ] {
        let file = capture(name);
        let timeline = json(&file, &["--format", "json", "--header", "1"]);
        for event in timeline["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "segment").take(24) {
            let frame = event["frame"].to_string();
            let octets = event["octets"].as_str().unwrap();
            let drawn = json(&file, &["--format", "wavedrom", "--header", &frame]);
            let fields = drawn["reg"].as_array().unwrap();
            let bits: u64 = fields.iter().map(|field| field["bits"].as_u64().unwrap()).sum();
            assert_eq!(bits as usize, octets.len() * 4, "{name} {frame}");
            assert_eq!(drawn["config"]["lanes"].as_u64().unwrap() * 32, bits, "{name} {frame}");
            let of = |name: &str| {
                let field = fields.iter().find(|field| field["name"] == name).unwrap();
                field["attr"].as_str().unwrap().to_string()
            };
            // Both vantage points of the lab number their frames alike only where they are one file.
            let own = u32::from_str_radix(&octets[8..16], 16).unwrap();
            assert_eq!(of("sequence number"), own.to_string(), "{name} {frame}");
            assert_eq!(of("window"), event["wnd"].to_string());
            let flags: Vec<&str> =
                event["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect();
            for flag in ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"] {
                assert_eq!(of(flag) == "1", flags.contains(&flag), "{name} {frame} {flag}");
            }
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}

#[test]
fn in_characters_it_is_the_figure_of_the_rfc() {
    let text = String::from_utf8(run("replay", &capture("download.pcap"), &["--header", "2"]).stdout).unwrap();
    let figure: Vec<&str> = text.lines().filter(|line| line.starts_with("  |") || line.starts_with("  +")).collect();
    assert!(figure.len() > 30 && figure.iter().all(|line| line.chars().count() == 67), "{text}");
    assert!(text.contains("|C|E|U|A|P|R|S|F|") && text.contains("|0|0|0|1|0|0|1|0|"), "{text}");
    assert!(text.contains("SACK permitted") && text.contains("TSval") && text.contains("× 1024"), "{text}");
    let narrow = run("replay", &capture("download.pcap"), &["--header", "2", "--width", "50"]);
    let narrow = String::from_utf8(narrow.stdout).unwrap();
    assert!(!narrow.contains("+-+-") && narrow.contains("TSval"), "{narrow}");
}

#[test]
fn a_picture_of_it_is_the_same_from_json_and_within_its_edges() {
    let folder = tempfile::tempdir().unwrap();
    let (file, timeline) = (capture("lab/sack-recovery.pcapng"), folder.path().join("t.json"));
    std::fs::write(&timeline, run("replay", &file, &["--header", "9", "--format", "json"]).stdout).unwrap();
    for (lang, theme) in [("en", "light"), ("zh", "dark")] {
        let args = ["--header", "9", "--format", "svg", "--lang", lang, "--theme", theme];
        let args: Vec<&str> = args.to_vec();
        let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
        let drawn = program.arg("replay").arg(&file).args(&args).output().unwrap().stdout;
        let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
        assert!(drawn == program.arg("render").arg(&timeline).args(&args).output().unwrap().stdout, "{lang}");
        let text = String::from_utf8(drawn).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert!(document.descendants().filter(|node| node.has_tag_name("rect")).count() > 18);
        for place in document.descendants().filter_map(|node| node.attribute("x")) {
            assert!((0.0..=1280.0).contains(&place.parse::<f64>().unwrap()), "{place}");
        }
    }
}

#[test]
fn what_cannot_be_drawn_is_said_with_what_helps() {
    let out = run("replay", &capture("download.pcap"), &["--header", "999"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("no TCP segment in frame 999"));
    let out = run("replay", &capture("lab/http-short-connections.pcapng"), &["--header", "1", "--connection", "2"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("frame 1 holds no TCP segment of connection 2"), "{out:?}");
    let titled = run("replay", &capture("download.pcap"), &["--header", "2", "--title", "A slide"]);
    assert!(String::from_utf8_lossy(&titled.stdout).starts_with("A slide\n"));
    for wrong in [["--header", "2", "--format", "mermaid"], ["--graph", "rtt", "--format", "html"]] {
        assert_eq!(run("replay", &capture("download.pcap"), &wrong).status.code(), Some(2), "{wrong:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let timeline = folder.path().join("t.json");
    std::fs::write(&timeline, run("replay", &capture("download.pcap"), &["--format", "json"]).stdout).unwrap();
    let out = run("render", &timeline, &["--header", "2"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("--header"), "{out:?}");
    // Octets that are none.
    let text = std::fs::read_to_string(&timeline).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    for event in value["events"].as_array_mut().unwrap() {
        event["octets"] = "1f90zz\u{1b}[2J".into();
    }
    std::fs::write(&timeline, value.to_string()).unwrap();
    assert_eq!(run("render", &timeline, &["--header", "2"]).status.code(), Some(1));
    // A list of options that lies about its lengths.
    for octets in ["00".repeat(20) + "0200ff00", "ff".repeat(60), "00".repeat(24), "05".repeat(60)] {
        for event in value["events"].as_array_mut().unwrap() {
            event["octets"] = octets.clone().into();
        }
        std::fs::write(&timeline, value.to_string()).unwrap();
        for format in ["text", "svg", "wavedrom"] {
            let out = run("render", &timeline, &["--header", "2", "--format", format]);
            assert!(out.status.success(), "{octets} {format}: {}", String::from_utf8_lossy(&out.stderr));
        }
    }
}
