//! What each peer sent, in numbers.

use crate::tcp::Peer;
use crate::timeline::{Acks, Causes, EcnTotals, FlowTotals, Rtt, ZeroWindow};
use crate::track::Connection;

/// The totals of one peer. What it acknowledged stands in the other direction's record.
pub(super) fn totals(connection: &Connection, peer: Peer) -> FlowTotals {
    let flow = peer.of(&connection.flows);
    let own = connection.recovery(peer);
    let answered = connection.recovery(connection.receiver_of(peer));
    let causes = Causes {
        timeout: own.causes.timeout.into(),
        after_timeout: own.causes.after_timeout.into(),
        fast: own.causes.fast.into(),
        tail_loss_probe: own.causes.tail_loss_probe.into(),
        path_mtu: own.causes.path_mtu.into(),
        already_acknowledged: own.causes.already_acknowledged.into(),
        unknown: own.causes.unknown.into(),
        spurious: own.causes.spurious.into(),
    };
    let acks = Acks {
        count: answered.acks.into(),
        of_several: answered.acks_of_several.into(),
        delayed: answered.delayed_acks.into(),
        longest_delay_ns: answered.longest_delay_ns,
    };
    let zero_window = ZeroWindow {
        spells: answered.closed.spells.into(),
        total_ns: answered.closed.total_ns,
        longest_ns: answered.closed.longest_ns,
        probes: answered.closed.probes.into(),
    };
    let ecn = EcnTotals {
        capable: own.ecn.capable.into(),
        marked: own.ecn.marked.into(),
        echoes: own.ecn.echoes.into(),
        reduced: own.ecn.reduced.into(),
    };
    FlowTotals {
        segments: flow.segments,
        bytes: flow.bytes,
        retransmissions: flow.retransmissions,
        missing: flow.missing,
        retransmitted_bytes: own.repeated_octets,
        causes: unless_empty(causes),
        out_of_order: own.out_of_order.into(),
        lost_before_capture: own.lost_upstream.into(),
        duplicate_acks: answered.duplicate_acks.into(),
        rtt: own.round_trips.map(|trips| Rtt {
            samples: trips.samples.into(),
            min_ns: trips.min_ns,
            median_ns: trips.median_ns,
            max_ns: trips.max_ns,
            srtt_ns: trips.srtt_ns,
            rttvar_ns: trips.rttvar_ns,
            rto_ns: trips.rto_ns,
        }),
        largest_flight: own.largest_flight.into(),
        acks: unless_empty(acks),
        window_full: own.window_full.into(),
        zero_window: unless_empty(zero_window),
        keep_alives: own.keep_alives.into(),
        keep_alives_unanswered: own.unanswered_keep_alives.into(),
        outdated: own.outdated.into(),
        ecn: unless_empty(ecn),
    }
}

fn unless_empty<T: Default + PartialEq>(totals: T) -> Option<T> {
    (totals != T::default()).then_some(totals)
}
