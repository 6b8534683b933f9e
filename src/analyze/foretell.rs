//! What the tracker must know of the kernel's word before the segments: TIME-WAITs that outlast a RST.

use super::both::Heard;
use crate::assemble::BUSY_NS;
use crate::tcp::{KernelWord, State, Timestamp};
use crate::track::Tracker;
use std::collections::HashMap;
use std::net::SocketAddr;

/// A socket by its ends and the kernel's cookie.
type Socket = (SocketAddr, SocketAddr, Option<u64>);

/// Tells the tracker from when to when each socket was surely in TIME-WAIT. Where nobody knows for how long the kernel went
/// unasked, nothing is sure.
pub(super) fn waits(heard: &[Heard], tracker: &mut Tracker) {
    let polling = heard.iter().find_map(|heard| match heard {
        Heard::Polling(polling) => i64::try_from(polling.longest().as_nanos()).ok(),
        _ => None,
    });
    // An answer may be as old as the question, and a busy kernel late to take a segment up.
    let Some(unsure_ns) = polling.map(|unseen_ns| unseen_ns.saturating_add(BUSY_NS)) else { return };
    let mut spans: HashMap<Socket, (Timestamp, Timestamp)> = HashMap::new();
    for heard in heard {
        let Heard::Kernel(KernelWord { local, remote, at, state: Some(State::TimeWait), cookie, .. }) = heard else {
            continue;
        };
        let (from, to) = spans.entry((*local, *remote, *cookie)).or_insert((*at, *at));
        (*from, *to) = ((*from).min(*at), (*to).max(*at));
    }
    for ((local, remote, _), (from, to)) in spans {
        tracker.tell_wait(local, remote, from.add_ns(-unsure_ns), to.add_ns(-unsure_ns));
    }
}
