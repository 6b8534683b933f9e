//! Ports that clients hold in TIME-WAIT, by where they lead: what runs out first when connections come too fast.

use super::host::Host;
use super::hosts::{rank, retain_heaviest};
use super::series::{End, Series};
use crate::tcp::EPHEMERAL_PORTS;
use crate::timeline::Route;
use std::collections::HashMap;

/// Ways from client to server that are remembered, about 200 KiB. When one more comes, the lighter half is let go.
const ROUTES: usize = 256;
/// Routes told.
const TOLD: usize = 5;
/// Fewer say nothing of a rate.
const ENOUGH: u64 = 32;
/// A burst that is shorter says nothing of a rate either.
const LONG_ENOUGH_NS: i64 = 100_000_000;

/// Every way from a client to a server on which the client holds ports in TIME-WAIT.
#[derive(Default)]
pub(super) struct Routes {
    known: HashMap<(Host, Host), Way, foldhash::fast::RandomState>,
    /// Ways met so far.
    met: u32,
}

#[derive(Default)]
struct Way {
    held: Series<64>,
    count: u64,
    reused: u64,
    first_ns: i64,
    last_ns: i64,
    /// The how-manieth it was that was met.
    number: u32,
}

/// One TIME-WAIT, in nanoseconds after the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) from_ns: i64,
    pub(super) end: End,
    pub(super) reused: bool,
}

impl Routes {
    pub(super) fn note(&mut self, client: Host, server: Host, held: Held) {
        let key = (client, server);
        if let Some(way) = self.known.get_mut(&key) {
            return way.note(held);
        }
        if self.known.len() >= ROUTES {
            retain_heaviest(&mut self.known, ROUTES / 2, |way| rank(way.count, way.number));
        }
        self.met = self.met.wrapping_add(1);
        let way = Way { first_ns: held.from_ns, number: self.met, ..Way::default() };
        self.known.entry(key).or_insert(way).note(held);
    }

    /// The routes with the highest peaks.
    pub(super) fn finish(self, end_ns: i64, two_msl_ns: i64) -> Vec<Route> {
        let mut routes: Vec<Route> = self
            .known
            .into_iter()
            .map(|((client, server), way)| way.finish(client, server, end_ns, two_msl_ns))
            .collect();
        routes.sort_unstable_by(|one, other| {
            let place = |route: &Route| (route.client, route.server, route.port);
            other.peak.cmp(&one.peak).then(place(one).cmp(&place(other)))
        });
        routes.truncate(TOLD);
        routes
    }
}

impl Way {
    fn note(&mut self, held: Held) {
        self.held.note(held.from_ns, held.end);
        self.count += 1;
        self.reused += u64::from(held.reused);
        self.first_ns = self.first_ns.min(held.from_ns);
        self.last_ns = self.last_ns.max(held.from_ns);
    }

    fn finish(mut self, client: Host, server: Host, end_ns: i64, two_msl_ns: i64) -> Route {
        self.held.reach(end_ns);
        let peak = self.held.peak(end_ns);
        let at_end = self.held.samples(end_ns).last().copied().unwrap_or_default();
        let span = self.last_ns.saturating_sub(self.first_ns);
        let steps = i64::try_from(self.count.saturating_sub(1)).unwrap_or(i64::MAX);
        let can_tell = self.count >= ENOUGH && span >= LONG_ENOUGH_NS;
        let interval_ns = can_tell.then(|| (span / steps.max(1)).max(1));
        // What stopped long ago does not run out.
        let goes_on = end_ns.saturating_sub(self.last_ns) < two_msl_ns;
        // Where ports are reused while they wait, none runs out.
        let goes_on = goes_on && self.reused == 0;
        let exhausted_in_ns = interval_ns
            .filter(|interval| goes_on && two_msl_ns / interval >= i64::from(EPHEMERAL_PORTS))
            .map(|interval| {
                let left = i64::from(EPHEMERAL_PORTS).saturating_sub(i64::try_from(at_end).unwrap_or(i64::MAX));
                left.max(0).saturating_mul(interval)
            });
        Route {
            client: client.ip(),
            server: server.ip(),
            port: server.port().unwrap_or_default(),
            count: self.count,
            peak: peak.count,
            peak_ns: peak.at_ns,
            at_end,
            reused: self.reused,
            interval_ns,
            exhausted_in_ns,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const S: i64 = 1_000_000_000;

    fn route(every_ns: i64, count: i64, two_msl_ns: i64) -> Route {
        let mut routes = Routes::default();
        let end = every_ns * count;
        for n in 0..count {
            let from_ns = n * every_ns;
            let held = Held { from_ns, end: End::Due(from_ns + two_msl_ns), reused: false };
            routes.note(Host::client([10, 0, 0, 1].into()), Host::server("10.0.0.2:80".parse().unwrap()), held);
        }
        *routes.finish(end, two_msl_ns).first().unwrap()
    }

    #[test]
    fn the_end_of_the_ports_is_foreseen() {
        // A thousand a second for ten seconds: 18,232 ports are left, which last 18.2 s more.
        let fast = route(S / 1_000, 10_000, 60 * S);
        assert_eq!((fast.count, fast.peak, fast.at_end, fast.interval_ns), (10_000, 10_000, 10_000, Some(S / 1_000)));
        assert_eq!(fast.exhausted_in_ns, Some(18_232 * (S / 1_000)));
        // 400 a second come to 24,000 at most: that suffices for ever.
        let slow = route(S / 400, 40_000, 60 * S);
        assert_eq!(slow.exhausted_in_ns, None);
        assert!((23_900..=24_500).contains(&slow.peak), "{slow:?}");
    }

    #[test]
    fn reused_ports_do_not_run_out() {
        let mut routes = Routes::default();
        for n in 0..10_000 {
            let from_ns = n * (S / 1_000);
            let held = Held { from_ns, end: End::At(from_ns + S / 1_000), reused: true };
            routes.note(Host::client([10, 0, 0, 1].into()), Host::server("10.0.0.2:80".parse().unwrap()), held);
        }
        let route = *routes.finish(10 * S, 60 * S).first().unwrap();
        assert_eq!((route.reused, route.exhausted_in_ns), (10_000, None));
    }

    #[test]
    fn a_burst_says_nothing_of_a_rate() {
        assert_eq!(route(1, 1_000, 60 * S).interval_ns, None);
        assert_eq!(route(S, 10, 60 * S).interval_ns, None);
    }
}
