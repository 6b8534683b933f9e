//! One direction of HTTP/1.x (RFC 9112): heads and bodies, one message after the other, whatever is wrong with them.

mod body;
mod head;
mod secret;

use super::message::{Draft, MessageWord, Unread, Whose};
use super::stream::Next;
use super::talk::{Asked, Shared};
use crate::timeline::{self, Content, Header, HttpRequest, HttpResponse};
use body::{Body, End};
use head::{Head, Start};

/// Octets of a head at most: nothing sane sends more, and no server takes it.
const MOST_HEAD: usize = 64 * 1024;

/// What a direction carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Requests,
    Responses,
}

/// The methods that change how the answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Head,
    Connect,
    Other,
}

impl Method {
    fn of(name: &str) -> Method {
        match name {
            "HEAD" => Method::Head,
            "CONNECT" => Method::Connect,
            _ => Method::Other,
        }
    }
}

/// What a direction carries that begins with these octets: `None` where that is no HTTP/1.x.
pub fn begins(octets: &[u8]) -> Option<Kind> {
    let octets = octets.trim_ascii_start();
    let known = octets.get(..octets.len().min(5)).unwrap_or_default();
    if !known.is_empty() && b"HTTP/".starts_with(known) || is_icy(octets) {
        return Some(Kind::Responses);
    }
    let line = first_line(octets);
    let is_whole = line.len() < octets.len();
    let speaks = line.windows(6).any(|six| six == b" HTTP/");
    let name = octets.iter().take_while(|octet| octet.is_ascii_uppercase()).count();
    // Whatever may be a method (RFC 9110 9.1), once its line says that it is one.
    let token = octets.iter().take_while(|octet| head::is_token(**octet)).count();
    let name = if speaks && octets.get(token) == Some(&b' ') { token } else { name };
    let looks_like_a_method = (1..=16).contains(&name);
    match octets.get(name) {
        None if looks_like_a_method => Some(Kind::Requests),
        Some(b' ') if looks_like_a_method => {
            let target = octets.get(name + 1);
            let is_target = target.is_none_or(|octet| matches!(octet, b'/' | b'*') || octet.is_ascii_alphanumeric());
            (is_target && (speaks || !is_whole || is_simple(line))).then_some(Kind::Requests)
        }
        _ => None,
    }
}

/// Whether octets that may begin a message surely do.
fn is_surely(octets: &[u8]) -> bool {
    let octets = octets.trim_ascii_start();
    let line = first_line(octets);
    let is_old = line.len() < octets.len() && is_simple(line);
    octets.starts_with(b"HTTP/") || octets.windows(6).any(|six| six == b" HTTP/") || is_icy(octets) || is_old
}

/// A status line of SHOUTcast, which answers HTTP with one of its own: `ICY 200 OK`.
fn is_icy(octets: &[u8]) -> bool {
    octets.strip_prefix(b"ICY ").is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_digit))
}

/// All that a request of HTTP/0.9 is (RFC 1945 4.1): `GET` and where.
fn is_simple(line: &[u8]) -> bool {
    let target = line.trim_ascii_end().strip_prefix(b"GET ");
    target.is_some_and(|target| target.starts_with(b"/") && !target.contains(&b' '))
}

fn first_line(octets: &[u8]) -> &[u8] {
    octets.split(|octet| *octet == b'\n').next().unwrap_or_default()
}

/// Reads one direction.
#[derive(Debug)]
pub struct Messages {
    kind: Kind,
    state: State,
    draft: Draft,
    /// What is known of the message whose body is read.
    open: Option<Open>,
    /// How many messages were told.
    told: u64,
}

#[derive(Debug)]
enum State {
    /// In a head, of which these octets are here.
    Head(Vec<u8>),
    Body(Body),
    /// Where the next message begins is not known.
    Lost,
}

#[derive(Debug)]
struct Open {
    number: u64,
    answers: Option<u64>,
    content: Content,
    /// It is an answer that no other one follows.
    is_final: bool,
    switches: bool,
}

impl Messages {
    pub fn new(kind: Kind) -> Messages {
        Messages { kind, state: State::Head(Vec::new()), draft: Draft::default(), open: None, told: 0 }
    }

    /// Reads on; says whether a message begins here.
    pub(super) fn read(
        &mut self,
        next: Next<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) -> bool {
        let mut begins = false;
        match Unread::of(next) {
            Ok(mut unread) => {
                if matches!(self.state, State::Lost) && self::begins(unread.octets) == Some(self.kind) {
                    self.state = State::Head(Vec::new());
                }
                while !unread.octets.is_empty() && !shared.switched {
                    begins |= self.draft.is_empty() && !matches!(self.state, State::Lost);
                    match &self.state {
                        State::Head(_) => self.read_head(&mut unread, whose, shared, out),
                        State::Body(_) => self.read_body(&mut unread, whose, shared, out),
                        State::Lost => break,
                    }
                }
            }
            Err((offset, len)) => self.miss(offset, len, whose, shared, out),
        }
        begins
    }

    /// Octets that are kept until the message can be told.
    pub(super) fn held(&self) -> usize {
        match &self.state {
            State::Head(octets) => octets.len(),
            State::Body(body) => body.held(),
            State::Lost => 0,
        }
    }

    /// The direction has ended.
    pub(super) fn close(mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let complete = match &mut self.state {
            State::Body(body) => body.ends_with_connection(&mut self.draft),
            State::Head(octets) if self.told == 0 && !is_surely(octets) => return,
            State::Head(_) if self.draft.is_empty() => return,
            // HTTP/0.9 has neither fields nor a blank line.
            State::Head(octets) if octets.ends_with(b"\n") && is_simple(octets) => true,
            State::Head(_) => {
                self.draft.problem(
                    "the connection or the capture ended within the head: no blank line",
                    "连接或抓包在首部中途结束：没有空行",
                );
                false
            }
            State::Lost => return,
        };
        self.tell(complete, whose, shared, out);
    }

