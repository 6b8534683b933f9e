//! Both directions of one connection: which protocol they speak is told by their first octets.

use super::dns;
use super::http::{self, Messages};
use super::message::{MessageWord, Whose};
use super::stream::{Next, Stream};
use super::text::{Encoding, Turns};
use super::{Heard, Manner, tls};
use crate::tcp::Peer;
use crate::timeline::Text;
use std::collections::VecDeque;

/// Requests that wait for their answers at most; what comes later is answered by nobody.
const MOST_ASKED: usize = 1024;

/// What two programs say to each other.
#[derive(Debug, Default)]
pub(super) struct Talk {
    streams: [Stream; 2],
    ways: [Way; 2],
    shared: Shared,
}

/// What both directions know.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Messages so far.
    messages: u64,
    /// Requests that are not answered yet, oldest first.
    asked: VecDeque<Asked>,
    /// The request behind them, whose head is not whole yet: a server may answer it all the same.
    begun: Option<Begun>,
    /// DNS queries that are not answered yet: the number in each, and its place among the messages.
    queries: VecDeque<(u16, u64)>,
    /// Both sides speak another protocol from here on.
    pub(super) switched: bool,
    /// That other protocol is HTTP/2, whose preface the client still has to send.
    pub(super) awaits_preface: bool,
    /// What is said of messages that were told already.
    pub(super) afterwards: Vec<Afterwards>,
    /// What last turned out to be the encoding of text, whoever said it.
    pub(super) encoding: Option<Encoding>,
    pub(super) manner: Manner,
}

/// What is wrong with a message, as is known after it was told.
#[derive(Debug)]
pub(super) struct Afterwards {
    /// Its place among the connection's messages.
    pub(super) number: u64,
    pub(super) problem: Text,
}

/// A request that waits for its answer.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Its place among the connection's messages.
    pub(super) number: u64,
    pub(super) method: http::Method,
}

/// A request of which only the beginning is there.
#[derive(Debug)]
struct Begun {
    method: http::Method,
    /// Its place among the connection's messages, once an answer names it.
    number: Option<u64>,
    is_answered: bool,
}

impl Shared {
    /// A request begins whose head is not whole yet.
    pub(super) fn begin(&mut self, method: http::Method) {
        let begun = self.begun.get_or_insert(Begun { method, number: None, is_answered: false });
        begun.method = method;
    }

    /// What had begun is no request.
    pub(super) fn unbegin(&mut self) {
        self.begun = None;
    }

    /// Whether a request of HTTP waits for its answer.
    fn awaits_answer(&self) -> bool {
        !self.asked.is_empty() || self.begun.is_some()
    }

    /// Whether a request that is not whole has an answer.
    pub(super) fn is_begun_answered(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.number.is_some())
    }

    /// The place of a request that is told from now on, as far as its head came; it waits for its answer, unless it has one.
    pub(super) fn ask_at(&mut self, method: http::Method) -> u64 {
        let begun = self.begun.take();
        let is_answered = begun.as_ref().is_some_and(|begun| begun.is_answered);
        let number = begun.and_then(|begun| begun.number).unwrap_or_else(|| self.number());
        if !is_answered && self.asked.len() < MOST_ASKED {
            self.asked.push_back(Asked { number, method });
        }
        number
    }

    /// The place of a message that begins to be told.
    pub(super) fn number(&mut self) -> u64 {
        self.messages += 1;
        self.messages - 1
    }

    /// The request that the next response is for.
    pub(super) fn oldest(&mut self) -> Option<Asked> {
        if let Some(asked) = self.asked.front() {
            return Some(asked.clone());
        }
        let begun = self.begun.as_mut().filter(|begun| !begun.is_answered)?;
        let number = *begun.number.get_or_insert(self.messages);
        self.messages = self.messages.max(number + 1);
        Some(Asked { number, method: begun.method })
    }

    /// A DNS query with this number waits for its answer.
    pub(super) fn ask_query(&mut self, id: u16, number: u64) {
        if self.queries.len() < MOST_ASKED {
            self.queries.push_back((id, number));
        }
    }

    /// The place of the query that a DNS response answers: they may come in another order (RFC 7766 7).
    pub(super) fn query_of(&mut self, id: u16) -> Option<u64> {
        let place = self.queries.iter().position(|(asked, _)| *asked == id)?;
        self.queries.remove(place).map(|(_, number)| number)
    }

    pub(super) fn answered(&mut self) {
        if self.asked.pop_front().is_none()
            && let Some(begun) = &mut self.begun
        {
            begun.is_answered = begun.number.is_some();
        }
    }
}

/// How one direction is read.
#[derive(Debug, Default)]
enum Way {
    /// Nothing is known of it yet.
    #[default]
    Unknown,
    Http(Box<Messages>),
    Tls(Box<tls::Hello>),
    Dns(Box<dns::Messages>),
    Text(Box<Turns>),
    /// Nobody here reads it.
    Closed,
}

impl Talk {
    /// Says whether a message begins in the segment.
    pub(super) fn hear(&mut self, heard: &Heard<'_>, manner: Manner, out: &mut dyn FnMut(MessageWord)) -> bool {
        let Talk { streams, ways, shared } = self;
        shared.manner = manner;
        let [first, second] = streams;
        let [first_way, second_way] = ways;
        let ((own, own_way), (others, others_way)) = match heard.peer {
            Peer::A => ((first, first_way), (second, second_way)),
            Peer::B => ((second, second_way), (first, first_way)),
        };
        if let Some(upto) = heard.acknowledged {
            let whose = Whose { connection: heard.connection, peer: !heard.peer };
            others.acknowledged(upto, &mut |next| _ = others_way.read(next, whose, shared, out));
        }
        if heard.is_syn {
            own.begin();
        }
        if heard.is_fin {
            own.fin(heard.piece.offset + u64::from(heard.piece.len));
        }
        if heard.is_dns && matches!(own_way, Way::Unknown) {
            *own_way = Way::Dns(Box::default());
        }
        let whose = Whose { connection: heard.connection, peer: heard.peer };
        if heard.piece.len > 0 {
            others_way.pause(Whose { connection: heard.connection, peer: !heard.peer }, shared, out);
        }
        let mut begins = false;
        own.push(&heard.piece, &mut |next| begins |= own_way.read(next, whose, shared, out));
        begins
    }

