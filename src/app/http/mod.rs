//! One direction of HTTP/1.x (RFC 9112): heads and bodies, one message after the other, whatever is wrong with them.

mod behind;
mod body;
mod duty;
mod head;
mod preface;
mod secret;
mod start;

use super::message::{Draft, MessageWord, Unread, Whose};
use super::stream::Next;
use super::talk::{Afterwards, Shared};
use crate::timeline::{self, Content, Header, Http2KnownBy, HttpRequest, HttpResponse};
use behind::Behind;
use body::{Body, End};
use head::Head;
use start::{Start, is_nearly, is_simple, is_surely};
pub use start::{begins, is_bare_status};

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

    /// That of a request of which these octets came.
    fn of_head(octets: &[u8]) -> Method {
        let octets = octets.trim_ascii_start();
        let name = octets.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        Method::of(std::str::from_utf8(name).unwrap_or_default())
    }
}

/// Reads one direction.
#[derive(Debug)]
pub struct Messages {
    kind: Kind,
    /// It answers HTTP, and its first line may lack a version.
    is_bare: bool,
    state: State,
    draft: Draft,
    /// What is known of the message whose body is read.
    open: Option<Open>,
    /// How many messages were told.
    told: u64,
    /// What came behind the last one that was told, and is none.
    behind: Option<Behind>,
    /// What only looked like HTTP at first, for others to read.
    refused: Option<Refused>,
}

/// Octets that are no HTTP, and the segments that carry them.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) draft: Draft,
    pub(super) octets: Vec<u8>,
}

