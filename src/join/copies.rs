//! Which copy of a segment arrived as which: equal segments of one direction in both captures, in order. A copy that was lost
//! is the one without a partner.

use super::sighting::{Capture, Sighting};
use crate::tcp::{Flags, Segment, SeqNumber};
use std::collections::HashMap;

/// What is the same at both ends, whatever a NAT or a network card did to the segment.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    seq: u32,
    ack: u32,
    len: u32,
    control: u16,
    wnd: u16,
    timestamps: Option<(u32, u32)>,
    sack: [(SeqNumber, SeqNumber); 4],
}

impl Likeness {
    fn of(segment: &Segment<'_>) -> Likeness {
        let syn = segment.flags.syn();
        Likeness {
            seq: segment.seq.0,
            ack: segment.acknowledges().map_or(0, |ack| ack.0),
            len: segment.len,
            control: segment.flags.0 & (Flags::SYN | Flags::FIN | Flags::RST | Flags::ACK).0,
            // Devices on the way rewrite what a SYN offers.
            wnd: if syn { 0 } else { segment.wnd },
            timestamps: segment.options.timestamps.filter(|_| !syn),
            sack: if syn { Default::default() } else { segment.options.sack },
        }
    }
}

/// Copies of one segment, by their places in the two captures.
#[derive(Debug, Default)]
pub(super) struct Copies {
    pub(super) client: Vec<u32>,
    pub(super) server: Vec<u32>,
}

impl Copies {
    /// The only copy of each side: plainly the same segment.
    pub(super) fn sole(&self) -> Option<(u32, u32)> {
        match (self.client.as_slice(), self.server.as_slice()) {
            ([client], [server]) => Some((*client, *server)),
            _ => None,
        }
    }

    /// Both captures have it, once or more often.
    pub(super) fn in_both(&self) -> bool {
        !self.client.is_empty() && !self.server.is_empty()
    }
}

/// Sorts one direction's segments of both captures into copies of the same.
pub(super) fn of([client, server]: [&Capture; 2], [ours, theirs]: [&[u32]; 2]) -> Vec<Copies> {
    let mut known: HashMap<(Likeness, Option<u64>), usize, foldhash::fast::RandomState> = HashMap::default();
    let mut groups: Vec<Copies> = Vec::new();
    let digests = compares_payload([client, server], [ours, theirs]);
    let mut add = |capture: &Capture, places: &[u32], of: fn(&mut Copies) -> &mut Vec<u32>| {
        for place in places {
            let Some(Sighting { segment, digest, .. }) = capture.sightings.get(*place as usize) else { continue };
            let key = (Likeness::of(segment), digest.filter(|_| digests));
            let index = *known.entry(key).or_insert_with(|| {
                groups.push(Copies::default());
                groups.len() - 1
            });
            if let Some(copies) = groups.get_mut(index) {
                of(copies).push(*place);
            }
        }
    };
    add(client, ours, |copies| &mut copies.client);
    add(server, theirs, |copies| &mut copies.server);
    groups
}

/// Whether both captures kept enough of every payload to compare it.
fn compares_payload([client, server]: [&Capture; 2], [ours, theirs]: [&[u32]; 2]) -> bool {
    let kept = |capture: &Capture, places: &[u32]| {
        places
            .iter()
            .filter_map(|place| capture.sightings.get(*place as usize))
            .all(|sighting| sighting.digest.is_some())
    };
    kept(client, ours) && kept(server, theirs)
}

/// One copy as it left or arrived, in nanoseconds of one clock, and its IP identification.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copy {
    pub(super) place: u32,
    pub(super) at: i64,
    pub(super) ip_id: u16,
}

/// So many pairs of copies are compared; more are tied in order, whatever the rest would say.
const MOST_COMPARED: usize = 1 << 16;

/// How long the way takes in one direction, as far as it is known beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usual {
    pub(super) least_ns: i64,
    pub(super) median_ns: i64,
    pub(super) most_ns: i64,
    /// By how much a time may be off.
    pub(super) slack_ns: i64,
}

/// Ties each arrival to the copy that was sent. `sent` and `arrived` are in order. Without a partner: lost, or doubled on the
/// way.
pub(super) fn tie(sent: &[Copy], arrived: &[Copy], usual: Usual, keeps_ip_id: bool) -> Vec<(u32, u32)> {
    if sent.len().saturating_mul(arrived.len()) > MOST_COMPARED {
        return tie_in_order(sent, arrived, usual);
    }
    let mut free: Vec<Copy> = sent.to_vec();
    let mut left: Vec<Copy> = Vec::new();
    let mut ties = Vec::new();
    for arrival in arrived {
        let mut same = free.iter().enumerate().filter(|(_, copy)| copy.ip_id == arrival.ip_id && copy.ip_id != 0);
        let told_apart = keeps_ip_id && arrived.iter().filter(|other| other.ip_id == arrival.ip_id).count() == 1;
        match (same.next().map(|(index, _)| index), same.next()) {
            (Some(index), None) if told_apart => ties.push((free.remove(index).place, arrival.place)),
            _ => left.push(*arrival),
        }
    }
    // Nothing arrives before it is sent, as far as the clocks tell.
    let could_be = |copy: &Copy, arrival: &Copy| arrival.at.saturating_sub(copy.at) >= -usual.slack_ns;
    if free.len() == left.len() && free.iter().zip(&left).all(|(copy, arrival)| could_be(copy, arrival)) {
        ties.extend(free.iter().zip(&left).map(|(copy, arrival)| (copy.place, arrival.place)));
        return ties;
    }
    for arrival in left {
        let strangeness =
            |copy: &Copy| (arrival.at.saturating_sub(copy.at)).saturating_sub(usual.median_ns).unsigned_abs();
        let best = free
            .iter()
            .enumerate()
            .filter(|(_, copy)| could_be(copy, &arrival))
            .min_by_key(|(_, copy)| strangeness(copy))
            .map(|(index, _)| index);
        if let Some(index) = best {
            ties.push((free.remove(index).place, arrival.place));
        }
    }
    ties
}

/// Ties very many copies in one pass: each arrival to the first that is not too old for it.
fn tie_in_order(sent: &[Copy], arrived: &[Copy], usual: Usual) -> Vec<(u32, u32)> {
    let mut left = sent.iter().peekable();
    let mut ties = Vec::new();
    for arrival in arrived {
        let way = |copy: &Copy| arrival.at.saturating_sub(copy.at);
        while left.next_if(|copy| way(copy) > usual.most_ns.saturating_add(usual.slack_ns)).is_some() {}
        if let Some(copy) = left.next_if(|copy| way(copy) >= -usual.slack_ns) {
            ties.push((copy.place, arrival.place));
        }
    }
    ties
}
