//! What the kernel was seen to say of a socket, as the timeline hears it.

use crate::assemble::KernelWord;
use crate::lab::witness::Seen;
use crate::tcp::State;

/// The words on one socket, oldest first.
pub(super) fn words(seen: &Seen, process: Option<String>) -> Vec<KernelWord> {
    let word = |at, state, remaining| KernelWord {
        local: seen.local,
        remote: seen.remote,
        at,
        state,
        remaining,
        process: process.clone(),
    };
    let mut all = Vec::new();
    if let Some(wait) = seen.time_wait {
        all.push(word(wait.asked, Some(State::TimeWait), Some(wait.remaining)));
    } else if let Some((at, state)) = seen.states.last() {
        all.push(word(*at, Some(*state), None));
    }
    all.extend(seen.gone.map(|gone| word(gone, None, None)));
    all
}
