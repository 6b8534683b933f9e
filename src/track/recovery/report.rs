//! What loss, order and flow came to, asked of a connection.

use super::ecn::EcnOffer;
use super::rtt::Rtt;
use super::totals::Totals;
use crate::tcp::{Peer, Timestamp};
use crate::track::Connection;

impl Connection {
    /// The totals of what `peer` sent. A window that is still closed counts until the last segment.
    pub fn recovery(&self, peer: Peer) -> Totals {
        let sender = peer.of(&self.senders);
        let Some(more) = &sender.more else {
            let mut rtt = Rtt::default();
            self.shake_ns(peer).into_iter().chain(sender.first_rtt_ns()).for_each(|ns| rtt.sample(ns));
            return Totals { round_trips: rtt.report(), largest_flight: sender.largest_flight, ..Totals::default() };
        };
        let mut totals = more.totals;
        totals.round_trips = more.rtt.report();
        totals.largest_flight = sender.largest_flight;
        totals.unanswered_keep_alives = totals.unanswered_keep_alives.max(more.keep_alives);
        if let Some(since) = more.closed_since {
            let open_ns = self.last.since(since).max(0);
            totals.closed.total_ns = totals.closed.total_ns.saturating_add(open_ns);
            totals.closed.longest_ns = totals.closed.longest_ns.max(open_ns);
        }
        totals
    }

    /// Since when the window into which `peer` sends has been closed.
    pub(in crate::track) fn closed_since(&self, peer: Peer) -> Option<Timestamp> {
        peer.of(&self.senders).more.as_ref().and_then(|more| more.closed_since)
    }

    /// Whether both sides agreed to ECN, and whether to the accurate one.
    pub fn agreed_ecn(&self) -> Option<bool> {
        match self.ecn {
            EcnOffer::Agreed { accurate } => Some(accurate),
            _ => None,
        }
    }
}
