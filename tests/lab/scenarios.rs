//! Scenarios: all come as they expect, as root and as an ordinary user; what is wrong with a file is told.

use crate::program::{Program, run, skipped};
use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

const NOT_PERMITTED: i32 = 3;

/// Runs it; `None` where there is no lab, which is told.
fn lab(test: &str, mut command: std::process::Command, args: &[&str]) -> Option<(i32, String, String)> {
    let (code, out, err) = run(command.arg("lab").args(args).args(["--lang", "en"]));
    if code == Some(NOT_PERMITTED) {
        skipped(test, &err);
        return None;
    }
    Some((code.unwrap(), out, err))
}

/// Held by tests that play scenarios: they would take each other's processor.
static STAGE: Mutex<()> = Mutex::new(());

pub(crate) fn stage() -> MutexGuard<'static, ()> {
    // A test that failed leaves nothing half done here.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One test and not several: they would take each other's processor.
#[test]
fn all_scenarios_come_as_they_expect() {
    let _stage = stage();
    let program = Program::new();
    let test = "all_scenarios_come_as_they_expect";
    let begun = Instant::now();
    for command in [program.command(), program.as_user()] {
        let Some((code, out, err)) = lab(test, command, &["run", "--all"]) else { continue };
        assert_eq!(code, 0, "{out}\n{err}");
        assert!(!out.contains('✗'), "{out}");
    }
    let Some((code, out, err)) = lab(test, program.command(), &["run", "--all", "--loopback"]) else { return };
    assert_eq!(code, 0, "{out}\n{err}");
    writeln_took(test, begun.elapsed());
}

fn writeln_took(test: &str, took: Duration) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{test}: {:.0} s", took.as_secs_f64()).unwrap();
}

/// The web server and client of `serve --http` and `get http://…`: a page, one that has moved, and one that is not there.
#[test]
fn web_pages_are_served_and_got() {
    let _stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("web.toml");
    for (path, gives, answered) in [("/a/b.html", "300", 1), ("/old", "300", 2), ("/none", "ENOENT", 1)] {
        let text = format!(
            "title = \"web\"\nexpect = \"client SYN\\n...\"\n[program.server]\ncalls = \"serve http 8080 a/b.html=300 \
             old=/a/b.html -> {answered}\"\n[program.client]\ncalls = \"get http 8080 {path} -> {gives}\"\n"
        );
        fs::write(&file, text).unwrap();
        let (program, test) = (Program::new(), "web_pages_are_served_and_got");
        let Some((code, out, err)) = lab(test, program.command(), &["run", file.to_str().unwrap()]) else { return };
        assert_eq!(code, 0, "{path}: {err}");
        let status = if gives == "300" { "HTTP/1.1 200 OK" } else { "HTTP/1.1 404 Not Found" };
        assert!(out.contains(status) && out.contains("HTTP/1.1 302 Found") == (answered == 2), "{path}: {out}");
    }
}

#[test]
fn what_does_not_come_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let name = file.to_str().unwrap();
    let text = "title = \"mine\"\nexpect = \"\"\"\nclient SYN\nserver SYN-ACK\n\"\"\"\n[program.client]\ncalls = \"\"\"\nconnect 9\n\"\"\"\n";
    fs::write(&file, text).unwrap();
    let program = Program::new();
    let Some((code, _, err)) = lab("what_does_not_come_is_told", program.command(), &["run", name]) else { return };
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("client, line 8: 'connect 9' gave ECONNREFUSED"), "{err}");
    assert!(err.contains("SYN-ACK") && err.contains("RST"), "{err}");
}

#[test]
fn a_wrong_file_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new();
    let cases = [
        ("title = \"x\"\nexpect = \"\"\"\nclient SYN\nclient SIN\n\"\"\"\n", "line 4, column 8"),
        ("title = \"x\"\nexpect = \"client SYN\"\nfaults = [\n\"drop the first SIN\"]\n", "line 4, column 1"),
        (
            "title = \"x\"\nexpect = \"client SYN\"\n[program.client]\ncalls = \"\"\"\nbind 1\nconect 9\n\"\"\"\n",
            "did you mean connect?",
        ),
        (
            "title = \"x\"\nexpect = \"...\"\n[program.server]\ncalls = \"\"\"\nlisten 9\naccept from client\n\"\"\"\n[program.client]\ncalls = \"connect 9\"\n",
            "line 6, column 13",
        ),
        ("title = \"x\"\nexpect = \"client SYN\"\nfautls = []\n", "line 3, column 1"),
        ("title = \"x\"\nexpect = \"client SYN\"\nfautls = []\n", "did you mean faults?"),
        ("title = \"x\"\nexpect = \"client SYN\"\n", "no program makes a call"),
        ("title = \"x\"\n", "line 1, column 1"),
        ("title = \n", "line 1"),
    ];
    for (text, wanted) in cases {
        let file = folder.path().join("mine.toml");
        fs::write(&file, text).unwrap();
        let mut command = program.command();
        let (code, _, err) = run(command.args(["lab", "run", file.to_str().unwrap(), "--lang", "en"]));
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains(wanted), "{wanted} is not in {err}");
    }
    let mut command = program.command();
    let (code, _, err) = run(command.args(["lab", "run", "three-weigh", "--lang", "en"]));
    assert_eq!(code, Some(2));
    assert!(err.contains("did you mean three-way?"), "{err}");
}

