use std::fs;

use rusqlite::params;

use super::*;

async fn add(store: &Store, id: &'static str) -> Result<usize, StoreError> {
    store
        .write(move |conn| {
            Ok(conn.execute(
                "INSERT INTO person (id, name, name_key, created_at_us) VALUES (?1, ?1, ?1, 0)",
                [id],
            )?)
        })
        .await
}

async fn ids(store: &Store) -> Vec<String> {
    store
        .read::<_, StoreError, _>(|conn| {
            let mut query = conn.prepare("SELECT id FROM person ORDER BY rowid")?;
            let ids = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(ids)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    add(&store, "a").await.unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(ids(&store).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_write_undoes_nobody_elses() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    // While the first write holds the thread, the others gather in one group.
    let (go, wait) = mpsc::channel::<()>();
    let blocker = tokio::spawn({
        let store = store.clone();
        async move { store.write::<_, StoreError, _>(move |_| Ok(wait.recv().is_ok())).await }
    });
    let names = ["a", "b", "a", "c"];
    let mut writes = Vec::new();
    for id in names {
        let store = store.clone();
        writes.push(tokio::spawn(async move { add(&store, id).await }));
        tokio::task::yield_now().await;
    }
    let panicking = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write::<(), StoreError, _>(|conn| {
                    conn.execute("DELETE FROM person", [])?;
                    panic!("a fault in a write")
                })
                .await
        }
    });
    go.send(()).unwrap();
    assert!(blocker.await.unwrap().unwrap());
    let mut stored = 0;
    for write in writes {
        stored += write.await.unwrap().unwrap_or(0);
    }
    assert_eq!(stored, 3, "one of the two of the same id is refused");
    assert!(matches!(panicking.await.unwrap(), Err(StoreError::Fault)));
    let mut left = ids(&store).await;
    left.sort();
    assert_eq!(left, ["a", "b", "c"]);
    add(&store, "d").await.unwrap();
}

#[tokio::test]
async fn readers_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let written =
        store.read::<_, StoreError, _>(|conn| Ok(conn.execute("DELETE FROM person", [])?)).await;
    assert!(matches!(written, Err(StoreError::Sqlite(_))));
}

#[tokio::test]
async fn a_write_of_another_process_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut foreign = store.foreign_writes();
    add(&store, "own").await.unwrap();
    let other = Store::open(dir.path()).unwrap();
    add(&other, "foreign").await.unwrap();
    foreign.changed().await.unwrap();
    assert_eq!(ids(&store).await, ["own", "foreign"]);
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_alone() {
    type Harm = fn(&mut Vec<u8>);
    let cases: [(&str, Harm); 5] = [
        ("empty", Vec::clear),
        ("no SQLite file", |bytes| *bytes = b"not a database, not at all".repeat(100)),
        ("header overwritten", |bytes| bytes[..16].fill(b'x')),
        ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("a page overwritten", |bytes| bytes[4096..8192].fill(0xa5)),
    ];
    for (name, harm) in cases {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        add(&store, "a").await.unwrap();
        store.empty_log().await.unwrap();
        drop(store);
        let file = dir.path().join(files::FILE_NAME);
        let mut bytes = fs::read(&file).unwrap();
        harm(&mut bytes);
        fs::write(&file, &bytes).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { file: named, .. } if *named == file),
            "{name}: {error}"
        );
        assert_eq!(fs::read(&file).unwrap(), bytes, "{name}: left as it was");
    }
}

#[tokio::test]
async fn a_missing_file_beside_its_log_is_not_an_empty_store() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("rostro.db-wal"), b"log").unwrap();
    assert!(matches!(Store::open(dir.path()), Err(StoreError::Corrupt { .. })));
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path()).unwrap());
    let conn = Connection::open(dir.path().join(files::FILE_NAME)).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    let error = Store::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }), "{error}");
}

#[tokio::test]
async fn a_full_disk_stores_nothing_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    add(&store, "before").await.unwrap();
    // SQLite's own limit on the file's size gives the same error as a disk without space.
    let full = store
        .write::<_, StoreError, _>(|conn| {
            let pages: i64 = conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
            conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
            Ok(conn.execute(
                "INSERT INTO encoding (person_id, model, vector, source, created_at_us)
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)
                 SELECT 'before', 'm', zeroblob(512), 's', i FROM n",
                [],
            )?)
        })
        .await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    store
        .write::<_, StoreError, _>(|conn| {
            Ok(conn.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?)
        })
        .await
        .unwrap();
    add(&store, "after").await.unwrap();
    assert_eq!(ids(&store).await, ["before", "after"]);
}

#[tokio::test]
async fn commits_are_flushed_and_deletions_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let pragmas = store
        .write::<_, StoreError, _>(|conn| {
            let value = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            Ok((value("synchronous")?, value("secure_delete")?, value("foreign_keys")?))
        })
        .await
        .unwrap();
    assert_eq!(pragmas, (2, 1, 1), "FULL, on, on");
    let canary: [u8; 512] = std::array::from_fn(|i| u8::try_from(i % 251).unwrap());
    add(&store, "a").await.unwrap();
    store
        .write::<_, StoreError, _>(move |conn| {
            for i in 0..100 {
                conn.execute(
                    "INSERT INTO encoding (person_id, model, vector, source, created_at_us)
                     VALUES ('a', 'm', ?1, 's', ?2)",
                    params![&canary, i],
                )?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let holds_canary = |dir: &Path| {
        fs::read_dir(dir).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(32).any(|window| window == &canary[..32])
        })
    };
    assert!(holds_canary(dir.path()));
    store
        .write::<_, StoreError, _>(|conn| Ok(conn.execute("DELETE FROM person", [])?))
        .await
        .unwrap();
    store.empty_log().await.unwrap();
    assert!(!holds_canary(dir.path()));
}

#[test]
fn one_relay_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let first = RelayLock::take(dir.path()).unwrap();
    assert!(matches!(RelayLock::take(dir.path()), Err(StoreError::InUse { .. })));
    // The command line works beside it.
    drop(Store::open(dir.path()).unwrap());
    drop(first);
    RelayLock::take(dir.path()).unwrap();
}

#[cfg(unix)]
#[test]
fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("state/rostro");
    drop(Store::open(&dir).unwrap());
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join(files::FILE_NAME)), 0o600);
}
