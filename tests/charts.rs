//! Events for charts, tracks for Perfetto, timing diagrams and casts: golden files of each, their own rules, and that what packets
//! hold stays text. After a change that is meant: `INSTA_UPDATE=always cargo test --test charts` and a look at the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use support::exported::{export, timeline};
use support::hostile;
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::timeline::{Lang, Timeline};

const FORMATS: [Format; 5] =
    [Format::EventsCsv, Format::EventsNdjson, Format::Cast, Format::Trace, Format::PlantumlTiming];

const CAPTURES: [(&str, Lang); 3] =
    [("lab/syn-lost.pcapng", Lang::En), ("refused.pcap", Lang::Zh), ("lab/simultaneous-close.pcapng", Lang::En)];

/// A timeline in which every word of others is evil.
fn evil() -> Timeline {
    let mut evil = timeline("lab/web-server.pcapng");
    hostile::fill(&mut evil);
    evil
}

/// Rows and cells of comma-separated values (RFC 4180).
fn cells(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = csv.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => assert_eq!(letters.peek(), Some(&'\n')),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty());
    rows
}

#[test]
fn golden_files() {
    for (capture, lang) in CAPTURES {
        let timeline = timeline(capture);
        let name = Path::new(capture).file_stem().unwrap().to_str().unwrap().to_owned();
        for format in FORMATS {
            let drawn = export(&timeline, format, lang);
            assert_eq!(drawn, export(&timeline, format, lang), "{format:?} differs from run to run");
            insta::assert_snapshot!(format!("{name}-{}", format.suffix()), drawn);
        }
    }
}

#[test]
fn a_long_suffix_goes_before_a_short_one() {
    for format in FORMATS {
        assert_eq!(Format::from_name(&format!("x.{}", format.suffix())), Some(format));
        if format.suffix().contains('.') {
            assert_eq!(Format::from_name(format.suffix()), Some(format), "nobody calls anything else so");
        }
    }
    assert_eq!(Format::from_name("events.json"), Some(Format::Json));
    assert_eq!(Format::from_name("csv"), None);
}

#[test]
fn no_format_holds_a_control_character() {
    let evil = evil();
    for lang in [Lang::En, Lang::Zh] {
        for format in FORMATS {
            let drawn = export(&evil, format, lang);
            for control in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{0}'] {
                assert!(!drawn.contains(control), "{format:?}: {control:?}");
            }
        }
    }
}

/// Every event has its line; both formats say the same under the same names, and no cell is a formula.
#[test]
fn events_have_a_flat_line_each() {
    for timeline in [timeline("download.pcap"), timeline("lab/browser-request.pcapng"), evil()] {
        let rows = cells(&export(&timeline, Format::EventsCsv, Lang::En));
        let lines = export(&timeline, Format::EventsNdjson, Lang::En);
        let (head, rows) = rows.split_first().unwrap();
        assert_eq!((rows.len(), lines.lines().count()), (timeline.events.len(), timeline.events.len()));
        for ((row, line), event) in rows.iter().zip(lines.lines()).zip(&timeline.events) {
            let object: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
            assert_eq!(object.len(), head.len());
            assert_eq!((&object["event"], &object["t_ns"]), (&event.id.into(), &event.t_ns.into()));
            for (name, cell) in head.iter().zip(row) {
                assert!(!cell.starts_with(['=', '@', '+', '\t']), "{name}: {cell}");
                match &object[name] {
                    Value::Null => assert_eq!(cell, "", "{name}"),
                    Value::Number(_) if name.ends_with("_s") => {
                        let (cell, told) = (cell.parse::<f64>().unwrap(), object[name].as_f64().unwrap());
                        assert!((cell - told).abs() < 1e-9, "{name}");
                    }
                    Value::String(text) => {
                        assert_eq!(*cell, guarded(&render::safe(text)), "{name}");
                    }
                    other => assert_eq!(*cell, other.to_string(), "{name}"),
                }
            }
        }
    }
}

/// What a spreadsheet would take for a formula, behind an apostrophe.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_string() }
}

/// A sum over the lines is what the connection's totals say, folded or not.
#[test]
fn events_add_up_to_the_totals() {
    let timeline = timeline("download.pcap");
    let lines = export(&timeline, Format::EventsNdjson, Lang::En);
    let sum = |name: &str| -> u64 {
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()[name].as_u64().unwrap_or(0)).sum()
    };
    let totals = &timeline.connections[0].totals;
    assert_eq!((sum("client_segments"), sum("server_segments")), (totals.client.segments, totals.server.segments));
    assert_eq!((sum("client_bytes"), sum("server_bytes")), (totals.client.bytes, totals.server.bytes));
}

/// The text of a cast as a terminal shows it, without the colours; each of them is ours.
fn without_colour(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        let colour = after.strip_prefix('[').and_then(|after| after.split_once('m'));
        let (numbers, after) = colour.unwrap_or_else(|| panic!("ESC, then {after:.20}"));
        assert!(numbers.bytes().all(|octet| octet.is_ascii_digit() || octet == b';'), "{numbers}");
        rest = after;
    }
    plain + rest
}

