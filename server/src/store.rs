//! The relay's durable store: one SQLite file, one writer thread with group commit, a few readers.
//!
//! A write is answered only after the commit that holds it is on disk (`synchronous=FULL`). Reads run beside it on
//! connections that cannot write.

use std::path::Path;

use rusqlite::Connection;
use tokio::sync::watch;

mod error;

pub use error::StoreError;

/// A handle on the store; clones share it.
#[derive(Clone, Debug)]
pub struct Store;

impl Store {
    /// Opens the store in `dir`, and makes both where they are missing.
    ///
    /// # Errors
    /// [`StoreError`], naming the file; a damaged file is never replaced by an empty one.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        unimplemented!("{}", dir.display())
    }

    /// Runs `job` in a transaction and returns once it is durable. A job that fails changes nothing.
    ///
    /// # Errors
    /// What `job` returns, or [`StoreError`] when the commit fails.
    pub async fn write<T, E>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        drop(job);
        unimplemented!()
    }

    /// Runs `job` on a connection that cannot write.
    ///
    /// # Errors
    /// What `job` returns.
    pub async fn read<T, E>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        drop(job);
        unimplemented!()
    }

    /// Changes each time that another process has written to the store.
    #[must_use]
    pub fn foreign_writes(&self) -> watch::Receiver<u64> {
        unimplemented!()
    }
}
