//! A message as it was read, before events have ids.

use super::{Carrier, Next};
use crate::tcp::{Peer, Timestamp};
use crate::timeline::{Content, Part, PartKind, Text};

/// Segments remembered of one message, besides its last.
const MOST_CARRIERS: usize = 64;
/// Octets of a line that are told.
const LONGEST_LINE: usize = 1024;
/// Parts remembered of one message.
const MOST_PARTS: usize = 256;

/// One message, and what carried it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageWord {
    pub connection: u64,
    pub peer: Peer,
    /// Its place among the connection's messages, from 0.
    pub number: u64,
    /// The place of the message that it answers.
    pub answers: Option<u64>,
    pub span: Span,
    /// Without ids of events.
    pub parts: Vec<Part>,
    /// Those of a chunked body.
    pub chunks: Vec<Part>,
    pub problems: Vec<Text>,
    pub complete: bool,
    pub content: Content,
    /// In order; of very many the first ones.
    pub carriers: Vec<Carrier>,
    /// The segment with the last octet.
    pub last: Carrier,
    /// Segments with an octet of it.
    pub segments: u64,
    pub whole: Whole,
}

/// When the last of a message's segments came, whichever it was: one in its midst may have been lost and sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Whole {
    pub at: Timestamp,
    /// When it reached its receiver, where that is known of the last one to arrive.
    pub arrived: Option<Timestamp>,
}

impl MessageWord {
    /// Octets of memory that it takes, roughly.
    pub(super) fn weight(&self) -> usize {
        const EACH: usize = 64;
        let (headers, body) = match &self.content {
            Content::HttpRequest(request) => (&request.headers[..], &request.body),
            Content::HttpResponse(response) => (&response.headers[..], &response.body),
            _ => (&[][..], &None),
        };
        let headers: usize = headers.iter().map(|header| header.name.len() + header.value.len() + EACH).sum();
        let body = body.as_ref().map_or(0, |body| {
            let gaps = body.gaps.iter().map(|gap| EACH + kept(&gap.text, &gap.base64));
            kept(&body.text, &body.base64) + gaps.sum::<usize>()
        });
        let target = match &self.content {
            Content::HttpRequest(request) => request.target.len(),
            Content::Text(text) => text.text.len(),
            Content::Dns(message) => {
                let data = message.records.iter().filter_map(|record| record.data.as_ref()).map(String::len);
                message.records.len() * EACH + data.sum::<usize>()
            }
            _ => 0,
        };
        let parts = self.parts.iter().chain(&self.chunks);
        let lines: usize = parts.filter_map(|part| part.line.as_ref()).map(String::len).sum();
        let pieces = self.parts.len() + self.chunks.len() + self.carriers.len() + self.problems.len();
        size_of::<MessageWord>() + headers + body + target + lines + pieces * EACH
    }

    /// Lets what is kept of its body go; says whether there was any.
    pub(super) fn drop_body(&mut self) -> bool {
        let body = match &mut self.content {
            Content::HttpRequest(request) => request.body.as_mut(),
            Content::HttpResponse(response) => response.body.as_mut(),
            _ => None,
        };
        body.is_some_and(|body| {
            let had_behind = body.gaps.iter_mut().any(|gap| gap.text.take().is_some() | gap.base64.take().is_some());
            body.gaps.clear();
            body.text.take().is_some() | body.base64.take().is_some() | had_behind
        })
    }

    /// When it began: with the segment that carries its first octet.
    pub fn began(&self) -> Timestamp {
        self.carriers.first().unwrap_or(&self.last).at
    }
}

fn kept(text: &Option<String>, base64: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len) + base64.as_ref().map_or(0, String::len)
}

/// Where a message lies in what its sender sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub offset: u64,
    /// Octets, captured or not.
    pub len: u64,
    /// Octets that were not captured.
    pub missing: u64,
}

/// A message that is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) span: Span,
    pub(super) parts: Vec<Part>,
    chunks: Vec<Part>,
    pub(super) problems: Vec<Text>,
    carriers: Vec<Carrier>,
    last: Carrier,
    segments: u64,
    whole: Whole,
}

/// Whose message it is, and which.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    pub(super) connection: u64,
    pub(super) peer: Peer,
}

