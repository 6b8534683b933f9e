//! Takes clients from listeners, as many at once as there are places, and gives each a thread of its own.

use super::call::{self, Calls, Conn, GLANCE};
use nix::poll::{PollFd, PollFlags};
use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Clients at once. Each has a socket and a file, and a process commonly has 1024 descriptors.
pub(super) const MOST: usize = 480;

pub(super) struct Door<'a> {
    pub(super) listeners: &'a [TcpListener],
    pub(super) stop: &'a AtomicBool,
    pub(super) calls: Calls<'a>,
    /// Close after this many clients.
    pub(super) count: Option<u64>,
    /// Clients at once; more wait in the kernel's queue.
    pub(super) most: usize,
}

/// Hears what went wrong, and with which client, if one was taken.
pub(super) type OnError<'e> = &'e (dyn Fn(Option<u64>, io::Error) + Sync);
/// Serves one client: its connection, its number from 1, and whether all places are taken now.
pub(super) type Serve<'s, 'a> = &'s (dyn Fn(Conn<'a>, u64, &dyn Fn() -> bool) + Sync);

impl<'a> Door<'a> {
    /// Until `stop` is set or `count` clients came; then it waits for those that are still served.
    ///
    /// # Errors
    /// Only when waiting on the listeners fails.
    pub(super) fn run(&self, on_error: OnError<'_>, serve: Serve<'_, 'a>) -> io::Result<()> {
        let places = Places::new(self.most.max(1));
        std::thread::scope(|scope| {
            let mut client = 0;
            while !self.stop.load(Ordering::Relaxed) && self.count.is_none_or(|count| client < count) {
                if !places.wait_for_one() {
                    continue;
                }
                let Some(conn) = self.next(on_error)? else { continue };
                client += 1;
                let place = places.take();
                let places = &places;
                let served = move || {
                    serve(conn, client, &|| places.is_full());
                    drop(place);
                };
                let thread = std::thread::Builder::new().name(format!("client {client}"));
                if let Err(error) = thread.spawn_scoped(scope, served) {
                    on_error(Some(client), error);
                }
            }
            Ok(())
        })
    }

    fn next(&self, on_error: OnError<'_>) -> io::Result<Option<Conn<'a>>> {
        let mut fds: Vec<PollFd<'_>> =
            self.listeners.iter().map(|listener| PollFd::new(listener.as_fd(), PollFlags::POLLIN)).collect();
        if !call::poll_any(&mut fds, GLANCE)? {
            return Ok(None);
        }
        for (listener, fd) in self.listeners.iter().zip(&fds) {
            if fd.any() != Some(true) {
                continue;
            }
            match Conn::accept(listener, self.calls, Some(self.stop)) {
                Ok(None) => {}
                Ok(some) => return Ok(some),
                Err(error) => {
                    on_error(None, error);
                    // Out of descriptors: the client stays in the queue, so trying again at once would spin.
                    std::thread::sleep(GLANCE);
                }
            }
        }
        Ok(None)
    }
}

/// How many clients are being served, and a bell for when one leaves.
struct Places {
    most: usize,
    taken: Mutex<usize>,
    left: Condvar,
}

struct Place<'a>(&'a Places);

impl Places {
    fn new(most: usize) -> Places {
        Places { most, taken: Mutex::new(0), left: Condvar::new() }
    }

    /// Whether a place is free, after a short wait.
    fn wait_for_one(&self) -> bool {
        let until = Instant::now() + GLANCE;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= self.most {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            taken = self.left.wait_timeout(taken, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn is_full(&self) -> bool {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) >= self.most
    }

    fn take(&self) -> Place<'_> {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Place(self)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.left.notify_one();
    }
}
