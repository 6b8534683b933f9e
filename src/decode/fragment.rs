//! Fragments of IPv4 and IPv6 packets, put together again (RFC 791 3.2, RFC 8200 4.5), in bounded memory and time.

use super::Reason;
use super::ip::Network;
use super::rest::Rest;
use super::tunnel::protocol;
use crate::tcp::Timestamp;
use etherparse::{IpNumber, Ipv6RawExtHeaderSlice};
use std::net::IpAddr;

/// Packets that wait for fragments at a time; beyond it the oldest is let go.
const MAX_PACKETS: usize = 256;
/// Octets held for them, all together (Linux: `ipfrag_high_thresh`); beyond it the oldest is let go.
const MAX_OCTETS: usize = 4 << 20;
/// Stretches of one packet that are there with gaps between them; more are no network's work.
const MAX_STRETCHES: usize = 64;
/// How long a packet waits for the rest after its first fragment: 60 s (RFC 8200 4.5).
const PATIENCE_NS: i64 = 60_000_000_000;
/// No packet is longer than this, its fixed header left out of account.
const MAX_PACKET: u32 = 65_535;

/// What an IP header says of the fragment behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) id: u32,
    /// Where it begins, in octets.
    pub(super) offset: u32,
    /// Others follow it.
    pub(super) more: bool,
    /// What the packet holds, as its first fragment says.
    pub(super) protocol: u8,
}

/// A packet that has come together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    /// What it holds.
    pub(super) protocol: u8,
    /// How many frames before this one brought its fragments.
    pub(super) earlier: u64,
}

/// What a fragment led to.
pub(super) enum Joined {
    Whole(Whole),
    /// It was cut, but is the first of its packet: as much of the segment as it holds stands in it.
    First,
}

/// The packets that wait for fragments.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    /// Oldest first.
    packets: Vec<Packet>,
    octets: usize,
    /// The octets of the packet that came together last.
    done: Vec<u8>,
    /// Fragments that said again what others had said, in part.
    overlapping: u64,
}

/// Which packet a fragment is of. IPv6 leaves the protocol to the first fragment, so there it is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    src: IpAddr,
    dst: IpAddr,
    id: u32,
    protocol: u8,
    vlan: u32,
}

#[derive(Debug)]
struct Packet {
    key: Key,
    began: Timestamp,
    frames: u64,
    protocol: u8,
    bytes: Vec<u8>,
    /// Which octets are there: from, to; in order, with gaps between them.
    stretches: Vec<(u32, u32)>,
    /// Known from the last fragment.
    len: Option<u32>,
    /// The fragments so far, at most [`MAX_STRETCHES`]: from, to. Just the same again is a copy.
    pieces: Vec<(u32, u32)>,
    /// Its fragments contradict each other: nothing of it can be believed, nor what still comes of it (RFC 5722).
    spoiled: bool,
}

/// Whether such a packet can hold a segment, perhaps in a tunnel.
fn is_worth_it(number: u8) -> bool {
    match number {
        super::TCP | protocol::UDP | protocol::IPV4 | protocol::IPV6 | protocol::GRE => true,
        protocol::ETHER_IP | protocol::L2TP | protocol::MPLS | protocol::ETHERNET => true,
        number => {
            number == IpNumber::AUTHENTICATION_HEADER.0
                || Ipv6RawExtHeaderSlice::header_type_supported(IpNumber(number))
        }
    }
}

/// As what a fragment counts while its packet is not whole: of UDP, only a tunnel could have held a segment.
pub(super) fn waits_as(number: u8) -> Reason {
    if number == protocol::UDP { Reason::NotTcp } else { Reason::IncompleteFragment }
}

impl Fragments {
    /// Takes in a fragment; while its packet is not whole, a reason to count it under.
    #[cold]
    pub(super) fn join(
        &mut self,
        piece: Piece,
        network: &Option<Network>,
        rest: &mut Rest<'_>,
        now: Timestamp,
    ) -> Result<Joined, Reason> {
        if !is_worth_it(piece.protocol) {
            return Err(Reason::NotTcp);
        }
        match network {
            None => Err(Reason::NotIp),
            Some(network) if rest.missing == 0 && !rest.short => self.add(piece, network, rest, now).map(Joined::Whole),
            // The capture lacks a part of it, so the packet can never be whole.
            Some(_) if piece.offset == 0 => {
                rest.short = true;
                Ok(Joined::First)
            }
            Some(_) => Err(waits_as(piece.protocol)),
        }
    }

