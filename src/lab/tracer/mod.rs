//! The kernel's tracepoints of TCP, for root: each change of state to the microsecond, what it sent again, why it sent RST.
//!
//! An instance of tracefs of our own is used, which nobody else sees; what a run that crashed left is removed by the next.

mod line;

pub(super) use line::{Deed, Traced};

use crate::source::clock::now;
use crate::tcp::Timestamp;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::time::{ClockId, clock_gettime};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
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
pub(super) struct Tracer {
    /// Keeps a tracefs that only this sees.
    _mounted: Option<File>,
    instance: PathBuf,
    /// What the wall clock is ahead of the monotonic one.
    ahead: Duration,
}

impl Tracer {
    /// Begins to listen; `None` without root's rights, or where the kernel has no such events.
    pub(super) fn begin() -> Option<Tracer> {
        let (root, mounted) = tracing().ok()?;
        sweep(&root);
        let instance = root.join("instances").join(format!("{INSTANCE}{}", std::process::id()));
        fs::create_dir(&instance).ok()?;
        let tracer = Tracer { _mounted: mounted, instance, ahead: ahead()? };
        let set = |file: &str, value: &str| fs::write(tracer.instance.join(file), value);
        set("trace_clock", "mono").ok()?;
        set("buffer_size_kb", BUFFER).ok()?;
        let enable = |event: &&str| set(&format!("events/{event}/enable"), "1");
        EVENTS.iter().try_for_each(enable).ok()?;
        MORE_EVENTS.iter().for_each(|event| drop(enable(event)));
        Some(tracer)
    }

    /// Ends it, and gives what was heard, of every socket of this machine: whose it is must be looked into.
    pub(super) fn end(self) -> Vec<Traced> {
        let _ = fs::write(self.instance.join("tracing_on"), "0");
        let Ok(trace) = File::open(self.instance.join("trace")) else { return Vec::new() };
        let lines = BufReader::new(trace).lines().map_while(Result::ok).take(MOST_EVENTS);
        lines.filter_map(|line| line::read(&line, self.ahead)).collect()
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        remove(&self.instance);
    }
}

fn remove(instance: &Path) {
    let _ = fs::write(instance.join("events/enable"), "0");
    let _ = fs::remove_dir(instance);
}

/// Removes what processes left that are no more.
fn sweep(root: &Path) {
    for entry in fs::read_dir(root.join("instances")).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(INSTANCE));
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            remove(&entry.path());
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
