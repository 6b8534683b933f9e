//! The client: asks for a file, writes what comes, and says plainly when that is not the whole file.

use super::call::{Calls, Conn, GLANCE, Got};
use super::protocol::{self, Ask, Closer, Head, Refusal};
use super::reach::{self, Unreached};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long it waits for the FIN of a server that refused and is to close first; another one may leave that to the client.
const REFUSED: Duration = Duration::from_secs(1);

/// How the client behaves.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// Who sends the first FIN. `Server` asks by a bare name, which any server understands; `Client` asks by line.
    pub close_first: Closer,
    /// SO_LINGER: `Some(0)` closes with RST, more waits that long for the last acknowledgment.
    pub linger: Option<Duration>,
    /// How long each address may take to answer the SYN.
    pub connect_limit: Duration,
    /// How long the server may be silent.
    pub patience: Duration,
    /// Close the sending side right after the name (`shutdown(SHUT_WR)`): the file comes after our FIN.
    pub half_close: bool,
    /// How long it still works between the server's FIN and its own; see [`super::Server::work_after_fin`].
    pub work_after_fin: Duration,
    /// Octets per recv.
    pub chunk: usize,
    /// Set by someone who wants the transfer to end.
    pub stop: Option<&'a AtomicBool>,
    pub calls: Calls<'a>,
}

/// A file that came whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub octets: u64,
    pub local: SocketAddr,
    pub peer: SocketAddr,
    /// From the call of connect to the last octet.
    pub took: Duration,
    pub closed_first: Closer,
    /// Whether the server told the length, so that the file is known to be whole.
    pub announced: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum GetError {
    #[error("cannot connect to {}", reach::list(.0))]
    Connect(Vec<(SocketAddr, io::Error)>),
    #[error("the name has a line break in it, or is empty or too long")]
    Name,
    #[error("the server refused: {}", .0.text().en)]
    Refused(Refusal),
    #[error("the server refused: {0}")]
    RefusedOtherwise(String),
    #[error("the server announced {announced} octets and closed after {got}")]
    Short { announced: u64, got: u64 },
    #[error("the server sent more than the {announced} octets that it announced")]
    Long { announced: u64 },
    #[error("the server sent no status line: it does not tell lengths, so the client cannot close first")]
    Foreign,
    #[error("the server was silent for {} s, after {got} octets", .limit.as_secs())]
    Silent { limit: Duration, got: u64 },
    #[error("the connection broke after {got} octets")]
    Broken { got: u64, source: io::Error },
    #[error("cannot write what came")]
    Write(#[source] io::Error),
    #[error("stopped after {got} octets")]
    Stopped { got: u64 },
}

impl From<Unreached> for GetError {
    fn from(why: Unreached) -> GetError {
        match why {
            Unreached::Stopped => GetError::Stopped { got: 0 },
            Unreached::All(tries) => GetError::Connect(tries),
        }
    }
}

impl Default for Client<'_> {
    fn default() -> Self {
        Client {
            close_first: Closer::Server,
            linger: None,
            connect_limit: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            half_close: false,
            work_after_fin: Duration::ZERO,
            chunk: 16 * 1024,
            stop: None,
            calls: None,
        }
    }
}

