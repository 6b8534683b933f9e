//! What the octets of a connection say: each direction put in order, then read as messages. Knows no tracker, clock or file.

pub mod dns;
pub mod hosts;
pub mod http;
mod lookup;
mod message;
mod stream;
mod talk;
mod text;
pub mod tls;

pub use lookup::{FoundAddress, LookupWord};
pub use message::MessageWord;
pub use stream::{Carrier, Next, Piece, Stream};
pub use text::Encoding;

use crate::tcp::Peer;
use std::collections::HashMap;
use talk::Talk;

/// Connections that are read at a time. What begins while so many are open is not read.
const MOST_TALKS: usize = 4096;
/// Messages kept until the timeline shows them; what comes later is counted.
const MOST_MESSAGES: usize = 50_000;

/// Reads what both ends of each connection say.
#[derive(Debug, Default)]
pub struct Reader {
    talks: HashMap<u64, Talk, foldhash::fast::RandomState>,
    words: Vec<MessageWord>,
    left_out: u64,
    reading: Reading,
}

/// How it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// The values of Authorization, Cookie and their like are told as sent.
    pub shows_secrets: bool,
    /// What no protocol claims is read as text in this encoding.
    pub text: Option<Encoding>,
}

/// One segment, as far as its octets go.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Id of the connection.
    pub connection: u64,
    pub peer: Peer,
    /// One of its ports is that of DNS.
    pub is_dns: bool,
    /// What its sender sends is read from the beginning.
    pub is_syn: bool,
    /// With it ends what its sender sends.
    pub is_fin: bool,
    pub piece: Piece<'a>,
    /// Everything of the other peer before this place was received.
    pub acknowledged: Option<u64>,
}

impl Reader {
    pub fn new(reading: Reading) -> Reader {
        Reader { reading, ..Reader::default() }
    }

    /// One segment, in the order of capture. Says whether a message begins in it.
    pub fn hear(&mut self, heard: &Heard<'_>) -> bool {
        if self.talks.len() >= MOST_TALKS && !self.talks.contains_key(&heard.connection) {
            return false;
        }
        let Reader { talks, words, left_out, reading } = self;
        let mut out = |word| keep(words, left_out, word);
        talks.entry(heard.connection).or_default().hear(heard, *reading, &mut out)
    }

    /// The connection is over: what is not complete will never be.
    pub fn close(&mut self, connection: u64) {
        let Some(talk) = self.talks.remove(&connection) else { return };
        let Reader { words, left_out, reading, .. } = self;
        talk.close(connection, *reading, &mut |word| keep(words, left_out, word));
    }

    /// All messages, those that are not complete as far as they came; by connection, and in the order in which they began.
    /// And how many found no room.
    pub fn finish(mut self) -> (Vec<MessageWord>, u64) {
        let mut open: Vec<u64> = self.talks.keys().copied().collect();
        open.sort_unstable();
        for connection in open {
            self.close(connection);
        }
        self.words.sort_by_key(|word| (word.connection, word.number));
        (self.words, self.left_out)
    }
}

fn keep(words: &mut Vec<MessageWord>, left_out: &mut u64, word: MessageWord) {
    if words.len() < MOST_MESSAGES {
        words.push(word);
    } else {
        *left_out = left_out.saturating_add(1);
    }
}
