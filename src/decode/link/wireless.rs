//! IEEE 802.11, bare and behind the headers that capturing cards put before it.

use super::super::rest::Rest;
use super::super::{Layer, Reason};
use crate::source::LinkType;

const DATA: u8 = 2;
const TO_DS: u8 = 0x01;
const FROM_DS: u8 = 0x02;
const MORE_FRAGMENTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;

/// An 802.11 frame; `padded`: the card filled its header up to a whole number of words.
pub(in super::super) fn wireless(padded: bool, rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [control, flags, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    let (version, kind, subtype) = (control & 3, control >> 2 & 3, control >> 4);
    // Only data frames carry packets, and those with bit 4 of the subtype carry none.
    if version != 0 || kind != DATA || subtype & 4 != 0 {
        return Err(Reason::NotIp);
    }
    if flags & PROTECTED != 0 {
        return Err(Reason::Encrypted);
    }
    let quality = subtype & 8 != 0;
    let addresses = if flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS { 30 } else { 24 };
    let mut len = addresses + if quality { 2 } else { 0 };
    // The HT control field.
    len += if quality && flags & ORDER != 0 { 4 } else { 0 };
    if padded {
        len = usize::next_multiple_of(len, 4);
    }
    let header = rest.take(len).ok_or(Reason::TruncatedLink)?;
    let fragment = header.get(22).is_some_and(|sequence| sequence & 0x0f != 0);
    if fragment || flags & MORE_FRAGMENTS != 0 {
        return Err(Reason::LinkFragment);
    }
    // An aggregate of frames (A-MSDU): addresses and length stand before each; the first is taken.
    if quality && header.get(addresses).is_some_and(|control| control & 0x80 != 0) {
        let [.., l0, l1] = *rest.take_array::<14>().ok_or(Reason::TruncatedLink)?;
        rest.limit(u16::from_be_bytes([l0, l1]).into());
    }
    Ok(Layer::Llc)
}

/// Radiotap: version, padding, length, and words of which bits are present; all little-endian.
pub(super) fn radiotap(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, l0, l1, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    let header = rest.take(u16::from_le_bytes([l0, l1]).into()).ok_or(Reason::TruncatedLink)?;
    Ok(Layer::Wireless { padded: radiotap_flags(header).is_some_and(|flags| flags & 0x20 != 0) })
}

/// The octet of flags, which only a timestamp of 8 octets can precede.
fn radiotap_flags(header: &[u8]) -> Option<u8> {
    let (words, _) = header.get(4..)?.as_chunks::<4>();
    // The highest bit says that another word of bits follows.
    let last = words.iter().position(|[.., high]| high & 0x80 == 0)?;
    let [present, ..] = words.first()?;
    let fields = 4 + (last + 1) * 4;
    let at = if present & 1 != 0 { fields.next_multiple_of(8) + 8 } else { fields };
    header.get(at).copied().filter(|_| present & 2 != 0)
}

/// The Prism header says its length in the card's byte order, behind a code; an AVS header may stand in its place.
pub(super) fn prism(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [c0, _, _, c3, l0, l1, l2, l3, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    let len = match (c0, c3) {
        (0x41 | 0x44, 0) => u32::from_le_bytes([l0, l1, l2, l3]),
        _ => u32::from_be_bytes([l0, l1, l2, l3]),
    };
    rest.take(len as usize).ok_or(Reason::TruncatedLink)?;
    Ok(Layer::Wireless { padded: false })
}

/// The AVS header: version and length, big-endian.
pub(super) fn avs(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, _, _, l0, l1, l2, l3, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    rest.take(u32::from_be_bytes([l0, l1, l2, l3]) as usize).ok_or(Reason::TruncatedLink)?;
    Ok(Layer::Wireless { padded: false })
}

/// Per-packet information: version, flags, length, and the link type of what follows; little-endian.
pub(super) fn ppi(rest: &mut Rest<'_>) -> Result<Layer, Reason> {
    let [_, _, l0, l1, d0, d1, _, _, ..] = *rest.bytes else { return Err(Reason::TruncatedLink) };
    rest.take(u16::from_le_bytes([l0, l1]).into()).ok_or(Reason::TruncatedLink)?;
    Ok(Layer::Link(LinkType(u16::from_le_bytes([d0, d1]))))
}
