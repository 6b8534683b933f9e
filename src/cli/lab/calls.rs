//! Calls of several programs, said as they return and in the order of their times.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::source::clock::now;
use crate::tcp::Timestamp;

/// What returned earlier is known within this time, also where a thread had to wait for the processor.
const LATE: Duration = Duration::from_millis(60);
/// How often it is looked what can be said.
const GLANCE: Duration = Duration::from_millis(20);

/// Words about calls, each held until no earlier one can come.
#[derive(Default)]
pub(super) struct Calls {
    held: Mutex<Vec<(Timestamp, String)>>,
}

impl Calls {
    /// A call returned then: these lines are to be said of it.
    pub(super) fn hear(&self, returned: Timestamp, lines: String) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push((returned, lines));
    }

    /// Does the work, and says meanwhile what is heard: the last of it when the work is done.
    pub(super) fn say_during<T>(&self, work: impl FnOnce() -> T) -> T {
        let is_over = AtomicBool::new(false);
        let done = thread::scope(|scope| {
            // Without a thread all is said at the end.
            let _ = thread::Builder::new().name("calls".into()).spawn_scoped(scope, || {
                while !is_over.load(Ordering::Relaxed) {
                    thread::sleep(GLANCE);
                    self.say(self.until(now().add_ns(-(LATE.as_nanos() as i64))));
                }
            });
            let done = work();
            is_over.store(true, Ordering::Relaxed);
            done
        });
        self.say(self.until(Timestamp(i64::MAX)));
        done
    }

    /// Those that returned no later, by their times; they are held no more.
    fn until(&self, time: Timestamp) -> Vec<String> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.sort_by_key(|(returned, _)| *returned);
        let later = held.partition_point(|(returned, _)| *returned <= time);
        held.drain(..later).map(|(_, lines)| lines).collect()
    }

    fn say(&self, lines: Vec<String>) {
        let mut err = io::stderr().lock();
        for line in lines {
            let _ = writeln!(err, "{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_said_by_their_times_once_no_earlier_one_can_come() {
        let calls = Calls::default();
        for (time, line) in [(30, "accept"), (10, "socket"), (20, "connect")] {
            calls.hear(Timestamp(time), line.into());
        }
        assert_eq!(calls.until(Timestamp(20)), ["socket", "connect"]);
        calls.hear(Timestamp(25), "send".into());
        assert_eq!(calls.until(Timestamp(i64::MAX)), ["send", "accept"]);
        assert!(calls.until(Timestamp(i64::MAX)).is_empty());
    }
}
