//! Queries matched with their answers: by both ends, the number, and the question.

use super::read;
use crate::app::{FoundAddress, LookupWord};
use crate::tcp::Timestamp;
use crate::timeline::{Asked, DnsMessage, DnsQuestion, DnsTransport, LookupOutcome, LookupRecord, Text};
use std::collections::HashMap;
use std::net::SocketAddr;

/// Lookups kept until the timeline shows them; what comes later is counted.
const MOST_LOOKUPS: usize = 20_000;
/// Times remembered at which one query was sent again.
const MOST_AGAIN: usize = 8;
/// Addresses kept of one answer: all that are read of it, so that each ties its connection to the lookup.
const MOST_ADDRESSES: usize = 256;
/// The same once very many are kept, and aliases and other records of one answer.
const MOST_FOUND: usize = 32;
/// Addresses kept of all answers before each gets fewer.
const MANY_ADDRESSES: usize = 200_000;

/// What was asked and answered so far.
#[derive(Debug, Default)]
pub struct Lookups {
    words: Vec<LookupWord>,
    /// Which word waits for the answer.
    waiting: HashMap<Key, usize, foldhash::fast::RandomState>,
    /// The last query of each number, for an answer that does not say what it answers.
    last: HashMap<Key, usize, foldhash::fast::RandomState>,
    /// What is old is let go for what comes, where nobody waits for the end.
    passes: bool,
    left_out: u64,
    /// Addresses of all words so far.
    addresses: usize,
}

/// What a query and its answer have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// Who asks and who is asked; with multicast nobody in particular.
    ends: Option<(SocketAddr, SocketAddr)>,
    id: u16,
    /// With its name in small letters, as an answer may return the letters otherwise (RFC 4343 3).
    /// `None` where it cannot be read.
    question: Option<DnsQuestion>,
    transport: DnsTransport,
}

/// How a message was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub src: SocketAddr,
    pub dst: SocketAddr,
    pub at: Timestamp,
    pub frame: u64,
}

impl Lookups {
    /// Nobody waits for the end: of very many the last ones are kept.
    pub fn passing(self, passes: bool) -> Lookups {
        Lookups { passes, ..self }
    }

    /// When the first of those that are kept was asked for.
    pub fn first(&self) -> Option<Timestamp> {
        self.words.iter().map(|word| word.at).min()
    }

    /// The last ones so far, at most so many, in the order in which they began.
    pub fn recent(&self, most: usize) -> &[LookupWord] {
        self.words.get(self.words.len().saturating_sub(most)..).unwrap_or_default()
    }

    /// A datagram to or from a port of DNS. What is no DNS is passed over.
    pub fn datagram(&mut self, sent: Sent, octets: &[u8]) {
        let Ok((message, problems)) = read(octets) else { return };
        let multicast = [sent.src, sent.dst].iter().any(|end| end.port() == 5353);
        let transport = if multicast { DnsTransport::Multicast } else { DnsTransport::Udp };
        self.message(sent, transport, &message, problems);
    }

    /// A message that was read, by whichever transport.
    pub fn message(&mut self, sent: Sent, transport: DnsTransport, message: &DnsMessage, problems: Vec<Text>) {
        match (message.is_response, transport) {
            (false, _) => self.query(sent, transport, message, problems),
            (true, DnsTransport::Multicast) => self.multicast_answer(sent, message, &problems),
            (true, _) => self.answer(sent, transport, message, problems),
        }
    }

    /// All lookups by the time of their queries, and how many found no room.
    pub fn finish(mut self) -> (Vec<LookupWord>, u64) {
        self.words.sort_by_key(|word| word.at);
        (self.words, self.left_out)
    }

    fn query(&mut self, sent: Sent, transport: DnsTransport, message: &DnsMessage, problems: Vec<Text>) {
        let question = message.question.as_ref();
        if question.is_none() && problems.is_empty() {
            return;
        }
        let key = Key::of(sent.src, sent.dst, message.query_id, question, transport);
        let known = self.waiting.get(&key).and_then(|place| self.words.get_mut(*place));
        if let Some(word) = known.filter(|word| word.answered.is_none()) {
            if word.again.len() < MOST_AGAIN {
                word.again.push(sent.at);
            }
            return;
        }
        if let Some(place) = self.keep(word(sent.src, sent.dst, sent, transport, question, problems)) {
            self.last.insert(Key { question: None, ..key.clone() }, place);
            self.waiting.insert(key, place);
        }
    }

    fn answer(&mut self, sent: Sent, transport: DnsTransport, message: &DnsMessage, problems: Vec<Text>) {
        let question = message.question.as_ref();
        let key = Key::of(sent.dst, sent.src, message.query_id, question, transport);
        let place = if question.is_some() { self.waiting.remove(&key) } else { self.last.remove(&key) };
        let waits = |place: &usize| self.words.get(*place).is_some_and(|word| word.answered.is_none());
        let place = match place.filter(waits) {
            Some(place) => Some(place),
            None if question.is_none() && problems.is_empty() => None,
            // The query came before the capture.
            None => self.keep(word(sent.dst, sent.src, sent, transport, question, Vec::new())),
        };
        let most = self.most_addresses();
        if let Some(word) = place.and_then(|place| self.words.get_mut(place)) {
            word.hear(sent, message, problems, most);
            self.addresses += word.addresses.len();
        }
    }

