//! Any two programs on the lab's two hosts, with the wire between them and the kernel of each host as witness.

use super::host::Host;
use super::network::{Network, address};
use super::wire::{Plan, Record, Wire};
use super::witness::{Seen, Witness};
use crate::source::clock::now;
use crate::tcp::{Peer, State, Timestamp};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Two programs, as a shell takes them.
#[derive(Debug, Clone)]
pub struct Exec {
    pub server: String,
    pub client: String,
    pub plan: Plan,
}

/// What came of it.
pub struct Happened {
    pub record: Record,
    /// What the kernels said, by host.
    pub seen: [Vec<Seen>; 2],
    pub client: ExitStatus,
    /// The longest time that a kernel was not asked.
    pub longest: Duration,
    pub ended: Timestamp,
}

#[derive(Debug, Error)]
pub enum ExecError {
    #[error("the lab's network cannot be built")]
    Network(#[source] io::Error),
    #[error("the wire cannot be laid")]
    Wire(#[source] io::Error),
    #[error("the {0} cannot be started")]
    Start(&'static str, #[source] io::Error),
    #[error("the kernel could not be asked about its sockets")]
    Witness(#[source] io::Error),
    #[error("the server ended before it listened ({0})")]
    ServerEnded(ExitStatus),
    #[error("the server did not listen within 10 s")]
    NotListening,
    #[error("interrupted")]
    Stopped,
}

/// The kernels are asked so often: states that last longer are seen.
const ASK_EVERY: Duration = Duration::from_millis(2);
/// A server listens within this time.
const READY: Duration = Duration::from_secs(10);
/// Nothing comes to the wire for so long, and twice its delay: it is quiet. Longer than the kernel delays an ACK.
const QUIET: Duration = Duration::from_millis(300);
/// After the client has ended, sockets come to rest within this time, or are left as they are.
const REST: Duration = Duration::from_secs(70);

impl Exec {
    /// Runs both programs; the client starts once the server listens. Ends when the client has ended and the wire is quiet;
    /// a server that still runs is then told to end. `SERVER` and `CLIENT` in their environment are the hosts' addresses.
    ///
    /// # Errors
    /// What could not be done.
    pub fn perform(self, stop: &AtomicBool) -> Result<Happened, ExecError> {
        let network = Network::build().map_err(ExecError::Network)?;
        let delay = self.plan.delay;
        let wire = Wire::lay(self.plan).map_err(ExecError::Wire)?;
        let [client_host, server_host] = &network.hosts;
        let mut watch = Watch {
            wire: &wire,
            witnesses: [witness(client_host)?, witness(server_host)?],
            stop,
            asked: Instant::now(),
            longest: Duration::ZERO,
        };
        let mut server =
            Program::start(&self.server, server_host).map_err(|error| ExecError::Start("server", error))?;
        watch.until_listening(&mut server)?;
        let mut client =
            Program::start(&self.client, client_host).map_err(|error| ExecError::Start("client", error))?;
        let status = loop {
            if let Some(status) = client.ended() {
                break status;
            }
            watch.look()?;
        };
        watch.until_quiet(QUIET + 2 * delay)?;
        if server.ended().is_none() {
            server.end();
            watch.until_quiet(QUIET + 2 * delay)?;
        }
        let (seen, longest) = (watch.witnesses.map(|witness| witness.seen().to_vec()), watch.longest);
        Ok(Happened { record: wire.end(), seen, client: status, longest, ended: now() })
    }
}

fn witness(host: &Host) -> Result<Witness, ExecError> {
    host.inside(Witness::open_all).map_err(ExecError::Witness)
}

/// Everybody who watches while time passes.
struct Watch<'w> {
    wire: &'w Wire,
    /// By host.
    witnesses: [Witness; 2],
    stop: &'w AtomicBool,
    asked: Instant,
    longest: Duration,
}

impl Watch<'_> {
    /// Asks both kernels once, and waits for a moment.
    fn look(&mut self) -> Result<(), ExecError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(ExecError::Stopped);
        }
        let begun = Instant::now();
        self.longest = self.longest.max(begun - self.asked);
        self.asked = begun;
        for witness in &mut self.witnesses {
            witness.look(now).map_err(ExecError::Witness)?;
        }
        thread::sleep(ASK_EVERY.saturating_sub(begun.elapsed()));
        Ok(())
    }

    fn until_listening(&mut self, server: &mut Program) -> Result<(), ExecError> {
        let end = Instant::now() + READY;
        loop {
            self.look()?;
            let [_, witness] = &self.witnesses;
            if witness.seen().iter().any(|seen| is_in(seen, |state| state == State::Listen)) {
                return Ok(());
            }
            if let Some(status) = server.ended() {
                return Err(ExecError::ServerEnded(status));
            }
            if Instant::now() > end {
                return Err(ExecError::NotListening);
            }
        }
    }

    /// Waits until nothing came to the wire for this time, nothing is on it, and no socket waits for an answer.
    fn until_quiet(&mut self, quiet: Duration) -> Result<(), ExecError> {
        let end = Instant::now() + REST;
        let (mut came, mut since) = (self.wire.carried().0, Instant::now());
        while Instant::now() < end {
            self.look()?;
            let (now_came, under_way) = self.wire.carried();
            let waits = self.witnesses.iter().flat_map(Witness::seen).any(|seen| is_in(seen, expects_an_answer));
            if now_came != came || under_way > 0 || waits {
                (came, since) = (now_came, Instant::now());
            }
            if since.elapsed() >= quiet {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether a socket is still there, and in such a state.
fn is_in(seen: &Seen, is_such: impl Fn(State) -> bool) -> bool {
    seen.gone.is_none() && seen.states.last().is_some_and(|(_, state)| is_such(*state))
}

fn expects_an_answer(state: State) -> bool {
    matches!(state, State::SynSent | State::SynReceived | State::FinWait1 | State::Closing | State::LastAck)
}

/// A program on a host, in a process group of its own.
struct Program(Child);

impl Program {
    fn start(command: &str, host: &Host) -> io::Result<Program> {
        host.inside(|| {
            let child = Command::new("/bin/sh")
                .args(["-c", command])
                .env("CLIENT", address(Peer::A, false).to_string())
                .env("SERVER", address(Peer::B, false).to_string())
                .stdin(Stdio::null())
                .process_group(0)
                .spawn()?;
            Ok(Program(child))
        })
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Asks it to end, and makes it end if it does not.
    fn end(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.0.id()).unwrap_or(i32::MAX));
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
    }
}
