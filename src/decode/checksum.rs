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
pub(super) fn judge(network: &Network, segment: &Rest<'_>, field: u16) -> Checksum {
    if segment.missing > 0 || segment.short || network.en_route {
        return Checksum::Unchecked;
    }
    let len = segment.len();
    let addresses = addresses(network);
    let pseudo = addresses + u64::from(TCP) + u64::from(len);
    if fold(pseudo + u64::from(sum(segment.bytes))) == 0xffff {
        return Checksum::Valid;
    }
    let stays_here = network.src == network.dst || network.src.is_loopback() && network.dst.is_loopback();
    if stays_here || field == fold(pseudo) || field == fold(addresses + u64::from(TCP)) {
        Checksum::Offloaded
    } else {
        Checksum::Invalid
    }
}

/// The sum of both addresses as 16-bit words, not folded.
fn addresses(network: &Network) -> u64 {
    let one = |address: IpAddr| match address {
        IpAddr::V4(address) => sum(&address.octets()),
        IpAddr::V6(address) => sum(&address.octets()),
    };
    u64::from(one(network.src)) + u64::from(one(network.dst))
}

/// The ones' complement sum of big-endian 16-bit words, folded; an odd last octet is padded with zero (RFC 1071).
/// Computed in the machine's own order, which gives the same sum with its octets swapped (RFC 1071 2 B).
#[inline]
fn sum(bytes: &[u8]) -> u16 {
    let (words, tail) = bytes.as_chunks::<4>();
    let mut total: u64 = words.iter().map(|word| u64::from(u32::from_ne_bytes(*word))).sum();
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(tail) {
        *to = *from;
    }
    total += u64::from(u32::from_ne_bytes(last));
    u16::from_be(fold(total))
}

/// Adds the carries back in until 16 bits are left.
#[inline]
fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_example_of_rfc_1071() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(sum(&octets), 0xddf2);
    }

    #[test]
    fn all_lengths_agree_with_the_plain_way() {
        let bytes: Vec<u8> = (0..100_u32).map(|i| (i * 37 + 200) as u8).collect();
        for len in 0..bytes.len() {
            let mut plain: u32 = 0;
            for (i, octet) in bytes[..len].iter().enumerate() {
                plain += u32::from(*octet) << if i % 2 == 0 { 8 } else { 0 };
            }
            assert_eq!(sum(&bytes[..len]), fold(plain.into()), "{len}");
        }
    }
}
