//! The options at the end of a pcapng block: code, length, value, padding to four octets.

use crate::source::file::Order;

/// The code of a comment in every block.
pub(super) const COMMENT: u16 = 1;

/// Walks options up to the end mark, the end of the block or the first one that does not fit.
pub(super) struct Walker<'a> {
    order: Order,
    rest: &'a [u8],
    sound: bool,
}

impl<'a> Walker<'a> {
    pub(super) fn new(order: Order, bytes: &'a [u8]) -> Walker<'a> {
        Walker { order, rest: bytes, sound: true }
    }

    /// Whether everything walked over so far fitted.
    pub(super) fn is_sound(&self) -> bool {
        self.sound
    }
}

impl<'a> Iterator for Walker<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let [c0, c1, l0, l1, rest @ ..] = self.rest else {
            // The end mark may be missing where nothing follows.
            self.sound &= self.rest.is_empty();
            self.rest = &[];
            return None;
        };
        let code = self.order.u16([*c0, *c1]);
        let len = usize::from(self.order.u16([*l0, *l1]));
        if code == 0 {
            self.rest = &[];
            return None;
        }
        let Some(value) = rest.get(..len) else {
            self.sound = false;
            self.rest = &[];
            return None;
        };
        self.rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn walks_to_the_first_lie() {
        let bytes = [0, 1, 0, 3, b'a', b'b', b'c', 0, 0, 9, 0, 200, 1, 2];
        let mut walker = Walker::new(Order::Big, &bytes);
        assert_eq!(walker.next(), Some((1, &b"abc"[..])));
        assert!(walker.is_sound());
        assert_eq!(walker.next(), None);
        assert!(!walker.is_sound());
        assert_eq!(walker.next(), None);
    }
}
