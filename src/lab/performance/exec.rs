//! Any two programs on the lab's two hosts, with the wire between them and the kernel of each host as witness.

mod program;
mod relay;

use super::error::LabError;
use super::recording::Recording;
use super::watch::Watch;
use crate::lab::hosts::Network;
use crate::lab::kernel::tracer::Tracer;
use crate::lab::wire::{Medium, Plan, Wire};
use crate::source::clock;
use crate::source::privilege::User;
use crate::tcp::{Peer, State};
use program::{GRACE, Program};
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Two programs, as a shell takes them.
#[derive(Debug, Clone)]
pub struct Exec {
    pub server: String,
    pub client: String,
    pub plan: Plan,
    /// As whom they run; none: as this process.
    pub user: Option<User>,
    /// From the client's start; none: as long as it takes.
    pub timeout: Option<Duration>,
}

/// What came of it.
pub struct Happened {
    pub recording: Recording,
    pub ended: Ended,
}

/// How it came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client ended.
    Client(ExitStatus),
    /// Its time was over.
    Timeout,
    /// It was interrupted.
    Stopped,
}

/// What is told while it goes on.
#[derive(Debug)]
pub enum Told<'t> {
    /// A program said a line, which may hold anything.
    Said(Peer, &'t str),
    /// Nobody listens at the server's host yet: the client starts all the same.
    NobodyListens,
    /// The server listens here alone, where nobody from another host comes to.
    OnLoopback(SocketAddr),
    /// Both programs could end, but these sockets wait for an answer; none: the wire is not quiet.
    Waiting(&'t [(SocketAddr, State)]),
}

/// Hears it, from several threads.
pub type Listener = Arc<dyn Fn(Told<'_>) + Send + Sync>;

/// A server listens within this time.
const READY: Duration = Duration::from_secs(10);
/// After the client has ended, sockets come to rest within this time, or are left as they are.
const REST: Duration = Duration::from_secs(70);
/// The same where the time is over.
const LITTLE_REST: Duration = Duration::from_secs(2);
/// Every port is a program's for the asking, as it would be for nobody on a host of its own.
const FIRST_PORT: (&str, &str) = ("net.ipv4.ip_unprivileged_port_start", "0");

impl Exec {
    /// Runs both programs; the client starts once the server listens. Ends when the client has ended and the wire is quiet;
    /// whatever still runs is then told to end, and made to. `SERVER` and `CLIENT` in their environment are the hosts'
    /// addresses. When it is interrupted, what came until then is given.
    ///
    /// # Errors
    /// What could not be done.
    pub fn perform(self, stop: &AtomicBool, listener: &Listener) -> Result<Happened, LabError> {
        clock::hold();
        let network = Network::build().map_err(LabError::Network)?;
        let (parameter, first) = FIRST_PORT;
        network.hosts.iter().try_for_each(|host| host.set(parameter, first)).map_err(LabError::Network)?;
        let delay = self.plan.delay;
        let medium = Medium::Wire(Wire::lay(self.plan.clone(), &network.hosts).map_err(LabError::Wire)?);
        let witnesses = network.witnesses().map_err(LabError::Witness)?;
        let tracer = Tracer::begin();
        let mut watch = Watch::begin(witnesses, &medium, delay, stop);
        let ended = match self.play(&network, &mut watch, listener) {
            Err(LabError::Stopped) => Ended::Stopped,
            ended => ended?,
        };
        let watched = watch.end();
        let record = medium.end().map_err(LabError::Lost)?;
        let recording = Recording::gather(record, watched, tracer, Default::default(), ended == Ended::Stopped);
        Ok(Happened { recording, ended })
    }

    /// Both programs are over when this is.
    fn play(&self, network: &Network, watch: &mut Watch<'_>, listener: &Listener) -> Result<Ended, LabError> {
        let start = |peer: Peer, name: &str, command: &str| {
            let hears = listener.clone();
            let said = move |line: &str| hears(Told::Said(peer, line));
            let started = Program::start(command, peer.of(&network.hosts), self.user, said);
            started.map_err(|error| LabError::Start(name.into(), error))
        };
        let mut late = |waiting: &[(SocketAddr, State)]| listener(Told::Waiting(waiting));
        let mut server = start(Peer::B, "server", &self.server)?;
        match listens(watch, &mut server, peer_hears_udp(network))? {
            Listening::Reachable => {}
            Listening::OnLoopback(address) => listener(Told::OnLoopback(address)),
            Listening::Nobody => listener(Told::NobodyListens),
        }
        let mut client = start(Peer::A, "client", &self.client)?;
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        let is_over = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        while !client.has_ended() && !is_over() {
            watch.look()?;
        }
        let has_ended = client.has_ended();
        if has_ended {
            let end = Instant::now() + REST;
            watch.until_rest(deadline.map_or(end, |deadline| deadline.min(end)), &mut late)?;
        }
        client.ask_to_end();
        server.ask_to_end();
        let end = Instant::now() + GRACE;
        while Instant::now() < end && !(client.is_gone() & server.is_gone()) {
            watch.look()?;
        }
        let status = client.end();
        server.end();
        watch.until_rest(Instant::now() + if is_over() { LITTLE_REST } else { REST }, &mut late)?;
        Ok(if has_ended { Ended::Client(status) } else { Ended::Timeout })
    }
}

/// Who listens on a loopback alone may go on to listen elsewhere too, within this time.
const ELSEWHERE: Duration = Duration::from_millis(500);

enum Listening {
    Reachable,
    OnLoopback(SocketAddr),
    Nobody,
}

/// Looks on until somebody listens for TCP at the server's host, or has a socket of UDP; says whether that came in time. A
/// server that puts itself into the background ends well and listens later.
fn listens(watch: &mut Watch<'_>, server: &mut Program, hears_udp: impl Fn() -> bool) -> Result<Listening, LabError> {
    let end = Instant::now() + READY;
    let mut alone: Option<(SocketAddr, Instant)> = None;
    while Instant::now() < end {
        watch.look()?;
        let seen = watch.seen().nth(Peer::B.index()).unwrap_or_default();
        let listening = seen.iter().filter(|seen| seen.state() == Some(State::Listen)).map(|seen| seen.local);
        let (inside, outside): (Vec<_>, Vec<_>) = listening.partition(|local| local.ip().is_loopback());
        if !outside.is_empty() || hears_udp() {
            return Ok(Listening::Reachable);
        }
        if let Some(local) = inside.first() {
            let (local, since) = *alone.get_or_insert_with(|| (*local, Instant::now()));
            if since.elapsed() >= ELSEWHERE {
                return Ok(Listening::OnLoopback(local));
            }
        }
        if server.has_ended()
            && let Some(status) = server.failure()
        {
            return Err(LabError::ServerEnded(status));
        }
    }
    Ok(Listening::Nobody)
}

/// Asks the server's host whether a program has a socket of UDP there.
fn peer_hears_udp(network: &Network) -> impl Fn() -> bool {
    let host = Peer::B.of(&network.hosts);
    // A head, and a line for each socket.
    let sockets = |table: &str| std::fs::read_to_string(table).map_or(0, |text| text.lines().skip(1).count());
    move || {
        let counted = host.inside(|| Ok(sockets("/proc/thread-self/net/udp") + sockets("/proc/thread-self/net/udp6")));
        counted.is_ok_and(|count| count > 0)
    }
}
