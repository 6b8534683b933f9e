//! The web client: asks for a URL, follows redirects to the same server, and says plainly when that is not the whole page.

use super::body::Body;
use super::fetch::Fetch;
use super::response::{self, Framing, Response};
use super::stream::Stream;
use crate::timeline::Text;
use crate::transfer::address::AddressError;
use crate::transfer::call::{Calls, Conn, Got};
use crate::transfer::protocol::Closer;
use crate::transfer::reach::{self, Unreached};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Takes a piece of a body, with the octets so far; says whether more is wanted.
type Taker<'t> = dyn FnMut(&[u8], u64) -> Result<bool, WebError> + 't;

/// The longest body of a redirect that is read to keep the connection; behind a longer one it is closed.
const SHORT: u64 = 64 * 1024;
/// Interim responses (1xx) before the final one.
const MOST_INTERIM: usize = 16;

/// How the client behaves.
#[derive(Clone, Copy)]
pub struct WebClient<'a> {
    /// Ask the server to close, with `Connection: close`: it sends the first FIN.
    pub server_closes: bool,
    /// SO_LINGER: `Some(0)` closes with RST, more waits that long for the last acknowledgment.
    pub linger: Option<Duration>,
    /// How long each address may take to answer the SYN.
    pub connect_limit: Duration,
    /// How long the server may be silent.
    pub patience: Duration,
    pub most_redirects: usize,
    /// Set by someone who wants the transfer to end.
    pub stop: Option<&'a AtomicBool>,
    pub calls: Calls<'a>,
}

/// What happens on the way. Texts are as the server sent them.
#[derive(Debug)]
pub enum WebTold {
    Request {
        method: &'static str,
        url: String,
    },
    Response {
        minor: u8,
        status: u16,
        reason: String,
        location: Option<String>,
    },
    /// The server had closed the connection that was kept before it answered: the request goes out again over a new one.
    Again {
        method: &'static str,
    },
    /// Octets of the page so far, and in all where that is known.
    Progress {
        octets: u64,
        all: Option<u64>,
    },
}

/// A page that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub octets: u64,
    pub framing: Framing,
    pub peer: SocketAddr,
    /// From the first call of connect to the last octet.
    pub took: Duration,
    pub closed_first: Closer,
    pub connections: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("'{0}' is no URL of HTTP: write http://HOST[:PORT]/PATH")]
    Url(String),
    #[error("'{0}' needs TLS, which this client does not speak")]
    Tls(String),
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("cannot connect to {}", reach::list(.0))]
    Connect(Vec<(SocketAddr, io::Error)>),
    #[error("the server answers {status} {reason}")]
    Status { status: u16, reason: String },
    #[error("the redirect leads to another server: {0}")]
    Elsewhere(String),
    #[error("more than {0} redirects")]
    Redirects(usize),
    #[error("that is no HTTP/1 response: {}", .0.en)]
    Foreign(Text),
    #[error("the server closed before its answer was whole, after {got} octets of the page")]
    Short { got: u64 },
    #[error("the server was silent for {} s, after {got} octets of the page", .limit.as_secs())]
    Silent { limit: Duration, got: u64 },
    #[error("the connection broke after {got} octets of the page")]
    Broken { got: u64, source: io::Error },
    #[error("cannot write what came")]
    Write(#[source] io::Error),
    #[error("stopped after {got} octets of the page")]
    Stopped { got: u64 },
}

impl From<Unreached> for WebError {
    fn from(why: Unreached) -> WebError {
        match why {
            Unreached::Stopped => WebError::Stopped { got: 0 },
            Unreached::All(tries) => WebError::Connect(tries),
        }
    }
}

impl Default for WebClient<'_> {
    fn default() -> Self {
        WebClient {
            server_closes: false,
            linger: None,
            connect_limit: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            most_redirects: 5,
            stop: None,
            calls: None,
        }
    }
}

/// How an answer was taken.
enum Taken {
    Page(Framing),
    Redirect(Fetch),
}

