//! The store's files: made with their first content, checked when opened, private to their owner.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::{StoreError, schema};

/// The SQLite file's name in the data directory.
pub(super) const FILE_NAME: &str = "rostro.db";
const LOCK_NAME: &str = "relay.lock";
/// How long a write waits for another process's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Files up to this size are checked page by page when opened, at some 500 MB a second.
const CHECKED_UP_TO_BYTES: u64 = 512 * 1024 * 1024;

/// Held by a running relay: a second one in the same directory is refused. Commands of the command line may work
/// beside it.
#[derive(Debug)]
pub struct RelayLock {
    _file: File,
}

impl RelayLock {
    /// Takes the lock of a data directory, until it is dropped or the process ends.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when a relay has it, [`StoreError::Io`] when the file cannot be made.
    pub fn take(dir: &Path) -> Result<Self, StoreError> {
        make_private_dir(dir)?;
        let path = dir.join(LOCK_NAME);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| StoreError::Io { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::Io { path, source }),
        }
    }
}

/// Makes the directory where it is missing. It is readable by its owner only, as it holds biometric data; so is one
/// that was there already and is empty or ours. Any other keeps its mode, and only our files are private.
pub(super) fn make_private_dir(dir: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { path: dir.to_owned(), source };
    let is_new_or_ours = !dir.exists()
        || dir.join(FILE_NAME).exists()
        || fs::read_dir(dir).map_err(failed)?.next().is_none();
    fs::create_dir_all(dir).map_err(failed)?;
    if is_new_or_ours { make_private(dir, 0o700).map_err(failed) } else { Ok(()) }
}

#[cfg(unix)]
pub(super) fn make_private(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn make_private(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Opens the file for writing, and makes it where it is missing. What is damaged stays as it is, and is an error.
pub(super) fn open_for_writing(dir: &Path) -> Result<Connection, StoreError> {
    make_private_dir(dir)?;
    let file = dir.join(FILE_NAME);
    let log = dir.join(format!("{FILE_NAME}-wal"));
    if !file.exists() {
        if log.exists() {
            let found = format!("its log {} is there without it", log.display());
            return Err(StoreError::Corrupt { file, found });
        }
        create(dir, &file)?;
    }
    refuse_damage(&file)?;
    let mut conn = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if conn.is_readonly(rusqlite::MAIN_DB)? {
        return Err(StoreError::Io { path: file, source: io::ErrorKind::PermissionDenied.into() });
    }
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten in the file.
    conn.pragma_update(None, "secure_delete", true)?;
    schema::migrate(&mut conn, &file)?;
    Ok(conn)
}

/// Opens the file for reading only.
pub(super) fn open_for_reading(file: &Path) -> Result<Connection, StoreError> {
    let conn = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

pub(super) fn connect(file: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let conn = Connection::open_with_flags(file, flags)?;
        conn.busy_timeout(BUSY_TIMEOUT)?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.pragma_update(None, "trusted_schema", false)?;
        conn.set_prepared_statement_cache_capacity(64);
        Ok(conn)
    };
    open().map_err(|source| StoreError::Open { file: file.to_owned(), source })
}

/// Makes the file under another name, with its tables, and moves it into place: a file of that name is complete
/// from the first moment, so that an empty one is known to be damaged.
fn create(dir: &Path, file: &Path) -> Result<(), StoreError> {
    let draft = dir.join(format!("{FILE_NAME}.{}.new", Uuid::new_v4()));
    let made = fill_and_place(&draft, file);
    let removed = fs::remove_file(&draft);
    made?;
    removed.map_err(|source| StoreError::Io { path: draft, source })
}

fn fill_and_place(draft: &Path, file: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path| {
        let path: PathBuf = path.to_owned();
        move |source| StoreError::Io { path, source }
    };
    File::create_new(draft).map_err(failed(draft))?;
    make_private(draft, 0o600).map_err(failed(draft))?;
    let mut conn = connect(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    schema::migrate(&mut conn, draft)?;
    // Remembered in the file; closing the only connection leaves no log behind.
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.close().map_err(|(_, error)| StoreError::from(error))?;
    File::open(draft).and_then(|file| file.sync_all()).map_err(failed(draft))?;
    match fs::hard_link(draft, file) {
        // Another process was quicker: its file is as good.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map_err(failed(file)),
    }
}

/// Fails, naming the file, when it is empty, cut short, or no SQLite file, or when its pages do not fit together.
pub(super) fn refuse_damage(file: &Path) -> Result<(), StoreError> {
    let corrupt = |found: String| StoreError::Corrupt { file: file.to_owned(), found };
    let found =
        fs::metadata(file).map_err(|source| StoreError::Io { path: file.to_owned(), source })?;
    if !found.is_file() {
        return Err(corrupt("it is no file".to_owned()));
    }
    let bytes = found.len();
    if bytes == 0 {
        return Err(corrupt("it is empty".to_owned()));
    }
    let conn = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    let check = if bytes <= CHECKED_UP_TO_BYTES { "quick_check(1)" } else { "schema_version" };
    let found: Result<String, _> = conn.query_row(&format!("PRAGMA {check}"), [], |row| {
        row.get::<_, rusqlite::types::Value>(0).map(|value| match value {
            rusqlite::types::Value::Text(text) => text,
            _ => "ok".to_owned(),
        })
    });
    match found {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(corrupt(found)),
        Err(error) => match StoreError::from(error) {
            StoreError::Damaged => Err(corrupt("SQLite cannot read it".to_owned())),
            StoreError::Sqlite(source) => match std::sync::Arc::try_unwrap(source) {
                Ok(source) => Err(StoreError::Open { file: file.to_owned(), source }),
                Err(shared) => Err(StoreError::Sqlite(shared)),
            },
            other => Err(other),
        },
    }
}
