//! What is remembered of each stream: much of those that were heard of lately, little of all.

use super::outcome::Left;
use super::stream::Stream;
use super::table::Way;
use crate::tcp::Segment;

/// Streams remembered in full at once, some 300 octets each. When one more comes, one that ended, else one of which nothing was
/// heard for long, shrinks to 48 octets: it keeps its number, its completeness and its first numbers, which tell a new
/// stream on the same ports. Only what is said of a later segment of it may differ from tshark's words.
pub const MOST_FULL: usize = 32 * 1024;

/// Places looked at to find one that may shrink.
const LOOKED_AT: usize = 16;

/// A stream by its number.
#[derive(Debug, Clone, Copy)]
enum Memory {
    /// In full, at this place.
    Full(u32),
    Left(Left),
}

/// A stream in full.
#[derive(Debug)]
struct Full {
    id: u32,
    /// How many segments had come when it was heard of last.
    heard: u64,
    stream: Stream,
}

/// Streams by number.
#[derive(Default)]
pub(super) struct Streams {
    all: Vec<Memory>,
    full: Vec<Full>,
    heard: u64,
    /// Where the search for one that may shrink goes on.
    hand: usize,
}

impl Streams {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Streams that are remembered in full.
    pub(super) fn full(&self) -> usize {
        self.full.len()
    }

    /// Begins a stream and gives its number.
    pub(super) fn open(&mut self) -> u32 {
        let id = self.all.len() as u32;
        let place = self.place(id, Stream::default());
        self.all.push(Memory::Full(place));
        id
    }

    /// The stream, in full from now on.
    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut Stream> {
        let place = match *self.all.get(id as usize)? {
            Memory::Full(place) => place,
            Memory::Left(left) => {
                let place = self.place(id, left.stream());
                *self.all.get_mut(id as usize)? = Memory::Full(place);
                place
            }
        };
        self.heard += 1;
        let full = self.full.get_mut(place as usize)?;
        full.heard = self.heard;
        Some(&mut full.stream)
    }

    /// Whether the segment is a SYN of another connection than this stream.
    pub(super) fn is_reused_by(&self, id: u32, segment: &Segment<'_>, way: Way) -> bool {
        self.left(id).is_some_and(|left| left.is_reused_by(segment, way))
    }

    /// Lets go of what is only good for segments to come.
    pub(super) fn forget(&mut self, id: u32) {
        if let Some(Memory::Full(place)) = self.all.get(id as usize)
            && let Some(full) = self.full.get_mut(*place as usize)
        {
            full.stream.forget();
        }
    }

    /// What every stream was left with, by number.
    pub(super) fn outcome(&self) -> Vec<Left> {
        (0..self.all.len() as u32).filter_map(|id| self.left(id)).collect()
    }

    fn left(&self, id: u32) -> Option<Left> {
        match *self.all.get(id as usize)? {
            Memory::Full(place) => self.full.get(place as usize).map(|full| Left::of(&full.stream)),
            Memory::Left(left) => Some(left),
        }
    }

    /// Keeps a stream in full, where there is room or in the place of another, which shrinks.
    fn place(&mut self, id: u32, stream: Stream) -> u32 {
        let new = Full { id, heard: self.heard, stream };
        if self.full.len() < MOST_FULL {
            self.full.push(new);
            return (self.full.len() - 1) as u32;
        }
        let places = (0..LOOKED_AT).map(|step| (self.hand + step) % MOST_FULL);
        let order = |full: &Full| (!full.stream.has_ended(), full.heard);
        let place = places.min_by_key(|place| self.full.get(*place).map(order)).unwrap_or(0);
        // One place at a time: the places were filled in this order, so the oldest are looked at.
        self.hand = (self.hand + 1) % MOST_FULL;
        if let Some(full) = self.full.get_mut(place) {
            let old = std::mem::replace(full, new);
            if let Some(memory) = self.all.get_mut(old.id as usize) {
                *memory = Memory::Left(Left::of(&old.stream));
            }
        }
        place as u32
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wireshark::Completeness;

    #[test]
    fn few_are_remembered_in_full() {
        let mut streams = Streams::default();
        let all = MOST_FULL as u32 + 5_000;
        for id in 0..all {
            assert_eq!(streams.open(), id);
            // The first is heard of again and again, the others end.
            let ended = if id == 0 { Completeness::SYN } else { Completeness(id as u8 | Completeness::FIN.0) };
            streams.get_mut(id).unwrap().completeness = ended;
            streams.get_mut(0).unwrap();
            assert!(streams.full() <= MOST_FULL);
        }
        assert_eq!(streams.len(), all as usize);
        assert!(matches!(streams.all.first(), Some(Memory::Full(_))));
        let left: Vec<usize> =
            (0..).zip(&streams.all).filter(|(_, memory)| matches!(memory, Memory::Left(_))).map(|(id, _)| id).collect();
        assert_eq!(left.len(), 5_000);
        assert!(left.iter().all(|id| *id < 5_000 + LOOKED_AT), "{:?}", left.last());
        // Whatever shrank is still what it was, and can be heard of again.
        for id in 1..all {
            assert_eq!(streams.get_mut(id).unwrap().completeness, Completeness(id as u8 | Completeness::FIN.0));
            assert!(streams.full() <= MOST_FULL);
        }
        assert_eq!(streams.outcome().len(), all as usize);
        assert!(size_of::<Memory>() <= 48 && size_of::<Full>() <= 320, "{} {}", size_of::<Memory>(), size_of::<Full>());
    }
}
