//! Everybody who watches while a performance goes on: the wire, and the kernel of each host, asked again and again.

use super::error::LabError;
use crate::lab::kernel::witness::{Seen, Witness};
use crate::lab::wire::Medium;
use crate::source::clock::now;
use crate::source::journal::MOST_GAPS;
use crate::tcp::{Polling, State, Timestamp};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The kernels are asked so often: states that last longer are seen.
pub(super) const ASK_EVERY: Duration = Duration::from_millis(2);
/// A longer time without a question is noted by itself.
const LONG: Duration = Duration::from_millis(10);
/// Who waits longer for rest is told what for.
const LATE: Duration = Duration::from_secs(2);
/// Who then hears which sockets wait for an answer, each with its own address.
pub(super) type Late<'l> = &'l mut dyn FnMut(&[(SocketAddr, State)]);

/// Nothing comes to the wire for so long, and twice its delay: it is quiet. Longer than the kernel delays an ACK.
const QUIET: Duration = Duration::from_millis(300);

pub(super) struct Watch<'w> {
    medium: &'w Medium,
    /// By host; on a loopback one for both.
    /// Each with the time when it was last asked.
    witnesses: Vec<(Witness, Timestamp)>,
    stop: &'w AtomicBool,
    polling: Polling,
    quiet: Duration,
    /// Frames that had come, and since when no more did.
    came: (u64, Instant),
    /// When the wire was last asked.
    looked: Instant,
    /// When all were.
    watched: Timestamp,
}

/// What watching came to.
pub(super) struct Watched {
    /// Host by host.
    pub(super) seen: Vec<Seen>,
    /// For how long a kernel was not asked.
    pub(super) polling: Polling,
    /// When all were last asked.
    pub(super) until: Timestamp,
}

impl<'w> Watch<'w> {
    /// `delay` is the wire's.
    pub(super) fn begin(
        witnesses: Vec<Witness>,
        medium: &'w Medium,
        delay: Duration,
        stop: &'w AtomicBool,
    ) -> Watch<'w> {
        Watch {
            medium,
            witnesses: witnesses.into_iter().map(|witness| (witness, now())).collect(),
            stop,
            polling: Polling::default(),
            quiet: QUIET + 2 * delay,
            came: (0, Instant::now()),
            looked: Instant::now(),
            watched: now(),
        }
    }

    /// Asks both kernels once, and waits for a moment.
    pub(super) fn look(&mut self) -> Result<(), LabError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(LabError::Stopped);
        }
        let begun = Instant::now();
        for (witness, asked) in &mut self.witnesses {
            let before = std::mem::replace(asked, now());
            witness.look(now).map_err(LabError::Witness)?;
            // A state may have come right after one answer was made up, and gone right before the next was.
            note(&mut self.polling, before, now());
        }
        (self.looked, self.watched) = (Instant::now(), now());
        let (came, under_way) = self.medium.carried();
        if came != self.came.0 || under_way > 0 {
            self.came = (came, Instant::now());
        }
        thread::sleep(ASK_EVERY.saturating_sub(begun.elapsed()));
        Ok(())
    }

    /// Sockets that were seen, by host.
    pub(super) fn seen(&self) -> impl Iterator<Item = &[Seen]> {
        self.witnesses.iter().map(|(witness, _)| witness.seen())
    }

    /// The time until which nothing is on the wire and nothing came to it, after such a while that it was quiet: who began
    /// to wait no later than that has waited for it.
    pub(super) fn quiet_for(&self) -> Option<Instant> {
        let calm = self.looked.saturating_duration_since(self.came.1);
        self.looked.checked_sub(self.quiet).filter(|_| calm >= self.quiet)
    }

    /// Sockets that wait for an answer.
    fn expecting(&self) -> impl Iterator<Item = (SocketAddr, State)> {
        let waiting = self.seen().flatten().filter(|seen| expects(seen));
        waiting.filter_map(|seen| Some((seen.local, seen.state()?)))
    }

    /// Looks on until the wire is quiet and no socket waits for an answer, or until this time. When that takes long, it is
    /// told once which sockets wait.
    pub(super) fn until_rest(&mut self, end: Instant, late: Late<'_>) -> Result<(), LabError> {
        let mut silent = Some(Instant::now() + LATE);
        while Instant::now() < end {
            self.look()?;
            if silent.is_some_and(|until| Instant::now() > until) {
                silent = None;
                late(&self.expecting().collect::<Vec<_>>());
            }
            if self.expecting().next().is_some() {
                self.came.1 = Instant::now();
            }
            if self.quiet_for().is_some() {
                break;
            }
        }
        Ok(())
    }

    /// What came of it.
    pub(super) fn end(self) -> Watched {
        let seen = self.seen().flatten().cloned().collect();
        Watched { seen, polling: self.polling, until: self.watched }
    }
}

/// Notes a time without a question: longer ones by themselves, as many as there is room for, the longest first.
fn note(polling: &mut Polling, from: Timestamp, to: Timestamp) {
    let length =
        |(from, to): &(Timestamp, Timestamp)| Duration::from_nanos(u64::try_from(to.since(*from)).unwrap_or_default());
    let mut usual = length(&(from, to));
    if usual > LONG {
        polling.gaps.push((from, to));
        if polling.gaps.len() <= MOST_GAPS {
            return;
        }
        let shortest = polling.gaps.iter().enumerate().min_by_key(|(_, gap)| length(gap));
        let Some(place) = shortest.map(|(place, _)| place) else { return };
        usual = length(&polling.gaps.remove(place));
    }
    polling.usual = polling.usual.max(usual);
}

/// Whether a socket waits for an answer: to a SYN or FIN by its state, to data or a window's probe by the timer that will send
/// it again. Between two tries the wire is quiet for longer and longer.
fn expects(seen: &Seen) -> bool {
    let asks = |state| {
        matches!(state, State::SynSent | State::SynReceived | State::FinWait1 | State::Closing | State::LastAck)
    };
    seen.state().is_some_and(|state| asks(state) || seen.is_unanswered || seen.is_probing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::Timestamp;
    use std::net::SocketAddr;

    #[test]
    fn long_gaps_are_noted_by_themselves_and_the_shortest_of_too_many_are_usual() {
        let mut polling = Polling::default();
        for ms in [2, 9, 50, 3] {
            note(&mut polling, Timestamp(0), Timestamp(ms * 1_000_000));
        }
        assert_eq!((polling.usual, polling.gaps.len()), (Duration::from_millis(9), 1));
        assert_eq!(polling.longest(), Duration::from_millis(50));
        for at in 0..MOST_GAPS {
            note(&mut polling, Timestamp(0), Timestamp(20_000_000 + i64::try_from(at).unwrap_or_default()));
        }
        assert_eq!((polling.usual, polling.gaps.len()), (Duration::from_millis(20), MOST_GAPS));
    }

    #[test]
    fn a_running_timer_expects_an_answer_in_every_state() {
        let address = SocketAddr::from(([10, 0, 0, 1], 80));
        let seen = |state| {
            let mut seen = Seen::at(address, address);
            seen.states.push((Timestamp(0), state));
            seen
        };
        assert!(expects(&seen(State::FinWait1)));
        for state in [State::Established, State::CloseWait] {
            assert!(!expects(&seen(state)));
            for is_probing in [false, true] {
                let mut seen = seen(state);
                (seen.is_probing, seen.is_unanswered) = (is_probing, !is_probing);
                assert!(expects(&seen));
                seen.gone = Some(Timestamp(1));
                assert!(!expects(&seen), "it is there no more");
            }
        }
    }
}
