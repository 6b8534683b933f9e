//! Packets that come twice, by the capture or by the network: from a mirror port that copies both directions, from capturing on `any` or on two
//! interfaces, before and after a router. They are no retransmissions, and are told apart before anything else is judged.

use super::connection::Connection;
use super::prefetch::prefetch;
use crate::tcp::{Flags, Peer, Segment, Timestamp};

/// Packets remembered, over all connections: 160 KiB, whatever arrives. Which these are depends on nothing but their order.
const REMEMBERED: u32 = 4096;
/// Where the search for one begins: places by the lowest bits of its print.
const HEADS: usize = 8192;
/// A copy comes within this time, where its IP identification or another place of capture shows that it is one.
const SOON_NS: i64 = 50_000_000;
/// Where nothing but its sameness does, it comes sooner than this, and sooner than a quarter of a round trip.
const AT_ONCE_NS: i64 = 1_000_000;
/// Doubled segments that must have been seen before a bare acknowledgment without an identification counts as a copy: true
/// duplicate acknowledgments look just the same.
const PATTERN: u8 = 2;
/// With so many segments in a row that came once the pattern has ended.
const PATTERN_ENDS: u8 = 16;

/// The packets seen last, over all connections.
#[derive(Debug)]
pub(super) struct Recent {
    /// The how-manieth packet was the last with such a print, counted from 1.
    heads: Vec<u32>,
    /// By number, which wraps round.
    packets: Vec<Entry>,
    count: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    print: u64,
    time: Timestamp,
    interface: u32,
    vlan: u32,
    /// The packet before it whose search begins at the same head.
    before: u32,
    ttl: u8,
}

/// The packet that another one equals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Twin {
    /// After it, nanoseconds.
    after_ns: i64,
    /// It was captured at another place: on another interface, in another VLAN, or with another time to live.
    elsewhere: bool,
}

/// What a connection shows of copies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Copies {
    /// Packets left out.
    pub(super) count: u32,
    /// Those of them that the receiver reports as received twice.
    by_network: u32,
    /// They have been told of.
    pub(super) told: bool,
    /// Segments with SYN, FIN or data that came twice, and those in a row that did not.
    doubled: u8,
    single: u8,
    /// By peer: the identification of its last packet, and whether it changes from packet to packet.
    last_id: [u16; 2],
    ids_vary: [bool; 2],
}

impl Recent {
    pub(super) fn new() -> Recent {
        Recent { heads: vec![0; HEADS], packets: vec![Entry::default(); REMEMBERED as usize], count: 0 }
    }

    /// Fetches where the search for this print begins.
    #[inline]
    pub(super) fn prefetch(&self, print: u64) {
        if let Some(head) = self.heads.get(print as usize % HEADS) {
            prefetch(head);
        }
    }

    /// Then the packet that stands there.
    #[inline]
    pub(super) fn prefetch_more(&self, print: u64) {
        if let Some(head) = self.heads.get(print as usize % HEADS)
            && let Some(packet) = self.packets.get((head % REMEMBERED) as usize)
        {
            prefetch(packet);
        }
    }

    /// The packet that this one, of this [`print`], equals, if one came shortly before; else this one is remembered.
    #[inline]
    pub(super) fn look(&mut self, segment: &Segment<'_>, print: u64) -> Option<Twin> {
        let head = self.heads.get_mut(print as usize % HEADS)?;
        let mut number = *head;
        // As long as they are remembered; and of numbers that wrapped round none is.
        while number > 0 && self.count.wrapping_sub(number) < REMEMBERED {
            let known = self.packets.get((number % REMEMBERED) as usize)?;
            if known.print == print {
                let after_ns = segment.time.since(known.time);
                if !(0..SOON_NS).contains(&after_ns) {
                    break;
                }
                let elsewhere =
                    (known.interface, known.vlan, known.ttl) != (segment.interface, segment.vlan, segment.ttl);
                return Some(Twin { after_ns, elsewhere });
            }
            // (Older ones have smaller numbers, so this ends.)
            number = if known.before < number { known.before } else { 0 };
        }
        self.count = self.count.checked_add(1).unwrap_or(1);
        let before = std::mem::replace(head, self.count);
        let Segment { time, interface, vlan, ttl, .. } = *segment;
        if let Some(place) = self.packets.get_mut((self.count % REMEMBERED) as usize) {
            *place = Entry { print, time, interface, vlan, before, ttl };
        }
        None
    }
}

