//! One client, from accept to close: the name, the answer, and who sends FIN first.

use super::call::{Conn, GRACE, Got};
use super::protocol::{self, Ask, Closer, LONGEST_NAME, Refusal, Request};
use super::server::{Event, Server};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Serves one client and tells what happens. Never fails: what goes wrong is an event.
pub(super) fn serve(
    server: &Server,
    conn: Conn<'_>,
    client: u64,
    stop: &AtomicBool,
    silence: &dyn Fn() -> Duration,
    on_event: &(dyn Fn(Event) + Sync),
) {
    let session = Session { server, client, stop, silence, on_event };
    let first = match session.answer(&conn) {
        Ok(ask) => session.close(conn, ask).unwrap_or_else(|error| {
            // The file was delivered to the kernel; whether the client got it, only its FIN could have told.
            on_event(Event::Failed { client, error });
            Closer::Reset
        }),
        Err(Broken { error, resets }) => {
            let resets = resets || is_reset(&error);
            on_event(Event::Failed { client, error });
            let closed = if resets { conn.abort().map(|()| Closer::Reset) } else { session.close(conn, Ask::Bare) };
            closed.unwrap_or(Closer::Reset)
        }
    };
    on_event(Event::Closed { client, first });
}

struct Session<'a> {
    server: &'a Server,
    client: u64,
    stop: &'a AtomicBool,
    /// How long this client may be silent before its name, as things are now.
    silence: &'a dyn Fn() -> Duration,
    on_event: &'a (dyn Fn(Event) + Sync),
}

/// Why an answer was not finished, and whether only RST tells the client so.
struct Broken {
    error: io::Error,
    resets: bool,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken { error, resets: false }
    }
}

impl Session<'_> {
    /// Reads the name and answers it. How it was asked decides who can close first.
    fn answer(&self, conn: &Conn<'_>) -> Result<Ask, Broken> {
        let (name, ask) = match self.request(conn)? {
            Ok(request) => request,
            Err(why) => return self.refuse(conn, why, Ask::Bare),
        };
        let shown = String::from_utf8_lossy(&name).into_owned();
        (self.on_event)(Event::Request { client: self.client, name: shown, ask });
        let (mut file, length) = match self.server.root.file(&name) {
            Ok(found) => found,
            Err(why) => return self.refuse(conn, why, ask),
        };
        match ask {
            Ask::Line => conn.send_all(&protocol::ok_line(length), self.server.patience)?,
            Ask::Bare if begins_like_an_error(&mut file)? => return self.refuse(conn, Refusal::LooksLikeError, ask),
            Ask::Bare => {}
        }
        let sent = self.send(conn, &mut file, length, ask)?;
        (self.on_event)(Event::Sent { client: self.client, octets: sent });
        Ok(ask)
    }

    fn refuse(&self, conn: &Conn<'_>, why: Refusal, ask: Ask) -> Result<Ask, Broken> {
        (self.on_event)(Event::Refused { client: self.client, why });
        conn.send_all(&why.line(), self.server.patience)?;
        Ok(ask)
    }

    /// The name, and how it was asked for. See "Where a bare name ends" in the module head.
    fn request(&self, conn: &Conn<'_>) -> io::Result<Result<(Vec<u8>, Ask), Refusal>> {
        let clock = Instant::now();
        let mut octets = Vec::new();
        let mut buffer = [0; LONGEST_NAME + 2];
        loop {
            match protocol::judge(&octets) {
                Request::Whole(name, ask) => return Ok(Ok((name.to_vec(), ask))),
                Request::TooLong => return Ok(Err(Refusal::BadName)),
                Request::Name(name) if !self.server.root.may_grow(name) => return Ok(Ok((octets, Ask::Bare))),
                Request::Name(_) | Request::Begun(_) => {}
            }
            let got = if octets.is_empty() {
                conn.recv_within(&mut buffer, self.silence)?
            } else {
                conn.recv(&mut buffer, self.server.pause.min(self.server.patience.saturating_sub(clock.elapsed())))?
            };
            match got {
                Got::Octets(count) => octets.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Got::Nothing | Got::End if octets.is_empty() => return Ok(Err(Refusal::NoName)),
                Got::Nothing | Got::End => return Ok(Ok((octets, Ask::Bare))),
            }
        }
    }

    /// Sends as many octets as the file had when it was opened, or as many as it still has.
    fn send(&self, conn: &Conn<'_>, file: &mut File, length: u64, ask: Ask) -> Result<u64, Broken> {
        // To a bare name FIN says "that was all": a transfer that is cut short must not send it.
        let broken = |error| Broken { error, resets: ask == Ask::Bare };
        let mut buffer = vec![0; self.server.chunk.max(1)];
        let (mut sent, mut stopped) = (0, None::<Instant>);
        let mut file = file.take(length);
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => return Ok(sent),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(error)),
            };
            let chunk = buffer.get(..count).unwrap_or_default();
            if self.stop.load(Ordering::Relaxed) && stopped.get_or_insert_with(Instant::now).elapsed() > GRACE {
                return Err(broken(io::Error::new(ErrorKind::Interrupted, "stopped before all was sent")));
            }
            conn.send_all(chunk, self.server.patience).map_err(broken)?;
            sent += count as u64;
        }
    }

    /// Closes as the server was told to. Who was first is what really happened, not what was wished.
    fn close(&self, conn: Conn<'_>, ask: Ask) -> io::Result<Closer> {
        if self.server.linger == Some(Duration::ZERO) {
            conn.abort()?;
            return Ok(Closer::Reset);
        }
        conn.set_linger(self.server.linger)?;
        let client_first = self.server.close_first == Closer::Client && ask == Ask::Line;
        let wait = if client_first { self.server.patience } else { Duration::ZERO };
        let (_, got) = conn.drain(wait)?;
        if got == Got::End {
            std::thread::sleep(self.server.work_after_fin);
        }
        conn.finish_sending()?;
        if got == Got::End {
            conn.close()?;
            return Ok(Closer::Client);
        }
        conn.drain_within(&|| self.server.patience.min((self.silence)()))?;
        conn.close()?;
        Ok(Closer::Server)
    }
}

fn begins_like_an_error(file: &mut File) -> io::Result<bool> {
    let mut head = Vec::new();
    file.by_ref().take(protocol::ERROR.len() as u64).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head == protocol::ERROR)
}

fn is_reset(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
}