impl<'a> WebClient<'a> {
    /// Fetches a page from the first of the addresses that answers, into `out`.
    ///
    /// # Errors
    /// Every way in which this is not the page, whole, with a status below 300. `out` may then have got a part of it.
    pub fn fetch(
        &self,
        addresses: &[SocketAddr],
        fetch: &Fetch,
        out: &mut impl Write,
        mut told: impl FnMut(WebTold),
    ) -> Result<Page, WebError> {
        let began = Instant::now();
        let (mut fetch, mut redirects, mut connections) = (fetch.clone(), 0, 0);
        loop {
            let conn = reach::first(addresses, self.connect_limit, self.calls, self.stop)?;
            connections += 1;
            let mut stream = Stream::new(&conn);
            // Redirects on one connection, as long as it stays open.
            let mut is_kept = false;
            let (result, got) = loop {
                let is_heard = !stream.pending.is_empty();
                let mut asking = Asking { client: self, stream: &mut stream, got: 0, keeps_open: false, is_heard };
                let result = asking.run(&fetch, out, &mut told);
                let (got, keeps_open, is_heard) = (asking.got, asking.keeps_open, asking.is_heard);
                match result {
                    // Between two requests a server may close as it likes; what changes nothing there may be asked again over
                    // a new connection, where it has not begun to answer (RFC 9110 9.2.2, RFC 9112 9.3.1).
                    Err(WebError::Short { got: 0 } | WebError::Broken { got: 0, .. })
                        if is_kept && !is_heard && fetch.is_idempotent() =>
                    {
                        told(WebTold::Again { method: fetch.method() });
                        break (Ok(None), got);
                    }
                    Ok(Taken::Redirect(_)) if redirects >= self.most_redirects => {
                        break (Err(WebError::Redirects(self.most_redirects)), got);
                    }
                    Ok(Taken::Redirect(next)) => {
                        redirects += 1;
                        fetch = next;
                        if !keeps_open {
                            break (Ok(None), got);
                        }
                        is_kept = true;
                    }
                    Ok(Taken::Page(framing)) => break (Ok(Some(framing)), got),
                    Err(error) => break (Err(error), got),
                }
            };
            let (ended, peer, took) = (stream.ended, conn.peer, began.elapsed());
            let closed = match &result {
                Ok(_) | Err(WebError::Status { .. } | WebError::Elsewhere(_) | WebError::Redirects(_)) => {
                    self.close(conn, ended)
                }
                Err(_) if ended => conn.close().map(|()| Closer::Server),
                // The server would go on sending to nobody.
                Err(_) => conn.abort().map(|()| Closer::Reset),
            };
            if let Some(framing) = result? {
                let closed_first = closed.map_err(|source| WebError::Broken { got, source })?;
                return Ok(Page { octets: got, framing, peer, took, closed_first, connections });
            }
        }
    }

