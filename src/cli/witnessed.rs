//! What the kernel was seen to say of a socket, as the timeline hears it.

use crate::lab::witness::Seen;
use crate::tcp::{KernelWord, State};

/// The words on one socket, oldest first.
pub(super) fn words(seen: &Seen) -> Vec<KernelWord> {
    let Seen { local, remote, cookie, .. } = *seen;
    let word = |at, state, remaining| KernelWord { local, remote, at, state, remaining, cookie: Some(cookie) };
    let mut all: Vec<KernelWord> = seen.states.iter().map(|(at, state)| word(*at, Some(*state), None)).collect();
    all.extend(seen.time_wait.map(|wait| word(wait.asked, Some(State::TimeWait), Some(wait.remaining))));
    all.extend(seen.gone.map(|gone| word(gone, None, None)));
    all
}
