//! From the hash of a key to a place: open addressing with linear probing, eight octets an entry. The hash stands beside the
//! place, so that a search touches one cache line here and one where the key is kept.

use super::prefetch::prefetch;

/// An entry without a place.
const EMPTY: u32 = u32::MAX;
/// Entries to begin with; a power of two.
const LEAST: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u32,
    place: u32,
}

/// Places by hash. Memory is at most 64 octets for each key that is in it at once.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Entry>,
    len: usize,
}

impl Default for Index {
    fn default() -> Index {
        Index { entries: vec![Entry { hash: 0, place: EMPTY }; LEAST], len: 0 }
    }
}

impl Index {
    fn mask(&self) -> usize {
        self.entries.len() - 1
    }

    fn at(&self, slot: usize) -> Entry {
        self.entries.get(slot & self.mask()).copied().unwrap_or(Entry { hash: 0, place: EMPTY })
    }

    fn set(&mut self, slot: usize, entry: Entry) {
        let mask = self.mask();
        if let Some(known) = self.entries.get_mut(slot & mask) {
            *known = entry;
        }
    }

    /// The first place with this hash: likely that of the key, which is not asked.
    #[inline]
    pub(super) fn likely(&self, hash: u32) -> Option<u32> {
        self.find(hash, |_| true)
    }

    /// Fetches where a search for this hash begins.
    #[inline]
    pub(super) fn prefetch(&self, hash: u32) {
        if let Some(entry) = self.entries.get(hash as usize & self.mask()) {
            prefetch(entry);
        }
    }

    /// The place with this hash whose key is the same.
    #[inline]
    pub(super) fn find(&self, hash: u32, is_same: impl FnMut(u32) -> bool) -> Option<u32> {
        self.slot_of(hash, is_same).map(|slot| self.at(slot).place)
    }

    #[inline]
    fn slot_of(&self, hash: u32, mut is_wanted: impl FnMut(u32) -> bool) -> Option<usize> {
        let mut slot = hash as usize & self.mask();
        loop {
            let entry = self.at(slot);
            if entry.place == EMPTY {
                return None;
            }
            if entry.hash == hash && is_wanted(entry.place) {
                return Some(slot);
            }
            slot = (slot + 1) & self.mask();
        }
    }

    /// Adds a place whose key is in none.
    pub(super) fn insert(&mut self, hash: u32, place: u32) {
        // Half full is full: a search for what is not there, as for each new connection, ends after two looks or three.
        if (self.len + 1) * 2 > self.entries.len() {
            self.grow();
        }
        self.len += 1;
        self.put(Entry { hash, place });
    }

    fn put(&mut self, entry: Entry) {
        let mut slot = entry.hash as usize & self.mask();
        while self.at(slot).place != EMPTY {
            slot = (slot + 1) & self.mask();
        }
        self.set(slot, entry);
    }

    fn grow(&mut self) {
        let larger = vec![Entry { hash: 0, place: EMPTY }; self.entries.len() * 2];
        for entry in std::mem::replace(&mut self.entries, larger) {
            if entry.place != EMPTY {
                self.put(entry);
            }
        }
    }

    /// What was at one place is at another now.
    pub(super) fn replace(&mut self, hash: u32, old: u32, new: u32) {
        if let Some(slot) = self.slot_of(hash, |place| place == old) {
            self.set(slot, Entry { hash, place: new });
        }
    }

    /// Takes out a place, if it is in; says whether it was.
    pub(super) fn remove(&mut self, hash: u32, place: u32) -> bool {
        let Some(mut hole) = self.slot_of(hash, |known| known == place) else { return false };
        self.len -= 1;
        // What probed past the hole moves up, so that no search ends too early.
        let mut slot = hole;
        loop {
            slot = (slot + 1) & self.mask();
            let entry = self.at(slot);
            if entry.place == EMPTY {
                break;
            }
            let from_home = slot.wrapping_sub(entry.hash as usize) & self.mask();
            let from_hole = slot.wrapping_sub(hole) & self.mask();
            if from_home >= from_hole {
                self.set(hole, entry);
                hole = slot;
            }
        }
        self.set(hole, Entry { hash: 0, place: EMPTY });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Few hashes for many keys, so that they collide and wrap round the end.
    #[test]
    fn it_holds_what_a_map_holds() {
        let mut known: HashMap<u32, u32> = HashMap::new();
        let mut index = Index::default();
        let mut random = 1_u32;
        for round in 0..20_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let place = (random >> 8) % 300;
            let hash = (place % 17).wrapping_sub(8);
            match (known.contains_key(&place), round % 3) {
                (true, 0) => {
                    known.remove(&place);
                    index.remove(hash, place);
                }
                (true, _) => assert_eq!(index.find(hash, |found| found == place), Some(place)),
                (false, _) => {
                    assert_eq!(index.find(hash, |found| found == place), None);
                    known.insert(place, hash);
                    index.insert(hash, place);
                }
            }
        }
        assert_eq!(index.len, known.len());
        for (place, hash) in known {
            assert_eq!(index.find(hash, |found| found == place), Some(place));
        }
    }
}