impl<'a> Client<'a> {
    /// Downloads `name` from the first of the addresses that answers, into `out`. `progress` hears the octets so far and,
    /// where it is known, their number in all.
    ///
    /// # Errors
    /// Every way in which this is not the whole file. `out` may then have got a part of it.
    pub fn get(
        &self,
        addresses: &[SocketAddr],
        name: &str,
        out: &mut impl Write,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<Received, GetError> {
        if name.is_empty() || name.len() > protocol::LONGEST_NAME || name.contains(['\n', '\r', '\0']) {
            return Err(GetError::Name);
        }
        let began = Instant::now();
        let conn = reach::first(addresses, self.connect_limit, self.calls, self.stop)?;
        let ask = if self.close_first == Closer::Client { Ask::Line } else { Ask::Bare };
        let mut transfer = Transfer { client: self, conn: &conn, got: 0, ended: false };
        let result = transfer.run(ask, name, out, &mut progress);
        let (got, ended) = (transfer.got, transfer.ended);
        let took = began.elapsed();
        let (local, peer) = (conn.local, conn.peer);
        match result {
            Ok(announced) => {
                let (closed_first, extra) =
                    self.close(conn, ended).map_err(|source| GetError::Broken { got, source })?;
                match announced {
                    Some(announced) if extra > 0 => Err(GetError::Long { announced }),
                    _ => Ok(Received { octets: got, local, peer, took, closed_first, announced: announced.is_some() }),
                }
            }
            Err(error) => {
                // The first error is the one to tell. After a refusal the connection still closes with FINs; where
                // the server would go on sending to nobody, RST spares both sides the rest.
                let _ = match error {
                    GetError::Refused(_) | GetError::RefusedOtherwise(_) | GetError::Short { .. } => {
                        self.close(conn, ended).map(drop)
                    }
                    _ if ended => conn.close(),
                    _ => conn.abort(),
                };
                Err(error)
            }
        }
    }

    /// Closes; tells who was first and how many octets came that nobody asked for.
    fn close(&self, conn: Conn<'_>, mut ended: bool) -> io::Result<(Closer, u64)> {
        let mut extra = 0;
        conn.set_linger(self.linger)?;
        if self.linger == Some(Duration::ZERO) {
            conn.close()?;
            return Ok((Closer::Reset, 0));
        }
        if !ended {
            let limit = match self.close_first {
                _ if self.half_close => self.patience,
                // Refused: the server's FIN is under way.
                Closer::Server => self.patience.min(REFUSED),
                _ => Duration::ZERO,
            };
            let (more, got) = conn.drain(limit)?;
            (extra, ended) = (extra + more, got == Got::End);
        }
        if self.half_close {
            conn.close()?;
            return Ok((Closer::Client, extra));
        }
        if ended {
            std::thread::sleep(self.work_after_fin);
            conn.close()?;
            return Ok((Closer::Server, extra));
        }
        conn.finish_sending()?;
        extra += conn.drain(self.patience)?.0;
        conn.close()?;
        Ok((Closer::Client, extra))
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// A download under way.
struct Transfer<'t, 'a> {
    client: &'t Client<'a>,
    conn: &'t Conn<'a>,
    /// Octets of the file so far.
    got: u64,
    /// FIN has come.
    ended: bool,
}

impl Transfer<'_, '_> {
    /// Asks, and writes the answer. Returns the announced length.
    fn run(
        &mut self,
        ask: Ask,
        name: &str,
        out: &mut impl Write,
        progress: &mut impl FnMut(u64, Option<u64>),
    ) -> Result<Option<u64>, GetError> {
        let request = protocol::request(ask, name);
        self.conn.send_all(&request, self.client.patience).map_err(|source| self.broken(source))?;
        if self.client.half_close {
            self.conn.finish_sending().map_err(|source| self.broken(source))?;
        }
        let mut buffer = vec![0; self.client.chunk.max(1)];
        let mut head = Vec::new();
        let (from, announced) = loop {
            match protocol::head(ask, &head, self.ended) {
                Head::File { from, announced } => break (from, announced),
                Head::Refused(why) => return Err(GetError::Refused(why)),
                Head::RefusedOtherwise(words) => return Err(GetError::RefusedOtherwise(words)),
                Head::Foreign => return Err(GetError::Foreign),
                Head::More => head.extend_from_slice(self.recv(&mut buffer)?),
            }
        };
        progress(0, announced);
        self.write(head.get(from..).unwrap_or_default(), announced, out)?;
        progress(self.got, announced);
        while !self.ended && announced.is_none_or(|announced| self.got < announced) {
            let octets = self.recv(&mut buffer)?;
            self.write(octets, announced, out)?;
            progress(self.got, announced);
        }
        out.flush().map_err(GetError::Write)?;
        match announced {
            Some(announced) if self.got < announced => Err(GetError::Short { announced, got: self.got }),
            announced => Ok(announced),
        }
    }

    fn write(&mut self, octets: &[u8], announced: Option<u64>, out: &mut impl Write) -> Result<(), GetError> {
        if let Some(announced) = announced.filter(|announced| self.got + octets.len() as u64 > *announced) {
            return Err(GetError::Long { announced });
        }
        out.write_all(octets).map_err(GetError::Write)?;
        self.got += octets.len() as u64;
        Ok(())
    }

    /// The next octets; none when FIN has come.
    fn recv<'b>(&mut self, buffer: &'b mut [u8]) -> Result<&'b [u8], GetError> {
        let clock = Instant::now();
        let limit = self.client.patience;
        loop {
            let left = limit.saturating_sub(clock.elapsed());
            match self.conn.recv(buffer, left).map_err(|source| self.broken(source))? {
                Got::Octets(count) => return Ok(buffer.get(..count).unwrap_or_default()),
                Got::End => {
                    self.ended = true;
                    return Ok(&[]);
                }
                Got::Nothing if self.client.is_stopped() => return Err(GetError::Stopped { got: self.got }),
                Got::Nothing if left <= GLANCE && clock.elapsed() >= limit => {
                    return Err(GetError::Silent { limit, got: self.got });
                }
                Got::Nothing => {}
            }
        }
    }

    fn broken(&self, source: io::Error) -> GetError {
        GetError::Broken { got: self.got, source }
    }
}