#[test]
fn a_kernel_parameter_that_is_none_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let program = Program::new();
    let cases = [
        (
            "\"net.ipv4.tcp_syn_retires\" = 2",
            "line 5, column 1: this kernel has no parameter 'net.ipv4.tcp_syn_retires'",
        ),
        ("\"net.ipv4.tcp_syn_retries\" = \"many\"", "line 5, column 1: the kernel refuses 'many'"),
        ("\"kernel.hostname\" = \"x\"", "line 5, column 1: 'kernel.hostname' is no parameter of a network"),
    ];
    for (line, wanted) in cases {
        let text = format!(
            "title = \"x\"\nexpect = \"client SYN\"\n\n[sysctl.client]\n{line}\n[program.client]\ncalls = \"connect 9\"\n"
        );
        fs::write(&file, text).unwrap();
        let test = "a_kernel_parameter_that_is_none_is_told_with_its_line";
        let Some((code, _, err)) = lab(test, program.command(), &["run", file.to_str().unwrap()]) else { return };
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(wanted), "{wanted} is not in {err}");
    }
}

#[test]
fn a_fault_that_met_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let program = Program::new();
    let cases = [
        ("drop the 3rd data segment from the server", 1),
        ("drop the 3rd data segment from the server, if any", 0),
        ("delay the first SYN by 1ms", 0),
    ];
    for (fault, wanted) in cases {
        let text = format!(
            "title = \"x\"\nfaults = [\"{fault}\"]\nexpect = \"\"\"\nclient SYN\n...\n\"\"\"\n[program.client]\ncalls = \"connect 9 -> ECONNREFUSED\"\n"
        );
        fs::write(&file, text).unwrap();
        let played = lab("a_fault_that_met_nothing_is_told", program.command(), &["run", file.to_str().unwrap()]);
        let Some((code, _, err)) = played else { return };
        assert_eq!(code, wanted, "{fault}: {err}");
        assert_eq!(err.contains(&format!("the fault '{fault}' met no segment")), wanted == 1, "{fault}: {err}");
    }
}

#[test]
fn a_lesson_is_told_within_the_width_and_calls_with_what_they_were_given() {
    let _stage = stage();
    let test = "a_lesson_is_told_within_the_width_and_calls_with_what_they_were_given";
    let program = Program::new();
    for lang in ["en", "zh"] {
        let mut command = program.command();
        let (code, _, err) =
            run(command.args(["lab", "run", "download", "--explain", "--width", "60", "--lang", lang]));
        if code == Some(NOT_PERMITTED) {
            return skipped(test, &err);
        }
        assert_eq!(code, Some(0), "{err}");
        // Of what is judged, the line is one.
        let too_wide = err.lines().filter(|line| !line.starts_with('✓') && UnicodeWidthStr::width(*line) > 60);
        assert_eq!(too_wide.collect::<Vec<_>>(), [""; 0], "{err}");
        for call in ["socket(AF_INET, SOCK_STREAM)", "listen(128)", "send(\"notes.txt\")", "connect(10.0.0.2:8080)"] {
            assert!(err.contains(call), "{call} is not in {err}");
        }
    }
}

/// The client's first calls are said before what the server does, though its connect returns only when the SYN came again.
#[test]
fn calls_are_said_in_the_order_of_their_times() {
    let _stage = stage();
    let program = Program::new();
    let (code, _, err) = run(program.command().args(["lab", "run", "syn-lost", "--explain", "--lang", "en"]));
    if code == Some(NOT_PERMITTED) {
        return skipped("calls_are_said_in_the_order_of_their_times", &err);
    }
    let time = |line: &str| line.trim_start().split_once(" s  ").and_then(|(time, _)| time.parse::<f64>().ok());
    let times: Vec<f64> = err.lines().filter_map(time).collect();
    assert!(times.len() >= 8 && times.is_sorted(), "{err}");
    let place = |call: &str| err.lines().position(|line| line.contains(call));
    assert!(place("client   socket(") < place("client   connect("), "{err}");
    assert!(err.contains("client   socket("), "{err}");
}

#[test]
fn a_call_that_never_returns_is_told() {
    let _stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let text = "title = \"mine\"\nlimit = \"1s\"\nexpect = \"...\"\n\
                [program.server]\ncalls = \"\"\"\nlisten 8080\naccept\nrecv 100\n\"\"\"\n\
                [program.client]\ncalls = \"connect 8080\"\n";
    fs::write(&file, text).unwrap();
    for (lang, told) in [
        ("en", "server, line 8: 'recv 100' gave nothing until the scenario was over"),
        ("zh", "server 第 8 行：'recv 100' 直到场景结束也没有返回"),
    ] {
        let program = Program::new();
        let mut command = program.command();
        let (code, _, err) =
            run(command.args(["lab", "run", file.to_str().unwrap(), "--width", "200", "--lang", lang]));
        if code == Some(NOT_PERMITTED) {
            return skipped("a_call_that_never_returns_is_told", &err);
        }
        assert_eq!(code, Some(1), "{err}");
        assert!(err.contains(told), "{err}");
    }
}

#[test]
fn what_no_script_closes_is_open_to_the_end() {
    let _stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let text = "title = \"mine\"\nexpect = \"\"\"\nclient SYN\nserver SYN-ACK\nclient ACK\nclient data 5\nserver ACK\n\"\"\"\n\
                [program.server]\ncalls = \"\"\"\nlisten 8080\naccept\nrecv -> \"hello\"\n\"\"\"\n\
                [program.client]\ncalls = \"\"\"\nconnect 8080\nsend \"hello\"\n\"\"\"\n";
    fs::write(&file, text).unwrap();
    let program = Program::new();
    let args = ["run", file.to_str().unwrap(), "--format", "json"];
    let Some((code, out, err)) = lab("what_no_script_closes_is_open_to_the_end", program.command(), &args) else {
        return;
    };
    assert_eq!(code, 0, "{err}");
    let timeline: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(timeline["connections"][0]["close"]["kind"], "none", "{}", timeline["connections"][0]["close"]);
}
