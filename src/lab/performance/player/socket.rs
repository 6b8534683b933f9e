//! A socket of a scenario's program: each call waits as a blocking one does, is told, and ends when the scenario does.

use super::board::{Board, Over};
use crate::lab::scenario::script::Opt;
use crate::source::clock::now;
use crate::tcp::{CallName, CallWord, Timestamp};
use crate::transfer::{errno_name, octets as octets_of};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Protocol, SockAddr, TcpKeepalive, Type};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// How long one wait for the kernel lasts at most.
const GLANCE: u16 = 20;

/// Of a socket that has none yet.
pub(super) const NO_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// Who makes the calls.
#[derive(Clone, Copy)]
pub(super) struct Caller<'b> {
    pub(super) program: &'b str,
    pub(super) board: &'b Board<'b>,
}

pub(super) struct Socket {
    socket: socket2::Socket,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    /// Calls made before it had an address.
    early: Vec<Made>,
}

/// A call, before it is known whose it is.
struct Made {
    call: CallName,
    at: Timestamp,
    took: Option<Duration>,
    arguments: String,
    result: io::Result<Option<u64>>,
}

/// What a call gave, or that the scenario was over first.
pub(super) type Outcome<T> = Result<io::Result<T>, Over>;

impl Socket {
    /// socket.
    pub(super) fn new(caller: Caller<'_>) -> io::Result<Socket> {
        Socket::of(caller, caller.board.addresses.iter().all(IpAddr::is_ipv6))
    }

    /// socket, of this version of IP.
    pub(super) fn of(caller: Caller<'_>, is_v6: bool) -> io::Result<Socket> {
        let (domain, family) = if is_v6 { (Domain::IPV6, "AF_INET6") } else { (Domain::IPV4, "AF_INET") };
        let (at, clock) = (now(), Instant::now());
        let socket = socket2::Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        let made = Made {
            call: CallName::Socket,
            at,
            took: Some(clock.elapsed()),
            arguments: format!("{family}, SOCK_STREAM"),
            result: Ok(None),
        };
        let mut socket = Socket { socket, local: None, remote: None, early: Vec::new() };
        socket.tell(caller, made);
        Ok(socket)
    }

    /// setsockopt.
    pub(super) fn set(&mut self, caller: Caller<'_>, option: Opt) -> io::Result<()> {
        let arguments = match option {
            Opt::Linger(seconds) => format!("SO_LINGER, {seconds}"),
            Opt::ReuseAddr => "SO_REUSEADDR, 1".into(),
            Opt::NoDelay => "TCP_NODELAY, 1".into(),
            Opt::QuickAck(on) => format!("TCP_QUICKACK, {}", u8::from(on)),
            Opt::RcvBuf(octets) => format!("SO_RCVBUF, {octets}"),
            Opt::SndBuf(octets) => format!("SO_SNDBUF, {octets}"),
            Opt::FastOpen => "TCP_FASTOPEN_CONNECT, 1".into(),
            Opt::KeepAlive { idle, interval, count } => {
                format!("SO_KEEPALIVE: idle {} s, every {} s, {count} times", idle.as_secs(), interval.as_secs())
            }
        };
        self.called(caller, CallName::Setsockopt, arguments, |socket| match option {
            Opt::Linger(seconds) => socket.set_linger(Some(Duration::from_secs(seconds))),
            Opt::ReuseAddr => socket.set_reuse_address(true),
            Opt::NoDelay => socket.set_tcp_nodelay(true),
            Opt::QuickAck(on) => socket.set_tcp_quickack(on),
            Opt::RcvBuf(octets) => socket.set_recv_buffer_size(octets),
            Opt::SndBuf(octets) => socket.set_send_buffer_size(octets),
            Opt::FastOpen => Ok(setsockopt(socket, sockopt::TcpFastOpenConnect, &true)?),
            Opt::KeepAlive { idle, interval, count } => {
                let times = TcpKeepalive::new().with_time(idle).with_interval(interval).with_retries(count);
                socket.set_tcp_keepalive(&times)
            }
        })
    }