impl Draft {
    /// It goes on with so many octets.
    pub(super) fn take(&mut self, offset: u64, len: u64, carrier: Carrier) {
        if self.span.len == 0 {
            self.span.offset = offset;
        }
        self.span.len += len;
        if self.segments == 0 || self.last.ordinal != carrier.ordinal {
            self.segments += 1;
            self.last = carrier;
            self.whole.at = self.whole.at.max(carrier.at);
            self.whole.arrived = self.whole.arrived.max(carrier.arrived);
            if self.carriers.len() < MOST_CARRIERS {
                self.carriers.push(carrier);
            }
        }
    }

    /// As [`Draft::miss`], also where it begins with them.
    pub(super) fn miss_at(&mut self, offset: u64, len: u64) {
        if self.span.len == 0 {
            self.span.offset = offset;
        }
        self.miss(len);
    }

    /// It goes on with so many octets that were not captured.
    pub(super) fn miss(&mut self, len: u64) {
        self.span.len += len;
        self.span.missing += len;
    }

    /// The octets that it was made of, as the segments carried them.
    pub(super) fn pieces<'o>(&self, octets: &'o [u8]) -> Vec<Next<'o>> {
        let begin = self.span.offset;
        let from = |carrier: &Carrier| carrier.first.clamp(begin, begin + octets.len() as u64);
        let ends = self.carriers.iter().skip(1).map(from).chain([begin + octets.len() as u64]);
        let pieces = self.carriers.iter().zip(ends).enumerate().filter_map(|(place, (carrier, end))| {
            let offset = if place == 0 { begin } else { from(carrier) };
            let place = |at: u64| usize::try_from(at - begin).ok();
            let octets = octets.get(place(offset)?..place(end)?).filter(|octets| !octets.is_empty())?;
            Some(Next::Octets { offset, octets, carrier: *carrier })
        });
        pieces.collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.span.len == 0
    }

    pub(super) fn part(&mut self, part: PartKind, offset: u64, len: u64) {
        if self.parts.len() < MOST_PARTS && len > 0 {
            self.parts.push(Part { part, offset, len, line: None, event: None, frames: Vec::new() });
        }
    }

    /// The same of a line that may be told as it was sent.
    pub(super) fn line(&mut self, part: PartKind, offset: u64, octets: &[u8], is_secret: bool) {
        let before = self.parts.len();
        self.part(part, offset, octets.len() as u64);
        if let Some(told) = self.parts.get_mut(before).filter(|_| !is_secret) {
            told.line = Some(readable(octets.get(..LONGEST_LINE).unwrap_or(octets)));
        }
    }

    /// A part of a chunked body; `octets`: a line that may be told as it was sent.
    pub(super) fn chunk(&mut self, part: PartKind, offset: u64, len: u64, octets: Option<&[u8]>) {
        if self.chunks.len() < MOST_PARTS && len > 0 {
            let line = octets.map(|octets| readable(octets.get(..LONGEST_LINE).unwrap_or(octets)));
            self.chunks.push(Part { part, offset, len, line, event: None, frames: Vec::new() });
        }
    }

    pub(super) fn problem(&mut self, en: impl Into<String>, zh: impl Into<String>) {
        self.problems.push(Text::new(en, zh));
    }

    pub(super) fn done(
        self,
        whose: Whose,
        number: u64,
        answers: Option<u64>,
        complete: bool,
        content: Content,
    ) -> MessageWord {
        let Whose { connection, peer } = whose;
        let Draft { span, parts, chunks, problems, carriers, last, segments, whole } = self;
        MessageWord {
            connection,
            peer,
            number,
            answers,
            span,
            parts,
            chunks,
            problems,
            complete,
            content,
            carriers,
            last,
            segments,
            whole,
        }
    }
}

/// Octets of a stream that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unread<'a> {
    pub(super) offset: u64,
    pub(super) octets: &'a [u8],
    pub(super) carrier: Carrier,
}

impl<'a> Unread<'a> {
    /// Else the place of octets that are missing, and how many they are.
    pub(super) fn of(next: Next<'a>) -> Result<Unread<'a>, (u64, u64)> {
        match next {
            Next::Octets { offset, octets, carrier } => Ok(Unread { offset, octets, carrier }),
            Next::Missing { offset, len } => Err((offset, len)),
        }
    }

    /// Takes at most so many off the front.
    pub(super) fn split(&mut self, most: usize) -> &'a [u8] {
        let (front, rest) = self.octets.split_at(most.min(self.octets.len()));
        self.octets = rest;
        self.offset += front.len() as u64;
        front
    }
}

/// UTF-8 where the octets are that, else Latin-1, which any octets are.
pub(super) fn readable(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) => text.to_string(),
        Err(_) => octets.iter().map(|octet| char::from(*octet)).collect(),
    }
}
