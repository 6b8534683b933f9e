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
use crate::timeline::Text;
use std::collections::HashMap;
use talk::{Afterwards, Talk};

/// Connections that are read at a time. What begins while so many are open is not read.
const MOST_TALKS: usize = 32 * 1024;
/// Messages kept until the timeline shows them; what comes later is counted.
const MOST_MESSAGES: usize = 50_000;
/// Octets of memory that they may take, roughly.
const MOST_KEPT: usize = 64 << 20;
/// Octets of what is not read to its end yet, over all connections. Beyond that the connection in hand is given up.
const MOST_HELD: usize = 64 << 20;

/// Reads what both ends of each connection say.
#[derive(Debug, Default)]
pub struct Reader {
    talks: HashMap<u64, Option<Talk>, foldhash::fast::RandomState>,
    words: Vec<MessageWord>,
    /// What became known of messages that are told, by connection and number.
    afterwards: HashMap<(u64, u64), Text, foldhash::fast::RandomState>,
    manner: Manner,
    left_out: LeftOut,
    /// Octets of memory that the words take, and those that are still to be words.
    kept: usize,
    held: usize,
    /// How many words were news already.
    told: usize,
}

/// How messages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// The values of Authorization, Cookie and their like are told as sent.
    pub shows_secrets: bool,
    /// What no protocol claims is read as text in this encoding.
    pub text: Option<Encoding>,
    /// Octets of each body that are kept, as long as there is room.
    pub body: usize,
}

impl Manner {
    /// Of each body as much as one likes to look at.
    pub const SAMPLE: usize = 2048;
    /// Of each body all that is likely to be wanted, where messages are taken elsewhere.
    pub const WHOLE: usize = 1 << 20;
}

impl Default for Manner {
    fn default() -> Manner {
        Manner { shows_secrets: false, text: None, body: Manner::SAMPLE }
    }
}

/// What there was no room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Messages.
    pub messages: u64,
    /// Bodies of messages that are told.
    pub bodies: u64,
    /// Connections that were not read, or not to their ends.
    pub connections: u64,
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
    pub fn new(manner: Manner) -> Reader {
        Reader { manner, ..Reader::default() }
    }

    /// One segment, in the order of capture. Says whether a message begins in it.
    pub fn hear(&mut self, heard: &Heard<'_>) -> bool {
        let id = heard.connection;
        if self.talks.len() >= MOST_TALKS && !self.talks.contains_key(&id) {
            // One that said nothing before would be counted with each of its segments.
            self.left_out.connections += u64::from(heard.is_syn && heard.peer == Peer::A);
            return false;
        }
        let manner = self.manner_now();
        let Reader { talks, words, left_out, kept, .. } = self;
        let mut out = |word| keep(words, left_out, kept, word);
        let Some(talk) = talks.entry(id).or_insert_with(|| Some(Talk::default())) else { return false };
        let before = talk.held();
        let begins = talk.hear(heard, manner, &mut out);
        let (after, said) = (talk.held(), talk.afterwards());
        self.say_afterwards(id, said);
        self.held = self.held.saturating_sub(before).saturating_add(after);
        if self.held > MOST_HELD && after > 0 {
            self.give_up(id);
        }
        begins
    }

    /// Bodies are kept as long as others find room beside them.
    fn manner_now(&self) -> Manner {
        let is_tight = self.kept > MOST_KEPT / 2 || self.held > MOST_HELD / 2;
        let body = if is_tight { self.manner.body.min(Manner::SAMPLE) } else { self.manner.body };
        Manner { body, ..self.manner }
    }

    /// There is no room for what it says: what came so far is told, the rest is not read.
    fn give_up(&mut self, connection: u64) {
        self.close(connection);
        self.left_out.connections += 1;
        self.talks.insert(connection, None);
    }

    /// The connection is over: what is not complete will never be.
    pub fn close(&mut self, connection: u64) {
        let Some(Some(talk)) = self.talks.remove(&connection) else { return };
        self.held = self.held.saturating_sub(talk.held());
        let manner = self.manner_now();
        let Reader { words, left_out, kept, .. } = self;
        let said = talk.close(connection, manner, &mut |word| keep(words, left_out, kept, word));
        self.say_afterwards(connection, said);
    }

    fn say_afterwards(&mut self, connection: u64, said: Vec<Afterwards>) {
        for Afterwards { number, problem } in said {
            if self.afterwards.len() < MOST_MESSAGES {
                self.afterwards.insert((connection, number), problem);
            }
        }
    }

    /// Whether nothing is being read, and nothing waits to be told.
    pub fn is_idle(&self) -> bool {
        self.talks.is_empty() && self.words.is_empty()
    }

    /// Forgets everything: nobody wants to know any more.
    pub fn clear(&mut self) {
        *self = Reader::new(self.manner);
    }

    /// The messages that became complete since this was last asked, once somebody asks for each as it comes. They are forgotten
    /// unless they are kept for the end too.
    pub fn news(&mut self, keeps: bool) -> Vec<MessageWord> {
        if keeps {
            let news = self.words.get(self.told..).unwrap_or_default().to_vec();
            self.told = self.words.len();
            return news;
        }
        self.kept = 0;
        // (What is given out before that is known is given out without it.)
        let mut known = std::mem::take(&mut self.afterwards);
        let mut news = std::mem::take(&mut self.words);
        news.iter_mut().for_each(|word| word.problems.extend(known.remove(&(word.connection, word.number))));
        news
    }

    /// All messages, those that are not complete as far as they came; by connection, and in the order in which they began.
    /// And what found no room.
    pub fn finish(mut self) -> (Vec<MessageWord>, LeftOut) {
        let mut open: Vec<u64> = self.talks.keys().copied().collect();
        open.sort_unstable();
        for connection in open {
            self.close(connection);
        }
        let Reader { words, afterwards, .. } = &mut self;
        words.iter_mut().for_each(|word| word.problems.extend(afterwards.remove(&(word.connection, word.number))));
        self.words.sort_by_key(|word| (word.connection, word.number));
        (self.words, self.left_out)
    }
}

