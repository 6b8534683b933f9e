//! What the kernel was seen to say of a socket, as the timeline hears it.

use crate::assemble::KernelWord;
use crate::lab::witness::Seen;
use crate::tcp::State;

/// The words on one socket, oldest first.
pub(super) fn words(seen: &Seen) -> Vec<KernelWord> {
    let word = |at, state, remaining| KernelWord { local: seen.local, remote: seen.remote, at, state, remaining };
    let mut all: Vec<KernelWord> = seen
        .states
        .iter()
        .filter(|(_, state)| *state != State::TimeWait)
        .map(|(at, state)| word(*at, Some(*state), None))
        .collect();
    all.extend(seen.time_wait.map(|wait| word(wait.asked, Some(State::TimeWait), Some(wait.remaining))));
    all.extend(seen.gone.map(|gone| word(gone, None, None)));
    all
}
