//! A TCP socket whose every call can be watched, and that waits no longer than it is told.

use crate::tcp::{CallName, CallWord, Timestamp};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How often a wait looks whether it should stop.
pub(super) const GLANCE: Duration = Duration::from_millis(100);
/// How long a transfer may still run after it was asked to stop.
pub(super) const GRACE: Duration = Duration::from_secs(2);
/// Waiting clients that the kernel holds for a listener.
const BACKLOG: i32 = 128;

/// One call that a program made on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub kind: CallKind,
    /// When it was entered; waiting is part of it.
    pub began: SystemTime,
    pub took: Duration,
    /// What it returned: octets for send and recv, 0 else; or the system's error number (0 where there is none).
    pub result: Result<u64, i32>,
    /// What it was called with, beside addresses: a few words.
    pub arguments: String,
    pub local: Option<SocketAddr>,
    pub peer: Option<SocketAddr>,
}

impl Call {
    /// As the timeline hears it, of the program that made it; `None` for a socket that never had an address.
    pub fn word(&self, program: &str) -> Option<CallWord> {
        let since = self.began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let counts = matches!(self.kind, CallKind::Send | CallKind::Recv);
        Some(CallWord {
            local: self.local?,
            remote: self.peer,
            program: Some(program.into()),
            at: Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)),
            took: Some(self.took),
            call: CallName::of(self.kind.name())?,
            arguments: match (self.kind, self.peer) {
                (CallKind::Connect, Some(peer)) => peer.to_string(),
                (CallKind::Bind, _) => self.local?.to_string(),
                _ => self.arguments.clone(),
            },
            result: self.result.map(|count| counts.then_some(count)).map_err(errno_name),
        })
    }
}

/// The name of an error number, as `ECONNREFUSED`.
pub fn errno_name(number: i32) -> String {
    format!("{:?}", nix::errno::Errno::from_raw(number))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Recv,
    Shutdown,
    Close,
}

impl CallKind {
    /// The name as in C and in Python.
    pub fn name(self) -> &'static str {
        match self {
            CallKind::Socket => "socket",
            CallKind::Bind => "bind",
            CallKind::Listen => "listen",
            CallKind::Accept => "accept",
            CallKind::Connect => "connect",
            CallKind::Send => "send",
            CallKind::Recv => "recv",
            CallKind::Shutdown => "shutdown",
            CallKind::Close => "close",
        }
    }
}

/// Who wants to hear of the calls, if anybody.
pub type Calls<'a> = Option<&'a (dyn Fn(&Call) + Sync)>;

/// What `send` was called with: a short text as it is, else how many octets.
pub fn octets(sent: &[u8]) -> String {
    const SHORT: usize = 24;
    let text = std::str::from_utf8(sent).ok().filter(|text| !text.is_empty() && text.len() <= SHORT);
    match text.filter(|text| text.chars().all(|c| c == '\n' || !c.is_control())) {
        Some(text) => format!("{text:?}"),
        None => format!("{} B", sent.len()),
    }
}

/// Makes a call and reports it.
fn watched<T>(
    calls: Calls<'_>,
    (kind, arguments): (CallKind, impl FnOnce() -> String),
    ends: (Option<SocketAddr>, Option<SocketAddr>),
    call: impl FnOnce() -> io::Result<T>,
    count: impl FnOnce(&T) -> usize,
) -> io::Result<T> {
    let Some(report) = calls else { return call() };
    let (began, clock) = (SystemTime::now(), Instant::now());
    let result = call();
    let told = result.as_ref().map(|value| count(value) as u64).map_err(|error| error.raw_os_error().unwrap_or(0));
    let arguments = arguments();
    report(&Call { kind, began, took: clock.elapsed(), result: told, arguments, local: ends.0, peer: ends.1 });
    result
}

/// socket, bind, listen. IPv6 listeners take IPv6 only, so that both loopbacks can have the same port, except on `::`.
///
/// SO_REUSEADDR is set: connections in TIME-WAIT do not block the port, a listener does.
pub(super) fn listen(address: SocketAddr, calls: Calls<'_>) -> io::Result<TcpListener> {
    let here = (Some(address), None);
    let socket = watched(calls, (CallKind::Socket, || family(address)), here, || tcp_socket(address), |_| 0)?;
    socket.set_reuse_address(true)?;
    if let SocketAddr::V6(v6) = address {
        socket.set_only_v6(!v6.ip().is_unspecified())?;
    }
    watched(calls, (CallKind::Bind, String::new), here, || socket.bind(&SockAddr::from(address)), |()| 0)?;
    let here = (socket.local_addr()?.as_socket(), None);
    watched(calls, (CallKind::Listen, || BACKLOG.to_string()), here, || socket.listen(BACKLOG), |()| 0)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// As `socket` is called for it.
fn family(address: SocketAddr) -> String {
    format!("{}, SOCK_STREAM", if address.is_ipv6() { "AF_INET6" } else { "AF_INET" })
}

fn tcp_socket(address: SocketAddr) -> io::Result<Socket> {
    Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
}

/// One connected socket.
pub(super) struct Conn<'a> {
    socket: Socket,
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    calls: Calls<'a>,
    stop: Option<&'a AtomicBool>,
}

