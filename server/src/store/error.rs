//! What can go wrong with the store.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

/// Why the store could not be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full. Nothing was stored; what was there is unharmed.
    #[error("the disk is full: nothing was stored")]
    Full,
    /// Found when opening: the file is damaged, or no store of ours at all.
    #[error(
        "the store {file} is damaged ({found}) and was left as it is: restore a backup, \
         or move it away to start empty"
    )]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What was found in it.
        found: String,
    },
    /// Found while running: a page of the file is damaged.
    #[error("the store is damaged: stop the relay and restore a backup")]
    Damaged,
    /// A newer Rostro wrote the file.
    #[error(
        "the store {file} has format {found}, this program knows up to {known}: use a newer Rostro"
    )]
    TooNew {
        /// The file.
        file: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// The directory or file cannot be made, read or written.
    #[error("cannot use {path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite cannot open the file.
    #[error("cannot open the store {file}: {source}")]
    Open {
        /// The file.
        file: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another relay uses the directory.
    #[error("another relay uses {dir}: stop it, or give this one its own directory with --data")]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// Another write of the same group made SQLite undo the whole group.
    #[error("nothing was stored, because a write beside it failed: try again")]
    Undone,
    /// A fault of ours: a read or write panicked. Nothing was stored.
    #[error("a fault in the relay: nothing was stored")]
    Fault,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A stored value is not what was written: a fault of ours, or somebody edited the file.
    #[error("the store holds {what} that cannot be read")]
    BadValue {
        /// What kind of value, with its article.
        what: &'static str,
    },
    /// Anything else that SQLite says.
    #[error("the store failed: {0}")]
    Sqlite(#[source] Arc<rusqlite::Error>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl StoreError {
    /// The same error for another write of the same group.
    pub(super) fn shared(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Damaged => Self::Damaged,
            Self::Sqlite(error) => Self::Sqlite(Arc::clone(error)),
            _ => Self::Undone,
        }
    }
}