#[derive(Debug)]
enum State {
    /// In a head, of which these octets are here.
    Head(Vec<u8>),
    Body(Body),
    /// Behind the first line of HTTP/2's preface.
    Preface(Vec<u8>),
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
        Messages {
            kind,
            is_bare: false,
            state: State::Head(Vec::new()),
            draft: Draft::default(),
            open: None,
            told: 0,
            behind: None,
            refused: None,
        }
    }

    /// Of a direction that answers HTTP with a status code and no version before it.
    pub fn bare() -> Messages {
        Messages { is_bare: true, ..Messages::new(Kind::Responses) }
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
                if shared.awaits_preface && self.kind == Kind::Responses {
                    // Frames of HTTP/2.
                    self.state = State::Lost;
                    return false;
                }
                while !unread.octets.is_empty() && !shared.switched {
                    let (was_empty, before) = (self.draft.is_empty(), self.told);
                    match &self.state {
                        State::Head(_) => self.read_head(&mut unread, whose, shared, out),
                        State::Body(_) => self.read_body(&mut unread, whose, shared, out),
                        State::Preface(_) => self.read_preface(&mut unread, whose, shared, out),
                        State::Lost if self.refused.is_some() => break,
                        State::Lost => self.pass_over(&mut unread, shared),
                    }
                    let has_begun = !self.draft.is_empty() || self.told > before || self.refused.is_some();
                    begins |= was_empty && has_begun;
                }
            }
            Err((offset, len)) => self.miss(offset, len, whose, shared, out),
        }
        begins
    }

    /// What has turned out to be no HTTP, once.
    pub(super) fn refused(&mut self) -> Option<Refused> {
        self.refused.take()
    }

    /// Lets go of what may still become HTTP, and as yet is nothing that surely is.
    pub(super) fn give_up(&mut self, shared: &mut Shared) -> Option<Refused> {
        match &self.state {
            State::Head(octets) if self.told == 0 && !is_sure(octets, self.is_bare) && !shared.is_begun_answered() => {
                self.refuse(shared)
            }
            _ => {}
        }
        self.refused.take()
    }

    fn refuse(&mut self, shared: &mut Shared) {
        if self.kind == Kind::Requests {
            shared.unbegin();
        }
        if let State::Head(octets) = std::mem::replace(&mut self.state, State::Lost) {
            self.refused = Some(Refused { draft: std::mem::take(&mut self.draft), octets });
        }
    }

    /// Octets that are kept until the message can be told.
    pub(super) fn held(&self) -> usize {
        match &self.state {
            State::Head(octets) => octets.len(),
            State::Body(body) => body.held(),
            State::Preface(_) | State::Lost => 0,
        }
    }

    /// The direction has ended.
    pub(super) fn close(mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let (is_answered, is_bare) = (self.is_answered(shared), self.is_bare);
        let is_sure = |octets: &[u8]| is_sure(octets, is_bare);
        let complete = match &mut self.state {
            State::Body(body) => body.ends_with_connection(&mut self.draft),
            State::Preface(octets) => preface::end(octets, &mut self.draft),
            State::Head(octets) if self.told == 0 && !is_sure(octets) && !is_answered => return,
            State::Head(octets) if self.told > 0 && !is_nearly(octets) => {
                self.drop_head();
                return self.tell_behind(shared);
            }
            State::Head(_) if self.draft.is_empty() => return self.tell_behind(shared),
            // HTTP/0.9 has neither fields nor a blank line.
            State::Head(octets) if octets.ends_with(b"\n") && is_simple(octets) => true,
            State::Head(_) => {
                self.draft.problem(
                    "the connection or the capture ended within the head: no blank line",
                    "连接或抓包在首部中途结束：没有空行",
                );
                false
            }
            State::Lost => return self.tell_behind(shared),
        };
        self.tell(complete, whose, shared, out);
        self.tell_behind(shared);
    }

    /// Passes over what stands between messages and is none, up to where one surely begins.
    fn pass_over(&mut self, unread: &mut Unread<'_>, shared: &mut Shared) {
        let (kind, every_line) = (self.kind, self.behind.as_ref().is_some_and(Behind::is_of_whole));
        let next =
            behind::next(unread.octets, every_line, |octets| self::begins(octets) == Some(kind) && is_surely(octets));
        let passed = unread.split(next.unwrap_or(usize::MAX));
        if let Some(behind) = &mut self.behind {
            behind.pass(passed);
        }
        if next.is_some() {
            self.tell_behind(shared);
            self.state = State::Head(Vec::new());
        }
    }

    /// What had been taken for the head of the next message is none.
    fn drop_head(&mut self) {
        self.draft = Draft::default();
        if let State::Head(octets) = std::mem::replace(&mut self.state, State::Lost)
            && let Some(behind) = &mut self.behind
        {
            behind.pass(&octets);
        }
    }

    fn tell_behind(&mut self, shared: &mut Shared) {
        let told = self.behind.take().and_then(Behind::told);
        shared.afterwards.extend(told.map(|(number, problem)| Afterwards { number, problem }));
    }

    fn read_head(
        &mut self,
        unread: &mut Unread<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) {
        let State::Head(octets) = &self.state else { return };
        if let Some(behind) = &self.behind {
            let is_anew = begins(unread.octets) == Some(self.kind) && is_surely(unread.octets);
            let is_first = behind::is_blank(octets);
            if is_first && !behind.may_precede(self.kind, unread.octets) || !is_first && is_anew && !is_nearly(octets) {
                return self.drop_head();
            }
        }
        let State::Head(octets) = &mut self.state else { return };
        let end = head::end(octets, unread.octets);
        let room = MOST_HEAD.saturating_sub(octets.len());
        let offset = unread.offset;
        let taken = unread.split(end.unwrap_or(usize::MAX).min(room));
        self.draft.take(offset, taken.len() as u64, unread.carrier);
        octets.extend_from_slice(taken);
        let begins = begins(octets).or((self.is_bare && is_bare_status(octets)).then_some(Kind::Responses));
        if self.told == 0 {
            // The first octets alone may have looked like the other kind.
            self.kind = begins.unwrap_or(self.kind);
        }
        let is_next = self.behind.as_ref().is_none_or(|behind| behind.may_precede(self.kind, octets));
        if self.told == 0 && begins.is_none() {
            // It only looked like HTTP at first.
            self.refuse(shared);
        } else if self.told > 0 && !is_next {
            self.drop_head();
        } else if end.is_some_and(|end| end == taken.len()) {
            let octets = std::mem::take(octets);
            if shared.awaits_preface && !preface::begins(&octets) {
                // What follows an upgrade is no HTTP/1.x, whatever it looks like.
                (self.draft, self.state, shared.switched) = (Draft::default(), State::Lost, true);
                return;
            }
            self.open(&octets, true, shared);
            if matches!(&self.state, State::Body(body) if body.is_empty()) {
                self.finish(whose, shared, out);
            }
        } else if octets.len() >= MOST_HEAD {
            self.draft.problem(
                format!("no blank line within {MOST_HEAD} octets: the head is not read on"),
                format!("{MOST_HEAD} 字节内没有空行：不再继续解析首部"),
            );
            self.tell(false, whose, shared, out);
        } else if self.kind == Kind::Requests && is_nearly(octets) {
            shared.begin(Method::of_head(octets));
        }
    }

    /// Whether it is the beginning of a request that has an answer.
    fn is_answered(&self, shared: &Shared) -> bool {
        self.kind == Kind::Requests && shared.is_begun_answered()
    }

    /// The head is there, as far as it comes: what it says, and how the body is to be read.
    fn open(&mut self, octets: &[u8], is_whole: bool, shared: &mut Shared) {
        if self.kind == Kind::Requests && preface::begins(octets) {
            preface::tell_head(&mut self.draft);
            let known_by = if shared.awaits_preface { Http2KnownBy::Upgrade } else { Http2KnownBy::PriorKnowledge };
            let content = preface::content(known_by);
            self.open = Some(Open { number: shared.number(), answers: None, content, is_final: false, switches: true });
            self.state = State::Preface(Vec::new());
            return;
        }
        self.tell_behind(shared);
        let head = Head::read(octets, self.kind, shared.manner.shows_secrets, &mut self.draft);
        let (mut answers, mut is_final, mut switches) = (None, false, false);
        let (number, body) = match &head.start {
            Start::Request { method, .. } => {
                let number = shared.ask_at(Method::of(method));
                if is_whole {
                    let body = Body::of_request(&head.headers, &mut self.draft);
                    duty::judge(&head, body.is_empty(), &mut self.draft);
                    (number, body)
                } else {
                    (number, Body::none())
                }
            }
            Start::Response { status, .. } => {
                let asked = shared.oldest();
                answers = asked.as_ref().map(|asked| asked.number);
                let method = asked.map_or(Method::Other, |asked| asked.method);
                is_final = !(100..200).contains(status) || *status == 101;
                shared.awaits_preface |= *status == 101 && preface::is_agreed(&head.headers);
                switches = *status == 101 && !shared.awaits_preface
                    || method == Method::Connect && (200..300).contains(status);
                let body = if is_whole {
                    Body::of_response(*status, method, &head.headers, &mut self.draft)
                } else {
                    Body::none()
                };
                (shared.number(), body)
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

    fn read_preface(
        &mut self,
        unread: &mut Unread<'_>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) {
        let State::Preface(octets) = &mut self.state else { return };
        let (offset, carrier) = (unread.offset, unread.carrier);
        let taken = unread.split(preface::REST.len() - octets.len());
        octets.extend_from_slice(taken);
        self.draft.take(offset, taken.len() as u64, carrier);
        if octets.len() == preface::REST.len() || !preface::REST.starts_with(octets) {
            let is_whole = preface::end(octets, &mut self.draft);
            self.tell(is_whole, whose, shared, out);
        }
    }

    /// Octets that were not captured.
    fn miss(&mut self, offset: u64, len: u64, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        let (is_answered, is_bare) = (self.is_answered(shared), self.is_bare);
        let is_sure = |octets: &[u8]| is_sure(octets, is_bare);
        let end = match &mut self.state {
            State::Lost => return,
            State::Head(octets) if octets.is_empty() => {
                self.state = State::Lost;
                return;
            }
            State::Head(octets) if self.told > 0 && !is_nearly(octets) => return self.drop_head(),
            State::Head(octets) if self.told == 0 && !is_sure(octets) && !is_answered => {
                self.refuse(shared);
                return;
            }
            State::Preface(octets) => {
                preface::end(octets, &mut self.draft);
                End::Broken
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
            self.open(&octets, false, shared);
        }
        let state = std::mem::replace(&mut self.state, State::Lost);
        let Some(mut open) = self.open.take() else { return };
        let is_doubtful = matches!(&state, State::Body(body) if body.is_doubtful());
        self.behind = Some(Behind::new(open.number, complete, is_doubtful));
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

/// Whether octets surely begin a message, in a direction that may leave out the version or not.
fn is_sure(octets: &[u8], is_bare: bool) -> bool {
    is_surely(octets) || is_bare && start::is_bare_surely(octets)
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
        Content::TlsClientHello(_)
        | Content::Http2Preface(_)
        | Content::Dns(_)
        | Content::Text(_)
        | Content::Data(_)
        | Content::Unknown => {}
    }
}

#[cfg(test)]
mod tests;
