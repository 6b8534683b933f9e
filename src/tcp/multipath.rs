//! The MPTCP options by which a connection of several paths opens and is joined, and the tokens that name it (RFC 8684; RFC
//! 6824 for version 0).

use super::options::{kind, value_of};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// The option subtypes that are read here.
const CAPABLE: u8 = 0;
const JOIN: u8 = 1;

/// What a segment says of the MPTCP connection that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multipath {
    /// MP_CAPABLE: the first path. The tokens come from the keys that it carries, the sender's and the receiver's.
    Capable { version: u8, sender: Option<u32>, receiver: Option<u32> },
    /// MP_JOIN of a SYN: one more path of the connection that its receiver knows by this token.
    Join { token: u32 },
}

impl Multipath {
    /// Reads the options of a segment that has one of MPTCP. Makes a hash for each key that it finds.
    #[cold]
    pub fn read(options: &[u8], is_syn: bool) -> Option<Multipath> {
        let [first, rest @ ..] = value_of(options, kind::MPTCP)? else { return None };
        let (subtype, version) = (first >> 4, first & 0x0f);
        match (subtype, rest) {
            // RFC 8684 3.1: behind the flags no key, the sender's, or both.
            (CAPABLE, [_flags, keys @ ..]) => {
                let mut keys = keys.as_chunks::<8>().0.iter().map(|key| token(version, key));
                let [sender, receiver] = [(); 2].map(|()| keys.next().flatten());
                Some(Multipath::Capable { version, sender, receiver })
            }
            // RFC 8684 3.2: address id, token, random number; the answers bear no token.
            (JOIN, [_address, a, b, c, d, _, _, _, _]) if is_syn => {
                Some(Multipath::Join { token: u32::from_be_bytes([*a, *b, *c, *d]) })
            }
            _ => None,
        }
    }
}

/// RFC 8684 3.2: the first 32 bits of the key's hash, SHA-1 in version 0 and SHA-256 in version 1.
fn token(version: u8, key: &[u8; 8]) -> Option<u32> {
    let first = match version {
        0 => Sha1::digest(key).first_chunk::<4>().copied(),
        1 => Sha256::digest(key).first_chunk::<4>().copied(),
        _ => None,
    };
    first.map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

    fn capable(version: u8, keys: usize) -> Vec<u8> {
        let mut option = vec![2, 4, 5, 180, 30, 4 + 8 * keys as u8, version, 0x81];
        option.extend(KEY.repeat(keys));
        option
    }

    /// By sha1sum and sha256sum.
    #[test]
    fn tokens_are_the_first_bits_of_the_hash() {
        let (sha_1, sha_256) = (0xdd57_83bc, 0x6684_0dda);
        let read = |version, keys| Multipath::read(&capable(version, keys), true);
        let is = |version, sender, receiver| Some(Multipath::Capable { version, sender, receiver });
        assert_eq!(read(1, 0), is(1, None, None));
        assert_eq!(read(0, 1), is(0, Some(sha_1), None));
        assert_eq!(read(1, 1), is(1, Some(sha_256), None));
        assert_eq!(read(1, 2), is(1, Some(sha_256), Some(sha_256)));
        // What a later version hashes by nobody knows.
        assert_eq!(read(2, 1), is(2, None, None));
    }

    #[test]
    fn only_the_syn_that_joins_bears_a_token() {
        let syn = [30, 12, 0x11, 3, 0xca, 0xfe, 0xba, 0xbe, 9, 9, 9, 9];
        assert_eq!(Multipath::read(&syn, true), Some(Multipath::Join { token: 0xcafe_babe }));
        assert_eq!(Multipath::read(&syn, false), None);
        let answer = [&[30, 16, 0x11, 3][..], &[7; 12]].concat();
        assert_eq!(Multipath::read(&answer, true), None);
        assert_eq!(Multipath::read(&[30, 8, 0x20, 1, 0, 0, 0, 1], false), None);
        assert_eq!(Multipath::read(&[30, 2], true), None);
        assert_eq!(Multipath::read(&[30, 12, 0x11], true), None);
    }
}
