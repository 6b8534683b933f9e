//! Lookups: which connections came of them, which address each one tried, and why.

use super::item::{Item, Ready, What};
use crate::annotate::lookup::sentence;
use crate::annotate::verdict;
use crate::app::LookupWord;
use crate::tcp::{Scope, Timestamp};
use crate::timeline::{Attempt, Lookup, LookupAddress, LookupOutcome, OpenKind, OtherLookup, Phase};
use crate::track::{Connection, Tracker};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// An answer is kept for its time to live, and for so long by programs that hold on to it, nanoseconds.
const LEAST_KEPT_NS: i64 = 60_000_000_000;
/// Questions for one name within this time are parts of one lookup: resolvers wait five seconds for a server.
const TOGETHER_NS: i64 = 10_000_000_000;
/// Answers looked at for one connection, latest first.
const MOST_LOOKED_AT: usize = 256;
/// Questions of one lookup that are shown before a connection.
const MOST_TOGETHER: usize = 16;
/// Attempts told of one lookup.
const MOST_ATTEMPTS: usize = 8;

/// A lookup as one connection sees it.
#[derive(Debug, Clone)]
pub(super) struct LookupItem {
    word: Arc<LookupWord>,
    /// The connection's own address, where this lookup has it.
    used: Option<IpAddr>,
    after: Vec<Attempt>,
}

/// The lookups of these connections, by connection and then by time; and those of none of them. `words` come by time.
pub(super) fn place(
    words: &[Arc<LookupWord>],
    connections: &[&Connection],
) -> (Vec<(u64, Item)>, Vec<Arc<LookupWord>>) {
    if words.is_empty() {
        return Default::default();
    }
    let mut has_led = vec![false; words.len()];
    let groups = groups(words);
    let mut answers: HashMap<IpAddr, Vec<usize>, foldhash::fast::RandomState> = HashMap::default();
    for (place, word) in words.iter().enumerate() {
        word.addresses.iter().for_each(|address| answers.entry(address.ip).or_default().push(place));
    }
    // What each lookup's connections tried so far: in the order of their first segments.
    let mut tried: HashMap<(usize, u16), Vec<Attempt>> = HashMap::new();
    let mut by_time: Vec<&Connection> = connections.to_vec();
    by_time.sort_by_key(|connection| (connection.first, connection.id));
    let mut items = Vec::new();
    for connection in by_time {
        let [client, server] = connection.addresses;
        let known = answers.get(&server.ip()).map(Vec::as_slice).unwrap_or_default();
        let fits = |place: &&usize| {
            words.get(**place).is_some_and(|word| leads_to(word, client.ip(), server.ip(), connection.first))
        };
        let Some(group) = known.iter().rev().take(MOST_LOOKED_AT).find(fits).and_then(|place| groups.of.get(*place))
        else {
            continue;
        };
        let attempts = tried.entry((*group, server.port())).or_default();
        let after: Vec<Attempt> = attempts.iter().filter(|attempt| attempt.ip != server.ip()).cloned().collect();
        let own = groups.members.get(*group).map(Vec::as_slice).unwrap_or_default();
        let own = own.iter().filter_map(|place| Some((*place, words.get(*place)?)));
        for (place, word) in own.filter(|(_, word)| word.at <= connection.first).take(MOST_TOGETHER) {
            has_led.get_mut(place).into_iter().for_each(|has_led| *has_led = true);
            let used = word.addresses.iter().map(|address| address.ip).find(|ip| *ip == server.ip());
            let after = if used.is_some() { after.clone() } else { Vec::new() };
            items.push((connection.id, LookupItem { word: word.clone(), used, after }.item()));
        }
        let outcome = verdict::open_kind(connection);
        let failed = matches!(outcome, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered);
        if failed && attempts.len() < MOST_ATTEMPTS && !attempts.iter().any(|attempt| attempt.ip == server.ip()) {
            attempts.push(Attempt { ip: server.ip(), connection: connection.id, outcome });
        }
    }
    let others = words.iter().zip(has_led).filter(|(_, has_led)| !has_led).map(|(word, _)| word.clone());
    (items, others.collect())
}

/// The lookups of those connections whose first segments are given out now, each in the place of that segment.
pub(super) fn before(ready: &[Ready], tracker: &Tracker, recent: &[LookupWord]) -> Vec<Ready> {
    let mut firsts = ready.iter().filter(|(.., item)| item.first_ordinal() == Some(0)).peekable();
    if recent.is_empty() || firsts.peek().is_none() {
        return Vec::new();
    }
    let words: Vec<Arc<LookupWord>> = recent.iter().cloned().map(Arc::new).collect();
    let its = firsts.filter_map(|(order, handle, _)| Some((*order, *handle, tracker.at(*handle)?)));
    its.flat_map(|(order, handle, connection)| {
        let (items, _) = place(&words, &[connection]);
        items.into_iter().map(move |(_, item)| (order, handle, item))
    })
    .collect()
}

/// Whether it failed, so that no connection could come of it.
pub(super) fn has_failed(word: &LookupWord) -> bool {
    use LookupOutcome::{Addresses, Failed, NoAddress, NoName, Truncated, Unanswered, Unreadable};
    match word.outcome {
        NoName | Failed | Unanswered | Unreadable => true,
        Addresses | NoAddress | Truncated => false,
    }
}

