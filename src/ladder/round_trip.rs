//! The handshake's round trip, learned from the events as they come, and which pauses count as idle beside it.

use crate::timeline::SegmentEvent;

/// A pause this many round trips long is idle time.
const IDLE_ROUND_TRIPS: i64 = 5;
/// On a fast path a pause must be longer than a scheduler's whim to be worth a row.
const SHORTEST_IDLE_NS: i64 = 10_000_000;
/// Where no round trip is known: half of what most stacks wait before they send a SYN again.
const IDLE_WITHOUT_ROUND_TRIP_NS: i64 = 500_000_000;

/// Learns one round trip: SYN to the acknowledgment of the SYN-ACK.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum RoundTrip {
    #[default]
    Unknown,
    Syn {
        syn_ns: i64,
    },
    SynAck {
        syn_ns: i64,
    },
    Known {
        ns: i64,
    },
    /// Something of the handshake was sent twice: Karn's algorithm forbids the measure.
    Spoiled,
}

impl RoundTrip {
    pub(super) fn learn(&mut self, t_ns: i64, segment: &SegmentEvent) {
        let has = |name: &str| segment.flags.iter().any(|flag| flag == name);
        *self = match (*self, has("SYN"), has("ACK")) {
            (RoundTrip::Unknown, true, false) => RoundTrip::Syn { syn_ns: t_ns },
            (RoundTrip::Syn { syn_ns: first }, true, true) => RoundTrip::SynAck { syn_ns: first },
            (RoundTrip::Syn { .. } | RoundTrip::SynAck { .. }, true, _) => RoundTrip::Spoiled,
            (RoundTrip::SynAck { syn_ns: first }, false, true) => RoundTrip::Known { ns: t_ns.saturating_sub(first) },
            (same, ..) => same,
        };
    }

    /// Whether a pause of this length is cut and labelled.
    pub(super) fn is_idle(&self, pause_ns: i64) -> bool {
        pause_ns
            > match self {
                RoundTrip::Known { ns } => ns.saturating_mul(IDLE_ROUND_TRIPS).max(SHORTEST_IDLE_NS),
                _ => IDLE_WITHOUT_ROUND_TRIP_NS,
            }
    }
}
