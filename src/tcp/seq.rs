//! Sequence numbers: 32 bits that wrap (RFC 9293 3.4).

use std::fmt;

/// A sequence or acknowledgment number. Compared within half the number space (RFC 9293 3.4), so there is no `Ord`:
/// that order is not transitive. No operation panics.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// Octets from `earlier` up to this number, modulo 2^32.
    pub fn since(self, earlier: SeqNumber) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// Signed distance from `other`: negative when this number comes before it.
    pub fn offset_from(self, other: SeqNumber) -> i32 {
        self.0.wrapping_sub(other.0) as i32
    }

    /// Whether this number comes before `other`.
    pub fn lt(self, other: SeqNumber) -> bool {
        self.offset_from(other) < 0
    }

    /// Whether this number is `other` or comes before it.
    pub fn le(self, other: SeqNumber) -> bool {
        self.offset_from(other) <= 0
    }

    /// Whether `first <= self < end`, read along the ring from `first`.
    pub fn between(self, first: SeqNumber, end: SeqNumber) -> bool {
        self.since(first) < end.since(first)
    }

    /// The later of the two.
    pub fn max(self, other: SeqNumber) -> SeqNumber {
        if self.lt(other) { other } else { self }
    }
}

impl std::ops::Add<u32> for SeqNumber {
    type Output = SeqNumber;
    /// The number so many octets further on, modulo 2^32.
    fn add(self, octets: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_add(octets))
    }
}

impl std::ops::Sub<u32> for SeqNumber {
    type Output = SeqNumber;
    /// The number so many octets before, modulo 2^32.
    fn sub(self, octets: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_sub(octets))
    }
}

impl fmt::Debug for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_wraps() {
        let high = SeqNumber(u32::MAX - 1);
        assert!(high.lt(high + 5));
        assert_eq!(high + 5, SeqNumber(3));
        assert_eq!(SeqNumber(3).since(high), 5);
        assert_eq!(high.offset_from(SeqNumber(3)), -5);
        assert!(SeqNumber(1).between(high, SeqNumber(3)));
        assert!(!SeqNumber(3).between(high, SeqNumber(3)));
        assert_eq!(high.max(SeqNumber(3)), SeqNumber(3));
    }
}
