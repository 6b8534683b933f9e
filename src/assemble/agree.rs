//! Whether the kernel's states of one socket and the states that were read off the wire are the same, in order.
//!
//! The kernel is asked again and again, so a state shorter than the time between two questions may be missing. LISTEN is
//! another socket's, and no socket is CLOSED: both are "at rest". That a socket was given up by a timer (a FIN-WAIT-2 that
//! nobody holds, a SYN that nobody answers) is not on the wire, and no contradiction.

use crate::tcp::State;

/// The least that any timer of TCP waits before it gives a socket up.
const GIVEN_UP_NS: i64 = 200_000_000;
/// The kernel takes a socket away so late at the most.
const LATE_NS: i64 = 500_000_000;
/// And so late when TIME-WAIT has run out: a timer of a minute ends with the next tick of a wheel that moves every two seconds.
const LATE_2MSL_NS: i64 = 2_500_000_000;

/// A state, and when it began or was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    pub at_ns: i64,
    pub state: State,
    /// A timer that ran out led there.
    pub by_timer: bool,
}

/// The first place where the two part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    pub at_ns: i64,
    pub kernel: State,
    pub inferred: State,
}

/// For how long the kernel went unasked, nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unasked {
    /// At the most, but for the gaps.
    pub usual_ns: i64,
    /// From when to when it went unasked for longer.
    pub gaps: Vec<(i64, i64)>,
}

impl Unasked {
    /// At the most between these two times, or across one of them.
    pub fn around(&self, from_ns: i64, to_ns: i64) -> i64 {
        let touching = self.gaps.iter().filter(|(from, to)| *from <= to_ns && *to >= from_ns);
        touching.map(|(from, to)| to.saturating_sub(*from)).max().unwrap_or_default().max(self.usual_ns)
    }
}

/// The first difference, if there is one. Both lists are by time. `until_ns` is when the kernel was last asked; `unasked` tells
/// how long a state may be that it never spoke of.
pub fn compare(kernel: &[Sight], until_ns: i64, inferred: &[Sight], unasked: &Unasked) -> Option<Difference> {
    let mut place: Option<usize> = None;
    let mut last: Option<Sight> = None;
    for (index, seen) in kernel.iter().enumerate() {
        if is_glimpse(seen, kernel.get(index + 1), inferred, unasked) {
            continue;
        }
        let from = place.unwrap_or(0);
        let found = inferred.iter().skip(from).position(|it| is_same(it.state, seen.state)).map(|steps| from + steps);
        if found.is_none()
            && place.is_some_and(|place| place + 1 == inferred.len())
            && has_fin_behind_data(seen, inferred)
        {
            last = Some(*seen);
            continue;
        }
        let Some(found) = found else {
            let end = inferred.last()?;
            let given_up = is_at_rest(seen.state)
                && place.is_some_and(|place| place + 1 == inferred.len())
                && end.state != State::TimeWait
                && seen.at_ns.saturating_sub(end.at_ns) >= GIVEN_UP_NS;
            let then = inferred.iter().rev().find(|it| it.at_ns <= seen.at_ns).or(inferred.first())?;
            return (!given_up).then_some(Difference { at_ns: seen.at_ns, kernel: seen.state, inferred: then.state });
        };
        // Where the watching begins nobody knows: only what lies between two sights must have been seen.
        if let (Some(place), Some(last)) = (place, last) {
            // The kernel may be ahead of the wire: it is in FIN-WAIT-1 from the call on, though the FIN waits behind data.
            let missed = (place + 1..found).find_map(|index| unseen(inferred, index, seen.at_ns, unasked));
            if let Some(missed) = missed {
                return Some(Difference { at_ns: missed.at_ns, kernel: last.state, inferred: missed.state });
            }
        }
        (place, last) = (Some(found), Some(*seen));
    }
    let (place, last) = (place?, last?);
    let missed = (place + 1..inferred.len()).find_map(|index| unseen(inferred, index, until_ns, unasked))?;
    Some(Difference { at_ns: missed.at_ns, kernel: last.state, inferred: missed.state })
}

/// Whether the kernel is ahead of a wire on which nothing more came: it has been told to close, and its FIN waits behind data that
/// never left (RFC 9293 3.10.4).
fn has_fin_behind_data(seen: &Sight, inferred: &[Sight]) -> bool {
    let end = inferred.last().map(|end| end.state);
    matches!((end, seen.state), (Some(State::Established), State::FinWait1) | (Some(State::CloseWait), State::LastAck))
}

