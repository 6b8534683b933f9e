//! Connections over which HTTP is spoken, made up packet by packet, with each at a time of its own.

use super::packet::{ACK, FIN, PSH, Packet, RST, SYN};
use super::talk::{Shot, Talk};
use synfin::analyze::{Analyzer, Wishes};
use synfin::tcp::Peer;
use synfin::timeline::Timeline;

pub const MS: i64 = 1_000_000;
/// When the first packet may come.
pub const BEGIN: i64 = 1_000_000_000 * 1_000_000_000;

/// A capture that is being made up.
#[derive(Default)]
pub struct Web {
    shots: Vec<Shot>,
    lines: Vec<Line>,
}

struct Line {
    port: u16,
    /// What each peer sends next.
    next: [u32; 2],
}

impl Web {
    /// A connection from 192.0.2.1 to 192.0.2.80:80, whose SYN goes at this time and whose answer takes 10 ms. Its number.
    pub fn open(&mut self, ms: i64) -> usize {
        let line = self.lines.len();
        self.lines.push(Line { port: 40_000 + line as u16, next: [1000, 5000] });
        self.send(line, Peer::A, ms, SYN, b"");
        self.send(line, Peer::B, ms + 10, SYN | ACK, b"");
        self.send(line, Peer::A, ms + 10, ACK, b"");
        line
    }

    pub fn say(&mut self, line: usize, peer: Peer, ms: i64, text: impl AsRef<[u8]>) {
        self.send(line, peer, ms, PSH | ACK, text.as_ref());
    }

    pub fn ask(&mut self, line: usize, ms: i64, text: &str) {
        self.say(line, Peer::A, ms, text);
    }

    pub fn answer(&mut self, line: usize, ms: i64, text: &str) {
        self.say(line, Peer::B, ms, text);
    }

    /// Octets that were sent and are not in the capture, acknowledged by the other side.
    pub fn miss(&mut self, line: usize, peer: Peer, ms: i64, len: u32) {
        self.lines[line].next[place(peer)] += len;
        self.send(line, !peer, ms, ACK, b"");
    }

    pub fn close(&mut self, line: usize, first: Peer, ms: i64) {
        self.send(line, first, ms, FIN | ACK, b"");
        self.send(line, !first, ms + 10, FIN | ACK, b"");
        self.send(line, first, ms + 10, ACK, b"");
    }

    pub fn reset(&mut self, line: usize, peer: Peer, ms: i64) {
        self.send(line, peer, ms, RST | ACK, b"");
    }

    fn send(&mut self, line: usize, peer: Peer, ms: i64, flags: u16, payload: &[u8]) {
        let Line { port, next } = &mut self.lines[line];
        let (own, other) = (next[place(peer)], next[place(!peer)]);
        let (client, server) = (format!("192.0.2.1:{port}"), "192.0.2.80:80".to_string());
        let (src, dst) = if peer == Peer::A { (client, server) } else { (server, client) };
        let ack = if flags & ACK == 0 { 0 } else { other };
        let packet = Packet::new(&src, &dst).seq(own).ack(ack).flags(flags).payload(payload);
        next[place(peer)] += payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        self.shots.push(Shot { time: BEGIN + ms * MS, packet });
    }

    /// All packets by their times.
    pub fn talk(&self) -> Talk {
        let mut shots = self.shots.clone();
        shots.sort_by_key(|shot| shot.time);
        let end = shots.last().map_or(BEGIN, |shot| shot.time);
        Talk { shots, end }
    }

    pub fn timeline(&self, wishes: Wishes) -> Timeline {
        let (talk, mut analyzer) = (self.talk(), Analyzer::new(wishes));
        talk.frames(|frame| analyzer.push(frame));
        talk.finish(analyzer)
    }
}

fn place(peer: Peer) -> usize {
    usize::from(peer == Peer::B)
}

/// A page with two redirects, a body that was posted, a request without an answer, one whose answer is cut off and lacks
/// octets, and a secret.
pub fn page() -> Web {
    let mut web = Web::default();
    let one = web.open(0);
    web.ask(one, 11, "GET /old HTTP/1.1\r\nHost: example.org\r\nCookie: id=42; theme=dark\r\n\r\n");
    web.answer(one, 21, "HTTP/1.1 302 Found\r\nLocation: /new?q=a+b&%E4%B8%AD=\r\nContent-Length: 0\r\n\r\n");
    web.ask(
        one,
        22,
        "GET /new?q=a+b&%E4%B8%AD= HTTP/1.1\r\nHost: example.org\r\nAuthorization: Basic c2VjcmV0\r\n\r\n",
    );
    web.answer(one, 42, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 10\r\n");
    web.answer(one, 52, "Set-Cookie: token=hush; Path=/; HttpOnly\r\n\r\n<p>hello");
    web.answer(one, 62, "</");
    let two = web.open(43);
    web.ask(two, 60, "POST /form HTTP/1.1\r\nHost: example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    web.ask(two, 65, "Content-Length: 11\r\n\r\na=1&b=%20+c");
    web.answer(two, 75, "HTTP/1.1 100 Continue\r\n\r\n");
    web.answer(two, 85, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nContent-Type: text/plain\r\n\r\n");
    // Two at once on one connection.
    web.ask(
        one,
        70,
        "GET /a.png HTTP/1.1\r\nHost: example.org\r\n\r\nGET /never HTTP/1.1\r\nHost: example.org\r\n\r\n",
    );
    web.answer(one, 80, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n");
    web.say(one, Peer::B, 81, b"\x89PNG\r\n\x1a\n\xff");
    web.miss(one, Peer::B, 83, 100);
    web.answer(one, 84, "and more");
    web.reset(one, Peer::B, 90);
    web.close(two, Peer::A, 100);
    web
}
