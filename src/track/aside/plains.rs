//! Where plain connections are kept.

use super::plain::Plain;
use crate::track::retire::LOOKED_AT;
use crate::track::table::Handle;

/// Plain connections remembered at once: 26 MiB. When one more comes, one that was not active for long becomes a whole one.
pub const MOST_PLAIN: usize = 32 * 1024;

/// Plain connections in their places.
#[derive(Debug, Default)]
pub(in crate::track) struct Plains {
    /// A place whose id is 0 is free.
    places: Vec<Plain>,
    free: Vec<u32>,
    /// Where the search for the least active one goes on.
    hand: usize,
}

impl Plains {
    #[inline]
    pub(in crate::track) fn get(&self, place: u32) -> Option<&Plain> {
        self.places.get(place as usize)
    }

    #[inline]
    pub(in crate::track) fn get_mut(&mut self, place: u32) -> Option<&mut Plain> {
        self.places.get_mut(place as usize)
    }

    pub(in crate::track) fn put(&mut self, plain: Plain) -> u32 {
        let place = self.free.pop().unwrap_or(self.places.len() as u32);
        match self.places.get_mut(place as usize) {
            Some(slot) => *slot = plain,
            None => self.places.push(plain),
        }
        place
    }

    pub(in crate::track) fn take(&mut self, place: u32) -> Option<Plain> {
        let plain = self.places.get_mut(place as usize).filter(|plain| plain.id > 0)?;
        let taken = plain.clone();
        plain.id = 0;
        self.free.push(place);
        Some(taken)
    }

    pub(super) fn len(&self) -> usize {
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
        let handle = |(place, plain): (usize, &Plain)| Handle { id: plain.id, place: place as u32 };
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
        let size = size_of::<Plain>();
        assert!(size <= 832, "{size} octets");
    }
}
