//! What loss, order and flow came to in one direction.

use super::finding::Cause;
use super::rtt::RoundTrips;

/// Counts of one direction: what its sender repeated, and what its receiver answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub causes: Causes,
    /// Payload octets that had been sent before.
    pub repeated_octets: u64,
    /// Overtaken on the way.
    pub out_of_order: u32,
    /// Seen once, and late: sent again after a loss before the capture.
    pub lost_upstream: u32,
    /// Duplicate acknowledgments that answer it.
    pub duplicate_acks: u32,
    /// Pure acknowledgments of it that were held back, and the longest wait.
    pub delayed_acks: u32,
    pub longest_delay_ns: i64,
    /// Pure acknowledgments that cover new octets, and those of them that cover two segments or more.
    pub acks: u32,
    pub acks_of_several: u32,
    pub round_trips: Option<RoundTrips>,
    /// Most octets under way at a time.
    pub largest_flight: u32,
    /// Times that it filled its receiver's window.
    pub window_full: u32,
    /// Spells in which its receiver's window was closed.
    pub closed: ClosedWindow,
    pub keep_alives: u32,
    /// The most keep-alives in a row without an answer.
    pub unanswered_keep_alives: u32,
    pub ecn: EcnCounts,
    /// Segments that its receiver had to drop for their old timestamp.
    pub outdated: u32,
}

/// Retransmissions by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Causes {
    pub timeout: u32,
    pub after_timeout: u32,
    /// After duplicate or selective acknowledgments, and the rest of such a recovery.
    pub fast: u32,
    pub tail_loss_probe: u32,
    /// After an ICMP error that said a packet was too big.
    pub path_mtu: u32,
    pub already_acknowledged: u32,
    pub unknown: u32,
    /// Of all of these, how many proved needless.
    pub spurious: u32,
}

/// How long and how often a window was closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClosedWindow {
    pub spells: u32,
    pub total_ns: i64,
    pub longest_ns: i64,
    /// Probes sent meanwhile.
    pub probes: u32,
}

/// Explicit congestion notification in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EcnCounts {
    /// Packets marked as capable of it, or with the mark itself.
    pub capable: u32,
    /// Packets that a router marked (CE).
    pub marked: u32,
    /// Segments that echo a mark (ECE); none where accurate ECN uses the bit otherwise.
    pub echoes: u32,
    /// Segments that tell of a reduced window (CWR).
    pub reduced: u32,
}

impl Causes {
    pub(super) fn count(&mut self, cause: Cause) {
        let slot = match cause {
            Cause::Timeout { .. } => &mut self.timeout,
            Cause::AfterTimeout => &mut self.after_timeout,
            Cause::DuplicateAcks { .. } | Cause::SelectiveAcks | Cause::Recovery => &mut self.fast,
            Cause::TailLossProbe => &mut self.tail_loss_probe,
            Cause::PathMtu => &mut self.path_mtu,
            Cause::AlreadyAcknowledged => &mut self.already_acknowledged,
            Cause::Unknown => &mut self.unknown,
        };
        *slot = slot.saturating_add(1);
    }
}
