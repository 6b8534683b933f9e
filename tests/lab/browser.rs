//! A page load of a real browser: the HAR of its packets against the browser's own log of its network.

use crate::program::skipped;
use crate::{NOT_PERMITTED, synfin};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const TEST: &str = "browser";

/// A program by one of its names.
fn find(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

/// Method, URL and status of a request, and who carried it.
type Row = ((String, String, u64), String);

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), Into::into)
}

#[test]
fn the_har_of_a_page_is_what_the_browser_itself_says() {
    let Some(chromium) = find(&["chromium", "chromium-browser", "google-chrome"]) else {
        return skipped(TEST, "no Chromium here");
    };
    let Some(python) = find(&["python3"]) else { return skipped(TEST, "no python3 here") };
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.json");
    let script = |name: &str| format!("{}/tests/browser/{name}", env!("CARGO_MANIFEST_DIR"));
    let server = format!("{} {} 80", python.display(), script("serve.py"));
    let (python, load, chromium) = (python.display(), script("load.py"), chromium.display());
    let client = format!("{python} {load} {chromium} http://$SERVER/start {}", log.display());
    let args = ["lab", "exec", "--server", &server, "--client", &client, "--delay", "5ms", "--format", "har"];
    let output = synfin(&args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(NOT_PERMITTED) {
        return skipped(TEST, &said);
    }
    assert!(output.status.success(), "{said}");
    let har: Value = serde_json::from_slice(&output.stdout).unwrap();
    let browser: Value = serde_json::from_slice(&std::fs::read(&log).unwrap()).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    let row = |one: &Value, status: &Value, connection: &Value| -> Row {
        ((text(&one["method"]), text(&one["url"]), status.as_u64().unwrap_or(0)), text(connection))
    };
    let mut ours: Vec<Row> =
        entries.iter().map(|one| row(&one["request"], &one["response"]["status"], &one["connection"])).collect();
    let its = browser.as_array().unwrap();
    let mut theirs: Vec<Row> = its.iter().map(|one| row(one, &one["status"], &one["connection"])).collect();
    ours.sort();
    theirs.sort();
    let requests = |rows: &[Row]| rows.iter().map(|(request, _)| request.clone()).collect::<Vec<_>>();
    assert_eq!(requests(&ours), requests(&theirs), "method, URL, status");
    assert!(ours.len() >= 15, "{ours:?}");
    // Both number connections in their own way; which requests shared one is the same.
    let shared = |rows: &[Row]| -> BTreeSet<BTreeSet<(String, String, u64)>> {
        let mut by_connection: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
        for (request, connection) in rows {
            by_connection.entry(connection).or_default().insert(request.clone());
        }
        by_connection.into_values().collect()
    };
    assert_eq!(shared(&ours), shared(&theirs), "which requests shared a connection");
    // What the browser opened a connection for came first on it. (It also opens some ahead of need, and calls them reused.)
    for fresh in its.iter().filter(|one| one["reused"] == false) {
        let entry = entries
            .iter()
            .find(|entry| entry["request"]["url"] == fresh["url"] && entry["request"]["method"] == fresh["method"]);
        assert_eq!(entry.unwrap()["_turnOnConnection"], 1, "{fresh}");
        assert!(entry.unwrap()["timings"]["connect"].as_f64().unwrap() >= 10.0, "twice 5 ms");
    }
    // Both redirects led to the request that followed them.
    let led: BTreeSet<String> = entries
        .iter()
        .filter(|entry| !entry["_followsEntry"].is_null())
        .map(|entry| text(&entry["request"]["url"]))
        .collect();
    assert_eq!(led, ["http://10.0.0.2/", "http://10.0.0.2/there.svg"].map(String::from).into());
    assert!(!har.to_string().contains("hush"), "cookies are masked");
}
