//! The TCP checksum (RFC 9293 3.1), and what stands in its field when the sender's network card was to compute it.

use super::TCP;
use super::ip::Network;
use super::rest::Rest;
use crate::tcp::Checksum;
use std::net::IpAddr;

/// Judges the checksum of a whole TCP segment (header and payload) with this checksum field.
///
/// A wrong sum is `Offloaded` when the field holds just the folded sum of the pseudo-header: Linux leaves that
/// (CHECKSUM_PARTIAL) for the card to complete, with the super-segment's whole length in it; Windows leaves the length
/// out of it for large sends. It is `Offloaded` too when the segment never left the machine, where nobody completes it.
#[inline(always)] // Or the addresses pass through memory, octet by octet.
pub(super) fn judge(network: &Network, segment: &Rest<'_>, field: u16) -> Checksum {
    if segment.missing > 0 || segment.short || network.en_route {
        return Checksum::Unchecked;
    }
    let addresses = addresses(network);
    let pseudo = add(addresses, behind_addresses(segment.len()));
    if fold(add(pseudo, sum(segment.bytes))) == 0xffff {
        Checksum::Valid
    } else {
        wrong(network.src, network.dst, addresses, pseudo, field)
    }
}

/// The pseudo-header behind the addresses: the protocol and the length.
fn behind_addresses(len: u32) -> u64 {
    u64::from(u32::from(TCP).to_be()) + u64::from(len.to_be())
}

/// What a wrong sum means.
#[cold]
fn wrong(src: IpAddr, dst: IpAddr, addresses: u64, pseudo: u64, field: u16) -> Checksum {
    let stays_here = src == dst || src.is_loopback() && dst.is_loopback();
    let field = field.to_be();
    if stays_here || field == fold(pseudo) || field == fold(add(addresses, behind_addresses(0))) {
        Checksum::Offloaded
    } else {
        Checksum::Invalid
    }
}

/// The sum of both addresses.
#[inline(always)] // Or the addresses pass through memory, octet by octet.
fn addresses(network: &Network) -> u64 {
    let one = |address: IpAddr| match address {
        IpAddr::V4(address) => u64::from(u32::from_ne_bytes(address.octets())),
        IpAddr::V6(address) => sum(&address.octets()),
    };
    add(one(network.src), one(network.dst))
}

/// The ones' complement sum of the words as they lie in memory; a last one that is not whole is padded with zeros. In the
/// machine's own order it is the same sum with its octets swapped, and longer words give the same as words of 16 bits
/// once they are folded (RFC 1071 2 B, 2 C).
#[inline]
fn sum(bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut total = if blocks.is_empty() { 0 } else { sum_blocks(blocks) };
    let (words, rest) = rest.as_chunks::<8>();
    for word in words {
        total = add(total, u64::from_ne_bytes(*word));
    }
    let (halves, tail) = rest.as_chunks::<4>();
    for half in halves {
        total = add(total, u64::from(u32::from_ne_bytes(*half)));
    }
    match *tail {
        [] => total,
        [a] => add(total, u64::from(u16::from_ne_bytes([a, 0]))),
        [a, b] => add(total, u64::from(u16::from_ne_bytes([a, b]))),
        [a, b, c, ..] => add(total, u64::from(u32::from_ne_bytes([a, b, c, 0]))),
    }
}

/// What is summed at a time.
const BLOCK: usize = 32;

/// In lanes that do not wait for each other. Measured: quicker than what the compiler makes of words of 32 bits.
#[inline(never)] // So that short segments do not pay for its preparations.
fn sum_blocks(blocks: &[[u8; BLOCK]]) -> u64 {
    let [mut a, mut b, mut c, mut d] = [0; BLOCK / 8];
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        if let [w, x, y, z] = words {
            a = add(a, u64::from_ne_bytes(*w));
            b = add(b, u64::from_ne_bytes(*x));
            c = add(c, u64::from_ne_bytes(*y));
            d = add(d, u64::from_ne_bytes(*z));
        }
    }
    add(add(a, b), add(c, d))
}

/// Adds in ones' complement: the carry goes round to the other end.
#[inline(always)]
fn add(sum: u64, word: u64) -> u64 {
    let (sum, carry) = sum.overflowing_add(word);
    sum + u64::from(carry)
}

/// Adds the carries back in until 16 bits are left.
#[inline]
fn fold(sum: u64) -> u16 {
    // Every second one takes in the carry that the one before it may have left.
    let sum = (sum >> 32) + (sum & 0xffff_ffff);
    let sum = (sum >> 32) + (sum & 0xffff_ffff);
    let sum = (sum >> 16) + (sum & 0xffff);
    let sum = (sum >> 16) + (sum & 0xffff);
    sum as u16
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    /// Folded, and in network order.
    fn folded(bytes: &[u8]) -> u16 {
        u16::from_be(fold(sum(bytes)))
    }

    #[test]
    fn the_example_of_rfc_1071() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(folded(&octets), 0xddf2);
    }

    #[test]
    fn all_lengths_agree_with_the_plain_way() {
        let bytes: Vec<u8> = (0..300_u32).map(|i| (i * 37 + 200) as u8).collect();
        for len in 0..bytes.len() {
            let mut plain: u64 = 0;
            for (i, octet) in bytes[..len].iter().enumerate() {
                plain += u64::from(*octet) << if i % 2 == 0 { 8 } else { 0 };
            }
            assert_eq!(folded(&bytes[..len]), fold(plain), "{len}");
        }
    }

    #[test]
    fn carries_are_all_folded_in() {
        for sum in [0, 1, 0xffff, 0x1_0000, 0x1_ffff, 0xffff_ffff, 0x1_ffff_ffff, 0xffff_0000_ffff, u64::MAX] {
            let mut plain = u128::from(sum);
            while plain > 0xffff {
                plain = (plain >> 16) + (plain & 0xffff);
            }
            assert_eq!(u128::from(fold(sum)), plain, "{sum:#x}");
        }
        assert_eq!(folded(&[0xff; 65_535]), folded(&[0xff, 0x00]));
    }
}
