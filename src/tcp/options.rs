//! TCP options by kind and length (RFC 9293 3.1, RFC 7323, RFC 2018 and others): walked to the end, unknown kinds included.

use super::SeqNumber;

/// Option kinds by number (IANA, TCP parameters).
pub mod kind {
    pub const END: u8 = 0;
    pub const NOP: u8 = 1;
    pub const MSS: u8 = 2;
    pub const WINDOW_SCALE: u8 = 3;
    pub const SACK_PERMITTED: u8 = 4;
    pub const SACK: u8 = 5;
    pub const TIMESTAMPS: u8 = 8;
    pub const MD5: u8 = 19;
    pub const USER_TIMEOUT: u8 = 28;
    pub const AO: u8 = 29;
    pub const MPTCP: u8 = 30;
    pub const FAST_OPEN: u8 = 34;
    pub const ACC_ECN_0: u8 = 172;
    pub const ACC_ECN_1: u8 = 174;
    pub const EXPERIMENT_1: u8 = 253;
    pub const EXPERIMENT_2: u8 = 254;
}

/// The options of one segment. Small and without heap, so that a segment can be made for every packet at no cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Maximum segment size in octets.
    pub mss: Option<u16>,
    /// Window scale shift count, as sent; above 14 counts as 14 (RFC 7323 2.3).
    pub wscale: Option<u8>,
    pub sack_permitted: bool,
    /// TSval and TSecr.
    pub timestamps: Option<(u32, u32)>,
    /// The first `sack_len` are the SACK blocks as left and right edge.
    pub sack: [(SeqNumber, SeqNumber); 4],
    pub sack_len: u8,
    /// Fast Open: `Some(0)` asks for a cookie, else the cookie's length in octets.
    pub fast_open: Option<u8>,
    /// The MPTCP subtype (0 MP_CAPABLE, 1 MP_JOIN, …).
    pub mptcp: Option<u8>,
    /// Who has no key cannot have sent it.
    pub signature: Option<Signature>,
    /// Other kinds that were seen, first four; 0 where there are no more.
    pub other: [u8; 4],
    /// A length was 0, 1 or past the end: what follows it is unreadable.
    pub malformed: bool,
}

/// What a segment is signed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// TCP-MD5 (RFC 2385): one key, which nothing names.
    Md5,
    /// TCP-AO (RFC 5925 2.2): the key that it is signed by, and the one that its sender is ready to receive.
    Ao { key_id: u8, next_key_id: u8 },
}

/// What an experimental option begins with when it is Fast Open (RFC 7413 appendix A, RFC 6994).
const FAST_OPEN_EXID: [u8; 2] = [0xf9, 0x89];

impl Options {
    /// Reads the octets between the fixed header and the payload, to the end mark or the end. Unknown kinds are passed over
    /// by their length (RFC 9293 3.1 MUST-6), and so are known ones of a wrong length. What comes twice counts as the last.
    pub fn parse(bytes: &[u8]) -> Options {
        Options::at_most_timestamps(bytes).unwrap_or_else(|| Options::walk(bytes))
    }

    /// The same of what nearly every segment has (RFC 7323 appendix A): nothing, or timestamps as everybody pads them.
    #[inline(always)] // What it gives is made where it stays.
    pub fn at_most_timestamps(bytes: &[u8]) -> Option<Options> {
        match bytes {
            [kind::NOP, kind::NOP, kind::TIMESTAMPS, 10, a, b, c, d, e, f, g, h] => {
                let timestamps = (u32::from_be_bytes([*a, *b, *c, *d]), u32::from_be_bytes([*e, *f, *g, *h]));
                Some(Options { timestamps: Some(timestamps), ..Options::default() })
            }
            [] => Some(Options::default()),
            _ => None,
        }
    }