    /// bind.
    pub(super) fn bind(&mut self, caller: Caller<'_>, address: SocketAddr) -> io::Result<()> {
        let (at, clock) = (now(), Instant::now());
        let result = self.socket.bind(&SockAddr::from(address));
        // What could not be had is told with the address that it should have been.
        self.local = Some(address);
        let told = result.as_ref().map(|()| None).map_err(again);
        let took = Some(clock.elapsed());
        self.tell(caller, Made { call: CallName::Bind, at, took, arguments: address.to_string(), result: told });
        result
    }

    pub(super) fn is_bound(&self) -> bool {
        self.local.is_some()
    }

    /// listen.
    pub(super) fn listen(&mut self, caller: Caller<'_>, backlog: u32) -> io::Result<()> {
        let octets = i32::try_from(backlog).unwrap_or(i32::MAX);
        self.called(caller, CallName::Listen, backlog.to_string(), |socket| socket.listen(octets))
    }

    /// accept, of a listener.
    pub(super) fn accept(&mut self, caller: Caller<'_>) -> Outcome<Socket> {
        let (at, clock) = (now(), Instant::now());
        let made = |took, result| Made { call: CallName::Accept, at, took, arguments: String::new(), result };
        loop {
            if self.until(caller, PollFlags::POLLIN).is_err() {
                self.tell(caller, made(None, Ok(None)));
                return Err(Over);
            }
            match self.socket.accept() {
                Ok((socket, remote)) => {
                    let local = socket.local_addr().ok().and_then(|local| local.as_socket());
                    let mut accepted = Socket { socket, local, remote: remote.as_socket(), early: Vec::new() };
                    accepted.tell(caller, made(Some(clock.elapsed()), Ok(None)));
                    return Ok(accepted.socket.set_nonblocking(true).map(|()| accepted));
                }
                Err(error) if is_not_yet(&error) => {}
                Err(error) => {
                    self.tell(caller, made(Some(clock.elapsed()), Err(again(&error))));
                    return Ok(Err(error));
                }
            }
        }
    }

    /// connect.
    pub(super) fn connect(&mut self, caller: Caller<'_>, remote: SocketAddr) -> Outcome<()> {
        let (at, clock) = (now(), Instant::now());
        let mut result = self.socket.connect(&SockAddr::from(remote));
        self.remote = Some(remote);
        if let Some(local) = self.socket.local_addr().ok().and_then(|local| local.as_socket())
            && local.port() != 0
        {
            self.local = Some(local);
        }
        let made = |took, result| Made { call: CallName::Connect, at, took, arguments: remote.to_string(), result };
        let is_under_way = |error: &io::Error| error.raw_os_error() == Some(nix::errno::Errno::EINPROGRESS as i32);
        if result.as_ref().is_err_and(is_under_way) {
            if self.until(caller, PollFlags::POLLOUT).is_err() {
                self.tell(caller, made(None, Ok(None)));
                return Err(Over);
            }
            result = match self.socket.take_error() {
                Ok(Some(error)) | Err(error) => Err(error),
                Ok(None) => Ok(()),
            };
        }
        self.tell(caller, made(Some(clock.elapsed()), result.as_ref().map(|()| None).map_err(again)));
        Ok(result)
    }

    /// send, until all is with the kernel: one call, as a blocking socket makes it.
    pub(super) fn send(&mut self, caller: Caller<'_>, octets: &[u8]) -> Outcome<u64> {
        let (at, clock) = (now(), Instant::now());
        let made = |took, result| Made { call: CallName::Send, at, took, arguments: octets_of(octets), result };
        let mut sent = 0;
        while let Some(rest) = octets.get(sent..).filter(|rest| !rest.is_empty()) {
            match (&self.socket).write(rest) {
                Ok(count) => sent += count,
                Err(error) if is_not_yet(&error) => {
                    if self.until(caller, PollFlags::POLLOUT).is_err() {
                        self.tell(caller, made(None, Ok(Some(sent as u64))));
                        return Err(Over);
                    }
                }
                // What has been sent counts; the error comes with the next call.
                Err(_) if sent > 0 => break,
                Err(error) => {
                    self.tell(caller, made(Some(clock.elapsed()), Err(again(&error))));
                    return Ok(Err(error));
                }
            }
        }
        if self.local.is_none() {
            self.local = self.socket.local_addr().ok().and_then(|local| local.as_socket());
        }
        self.tell(caller, made(Some(clock.elapsed()), Ok(Some(sent as u64))));
        Ok(Ok(sent as u64))
    }

