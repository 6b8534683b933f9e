//! A user's program on a host. It has a PID namespace of its own: whatever it starts ends with it, also what left its group or
//! its session, ignores SIGTERM, or is there when this process is killed.

use super::relay;
use crate::lab::hosts::{Host, address};
use crate::lab::performance::watch::ASK_EVERY;
use crate::lab::worker::Worker;
use crate::source::privilege::User;
use crate::tcp::Peer;
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, Uid};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Who was asked to end is made to end after this time.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// The first process of the namespace: when it ends, the kernel ends all others there (pid_namespaces(7)). Its standard input
/// is a pipe of ours, which ends when this process does, however it died.
const INIT: &str = "read gone";

/// A program in a process group of its own.
pub(super) struct Program {
    child: Child,
    init: Child,
    relay: Option<Worker<()>>,
    status: Option<ExitStatus>,
}

impl Program {
    /// Starts it on the host of this peer, as this user where one is given; hears each line that it says.
    pub(super) fn start(
        command: &str,
        host: &Host,
        user: Option<User>,
        said: impl Fn(&str) + Send + 'static,
    ) -> io::Result<Program> {
        let (output, input) = io::pipe()?;
        let relay = Worker::begin("relay", Arc::default(), move |stop| relay::lines(output, stop, said))?;
        host.inside(move || {
            // It is the namespace of the children of this thread, which starts no other threads and ends soon.
            unshare(CloneFlags::CLONE_NEWPID)?;
            let mut init =
                shell(INIT, user).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            let spoken = input.try_clone();
            let child = spoken.and_then(|spoken| shell(command, user).stdout(spoken).stderr(input).spawn());
            match child {
                Ok(child) => Ok(Program { child, init, relay: Some(relay), status: None }),
                Err(error) => {
                    let _ = init.kill();
                    let _ = init.wait();
                    Err(error)
                }
            }
        })
    }

    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }

    /// Whether it has ended; what it started may go on. It is not waited for, so that its number stays its own.
    pub(super) fn has_ended(&self) -> bool {
        self.status.is_some() || !matches!(self.look(), Ok(WaitStatus::StillAlive))
    }

    /// Of one that has ended: how, unless it ended well. Then it is over with all that it started.
    pub(super) fn failure(&mut self) -> Option<ExitStatus> {
        let ended_well = matches!(self.look(), Ok(WaitStatus::Exited(_, 0)));
        (!ended_well).then(|| self.end())
    }

    fn look(&self) -> nix::Result<WaitStatus> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        waitid(Id::Pid(self.group()), flags)
    }

    /// Asks it to end, and all of its group.
    pub(super) fn ask_to_end(&self) {
        if self.status.is_none() {
            let _ = killpg(self.group(), Signal::SIGTERM);
        }
    }

    /// Whether nobody is left in its group. From then on it is not asked to end again.
    pub(super) fn is_gone(&mut self) -> bool {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status.is_some() && killpg(self.group(), None) == Err(Errno::ESRCH)
    }

    /// Ends it and everything that it started, at once; says what came of it.
    pub(super) fn end(&mut self) -> ExitStatus {
        let _ = self.init.kill();
        // In this order: the first process is not gone before all others are, and this one waits for its parent.
        let status = self.status.or_else(|| self.child.wait().ok()).unwrap_or_else(|| ExitStatus::from_raw(0));
        self.status = Some(status);
        let _ = self.init.wait();
        if let Some(relay) = self.relay.take() {
            let _ = relay.end();
        }
        status
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.ask_to_end();
        let end = Instant::now() + GRACE;
        while self.relay.is_some() && !self.is_gone() && Instant::now() < end {
            thread::sleep(ASK_EVERY);
        }
        self.end();
    }
}

fn shell(script: &str, user: Option<User>) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", script])
        .env("CLIENT", address(Peer::A, false).to_string())
        .env("SERVER", address(Peer::B, false).to_string())
        .stdin(Stdio::null())
        .process_group(0);
    // What it says goes through a pipe, where Python would keep it until the end, and lose it when it is made to end.
    if std::env::var_os("PYTHONUNBUFFERED").is_none() {
        command.env("PYTHONUNBUFFERED", "1");
    }
    if let Some(User { uid, gid }) = user {
        // With a user given, no other groups are kept.
        command.uid(uid).gid(gid);
        let known = nix::unistd::User::from_uid(Uid::from_raw(uid)).ok().flatten();
        let (name, home) = known.map_or((uid.to_string(), "/".into()), |known| (known.name, known.dir));
        command.env("USER", &name).env("LOGNAME", &name).env("HOME", home);
    }
    command
}