    /// The same of any octets, one option after the other.
    pub fn walk(bytes: &[u8]) -> Options {
        let mut options = Options::default();
        let mut rest = bytes;
        while let [kind, after @ ..] = rest {
            match *kind {
                kind::END => break,
                kind::NOP => rest = after,
                kind => {
                    // The length counts kind and length too; less or more than there is leaves nothing to walk by.
                    let len = after.first().copied().map_or(0, usize::from);
                    let Some((option, next)) = rest.split_at_checked(len).filter(|_| len >= 2) else {
                        options.malformed = true;
                        break;
                    };
                    options.take(kind, option.get(2..).unwrap_or_default());
                    rest = next;
                }
            }
        }
        options
    }

    fn take(&mut self, kind: u8, value: &[u8]) {
        match (kind, value) {
            (kind::MSS, [a, b]) => self.mss = Some(u16::from_be_bytes([*a, *b])),
            (kind::WINDOW_SCALE, [shift]) => self.wscale = Some(*shift),
            (kind::SACK_PERMITTED, []) => self.sack_permitted = true,
            (kind::SACK, blocks) => self.take_sack(blocks),
            (kind::TIMESTAMPS, [a, b, c, d, e, f, g, h]) => {
                self.timestamps = Some((u32::from_be_bytes([*a, *b, *c, *d]), u32::from_be_bytes([*e, *f, *g, *h])));
            }
            (kind::MD5, _) => self.signature = Some(Signature::Md5),
            (kind::AO, [key_id, next_key_id, ..]) => {
                self.signature = Some(Signature::Ao { key_id: *key_id, next_key_id: *next_key_id });
            }
            (kind::MPTCP, [subtype, ..]) => self.mptcp = Some(subtype >> 4),
            (kind::FAST_OPEN, cookie) => self.fast_open = Some(cookie.len() as u8),
            (kind::EXPERIMENT_1 | kind::EXPERIMENT_2, [a, b, cookie @ ..]) if [*a, *b] == FAST_OPEN_EXID => {
                self.fast_open = Some(cookie.len() as u8);
            }
            _ => {
                if let Some(place) = self.other.iter_mut().find(|place| **place == kind::END) {
                    *place = kind;
                }
            }
        }
    }

    fn take_sack(&mut self, blocks: &[u8]) {
        let (edges, _) = blocks.as_chunks::<8>();
        self.sack_len = 0;
        for (place, [a, b, c, d, e, f, g, h]) in self.sack.iter_mut().zip(edges) {
            let left = SeqNumber(u32::from_be_bytes([*a, *b, *c, *d]));
            *place = (left, SeqNumber(u32::from_be_bytes([*e, *f, *g, *h])));
            self.sack_len += 1;
        }
    }

    /// Whether there is nothing in them that means anything, but for timestamps.
    #[inline]
    pub fn has_no_more_than_timestamps(&self) -> bool {
        let Options { mss, wscale, sack_permitted, .. } = *self;
        self.has_no_more_than_usual() && !sack_permitted && mss.is_none() && wscale.is_none()
    }

    /// Whether there is nothing in them that means anything, but for what is usual in a handshake.
    #[inline]
    pub fn has_no_more_than_usual(&self) -> bool {
        let Options { mss: _, wscale: _, sack_permitted: _, timestamps: _, sack: _, sack_len, .. } = *self;
        let Options { fast_open, mptcp, signature, other: [other, ..], malformed, .. } = *self;
        sack_len == 0
            && !malformed
            && other == kind::END
            && fast_open.is_none()
            && mptcp.is_none()
            && signature.is_none()
    }

    /// The SACK blocks.
    pub fn sack(&self) -> &[(SeqNumber, SeqNumber)] {
        self.sack.get(..usize::from(self.sack_len)).unwrap_or_default()
    }

    /// The kinds that have no field of their own, first four.
    pub fn other(&self) -> &[u8] {
        let len = self.other.iter().position(|kind| *kind == kind::END).unwrap_or(self.other.len());
        self.other.get(..len).unwrap_or_default()
    }
}