    /// recv of at most as much as the buffer holds. 0: the peer has closed.
    pub(super) fn recv(&mut self, caller: Caller<'_>, buffer: &mut [u8]) -> Outcome<usize> {
        let (at, clock) = (now(), Instant::now());
        let made = |took, result| Made { call: CallName::Recv, at, took, arguments: buffer.len().to_string(), result };
        if self.until(caller, PollFlags::POLLIN).is_err() {
            self.tell(caller, made(None, Ok(None)));
            return Err(Over);
        }
        let made = made(Some(clock.elapsed()), Ok(None));
        let result = (&self.socket).read(buffer);
        let told = result.as_ref().map(|count| Some(*count as u64)).map_err(again);
        self.tell(caller, Made { took: Some(clock.elapsed()), result: told, ..made });
        Ok(result)
    }

    /// shutdown of the sending side.
    pub(super) fn shutdown(&mut self, caller: Caller<'_>) -> io::Result<()> {
        self.called(caller, CallName::Shutdown, "SHUT_WR".into(), |socket| socket.shutdown(Shutdown::Write))
    }

    /// close.
    pub(super) fn close(self, caller: Caller<'_>) -> io::Result<()> {
        let Socket { socket, local, remote, early } = self;
        let (at, clock) = (now(), Instant::now());
        let result = nix::unistd::close(socket).map_err(io::Error::from);
        let told = result.as_ref().map(|()| None).map_err(again);
        let made =
            Made { call: CallName::Close, at, took: Some(clock.elapsed()), arguments: String::new(), result: told };
        caller.say(&made, local, remote);
        for made in early.into_iter().chain([made]) {
            if let Some(local) = local {
                caller.board.hear(made.word(caller.program, local, remote));
            }
        }
        result
    }

    /// Makes a call that does not wait, and tells it.
    fn called(
        &mut self,
        caller: Caller<'_>,
        call: CallName,
        arguments: String,
        make: impl FnOnce(&socket2::Socket) -> io::Result<()>,
    ) -> io::Result<()> {
        let (at, clock) = (now(), Instant::now());
        let result = make(&self.socket);
        let told = result.as_ref().map(|()| None).map_err(again);
        self.tell(caller, Made { call, at, took: Some(clock.elapsed()), arguments, result: told });
        result
    }

    /// Says a call at once, and tells it as soon as the socket has an address. A bound one may yet connect, and then belongs to
    /// that connection.
    fn tell(&mut self, caller: Caller<'_>, made: Made) {
        caller.say(&made, self.local, self.remote);
        let waits = match made.call {
            CallName::Socket | CallName::Setsockopt => self.remote.is_none(),
            CallName::Bind => made.result.is_ok(),
            _ => false,
        };
        self.early.push(made);
        if let Some(local) = self.local.filter(|_| !waits) {
            for made in self.early.drain(..) {
                caller.board.hear(made.word(caller.program, local, self.remote));
            }
        }
    }

    fn until(&self, caller: Caller<'_>, what: PollFlags) -> Result<(), Over> {
        loop {
            let mut fds = [PollFd::new(self.socket.as_fd(), what)];
            if poll(&mut fds, PollTimeout::from(GLANCE)).is_ok_and(|ready| ready > 0) {
                return Ok(());
            }
            if caller.board.is_over() {
                return Err(Over);
            }
        }
    }
}

impl Caller<'_> {
    /// Says it to whoever listens; an address that is not known yet is none.
    fn say(&self, made: &Made, local: Option<SocketAddr>, remote: Option<SocketAddr>) {
        self.board.say(self.program, &made.word(self.program, local.unwrap_or(NO_ADDRESS), remote));
    }
}

impl Made {
    fn word(&self, program: &str, local: SocketAddr, remote: Option<SocketAddr>) -> CallWord {
        let Made { call, at, took, arguments, result } = self;
        let result = result.as_ref().map_err(|error| errno_name(error.raw_os_error().unwrap_or_default()));
        CallWord {
            local,
            remote,
            program: Some(program.into()),
            at: *at,
            took: *took,
            call: *call,
            arguments: arguments.clone(),
            result: result.copied(),
        }
    }
}

fn is_not_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// The same error once more.
fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}