/// The rows of the text ladder, one after the other, in colour, with a marker at each step.
#[test]
fn a_cast_draws_the_ladder_row_by_row() {
    for (timeline, lang) in [
        (timeline("lab/syn-lost.pcapng"), Lang::En),
        (timeline("download.pcap"), Lang::Zh),
        (timeline("lab/three-way.pcapng"), Lang::En),
        (evil(), Lang::En),
    ] {
        let cast = export(&timeline, Format::Cast, lang);
        let mut lines = cast.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let head = lines.next().unwrap();
        assert_eq!((&head["version"], &head["width"]), (&2.into(), &100.into()));
        assert!((24..=40).contains(&head["height"].as_u64().unwrap()));
        let (mut last, mut shown, mut markers) = (0.0, String::new(), Vec::new());
        for line in lines {
            let at = line[0].as_f64().unwrap();
            assert!(at >= last && at - last <= 3.0, "{at} after {last}");
            last = at;
            match line[1].as_str().unwrap() {
                "o" => shown.push_str(line[2].as_str().unwrap()),
                "m" => markers.push(line[2].as_str().unwrap().to_string()),
                other => panic!("{other}"),
            }
        }
        let first = timeline.connections[0].id;
        let steps = timeline.steps.iter().filter(|step| step.connection == first).count();
        assert_eq!(markers.len(), steps);
        assert!(shown.contains("\u{1b}[") && !shown.replace("\r\n", "").contains(['\r', '\n']));
        let shown = without_colour(&shown);
        let mut ladder = Vec::new();
        let (style, view) =
            (Style::new(lang, Charset::Unicode, 100), View { connection: Some(first), ..View::default() });
        render::write(&timeline, &view, Format::Text, &style, &mut ladder).unwrap();
        let shown: Vec<&str> = shown.split("\r\n").map(str::trim_end).collect();
        for line in String::from_utf8(ladder).unwrap().lines().filter(|line| !line.contains('⚠')) {
            assert!(shown.contains(&line.trim_end()), "{line}");
        }
    }
}

/// Nanoseconds of a time in microseconds, exactly as it is written.
fn nanos(line: &str, key: &str) -> Option<i64> {
    let (_, rest) = line.split_once(&format!("\"{key}\":"))?;
    let number = rest.split([',', '}']).next().unwrap();
    let (whole, fraction) = number.split_once('.').unwrap();
    assert_eq!(fraction.len(), 3);
    Some(format!("{whole}{fraction}").parse().unwrap())
}

/// The trace event format's own rules: every event has its four fields, times never go back, slices of one track nest, each
/// arrow has both its ends within slices, and a nanosecond is a nanosecond.
#[test]
fn a_trace_keeps_the_rules_of_its_format() {
    for timeline in [
        timeline("download.pcap"),
        timeline("two-hosts-client.pcap"),
        timeline("lab/web-server.pcapng"),
        timeline("lab/thread-per-client.pcapng"),
        timeline("lab/syn-lost.pcapng"),
        timeline("lab/browser-request.pcapng"),
        timeline("lab/self-connect.pcapng"),
        evil(),
    ] {
        let trace = export(&timeline, Format::Trace, Lang::En);
        let whole: Value = serde_json::from_str(&trace).unwrap();
        let shift = whole["otherData"]["shift_ns"].as_i64().unwrap();
        let events: Vec<(&str, Value)> = trace
            .lines()
            .filter(|line| line.starts_with("{\"name\""))
            .map(|line| (line, serde_json::from_str(line.trim_end_matches(',')).unwrap()))
            .collect();
        assert_eq!(events.len(), whole["traceEvents"].as_array().unwrap().len());
        let mut last = 0;
        let mut open: std::collections::HashMap<u64, Vec<(i64, i64)>> = Default::default();
        let mut arrows: std::collections::BTreeMap<u64, Vec<(String, i64)>> = Default::default();
        let mut segments = 0;
        for (line, event) in &events {
            let (ts, tid) = (nanos(line, "ts").unwrap(), event["tid"].as_u64().unwrap());
            assert!(event["pid"].is_u64() && event["name"].is_string());
            let letter = event["ph"].as_str().unwrap();
            if letter == "M" {
                continue;
            }
            assert!(ts >= last, "{line}");
            last = ts;
            let track = open.entry(tid).or_default();
            match letter {
                "X" => {
                    let end = ts + nanos(line, "dur").unwrap();
                    track.retain(|(_, end)| *end > ts);
                    assert!(track.iter().all(|(_, outer)| *outer >= end), "crosses another: {line}");
                    track.push((ts, end));
                    if event["cat"] == "segment" {
                        segments += 1;
                        let args = &event["args"];
                        let told =
                            args["received_ns"].as_i64().filter(|_| event["name"].as_str().unwrap().starts_with("rcv"));
                        assert_eq!(ts - shift, told.or(args["t_ns"].as_i64()).unwrap(), "{line}");
                    }
                }
                "s" | "f" => {
                    assert!(track.iter().any(|(begin, end)| *begin <= ts && ts < *end), "no slice around {line}");
                    arrows.entry(event["id"].as_u64().unwrap()).or_default().push((letter.to_string(), ts));
                }
                "i" => assert_eq!(event["s"], "t"),
                "C" => assert!(event["args"].as_object().unwrap().values().all(Value::is_u64)),
                other => panic!("{other}"),
            }
        }
        assert!(segments > 0);
        for (id, ends) in arrows {
            let letters: Vec<&str> = ends.iter().map(|(letter, _)| letter.as_str()).collect();
            assert_eq!(letters, ["s", "f"], "arrow {id}");
        }
        for connection in &timeline.connections {
            assert!(trace.contains(&format!("\"name\":\"#{} ", connection.id)), "no process for {}", connection.id);
        }
    }
}

