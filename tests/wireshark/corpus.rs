//! The real captures beside the checkout, with tshark's answers: how far `replay --packets` agrees, flag by flag.

use crate::score::Score;
use serde_json::Value;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The row of tshark's answer that a frame has.
pub(crate) type Row<'a> = HashMap<&'a str, &'a str>;

#[test]
fn real_captures_are_judged_as_tshark_judges_them() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let references = files(&corpus.join("ref"));
    if references.is_empty() {
        writeln!(
            std::io::stderr(),
            "SKIPPED: ../shared/corpus is absent; it has the real captures and tshark's answers"
        )
        .unwrap();
        return;
    }
    let mut total = Score::default();
    for reference in &references {
        let name = reference.strip_prefix(corpus.join("ref")).unwrap().with_extension("");
        let rows = std::fs::read_to_string(reference).unwrap();
        let ours = packets(&corpus.join(&name));
        let score = Score::of(&table(&rows), &ours);
        if !score.is_perfect() {
            eprintln!("{}: {score}", name.display());
        }
        total.add(&score);
    }
    eprintln!("{} captures\n{}", references.len(), total.table());
    assert!(total.exact_among_flagged() >= 0.99, "exact among flagged frames {:.4}", total.exact_among_flagged());
    for (flag, f1) in total.f1() {
        assert!(f1 >= 0.98, "{flag}: F1 {f1:.4}");
    }
    assert_eq!(total.streams_up_to_renaming(), 1.0, "streams");
    assert!(total.completeness() >= 0.995, "completeness {:.4}", total.completeness());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn table(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines.map(|line| head.iter().copied().zip(line.split('\t')).collect()).collect()
}

/// What the command says, by frame.
fn packets(capture: &Path) -> HashMap<u64, Value> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_synfin")).args(["replay", "--packets"]).arg(capture).output().unwrap();
    assert!(output.status.success(), "{}: {}", capture.display(), String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let objects = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects.map(|object| (object["frame"].as_u64().unwrap(), object)).collect()
}