/// The value of the first option of this kind, as far as the walk through `bytes` comes.
pub fn value_of(bytes: &[u8], wanted: u8) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        match rest {
            [] | [kind::END, ..] => return None,
            [kind::NOP, after @ ..] => rest = after,
            [kind, len, ..] => {
                let (option, next) = rest.split_at_checked((*len).into()).filter(|_| *len >= 2)?;
                if *kind == wanted {
                    return option.get(2..);
                }
                rest = next;
            }
            [_] => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_syn() {
        let options = Options::parse(&[2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7]);
        let expected = Options {
            mss: Some(1460),
            sack_permitted: true,
            timestamps: Some((9, 0)),
            wscale: Some(7),
            ..Options::default()
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn unknown_kinds_hide_nothing() {
        let options = Options::parse(&[99, 3, 0, 34, 6, 1, 2, 3, 4, 30, 4, 0x10, 0, 19, 2, 28, 4, 0, 1, 2, 4, 2, 0]);
        assert_eq!(options.other(), [99, 28]);
        assert_eq!((options.fast_open, options.mptcp, options.signature), (Some(4), Some(1), Some(Signature::Md5)));
        assert_eq!(options.mss, Some(512));
        assert!(!options.malformed);
    }

    #[test]
    fn fast_open_of_the_experiment() {
        assert_eq!(Options::parse(&[254, 4, 0xf9, 0x89]).fast_open, Some(0));
        assert_eq!(Options::parse(&[253, 8, 0xf9, 0x89, 1, 2, 3, 4]).fast_open, Some(4));
        assert_eq!(Options::parse(&[254, 4, 0xe2, 0xd4]).other(), [254]);
        assert_eq!(Options::parse(&[34, 2]).fast_open, Some(0));
    }

    #[test]
    fn the_two_signatures_are_told_apart() {
        let mut md5 = vec![19, 18];
        md5.extend([7; 16]);
        assert_eq!(Options::parse(&md5).signature, Some(Signature::Md5));
        let mut ao = vec![29, 16, 5, 6];
        ao.extend([7; 12]);
        assert_eq!(Options::parse(&ao).signature, Some(Signature::Ao { key_id: 5, next_key_id: 6 }));
        // Without room for its key ids it is none.
        assert_eq!(Options::parse(&[29, 3, 5, 0]).signature, None);
        assert_eq!(Options::parse(&[29, 3, 5, 0]).other(), [29]);
    }

    /// Every packet pays for it.
    #[test]
    fn they_stay_small() {
        assert_eq!(size_of::<Options>(), 64);
    }

    #[test]
    fn up_to_four_sack_blocks() {
        let mut bytes = vec![1, 1, 5, 34];
        for edge in 1..=8_u32 {
            bytes.extend(edge.to_be_bytes());
        }
        let blocks: Vec<(u32, u32)> = Options::parse(&bytes).sack().iter().map(|(l, r)| (l.0, r.0)).collect();
        assert_eq!(blocks, [(1, 2), (3, 4), (5, 6), (7, 8)]);
    }

    #[test]
    fn lengths_that_lie_end_the_walk() {
        for lie in [&[8, 0][..], &[8, 1, 1], &[8, 10, 0, 0], &[8]] {
            let mut bytes = vec![3, 3, 5];
            bytes.extend(lie);
            let options = Options::parse(&bytes);
            assert!(options.malformed, "{lie:?}");
            assert_eq!((options.wscale, options.timestamps), (Some(5), None));
        }
    }

    #[test]
    fn nothing_counts_after_the_end() {
        let options = Options::parse(&[1, 0, 8, 0, 2, 4, 5, 180]);
        assert_eq!(options, Options::default());
    }

    #[test]
    fn a_wrong_length_is_passed_over() {
        let options = Options::parse(&[2, 3, 9, 3, 3, 1]);
        assert_eq!((options.mss, options.wscale, options.malformed), (None, Some(1), false));
    }
}
