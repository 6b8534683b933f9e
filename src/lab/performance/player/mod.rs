//! Plays a scenario: its programs on real sockets of two real hosts, while the wire does what it is told and both kernels are
//! asked what they see.

mod board;
mod names;
mod program;
mod socket;
mod stage;
mod transfers;
mod web;

pub use board::Missed;

use super::error::LabError;
use super::recording::Recording;
use super::watch::Watch;
use crate::lab::hosts::Host;
use crate::lab::kernel::tracer::Tracer;
use crate::lab::scenario::{Ground, Place, Scenario};
use crate::source::clock;
use crate::tcp::{CallWord, Peer};
use board::Board;
use stage::Stage;
use std::io;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Instant;

/// What came of it.
pub struct Played {
    pub recording: Recording,
    /// Calls that gave something else than they must; none: all went as the scripts say.
    pub missed: Vec<Missed>,
    /// It was interrupted: this is what came until then.
    pub is_stopped: bool,
}

/// Hears of each call when it has returned: the program's name and the call.
pub type Listener<'l> = &'l (dyn Fn(&str, &CallWord) + Sync);

/// Plays it once. Unless it is played here, the process must be root of its user namespace ([`crate::lab::namespace::enter`]); then
/// it has a network of its own, and several may be played at a time: none is alone then, and the kernel's tracepoints, which
/// know no networks, are not listened to.
///
/// # Errors
/// What could not be built or asked.
pub fn play(
    scenario: &Scenario,
    ground: Ground,
    is_alone: bool,
    stop: &AtomicBool,
    listener: Listener<'_>,
) -> Result<Played, LabError> {
    if ground == Ground::Here {
        return perform(scenario, ground, is_alone, stop, listener);
    }
    let between = Host::new().map_err(LabError::Network)?;
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("player".into()).spawn_scoped(scope, || {
            between.enter().map_err(LabError::Network)?;
            perform(scenario, ground, is_alone, stop, listener)
        });
        let thread = thread.map_err(LabError::Network)?;
        thread.join().unwrap_or_else(|_| Err(LabError::Network(io::Error::other("the player came to nothing"))))
    })
}

/// Plays it in the network namespace of this thread.
fn perform(
    scenario: &Scenario,
    ground: Ground,
    is_alone: bool,
    stop: &AtomicBool,
    listener: Listener<'_>,
) -> Result<Played, LabError> {
    clock::hold();
    let stage = Stage::build(scenario, ground)?;
    // Where several play at a time, they could be taken for each other: the addresses are the same.
    let tracer = if is_alone { Tracer::begin() } else { None };
    let mut watch = Watch::begin(stage.witnesses(scenario)?, &stage.medium, scenario.delay, stop);
    let addresses = Peer::BOTH.map(|peer| stage.address(peer, scenario.is_v6));
    let names = stage.names(scenario.is_v6);
    let board = Board::new(addresses, names, scenario.listens(), listener, stage.medium.injector());
    let served = scenario.served();
    let end = Instant::now() + scenario.limit;
    let played = thread::scope(|scope| {
        let mut programs = Vec::new();
        for program in &scenario.programs {
            let host = match program.place {
                Place::Host(peer) => stage.host(peer),
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
            board.see(stage.by_host(watch.seen(), &served), watch.quiet_for());
            if !is_over && Instant::now() > end {
                is_over = true;
                board.end();
            }
        }
        watch.until_rest(end, &mut |_| {})
    });
    let is_stopped = matches!(played, Err(LabError::Stopped));
    if !is_stopped {
        played?;
    }
    let watched = watch.end();
    // Sockets that no script closed are open to the end: their FINs and RSTs are of the stage's clearing, not of the lesson, and
    // nobody must still be listening then.
    let record = stage.medium.end().map_err(LabError::Lost)?;
    let (calls, hosts, missed) = board.told();
    let recording = Recording::gather(record, watched, tracer, (calls, hosts), is_stopped);
    let recording = Recording { text: scenario.text, ..recording };
    Ok(Played { recording, missed, is_stopped })
}
