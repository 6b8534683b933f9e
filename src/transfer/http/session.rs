//! One client of the web server, from accept to close: request after request, each with its answer.

use super::answer::{Answer, Body};
use super::fault::{Fault, fault, reason};
use super::request::{self, Request};
use super::response::Framing;
use super::server::{WebEvent, WebServer};
use super::stream::Stream;
use super::{body, pages, site};
use crate::transfer::call::{Conn, GRACE, Got};
use crate::transfer::protocol::Closer;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Octets of a body that are kept to be told; the rest is counted.
const KEPT: usize = 64 * 1024;
/// A body takes at most so often the patience, however steadily it drips.
const BODY_PATIENCES: u32 = 6;
/// Octets of a file per send.
const CHUNK: usize = 16 * 1024;

/// Serves one client and tells what happens. Never fails: what goes wrong is an event.
pub(super) fn serve(
    server: &WebServer,
    conn: Conn<'_>,
    client: u64,
    stop: &AtomicBool,
    silence: &dyn Fn() -> Duration,
    on_event: &(dyn Fn(WebEvent) + Sync),
) {
    let session = Session { server, client, stop, silence, on_event };
    let mut stream = Stream::new(&conn);
    let result = session.answer_all(&mut stream);
    let ended = stream.ended;
    let closed = match result {
        Ok(()) => session.close(conn, ended),
        Err(error) => {
            let is_reset = matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
            );
            on_event(WebEvent::Failed { client, error });
            // An answer has its length: the client can tell that a part is missing, also where FIN ends it.
            if is_reset { conn.abort().map(|()| Closer::Reset) } else { session.close(conn, ended) }
        }
    };
    let first = closed.unwrap_or_else(|error| {
        on_event(WebEvent::Failed { client, error });
        Closer::Reset
    });
    on_event(WebEvent::Closed { client, first });
}

struct Session<'a> {
    server: &'a WebServer,
    client: u64,
    stop: &'a AtomicBool,
    /// How long this client may be silent before a head is whole, as things are now.
    silence: &'a dyn Fn() -> Duration,
    on_event: &'a (dyn Fn(WebEvent) + Sync),
}