    /// A multicast answer need not repeat the question (RFC 6762 6): its records tell what it answers.
    fn multicast_answer(&mut self, sent: Sent, message: &DnsMessage, problems: &[Text]) {
        let most = self.most_addresses();
        for record in &message.records {
            let question = DnsQuestion { name: record.name.clone(), record_type: record.record_type.clone() };
            let key = Key::of(sent.dst, sent.src, 0, Some(&question), DnsTransport::Multicast);
            let Some(word) = self.waiting.remove(&key).and_then(|place| self.words.get_mut(place)) else { continue };
            if let Asked::DnsServer { ip, .. } = &mut word.asked {
                *ip = sent.src.ip();
            }
            word.hear(sent, message, problems.to_vec(), most);
            self.addresses += word.addresses.len();
        }
    }

    fn most_addresses(&self) -> usize {
        if self.addresses < MANY_ADDRESSES { MOST_ADDRESSES } else { MOST_FOUND }
    }

    fn keep(&mut self, word: LookupWord) -> Option<usize> {
        if self.words.len() >= MOST_LOOKUPS && self.passes {
            self.let_go();
        }
        if self.words.len() >= MOST_LOOKUPS {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        }
        self.words.push(word);
        Some(self.words.len() - 1)
    }

    /// Forgets the older half.
    fn let_go(&mut self) {
        let gone = MOST_LOOKUPS / 2;
        let gone_words = self.words.drain(..gone.min(self.words.len()));
        self.addresses -= gone_words.map(|word| word.addresses.len()).sum::<usize>().min(self.addresses);
        self.left_out = self.left_out.saturating_add(gone as u64);
        for places in [&mut self.waiting, &mut self.last] {
            places.retain(|_, place| {
                let is_kept = *place >= gone;
                *place = place.saturating_sub(gone);
                is_kept
            });
        }
    }
}

impl Key {
    fn of(
        client: SocketAddr,
        server: SocketAddr,
        id: u16,
        question: Option<&DnsQuestion>,
        transport: DnsTransport,
    ) -> Key {
        let is_multicast = transport == DnsTransport::Multicast;
        let small = |DnsQuestion { name, record_type }: &DnsQuestion| DnsQuestion {
            name: name.to_ascii_lowercase(),
            record_type: record_type.clone(),
        };
        Key {
            ends: (!is_multicast).then_some((client, server)),
            id: if is_multicast { 0 } else { id },
            question: question.map(small),
            transport,
        }
    }
}

/// A question that nobody has answered yet.
fn word(
    client: SocketAddr,
    server: SocketAddr,
    sent: Sent,
    transport: DnsTransport,
    question: Option<&DnsQuestion>,
    problems: Vec<Text>,
) -> LookupWord {
    LookupWord {
        client: Some(client.ip()),
        program: None,
        name: question.map(|question| question.name.clone()).unwrap_or_default(),
        record_type: question.map(|question| question.record_type.clone()),
        asked: Asked::DnsServer { ip: server.ip(), port: server.port(), transport },
        at: sent.at,
        again: Vec::new(),
        answered: None,
        outcome: LookupOutcome::Unanswered,
        rcode: None,
        aliases: Vec::new(),
        records: Vec::new(),
        addresses: Vec::new(),
        addresses_left_out: 0,
        frames: vec![sent.frame],
        problems,
    }
}

