//! What one peer sent: its amount, and its numbers counted without wrapping.

use crate::tcp::{SeqNumber, Tcb};

/// What one peer sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flow {
    pub segments: u64,
    /// Payload octets, each once.
    pub bytes: u64,
    pub retransmissions: u64,
    /// TSval of its last segment (RFC 7323).
    pub(super) tsval: Option<u32>,
    /// TTL or hop limit of its last segment that was no RST; 0 where there was none.
    pub(super) ttl: u8,
    /// A right checksum of it was seen, so a wrong one means damage and not offloading.
    pub(super) has_valid_checksums: bool,
    /// The largest payload before the last segment, octets.
    pub largest_before: u32,
    largest: u32,
    /// Where relative numbers count from: the initial number, or one before the first number seen.
    pub base: Option<SeqNumber>,
    /// SND.NXT counted from `base` without wrapping.
    nxt_from_base: i64,
    /// Octets that were passed over in sequence space and never captured.
    pub missing: u64,
}

impl Flow {
    pub(super) fn relative(&self, tcb: &Tcb, seq: SeqNumber) -> Option<i64> {
        match (self.base, tcb.snd.nxt) {
            (Some(_), Some(nxt)) => Some(self.nxt_from_base + i64::from(seq.offset_from(nxt))),
            (Some(base), None) => Some(i64::from(seq.offset_from(base))),
            (None, _) => None,
        }
    }

    /// Counts relative numbers from here; SND.NXT is `nxt`.
    pub(super) fn set_base(&mut self, base: SeqNumber, nxt: SeqNumber) {
        self.base = Some(base);
        self.nxt_from_base = i64::from(nxt.offset_from(base));
    }

    /// Notes the payload of one more segment, octets.
    pub(super) fn note_len(&mut self, len: u32) {
        self.largest_before = self.largest;
        self.largest = self.largest.max(len);
    }

    /// Follows SND.NXT forward by so many octets.
    pub(super) fn advance(&mut self, octets: u32) {
        self.nxt_from_base += i64::from(octets);
    }
}
