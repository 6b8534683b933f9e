//! Which conversation of one capture is which of the other: by addresses and ports or, where a NAT between the two changed
//! them, by what a NAT keeps.

use super::sighting::{Capture, Sighting};
use crate::tcp::{Flags, Segment};
use std::collections::HashMap;
use std::net::SocketAddr;

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Segments of one direction that are compared to find a conversation again behind a NAT.
const COMPARED: usize = 16;
/// Conversations that begin alike; more tell nothing.
const MOST_ALIKE: usize = 16;
/// So many of them must agree, unless there are fewer.
const MUST_AGREE: usize = 2;

/// All segments between two addresses and ports in one capture.
#[derive(Debug)]
pub(super) struct Conversation {
    /// Sender and receiver of its first segment.
    pub(super) addresses: [SocketAddr; 2],
    vlan: u32,
    /// By sender: places in the capture, in its order.
    pub(super) sent: [Vec<u32>; 2],
}

/// One conversation in both captures.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) client: usize,
    pub(super) server: usize,
    /// The server's capture has the two the other way round.
    pub(super) flipped: bool,
}

/// The conversations of a capture, in the order of their first segments.
pub(super) fn all(capture: &Capture) -> Vec<Conversation> {
    let mut known: Map<(SocketAddr, SocketAddr, u32), (usize, usize)> = Map::default();
    let mut list: Vec<Conversation> = Vec::new();
    for (place, Sighting { segment, .. }) in capture.sightings.iter().enumerate() {
        let key = (segment.src, segment.dst, segment.vlan);
        let (index, side) = *known.entry(key).or_insert_with(|| (list.len(), 0));
        if index == list.len() {
            known.insert((segment.dst, segment.src, segment.vlan), (index, 1));
            let addresses = [segment.src, segment.dst];
            list.push(Conversation { addresses, vlan: segment.vlan, sent: Default::default() });
        }
        if let Some(sent) = list.get_mut(index).and_then(|conversation| conversation.sent.get_mut(side)) {
            sent.push(place as u32);
        }
    }
    put_halves_together(list)
}

/// Where each direction has a VLAN of its own, as a mirror port may show it, the two are one conversation.
fn put_halves_together(mut list: Vec<Conversation>) -> Vec<Conversation> {
    let mut alike: Map<(SocketAddr, SocketAddr), Vec<usize>> = Map::default();
    for (index, Conversation { addresses: [one, other], .. }) in list.iter().enumerate() {
        alike.entry((*one.min(other), *one.max(other))).or_default().push(index);
    }
    let mut gone = vec![false; list.len()];
    for places in alike.into_values() {
        let [one, other] = places[..] else { continue };
        let Ok([one, half]) = list.get_disjoint_mut([one, other]) else { continue };
        let [src, dst] = one.addresses;
        let are_halves = [&one, &half].into_iter().all(|conversation| conversation.sent[1].is_empty());
        if are_halves && src != dst && half.addresses == [dst, src] {
            std::mem::swap(&mut one.sent[1], &mut half.sent[0]);
            if let Some(slot) = gone.get_mut(other) {
                *slot = true;
            }
        }
    }
    let mut gone = gone.into_iter();
    list.retain(|_| gone.next() != Some(true));
    list
}

/// Finds each conversation of the client's capture in the server's.
pub(super) fn pair([client, server]: [&Capture; 2], [ours, theirs]: [&[Conversation]; 2]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut taken = vec![false; theirs.len()];
    let mut left = Vec::new();
    // Tags are often taken off on the way, so they count only where nothing else tells two apart.
    let mut known: Map<(SocketAddr, SocketAddr), Vec<(usize, bool)>> = Map::default();
    for (index, conversation) in theirs.iter().enumerate() {
        let [one, other] = conversation.addresses;
        known.entry((one, other)).or_default().push((index, false));
        known.entry((other, one)).or_default().push((index, true));
    }
    for (index, conversation) in ours.iter().enumerate() {
        let [one, other] = conversation.addresses;
        let found = known.get(&(one, other)).map(Vec::as_slice).unwrap_or_default();
        let free = || found.iter().filter(|(place, _)| taken.get(*place) == Some(&false));
        let same_tag = |place: usize| theirs.get(place).is_some_and(|other| other.vlan == conversation.vlan);
        let best = free().find(|(place, _)| same_tag(*place)).or_else(|| free().next()).copied();
        match best {
            Some((place, flipped)) => {
                if let Some(slot) = taken.get_mut(place) {
                    *slot = true;
                }
                pairs.push(Pair { client: index, server: place, flipped });
            }
            None => left.push(index),
        }
    }
    pairs.extend(behind_nat([client, server], [ours, theirs], &left, &mut taken));
    pairs.sort_by_key(|pair| pair.client);
    pairs
}

/// A NAT keeps initial numbers, numbers, timestamps and payload.
#[derive(PartialEq, Eq, Hash)]
struct Print {
    seq: u32,
    len: u32,
    control: u16,
    tsval: Option<u32>,
}

fn prints<'c>(capture: &'c Capture, places: &'c [u32]) -> impl Iterator<Item = Print> + 'c {
    let own =
        places.iter().filter_map(|place| capture.sightings.get(*place as usize)).map(|sighting| &sighting.segment);
    // A bare ACK says too little.
    own.filter(|segment| segment.len > 0 || control(segment) != 0).take(COMPARED).map(|segment| Print {
        seq: segment.seq.0,
        len: segment.len,
        control: control(segment),
        tsval: segment.options.timestamps.map(|(tsval, _)| tsval),
    })
}

fn control(segment: &Segment<'_>) -> u16 {
    segment.flags.0 & (Flags::SYN | Flags::FIN | Flags::RST).0
}

fn behind_nat(
    [client, server]: [&Capture; 2],
    [ours, theirs]: [&[Conversation]; 2],
    left: &[usize],
    taken: &mut [bool],
) -> Vec<Pair> {
    let mut known: Map<Print, Vec<(usize, usize)>> = Map::default();
    for (index, conversation) in theirs.iter().enumerate().filter(|(index, _)| taken.get(*index) == Some(&false)) {
        for (side, places) in conversation.sent.iter().enumerate() {
            for print in prints(server, places) {
                let alike = known.entry(print).or_default();
                if alike.len() < MOST_ALIKE {
                    alike.push((index, side));
                }
            }
        }
    }
    let mut pairs = Vec::new();
    for index in left {
        let Some(conversation) = ours.get(*index) else { continue };
        let mut votes: Map<(usize, bool), usize> = Map::default();
        let mut asked = 0;
        for (side, places) in conversation.sent.iter().enumerate() {
            for print in prints(client, places) {
                asked += 1;
                for (other, other_side) in known.get(&print).map(Vec::as_slice).unwrap_or_default() {
                    *votes.entry((*other, side != *other_side)).or_default() += 1;
                }
            }
        }
        let best = votes
            .into_iter()
            .filter(|((other, _), _)| taken.get(*other) == Some(&false))
            .max_by_key(|((other, flipped), votes)| (*votes, std::cmp::Reverse((*other, *flipped))));
        if let Some(((other, flipped), votes)) = best
            && votes >= MUST_AGREE.min(asked)
        {
            if let Some(slot) = taken.get_mut(other) {
                *slot = true;
            }
            pairs.push(Pair { client: *index, server: other, flipped });
        }
    }
    pairs
}
