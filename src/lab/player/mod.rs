//! Plays a scenario: its programs on real sockets of two real hosts, while the wire does what it is told and both kernels are
//! asked what they see.

mod board;
mod program;
mod socket;

pub use board::Missed;

use super::error::LabError;
use super::host::Host;
use super::network::Network;
use super::recording::Recording;
use super::scenario::{Place, Scenario};
use super::watch::Watch;
use super::wire::{Plan, Wire};
use crate::source::clock::now;
use crate::tcp::{CallWord, Peer, State};
use board::Board;
use std::io;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Instant;

/// What came of it.
pub struct Played {
    pub recording: Recording,
    /// Calls that gave something else than they must; none: all went as the scripts say.
    pub missed: Vec<Missed>,
}

/// Hears of each call when it has returned: the program's name and the call.
pub type Listener<'l> = &'l (dyn Fn(&str, &CallWord) + Sync);

/// Plays it once, in a network of its own: several may be played at a time. The process must be root of its user namespace
/// ([`super::namespace::enter`]).
///
/// # Errors
/// What could not be built or asked.
pub fn play(scenario: &Scenario, stop: &AtomicBool, listener: Listener<'_>) -> Result<Played, LabError> {
    let between = Host::new().map_err(LabError::Network)?;
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("player".into()).spawn_scoped(scope, || {
            between.enter().map_err(LabError::Network)?;
            perform(scenario, stop, listener)
        });
        let thread = thread.map_err(LabError::Network)?;
        thread.join().unwrap_or_else(|_| Err(LabError::Network(io::Error::other("the player came to nothing"))))
    })
}

/// Plays it in the network namespace of this thread.
fn perform(scenario: &Scenario, stop: &AtomicBool, listener: Listener<'_>) -> Result<Played, LabError> {
    let network = Network::build().map_err(LabError::Network)?;
    for sysctl in &scenario.sysctls {
        for peer in Peer::BOTH.into_iter().filter(|peer| sysctl.host.is_none_or(|host| host == *peer)) {
            let set = peer.of(&network.hosts).set(&sysctl.name, &sysctl.value);
            set.map_err(|error| LabError::Sysctl(sysctl.name.clone(), error))?;
        }
    }
    let plan = Plan { delay: scenario.delay, rate: scenario.rate, faults: scenario.faults.clone() };
    let wire = Wire::lay(plan).map_err(LabError::Wire)?;
    let mut watch = Watch::begin(&network, &wire, scenario.delay, stop)?;
    let board = Board::new(scenario.is_v6, scenario.listens(), listener);
    let end = Instant::now() + scenario.limit;
    let played = thread::scope(|scope| {
        let mut programs = Vec::new();
        for program in &scenario.programs {
            let host = match program.place {
                Place::Host(peer) => Some(peer.of(&network.hosts)),
                Place::Wire => None,
            };
            let thread = thread::Builder::new().name(program.name.clone());
            let board = &board;
            let started = thread.spawn_scoped(scope, move || program::run(program, host, board));
            match started {
                Ok(thread) => programs.push(thread),
                Err(error) => {
                    board.end();
                    return Err(LabError::Start(program.name.clone(), error));
                }
            }
        }
        let mut is_over = false;
        while programs.iter().any(|program| !program.is_finished()) {
            if let Err(error) = watch.look() {
                board.end();
                return Err(error);
            }
            let hosts = Peer::BOTH.map(|host| watch.seen(host));
            board.see(hosts, watch.is_quiet());
            if !is_over && Instant::now() > end {
                is_over = true;
                board.end();
            }
        }
        watch.until_rest(end)
    });
    played?;
    let (seen, longest) = watch.end();
    let (calls, missed) = board.told();
    let recording = Recording { record: wire.end(), calls, seen, longest, ended: now() };
    Ok(Played { recording, missed })
}

/// Whether a host shows such a state; CLOSED: no socket is left but listeners.
fn shows(states: &[State], wanted: State) -> bool {
    match wanted {
        State::Closed => states.iter().all(|state| *state == State::Listen),
        wanted => states.contains(&wanted),
    }
}
