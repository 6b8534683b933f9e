//! What `--anonymize` hides, over every recorded capture: no address and no name of it is left anywhere, and all that it does not hide is
//! as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::contract;

fn replay(path: &Path, args: &[&str]) -> Vec<u8> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
    let output = program.arg("replay").arg(path).args(args).output().unwrap();
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn captures() -> Vec<PathBuf> {
    let folders = ["captures", "captures/lab"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let entries = folders.into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix != "md"));
    paths.sort();
    paths
}

/// Every address and every name in the fields that hold one.
fn places(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| places(one, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if ["ip", "seen_as", "client", "server"].contains(&name.as_str()) => {
                        if text.parse::<IpAddr>().is_ok_and(|ip| !ip.is_loopback() && !ip.is_unspecified()) {
                            found.insert(text.clone());
                        }
                    }
                    // A lookup's name; other things have names too.
                    Value::String(text) if name == "name" && fields.contains_key("outcome") && text.contains('.') => {
                        found.insert(text.clone());
                    }
                    other => places(other, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn nothing_of_whose_it_is_is_left() {
    let mut hidden_at_all = 0;
    for path in captures() {
        let plain: Value = serde_json::from_slice(&replay(&path, &["--format", "json"])).unwrap();
        let bytes = replay(&path, &["--format", "json", "--anonymize"]);
        assert_eq!(bytes, replay(&path, &["--format", "json", "--anonymize"]), "{}", path.display());
        let text = String::from_utf8(bytes).unwrap();
        let hidden: Value = serde_json::from_str(&text).unwrap();
        contract::assert_valid(&hidden);
        let mut originals = BTreeSet::new();
        places(&plain, &mut originals);
        for original in &originals {
            let marks = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
            let left = text.match_indices(original.as_str()).any(|(at, _)| {
                !marks(text[..at].chars().next_back()) && !marks(text[at + original.len()..].chars().next())
            });
            assert!(!left, "{}: {original} is still there", path.display());
            hidden_at_all += 1;
        }
        assert_eq!(hidden["source"]["anonymized"], true);
        assert!(hidden["source"]["start"].is_null());
        for part in ["endpoints", "connections", "events", "steps"] {
            let count = |timeline: &Value| timeline[part].as_array().map_or(0, Vec::len);
            assert_eq!(count(&plain), count(&hidden), "{}: {part}", path.display());
        }
        for (was, is) in plain["events"].as_array().unwrap().iter().zip(hidden["events"].as_array().unwrap()) {
            for field in ["kind", "t_ns", "seq_raw", "len", "flags", "states"] {
                assert_eq!(was[field], is[field], "{}: {field}", path.display());
            }
            assert!(is["headers"].is_null() && is["target"].is_null() && is["octets"].is_null());
        }
    }
    assert!(hidden_at_all > 100, "{hidden_at_all}");
}

/// What was planted beside every text that is no word of the contract.
const PLANTED: &str =
    "secret.www.lab.test fe80::9%eth7 10.9.8.7:99 02:42:ac:11:00:02 [2001:4860::8]:443 我的主机 /home/me/my hosts";

/// Fields for words of the contract in which any text may stand.
const WORDS: [&str; 8] = ["error", "rcode", "reason", "signal", "record_type", "history", "conn_state", "rfc"];

fn plant(value: &mut Value) {
    let open =
        ["en", "zh", "arguments", "program", "process", "comments", "name", "aliases", "octets", "text", "value"];
    match value {
        Value::Array(list) => list.iter_mut().for_each(plant),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut().filter(|(name, _)| *name != "generator") {
                match field {
                    Value::String(text) if ["en", "zh", "arguments"].contains(&name.as_str()) => {
                        *text = format!("{text} {PLANTED}");
                    }
                    Value::String(text) if WORDS.contains(&name.as_str()) => {
                        *text = format!("{text} {PLANTED}");
                    }
                    Value::String(text) if open.contains(&name.as_str()) => *text = "secret.www.lab.test".into(),
                    Value::Array(list) if name == "aliases" => list.push("我的主机".into()),
                    Value::String(text) if name == "path" => *text = "/home/me/my hosts".into(),
                    other => plant(other),
                }
            }
        }
        _ => {}
    }
}

/// Whatever stands in a text, in any field of any capture, is hidden.
#[test]
fn nothing_planted_is_left() {
    let plain =
        replay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/lab/localhost.pcapng"), &["--format", "json"]);
    let looked_up: Value = serde_json::from_slice(&plain).unwrap();
    let lookup = looked_up["events"].as_array().unwrap().iter().find(|event| event["kind"] == "lookup").unwrap();
    for path in captures() {
        let mut timeline: Value = serde_json::from_slice(&replay(&path, &["--format", "json"])).unwrap();
        let mut lookup = lookup.clone();
        lookup["aliases"] = Value::Array(vec!["www.lab.test".into(), "我的主机".into()]);
        lookup["connection"] = timeline["connections"][0]["id"].clone();
        timeline["events"].as_array_mut().unwrap().push(lookup);
        for event in timeline["events"].as_array_mut().unwrap().iter_mut().filter(|event| event["kind"] == "call") {
            event["error"] = "ECONNREFUSED".into();
        }
        timeline["source"]["skipped"] = serde_json::json!([{"reason": "from secret.host 10.9.8.7", "count": 1}]);
        plant(&mut timeline);
        let timeline = serde_json::from_value(timeline).unwrap();
        let hidden = serde_json::to_string(&synfin::anonymize::anonymize(timeline, &[]).unwrap()).unwrap();
        for part in
            ["secret", "lab.test", "fe80", "eth7", "10.9.8.7", "02:42", "2001:4860", "我的主机", "/home", "my hosts"]
        {
            let at = hidden.find(part).map(|at| hidden[at.saturating_sub(100)..].chars().take(200).collect::<String>());
            assert!(at.is_none(), "{}: {part}: {at:?}", path.display());
        }
    }
}

#[test]
fn many_lookups_take_little_time() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/lab/localhost.pcapng");
    let mut timeline: Value = serde_json::from_slice(&replay(&path, &["--format", "json"])).unwrap();
    let lookup = timeline["events"].as_array().unwrap().iter().find(|event| event["kind"] == "lookup").unwrap().clone();
    let lookups = (0..6000).map(|number| {
        let mut lookup = lookup.clone();
        lookup["name"] = format!("n{number}.lab.test").into();
        lookup["text"]["en"] = format!("lookup n{number}.lab.test → 10.0.0.2 by DNS server 10.0.0.53").into();
        lookup
    });
    timeline["lookups"] = lookups.collect();
    let timeline = serde_json::from_value(timeline).unwrap();
    let began = std::time::Instant::now();
    let hidden = serde_json::to_string(&synfin::anonymize::anonymize(timeline, &[]).unwrap()).unwrap();
    // Without optimization and beside other tests: it was minutes when each name was looked for in each text.
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    assert!(hidden.contains("host6000.example") && !hidden.contains("lab.test"));
}

#[test]
fn pictures_and_tables_are_drawn_of_what_is_left() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/lab/browser-request.pcapng");
    for format in ["text", "svg", "html", "mermaid", "markdown", "csv"] {
        let text = String::from_utf8(replay(&path, &["--anonymize", "--format", format, "--lang", "en"])).unwrap();
        assert!(!text.contains("www.lab.test") && !text.contains("10.0.0.2"), "{format}");
        assert!(text.contains("192.0.2.") || format == "csv", "{format}");
    }
    // A name that the user gave stays.
    let text = replay(&path, &["--anonymize", "--relabel", "10.0.0.2=Shop", "--format", "svg"]);
    assert!(String::from_utf8(text).unwrap().contains("Shop"));
}

