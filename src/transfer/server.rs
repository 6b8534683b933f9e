//! The server: listens, takes several clients at once, and tells what happens.

use super::address::{AddressError, Target, resolve};
use super::call::{self, Calls};
use super::door::{Door, MOST};
use super::protocol::{Ask, Closer, Refusal};
use super::{root::Root, session};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How often a free port is looked for that both loopbacks have.
const PORT_TRIES: usize = 16;

/// What the server serves, and how. The fields may be changed before [`Server::run`].
#[derive(Debug)]
pub struct Server {
    pub root: Root,
    /// Who sends the first FIN. The client can only where it asks by line; to a bare name the server closes first.
    pub close_first: Closer,
    /// SO_LINGER: `Some(0)` closes with RST, more waits that long for the last acknowledgment.
    pub linger: Option<Duration>,
    /// End after this many clients.
    pub count: Option<u64>,
    /// Clients at once; more wait in the kernel's queue.
    pub most: usize,
    /// How long a bare name that could still grow may pause before it counts as whole.
    pub pause: Duration,
    /// How long a client may be silent while the window is closed, and before its FIN.
    pub patience: Duration,
    /// How long a client may be silent before its name: a person may be typing it.
    pub name_patience: Duration,
    /// How long it may be silent, before its name and before its FIN, while all places are taken.
    pub crowded_patience: Duration,
    /// How long it still works between the client's FIN and its own. With nothing to do, Linux sends ACK and FIN as one
    /// segment; an ACK never waits longer than 200 ms for company.
    pub work_after_fin: Duration,
    /// Octets per send.
    pub chunk: usize,
}

/// What happened, for the caller to tell. Clients are numbered from 1.
#[derive(Debug)]
pub enum Event {
    Listening {
        local: SocketAddr,
    },
    Accepted {
        client: u64,
        peer: SocketAddr,
        local: SocketAddr,
    },
    /// The name as it came, where it is UTF-8.
    Request {
        client: u64,
        name: String,
        ask: Ask,
    },
    Refused {
        client: u64,
        why: Refusal,
    },
    /// All octets of the file are with the kernel.
    Sent {
        client: u64,
        octets: u64,
    },
    /// The connection broke, or the file did while it was read.
    Failed {
        client: u64,
        error: io::Error,
    },
    Closed {
        client: u64,
        first: Closer,
    },
    /// A client could not be taken.
    NotAccepted {
        error: io::Error,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("cannot listen on {address}")]
    System { address: SocketAddr, source: io::Error },
}

impl Server {
    pub fn new(root: Root) -> Server {
        Server {
            root,
            close_first: Closer::Server,
            linger: None,
            count: None,
            most: MOST,
            pause: Duration::from_millis(300),
            patience: Duration::from_secs(10),
            name_patience: Duration::from_secs(30),
            crowded_patience: Duration::from_secs(1),
            work_after_fin: Duration::ZERO,
            chunk: 16 * 1024,
        }
    }

    /// Listens on every address of the target; on localhost on 127.0.0.1 and ::1, where they exist, with one port.
    ///
    /// # Errors
    /// The first address that cannot be had, unless this machine has no such address and has another.
    pub fn bind(target: &Target, calls: Calls<'_>) -> Result<Vec<TcpListener>, BindError> {
        let addresses = resolve(target)?;
        let mut tries = 0;
        loop {
            tries += 1;
            match bind_all(&addresses, calls) {
                // The port that the first address chose freely was taken on the second.
                Err(BindError::System { source, .. })
                    if target.port == 0 && source.kind() == io::ErrorKind::AddrInUse && tries < PORT_TRIES => {}
                result => return result,
            }
        }
    }

    /// Serves until `stop` is set or `count` clients have been served. Transfers that run then may end within two seconds.
    ///
    /// # Errors
    /// Only when waiting on the listeners fails. What goes wrong with a client is an event.
    pub fn run(
        &self,
        listeners: &[TcpListener],
        stop: &AtomicBool,
        calls: Calls<'_>,
        on_event: impl Fn(Event) + Sync,
    ) -> io::Result<()> {
        let on_event = &on_event as &(dyn Fn(Event) + Sync);
        for listener in listeners {
            on_event(Event::Listening { local: listener.local_addr()? });
        }
        let door = Door { listeners, stop, calls, count: self.count, most: self.most };
        let on_error = |client, error| match client {
            Some(client) => on_event(Event::Failed { client, error }),
            None => on_event(Event::NotAccepted { error }),
        };
        door.run(&on_error, &|conn, client, is_full| {
            // Silence costs nothing until somebody else wants the place.
            let silence = || if is_full() { self.crowded_patience } else { self.name_patience };
            on_event(Event::Accepted { client, peer: conn.peer, local: conn.local });
            session::serve(self, conn, client, stop, &silence, on_event);
        })
    }
}

fn bind_all(addresses: &[SocketAddr], calls: Calls<'_>) -> Result<Vec<TcpListener>, BindError> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = None;
    for &address in addresses {
        let mut address = address;
        if let (0, Some(first)) = (address.port(), listeners.first()) {
            let first = first.local_addr().map_err(|source| BindError::System { address, source })?;
            address.set_port(first.port());
        }
        match call::listen(address, calls) {
            Ok(listener) => listeners.push(listener),
            // No IPv6 here, or none on this interface.
            Err(source) if is_missing(&source) => missing = Some(BindError::System { address, source }),
            Err(source) => return Err(BindError::System { address, source }),
        }
    }
    match missing {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

fn is_missing(error: &io::Error) -> bool {
    use nix::errno::Errno;
    [Errno::EADDRNOTAVAIL, Errno::EAFNOSUPPORT].iter().any(|errno| error.raw_os_error() == Some(*errno as i32))
}