/// Whether the kernel was caught half-way through a FIN that also acknowledged: it takes the acknowledgment first, and for a
/// moment is in FIN-WAIT-2.
fn is_glimpse(seen: &Sight, next: Option<&Sight>, inferred: &[Sight], unasked: &Unasked) -> bool {
    let soon = |from: i64, to: i64| {
        to.saturating_sub(from).abs() <= unasked.around(from.min(to), from.max(to)).saturating_mul(2)
    };
    let mut steps = inferred.iter().zip(inferred.iter().skip(1));
    seen.state == State::FinWait2
        && next.is_some_and(|next| next.state == State::TimeWait && soon(seen.at_ns, next.at_ns))
        && steps.any(|(from, to)| {
            from.state == State::FinWait1 && to.state == State::TimeWait && soon(to.at_ns, seen.at_ns)
        })
}

/// The state at this place, if it lasted so long that the kernel must have been asked meanwhile.
fn unseen(inferred: &[Sight], index: usize, until_ns: i64, unasked: &Unasked) -> Option<Sight> {
    let sight = *inferred.get(index)?;
    let end = inferred.get(index + 1).map_or(until_ns, |next| next.at_ns.min(until_ns));
    let unseen_ns = unasked.around(sight.at_ns, end);
    let most = match sight.state {
        State::Closed if sight.by_timer => unseen_ns.saturating_add(LATE_2MSL_NS),
        state if is_at_rest(state) => unseen_ns.saturating_add(LATE_NS),
        _ => unseen_ns,
    };
    (end.saturating_sub(sight.at_ns) > most).then_some(sight)
}

fn is_at_rest(state: State) -> bool {
    matches!(state, State::Closed | State::Listen)
}

