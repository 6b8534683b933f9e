//! Where plain connections are kept: how far each is, and apart from that how it began and its segments.

use super::journal::Journal;
use super::lone::Lone;
use super::packed::{Packed, Place};
use super::plain::{Plain, Taken, options_of};
use crate::tcp::{Flags, Options, Peer, Segment};
use crate::track::facts::SynOptions;
use crate::track::key::Oriented;
use crate::track::prefetch::prefetch;
use crate::track::retire::LOOKED_AT;
use crate::track::table::Handle;

/// Plain connections remembered at once: 8 MiB. When one more comes, one that was not active for long becomes a whole one.
pub const MOST_PLAIN: usize = 32 * 1024;

/// Segments that one can hold beside its SYN: what a request and its answer take. A longer one is judged as a whole.
const MOST_SEGMENTS: u8 = 16;

/// Plain connections in their places.
#[derive(Debug, Default)]
pub(in crate::track) struct Plains {
    places: Vec<Plain>,
    beginnings: Vec<Beginning>,
    /// All segments of each, for the case that it turns out to be unusual.
    journal: Journal,
    free: Vec<u32>,
    /// Where the search for the least active one goes on.
    hand: usize,
}

/// What the first two segments of one told.
#[derive(Debug, Clone)]
#[repr(C, align(64))] // So that none lies across three cache lines.
struct Beginning {
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

    /// Keeps the connection of a SYN and its answer, if both are ordinary; gives its place.
    pub(in crate::track) fn begin(
        &mut self,
        syn: &Lone,
        hash: u32,
        pair: &Oriented,
        answer: &Segment<'_>,
    ) -> Option<u32> {
        let first = Packed::of(answer, false)?;
        let mut plain = Plain::begin(syn, hash, pair, answer)?;
        plain.written = self.journal.write(first, 0);
        plain.first_written = plain.written;
        let beginning = Beginning { syn: *syn, answer: SynOptions::from(&answer.options) };
        let Some(place) = self.free.pop() else {
            self.places.push(plain);
            self.beginnings.push(beginning);
            return Some((self.places.len() - 1) as u32);
        };
        if let (Some(slot), Some(old)) = (self.places.get_mut(place as usize), self.beginnings.get_mut(place as usize))
        {
            (*slot, *old) = (plain, beginning);
        }
        Some(place)
    }

    /// The next segment of one, unless it is an unusual one.
    #[inline]
    pub(super) fn take(&mut self, place: u32, segment: &Segment<'_>, is_forward: bool) -> Taken {
        let Some(plain) = self.places.get_mut(place as usize) else { return Taken::Not };
        if plain.count == MOST_SEGMENTS {
            return Taken::Not;
        }
        let own = plain.sender(is_forward);
        let Some(packed) = Packed::of(segment, own == Peer::A) else { return Taken::Not };
        let beginnings = &self.beginnings;
        let began = || beginnings.get(place as usize).map(|beginning| beginning.syn.time());
        let taken = plain.take(segment, own, began);
        if taken != Taken::Not {
            plain.written = self.journal.write(packed, plain.written);
        }
        taken
    }

    /// Its segments again, in order.
    pub(super) fn segments(&self, place: u32) -> Vec<Segment<'static>> {
        let (Some(plain), Some(beginning)) = (self.get(place), self.beginnings.get(place as usize)) else {
            return Vec::new();
        };
        let place = Place { addresses: plain.addresses(), vlan: plain.key.vlan() };
        let mut nxt = plain.iss();
        let first = beginning.syn.segment();
        *Peer::A.of_mut(&mut nxt) = first.end();
        let mut all = vec![first];
        for (at, packed) in self.journal.read(plain.written, plain.count.into()).iter().enumerate() {
            let seq = if packed.is_from_a() { Peer::A } else { Peer::B }.of_mut(&mut nxt);
            let segment = match at {
                0 => packed.segment(&place, *seq, Flags::SYN, &options_of(&beginning.answer)),
                _ => packed.segment(&place, *seq, Flags::default(), &Options::default()),
            };
            *seq = segment.end();
            all.push(segment);
        }
        all
    }

    /// Whether it is time to ask for [`Plains::outlived`]. To be asked after every segment.
    #[inline]
    pub(super) fn ends_round(&mut self) -> bool {
        self.journal.ends_round()
    }

    /// Places of those whose first segments will not be remembered much longer.
    pub(super) fn outlived(&self) -> Vec<u32> {
        let goes = |plain: &Plain| plain.id > 0 && self.journal.goes_soon(plain.first_written);
        let going = self.places.iter().enumerate().filter(|(_, plain)| goes(plain));
        going.map(|(place, _)| place as u32).collect()
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
        assert_eq!((size_of::<Plain>(), size_of::<Beginning>()), (128, 128));
    }
}