fn keep(words: &mut Vec<MessageWord>, left_out: &mut LeftOut, kept: &mut usize, mut word: MessageWord) {
    let mut weight = word.weight();
    if kept.saturating_add(weight) > MOST_KEPT && word.drop_body() {
        left_out.bodies += 1;
        weight = word.weight();
    }
    if words.len() < MOST_MESSAGES && kept.saturating_add(weight) <= MOST_KEPT {
        *kept += weight;
        words.push(word);
    } else {
        left_out.messages += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::Timestamp;

    fn hear(reader: &mut Reader, connection: u64, peer: Peer, offset: u64, octets: &[u8]) {
        let carrier = Carrier { at: Timestamp(1), ..Carrier::default() };
        let piece = Piece { offset, octets, len: octets.len() as u32, carrier };
        reader.hear(&Heard {
            connection,
            peer,
            is_dns: false,
            is_syn: offset == 0,
            is_fin: false,
            piece,
            acknowledged: None,
        });
    }

    #[test]
    fn what_waits_on_many_connections_is_bounded() {
        let mut reader = Reader::default();
        let octets = vec![b'x'; 60_000];
        for connection in 0..2000 {
            hear(&mut reader, connection, Peer::A, 0, b"G");
            hear(&mut reader, connection, Peer::A, 10, &octets);
            assert!(reader.held <= MOST_HELD + octets.len());
        }
        let (_, left_out) = reader.finish();
        assert!(left_out.connections > 500, "{left_out:?}");
    }

    #[test]
    fn what_is_kept_of_many_messages_is_bounded() {
        let mut reader = Reader::new(Manner { body: Manner::WHOLE, ..Manner::default() });
        let body = "x".repeat(500_000);
        let head = "y".repeat(60_000);
        let said = format!("HTTP/1.1 200 OK\r\nA: {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let mut offset = 0;
        for _ in 0..1500 {
            hear(&mut reader, 1, Peer::B, offset, said.as_bytes());
            offset += said.len() as u64;
            assert!(reader.kept <= MOST_KEPT);
        }
        let (words, left_out) = reader.finish();
        assert!(words.len() > 500 && left_out.messages > 300 && left_out.bodies > 0, "{} {left_out:?}", words.len());
    }
}