fn is_same(one: State, other: State) -> bool {
    one == other || is_at_rest(one) && is_at_rest(other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use State::{CloseWait, Closed, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent, TimeWait};

    const MS: i64 = 1_000_000;
    const UNASKED: Unasked = Unasked { usual_ns: 3 * MS, gaps: Vec::new() };
    /// What happens so late is 2MSL's doing, milliseconds.
    const EXPIRED: i64 = 60_000;

    fn list(states: &[(i64, State)]) -> Vec<Sight> {
        let sight = |(at, state): &(i64, State)| Sight { at_ns: at * MS, state: *state, by_timer: *at >= EXPIRED };
        states.iter().map(sight).collect()
    }

    fn first_difference(kernel: &[(i64, State)], until: i64, inferred: &[(i64, State)]) -> Option<(i64, State, State)> {
        let found = compare(&list(kernel), until * MS, &list(inferred), &UNASKED);
        found.map(|it| (it.at_ns / MS, it.kernel, it.inferred))
    }

    const CLIENT: [(i64, State); 6] =
        [(-9, Closed), (0, SynSent), (100, Established), (200, FinWait1), (300, FinWait2), (350, TimeWait)];
    const SERVER: [(i64, State); 6] =
        [(-9, Listen), (50, SynReceived), (150, Established), (250, CloseWait), (251, LastAck), (400, Closed)];

    #[test]
    fn whole_lives_agree() {
        let kernel =
            [(2, SynSent), (102, Established), (201, FinWait1), (302, FinWait2), (351, TimeWait), (60_450, Closed)];
        let inferred = [CLIENT.as_slice(), &[(60_350, Closed)]].concat();
        assert_eq!(first_difference(&kernel, 60_450, &inferred), None);
        assert_eq!(first_difference(&kernel[..5], 1_000, &CLIENT), None);
    }

    #[test]
    fn a_short_state_may_be_missing() {
        let kernel = [(52, SynReceived), (151, Established), (252, LastAck), (401, Closed)];
        assert_eq!(first_difference(&kernel, 500, &SERVER), None);
    }

    #[test]
    fn a_fin_may_wait_behind_data() {
        let inferred = [(-9, Listen), (50, SynReceived), (150, Established), (250, FinWait1), (300, TimeWait)];
        let kernel = [(52, SynReceived), (152, FinWait1), (301, TimeWait)];
        assert_eq!(first_difference(&kernel, 500, &inferred), None);
        let later = [(52, SynReceived), (190, FinWait1), (301, TimeWait)];
        assert_eq!(first_difference(&later, 500, &inferred), Some((150, SynReceived, Established)));
    }

    #[test]
    fn a_fin_may_never_leave() {
        let inferred = [(-9, Closed), (0, SynSent), (100, Established)];
        let kernel = [(2, SynSent), (102, Established), (200, FinWait1)];
        assert_eq!(first_difference(&kernel, 5_000, &inferred), None);
        assert_eq!(first_difference(&[kernel.as_slice(), &[(4_000, Closed)]].concat(), 5_000, &inferred), None);
        let answered = [kernel.as_slice(), &[(300, FinWait2)]].concat();
        assert_eq!(first_difference(&answered, 5_000, &inferred), Some((300, FinWait2, Established)));
        let passive = [(-9, Listen), (50, SynReceived), (150, Established), (250, CloseWait)];
        let kernel = [(52, SynReceived), (152, Established), (252, CloseWait), (300, LastAck)];
        assert_eq!(first_difference(&kernel, 5_000, &passive), None);
        assert_eq!(first_difference(&kernel[..3], 5_000, &passive), None);
    }

    #[test]
    fn a_long_state_may_not() {
        let kernel = [(2, SynSent), (102, Established), (302, FinWait2), (351, TimeWait)];
        assert_eq!(first_difference(&kernel, 500, &CLIENT), Some((200, Established, FinWait1)));
    }

    #[test]
    fn a_gap_excuses_only_what_it_touches() {
        let kernel = list(&[(2, SynSent), (102, Established), (302, FinWait2), (351, TimeWait)]);
        let with = |gaps: &[(i64, i64)]| {
            let gaps = gaps.iter().map(|(from, to)| (from * MS, to * MS)).collect();
            compare(&kernel, 500 * MS, &list(&CLIENT), &Unasked { usual_ns: 3 * MS, gaps }).is_some()
        };
        assert!(with(&[]) && with(&[(400, 520)]) && with(&[(0, 150)]) && with(&[(190, 230)]));
        assert!(!with(&[(190, 301)]));
    }

    #[test]
    fn what_the_wire_never_had_is_a_contradiction() {
        let kernel = [(52, SynReceived), (151, Established), (252, FinWait1), (401, Closed)];
        assert_eq!(first_difference(&kernel, 500, &SERVER), Some((252, FinWait1, LastAck)));
        let backwards = [(151, Established), (152, SynReceived)];
        assert_eq!(first_difference(&backwards, 500, &SERVER), Some((152, SynReceived, Established)));
    }

    #[test]
    fn a_kernel_that_stays_behind_is_a_contradiction() {
        let kernel = [(52, SynReceived), (151, Established), (251, CloseWait)];
        assert_eq!(first_difference(&kernel, 900, &SERVER), Some((251, CloseWait, LastAck)));
        assert_eq!(first_difference(&kernel, 252, &SERVER), None, "nobody asked since");
    }

    #[test]
    fn a_socket_may_be_given_up_but_not_in_time_wait() {
        let waits = [(0, SynSent), (100, Established), (200, FinWait1), (300, FinWait2)];
        let inferred = CLIENT.get(..5).unwrap();
        assert_eq!(first_difference(&[waits.as_slice(), &[(5_400, Closed)]].concat(), 6_000, inferred), None);
        let gone = [waits.as_slice(), &[(301, Closed)]].concat();
        assert_eq!(first_difference(&gone, 6_000, inferred), Some((301, Closed, FinWait2)));
        let early = [waits.as_slice(), &[(351, TimeWait), (5_400, Closed)]].concat();
        assert_eq!(first_difference(&early, 6_000, &CLIENT), Some((5_400, Closed, TimeWait)));
    }

    #[test]
    fn the_kernel_may_be_caught_half_way() {
        let inferred = [(0, SynSent), (100, Established), (200, FinWait1), (300, TimeWait)];
        let kernel =
            |time_wait| [(2, SynSent), (102, Established), (201, FinWait1), (300, FinWait2), (time_wait, TimeWait)];
        assert_eq!(first_difference(&kernel(303), 500, &inferred), None);
        assert_eq!(first_difference(&kernel(400), 500, &inferred), Some((300, FinWait2, TimeWait)));
    }

    #[test]
    fn time_wait_may_last_two_seconds_longer() {
        let kernel = [(2, SynSent), (102, Established), (201, FinWait1), (302, FinWait2), (351, TimeWait)];
        let inferred = [CLIENT.as_slice(), &[(60_350, Closed)]].concat();
        assert_eq!(first_difference(&kernel, 62_300, &inferred), None);
        assert_eq!(first_difference(&kernel, 63_300, &inferred), Some((60_350, TimeWait, Closed)));
    }

    #[test]
    fn a_kernel_that_waits_on_after_a_reset_is_a_contradiction() {
        let kernel = [(2, SynSent), (102, Established), (201, FinWait1), (302, FinWait2), (351, TimeWait)];
        let reset = [CLIENT.as_slice(), &[(500, Closed)]].concat();
        assert_eq!(first_difference(&kernel, 900, &reset), None, "it may be late");
        assert_eq!(first_difference(&kernel, 1_100, &reset), Some((500, TimeWait, Closed)));
    }

    #[test]
    fn refused_and_reset_lead_to_rest() {
        assert_eq!(first_difference(&[(1, SynSent), (102, Closed)], 200, &[(0, SynSent), (100, Closed)]), None);
        let server = [(0, Listen), (50, SynReceived), (150, Listen)];
        assert_eq!(first_difference(&[(51, SynReceived), (151, Closed)], 200, &server), None);
        assert_eq!(first_difference(&[], 200, &server), None);
        assert_eq!(first_difference(&[(1, Established)], 200, &[]), None);
    }
}
