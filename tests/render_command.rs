//! `synfin render` as a user runs it: files, pipes, errors and exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn synfin(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.current_dir(folder).arg("render").args(args).args([
        "--lang",
        "en",
        "--charset",
        "unicode",
        "--width",
        "80",
    ]);
    command.env_remove("SUDO_UID").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    synfin(folder, args).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let json = support::contract::json(&support::life::download());
    std::fs::write(folder.path().join("t.json"), json.to_string()).unwrap();
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn json_rendered_again_is_the_same_picture() {
    let folder = folder();
    let picture = run(folder.path(), &["t.json"]);
    assert!(picture.status.success(), "{}", text(&picture.stderr));
    assert!(text(&picture.stdout).contains("TIME-WAIT"));
    let json = run(folder.path(), &["t.json", "--format", "json"]);
    let mut again = synfin(folder.path(), &["-"]).stdin(Stdio::piped()).spawn().unwrap();
    again.stdin.take().unwrap().write_all(&json.stdout).unwrap();
    assert_eq!(text(&again.wait_with_output().unwrap().stdout), text(&picture.stdout));
}

#[test]
fn files_take_their_format_from_their_suffix() {
    let folder = folder();
    let out = run(folder.path(), &["t.json", "-o", "a.txt", "-o", "b.json", "-o", "-"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert_eq!(std::fs::read(folder.path().join("a.txt")).unwrap(), out.stdout);
    let json = support::contract::parse(&std::fs::read(folder.path().join("b.json")).unwrap());
    assert_eq!(json["schema"], "synfin-timeline/1");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "a temporary file was left");
}

#[test]
fn what_cannot_be_done_is_said_before_any_work() {
    let folder = folder();
    let unknown = run(folder.path(), &["no-such-file.json", "-o", "a.pdf"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains(".txt, .json"), "{}", text(&unknown.stderr));
    let number = run(folder.path(), &["t.json", "--connection", "7"]);
    assert_eq!(number.status.code(), Some(2));
    assert!(text(&number.stderr).contains("has only connection 1"), "{}", text(&number.stderr));
    assert!(number.stdout.is_empty());
    let missing = run(folder.path(), &["no-such-file.json"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("no-such-file.json"));
}

#[test]
fn a_file_of_another_kind_is_named() {
    let folder = folder();
    std::fs::write(folder.path().join("x.json"), r#"{"schema":"\u001b[31mother/3"}"#).unwrap();
    let out = run(folder.path(), &["x.json"]);
    assert_eq!(out.status.code(), Some(1));
    let error = text(&out.stderr);
    assert!(error.contains("other/3") && error.contains("synfin-timeline/1"), "{error}");
    assert!(!error.contains('\x1b'), "{error:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = folder();
    let mut timeline = support::life::lost_syn_and_fold();
    let events = timeline.events.clone();
    for _ in 0..5_000 {
        timeline.events.extend(events.iter().cloned());
    }
    std::fs::write(folder.path().join("long.json"), serde_json::to_vec(&timeline).unwrap()).unwrap();
    for format in ["text", "json"] {
        let mut child = synfin(folder.path(), &["long.json", "--format", format]).spawn().unwrap();
        let mut first = [0; 10];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let out = child.wait_with_output().unwrap();
        assert_eq!((out.status.code(), text(&out.stderr).as_str()), (Some(0), ""), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    let folder = folder();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let out = synfin(folder.path(), &["t.json"]).stdout(full).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("standard output"), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("No space left"), "{}", text(&out.stderr));

    std::fs::create_dir(folder.path().join("b.json")).unwrap();
    let out = run(folder.path(), &["t.json", "-o", "b.json"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("b.json"), "{}", text(&out.stderr));
}

/// Only root can give a file away, so only root can see this.
#[cfg(target_os = "linux")]
#[test]
fn under_sudo_a_file_belongs_to_the_user() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = folder();
    let mut command = synfin(folder.path(), &["t.json", "-o", "a.txt"]);
    let out = command.env("SUDO_UID", "12345").env("SUDO_GID", "23456").output().unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    let made = std::fs::metadata(folder.path().join("a.txt")).unwrap();
    let own = std::fs::metadata(folder.path()).unwrap();
    let wanted = if own.uid() == 0 { (12345, 23456) } else { (own.uid(), own.gid()) };
    assert_eq!((made.uid(), made.gid()), wanted);
    // Readable as far as the umask lets any new file be.
    std::fs::write(folder.path().join("any"), "").unwrap();
    let any = std::fs::metadata(folder.path().join("any")).unwrap();
    assert_eq!(made.permissions().mode(), any.permissions().mode());
}

#[test]
fn one_connection_of_many() {
    let folder = folder();
    std::fs::write(folder.path().join("many.json"), serde_json::to_vec(&support::life::many()).unwrap()).unwrap();
    assert!(text(&run(folder.path(), &["many.json"]).stdout).contains("6 connections"));
    let ladder = text(&run(folder.path(), &["many.json", "--connection", "3"]).stdout);
    assert!(ladder.contains("connection 3 ") && ladder.contains("192.0.2.10:40003"), "{ladder}");
    let json = run(folder.path(), &["many.json", "--connection", "3", "--format", "json"]).stdout;
    let json = support::contract::parse(&json);
    assert_eq!(json["connections"].as_array().unwrap().len(), 1);
    assert_eq!(json["endpoints"].as_array().unwrap().len(), 2);
    assert!(json["events"].as_array().unwrap().iter().all(|event| event["connection"] == 3));
}

#[test]
fn hostile_timelines_are_drawn() {
    let folder = folder();
    let mut json = serde_json::to_value(support::life::download()).unwrap();
    json["connections"][0]["client"] = "nobody".into();
    json["endpoints"] = serde_json::json!([]);
    for event in json["events"].as_array_mut().unwrap() {
        event["t_ns"] = i64::MIN.into();
        event["id"] = 0.into();
    }
    json["source"]["start"] = serde_json::Value::Null;
    std::fs::write(folder.path().join("x.json"), json.to_string()).unwrap();
    let out = run(folder.path(), &["x.json"]);
    assert!(out.status.success(), "{}", text(&out.stderr));

    json["connections"] = serde_json::json!([]);
    std::fs::write(folder.path().join("x.json"), json.to_string()).unwrap();
    assert!(text(&run(folder.path(), &["x.json"]).stdout).contains("No TCP connection was seen"));
}