    fn add(&mut self, piece: Piece, network: &Network, rest: &Rest<'_>, now: Timestamp) -> Result<Whole, Reason> {
        let end = piece.offset.saturating_add(rest.len());
        // All but the last are multiples of 8 octets long, as offsets are told in those.
        if rest.bytes.is_empty() || end > MAX_PACKET || piece.more && !rest.len().is_multiple_of(8) {
            return Err(Reason::MalformedIp);
        }
        self.forget(now);
        let key = Key {
            src: network.src,
            dst: network.dst,
            id: piece.id,
            protocol: if network.src.is_ipv4() { piece.protocol } else { 0 },
            vlan: rest.vlan,
        };
        let at = match self.packets.iter().position(|packet| packet.key == key) {
            Some(at) => at,
            None => {
                self.packets.push(Packet::new(key, piece.protocol, now));
                self.packets.len() - 1
            }
        };
        let Some(packet) = self.packets.get_mut(at) else { return Err(Reason::IncompleteFragment) };
        let before = packet.bytes.capacity();
        let overlaps = packet.overlaps(piece.offset, end);
        let verdict = packet.add(piece, rest.bytes, end);
        self.overlapping += u64::from(overlaps && verdict.is_ok());
        self.octets = self.octets - before + packet.bytes.capacity();
        match verdict {
            Ok(true) => {
                let packet = self.packets.remove(at);
                self.octets -= packet.bytes.capacity();
                self.done = packet.bytes;
                Ok(Whole { protocol: packet.protocol, earlier: packet.frames - 1 })
            }
            Ok(false) => {
                while self.packets.len() > MAX_PACKETS || self.octets > MAX_OCTETS {
                    self.let_go();
                }
                Err(waits_as(piece.protocol))
            }
            Err(reason) => Err(reason),
        }
    }

    /// Fragments that overlapped others without contradicting them: no host sends such.
    pub(super) fn overlapping(&self) -> u64 {
        self.overlapping
    }

    /// The octets of the packet that came together last.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.done)
    }

    /// Lets go of what has waited too long.
    fn forget(&mut self, now: Timestamp) {
        while self.packets.first().is_some_and(|oldest| now.0.saturating_sub(oldest.began.0) > PATIENCE_NS) {
            self.let_go();
        }
    }

    fn let_go(&mut self) {
        if !self.packets.is_empty() {
            self.octets -= self.packets.remove(0).bytes.capacity();
        }
    }
}

impl Packet {
    fn new(key: Key, protocol: u8, began: Timestamp) -> Packet {
        let (bytes, stretches) = (Vec::new(), Vec::new());
        Packet { key, began, frames: 0, protocol, bytes, stretches, len: None, pieces: Vec::new(), spoiled: false }
    }

    /// Puts octets in their place; `true` when the packet is whole with them.
    fn add(&mut self, piece: Piece, bytes: &[u8], end: u32) -> Result<bool, Reason> {
        self.frames += 1;
        if self.spoiled || self.contradicts(piece, bytes, end) || self.stretches.len() >= MAX_STRETCHES {
            self.spoiled = true;
            (self.bytes, self.stretches) = (Vec::new(), Vec::new());
            return Err(Reason::FragmentOverlap);
        }
        if piece.offset == 0 {
            self.protocol = piece.protocol;
        }
        if !piece.more {
            self.len = Some(end);
        }
        let (from, to) = (piece.offset as usize, end as usize);
        if self.bytes.len() < to {
            self.bytes.resize(to, 0);
        }
        if let Some(place) = self.bytes.get_mut(from..to) {
            place.copy_from_slice(bytes);
        }
        self.cover(piece.offset, end);
        if self.pieces.len() < MAX_STRETCHES {
            self.pieces.push((piece.offset, end));
        }
        Ok(self.len.is_some_and(|len| self.stretches == [(0, len)]))
    }

    /// Whether it holds octets that others held, and is no copy of one of them.
    fn overlaps(&self, from: u32, to: u32) -> bool {
        !self.pieces.contains(&(from, to))
            && self.stretches.iter().any(|(had_from, had_to)| *had_from < to && from < *had_to)
    }

    /// Whether it says another thing of the same octets, or of where the packet ends. Receivers differ in whom they believe,
    /// which is how an attack hides from those who look on (RFC 1858, RFC 5722); a plain copy does no harm.
    fn contradicts(&self, piece: Piece, bytes: &[u8], end: u32) -> bool {
        let reaches = self.stretches.last().map_or(0, |(_, to)| *to);
        let beyond = match self.len {
            Some(len) => end > len || !piece.more && end != len,
            None => !piece.more && end < reaches,
        };
        beyond
            || self.stretches.iter().any(|(from, to)| {
                let (from, to) = ((*from).max(piece.offset), (*to).min(end));
                let had = self.bytes.get(from as usize..to as usize);
                let says =
                    bytes.get(from.saturating_sub(piece.offset) as usize..to.saturating_sub(piece.offset) as usize);
                from < to && had != says
            })
    }

    /// Marks octets as there, and joins what touches.
    fn cover(&mut self, mut from: u32, mut to: u32) {
        self.stretches.retain(|(had_from, had_to)| {
            let touches = *had_from <= to && from <= *had_to;
            if touches {
                (from, to) = (from.min(*had_from), to.max(*had_to));
            }
            !touches
        });
        let at = self.stretches.partition_point(|(had_from, _)| *had_from < from);
        self.stretches.insert(at, (from, to));
    }
}
