//! The kernel's tracepoints of TCP, for root: each change of state to the microsecond, what it sent again, why it sent RST.
//!
//! An instance of tracefs of our own is used, which nobody else sees; what a run that crashed left is removed by the next. One
//! that is at work holds a file of its instance open: the kernel then refuses to remove it (EBUSY), whoever asks.

mod line;

pub(in crate::lab) use line::{Event, Traced};

use crate::source::clock::now;
use crate::tcp::Timestamp;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::time::{ClockId, clock_gettime};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Where tracefs is mounted, where it is.
const TRACING: &str = "/sys/kernel/tracing";
const INSTANCE: &str = "synfin-";
/// Those that there must be.
const EVENTS: [&str; 3] = ["sock/inet_sock_set_state", "tcp/tcp_retransmit_skb", "tcp/tcp_send_reset"];
/// Those that are welcome: SYN-ACKs sent again have an event of their own.
const MORE_EVENTS: [&str; 2] = ["tcp/tcp_retransmit_synack", "tcp/tcp_receive_reset"];
/// Kilobytes of each processor's buffer, some thousand events; the oldest give way.
const BUFFER: &str = "1024";
/// Events read at most.
const MOST_EVENTS: usize = 100_000;

/// An instance at work.
pub(in crate::lab) struct Tracer {
    /// Keeps a tracefs that only this sees.
    _mounted: Option<File>,
    /// Keeps others from removing the instance, and is let go before it is removed.
    switch: Option<File>,
    instance: PathBuf,
    /// What the wall clock is ahead of the monotonic one.
    ahead: Duration,
}

impl Tracer {
    /// Begins to listen; `None` without root's rights, or where the kernel has no such events.
    pub(in crate::lab) fn begin() -> Option<Tracer> {
        let ahead = ahead()?;
        let (root, mounted) = tracing().ok()?;
        sweep(&root);
        let mut tracer = Tracer::create(&root, &std::process::id().to_string(), ahead)?;
        tracer._mounted = mounted;
        let set = |file: &str, value: &str| fs::write(tracer.instance.join(file), value);
        set("trace_clock", "mono").ok()?;
        set("buffer_size_kb", BUFFER).ok()?;
        let enable = |event: &&str| set(&format!("events/{event}/enable"), "1");
        EVENTS.iter().try_for_each(enable).ok()?;
        MORE_EVENTS.iter().for_each(|event| drop(enable(event)));
        Some(tracer)
    }

    /// An instance of this name that nobody else can remove.
    fn create(root: &Path, name: &str, ahead: Duration) -> Option<Tracer> {
        let instance = root.join("instances").join(format!("{INSTANCE}{name}"));
        fs::create_dir(&instance).ok()?;
        let mut tracer = Tracer { _mounted: None, switch: None, instance, ahead };
        tracer.switch = Some(File::options().write(true).open(tracer.instance.join("tracing_on")).ok()?);
        Some(tracer)
    }

    /// Ends it, and gives what was heard, of every socket of this machine: whose it is must be looked into.
    pub(in crate::lab) fn end(mut self) -> Vec<Traced> {
        if let Some(switch) = &mut self.switch {
            let _ = switch.write_all(b"0");
        }
        let Ok(trace) = File::open(self.instance.join("trace")) else { return Vec::new() };
        read(BufReader::new(trace), self.ahead)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        self.switch = None;
        let _ = fs::remove_dir(&self.instance);
    }
}

/// A task calls itself what it likes: a line need not be UTF-8.
fn read(trace: impl BufRead, ahead: Duration) -> Vec<Traced> {
    let lines = trace.split(b'\n').map_while(Result::ok).take(MOST_EVENTS);
    lines.filter_map(|line| line::read(&String::from_utf8_lossy(&line), ahead)).collect()
}

/// Removes what processes left that are no more. Who cannot be seen from this PID namespace may be at work all the same:
/// nothing is done to an instance but to ask the kernel to remove it, which also ends its events.
fn sweep(root: &Path) {
    for entry in fs::read_dir(root.join("instances")).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(INSTANCE));
        // Of our own number only another's can be there.
        let own = std::process::id().to_string();
        if pid.is_some_and(|pid| pid == own || !Path::new("/proc").join(pid).exists()) {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// The tracefs that is mounted, or one that is mounted for this alone.
fn tracing() -> io::Result<(PathBuf, Option<File>)> {
    let root = Path::new(TRACING);
    if root.join("instances").exists() {
        return Ok((root.to_path_buf(), None));
    }
    // A mount namespace is a thread's: what is mounted there nobody else sees, and it goes with the last who holds it.
    let mounted = thread::Builder::new().spawn(|| -> io::Result<File> {
        unshare(CloneFlags::CLONE_NEWNS)?;
        let none = None::<&str>;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        mount(Some("tracefs"), TRACING, Some("tracefs"), MsFlags::empty(), none)?;
        File::open(TRACING)
    })?;
    let mounted = mounted.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))?;
    Ok((PathBuf::from(format!("/proc/self/fd/{}", mounted.as_raw_fd())), Some(mounted)))
}

/// Of several tries the one that was least disturbed between the two questions.
fn ahead() -> Option<Duration> {
    let monotonic = || clock_gettime(ClockId::CLOCK_MONOTONIC).ok().map(Duration::from);
    let tries = (0..20).filter_map(|_| {
        let (before, Timestamp(wall), after) = (monotonic()?, now(), monotonic()?);
        let wall = Duration::from_nanos(u64::try_from(wall).ok()?);
        Some((after.checked_sub(before)?, wall.checked_sub((before + after) / 2)?))
    });
    tries.min_by_key(|(width, _)| *width).map(|(_, ahead)| ahead)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::explicit_write)]
    use super::*;

    #[test]
    fn a_line_that_is_no_text_ends_nothing() {
        let reset =
            "1-1 [000] ..... 1.000001: tcp_send_reset: src=10.0.0.1:1 dest=10.0.0.2:2 state=TCP_CLOSE reason=X\n";
        let trace = [b"\xff\xfe-1 [000] ..... 1.0: other: x\n", reset.as_bytes(), b"\xff", reset.as_bytes()].concat();
        assert_eq!(read(trace.as_slice(), Duration::ZERO).len(), 2);
    }

    /// The number of no process: a run that this PID namespace cannot see looks no different.
    #[test]
    fn a_run_at_work_is_left_alone_and_a_dead_one_removed() {
        let Ok((root, _mounted)) = tracing() else {
            writeln!(io::stderr(), "SKIPPED a_run_at_work_is_left_alone_and_a_dead_one_removed: no tracefs here")
                .unwrap();
            return;
        };
        let unseen = 99_999_000 + std::process::id() % 1000;
        let Some(at_work) = Tracer::create(&root, &unseen.to_string(), Duration::ZERO) else {
            writeln!(io::stderr(), "SKIPPED a_run_at_work_is_left_alone_and_a_dead_one_removed: no right to").unwrap();
            return;
        };
        let enable = at_work.instance.join("events/sock/inet_sock_set_state/enable");
        fs::write(&enable, "1").unwrap();
        let dead = root.join("instances").join(format!("{INSTANCE}{}", unseen + 1000));
        fs::create_dir(&dead).unwrap();
        sweep(&root);
        assert!(!dead.exists());
        assert_eq!(fs::read_to_string(&enable).unwrap().trim(), "1");
        let instance = at_work.instance.clone();
        drop(at_work);
        assert!(!instance.exists());
    }
}
