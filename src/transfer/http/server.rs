//! The web server: what it serves and how, and what it tells.

use super::session;
use crate::timeline::Text;
use crate::transfer::call::Calls;
use crate::transfer::door::{Door, MOST};
use crate::transfer::protocol::Closer;
use crate::transfer::root::Root;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A web server. The fields may be changed before [`WebServer::run`]; [`crate::transfer::Server::bind`] makes its listeners.
#[derive(Debug)]
pub struct WebServer {
    pub root: Root,
    /// Names that have moved for a while, without the slash before them, and the paths that they lead to (302).
    pub moved: Vec<(String, String)>,
    /// Close after every answer, with `Connection: close`.
    pub close_each: bool,
    /// SO_LINGER: `Some(0)` closes with RST, more waits that long for the last acknowledgment.
    pub linger: Option<Duration>,
    /// End after this many clients.
    pub count: Option<u64>,
    /// Clients at once; more wait in the kernel's queue.
    pub most: usize,
    /// How long a client may take nothing of an answer, send nothing of a body, and stay silent before its FIN.
    pub patience: Duration,
    /// How long a client may take for a head, and be silent before it: a person may be typing.
    pub head_patience: Duration,
    /// The same while all places are taken.
    pub crowded_patience: Duration,
    /// The longest body of a request, in octets.
    pub longest_body: u64,
}

/// What happened, for the caller to tell. Clients are numbered from 1. Texts are as the client sent them.
#[derive(Debug)]
pub enum WebEvent {
    Listening {
        local: SocketAddr,
    },
    Accepted {
        client: u64,
        peer: SocketAddr,
        local: SocketAddr,
    },
    /// A head that could be read.
    Request {
        client: u64,
        method: String,
        target: String,
        /// Of HTTP/1.
        minor: u8,
    },
    /// The whole body of a request.
    Body {
        client: u64,
        octets: u64,
    },
    /// All octets of an answer are with the kernel.
    Answered {
        client: u64,
        status: u16,
        reason: &'static str,
        /// Of the body.
        octets: u64,
        /// What was wrong.
        why: Option<Text>,
        /// Where it redirects to.
        location: Option<String>,
        /// Whether the next request may come on this connection.
        keeps_open: bool,
    },
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

impl WebServer {
    pub fn new(root: Root) -> WebServer {
        WebServer {
            root,
            moved: Vec::new(),
            close_each: false,
            linger: None,
            count: None,
            most: MOST,
            patience: Duration::from_secs(10),
            head_patience: Duration::from_secs(60),
            crowded_patience: Duration::from_secs(1),
            longest_body: 1024 * 1024,
        }
    }

    /// Serves until `stop` is set or `count` clients have been served. Answers under way then may end within two seconds.
    ///
    /// # Errors
    /// Only when waiting on the listeners fails. What goes wrong with a client is an event.
    pub fn run(
        &self,
        listeners: &[TcpListener],
        stop: &AtomicBool,
        calls: Calls<'_>,
        on_event: impl Fn(WebEvent) + Sync,
    ) -> io::Result<()> {
        let on_event = &on_event as &(dyn Fn(WebEvent) + Sync);
        for listener in listeners {
            on_event(WebEvent::Listening { local: listener.local_addr()? });
        }
        let door = Door { listeners, stop, calls, count: self.count, most: self.most };
        let on_error = |client, error| match client {
            Some(client) => on_event(WebEvent::Failed { client, error }),
            None => on_event(WebEvent::NotAccepted { error }),
        };
        door.run(&on_error, &|conn, client, is_full| {
            let silence = || if is_full() { self.crowded_patience } else { self.head_patience };
            on_event(WebEvent::Accepted { client, peer: conn.peer, local: conn.local });
            session::serve(self, conn, client, stop, &silence, on_event);
        })
    }
}