/// A host may be called as the contract calls a role or a kind; programs are hidden also where no connection came of their calls.
#[test]
fn a_name_takes_no_word_from_the_contract() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/lab/browser-request.pcapng");
    let plain = String::from_utf8(replay(&path, &["--format", "json"])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["server", "segment", "client", "open"] {
        let file = folder.path().join("x.json");
        let mut timeline: Value = serde_json::from_str(&plain.replace("www.lab.test", name)).unwrap();
        let mut call =
            timeline["events"].as_array().unwrap().iter().find(|event| event["kind"] == "call").unwrap().clone();
        call["program"] = "payroll[77]".into();
        timeline["other_calls"] = Value::Array(vec![call]);
        std::fs::write(&file, timeline.to_string()).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
        let output = program.arg("render").arg(&file).args(["--anonymize", "--format", "json"]).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let hidden: Value = serde_json::from_slice(&output.stdout).unwrap();
        let kinds = |timeline: &Value| -> Vec<String> {
            timeline["events"].as_array().unwrap().iter().map(|event| event["kind"].to_string()).collect()
        };
        assert_eq!(kinds(&timeline), kinds(&hidden), "{name}");
        assert!(!hidden.to_string().contains("payroll"), "{name}");
    }
    let refused =
        Command::new(env!("CARGO_BIN_EXE_synfin")).arg("replay").arg(&path).args(["--packets", "--anonymize"]).output();
    assert_eq!(refused.unwrap().status.code(), Some(2), "packets would tell everything");
}
