//! A bounded number of small records, the oldest of which makes room for the next.

/// Records in the order in which they came, in places that wrap round.
#[derive(Debug)]
pub(super) struct Ring<T> {
    records: Vec<Option<T>>,
    most: u32,
    next: u32,
}

impl<T> Ring<T> {
    /// A ring of at most so many records.
    pub(super) fn new(most: u32) -> Ring<T> {
        Ring { records: Vec::new(), most: most.max(1), next: 0 }
    }

    /// The place of the next record, and the record that makes room for it.
    pub(super) fn make_room(&mut self) -> (u32, Option<T>) {
        let place = self.next;
        self.next = (place + 1) % self.most;
        let old = match self.records.get_mut(place as usize) {
            Some(record) => record.take(),
            None => {
                self.records.push(None);
                None
            }
        };
        (place, old)
    }

    /// The place that makes room so many times after this one.
    #[inline]
    pub(super) fn place_after(&self, place: u32, by: u32) -> u32 {
        let after = place.saturating_add(by);
        if after < self.most { after } else { after - self.most }
    }

    pub(super) fn put(&mut self, place: u32, record: T) {
        if let Some(slot) = self.records.get_mut(place as usize) {
            *slot = Some(record);
        }
    }

    #[inline]
    pub(super) fn get(&self, place: u32) -> Option<&T> {
        self.records.get(place as usize)?.as_ref()
    }

    pub(super) fn take(&mut self, place: u32) -> Option<T> {
        self.records.get_mut(place as usize)?.take()
    }

    /// Takes all out, the oldest first.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> + use<T> {
        let mut records = std::mem::take(&mut self.records);
        let oldest = (self.next as usize).min(records.len());
        let turn = if records.len() < self.most as usize { 0 } else { oldest };
        records.rotate_left(turn);
        self.next = 0;
        records.into_iter().flatten()
    }
}
