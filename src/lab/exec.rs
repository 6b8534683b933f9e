//! Any two programs on the lab's two hosts, with the wire between them and the kernel of each host as witness.

use super::error::LabError;
use super::host::Host;
use super::medium::Medium;
use super::network::{Network, address};
use super::recording::Recording;
use super::traced;
use super::tracer::Tracer;
use super::watch::{ASK_EVERY, Watch};
use super::wire::{Plan, Wire};
use crate::source::clock::now;
use crate::tcp::{Peer, State};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

/// Two programs, as a shell takes them.
#[derive(Debug, Clone)]
pub struct Exec {
    pub server: String,
    pub client: String,
    pub plan: Plan,
}

/// What came of it.
pub struct Happened {
    pub recording: Recording,
    pub client: ExitStatus,
}

/// A server listens within this time.
const READY: Duration = Duration::from_secs(10);
/// After the client has ended, sockets come to rest within this time, or are left as they are.
const REST: Duration = Duration::from_secs(70);

impl Exec {
    /// Runs both programs; the client starts once the server listens. Ends when the client has ended and the wire is quiet;
    /// a server that still runs is then told to end. `SERVER` and `CLIENT` in their environment are the hosts' addresses.
    ///
    /// # Errors
    /// What could not be done.
    pub fn perform(self, stop: &AtomicBool) -> Result<Happened, LabError> {
        let network = Network::build().map_err(LabError::Network)?;
        let delay = self.plan.delay;
        let medium = Medium::Wire(Wire::lay(self.plan).map_err(LabError::Wire)?);
        let [client_host, server_host] = &network.hosts;
        let witnesses = network.witnesses().map_err(LabError::Witness)?;
        let tracer = Tracer::begin();
        let mut watch = Watch::begin(witnesses, &medium, delay, stop);
        let start = |command, host, name: &str| {
            Program::start(command, host).map_err(|error| LabError::Start(name.into(), error))
        };
        let mut server = start(&self.server, server_host, "server")?;
        until_listening(&mut watch, &mut server)?;
        let mut client = start(&self.client, client_host, "client")?;
        let status = loop {
            if let Some(status) = client.ended() {
                break status;
            }
            watch.look()?;
        };
        watch.until_rest(Instant::now() + REST)?;
        if server.ended().is_none() {
            server.end();
            watch.until_rest(Instant::now() + REST)?;
        }
        let (mut seen, longest) = watch.end();
        let record = medium.end().map_err(LabError::Lost)?;
        let acts = traced::join(&mut seen, &record, tracer.map(Tracer::end).unwrap_or_default());
        let recording = Recording { record, calls: Vec::new(), seen, acts, longest, ended: now() };
        Ok(Happened { recording, client: status })
    }
}

fn until_listening(watch: &mut Watch<'_>, server: &mut Program) -> Result<(), LabError> {
    let end = Instant::now() + READY;
    loop {
        watch.look()?;
        if watch
            .seen()
            .nth(Peer::B.index())
            .is_some_and(|seen| seen.iter().any(|seen| seen.state() == Some(State::Listen)))
        {
            return Ok(());
        }
        if let Some(status) = server.ended() {
            return Err(LabError::ServerEnded(status));
        }
        if Instant::now() > end {
            return Err(LabError::NotListening);
        }
    }
}

/// A program on a host, in a process group of its own.
struct Program {
    child: Child,
    /// Ends the group if this process is gone without having done so, however it died.
    guard: Child,
}

/// Its standard input is a pipe of ours: it ends when we do.
const GUARD: &str = "read gone; kill -s KILL -- -$0";

impl Program {
    fn start(command: &str, host: &Host) -> io::Result<Program> {
        host.inside(|| {
            let mut child = Command::new("/bin/sh")
                .args(["-c", command])
                .env("CLIENT", address(Peer::A, false).to_string())
                .env("SERVER", address(Peer::B, false).to_string())
                .stdin(Stdio::null())
                .process_group(0)
                .spawn()?;
            let guard = Command::new("/bin/sh")
                .args(["-c", GUARD, &child.id().to_string()])
                .stdin(Stdio::piped())
                .process_group(0)
                .spawn();
            match guard {
                Ok(guard) => Ok(Program { child, guard }),
                Err(error) => {
                    let _ = child.kill();
                    Err(error)
                }
            }
        })
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to end, and makes it end if it does not.
    fn end(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX));
        for signal in [Signal::SIGTERM, Signal::SIGKILL] {
            let _ = killpg(group, signal);
            let end = Instant::now() + Duration::from_secs(1);
            while Instant::now() < end {
                if self.ended().is_some() {
                    return;
                }
                thread::sleep(ASK_EVERY);
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.end();
        }
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}
