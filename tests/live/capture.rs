//! Live capture and rights.

use crate::program::*;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

fn json(command: &mut Command) -> Value {
    let (code, stdout, stderr) = run(command);
    assert_eq!(code, Some(0), "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

/// What the probe must have seen of its connection. The last acknowledgment may be joined with a FIN.
fn assert_whole_life(probe: &Value) {
    let seen = &probe["entered"]["connection"]["Ok"];
    let packets = seen["packets"].as_u64().unwrap_or_default();
    assert!((9..=12).contains(&packets), "{probe}");
    assert_eq!((&seen["dropped"], &seen["in_order"]), (&0.into(), &true.into()), "{probe}");
    let left = seen["time_wait_ms"].as_u64().unwrap_or_default();
    assert!((50_000..=60_000).contains(&left), "{probe}");
}

#[test]
fn an_ordinary_user_gets_a_private_network() {
    let program = Program::new();
    let probe = json(program.as_user().args(["doctor", "--probe"]));
    if let Some(failed) = probe.get("failed") {
        assert!(failed["fixes"].as_array().is_some_and(|fixes| !fixes.is_empty()), "{probe}");
        return skipped("an_ordinary_user_gets_a_private_network", failed["text"]["en"].as_str().unwrap());
    }
    assert_eq!(probe["entered"]["user_namespace"], true, "{probe}");
    assert_whole_life(&probe);
}

#[test]
fn root_gets_one_without_a_user_namespace() {
    if !is_root("root_gets_one_without_a_user_namespace") {
        return;
    }
    let program = Program::new();
    let probe = json(program.command().args(["doctor", "--probe"]));
    if let Some(failed) = probe.get("failed") {
        return skipped("root_gets_one_without_a_user_namespace", failed["text"]["en"].as_str().unwrap());
    }
    assert_eq!(probe["entered"]["user_namespace"], false, "{probe}");
    assert_whole_life(&probe);
}

#[test]
fn where_namespaces_are_used_up_the_step_and_the_setting_are_named() {
    let test = "where_namespaces_are_used_up_the_step_and_the_setting_are_named";
    let program = Program::new();
    // The limit is set inside a user namespace of its own and touches nothing else.
    let script = "echo 0 > /proc/sys/user/max_net_namespaces || exit 9; exec \"$0\" doctor --probe";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", script]).arg(&program.path);
    let (code, stdout, stderr) = match command.output() {
        Ok(_) => run(&mut plain(command)),
        Err(error) => return skipped(test, &error.to_string()),
    };
    if code != Some(0) {
        return skipped(test, &stderr);
    }
    let probe: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(probe["failed"]["step"], "unshare", "{probe}");
    assert!(probe["failed"]["text"]["en"].as_str().unwrap().contains("ENOSPC"), "{probe}");
    assert!(probe["failed"]["fixes"][0]["zh"].as_str().unwrap().contains("user.max_net_namespaces"), "{probe}");
}

#[test]
fn without_rights_live_ends_with_3_and_lines_to_copy() {
    let program = Program::new();
    let real = program.path.canonicalize().unwrap();
    for (lang, word) in [("en", "no permission"), ("zh", "权限")] {
        let (code, stdout, stderr) = run(program.as_user().args(["live", "--lang", lang, "--count", "1"]));
        assert_eq!((code, stdout.as_str()), (Some(3), ""), "{stderr}");
        assert!(stderr.contains(word), "{stderr}");
        for line in [format!("sudo {} live -i lo", real.display()), "synfin replay".to_string()] {
            assert!(stderr.contains(&line), "{line}: {stderr}");
        }
    }
}

#[test]
fn an_unknown_device_is_named_as_such_even_without_rights() {
    let (code, _, stderr) = run(Program::new().as_user().args(["live", "-i", "l0"]));
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("no device 'l0'") && stderr.contains("did you mean 'lo'"), "{stderr}");
}

#[test]
fn a_device_that_is_down_is_named_as_such() {
    let test = "a_device_that_is_down_is_named_as_such";
    if !is_root(test) {
        return;
    }
    let program = Program::new();
    let mut command = Command::new("unshare");
    command.arg("--net").arg(&program.path).args(["live", "-i", "lo", "--count", "1"]);
    if let Err(error) = command.output() {
        return skipped(test, &error.to_string());
    }
    let (code, _, stderr) = run(&mut plain(command));
    if stderr.contains("unshare") {
        return skipped(test, &stderr);
    }
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("'lo' is down") && stderr.contains("ip link set lo up"), "{stderr}");
}