/// A lookup from which no connection came, as the contract has it.
pub(super) fn other(word: Arc<LookupWord>, start: Timestamp) -> OtherLookup {
    let (t_ns, client) = (word.at.since(start), word.client);
    let lookup = LookupItem { word, used: None, after: Vec::new() }.told("", start);
    OtherLookup { t_ns, client, lookup }
}

/// Whether a connection that begins now may have come of an answer.
fn leads_to(word: &LookupWord, client: IpAddr, server: IpAddr, begins: Timestamp) -> bool {
    let Some(answered) = word.answered else { return false };
    let Some(address) = word.addresses.iter().find(|address| address.ip == server) else { return false };
    let kept_ns = i64::from(address.ttl_s.unwrap_or(0)).saturating_mul(1_000_000_000).max(LEAST_KEPT_NS);
    let age_ns = begins.since(answered);
    word.client.is_none_or(|asked| asked == client) && (0..=kept_ns).contains(&age_ns)
}

/// Questions for one name, asked by one host at about one time: in the hosts file, for A and for AAAA, over UDP and over TCP.
#[derive(Default)]
struct Groups {
    /// The group of each word.
    of: Vec<usize>,
    members: Vec<Vec<usize>>,
}

fn groups(words: &[Arc<LookupWord>]) -> Groups {
    let mut groups = Groups::default();
    let mut open: HashMap<(Option<IpAddr>, String), (usize, Timestamp)> = HashMap::new();
    for (place, word) in words.iter().enumerate() {
        let name = word.name.to_ascii_lowercase();
        // A program that says of itself what it asked is the one whose packets are seen.
        let near = [word.client, None].into_iter().find_map(|client| {
            open.get(&(client, name.clone()))
                .filter(|(_, last)| word.at.since(*last) <= TOGETHER_NS)
                .map(|(group, _)| *group)
        });
        let group = near.unwrap_or_else(|| {
            groups.members.push(Vec::new());
            groups.members.len() - 1
        });
        open.insert((word.client, name), (group, word.at));
        groups.of.push(group);
        if let Some(members) = groups.members.get_mut(group) {
            members.push(place);
        }
    }
    groups
}

impl LookupItem {
    fn item(self) -> Item {
        let (time, states, notes) = (self.word.at, Vec::new(), Vec::new());
        Item { order: (0, 0), time, phase: Phase::Lookup, states, notes, what: What::Lookup(Box::new(self)) }
    }

    /// As the contract has it, for the connection whose client is `endpoint`.
    pub(super) fn told(&self, endpoint: &str, start: Timestamp) -> Lookup {
        let word = &self.word;
        let addresses = word.addresses.iter().map(|found| LookupAddress {
            ip: found.ip,
            scope: Scope::of(found.ip),
            ttl_s: found.ttl_s,
            line: found.line,
            used: self.used == Some(found.ip),
        });
        let mut lookup = Lookup {
            endpoint: endpoint.into(),
            program: word.program.clone(),
            name: word.name.clone(),
            record_type: word.record_type.clone(),
            asked: word.asked.clone(),
            outcome: word.outcome,
            rcode: word.rcode.clone(),
            answered_ns: word.answered.map(|answered| answered.since(start)),
            again_ns: word.again.iter().map(|again| again.since(start)).collect(),
            aliases: word.aliases.clone(),
            records: word.records.clone(),
            addresses: addresses.collect(),
            addresses_left_out: word.addresses_left_out,
            frames: word.frames.clone(),
            after: self.after.clone(),
            problems: word.problems.clone(),
            text: Default::default(),
        };
        lookup.text = sentence(&lookup, word.at.since(start));
        lookup
    }
}

/// Puts each lookup before the first of its connection's items that is no earlier, and before its first segment.
pub(super) fn merge<'i>(items: Vec<(u64, &'i Item)>, lookups: &'i [(u64, Item)]) -> Vec<(u64, &'i Item)> {
    if lookups.is_empty() {
        return items;
    }
    if !items.iter().any(|(_, item)| item.first_ordinal().is_some()) {
        // No segment is shown, whose connection would be the place: all of them by their times.
        let mut alone: Vec<(u64, &Item)> = lookups.iter().map(|(id, item)| (*id, item)).chain(items).collect();
        alone.sort_by_key(|(_, item)| item.time);
        return alone;
    }
    let mut own: HashMap<u64, Vec<&'i Item>, foldhash::fast::RandomState> = HashMap::default();
    for (id, item) in lookups {
        own.entry(*id).or_default().push(item);
    }
    let mut merged = Vec::with_capacity(items.len() + lookups.len());
    for (id, item) in items {
        if let Some(waiting) = own.get_mut(&id) {
            let is_segment = item.first_ordinal().is_some();
            let due = waiting.partition_point(|lookup| is_segment || lookup.time <= item.time);
            merged.extend(waiting.drain(..due).map(|lookup| (id, lookup)));
            if waiting.is_empty() {
                own.remove(&id);
            }
        }
        merged.push((id, item));
    }
    merged
}
