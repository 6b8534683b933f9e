//! The three packet blocks of pcapng: enhanced, simple, and the obsolete one.

use crate::source::file::Order;

/// A packet within its block's body.
pub(super) struct Packet {
    /// Counted within the section.
    pub(super) interface: u32,
    /// In units of the interface's clock.
    pub(super) ticks: Option<u64>,
    pub(super) wire_len: u32,
    /// Where its octets lie in the body.
    pub(super) at: usize,
    pub(super) len: usize,
    /// How far after `at` options follow, if any do.
    pub(super) options: Option<usize>,
}

/// Interface, time in two halves, captured and original length.
#[inline]
pub(super) fn enhanced(order: Order, body: &[u8]) -> Option<Packet> {
    let (words, _) = body.as_chunks::<4>();
    let [interface, high, low, captured, wire, ..] = words else { return None };
    with_options(order, order.u32(*interface), [high, low, captured, wire], body)
}

/// As the enhanced block, with 16 bits for the interface and 16 for a count of dropped packets.
pub(super) fn obsolete(order: Order, body: &[u8]) -> Option<Packet> {
    let (words, _) = body.as_chunks::<4>();
    let [[i0, i1, _, _], high, low, captured, wire, ..] = words else { return None };
    with_options(order, order.u16([*i0, *i1]).into(), [high, low, captured, wire], body)
}

#[inline]
fn with_options(order: Order, interface: u32, words: [&[u8; 4]; 4], body: &[u8]) -> Option<Packet> {
    const HEADER: usize = 20;
    let [high, low, captured, wire] = words.map(|word| order.u32(*word));
    let len = captured as usize;
    let left = body.len().checked_sub(HEADER)?.checked_sub(len)?;
    let padding = len.next_multiple_of(4) - len;
    Some(Packet {
        interface,
        ticks: Some(u64::from(high) << 32 | u64::from(low)),
        wire_len: wire,
        at: HEADER,
        len,
        options: (left > padding).then_some(len + padding),
    })
}

/// Only the original length: the captured one follows from it and from the snaplen of the section's first interface.
pub(super) fn simple(order: Order, body: &[u8], snaplen: u32) -> Option<Packet> {
    const HEADER: usize = 4;
    let wire_len = order.u32(*body.first_chunk::<4>()?);
    let captured = if snaplen == 0 { wire_len } else { wire_len.min(snaplen) };
    let len = (captured as usize).min(body.len() - HEADER);
    Some(Packet { interface: 0, ticks: None, wire_len, at: HEADER, len, options: None })
}
