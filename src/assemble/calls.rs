//! The calls of programs: whose they are, where they stand among the segments, and how many of them fold into one.

use super::item::{CallItem, Item, What};
use crate::tcp::{CallName, CallWord, Peer, Timestamp};
use crate::timeline::Phase;
use crate::track::Connection;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Calls kept at most; what comes later is counted.
const MOST_CALLS: usize = 50_000;
/// So many sends or receives of one peer between two segments stand one by one.
const LOOSE: usize = 2;

/// What was heard, until the timeline shows it.
#[derive(Debug, Default)]
pub(super) struct Calls {
    heard: Vec<CallWord>,
    pub(super) left_out: u64,
}

impl Calls {
    pub(super) fn hear(&mut self, word: CallWord) {
        if self.heard.len() < MOST_CALLS {
            self.heard.push(word);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// By time: the calls of connections, and those that belong to none.
    pub(super) fn place(&mut self, connections: &[&Connection]) -> (Vec<(u64, Item)>, Vec<CallWord>) {
        let mut words = std::mem::take(&mut self.heard);
        if words.is_empty() {
            return Default::default();
        }
        words.sort_by_key(|word| word.at);
        let lives = Lives::of(connections);
        let (mut placed, mut others) = (Vec::new(), Vec::new());
        for word in words {
            match lives.owner(&word) {
                Some((id, peer)) => placed.push((id, CallItem { peer, word, times: 1 }.item())),
                None => others.push(word),
            }
        }
        (placed, others)
    }
}

/// One peer's part in one connection.
#[derive(Debug, Clone, Copy)]
struct Life {
    first: Timestamp,
    last: Timestamp,
    id: u64,
    peer: Peer,
}

/// Who lived at an address, oldest first.
#[derive(Default)]
struct Lives {
    pairs: HashMap<(SocketAddr, SocketAddr), Vec<Life>>,
    places: HashMap<SocketAddr, Vec<Life>>,
    ports: HashMap<u16, Vec<Life>>,
}

impl Lives {
    fn of(connections: &[&Connection]) -> Lives {
        let mut lives = Lives::default();
        for connection in connections {
            let Connection { first, last, id, .. } = **connection;
            // Both ends of a socket that connected to itself are the client's.
            let peers = if connection.is_self_connect() { &Peer::BOTH[..1] } else { &Peer::BOTH[..] };
            for peer in peers {
                let [local, remote] = [*peer.of(&connection.addresses), *(!*peer).of(&connection.addresses)];
                let life = Life { first, last, id, peer: *peer };
                lives.pairs.entry((local, remote)).or_default().push(life);
                lives.places.entry(local).or_default().push(life);
                lives.ports.entry(local.port()).or_default().push(life);
            }
        }
        lives
    }

    fn owner(&self, word: &CallWord) -> Option<(u64, Peer)> {
        let opens = matches!(word.call, CallName::Socket | CallName::Bind | CallName::Listen | CallName::Connect);
        let listens_anywhere = word.local.ip().is_unspecified();
        let (lives, next) = match word.remote {
            Some(remote) => {
                let lives = self.pairs.get(&(word.local, remote))?;
                // What opens is entered before the first segment, and after the last one of an earlier incarnation.
                (lives, opens.then(|| lives.partition_point(|life| life.last < word.at)))
            }
            None => {
                let lives =
                    if listens_anywhere { self.ports.get(&word.local.port()) } else { self.places.get(&word.local) }?;
                // A listener leads to what comes; what fails is due to what was.
                let leads = (opens || word.call == CallName::Setsockopt) && word.result.is_ok();
                (lives, leads.then(|| lives.partition_point(|life| life.first < word.at)))
            }
        };
        let until = match word.call {
            // It may have waited for the connection long before that began.
            CallName::Accept => word.at.add_ns(word.took.map_or(0, |took| took.as_nanos() as i64)),
            _ => word.at,
        };
        let began = lives.partition_point(|life| life.first <= until);
        let found = next.and_then(|next| lives.get(next)).or_else(|| lives.get(began.saturating_sub(1)));
        found.map(|life| (life.id, life.peer))
    }
}

/// Puts the calls among the items, each before what happened at its time or later. What nobody could read one by one folds
/// unless `full`.
pub(super) fn merge<'i>(
    items: Vec<(u64, &'i Item)>,
    calls: &'i mut Vec<(u64, Item)>,
    full: bool,
) -> Vec<(u64, &'i Item)> {
    if calls.is_empty() {
        return items;
    }
    // Which item stands behind each call: calls with the same one are a stretch.
    let places = Places::of(&items);
    let mut placed: Vec<(usize, (u64, Item))> =
        calls.drain(..).map(|call| (places.of_call(call.0, call.1.time), call)).collect();
    placed.sort_by_key(|(before, _)| *before);
    let mut before: Vec<usize> = placed.iter().map(|(before, _)| *before).collect();
    calls.extend(placed.into_iter().map(|(_, call)| call));
    if !full {
        fold(calls, &mut before);
    }
    set_phases(&items, calls, &before);
    let mut merged = Vec::with_capacity(items.len() + calls.len());
    let mut calls = calls.iter().zip(before).peekable();
    for (place, item) in items.iter().enumerate() {
        while let Some(((id, call), _)) = calls.next_if(|(_, before)| *before <= place) {
            merged.push((*id, call));
        }
        merged.push(*item);
    }
    merged.extend(calls.map(|((id, call), _)| (*id, call)));
    merged
}

/// Where the items of each connection stand among all.
struct Places(HashMap<u64, Vec<(Timestamp, usize)>>);

impl Places {
    fn of(items: &[(u64, &Item)]) -> Places {
        let mut own: HashMap<u64, Vec<(Timestamp, usize)>> = HashMap::new();
        for (place, (id, item)) in items.iter().enumerate() {
            own.entry(*id).or_default().push((item.time, place));
        }
        // A timer may stand before segments of earlier times.
        for places in own.values_mut() {
            let mut least = Timestamp(i64::MAX);
            for (time, _) in places.iter_mut().rev() {
                least = least.min(*time);
                *time = least;
            }
        }
        Places(own)
    }

    /// Before the first item of its own connection that is no earlier, or behind the last.
    fn of_call(&self, id: u64, at: Timestamp) -> usize {
        let Some(own) = self.0.get(&id) else { return usize::MAX };
        let next = own.partition_point(|(time, _)| *time < at);
        own.get(next).map_or_else(|| own.last().map_or(usize::MAX, |(_, last)| last + 1), |(_, place)| *place)
    }
}

/// Sends and receives that brought something, and that no segment keeps apart, become one where they are many.
fn fold(calls: &mut Vec<(u64, Item)>, before: &mut Vec<usize>) {
    let mut groups: HashMap<(usize, u64, Peer, CallName), Vec<usize>> = HashMap::new();
    for (index, ((id, item), before)) in calls.iter().zip(before.iter()).enumerate() {
        let What::Call(call) = &item.what else { continue };
        let counts = matches!(call.word.call, CallName::Send | CallName::Recv);
        if counts && call.word.took.is_some() && matches!(call.word.result, Ok(Some(1..))) {
            groups.entry((*before, *id, call.peer, call.word.call)).or_default().push(index);
        }
    }
    let mut gone = vec![false; calls.len()];
    for group in groups.into_values().filter(|group| group.len() > LOOSE) {
        let words = group.iter().filter_map(|index| match &calls.get(*index)?.1.what {
            What::Call(call) => Some(&call.word),
            _ => None,
        });
        let octets: u64 = words.clone().filter_map(|word| *word.result.as_ref().ok()?).fold(0, u64::saturating_add);
        let end = words.filter_map(|word| Some(word.at.add_ns(word.took?.as_nanos() as i64))).max();
        let Some((first, rest)) = group.split_first() else { continue };
        if let Some((_, Item { what: What::Call(call), time, .. })) = calls.get_mut(*first) {
            call.times = group.len() as u64;
            call.word.result = Ok(Some(octets));
            let took = end.map_or(0, |end| end.since(*time));
            call.word.took = Some(std::time::Duration::from_nanos(took.max(0).unsigned_abs()));
            call.word.arguments.clear();
        }
        for index in rest {
            if let Some(gone) = gone.get_mut(*index) {
                *gone = true;
            }
        }
    }
    let (mut calls_gone, mut places_gone) = (gone.iter(), gone.iter());
    calls.retain(|_| calls_gone.next() != Some(&true));
    before.retain(|_| places_gone.next() != Some(&true));
}

/// A call belongs to the part of the life that goes on, except where it may have begun the next one.
fn set_phases(items: &[(u64, &Item)], calls: &mut [(u64, Item)], before: &[usize]) {
    let mut last: HashMap<u64, Phase> = HashMap::new();
    let mut seen = items.iter().enumerate().peekable();
    for ((id, call), before) in calls.iter_mut().zip(before) {
        while let Some((_, (id, item))) = seen.next_if(|(place, _)| place < before) {
            if item.first_ordinal().is_some() {
                last.insert(*id, item.phase);
            }
        }
        call.phase = last.get(id).copied().unwrap_or(Phase::Open);
    }
    let mut next: HashMap<u64, Phase> = HashMap::new();
    let mut seen = items.iter().enumerate().rev().peekable();
    for ((id, item), before) in calls.iter_mut().zip(before).rev() {
        while let Some((_, (id, item))) = seen.next_if(|(place, _)| place >= before) {
            if item.first_ordinal().is_some() {
                next.insert(*id, item.phase);
            }
        }
        let (What::Call(call), Some(coming)) = (&item.what, next.get(id)) else { continue };
        let begins = match coming {
            Phase::Data => matches!(call.word.call, CallName::Send | CallName::Recv | CallName::Setsockopt),
            Phase::Close => matches!(call.word.call, CallName::Shutdown | CallName::Close),
            Phase::Lookup | Phase::Open | Phase::TimeWait => false,
        };
        if begins {
            item.phase = *coming;
        }
    }
    // Nobody goes back: a close entered before the last data is captured closes all the same.
    let mut furthest: HashMap<u64, Phase> = HashMap::new();
    for (id, call) in calls {
        let phase = furthest.entry(*id).or_insert(call.phase);
        *phase = (*phase).max(call.phase);
        call.phase = *phase;
    }
}
