//! A store in one file, taken while a relay writes, and put back in place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::OpenFlags;
use uuid::Uuid;

use super::files::{
    FILE_NAME, RelayLock, connect, make_private, make_private_dir, open_for_writing, refuse_damage,
};
use super::{StoreError, schema};

/// Writes everything that the store in `dir` holds into the new file `to`, as it is at one moment; a relay may go on
/// writing meanwhile. The file holds biometric data and is readable by its owner only. It is complete, or not there.
///
/// What was deleted from the store is not in it. It takes as much room as what is stored, and as long as reading and
/// writing that once.
///
/// # Errors
/// [`StoreError::Io`] when `to` is there already or cannot be written, [`StoreError::Corrupt`] when the store is damaged,
/// [`StoreError::Full`].
pub fn back_up(dir: &Path, to: &Path) -> Result<(), StoreError> {
    let file = dir.join(FILE_NAME);
    refuse_damage(&file)?;
    let failed = |source| StoreError::Io { path: to.to_owned(), source };
    if to.exists() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let draft = draft_beside(to);
    let written = || {
        File::create_new(&draft).map_err(failed)?;
        make_private(&draft, 0o600).map_err(failed)?;
        let conn = connect(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // One statement is one state of the file, whatever others write.
        let name = draft.to_str().ok_or_else(|| failed(io::ErrorKind::InvalidFilename.into()))?;
        conn.execute("VACUUM INTO ?1", [name])?;
        sync(&draft).map_err(failed)?;
        // Fails where another was quicker, and replaces nothing.
        fs::hard_link(&draft, to).map_err(failed)
    };
    let written = written();
    drop(fs::remove_file(&draft));
    written
}

/// Puts the backup `from` in the place of the store in `dir`, which no relay may be using. The store that was there stays
/// beside it, under the name that is given back.
///
/// The backup is checked, and brought to the newest format, before anything is replaced; then it is there whole or not at
/// all.
///
/// # Errors
/// [`StoreError::InUse`] while a relay runs, [`StoreError::Corrupt`] or [`StoreError::TooNew`] when `from` cannot be used.
pub fn restore(dir: &Path, from: &Path) -> Result<Option<PathBuf>, StoreError> {
    let _lock = RelayLock::take(dir)?;
    make_private_dir(dir)?;
    let file = dir.join(FILE_NAME);
    let draft = draft_beside(&file);
    let placed = prepare(from, &draft).and_then(|()| place(&draft, &file));
    drop(fs::remove_file(&draft));
    placed
}

/// Makes `draft` a store of the newest format with what `from` holds.
fn prepare(from: &Path, draft: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, source| StoreError::Io { path: path.to_owned(), source };
    fs::metadata(from).map_err(|error| failed(from, error))?;
    File::create_new(draft).map_err(|error| failed(draft, error))?;
    make_private(draft, 0o600).map_err(|error| failed(draft, error))?;
    fs::copy(from, draft).map_err(|error| failed(from, error))?;
    make_private(draft, 0o600).map_err(|error| failed(draft, error))?;
    refuse_damage(draft).map_err(|error| named(error, from))?;
    let mut conn = connect(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    schema::refuse_foreign(&conn, from)?;
    schema::migrate(&mut conn, from)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.close().map_err(|(_, error)| StoreError::from(error))?;
    sync(draft).map_err(|error| failed(draft, error))
}

/// Moves `draft` into the place of `file`; what was there is kept, and named.
fn place(draft: &Path, file: &Path) -> Result<Option<PathBuf>, StoreError> {
    let failed = |source| StoreError::Io { path: file.to_owned(), source };
    let kept = if file.exists() {
        let now = Timestamp::now().strftime("%Y%m%d-%H%M%S");
        let kept = file.with_file_name(format!("{FILE_NAME}.replaced-{now}"));
        settle_log(file, &kept)?;
        fs::hard_link(file, &kept).map_err(failed)?;
        Some(kept)
    } else {
        None
    };
    fs::rename(draft, file).map_err(failed)?;
    if let Some(dir) = file.parent() {
        sync(dir).map_err(failed)?;
    }
    Ok(kept)
}

/// Leaves no log beside `file`, as it would be taken for the log of the file that comes in its place: its content goes
/// into `file`, or, where that is damaged, the log goes to `kept` with it.
fn settle_log(file: &Path, kept: &Path) -> Result<(), StoreError> {
    let dir = file.parent().unwrap_or(Path::new("."));
    // The last connection to close empties the log and removes it.
    if let Ok(conn) = open_for_writing(dir) {
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        conn.close().map_err(|(_, error)| StoreError::from(error))?;
    }
    for end in ["-wal", "-shm"] {
        let with_end = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        match fs::rename(with_end(file), with_end(kept)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::Io { path: with_end(file), source: error });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The same damage, found in the file that the caller knows.
fn named(error: StoreError, file: &Path) -> StoreError {
    match error {
        StoreError::Corrupt { found, .. } => StoreError::Corrupt { file: file.to_owned(), found },
        other => other,
    }
}

fn draft_beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", Uuid::new_v4()));
    file.with_file_name(name)
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path).and_then(|file| file.sync_all())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;
    use crate::store::Store;

    async fn add(store: &Store, id: &str) {
        let id = id.to_owned();
        let insert =
            "INSERT INTO person (id, name, name_key, created_at_us) VALUES (?1, ?1, ?1, 0)";
        store.write::<_, StoreError, _>(move |conn| Ok(conn.execute(insert, [id])?)).await.unwrap();
    }

    async fn ids(dir: &Path) -> Vec<String> {
        let store = Store::open(dir).unwrap();
        let read = |conn: &Connection| {
            let mut query = conn.prepare("SELECT id FROM person ORDER BY rowid")?;
            Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        };
        store.read::<_, StoreError, _>(read).await.unwrap()
    }

    /// A store with these people.
    async fn stored(people: &[&str]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        for id in people {
            add(&store, id).await;
        }
        dir
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_backup_taken_while_others_write_is_one_moment() {
        let dir = stored(&[]).await;
        let store = Store::open(dir.path()).unwrap();
        let writing = tokio::spawn(async move {
            for i in 0..400 {
                add(&store, &format!("{i:03}")).await;
            }
        });
        let backups: Vec<_> = (0..5).map(|i| dir.path().join(format!("backup-{i}"))).collect();
        for to in &backups {
            let (from, to) = (dir.path().to_owned(), to.clone());
            tokio::task::spawn_blocking(move || back_up(&from, &to)).await.unwrap().unwrap();
        }
        writing.await.unwrap();
        let all = ids(dir.path()).await;
        let mut counted = Vec::new();
        for backup in backups {
            let elsewhere = tempfile::tempdir().unwrap();
            assert_eq!(restore(elsewhere.path(), &backup).unwrap(), None);
            let found = ids(elsewhere.path()).await;
            assert_eq!(found, all[..found.len()], "what was written first, and nothing else");
            counted.push(found.len());
        }
        assert!(counted.is_sorted(), "{counted:?}");
        let left: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".new")), "{left:?}");
    }

    #[tokio::test]
    async fn a_restored_store_takes_the_place_of_one_that_is_kept() {
        let dir = stored(&["ana"]).await;
        let backup = dir.path().join("backup");
        back_up(dir.path(), &backup).unwrap();
        add(&Store::open(dir.path()).unwrap(), "bea").await;
        let kept = restore(dir.path(), &backup).unwrap().unwrap();
        assert_eq!(ids(dir.path()).await, ["ana"]);
        let elsewhere = tempfile::tempdir().unwrap();
        restore(elsewhere.path(), &kept).unwrap();
        assert_eq!(ids(elsewhere.path()).await, ["ana", "bea"]);
    }

    #[tokio::test]
    async fn a_damaged_store_can_be_replaced_and_its_log_does_not_stay() {
        let dir = stored(&["ana"]).await;
        let backup = dir.path().join("backup");
        back_up(dir.path(), &backup).unwrap();
        let file = dir.path().join(FILE_NAME);
        fs::write(&file, b"no database").unwrap();
        fs::write(dir.path().join(format!("{FILE_NAME}-wal")), b"no log").unwrap();
        let kept = restore(dir.path(), &backup).unwrap().unwrap();
        assert_eq!(ids(dir.path()).await, ["ana"]);
        assert_eq!(fs::read(&kept).unwrap(), b"no database");
        let log = fs::read(dir.path().join(format!("{FILE_NAME}-wal"))).unwrap_or_default();
        assert!(!log.starts_with(b"no log"));
    }

    #[tokio::test]
    async fn what_is_no_backup_replaces_nothing() {
        let dir = stored(&["ana"]).await;
        let path = |name: &str| dir.path().join(name);
        back_up(dir.path(), &path("good")).unwrap();
        let good = fs::read(path("good")).unwrap();
        fs::write(path("empty"), b"").unwrap();
        fs::write(path("text"), b"no database, whatever it is called").unwrap();
        fs::write(path("cut"), &good[..good.len() / 2]).unwrap();
        let other = Connection::open(path("other")).unwrap();
        other.execute_batch("CREATE TABLE person (id); PRAGMA user_version = 0").unwrap();
        fs::write(path("new"), &good).unwrap();
        Connection::open(path("new")).unwrap().pragma_update(None, "user_version", 1000).unwrap();
        for name in ["empty", "text", "cut", "other", "new", "missing"] {
            let error = restore(dir.path(), &path(name)).unwrap_err();
            assert!(error.to_string().contains(&path(name).display().to_string()), "{error}");
            assert_eq!(ids(dir.path()).await, ["ana"], "{name}");
        }
        let lock = RelayLock::take(dir.path()).unwrap();
        let in_use = restore(dir.path(), &path("good")).unwrap_err();
        assert!(matches!(in_use, StoreError::InUse { .. }), "{in_use}");
        drop(lock);
        let there = back_up(dir.path(), &path("text")).unwrap_err();
        assert!(matches!(there, StoreError::Io { .. }), "{there}");
        assert_eq!(fs::read(path("text")).unwrap(), b"no database, whatever it is called");
    }
}
