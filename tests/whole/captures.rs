//! Whole capture files through the program: every one is drawn, its JSON keeps to the schema, and drawing that JSON again
//! gives the same picture.

use crate::program::{feed, run, synfin, text};
use crate::support::contract;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Capture files in a folder and the folders in it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let name = name.strip_suffix(".gz").unwrap_or(&name);
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".pcap") || name.ends_with(".pcapng") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Panics where a file is not shown as it should be.
fn check(path: &Path) {
    let file = path.to_str().unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let picture = run(&["replay", file]);
    assert!(picture.status.success(), "{name}: {}", text(&picture.stderr));
    assert!(!picture.stdout.is_empty(), "{name}: nothing drawn");
    let json = run(&["replay", file, "--format", "json"]);
    assert!(json.status.success(), "{name}: {}", text(&json.stderr));
    let timeline = std::panic::catch_unwind(|| {
        contract::assert_sound(&serde_json::from_slice(&json.stdout).unwrap());
        contract::parse(&json.stdout)
    });
    let timeline = timeline.unwrap_or_else(|_| panic!("{name}: its JSON is wrong, see above"));
    let again = feed(&mut synfin(&["render", "-"]), &json.stdout);
    assert_eq!(text(&again.stdout), text(&picture.stdout), "{name}: rendered again");
    let packets = &timeline["source"]["packets"];
    let skipped: u64 = timeline["source"]["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skipped| skipped["count"].as_u64().unwrap())
        .sum();
    assert_eq!(packets["decoded"].as_u64().unwrap() + skipped, packets["seen"].as_u64().unwrap(), "{name}: packets");
    let shown: u64 = timeline["connections"].as_array().unwrap().iter().map(segments).sum();
    let copies = packets.get("captured_twice").map_or(0, |count| count.as_u64().unwrap());
    let decoded = packets["decoded"].as_u64().unwrap();
    if timeline["source"]["vantage"] == "both" {
        // Each was captured where it was sent and where it arrived, unless it was lost; some arrive twice.
        let most = 2 * (shown + copies) + shown / 2;
        assert!((shown..=most).contains(&decoded), "{name}: {shown} segments of all connections in {decoded} packets");
    } else {
        assert_eq!(decoded, shown + copies, "{name}: segments of all connections");
    }
    for connection in timeline["connections"].as_array().unwrap().iter().take(20) {
        let id = connection["id"].to_string();
        let ladder = run(&["replay", file, "--connection", &id]);
        assert!(ladder.status.success(), "{name}, connection {id}: {}", text(&ladder.stderr));
        let again = feed(&mut synfin(&["render", "-", "--connection", &id]), &json.stdout);
        assert_eq!(text(&again.stdout), text(&ladder.stdout), "{name}: connection {id} rendered again");
    }
}

fn segments(connection: &serde_json::Value) -> u64 {
    ["client", "server"].iter().map(|peer| connection["totals"][peer]["segments"].as_u64().unwrap()).sum()
}

/// Captures of others that are no part of this repository.
#[test]
fn the_corpus() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus"));
    if !corpus.is_dir() {
        writeln!(std::io::stderr(), "SKIPPED corpus: ../shared is absent").unwrap();
        return;
    }
    let files = files(corpus);
    assert!(files.len() > 30, "only {} files", files.len());
    let wrong: Vec<_> = files.iter().filter(|path| std::panic::catch_unwind(|| check(path)).is_err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn our_own_captures() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/captures"));
    assert!(folder.is_dir(), "the folder captures/ is missing");
    files(folder).iter().for_each(|path| check(path));
}