    /// Octets that are kept until they can be read.
    pub(super) fn held(&self) -> usize {
        let [one, other] = &self.ways;
        self.streams.iter().map(Stream::held).sum::<usize>() + one.held() + other.held()
    }

    /// What became known of messages that were told before.
    pub(super) fn afterwards(&mut self) -> Vec<Afterwards> {
        std::mem::take(&mut self.shared.afterwards)
    }

    /// Nothing will come any more. Gives what became known of messages that were told before.
    pub(super) fn close(
        mut self,
        connection: u64,
        manner: Manner,
        out: &mut dyn FnMut(MessageWord),
    ) -> Vec<Afterwards> {
        self.shared.manner = manner;
        let Talk { streams, ways, mut shared } = self;
        for ((peer, mut stream), mut way) in Peer::BOTH.into_iter().zip(streams).zip(ways) {
            let whose = Whose { connection, peer };
            stream.end(&mut |next| _ = way.read(next, whose, &mut shared, out));
            way.close(whose, &mut shared, out);
        }
        shared.afterwards
    }
}

impl Way {
    /// Reads on; says whether a message begins here.
    fn read(&mut self, next: Next<'_>, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) -> bool {
        if shared.switched {
            // (What was said before in another protocol is told.)
            let way = std::mem::replace(self, Way::Closed);
            if let Way::Text(mut turns) = way {
                turns.end(whose, shared, out);
            }
        }
        if matches!(self, Way::Unknown)
            && let Next::Octets { octets, .. } = next
        {
            *self = Way::guess(octets, shared);
        }
        match self {
            Way::Unknown | Way::Closed => false,
            Way::Http(messages) => {
                let begins = messages.read(next, whose, shared, out);
                let refused = messages.refused();
                self.read_as_text(refused, Some(next), whose, shared, out);
                begins
            }
            Way::Text(turns) => turns.read(next, whose, shared, out),
            Way::Tls(hello) => {
                let (begins, told) = hello.read(next, whose, shared);
                if let Some(told) = told {
                    *self = Way::Closed;
                    told.into_iter().for_each(out);
                }
                begins
            }
            Way::Dns(messages) => messages.read(next, whose, shared, out).unwrap_or_else(|()| {
                *self = Way::Closed;
                false
            }),
        }
    }

    fn guess(octets: &[u8], shared: &Shared) -> Way {
        match http::begins(octets) {
            Some(kind) => Way::Http(Box::new(Messages::new(kind))),
            None if shared.awaits_answer() && http::is_bare_status(octets) => Way::Http(Box::new(Messages::bare())),
            None if tls::begins(octets) => Way::Tls(Box::default()),
            None if shared.manner.text.is_some() => Way::Text(Box::default()),
            None => Way::Closed,
        }
    }

    /// The other side speaks.
    fn pause(&mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        if let Way::Http(messages) = self
            && shared.manner.text.is_some()
        {
            // A word that may begin a request, and is answered: a chat.
            let refused = messages.give_up(shared);
            self.read_as_text(refused, None, whose, shared, out);
        }
        if let Way::Text(turns) = self {
            turns.pause(whose, shared, out);
        }
    }

    /// What was taken for HTTP and is none, and what is left of the piece in which this turned out.
    fn read_as_text(
        &mut self,
        refused: Option<http::Refused>,
        next: Option<Next<'_>>,
        whose: Whose,
        shared: &mut Shared,
        out: &mut dyn FnMut(MessageWord),
    ) {
        let Some(http::Refused { draft, octets }) = refused.filter(|_| shared.manner.text.is_some()) else { return };
        let mut turns = Box::<Turns>::default();
        for piece in draft.pieces(&octets) {
            turns.read(piece, whose, shared, out);
        }
        match next {
            Some(Next::Octets { offset, octets, carrier }) => {
                let read = usize::try_from(draft.span.offset + draft.span.len - offset).unwrap_or(usize::MAX);
                if let Some(rest) = octets.get(read..).filter(|rest| !rest.is_empty()) {
                    let next = Next::Octets { offset: offset + read as u64, octets: rest, carrier };
                    turns.read(next, whose, shared, out);
                }
            }
            Some(missing @ Next::Missing { .. }) => _ = turns.read(missing, whose, shared, out),
            None => {}
        }
        *self = Way::Text(turns);
    }

    fn held(&self) -> usize {
        match self {
            Way::Unknown | Way::Closed => 0,
            Way::Http(messages) => messages.held(),
            Way::Tls(hello) => hello.held(),
            Way::Text(turns) => turns.held(),
            Way::Dns(messages) => messages.held(),
        }
    }

    fn close(mut self, whose: Whose, shared: &mut Shared, out: &mut dyn FnMut(MessageWord)) {
        if let Way::Http(messages) = &mut self {
            let refused = messages.give_up(shared);
            self.read_as_text(refused, None, whose, shared, out);
        }
        match self {
            Way::Http(messages) => messages.close(whose, shared, out),
            Way::Text(mut turns) => turns.end(whose, shared, out),
            Way::Dns(messages) => messages.close(whose, shared, out),
            Way::Unknown | Way::Tls(_) | Way::Closed => {}
        }
    }
}