/// How a wait for octets ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Got {
    Octets(usize),
    /// The peer's FIN.
    End,
    /// Nothing came in time, or the caller was asked to stop.
    Nothing,
}

impl<'a> Conn<'a> {
    /// Takes a waiting client from a listener; `None` when there is none.
    pub(super) fn accept(
        listener: &TcpListener,
        calls: Calls<'a>,
        stop: Option<&'a AtomicBool>,
    ) -> io::Result<Option<Conn<'a>>> {
        // The call is timed by hand: on an empty queue it is no call worth telling.
        let (began, clock) = (SystemTime::now(), Instant::now());
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(None),
            // The client gave up while it waited in the queue (accept(2)).
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => return Ok(None),
            Err(error) => return Err(error),
        };
        let local = stream.local_addr()?;
        if let Some(report) = calls {
            let (local, peer) = (Some(local), Some(peer));
            let (kind, arguments) = (CallKind::Accept, String::new());
            report(&Call { kind, began, took: clock.elapsed(), result: Ok(0), arguments, local, peer });
        }
        stream.set_nonblocking(true)?;
        Ok(Some(Conn { socket: stream.into(), local, peer, calls, stop }))
    }

    /// socket, connect.
    pub(super) fn connect(
        peer: SocketAddr,
        limit: Duration,
        calls: Calls<'a>,
        stop: Option<&'a AtomicBool>,
    ) -> io::Result<Conn<'a>> {
        let there = (None, Some(peer));
        let socket = watched(calls, (CallKind::Socket, || family(peer)), there, || tcp_socket(peer), |_| 0)?;
        let connect = || socket.connect_timeout(&SockAddr::from(peer), limit);
        watched(calls, (CallKind::Connect, String::new), there, connect, |()| 0)?;
        let local = socket.local_addr()?.as_socket().ok_or(ErrorKind::AddrNotAvailable)?;
        if local == peer {
            // Nobody listened, and the port that the system chose for us was the very one (RFC 9293 3.5, figure 7).
            return Err(io::Error::new(ErrorKind::ConnectionRefused, "connected to itself: nobody listens there"));
        }
        socket.set_nonblocking(true)?;
        Ok(Conn { socket, local, peer, calls, stop })
    }

    /// SO_LINGER: `Some(0)` makes close send RST, more makes it wait that long for the last acknowledgment.
    pub(super) fn set_linger(&self, linger: Option<Duration>) -> io::Result<()> {
        self.socket.set_linger(linger)
    }

    /// recv, waiting at most `limit`.
    pub(super) fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Got> {
        self.recv_within(buffer, &|| limit)
    }

    /// recv, with a limit that may change while it waits.
    pub(super) fn recv_within(&self, buffer: &mut [u8], limit: &dyn Fn() -> Duration) -> io::Result<Got> {
        let (began, clock, room) = (SystemTime::now(), Instant::now(), buffer.len());
        let result = if self.wait(PollFlags::POLLIN, clock, limit, Duration::ZERO)? {
            io::Read::read(&mut &self.socket, buffer)
        } else {
            return Ok(Got::Nothing);
        };
        if let Some(report) = self.calls {
            let told = result.as_ref().map(|&count| count as u64).map_err(|error| error.raw_os_error().unwrap_or(0));
            let (local, peer) = (Some(self.local), Some(self.peer));
            let (kind, arguments) = (CallKind::Recv, room.to_string());
            report(&Call { kind, began, took: clock.elapsed(), result: told, arguments, local, peer });
        }
        match result {
            Ok(0) => Ok(Got::End),
            Ok(count) => Ok(Got::Octets(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Got::Nothing),
            Err(error) => Err(error),
        }
    }

    /// send until all is with the kernel; `TimedOut` when the peer takes nothing for `limit`.
    pub(super) fn send_all(&self, mut octets: &[u8], limit: Duration) -> io::Result<()> {
        while !octets.is_empty() {
            if !self.wait(PollFlags::POLLOUT, Instant::now(), &|| limit, GRACE)? {
                return Err(ErrorKind::TimedOut.into());
            }
            let ends = (Some(self.local), Some(self.peer));
            let rest = octets;
            let send = || io::Write::write(&mut &self.socket, rest);
            match watched(self.calls, (CallKind::Send, || self::octets(rest)), ends, send, |count| *count) {
                Ok(count) => octets = octets.get(count..).unwrap_or_default(),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// shutdown(SHUT_WR): sends FIN and keeps reading.
    pub(super) fn finish_sending(&self) -> io::Result<()> {
        let ends = (Some(self.local), Some(self.peer));
        watched(
            self.calls,
            (CallKind::Shutdown, || "SHUT_WR".into()),
            ends,
            || self.socket.shutdown(Shutdown::Write),
            |()| 0,
        )
    }

    /// Reads and throws away until the peer's FIN, at most for `limit`. How many octets came, and how it ended.
    pub(super) fn drain(&self, limit: Duration) -> io::Result<(u64, Got)> {
        self.drain_within(&|| limit)
    }

    /// The same, with a limit that may change while it waits.
    pub(super) fn drain_within(&self, limit: &dyn Fn() -> Duration) -> io::Result<(u64, Got)> {
        let clock = Instant::now();
        let (mut buffer, mut count) = ([0; 4096], 0);
        loop {
            let began = clock.elapsed();
            match self.recv_within(&mut buffer, &|| limit().saturating_sub(began))? {
                Got::Octets(more) => count += more as u64,
                end => return Ok((count, end)),
            }
            // A peer that never stops talking may not hold us.
            if clock.elapsed() > limit() {
                return Ok((count, Got::Nothing));
            }
        }
    }

    /// close.
    pub(super) fn close(self) -> io::Result<()> {
        let Conn { socket, local, peer, calls, .. } = self;
        let close = || nix::unistd::close(socket).map_err(io::Error::from);
        watched(calls, (CallKind::Close, String::new), (Some(local), Some(peer)), close, |()| 0)
    }

    /// Sends RST in place of FIN, and throws away what is not yet sent.
    pub(super) fn abort(self) -> io::Result<()> {
        self.set_linger(Some(Duration::ZERO))?;
        self.close()
    }

    /// Whether the socket became ready in time; when asked to stop, within `grace` from then.
    fn wait(&self, what: PollFlags, since: Instant, limit: &dyn Fn() -> Duration, grace: Duration) -> io::Result<bool> {
        let mut latest = None;
        loop {
            let until = since + limit();
            let until = latest.map_or(until, |latest| until.min(latest));
            let left = until.saturating_duration_since(Instant::now());
            if poll_any(&mut [PollFd::new(self.socket.as_fd(), what)], left.min(GLANCE))? {
                return Ok(true);
            }
            if left.is_zero() {
                return Ok(false);
            }
            if latest.is_none() && self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                latest = Some(Instant::now() + grace);
            }
        }
    }
}

/// Whether one of them is ready; a signal counts as "not yet".
pub(super) fn poll_any(fds: &mut [PollFd<'_>], limit: Duration) -> io::Result<bool> {
    // Rounded up: a wait of half a millisecond must not become a busy loop.
    let limit = PollTimeout::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::MAX);
    match poll(fds, limit) {
        Ok(count) => Ok(count > 0),
        Err(nix::errno::Errno::EINTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_short_text_is_told_as_it_is() {
        assert_eq!(octets(b"notes.txt\n"), "\"notes.txt\\n\"");
        assert_eq!(octets(b"\x1b[31m"), "5 B");
        assert_eq!((octets(&[b'a'; 25]), octets(b"")), ("25 B".into(), "0 B".into()));
    }

    #[test]
    fn a_call_is_told_with_the_name_of_its_error() {
        let call = Call {
            kind: CallKind::Connect,
            began: SystemTime::UNIX_EPOCH + Duration::from_nanos(7),
            took: Duration::from_nanos(5),
            result: Err(nix::errno::Errno::ECONNREFUSED as i32),
            arguments: String::new(),
            local: None,
            peer: Some("10.0.0.2:80".parse().unwrap()),
        };
        assert_eq!(call.word("get"), None);
        let word = Call { local: Some("10.0.0.1:40000".parse().unwrap()), ..call }.word("get").unwrap();
        assert_eq!((word.at, word.arguments.as_str()), (Timestamp(7), "10.0.0.2:80"));
        assert_eq!(word.result, Err("ECONNREFUSED".into()));
    }
}