impl LookupWord {
    /// The answer came. At most so many of its addresses are kept.
    fn hear(&mut self, sent: Sent, message: &DnsMessage, problems: Vec<Text>, most: usize) {
        self.answered = Some(sent.at);
        self.rcode.clone_from(&message.rcode);
        if self.frames.last() != Some(&sent.frame) {
            self.frames.push(sent.frame);
        }
        let is_sound = problems.is_empty();
        self.problems.extend(problems);
        // From the name asked for, each alias leads to the next; what leads nowhere is somebody else's.
        let mut name = &self.name;
        while self.aliases.len() < MOST_FOUND {
            let mut aliases = message.records.iter().filter(|record| record.record_type == "CNAME");
            let Some(alias) = aliases.find(|record| record.name.eq_ignore_ascii_case(name)) else { break };
            let Some(target) = alias.target.as_ref().filter(|target| !self.aliases.contains(target)) else { break };
            self.aliases.push(target.clone());
            name = target;
        }
        let own = message.records.iter().filter(|record| record.name.eq_ignore_ascii_case(name));
        let found =
            own.filter_map(|record| Some(FoundAddress { ip: record.ip?, ttl_s: Some(record.ttl_s), line: None }));
        self.addresses = found.collect();
        let beyond = self.addresses.len().saturating_sub(most) as u64;
        self.addresses.truncate(most);
        let kept =
            message.records.iter().filter(|record| record.name.eq_ignore_ascii_case(name)).filter_map(|record| {
                let (record_type, data) = (record.record_type.clone(), record.data.clone()?);
                Some(LookupRecord { record_type, data, ttl_s: record.ttl_s })
            });
        self.records = kept.take(MOST_FOUND).collect();
        self.addresses_left_out = if self.addresses.is_empty() { 0 } else { beyond + message.addresses_left_out };
        self.outcome = match message.rcode.as_deref() {
            _ if message.truncated && self.addresses.is_empty() => LookupOutcome::Truncated,
            // What cannot be read may have been an address.
            Some("NOERROR") | None if self.addresses.is_empty() && !is_sound => LookupOutcome::Unreadable,
            Some("NOERROR") | None if self.addresses.is_empty() => LookupOutcome::NoAddress,
            Some("NOERROR") | None => LookupOutcome::Addresses,
            Some("NXDOMAIN") => LookupOutcome::NoName,
            Some(_) => LookupOutcome::Failed,
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 4000);
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 53], 53);

    fn sent(from_client: bool, at: i64) -> Sent {
        let (src, dst) = if from_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
        Sent { src: src.into(), dst: dst.into(), at: Timestamp(at), frame: at.unsigned_abs() }
    }

    /// A query for A of `a`, or its answer without a record.
    fn octets(id: u16, is_response: bool) -> Vec<u8> {
        let flags = if is_response { 0x81 } else { 1 };
        [&id.to_be_bytes()[..], &[flags, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 1, 0, 1]].concat()
    }

    #[test]
    fn a_number_that_comes_again_is_another_lookup_once_it_was_answered() {
        let mut lookups = Lookups::default();
        for (at, is_response) in [(1, false), (2, false), (3, true), (4, true), (5, false), (6, true)] {
            lookups.datagram(sent(!is_response, at), &octets(7, is_response));
        }
        let (words, _) = lookups.finish();
        let told: Vec<_> = words.iter().map(|word| (word.at.0, word.again.len(), word.answered.unwrap().0)).collect();
        // The second answer to one query is told for itself: its query came before, as far as anybody knows.
        assert_eq!(told, [(1, 1, 3), (4, 0, 4), (5, 0, 6)]);
    }

    #[test]
    fn an_answer_without_its_question_answers_the_last_query_of_its_number() {
        let mut lookups = Lookups::default();
        lookups.datagram(sent(true, 1), &octets(7, false));
        // The server could not read the query (FORMERR).
        let header = [0, 7, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        lookups.datagram(sent(false, 2), &header);
        lookups.datagram(sent(false, 3), &header);
        let (words, _) = lookups.finish();
        assert_eq!((words.len(), words[0].outcome, words[0].answered), (1, LookupOutcome::Failed, Some(Timestamp(2))));
    }

    /// An answer with so many addresses of `a`.
    fn many(id: u16, count: u8) -> Vec<u8> {
        let mut answer = octets(id, true);
        answer[7] = count;
        for n in 0..count {
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, n]);
        }
        answer
    }

    #[test]
    fn all_addresses_of_an_answer_are_kept_until_they_are_very_many() {
        let mut lookups = Lookups::default();
        for id in 0..900 {
            lookups.datagram(sent(true, 1), &octets(id, false));
            lookups.datagram(sent(false, 2), &many(id, 255));
        }
        let (words, _) = lookups.finish();
        let told = |word: &LookupWord| (word.addresses.len(), word.addresses_left_out);
        assert_eq!((told(&words[0]), told(words.last().unwrap())), ((255, 0), (MOST_FOUND, 223)));
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_rest_is_counted() {
        let mut lookups = Lookups::default();
        for at in 0..MOST_LOOKUPS as i64 + 50 {
            let mut from = sent(true, at);
            from.src.set_port(at as u16);
            lookups.datagram(from, &octets((at >> 16) as u16, false));
        }
        for at in 0..100 {
            lookups.datagram(sent(true, at), &octets(9, false));
        }
        let (words, left_out) = lookups.finish();
        assert_eq!((words.len(), left_out), (MOST_LOOKUPS, 150));
        let mut passing = Lookups::default().passing(true);
        (0..=MOST_LOOKUPS as i64).for_each(|at| passing.datagram(sent(true, at), &octets(at as u16, false)));
        assert_eq!(passing.recent(1)[0].at.0, MOST_LOOKUPS as i64, "of very many the last ones are kept");
        passing.datagram(sent(false, 50_000), &octets(MOST_LOOKUPS as u16, true));
        let (words, left_out) = passing.finish();
        assert_eq!((words.len(), left_out), (MOST_LOOKUPS / 2 + 1, MOST_LOOKUPS as u64 / 2));
        assert_eq!(words.last().unwrap().answered, Some(Timestamp(50_000)), "answers still find their queries");
        let mut one = Lookups::default();
        (0..100).for_each(|at| one.datagram(sent(true, at), &octets(9, false)));
        assert_eq!(one.finish().0[0].again.len(), MOST_AGAIN);
    }
}