impl Connection {
    /// Whether a packet that equals another one is a copy of it, made by the capture.
    pub(super) fn is_copy(&self, segment: &Segment<'_>, twin: &Twin) -> bool {
        let peer = self.peer_at(segment.src);
        let copies = &self.copies;
        if segment.ip_id != 0 && *peer.of(&copies.ids_vary) {
            // Two packets of one sender do not bear the same identification so soon (RFC 6864 4).
            return true;
        }
        if segment.flags.syn() && (segment.ip_id != 0 || segment.options.timestamps.is_some()) {
            // No timer repeats a SYN so soon, and where it did, its timestamp or identification would have gone on.
            return true;
        }
        let round_trip = self.shake_ns(peer).zip(self.shake_ns(!peer)).map(|(there, back)| there.saturating_add(back));
        let is_at_once = twin.after_ns < AT_ONCE_NS && round_trip.is_none_or(|ns| twin.after_ns < ns / 4);
        if !twin.elsewhere && !is_at_once {
            return false;
        }
        match has_weight(segment) {
            // Nobody repeats a SYN, or anything before an answer could have come.
            true => segment.flags.syn() || twin.elsewhere || round_trip.is_some() || copies.doubled > 0,
            false => copies.doubled >= PATTERN && copies.single < PATTERN_ENDS,
        }
    }

    /// Counts a copy.
    pub(super) fn note_copy(&mut self, segment: &Segment<'_>) {
        let copies = &mut self.copies;
        copies.count = copies.count.saturating_add(1);
        if has_weight(segment) {
            copies.doubled = copies.doubled.saturating_add(1);
            copies.single = 0;
        }
    }

    /// Notes a packet that is no copy.
    #[inline]
    pub(super) fn note_original(&mut self, peer: Peer, segment: &Segment<'_>) {
        let copies = &mut self.copies;
        copies.single = copies.single.saturating_add(u8::from(has_weight(segment)));
        let last = std::mem::replace(peer.of_mut(&mut copies.last_id), segment.ip_id);
        *peer.of_mut(&mut copies.ids_vary) |= last != 0 && last != segment.ip_id;
    }

    /// Packets of it that were seen twice; they are in no other count. The capture made the copies, or the network did.
    pub fn captured_twice(&self) -> u32 {
        self.copies.count
    }

    /// Those of [`Connection::captured_twice`] that the network doubled, as their receiver reports (RFC 2883).
    pub fn doubled_by_network(&self) -> u32 {
        self.copies.by_network.min(self.copies.count)
    }

    /// The receiver reports a copy as received.
    pub(super) fn note_doubled(&mut self) {
        self.copies.by_network = self.copies.by_network.saturating_add(1);
    }

    /// The copies so far, to be told once.
    pub(super) fn copies_to_tell(&mut self) -> u32 {
        let copies = &mut self.copies;
        if copies.count == 0 || std::mem::replace(&mut copies.told, true) { 0 } else { copies.count }
    }
}

/// Data, SYN or FIN: what is not sent twice at once.
fn has_weight(segment: &Segment<'_>) -> bool {
    segment.len > 0 || segment.flags.any(Flags::SYN | Flags::FIN)
}

/// What two copies of a packet have in common: its addresses and ports, of which `ends` is a hash for each direction, its
/// header, the ends of its payload (which need not be in the segment any more).
#[inline]
pub(super) fn print(segment: &Segment<'_>, payload: &[u8], ends: u64) -> u64 {
    const KEYS: [u64; 4] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x27d4_eb2f_1656_67c5];
    let [k0, k1, k2, k3] = KEYS;
    let wide = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    let numbers = wide(segment.seq.0, segment.ack.0);
    let control = wide(
        u32::from(segment.flags.0) << 16 | u32::from(segment.wnd),
        u32::from(segment.ip_id) << 16 | u32::from(segment.urgent),
    );
    let stamps = segment.options.timestamps.map_or(0, |(tsval, tsecr)| wide(tsval, tsecr));
    let mut sum = fold(numbers ^ ends, control ^ k1) ^ fold(stamps ^ k2, u64::from(segment.len) ^ k3);
    if let (Some(head), Some(tail)) = (payload.first_chunk::<8>(), payload.last_chunk::<8>()) {
        sum ^= fold(u64::from_le_bytes(*head) ^ k1, u64::from_le_bytes(*tail) ^ k2);
    }
    for (left, right) in segment.options.sack() {
        sum = fold(sum ^ k2, wide(left.0, right.0) ^ k0);
    }
    sum
}

fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product >> 64) as u64 ^ product as u64
}
