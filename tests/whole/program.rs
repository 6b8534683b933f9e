//! The built program, ready to be run.

use std::process::{Command, Output, Stdio};

/// The program in a plain environment: English, UTF-8, no terminal, no colour.
pub(crate) fn synfin(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfin"));
    for name in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "LC_ALL",
        "LC_CTYPE",
        "LC_MESSAGES",
        "LANGUAGE",
        "SUDO_UID",
        "SUDO_GID",
        "SUDO_USER",
    ] {
        command.env_remove(name);
    }
    command.env("LANG", "en_US.UTF-8").env("TERM", "xterm-256color").args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn run(args: &[&str]) -> Output {
    synfin(args).output().unwrap()
}

/// Runs with these octets on standard input.
pub(crate) fn feed(command: &mut Command, input: &[u8]) -> Output {
    use std::io::Write;
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A thread, so that neither side waits for a full pipe. The program may end before it has read all.
    let writer = std::thread::spawn(move || _ = stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