/// However many connections there are and whatever their numbers: no track has the number of a process or of another track.
#[test]
fn a_track_has_a_number_of_its_own() {
    let mut timeline = timeline("refused.pcap");
    let one = timeline.connections[0].clone();
    let numbers = (1..=350).chain([700, 1050, 1 << 40, u64::MAX]);
    timeline.connections = numbers.map(|id| synfin::timeline::Connection { id, ..one.clone() }).collect();
    let trace: Value = serde_json::from_str(&export(&timeline, Format::Trace, Lang::En)).unwrap();
    let mut processes = std::collections::HashMap::new();
    for event in trace["traceEvents"].as_array().unwrap() {
        let (pid, tid) = (event["pid"].as_u64().unwrap(), event["tid"].as_u64().unwrap());
        assert_eq!(*processes.entry(tid).or_insert(pid), pid, "{event}");
    }
    assert_eq!(timeline.connections.len(), 354);
    for connection in &timeline.connections {
        assert!(!processes.contains_key(&connection.id), "{}", connection.id);
        assert!(processes.values().any(|pid| *pid == connection.id), "{}", connection.id);
    }
}

/// Whatever packets hold, each line of a timing diagram is one of ours.
#[test]
fn a_timing_diagram_has_no_line_but_ours() {
    for lang in [Lang::En, Lang::Zh] {
        let drawn = export(&evil(), Format::PlantumlTiming, lang);
        assert!(drawn.starts_with("@startuml\n") && drawn.ends_with("\n@enduml\n"));
        for piece in ["@startuml", "@enduml", "!include", "%date", "<script", "[[", "{{"] {
            let ours = usize::from(piece.starts_with('@'));
            assert_eq!(drawn.matches(piece).count(), ours, "{lang:?}: {piece}");
        }
        for line in drawn.lines() {
            let begins = [
                "@",
                "title ",
                "robust \"",
                "concise \"",
                "scale 1 as ",
                "highlight ",
                "C is \"",
                "S is \"",
                "T is ",
                "C -> S",
                "S -> C",
            ];
            assert!(begins.iter().any(|begin| line.starts_with(begin)), "{line}");
        }
    }
}

/// Much data takes few moments, and none of it is lost from the sum.
#[test]
fn a_timing_diagram_puts_much_data_together() {
    let timeline = timeline("lab/sack-recovery.pcapng");
    let drawn = export(&timeline, Format::PlantumlTiming, Lang::En);
    assert!(drawn.lines().filter(|line| line.starts_with('@')).count() < 30, "{drawn}");
    assert!(drawn.contains("segments folded") && drawn.contains("✕"), "{drawn}");
    insta::assert_snapshot!("sack-recovery-timing.puml", drawn);
}

/// PlantUML itself takes them.
#[test]
fn plantuml_draws_timing_diagrams() {
    if Command::new("plantuml").arg("-version").output().is_err() {
        writeln!(std::io::stderr(), "SKIPPED: no plantuml on this machine").unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let captures = [
        "lab/three-way.pcapng",
        "lab/syn-lost.pcapng",
        "download.pcap",
        "refused.pcap",
        "lab/simultaneous-close.pcapng",
        "lab/sack-recovery.pcapng",
    ];
    let timelines = captures.map(timeline).into_iter().chain([evil()]);
    let mut program = Command::new("plantuml");
    program.arg("-tsvg").arg("-failfast2");
    for (number, timeline) in timelines.enumerate() {
        let path = folder.path().join(format!("{number}.puml"));
        std::fs::write(&path, export(&timeline, Format::PlantumlTiming, Lang::Zh)).unwrap();
        program.arg(path);
    }
    let drawn = program.output().unwrap();
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    for number in 0..=captures.len() {
        let svg = std::fs::read_to_string(folder.path().join(format!("{number}.svg"))).unwrap();
        assert!(svg.contains("SYN"), "{number}");
    }
}
