//! What one capture saw: its TCP segments, so much of their payload as there is room for, and the time that it covers.

use crate::tcp::{Segment, Timestamp};
use std::net::IpAddr;

/// Segments kept of one capture, about 200 octets each; what comes after them is counted and said.
pub const MOST_SIGHTINGS: usize = 4_000_000;

/// Octets of payload kept of one capture, for who reads what the applications said; what comes after them counts as not captured.
const MOST_OCTETS: usize = 64 * 1024 * 1024;

/// Octets of payload that are compared.
const DIGESTED: usize = 32;

/// One side's capture, read.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    pub(super) sightings: Vec<Sighting>,
    /// First and last frame of any kind: between them the capture covers.
    pub(super) covers: Option<(Timestamp, Timestamp)>,
    /// It let packets go, so what it lacks may have been there.
    pub(super) has_gaps: bool,
    /// Hosts that are known to stand on this side.
    pub(super) hosts: Vec<IpAddr>,
    left_out: u64,
    octets: Vec<u8>,
}

/// A segment as one capture has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub(super) segment: Segment<'static>,
    /// Of the first octets of the payload; `None` where too few were captured.
    pub(super) digest: Option<u64>,
    /// Where among the capture's octets its payload begins, and how much of it is there.
    payload: (usize, u32),
}

impl Capture {
    pub fn new() -> Capture {
        Capture::default()
    }

    /// Notes that the capture was running at this time: a frame of any kind.
    pub fn cover(&mut self, time: Timestamp) {
        let (first, last) = self.covers.unwrap_or((time, time));
        self.covers = Some((first.min(time), last.max(time)));
    }

    /// When it began, if it holds any frame.
    pub fn begun(&self) -> Option<Timestamp> {
        self.covers.map(|(first, _)| first)
    }

    /// Notes that a host stands on this side.
    pub fn lives(&mut self, host: IpAddr) {
        self.hosts.push(host);
    }

    /// Takes a segment in.
    pub fn push(&mut self, segment: &Segment<'_>) {
        if self.sightings.len() >= MOST_SIGHTINGS {
            self.left_out += 1;
            return;
        }
        let wanted = DIGESTED.min(segment.len as usize);
        let digest = segment.payload.get(..wanted).map(fnv);
        let payload = segment.payload;
        let place = self.octets.len();
        if place.saturating_add(payload.len()) <= MOST_OCTETS {
            self.octets.extend_from_slice(payload);
        }
        let kept = u32::try_from(self.octets.len() - place).unwrap_or_default();
        self.sightings.push(Sighting { segment: segment.without_payload(), digest, payload: (place, kept) });
    }

    /// The segment at a place, with its payload.
    pub(super) fn segment(&self, place: usize) -> Option<Segment<'_>> {
        let Sighting { segment, payload: (begin, len), .. } = self.sightings.get(place)?;
        let payload = self.octets.get(*begin..*begin + *len as usize).unwrap_or_default();
        Some(Segment { payload, ..*segment })
    }

    /// The capture lost packets: what it does not have may have been there all the same.
    pub fn let_go(&mut self) {
        self.has_gaps = true;
    }

    /// Segments beyond [`MOST_SIGHTINGS`], which were not looked at.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

/// FNV-1a, 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