impl Session<'_> {
    fn answer_all(&self, stream: &mut Stream<'_, '_>) -> io::Result<()> {
        loop {
            let request = match self.request(stream)? {
                Ok(Some(request)) => request,
                Ok(None) => return Ok(()),
                Err(fault) => return self.refuse(stream, fault),
            };
            let (client, minor) = (self.client, request.minor);
            let (method, target) = (request.method.clone(), request.target.clone());
            (self.on_event)(WebEvent::Request { client, method, target, minor });
            let framing = match request.body(self.server.longest_body) {
                Ok(framing) => framing,
                Err(fault) => return self.refuse(stream, fault),
            };
            let (length, kept) = match self.body(stream, &request, framing)? {
                Ok(read) => read,
                Err(fault) => return self.refuse(stream, fault),
            };
            let answer = self.answer(&request, length, &kept).unwrap_or_else(Answer::from);
            let keeps_open =
                request.fields.keeps_open(minor) && !self.server.close_each && !self.stop.load(Ordering::Relaxed);
            let connection = match keeps_open {
                false => Some("close"),
                true => (minor == 0).then_some("keep-alive"),
            };
            self.send(stream.conn, answer, request.method == "HEAD", connection)?;
            if !keeps_open {
                return Ok(());
            }
        }
    }

    fn answer(&self, request: &Request, length: u64, kept: &[u8]) -> Result<Answer, Fault> {
        request.check_method()?;
        if request.method == "POST" {
            request.path()?;
            let text = pages::posted(&request.target, request.fields.first("content-type"), length, kept);
            return Ok(Answer::page(200, site::TEXT, text));
        }
        if let Some(to) = self.moved(request)? {
            let page = pages::moved(302, to);
            return Ok(Answer { location: Some(to.into()), ..Answer::page(302, site::HTML, page) });
        }
        site::get(&self.server.root, request)
    }

    /// Where what is asked for has moved to, if it has.
    fn moved(&self, request: &Request) -> Result<Option<&str>, Fault> {
        let name = request.path()?.0.strip_prefix('/');
        let moved = self.server.moved.iter().find(|(from, _)| Some(from.as_str()) == name);
        Ok(moved.map(|(_, to)| to.as_str()))
    }

    /// The next head; none where the client closes, or says nothing.
    fn request(&self, stream: &mut Stream<'_, '_>) -> io::Result<Result<Option<Request>, Fault>> {
        let clock = Instant::now();
        loop {
            match request::read(&stream.pending) {
                Err(fault) => return Ok(Err(fault)),
                Ok(Some((request, len))) => {
                    stream.take(len as u64);
                    return Ok(Ok(Some(request)));
                }
                Ok(None) => {}
            }
            match stream.fill(&|| (self.silence)().saturating_sub(clock.elapsed()))? {
                Got::Octets(_) => {}
                // Empty lines are no request (RFC 9112 2.2).
                Got::End | Got::Nothing if stream.pending.iter().all(u8::is_ascii_whitespace) => return Ok(Ok(None)),
                Got::End => {
                    return Ok(Err(fault(400, "the request ends before its blank line", "请求在空行之前就结束了")));
                }
                Got::Nothing => {
                    return Ok(Err(fault(
                        408,
                        "no blank line came in time: the head is not whole",
                        "没有及时收到空行：首部不完整",
                    )));
                }
            }
        }
    }

    /// Reads the body; says how long it was, and keeps its beginning.
    fn body(
        &self,
        stream: &mut Stream<'_, '_>,
        request: &Request,
        framing: Framing,
    ) -> io::Result<Result<(u64, Vec<u8>), Fault>> {
        let mut body = body::Body::new(framing);
        if !body.is_whole() && stream.pending.is_empty() && request.waits() {
            stream.conn.send_all(b"HTTP/1.1 100 Continue\r\n\r\n", self.server.patience)?;
        }
        let (clock, mut kept, mut came) = (Instant::now(), Vec::new(), 0_u64);
        let all = self.server.patience * BODY_PATIENCES;
        let longest = self.server.longest_body;
        let of = match framing {
            Framing::Length(length) => [format!(" of {length}"), format!("，应有 {length} 字节")],
            _ => Default::default(),
        };
        loop {
            let mut octets = Vec::new();
            let Ok(taken) = body.read(&stream.pending, &mut octets) else {
                return Ok(Err(fault(400, "the chunks of the body are malformed", "正文的分块格式有误")));
            };
            drop(stream.take(taken as u64));
            came += octets.len() as u64;
            let room = KEPT.saturating_sub(kept.len()).min(octets.len());
            kept.extend_from_slice(octets.get(..room).unwrap_or_default());
            if came > longest {
                return Ok(Err(fault(
                    413,
                    format!("a body of more than {longest} octets"),
                    format!("正文超过 {longest} 字节"),
                )));
            }
            if body.is_whole() {
                if came > 0 {
                    (self.on_event)(WebEvent::Body { client: self.client, octets: came });
                }
                return Ok(Ok((came, kept)));
            }
            let [of_en, of_zh] = &of;
            match stream.fill(&|| self.server.patience.min(all.saturating_sub(clock.elapsed())))? {
                Got::Octets(_) => {}
                Got::End => {
                    return Ok(Err(fault(
                        400,
                        format!("the body ends after {came}{of_en} octets"),
                        format!("正文只有 {came} 字节{of_zh}"),
                    )));
                }
                Got::Nothing => {
                    return Ok(Err(fault(
                        408,
                        format!("{came}{of_en} octets of the body came in time"),
                        format!("正文只及时收到 {came} 字节{of_zh}"),
                    )));
                }
            }
        }
    }

    /// Answers with an error behind which no further request can be read.
    fn refuse(&self, stream: &Stream<'_, '_>, fault: Fault) -> io::Result<()> {
        self.send(stream.conn, fault.into(), false, Some("close"))
    }

    fn send(&self, conn: &Conn<'_>, answer: Answer, is_head: bool, connection: Option<&str>) -> io::Result<()> {
        let mut octets = answer.head(SystemTime::now(), connection);
        let mut sent = 0;
        let Answer { status, why, location, body, .. } = answer;
        match body {
            Body::None => {}
            _ if is_head => {}
            Body::Octets(body) => {
                sent = body.len() as u64;
                octets.extend_from_slice(&body);
            }
            Body::File(file, length) => {
                let mut stopped = None::<Instant>;
                let mut file = file.take(length);
                // Head and beginning go in one send: two small ones would wait for an ACK between them (RFC 896).
                while sent < length {
                    let count = file.by_ref().take(CHUNK as u64).read_to_end(&mut octets)?;
                    if count == 0 {
                        return Err(io::Error::new(
                            ErrorKind::UnexpectedEof,
                            "the file became shorter while it was sent",
                        ));
                    }
                    if self.stop.load(Ordering::Relaxed) && stopped.get_or_insert_with(Instant::now).elapsed() > GRACE {
                        return Err(io::Error::new(ErrorKind::Interrupted, "stopped before all was sent"));
                    }
                    conn.send_all(&octets, self.server.patience)?;
                    octets.clear();
                    sent += count as u64;
                }
            }
        }
        conn.send_all(&octets, self.server.patience)?;
        let keeps_open = connection != Some("close");
        let (client, reason) = (self.client, reason(status));
        (self.on_event)(WebEvent::Answered { client, status, reason, octets: sent, why, location, keeps_open });
        Ok(())
    }

    /// Sends FIN, waits for the client's, and closes: unread octets would make the kernel send RST.
    fn close(&self, conn: Conn<'_>, ended: bool) -> io::Result<Closer> {
        if self.server.linger == Some(Duration::ZERO) {
            conn.abort()?;
            return Ok(Closer::Reset);
        }
        conn.set_linger(self.server.linger)?;
        // The client's FIN may have come with its last request.
        let ended = ended || conn.drain(Duration::ZERO)?.1 == Got::End;
        if ended {
            conn.close()?;
            return Ok(Closer::Client);
        }
        conn.finish_sending()?;
        conn.drain_within(&|| self.server.patience.min((self.silence)()))?;
        conn.close()?;
        Ok(Closer::Server)
    }
}
