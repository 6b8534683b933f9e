//! A transfer on loopback with everybody watching: built-in server and client, the capture, and the kernel as witness.

use crate::lab::kernel::witness::Witness;
use crate::source::Frame;
use crate::source::clock::now;
use crate::source::live::{LiveCapture, LiveError};
use crate::tcp::State;
use crate::transfer::{BindError, Client, Closer, GetError, Received, Root, Server, Target};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use thiserror::Error;

/// How long one wait for frames lasts at most.
const TICK: Duration = Duration::from_millis(5);
/// After the programs have ended, both sockets come to rest within this time, unless something is badly wrong.
const REST: Duration = Duration::from_secs(5);

/// What to do.
pub struct Rehearsal {
    /// The loopback address on which the server listens.
    pub ip: IpAddr,
    /// 0 takes a free one.
    pub port: u16,
    pub root: Root,
    /// The file to ask for.
    pub name: String,
    pub close_first: Closer,
    /// How long the second closer still works after the first one's FIN.
    pub work_after_fin: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Performed {
    pub client: SocketAddr,
    pub server: SocketAddr,
    pub received: Received,
}

#[derive(Debug, Error)]
pub enum RehearsalError {
    #[error("the server could not start")]
    Bind(#[from] BindError),
    #[error("the server failed")]
    Serve(#[source] io::Error),
    #[error("the download failed")]
    Get(#[from] GetError),
    #[error("the capture failed")]
    Capture(#[from] LiveError),
    #[error("the kernel could not be asked about its sockets")]
    Witness(#[source] io::Error),
    #[error("interrupted")]
    Stopped,
}

/// Who watches: the capture, and the kernel.
pub struct Watchers<'w> {
    pub capture: &'w mut LiveCapture,
    pub witness: &'w mut Witness,
    pub on_frame: &'w mut dyn FnMut(&Frame<'_>),
}

impl Watchers<'_> {
    /// Looks once, waiting up to `timeout` for frames.
    ///
    /// # Errors
    /// What the capture or the kernel says.
    pub fn look(&mut self, timeout: Duration) -> Result<(), RehearsalError> {
        let on_frame = &mut *self.on_frame;
        self.capture.poll_frames(timeout, &mut |frame| {
            on_frame(frame);
            ControlFlow::Continue(())
        })?;
        self.witness.look(now).map_err(RehearsalError::Witness)
    }

    fn drain(&mut self) -> Result<(), RehearsalError> {
        let on_frame = &mut *self.on_frame;
        self.capture.drain(&mut |frame| {
            on_frame(frame);
            ControlFlow::Continue(())
        })?;
        Ok(())
    }
}

impl Rehearsal {
    /// Downloads the file once and watches until both sockets have come to rest: closed, or waiting in TIME-WAIT.
    ///
    /// # Errors
    /// Whatever of the server, the client or the watchers failed first.
    pub fn perform(self, watchers: &mut Watchers<'_>, stop: &AtomicBool) -> Result<Performed, RehearsalError> {
        let target = Target { host: self.ip.to_string(), port: self.port };
        let listeners = Server::bind(&target, None)?;
        let server_address = match listeners.first().map(|listener| listener.local_addr()) {
            Some(Ok(address)) => address,
            Some(Err(error)) => return Err(RehearsalError::Serve(error)),
            None => return Err(RehearsalError::Serve(io::ErrorKind::AddrNotAvailable.into())),
        };
        watchers.witness.watch(server_address.port());
        // LISTEN is seen before there is any client.
        watchers.look(Duration::ZERO)?;
        let Rehearsal { close_first, work_after_fin, .. } = self;
        let server = Server { count: Some(1), close_first, work_after_fin, ..Server::new(self.root) };
        let client = Client { close_first, work_after_fin, stop: Some(stop), ..Client::default() };
        let (name, addresses) = (self.name, [server_address]);
        let served_enough = AtomicBool::new(false);
        let received = std::thread::scope(|scope| {
            let serving = scope.spawn(|| server.run(&listeners, &served_enough, None, |_| {}));
            let getting = scope.spawn(|| client.get(&addresses, &name, &mut io::sink(), |_, _| {}));
            while !getting.is_finished() || !serving.is_finished() {
                watchers.look(TICK)?;
                if stop.load(Ordering::Relaxed) || getting.is_finished() && !serving.is_finished() {
                    // A client that never came would leave the server waiting.
                    served_enough.store(true, Ordering::Relaxed);
                }
            }
            let received = getting.join().unwrap_or(Err(GetError::Stopped { got: 0 }))?;
            match serving.join() {
                Ok(Err(error)) => Err(RehearsalError::Serve(error)),
                _ => Ok(received),
            }
        })?;
        drop(listeners);
        let performed = Performed { client: received.local, server: server_address, received };
        come_to_rest(&performed, watchers, stop)?;
        watchers.drain()?;
        Ok(performed)
    }
}

fn come_to_rest(performed: &Performed, watchers: &mut Watchers<'_>, stop: &AtomicBool) -> Result<(), RehearsalError> {
    let end = Instant::now() + REST;
    let Performed { client, server, .. } = *performed;
    while Instant::now() < end && !stop.load(Ordering::Relaxed) {
        watchers.look(TICK)?;
        let at_rest = |local, remote| {
            let seen = watchers.witness.socket(local, remote);
            seen.is_none_or(|seen| {
                seen.gone.is_some() || seen.states.last().is_some_and(|(_, state)| *state == State::TimeWait)
            })
        };
        if at_rest(client, server) && at_rest(server, client) {
            break;
        }
    }
    Ok(())
}
