//! A host: a network namespace of its own, in which threads of this process make their sockets.

use nix::sched::{CloneFlags, setns, unshare};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::thread;

/// A network namespace. It lives as long as this, a socket in it, or a thread that entered it.
#[derive(Debug)]
pub struct Host {
    namespace: File,
}

impl Host {
    /// A new host with nothing but a loopback that is down. The process must be the root of its user namespace.
    ///
    /// # Errors
    /// What the kernel says, as where no more namespaces are allowed.
    pub fn new() -> io::Result<Host> {
        // Namespaces are a thread's: one that ends at once leaves the process where it is.
        on_a_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            Ok(Host { namespace: File::open("/proc/thread-self/ns/net")? })
        })
    }

    /// Moves the calling thread to this host, for good.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn enter(&self) -> io::Result<()> {
        Ok(setns(&self.namespace, CloneFlags::CLONE_NEWNET)?)
    }

    /// Does something on this host. Sockets that are made there stay there, wherever they are used.
    ///
    /// # Errors
    /// What the kernel says, or what is done.
    pub fn inside<T: Send>(&self, what: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        on_a_thread(|| {
            self.enter()?;
            what()
        })
    }

    /// Sets a kernel parameter of this host, as `net.ipv4.tcp_syn_retries`.
    ///
    /// # Errors
    /// What the kernel says; InvalidInput for a name that is no such parameter's.
    pub fn set(&self, parameter: &str, value: &str) -> io::Result<()> {
        let is_plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        let parts: Vec<&str> = parameter.split('.').collect();
        if parts.first() != Some(&"net") || !parts.iter().all(|part| is_plain(part)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.inside(|| std::fs::write(format!("/proc/sys/{}", parts.join("/")), value))
    }

    pub(super) fn raw(&self) -> RawFd {
        self.namespace.as_raw_fd()
    }
}

fn on_a_thread<T: Send>(what: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, what)?;
        thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread of the lab came to nothing")))
    })
}
