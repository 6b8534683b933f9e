//! `lab exec` with programs that behave as programs do: they print, run on, and leave others behind.

use crate::program::{Program, USER, is_root, run, skipped};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const NOT_PERMITTED: i32 = 3;
/// Nothing here takes so long, on a busy machine either.
const LONG: Duration = Duration::from_secs(20);

/// A run that goes on.
struct Going {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
    heard: String,
}

impl Going {
    fn start(command: &mut Command) -> Going {
        let command = command.args(["--lang", "en"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        Going { child, said, heard: String::new() }
    }

    /// Until standard error has a line with this; false where there is no lab here.
    fn until(&mut self, test: &str, what: &str) -> bool {
        loop {
            let mut line = String::new();
            if self.said.read_line(&mut line).unwrap() == 0 {
                let code = self.child.wait().unwrap().code();
                assert_eq!(code, Some(NOT_PERMITTED), "no '{what}' in: {}", self.heard);
                skipped(test, &self.heard);
                return false;
            }
            self.heard.push_str(&line);
            if line.contains(what) {
                return true;
            }
        }
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    fn end(mut self) -> (ExitStatus, String, String) {
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.said.read_to_string(&mut self.heard).unwrap();
        (self.child.wait().unwrap(), out, self.heard)
    }
}

fn exec(program: &Program, server: &str, client: &str) -> Command {
    let mut command = program.command();
    command.args(["lab", "exec", "--server", server, "--client", client]);
    command
}

fn serve(program: &Program, folder: &Path) -> String {
    format!("exec {} serve --count 1 --root {} 10.0.0.2:80 >/dev/null 2>&1", program.path.display(), folder.display())
}

fn get(program: &Program) -> String {
    format!("{} get --output /dev/null 10.0.0.2:80 notes.txt >/dev/null 2>&1", program.path.display())
}

/// A folder that every user can write to, with a file to get.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::write(folder.path().join("notes.txt"), "notes").unwrap();
    folder
}

/// Whether a process has this among its arguments.
fn runs(argument: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.any(|line| line.split(|byte| *byte == 0).any(|word| word == argument.as_bytes()))
}

fn comes(mut what: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + LONG;
    while !what() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}

#[test]
fn whatever_programs_start_ends_with_them() {
    let test = "whatever_programs_start_ends_with_them";
    let (program, folder) = (Program::new(), folder());
    let ways = [
        "sleep TAG &",
        "trap '' TERM; sleep TAG &",
        "setsid sleep TAG &",
        "setsid sh -c \"trap '' TERM; sleep TAG\" &",
    ];
    let ends = [None, Some(Signal::SIGINT), Some(Signal::SIGKILL)];
    for (place, way) in ways.iter().enumerate() {
        for (number, end) in ends.iter().enumerate() {
            // Days that nobody else sleeps.
            let tag = (u64::from(std::process::id()) * 100_000 + (place * 10 + number) as u64 * 10).to_string();
            let server = format!("{} {}", way.replace("TAG", &tag), serve(&program, folder.path()));
            let client = format!("echo up; exec sleep {}", if end.is_some() { "1000" } else { "1" });
            let mut going = Going::start(&mut exec(&program, &server, &client));
            if !going.until(test, "client: up") {
                return;
            }
            assert!(comes(|| runs(&tag)), "'{server}' does not run");
            if let Some(signal) = end {
                going.signal(*signal);
            }
            let (status, ..) = going.end();
            assert_eq!(status.code(), [Some(0), Some(130), None][number]);
            assert!(comes(|| !runs(&tag)), "'{server}' is still there after {end:?}");
        }
    }
}

#[test]
fn an_interrupted_run_is_shown_and_saved() {
    let test = "an_interrupted_run_is_shown_and_saved";
    let (program, folder) = (Program::new(), folder());
    let file = folder.path().join("run.pcapng");
    let mut command = exec(&program, &serve(&program, folder.path()), &get(&program));
    command.args(["--fault", "drop every FIN from the client", "--format", "json", "-w"]).arg(&file);
    let mut going = Going::start(&mut command);
    // The FIN that never arrives is waited for, which is told.
    if !going.until(test, "waiting: ") {
        return;
    }
    assert!(going.heard.contains(" is in LAST-ACK"), "{}", going.heard);
    assert!(!file.exists(), "it has its name when it is whole");
    going.signal(Signal::SIGINT);
    let (status, out, err) = going.end();
    assert_eq!(status.code(), Some(130), "{err}");
    assert!(err.contains("interrupted"), "{err}");
    let shown = is_the_same(&program, &out, &file);
    assert_eq!(shown["connections"][0]["kernel_agreement"]["agrees"], true, "{err}");
}

#[test]
fn an_interrupted_scenario_is_shown_and_saved() {
    let test = "an_interrupted_scenario_is_shown_and_saved";
    let (program, folder) = (Program::new(), folder());
    let file = folder.path().join("run.pcapng");
    let mut command = program.command();
    command.args(["lab", "run", "time-wait-full", "--explain", "--format", "json", "-w"]).arg(&file);
    let mut going = Going::start(&mut command);
    if !going.until(test, "close(") {
        return;
    }
    going.signal(Signal::SIGINT);
    let (status, out, err) = going.end();
    assert_eq!(status.code(), Some(130), "{err}");
    assert!(!err.contains('✗'), "what was not to its end is not judged: {err}");
    is_the_same(&program, &out, &file);
}

/// The timeline has a connection, and the file, which stands alone, tells of the same segments.
fn is_the_same(program: &Program, out: &str, file: &Path) -> Value {
    let shown: Value = serde_json::from_str(out).unwrap();
    let (code, out, err) = run(program.command().arg("replay").arg(file).args(["--format", "json"]));
    assert_eq!(code, Some(0), "{err}");
    let replayed: Value = serde_json::from_str(&out).unwrap();
    let segments = |timeline: &Value| {
        let events = timeline["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "segment");
        events.map(|event| event["t_ns"].to_string()).collect::<Vec<_>>()
    };
    assert!(segments(&shown).len() >= 3, "{shown}");
    assert_eq!(segments(&shown), segments(&replayed));
    let beside = fs::read_dir(file.parent().unwrap()).unwrap().flatten().map(|entry| entry.file_name());
    assert!(beside.into_iter().all(|name| name == "notes.txt" || name == file.file_name().unwrap()));
    shown
}

#[test]
fn the_time_may_be_limited() {
    let (program, folder) = (Program::new(), folder());
    let begun = Instant::now();
    let client = format!("{}; exec sleep 1000", get(&program));
    let mut command = exec(&program, &serve(&program, folder.path()), &client);
    let (code, out, err) = run(command.args(["--timeout", "2s", "--format", "json", "--lang", "en"]));
    if code == Some(NOT_PERMITTED) {
        return skipped("the_time_may_be_limited", &err);
    }
    assert!(err.contains("the time is over"), "{err}");
    assert!(begun.elapsed() < LONG, "{:?}", begun.elapsed());
    let timeline: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(timeline["connections"].as_array().unwrap().len(), 1);
}

#[test]
fn what_programs_say_is_not_in_the_timeline() {
    let (program, folder) = (Program::new(), folder());
    let server = format!("echo '{{broken'; printf 'bell\\007\\n' >&2; {}", serve(&program, folder.path()));
    let client = format!("printf 'no end of line'; {}", get(&program));
    let (code, out, err) = run(exec(&program, &server, &client).args(["--format", "json", "--lang", "en"]));
    if code == Some(NOT_PERMITTED) {
        return skipped("what_programs_say_is_not_in_the_timeline", &err);
    }
    let timeline: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(timeline["source"]["kind"], "lab");
    for line in ["server: {broken", "server: bell", "client: no end of line"] {
        assert!(err.lines().any(|said| said.starts_with(line)), "no '{line}' in {err}");
    }
    assert!(!err.contains('\u{7}'), "{err:?}");
}

#[test]
fn under_sudo_programs_and_files_are_the_users() {
    let test = "under_sudo_programs_and_files_are_the_users";
    if !is_root(test) {
        return;
    }
    let (program, folder) = (Program::new(), folder());
    let [of_exec, of_run] = ["exec.pcapng", "run.pcapng"].map(|name| folder.path().join(name));
    // Port 80 as well.
    let server = format!("echo uid $(id -u) gid $(id -G) home $HOME user $USER; {}", serve(&program, folder.path()));
    let sudo = |mut command: Command| {
        command.env("HOME", "/root").env("USER", "root").env("SUDO_UID", USER).env("SUDO_GID", USER);
        run(command.args(["--lang", "en"]))
    };
    let mut command = exec(&program, &server, &get(&program));
    command.arg("-w").arg(&of_exec);
    let (code, out, err) = sudo(command);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("10.0.0.2:80"), "{out}\n{err}");
    let user = nix::unistd::User::from_uid(USER.parse::<u32>().unwrap().into()).unwrap().unwrap();
    let is = format!("server: uid {USER} gid {USER} home {} user {}", user.dir.display(), user.name);
    assert!(err.lines().any(|line| line == is), "no '{is}' in {err}");
    let mut command = program.command();
    command.args(["lab", "run", "three-way", "-w"]).arg(&of_run);
    let (code, _, err) = sudo(command);
    assert_eq!(code, Some(0), "{err}");
    for file in [of_exec, of_run] {
        let found = file.metadata().unwrap();
        let user: u32 = USER.parse().unwrap();
        assert_eq!((found.uid(), found.gid(), found.mode() & 0o777), (user, user, 0o600));
    }
    // Where root alone may go nothing can be written: when it is, root's rights are gone.
    let roots = tempfile::tempdir().unwrap();
    fs::set_permissions(roots.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let inner = roots.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = program.command();
    command.args(["lab", "run", "three-way", "-w"]).arg(inner.join("run.pcapng"));
    let (code, _, err) = sudo(command);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("cannot write"), "{err}");
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
    // Root that nobody called stays root.
    let (_, _, err) = run(exec(&program, &server, &get(&program)).args(["--lang", "en"]));
    assert!(err.contains("server: uid 0 "), "{err}");
}

#[test]
fn a_server_may_go_into_the_background() {
    let (program, folder) = (Program::new(), folder());
    let server = serve(&program, folder.path());
    let server = format!("({}) & exit 0", server.trim_start_matches("exec "));
    let mut command = exec(&program, &server, &get(&program));
    let (code, out, err) = run(command.args(["--format", "json", "--lang", "en"]));
    if code == Some(NOT_PERMITTED) {
        return skipped("a_server_may_go_into_the_background", &err);
    }
    assert_eq!(code, Some(0), "{err}");
    let timeline: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(timeline["connections"][0]["open"]["kind"], "three-way");
}

#[test]
fn a_fault_of_what_is_dropped_is_in_vain() {
    let (program, folder) = (Program::new(), folder());
    let mut command = exec(&program, &serve(&program, folder.path()), &get(&program));
    let faults = ["--fault", "drop the first SYN", "--fault", "corrupt the first SYN"];
    let (code, _, err) = run(command.args(faults).args(["--format", "json", "--lang", "en"]));
    if code == Some(NOT_PERMITTED) {
        return skipped("a_fault_of_what_is_dropped_is_in_vain", &err);
    }
    assert!(err.contains("the fault 'corrupt the first SYN' met no segment"), "{err}");
    assert!(!err.contains("'drop the first SYN' met"), "{err}");
}
