//! A program's script: one call a line, made one after the other.
//!
//! ```text
//! listen 8080 [backlog 1]   # socket, bind and listen; or `bind 8080` first, or `set …`
//! accept [from NAME]        # of one's own listener, or of that program's
//! connect 8080 [at self]    # to the other host, or to one's own address
//! connect 8080 to NAME      # looked up in the hosts file, then at the lab's DNS server; its addresses one after the other
//! send 1000 | send "text"   # until all is with the kernel
//! recv | recv 100 | recv all                 # one call; calls until so much, or until the peer's FIN, has come
//! echo                      # what comes goes back, until the peer's FIN
//! shutdown | close | close listener
//! set linger 0              # and reuseaddr, nodelay, quickack [off], rcvbuf N, sndbuf N, fastopen,
//!                           # keepalive IDLE INTERVAL COUNT (as 1s 1s 3)
//! serve 8080 a.txt=20000    # the built-in server, for one client: files of such sizes; gives the octets sent
//! get 8080 a.txt            # the built-in client; gives the octets received
//! serve http 8080 a/b.html=300 old=/a/b.html # the built-in web server, for one client: such pages, and what has moved;
//!                           # gives the requests answered
//! get http 8080 /a/b.html   # the built-in web client; gives the octets of the page, at the end of all redirects
//! names 53 a.test=10.0.0.2  # a DNS server, for one lookup; it marks its program's name when it can be asked
//! wait 300ms | wait for MARK | wait until quiet
//! wait until server CLOSE-WAIT | wait until client unread | wait until client probing [2]
//! mark NAME
//! inject …                  # the wire's own: see [`Injection`]
//! ```
//! `NAME: call` is about another socket than the program's own, for this and other programs of its host; who uses a socket
//! that is not there yet waits for it. `-> 0`, `-> "text"`, `-> 300` or `-> ECONNREFUSED` behind a call is what it must
//! give; without it the call must succeed, and a `recv` must bring something.

mod inject;
mod parse;

pub use inject::{Injection, MadeUp, Number};
pub use parse::{ScriptError, parse};

use crate::tcp::{Peer, State};
use std::net::IpAddr;
use std::time::Duration;

/// One line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1: in the script, and once it is part of a scenario in its file.
    pub number: usize,
    /// As it was written, without the comment.
    pub text: String,
    /// The socket that is meant; `None`: the program's own.
    pub socket: Option<String>,
    pub what: What,
    pub wanted: Wanted,
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Set(Opt),
    Bind(u16),
    Listen {
        port: u16,
        backlog: u32,
    },
    /// From the listener of this name; `None`: the program's own.
    Accept {
        from: Option<String>,
    },
    Connect {
        port: u16,
        to: Target,
    },
    Send(Vec<u8>),
    Recv(Amount),
    Echo,
    Shutdown,
    Close,
    CloseListener,
    /// By the built-in server: files made up of so many octets.
    Serve {
        port: u16,
        files: Vec<(String, usize)>,
    },
    /// By the built-in client.
    Get {
        port: u16,
        name: String,
    },
    /// By the built-in web server: pages made up of so many octets, and names that lead to other paths.
    ServeWeb {
        port: u16,
        files: Vec<(String, usize)>,
        moved: Vec<(String, String)>,
    },
    /// By the built-in web client.
    GetWeb {
        port: u16,
        path: String,
    },
    /// The lab's DNS server: names and what they stand for. It answers both questions of one lookup.
    Names {
        port: u16,
        names: Vec<(String, IpAddr)>,
    },
    Wait(Wait),
    Mark(String),
    /// The wire makes a segment up.
    Inject(Injection),
}

/// Where a connection is to lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To the other host.
    Other,
    /// To the program's own host.
    Own,
    /// To the addresses of this name, until one of them answers.
    Name(String),
}

/// An option of a socket, as `setsockopt` knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opt {
    /// SO_LINGER, in seconds.
    Linger(u64),
    /// SO_REUSEADDR.
    ReuseAddr,
    /// TCP_NODELAY.
    NoDelay,
    /// TCP_QUICKACK; off: acknowledgments wait for company from now on.
    QuickAck(bool),
    /// SO_RCVBUF and SO_SNDBUF, in octets; the kernel doubles them.
    RcvBuf(usize),
    SndBuf(usize),
    /// TCP_FASTOPEN_CONNECT: `connect` waits for the first `send`.
    FastOpen,
    /// SO_KEEPALIVE, with how long it is idle before, how long between two probes, and how many unanswered ones it takes.
    KeepAlive {
        idle: Duration,
        interval: Duration,
        count: u32,
    },
}

/// How much to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// One call.
    Once,
    /// Calls until so many octets have come.
    Octets(usize),
    /// Calls until the peer's FIN.
    All,
}

/// A script may wait for so many probes at the most; each comes after twice the time of the one before.
pub const MOST_PROBES: u8 = 8;

/// What to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    Time(Duration),
    /// Until the kernel of this host has a socket in this state; CLOSED: until it has none left but listeners.
    State(Peer, State),
    /// Until a socket of this host holds octets that its program has not read.
    Unread(Peer),
    /// Until a socket of this host has its zero-window probe timer running, and so many probes found the window closed.
    Probing(Peer, u8),
    /// Until nothing is on the wire, and nothing came to it for a while since the wait began.
    Quiet,
    /// Until a program has set this mark.
    Mark(String),
}

/// What a call must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Success,
    Count(u64),
    Text(Vec<u8>),
    /// An error by its name, as `ECONNREFUSED`.
    Error(String),
}
