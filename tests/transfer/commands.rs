//! The commands `serve` and `get` as a person runs them, alone and with a student's ten lines of Python.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const STUDENT_CLIENT: &str = r#"
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", int(sys.argv[1])))
client.send(sys.argv[2].encode())
with open(sys.argv[3], "wb") as f:
    while True:
        data = client.recv(1024)
        if data == b"":
            break
        f.write(data)
client.close()
"#;

const STUDENT_SERVER: &str = r#"
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("127.0.0.1", 0))
server.listen(128)
print(server.getsockname()[1], flush=True)
conn, addr = server.accept()
name = conn.recv(1024).decode()
with open(name, "rb") as f:
    while True:
        data = f.read(1024)
        if not data:
            break
        conn.send(data)
conn.close()
server.close()
"#;

pub(crate) fn synfin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    command.env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// A program that serves, with the port that it told in its first line.
pub(crate) struct Serving {
    child: Child,
    pub(crate) port: u16,
    lines: BufReader<std::process::ChildStdout>,
}

impl Serving {
    pub(crate) fn start(command: &mut Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let digits: String = first.rsplit(':').next().unwrap().chars().take_while(char::is_ascii_digit).collect();
        let port = digits.parse().unwrap_or_else(|_| panic!("no port in {first:?}"));
        Serving { child, port, lines }
    }

    pub(crate) fn synfin(root: &Path, args: &[&str]) -> Serving {
        Serving::start(synfin().arg("serve").arg("127.0.0.1:0").arg("--root").arg(root).args(args))
    }

    /// What it printed after its first line, once it has ended by itself.
    pub(crate) fn end(mut self) -> String {
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).unwrap();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert!(self.child.wait().unwrap().success(), "{rest}{errors}");
        rest
    }

    /// Ends a program that knows no other end.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn interrupt(self) -> String {
        kill(Pid::from_raw(self.child.id() as i32), Signal::SIGINT).unwrap();
        self.end()
    }
}

