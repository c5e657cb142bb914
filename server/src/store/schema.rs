//! The tables, and how older files become newer ones.

use std::path::Path;

use rusqlite::Connection;

use super::StoreError;

/// One step each; the file's `user_version` counts those it has been through. Steps are only ever added.
const MIGRATIONS: [&str; 4] = [
    include_str!("0001_first.sql"),
    include_str!("0002_corrections.sql"),
    include_str!("0003_upgrade.sql"),
    include_str!("0004_decisions.sql"),
];

/// Brings the file to the newest format, in one transaction: all of it or nothing.
pub(super) fn migrate(conn: &mut Connection, file: &Path) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found = version(conn)?;
    if found == known {
        return Ok(());
    }
    let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let done = usize::try_from(found).ok().filter(|done| *done <= MIGRATIONS.len());
    let Some(done) = done else {
        return Err(StoreError::TooNew { file: file.to_owned(), found, known });
    };
    for step in &MIGRATIONS[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// Refuses a file that is no store of ours, such as another program's.
pub(super) fn refuse_foreign(conn: &Connection, file: &Path) -> Result<(), StoreError> {
    let tables = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'person'";
    let is_ours = version(conn)? > 0 && conn.prepare(tables)?.exists([])?;
    let found = || "it is not of this program".to_owned();
    if is_ours {
        Ok(())
    } else {
        Err(StoreError::Corrupt { file: file.to_owned(), found: found() })
    }
}

fn version(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