    fn read_head(
        &mut self,
        unread: &mut Unread<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) {
        let State::Head(octets) = &mut self.state else { return };
        let end = head::end(octets, unread.octets);
        let room = MOST_HEAD.saturating_sub(octets.len());
        let offset = unread.offset;
        let taken = unread.split(end.unwrap_or(usize::MAX).min(room));
        self.draft.take(offset, taken.len() as u64, unread.carrier);
        octets.extend_from_slice(taken);
        let begins = begins(octets);
        if self.told == 0 {
            // The first octets alone may have looked like the other kind.
            self.kind = begins.unwrap_or(self.kind);
        }
        if self.told == 0 && begins.is_none() {
            // It only looked like HTTP at first.
            self.draft = Draft::default();
            self.state = State::Lost;
        } else if end.is_some_and(|end| end == taken.len()) {
            let octets = std::mem::take(octets);
            self.open(&octets, shared);
            if matches!(&self.state, State::Body(body) if body.is_empty()) {
                self.finish(whose, shared, out);
            }
        } else if octets.len() >= MOST_HEAD {
            self.draft.problem(
                format!("no blank line within {MOST_HEAD} octets: the head is not read on"),
                format!("{MOST_HEAD} 字节内没有空行：不再继续解析首部"),
            );
            self.tell(false, whose, shared, out);
        }
    }

    /// The head is there: what it says, and how the body is to be read.
    fn open(&mut self, octets: &[u8], shared: &mut Shared) {
        let head = Head::read(octets, self.kind, shared.manner.shows_secrets, &mut self.draft);
        let number = shared.number();
        let (mut answers, mut is_final, mut switches) = (None, false, false);
        let body = match &head.start {
            Start::Request { method, .. } => {
                let method = Method::of(method);
                shared.ask(Asked { number, method });
                Body::of_request(&head.headers, &mut self.draft)
            }
            Start::Response { status, .. } => {
                let asked = shared.oldest().cloned();
                answers = asked.as_ref().map(|asked| asked.number);
                let method = asked.map_or(Method::Other, |asked| asked.method);
                is_final = !(100..200).contains(status) || *status == 101;
                switches = *status == 101 || method == Method::Connect && (200..300).contains(status);
                Body::of_response(*status, method, &head.headers, &mut self.draft)
            }
        };
        let content = content(head, shared.manner.shows_secrets);
        self.open = Some(Open { number, answers, content, is_final, switches });
        self.state = State::Body(body.keeping(shared.manner));
    }

    fn read_body(
        &mut self,
        unread: &mut Unread<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) {
        let State::Body(body) = &mut self.state else { return };
        match body.read(unread, &mut self.draft) {
            End::NotYet => {}
            End::Reached => self.finish(whose, shared, out),
            End::Broken => self.tell(false, whose, shared, out),
        }
    }

    /// Octets that were not captured.
    fn miss(&mut self, offset: u64, len: u64, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let end = match &mut self.state {
            State::Lost => return,
            State::Head(octets) if octets.is_empty() => {
                self.state = State::Lost;
                return;
            }
            State::Head(_) => {
                self.draft.problem(
                    format!("{len} octets within the head are not in the capture"),
                    format!("首部中有 {len} 字节不在抓包中"),
                );
                End::Broken
            }
            State::Body(body) => body.miss(offset, len, &mut self.draft),
        };
        match end {
            End::NotYet => {}
            End::Reached => self.finish(whose, shared, out),
            End::Broken => self.tell(false, whose, shared, out),
        }
    }

    /// The message is complete, and the next one may begin.
    fn finish(&mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        self.tell(true, whose, shared, out);
        self.state = State::Head(Vec::new());
    }

    /// The message is told as it stands; what follows is not read, unless it begins anew.
    fn tell(&mut self, complete: bool, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        if self.open.is_none()
            && let State::Head(octets) = &mut self.state
        {
            let octets = std::mem::take(octets);
            self.open(&octets, shared);
        }
        let state = std::mem::replace(&mut self.state, State::Lost);
        let Some(mut open) = self.open.take() else { return };
        if let State::Body(body) = state {
            set_body(&mut open.content, body.told());
        }
        if open.is_final {
            shared.answered();
        }
        shared.switched |= open.switches;
        self.told += 1;
        let draft = std::mem::take(&mut self.draft);
        out(draft.done(whose, open.number, open.answers, complete, open.content));
    }
}

fn content(head: Head, shows_secrets: bool) -> Content {
    let mut headers: Vec<Header> = head.headers;
    if !shows_secrets {
        headers.iter_mut().for_each(secret::mask);
    }
    match head.start {
        Start::Request { method, target, version } => {
            Content::HttpRequest(HttpRequest { method, target, version, headers, body: None })
        }
        Start::Response { version, status, reason } => {
            Content::HttpResponse(HttpResponse { version, status, reason, headers, body: None })
        }
    }
}

fn set_body(content: &mut Content, told: Option<timeline::Body>) {
    match content {
        Content::HttpRequest(HttpRequest { body, .. }) | Content::HttpResponse(HttpResponse { body, .. }) => {
            *body = told
        }
        Content::TlsClientHello(_) | Content::Dns(_) | Content::Text(_) | Content::Data(_) | Content::Unknown => {}
    }
}

#[cfg(test)]
mod tests;
