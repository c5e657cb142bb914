//! The threads that pictures are worked on: one for each place, for as long as the relay runs.
//!
//! Threads for blocking work come and go, and each that a large picture passes through keeps some of its memory: the
//! networks' buffers, and what the allocator holds for that thread. On these few it stays where the next picture uses it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// The threads. They end once this is dropped and their work is done.
#[derive(Debug)]
pub(super) struct Threads {
    work: Sender<Work>,
}

impl Threads {
    /// Starts so many.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let (work, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..count {
            let waiting = Arc::clone(&waiting);
            thread::Builder::new()
                .name("recognition".to_owned())
                .spawn(move || do_all(&waiting))?;
        }
        Ok(Self { work })
    }

    /// What `work` gives, from one of the threads; an error where it panicked. It is done even if nobody waits for it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (tell, told) = oneshot::channel();
        let work: Work = Box::new(move || {
            // Who gave up waiting is not told.
            drop(tell.send(work()));
        });
        // It cannot be refused: the threads wait for as long as `self` is there.
        drop(self.work.send(work));
        told
    }
}

fn do_all(waiting: &Mutex<Receiver<Work>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // The panic was printed; whoever waits is told by the channel, which it closed.
        drop(catch_unwind(AssertUnwindSafe(work)));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[tokio::test]
    async fn work_is_done_on_so_many_threads_and_no_more() {
        let threads = Threads::start(2).unwrap();
        let started = Arc::new(std::sync::Barrier::new(2));
        let met = |_| {
            let started = Arc::clone(&started);
            threads.run(move || {
                started.wait();
                thread::current().id()
            })
        };
        let mut ids = HashSet::new();
        for id in (0..2).map(met).collect::<Vec<_>>() {
            ids.insert(id.await.unwrap());
        }
        assert_eq!(ids.len(), 2, "they work at the same time");
        for _ in 0..16 {
            ids.insert(threads.run(|| thread::current().id()).await.unwrap());
        }
        assert_eq!(ids.len(), 2);
    }

    #[tokio::test]
    async fn a_thread_outlives_a_panic() {
        let threads = Threads::start(1).unwrap();
        let panics = threads.run(|| panic!("a test of panics"));
        assert!(panics.await.is_err());
        assert_eq!(threads.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_done() {
        let threads = Threads::start(1).unwrap();
        let (tell, told) = oneshot::channel();
        drop(threads.run(move || tell.send(()).is_ok()));
        drop(threads);
        assert!(told.await.is_ok());
    }
}