#[test]
fn a_filter_that_is_not_understood_is_shown_whole() {
    if !is_root("a_filter_that_is_not_understood_is_shown_whole") {
        return;
    }
    let (code, _, stderr) = run(Program::new().command().args(["live", "tcp", "prt", "80"]));
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("'tcp prt 80'") && stderr.contains("pcap-filter(7)"), "{stderr}");
}

#[test]
fn devices_are_listed_without_rights() {
    let program = Program::new();
    let devices = json(program.as_user().args(["interfaces", "--json"]));
    let loopback = devices.as_array().unwrap().iter().find(|device| device["loopback"] == true).unwrap();
    assert!(loopback["index"].is_u64() && loopback["name"].is_string(), "{loopback}");
    let (code, table, _) = run(program.as_user().args(["interfaces", "--lang", "zh"]));
    assert!(code == Some(0) && table.contains("环回"), "{table}");
}

#[test]
fn doctor_tells_all_in_json() {
    let program = Program::new();
    let checks = json(program.as_user().args(["doctor", "--json"]));
    let ids: Vec<&str> = checks.as_array().unwrap().iter().filter_map(|check| check["id"].as_str()).collect();
    for id in
        ["libpcap", "devices", "capture", "effective", "file", "namespace", "sock-diag", "locale", "width", "color"]
    {
        assert!(ids.contains(&id), "{id} is missing: {ids:?}");
    }
    for check in checks.as_array().unwrap() {
        let has_fix = check["fixes"].as_array().is_some_and(|fixes| !fixes.is_empty());
        assert!(check["ok"] != true || !has_fix, "nothing to mend where all is well: {check}");
    }
    let capture = checks.as_array().unwrap().iter().find(|check| check["id"] == "capture").unwrap();
    let setcap = format!("sudo setcap cap_net_raw+ep {}", program.path.canonicalize().unwrap().display());
    assert_eq!(capture["ok"], false, "{capture}");
    assert!(capture.to_string().contains(&setcap) || capture.to_string().contains("nosuid"), "{capture}");
}

/// A running `synfin live` that has said that it listens. Ended on drop, whatever happens to the test.
struct Live {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Live {
    fn start(command: &mut Command, port: u16) -> Live {
        Live::start_with(command, &[], port)
    }

    fn start_with(command: &mut Command, options: &[&OsStr], port: u16) -> Live {
        command.args(["live", "-i", "lo", "--duration", "20s"]).args(options);
        command.args(["tcp", "port", &port.to_string()]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("listening on lo") {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "it ended: {said}");
        }
        Live { child, stderr }
    }

    /// A line of `/proc/PID/status`, its values.
    fn status(&self, name: &str) -> Vec<String> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.split_whitespace().map(String::from).collect()
    }

    /// Ctrl-C; what it said at last.
    fn interrupt(mut self) -> String {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap());
        let asked = Instant::now();
        kill(pid, Signal::SIGINT).unwrap();
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{said}");
        assert!(asked.elapsed() < Duration::from_secs(5), "Ctrl-C took {:?}", asked.elapsed());
        said
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection on loopback, a word each way, the client closing first.
fn converse(listener: &TcpListener) {
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let mut word = [0; 4];
    client.write_all(b"ping").unwrap();
    server.read_exact(&mut word).unwrap();
    server.write_all(b"pong").unwrap();
    client.read_exact(&mut word).unwrap();
    drop(client);
    server.read_to_end(&mut Vec::new()).unwrap();
}

fn count(said: &str, what: &str) -> u64 {
    let line = said.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("no '{what}' in: {said}"));
    line.split(' ').next().unwrap().parse().unwrap()
}

