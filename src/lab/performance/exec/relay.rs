//! What a program says, line by line.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{PipeReader, Read};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

/// Octets of a line at most; a longer one comes in pieces.
const LONGEST: usize = 4096;
/// Milliseconds that one wait lasts at most.
const GLANCE: u8 = 50;

/// Hears line after line until nobody is left who could say one, or until `stop` when nothing more is there.
pub(super) fn lines(mut from: PipeReader, stop: &AtomicBool, said: impl Fn(&str)) {
    let mut line = Vec::new();
    let mut piece = [0; LONGEST];
    loop {
        // Asked before the pipe is: what was said until then is heard.
        let is_over = stop.load(Ordering::Acquire);
        let wait = if is_over { PollTimeout::ZERO } else { PollTimeout::from(GLANCE) };
        match poll(&mut [PollFd::new(from.as_fd(), PollFlags::POLLIN)], wait) {
            Ok(0) if is_over => break,
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(_) => break,
        }
        let Ok(came @ 1..) = from.read(&mut piece) else { break };
        for byte in piece.iter().take(came) {
            if *byte == b'\n' || line.len() >= LONGEST {
                say(&mut line, &said);
            }
            if *byte != b'\n' {
                line.push(*byte);
            }
        }
    }
    if !line.is_empty() {
        say(&mut line, &said);
    }
}

fn say(line: &mut Vec<u8>, said: impl Fn(&str)) {
    said(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).as_ref());
    line.clear();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;
    use std::sync::Mutex;

    fn heard(stop: bool, what: &[u8], keeps: bool) -> Vec<String> {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(what).unwrap();
        let kept = keeps.then(|| writer.try_clone().unwrap());
        drop(writer);
        let all = Mutex::new(Vec::new());
        lines(reader, &AtomicBool::new(stop), |line| all.lock().unwrap().push(line.to_string()));
        drop(kept);
        all.into_inner().unwrap()
    }

    #[test]
    fn lines_come_whole_and_the_last_without_its_end() {
        assert_eq!(heard(false, b"one\r\n\n\xfftwo", false), ["one", "", "\u{fffd}two"]);
        assert_eq!(heard(false, &[b'x'; LONGEST + 1], false).iter().map(String::len).collect::<Vec<_>>(), [LONGEST, 1]);
    }

    #[test]
    fn who_keeps_the_pipe_open_keeps_nobody_waiting() {
        assert_eq!(heard(true, b"one\ntwo", true), ["one", "two"]);
    }
}
