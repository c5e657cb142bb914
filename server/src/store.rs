//! The relay's durable store: one SQLite file, one writer thread with group commit, a few readers.
//!
//! A write is answered only after the commit that holds it is on disk (`synchronous=FULL`). Reads run beside it on
//! connections that cannot write, each on one unchanging state of the file.
//!
//! Other processes may write to the same file (the command line does); a running store notices within about a
//! second, see [`Store::foreign_writes`].

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot, watch};
use tracing::instrument;

use crate::config::limits::{self, Limits};
use crate::traces::SPANS;
use writer::{Request, TypedWrite};

mod backup;
mod error;
mod files;
mod schema;
mod writer;

pub use backup::{back_up, restore};
pub use error::StoreError;
pub use files::RelayLock;

/// A handle on the store; clones share it. The last one to go waits for the writes under way.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    file: PathBuf,
    /// `None` only while it is dropped.
    requests: Option<mpsc::Sender<Request>>,
    writer: Option<thread::JoinHandle<()>>,
    queue: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    idle_readers: Arc<Mutex<Vec<Connection>>>,
    foreign: watch::Receiver<u64>,
}

impl Store {
    /// Opens the store in `dir`, and makes both where they are missing.
    ///
    /// # Errors
    /// [`StoreError`], naming the file; a damaged file is never replaced by an empty one.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_within(dir, &Limits::default().store)
    }

    /// [`Store::open`] with limits of one's own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_within(dir: &Path, limits: &limits::Store) -> Result<Self, StoreError> {
        let conn = files::open_for_writing(dir)?;
        let file = dir.join(files::FILE_NAME);
        let group_max = limits.group_max;
        let (requests, served) = mpsc::channel();
        let (foreign_changes, foreign) = watch::channel(0);
        let writer = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer::serve(&conn, &served, &foreign_changes, group_max))
            .map_err(|source| StoreError::Io { path: file.clone(), source })?;
        Ok(Self {
            inner: Arc::new(Inner {
                file,
                requests: Some(requests),
                writer: Some(writer),
                queue: Arc::new(Semaphore::new(limits.waiting_max)),
                reading: Arc::new(Semaphore::new(limits.readers_max)),
                idle_readers: Arc::default(),
                foreign,
            }),
        })
    }

    /// Whether there is a store in `dir`.
    #[must_use]
    pub fn exists(dir: &Path) -> bool {
        dir.join(files::FILE_NAME).exists()
    }

    /// Runs `job` in a transaction and returns once it is durable. A job that fails changes nothing.
    ///
    /// Once it is queued, `job` runs even if the caller stops waiting.
    ///
    /// # Errors
    /// What `job` returns, or a [`StoreError`] when the commit fails: then nothing of it is stored.
    #[instrument(target = SPANS, name = "store.write", skip_all)]
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let place = Arc::clone(&self.inner.queue).acquire_owned().await;
        let place = place.map_err(|_| StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let write = TypedWrite { job: Some(job), outcome: None, reply, _place: place };
        self.ask(Request::Write(Box::new(write)))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `job` on a connection that cannot write; all its queries see one state of the file.
    ///
    /// # Errors
    /// What `job` returns.
    #[instrument(target = SPANS, name = "store.read", skip_all)]
    pub async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let permit = Arc::clone(&self.inner.reading).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let file = self.inner.file.clone();
        let idle = Arc::clone(&self.inner.idle_readers);
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let ready = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let conn = match ready {
                Some(conn) => conn,
                None => files::open_for_reading(&file)?,
            };
            let outcome = read_once(&conn, job);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
            outcome
        });
        read.await.map_err(|_| StoreError::Fault)?
    }

    /// Moves everything into the main file and empties the log beside it, so that what was deleted is nowhere left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn empty_log(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Request::EmptyLog(reply))?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Changes each time that another process has written to the store, within about a second.
    #[must_use]
    pub fn foreign_writes(&self) -> watch::Receiver<u64> {
        self.inner.foreign.clone()
    }

    fn ask(&self, request: Request) -> Result<(), StoreError> {
        let requests = self.inner.requests.as_ref().ok_or(StoreError::Closed)?;
        requests.send(request).map_err(|_| StoreError::Closed)
    }
}

fn read_once<T, E: From<StoreError>>(
    conn: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let snapshot = conn.unchecked_transaction().map_err(StoreError::from)?;
    let outcome = job(&snapshot);
    snapshot.finish().map_err(StoreError::from)?;
    outcome
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(writer) = self.writer.take()
            // A job may hold the last handle: the writer does not wait for itself.
            && writer.thread().id() != thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!("the store's writer panicked");
        }
    }
}

/// The time to the microsecond, so that a first answer reads as a later one from the store.
pub(crate) fn as_stored(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.inner.file.display())
    }
}

#[cfg(test)]
mod tests;