    /// Closes; tells who was first.
    fn close(&self, conn: Conn<'_>, mut ended: bool) -> io::Result<Closer> {
        conn.set_linger(self.linger)?;
        if self.linger == Some(Duration::ZERO) {
            conn.close()?;
            return Ok(Closer::Reset);
        }
        if !ended {
            let limit = if self.server_closes { self.patience } else { Duration::ZERO };
            ended = conn.drain(limit)?.1 == Got::End;
        }
        if ended {
            conn.close()?;
            return Ok(Closer::Server);
        }
        conn.finish_sending()?;
        conn.drain(self.patience)?;
        conn.close()?;
        Ok(Closer::Client)
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// One request and its answer.
struct Asking<'t, 'c, 'a> {
    client: &'t WebClient<'a>,
    stream: &'t mut Stream<'c, 'a>,
    /// Octets of the page so far.
    got: u64,
    /// Whether the connection can carry another request.
    keeps_open: bool,
    /// Something of the answer has come.
    is_heard: bool,
}

impl Asking<'_, '_, '_> {
    fn run(&mut self, fetch: &Fetch, out: &mut impl Write, told: &mut impl FnMut(WebTold)) -> Result<Taken, WebError> {
        let mut request = fetch.head(self.client.server_closes);
        request.extend_from_slice(fetch.data.as_deref().unwrap_or_default());
        told(WebTold::Request { method: fetch.method(), url: fetch.url.clone() });
        // A server may answer and close before it took all of a body (413): then its answer counts.
        let sent = self.stream.conn.send_all(&request, self.client.patience);
        let response = match (self.response(), sent) {
            (Err(_), Err(source)) => return Err(WebError::Broken { got: 0, source }),
            (response, _) => response?,
        };
        let Response { status, minor, .. } = response;
        let location = response.location().map(String::from);
        told(WebTold::Response { minor, status, reason: response.reason.clone(), location: location.clone() });
        let framing = response.framing().map_err(WebError::Foreign)?;
        let keeps_open = response.fields.keeps_open(minor) && !self.client.server_closes;
        if let Some(location) = location {
            let next = fetch.redirected(status, &location)?;
            self.keeps_open = keeps_open && self.passed_over(framing)?;
            return Ok(Taken::Redirect(next));
        }
        if !(200..300).contains(&status) {
            // To close with FIN, what is under way is read first.
            self.passed_over(framing)?;
            return Err(WebError::Status { status, reason: response.reason });
        }
        let all = if let Framing::Length(length) = framing { Some(length) } else { None };
        told(WebTold::Progress { octets: 0, all });
        self.body(framing, &mut |octets, got| {
            out.write_all(octets).map_err(WebError::Write)?;
            told(WebTold::Progress { octets: got, all });
            Ok(true)
        })?;
        out.flush().map_err(WebError::Write)?;
        Ok(Taken::Page(framing))
    }

    /// The head of the final response.
    fn response(&mut self) -> Result<Response, WebError> {
        let mut interim = 0;
        loop {
            match response::read(&self.stream.pending).map_err(WebError::Foreign)? {
                Some((response, len)) => {
                    self.stream.take(len as u64);
                    if !(100..200).contains(&response.status) {
                        return Ok(response);
                    }
                    interim += 1;
                    if response.status == 101 || interim > MOST_INTERIM {
                        let status = response.status;
                        return Err(WebError::Foreign(Text::new(
                            format!("{status} was not asked for"),
                            format!("没有请求过 {status}"),
                        )));
                    }
                }
                None if self.fill()? => {}
                None => return Err(WebError::Short { got: 0 }),
            }
        }
    }

    /// Reads a body that nobody needs; `false` where it is too long for that, or has no end of its own.
    fn passed_over(&mut self, framing: Framing) -> Result<bool, WebError> {
        if framing == Framing::UntilClose || matches!(framing, Framing::Length(length) if length > SHORT) {
            return Ok(false);
        }
        let is_short = self.body(framing, &mut |_, got| Ok(got <= SHORT))?;
        self.got = 0;
        Ok(is_short)
    }

    /// Reads a body, piece by piece, as long as it is wanted; `false` where it was not to its end.
    fn body(&mut self, framing: Framing, take: &mut Taker<'_>) -> Result<bool, WebError> {
        let mut body = Body::new(framing);
        let mut octets = Vec::new();
        loop {
            let taken = body.read(&self.stream.pending, &mut octets);
            let taken = taken.map_err(|error| WebError::Foreign(error.text()))?;
            self.stream.take(taken as u64);
            if !octets.is_empty() {
                self.got += octets.len() as u64;
                if !take(&octets, self.got)? {
                    return Ok(false);
                }
                octets.clear();
            }
            if body.is_whole() {
                return Ok(true);
            }
            if !self.fill()? {
                let is_end = framing == Framing::UntilClose;
                return if is_end { Ok(true) } else { Err(WebError::Short { got: self.got }) };
            }
        }
    }

    /// More octets; `false` where FIN has come.
    fn fill(&mut self) -> Result<bool, WebError> {
        let (limit, got) = (self.client.patience, self.got);
        match self.stream.fill(&|| limit).map_err(|source| WebError::Broken { got, source })? {
            Got::Octets(_) => {
                self.is_heard = true;
                Ok(true)
            }
            Got::End => Ok(false),
            Got::Nothing if self.client.is_stopped() => Err(WebError::Stopped { got }),
            Got::Nothing => Err(WebError::Silent { limit, got }),
        }
    }
}