fn get(folder: &Path, port: u16, args: &[&str]) -> Output {
    synfin().arg("get").arg(format!("127.0.0.1:{port}")).args(args).current_dir(folder).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder to serve and one to save into.
fn folders() -> (tempfile::TempDir, tempfile::TempDir) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("hello.txt"), "hello\n").unwrap();
    fs::write(root.path().join("empty"), "").unwrap();
    fs::write(root.path().join("big"), [b"0123456789abcdef".repeat(20_000), vec![0xff; 7]].concat()).unwrap();
    (root, tempfile::tempdir().unwrap())
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_download_is_told_on_both_sides() {
    let (root, here) = folders();
    for closer in ["server", "client"] {
        let serving = Serving::synfin(root.path(), &["--count", "1", "--close-first", closer]);
        let got = get(here.path(), serving.port, &["hello.txt", "--force", "--close-first", closer]);
        assert!(got.status.success(), "{}", text(&got.stderr));
        assert_eq!(fs::read(here.path().join("hello.txt")).unwrap(), b"hello\n");
        let wanted = format!("the {closer} sent FIN first, so the {closer}'s side waits in TIME-WAIT");
        let (client, server) = (text(&got.stdout), serving.end());
        assert!(client.contains("saved hello.txt: 6 octets") && client.contains(&wanted), "{client}");
        assert_eq!(client.contains("announces no length"), closer == "server", "{client}");
        assert!(server.contains("asks for hello.txt") && server.contains("sent 6 octets"), "{server}");
        assert!(server.contains(&wanted) && server.ends_with("done: 1 client served\n"), "{server}");
        assert!(!server.contains('\x1b'), "no colour into a pipe");
    }
    let mode = fs::metadata(here.path().join("hello.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o400, 0o400);
    assert_ne!(mode & 0o044, 0, "others may read it, as the umask says");
}

#[test]
fn errors_leave_no_file_and_say_why() {
    let (root, here) = folders();
    let serving = Serving::synfin(root.path(), &[]);
    for (name, why) in [("none", "there is no such file"), ("../x", "leads out of the served folder")] {
        let got = get(here.path(), serving.port, &[name]);
        assert_eq!(got.status.code(), Some(1));
        assert!(text(&got.stderr).contains(why), "{}", text(&got.stderr));
        assert_eq!(files_in(here.path()), [""; 0]);
    }
    let got = get(here.path(), serving.port, &["empty"]);
    assert!(got.status.success());
    assert_eq!(fs::read(here.path().join("empty")).unwrap(), b"");
    let told = serving.interrupt();
    assert!(told.contains("refused: there is no such file") && told.contains("done: 3 clients served"), "{told}");
}

#[test]
fn chinese_speaks_chinese() {
    let (root, here) = folders();
    let serving = Serving::synfin(root.path(), &["--lang", "zh", "--count", "2"]);
    let got = get(here.path(), serving.port, &["hello.txt", "--lang", "zh"]);
    assert!(text(&got.stdout).contains("已保存 hello.txt：6 字节"), "{}", text(&got.stdout));
    let got = get(here.path(), serving.port, &["none", "--lang", "zh"]);
    assert!(text(&got.stderr).contains("错误：服务器拒绝：没有这个文件"), "{}", text(&got.stderr));
    let told = serving.end();
    assert!(told.contains("请求文件 hello.txt") && told.contains("主动关闭"), "{told}");
}

#[test]
fn nothing_is_overwritten_unasked() {
    let (root, here) = folders();
    let serving = Serving::synfin(root.path(), &[]);
    fs::write(here.path().join("hello.txt"), "mine").unwrap();
    let got = get(here.path(), serving.port, &["hello.txt"]);
    assert_eq!(got.status.code(), Some(1));
    assert!(text(&got.stderr).contains("exists already") && text(&got.stderr).contains("--force"));
    assert_eq!(fs::read(here.path().join("hello.txt")).unwrap(), b"mine");
    assert!(get(here.path(), serving.port, &["hello.txt", "-o", "other"]).status.success());
    assert!(get(here.path(), serving.port, &["hello.txt", "--force"]).status.success());
    assert_eq!(fs::read(here.path().join("hello.txt")).unwrap(), b"hello\n");
    assert_eq!(files_in(here.path()), ["hello.txt", "other"]);
    let got = get(here.path(), serving.port, &["hello.txt", "-o", "-"]);
    assert_eq!(got.stdout, b"hello\n");
    serving.interrupt();
}

#[test]
fn what_cannot_be_written_is_said() {
    let (root, here) = folders();
    let serving = Serving::synfin(root.path(), &[]);
    let got = get(here.path(), serving.port, &["hello.txt", "-o", "no/such/folder"]);
    assert_eq!(got.status.code(), Some(1));
    assert!(text(&got.stderr).contains("cannot write no/such/folder"), "{}", text(&got.stderr));
    let got = get(here.path(), serving.port, &["hello.txt", "-o", "/dev/full"]);
    assert_eq!(got.status.code(), Some(1), "a full disk");
    assert!(text(&got.stderr).contains("cannot write what came"), "{}", text(&got.stderr));

    // Root may write everywhere: the program is run as nobody there, from where nobody can reach it.
    let readonly = here.path().join("readonly");
    fs::create_dir(&readonly).unwrap();
    fs::set_permissions(here.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&readonly, fs::Permissions::from_mode(0o555)).unwrap();
    let program = here.path().join("synfin");
    fs::copy(env!("CARGO_BIN_EXE_synfin"), &program).unwrap();
    let mut command = Command::new(&program);
    command.args(["get", &format!("127.0.0.1:{}", serving.port), "hello.txt"]).env("LC_ALL", "C");
    if nix::unistd::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let got = command.current_dir(&readonly).output().unwrap();
    assert_eq!(got.status.code(), Some(3), "{}", text(&got.stderr));
    assert!(text(&got.stderr).contains("cannot write hello.txt: Permission denied"), "{}", text(&got.stderr));
    serving.interrupt();
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let here = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let client = synfin()
        .args(["get", &address, "x"])
        .current_dir(here.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stream, _) = silent.accept().unwrap();
    stream.read_exact(&mut [0]).unwrap();
    assert_eq!(files_in(here.path()).len(), 1, "the file to be");
    kill(Pid::from_raw(client.id() as i32), Signal::SIGINT).unwrap();
    let got = client.wait_with_output().unwrap();
    assert_eq!(got.status.code(), Some(130), "{}", text(&got.stderr));
    assert_eq!(files_in(here.path()), [""; 0]);
}

#[test]
fn a_port_in_use_and_a_closed_port_have_remedies() {
    let (root, here) = folders();
    let serving = Serving::synfin(root.path(), &[]);
    let address = format!("127.0.0.1:{}", serving.port);
    let second = synfin().args(["serve", &address]).output().unwrap();
    let told = text(&second.stderr);
    assert_eq!(second.status.code(), Some(1));
    assert!(told.contains("is in use") && told.contains("synfin serve 0"), "{told}");
    assert!(told.contains(&format!("held by synfin (pid {})", serving.child.id())), "{told}");
    let port = serving.port;
    serving.interrupt();
    let got = get(here.path(), port, &["hello.txt"]);
    assert!(text(&got.stderr).contains("nobody listens there"), "{}", text(&got.stderr));
    assert_eq!(synfin().args(["serve", "localhost:http"]).output().unwrap().status.code(), Some(2));
    assert_eq!(synfin().args(["serve", "--count", "0"]).output().unwrap().status.code(), Some(2));
    let far = synfin().args(["serve", "99999"]).output().unwrap();
    assert!(far.status.code() == Some(2) && text(&far.stderr).contains("port out of range"), "{}", text(&far.stderr));
    let unknown = synfin().args(["get", "nobody.invalid:80", "x"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(1), "{}", text(&unknown.stderr));
    assert_eq!(synfin().args(["get", "::1", "x"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn hostile_names_steer_no_terminal() {
    let (root, _here) = folders();
    let serving = Serving::synfin(root.path(), &["--count", "1"]);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", serving.port)).unwrap();
    stream.write_all(b"\x1b]0;owned\x07\x9b31m\n").unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    drop(stream);
    let told = serving.end();
    assert!(told.contains("␛]0;owned␇") && !told.contains('\x1b'), "{told:?}");
}

#[test]
fn a_students_client_understands_our_server() {
    let Some(python) = python() else { return };
    let (root, here) = folders();
    let serving = Serving::synfin(root.path(), &["--count", "5"]);
    for name in ["hello.txt", "empty", "big", "hello.txt\n", "hello.txt\r\n"] {
        let saved = here.path().join(name);
        let port = serving.port.to_string();
        let done = Command::new(python).args(["-c", STUDENT_CLIENT, &port, name]).arg(&saved).output().unwrap();
        assert!(done.status.success(), "{}", text(&done.stderr));
        assert!(fs::read(&saved).unwrap() == fs::read(root.path().join(name.trim_end())).unwrap(), "{name:?} differs");
    }
    let told = serving.end();
    assert!(told.contains("bare name") && !told.contains("told the length"), "{told}");
}

#[test]
fn our_client_understands_a_students_server() {
    let Some(python) = python() else { return };
    let (root, here) = folders();
    for name in ["hello.txt", "empty", "big"] {
        let serving = Serving::start(Command::new(python).args(["-c", STUDENT_SERVER]).current_dir(root.path()));
        let got = get(here.path(), serving.port, &[name]);
        assert!(got.status.success(), "{}", text(&got.stderr));
        assert!(text(&got.stdout).contains("the server sent FIN first"));
        assert!(fs::read(here.path().join(name)).unwrap() == fs::read(root.path().join(name)).unwrap());
        serving.end();
    }
}

fn python() -> Option<&'static str> {
    let works = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !works {
        super::skipped("python3 is not here, so no student's program was tried");
    }
    works.then_some("python3")
}
