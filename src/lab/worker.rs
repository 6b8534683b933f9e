//! A thread that works until it is told to stop. However its owner ends, it is told, and waited for: none goes on alone.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

pub(super) struct Worker<T> {
    stop: Arc<AtomicBool>,
    /// None once it was waited for.
    thread: Option<JoinHandle<T>>,
}

impl<T: Send + 'static> Worker<T> {
    /// Begins `work`, which looks at `stop` again and again. Several may share one.
    ///
    /// # Errors
    /// There is no room for another thread.
    pub(super) fn begin(
        name: &str,
        stop: Arc<AtomicBool>,
        work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
    ) -> io::Result<Worker<T>> {
        let asked = stop.clone();
        let thread = thread::Builder::new().name(name.into()).spawn(move || work(&asked))?;
        Ok(Worker { stop, thread: Some(thread) })
    }

    /// Ends the work, and gives what came of it.
    ///
    /// # Errors
    /// It panicked: then nothing that it had is to be trusted.
    pub(super) fn end(mut self) -> io::Result<T> {
        let name = self.thread.as_ref().and_then(|thread| thread.thread().name()).unwrap_or_default().to_string();
        self.halt().ok_or_else(|| io::Error::other(format!("the thread '{name}' of the lab came to nothing")))
    }
}

impl<T> Worker<T> {
    fn halt(&mut self) -> Option<T> {
        self.stop.store(true, Ordering::Release);
        self.thread.take()?.join().ok()
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.halt();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    fn until(stop: &AtomicBool) {
        while !stop.load(Ordering::Acquire) {
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn what_it_made_is_given() {
        let work = |stop: &AtomicBool| {
            until(stop);
            7
        };
        assert_eq!(Worker::begin("seven", Arc::default(), work).unwrap().end().unwrap(), 7);
    }

    #[test]
    fn it_is_over_when_its_owner_is() {
        let stays = Arc::new(());
        let held = stays.clone();
        let work = move |stop: &AtomicBool| {
            until(stop);
            drop(held);
        };
        drop(Worker::begin("owned", Arc::default(), work).unwrap());
        assert_eq!(Arc::strong_count(&stays), 1);
    }

    #[test]
    fn a_panic_is_an_error_and_no_empty_record() {
        let worker = Worker::<Vec<u8>>::begin("broken", Arc::default(), |_| panic!("on purpose")).unwrap();
        assert!(worker.end().unwrap_err().to_string().contains("'broken'"));
    }
}
