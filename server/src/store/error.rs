//! What can go wrong with the store.

use std::path::PathBuf;

use thiserror::Error;

/// Why the store could not be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full. Nothing was stored; what was there is unharmed.
    #[error("the disk is full: nothing was stored")]
    Full,
    /// The file is damaged, or no SQLite file at all.
    #[error(
        "the store {file} is damaged and was left as it is: restore a backup, or move it away to start empty"
    )]
    Corrupt {
        /// The file.
        file: PathBuf,
    },
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
    #[error("cannot use {path}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another relay uses the directory.
    #[error("another relay uses {dir}: stop it, or give this one its own directory with --data")]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// The writer is gone: the relay is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A stored value is not what was written: a fault of ours, or somebody edited the file.
    #[error("the store holds a {what} that cannot be read")]
    BadValue {
        /// What kind of value.
        what: &'static str,
    },
    /// Anything else that SQLite says.
    #[error("the store failed")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            _ => Self::Sqlite(error),
        }
    }
}
