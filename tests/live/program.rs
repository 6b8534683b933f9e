//! The program under test, as root and as an ordinary user.

use nix::unistd::geteuid;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The uid of an ordinary user, for when the tests run as root.
pub const USER: &str = "65534";

/// A copy of the program where every user can reach it.
pub struct Program {
    pub path: PathBuf,
    _folder: TempDir,
}

impl Program {
    pub fn new() -> Program {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("synfin");
        // By another process: a child that a parallel test starts meanwhile would inherit the open copy, and a file that is
        // open for writing cannot be run ("text file busy").
        assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_synfin")).arg(&path).status().unwrap().success());
        for path in [folder.path(), &path] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Program { path, _folder: folder }
    }

    /// As whoever runs the tests.
    pub fn command(&self) -> Command {
        plain(Command::new(&self.path))
    }

    /// As an ordinary user: root steps down first.
    pub fn as_user(&self) -> Command {
        if !geteuid().is_root() {
            return self.command();
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(&self.path);
        plain(command)
    }
}

/// Without what the caller's environment would change.
pub fn plain(mut command: Command) -> Command {
    command.env("LC_ALL", "C.UTF-8").env_remove("SUDO_UID").env_remove("SUDO_GID").stdin(Stdio::null());
    command
}

/// Says, past the test harness, that something was not tested.
pub fn skipped(test: &str, why: &str) {
    writeln!(std::io::stderr(), "SKIPPED {test}: {why}").unwrap();
}

/// Whether root's test can run.
pub fn is_root(test: &str) -> bool {
    let root = geteuid().is_root();
    if !root {
        skipped(test, "needs root");
    }
    root
}

pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}