/// Ctrl-C at once after the last packet: none may be left behind in the kernel, and none counted twice.
fn assert_all_seen(live: Live, listener: &TcpListener) {
    converse(listener);
    let said = live.interrupt();
    let captured = count(&said, "captured");
    assert!((9..=12).contains(&captured), "{said}");
    assert_eq!((count(&said, "received"), count(&said, "dropped")), (captured, 0), "{said}");
}

#[test]
fn root_captures_and_has_given_up_its_rights_by_then() {
    if !is_root("root_captures_and_has_given_up_its_rights_by_then") {
        return;
    }
    let program = Program::new();
    for (sudo, expected) in [(None, USER), (Some("1000"), "1000"), (Some("0"), USER)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut command = program.command();
        if let Some(id) = sudo {
            command.env("SUDO_UID", id).env("SUDO_GID", id);
        }
        let live = Live::start(&mut command, listener.local_addr().unwrap().port());
        assert_eq!(live.status("Uid"), [expected; 4]);
        assert_eq!(live.status("Gid"), [expected; 4]);
        assert_eq!(live.status("Groups"), [expected]);
        assert_eq!(live.status("NoNewPrivs"), ["1"]);
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(live.status(set), ["0000000000000000"], "{set}");
        }
        assert_all_seen(live, &listener);
    }
}

/// Ctrl-C in the middle of a capture: the timeline is whole, and the saved packets tell the same.
#[test]
fn ctrl_c_leaves_whole_files() {
    if !is_root("ctrl_c_leaves_whole_files") {
        return;
    }
    let (program, folder) = (Program::new(), tempfile::tempdir().unwrap());
    let (timeline, packets) = (folder.path().join("live.json"), folder.path().join("live.pcap"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = ["-o".as_ref(), timeline.as_os_str(), "-w".as_ref(), packets.as_os_str()];
    let live = Live::start_with(&mut program.command(), &options, listener.local_addr().unwrap().port());
    assert_all_seen(live, &listener);
    let live: Value = serde_json::from_slice(&fs::read(&timeline).unwrap()).unwrap();
    let replayed = json(program.command().args(["replay", "--format", "json"]).arg(&packets));
    let connection = &live["connections"][0];
    assert_eq!(
        (&connection["open"]["kind"], &connection["totals"]["client"]["bytes"]),
        (&"three-way".into(), &4.into())
    );
    assert_eq!(connection["time_wait"][0]["basis"], "kernel");
    let states = |timeline: &Value| -> Vec<String> {
        let events = timeline["events"].as_array().unwrap().iter();
        let changes = events.flat_map(|event| event["states"].as_array().into_iter().flatten());
        changes.map(|change| format!("{} {}", change["endpoint"], change["to"])).collect()
    };
    assert_eq!(states(&live), states(&replayed));
    // One more when the server's ACK and FIN went out apart.
    assert!((9..=10).contains(&states(&live).len()), "{:?}", states(&live));
    assert_eq!(connection["history"], replayed["connections"][0]["history"]);
}

#[test]
fn cap_net_raw_alone_suffices() {
    let test = "cap_net_raw_alone_suffices";
    if !is_root(test) {
        return;
    }
    let program = Program::new();
    match Command::new("setcap").arg("cap_net_raw+ep").arg(&program.path).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => return skipped(test, &String::from_utf8_lossy(&output.stderr)),
        Err(error) => return skipped(test, &format!("setcap: {error}")),
    }
    if is_nosuid(program.path.parent().unwrap()) {
        return skipped(test, "the folder for temporary files is mounted nosuid");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let live = Live::start(&mut program.as_user(), listener.local_addr().unwrap().port());
    assert_eq!(live.status("Uid"), [USER; 4]);
    assert_eq!(live.status("CapPrm"), ["0000000000000000"], "given up once the device is open");
    assert_all_seen(live, &listener);
    // Such a program can still make its private network.
    let probe = json(program.as_user().args(["doctor", "--probe"]));
    match probe.get("failed") {
        Some(failed) => skipped(test, failed["text"]["en"].as_str().unwrap()),
        None => assert_whole_life(&probe),
    }
}

fn is_nosuid(path: &Path) -> bool {
    use nix::sys::statvfs::{FsFlags, statvfs};
    statvfs(path).unwrap().flags().contains(FsFlags::ST_NOSUID)
}
