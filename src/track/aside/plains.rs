//! Where plain connections are kept: how far each is, and apart from that its segments.

use super::lone::Lone;
use super::packed::{Packed, Place};
use super::plain::{Plain, Taken, options_of};
use crate::tcp::{Flags, Options, Peer, Segment};
use crate::track::facts::SynOptions;
use crate::track::key::Oriented;
use crate::track::prefetch::prefetch;
use crate::track::retire::LOOKED_AT;
use crate::track::table::Handle;

/// Plain connections remembered at once: 24 MiB. When one more comes, one that was not active for long becomes a whole one.
pub const MOST_PLAIN: usize = 32 * 1024;

/// Segments that one can hold beside its SYN: what a request and its answer take. A longer one is judged as a whole.
const MOST_SEGMENTS: usize = 16;

/// Plain connections in their places.
#[derive(Debug, Default)]
pub(in crate::track) struct Plains {
    places: Vec<Plain>,
    logs: Vec<Log>,
    free: Vec<u32>,
    /// Where the search for the least active one goes on.
    hand: usize,
}

/// All segments of one, for the case that it turns out to be unusual.
#[derive(Debug, Clone)]
#[repr(C, align(64))] // So that no record lies across two cache lines.
struct Log {
    segments: [Packed; MOST_SEGMENTS],
    syn: Lone,
    answer: SynOptions,
}

impl Plains {
    #[inline]
    pub(in crate::track) fn get(&self, place: u32) -> Option<&Plain> {
        self.places.get(place as usize)
    }

    /// Fetches what the next segment of one will need.
    #[inline]
    pub(in crate::track) fn prefetch(&self, place: u32) {
        if let Some(plain) = self.places.get(place as usize) {
            prefetch(plain);
            prefetch(&plain.fin);
        }
    }

    /// And, once that is here, where it will be written down.
    #[inline]
    pub(in crate::track) fn prefetch_more(&self, place: u32) {
        if let (Some(plain), Some(log)) = (self.places.get(place as usize), self.logs.get(place as usize))
            && let Some(slot) = log.segments.get(usize::from(plain.count))
        {
            prefetch(slot);
        }
    }

    /// Keeps the connection of a SYN and its answer, if both are ordinary; gives its place.
    pub(in crate::track) fn begin(
        &mut self,
        syn: &Lone,
        hash: u32,
        pair: &Oriented,
        answer: &Segment<'_>,
    ) -> Option<u32> {
        let plain = Plain::begin(syn, hash, pair, answer)?;
        let first = Packed::of(answer, false)?;
        let place = self.free.pop().unwrap_or_else(|| {
            let segments = [Packed::default(); MOST_SEGMENTS];
            self.places.push(Plain::none());
            self.logs.push(Log { syn: *syn, answer: SynOptions::from(&Options::default()), segments });
            (self.places.len() - 1) as u32
        });
        if let (Some(slot), Some(log)) = (self.places.get_mut(place as usize), self.logs.get_mut(place as usize)) {
            *slot = plain;
            (log.syn, log.answer) = (*syn, SynOptions::from(&answer.options));
            log.segments[0] = first;
        }
        Some(place)
    }

    /// The next segment of one, unless it is an unusual one.
    #[inline]
    pub(super) fn take(&mut self, place: u32, segment: &Segment<'_>, is_forward: bool) -> Taken {
        let place = place as usize;
        let (Some(plain), Some(log)) = (self.places.get_mut(place), self.logs.get_mut(place)) else {
            return Taken::Not;
        };
        let (own, count) = (plain.sender(is_forward), plain.count);
        let Some(slot) = log.segments.get_mut(usize::from(count)) else { return Taken::Not };
        let Some(packed) = Packed::of(segment, own == Peer::A) else { return Taken::Not };
        let taken = plain.take(segment, own);
        if taken != Taken::Not {
            *slot = packed;
        }
        taken
    }

    /// Its segments again, in order.
    pub(super) fn segments(&self, place: u32) -> Vec<Segment<'static>> {
        let (Some(plain), Some(log)) = (self.get(place), self.logs.get(place as usize)) else { return Vec::new() };
        let place = Place { addresses: plain.addresses(), vlan: plain.key.vlan() };
        let mut nxt = plain.iss();
        let first = log.syn.segment();
        *Peer::A.of_mut(&mut nxt) = first.end();
        let mut all = vec![first];
        for (at, packed) in log.segments.iter().take(plain.count.into()).enumerate() {
            let seq = if packed.is_from_a() { Peer::A } else { Peer::B }.of_mut(&mut nxt);
            let segment = match at {
                0 => packed.segment(&place, *seq, Flags::SYN, &options_of(&log.answer)),
                _ => packed.segment(&place, *seq, Flags::default(), &Options::default()),
            };
            *seq = segment.end();
            all.push(segment);
        }
        all
    }

    /// Frees a place.
    pub(in crate::track) fn free(&mut self, place: u32) {
        if let Some(plain) = self.places.get_mut(place as usize).filter(|plain| plain.id > 0) {
            plain.id = 0;
            self.free.push(place);
        }
    }

    fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// When there is room for no more: one that was not active for long.
    pub(in crate::track) fn in_excess(&mut self) -> Option<u32> {
        if self.len() < MOST_PLAIN {
            return None;
        }
        let begin = self.hand;
        self.hand = (begin + LOOKED_AT) % self.places.len().max(1);
        let looked_at = (0..LOOKED_AT).map(|step| (begin + step) % self.places.len().max(1));
        let known = looked_at.filter_map(|place| Some((place as u32, self.places.get(place)?)));
        known.filter(|(_, plain)| plain.id > 0).min_by_key(|(_, plain)| plain.last).map(|(place, _)| place)
    }

    /// All of them, in the order of their first segments.
    pub(super) fn by_id(&self) -> Vec<Handle> {
        let handle = |(place, plain): (usize, &Plain)| Handle { id: plain.id.into(), place: place as u32 };
        let mut all: Vec<Handle> = self.places.iter().enumerate().map(handle).filter(|handle| handle.id > 0).collect();
        all.sort_unstable();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_small() {
        assert_eq!((size_of::<Plain>(), size_of::<Log>()), (128, 640));
    }
}
