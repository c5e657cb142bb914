//! The tables, and how older files become newer ones.

use std::path::Path;

use rusqlite::Connection;

use super::StoreError;

/// One step each; the file's `user_version` counts those it has been through. Steps are only ever added.
const MIGRATIONS: [&str; 9] = [
    include_str!("0001_first.sql"),
    include_str!("0002_corrections.sql"),
    include_str!("0003_upgrade.sql"),
    include_str!("0004_decisions.sql"),
    include_str!("0005_webhooks.sql"),
    include_str!("0006_evidence.sql"),
    include_str!("0007_idempotency.sql"),
    include_str!("0008_cameras.sql"),
    include_str!("0009_camera_switched.sql"),
];

/// Brings the file to the newest format, in one transaction: all of it or nothing.
pub(super) fn migrate(conn: &mut Connection, file: &Path) -> Result<(), StoreError> {
    go_through(&MIGRATIONS, conn, file)
}

fn go_through(steps: &[&str], conn: &mut Connection, file: &Path) -> Result<(), StoreError> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found = version(conn)?;
    if found == known {
        return Ok(());
    }
    let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let done = usize::try_from(found).ok().filter(|done| *done <= steps.len());
    let Some(done) = done else {
        return Err(StoreError::TooNew { file: file.to_owned(), found, known });
    };
    for step in &steps[done..] {
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

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "
        INSERT INTO capture VALUES (randomblob(16), randomblob(32), 1, NULL, 0, 0);
        INSERT INTO event SELECT 7, id, 'puerta', 0, NULL, NULL, NULL, NULL, 0.6, 'm', 0, 'server', 0, 1, 1, 0, 1
            FROM capture;";

    const ANA: &str =
        "INSERT INTO person (id, name, name_key, created_at_us) VALUES ('1', 'Ana', 'ana', 0)";

    fn at_version(version: usize) -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        go_through(&MIGRATIONS[..version], &mut conn, Path::new("test")).unwrap();
        conn
    }

    #[test]
    fn deliveries_of_before_there_were_several_receivers_are_of_the_environment_s() {
        let mut conn = at_version(1);
        conn.execute_batch(EVENT).unwrap();
        conn.execute_batch(
            "INSERT INTO delivery VALUES (3, 'msg_waits', 7, 'camera:puerta', '{}', 2, 5, 6, 'HTTP 500', NULL);
             INSERT INTO delivery VALUES (4, 'msg_dead', 7, 'aside:4', '{}', 9, 5, 6, 'HTTP 500', 8);",
        )
        .unwrap();
        migrate(&mut conn, Path::new("test")).unwrap();
        let row = |id: i64| {
            let query = "SELECT webhook, webhook_id, lane, attempts, given_up_us, delivered_us FROM delivery WHERE id = ?1";
            let read = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            };
            conn.query_row(query, [id], read).unwrap()
        };
        let env = |id: &str, lane: &str, attempts: u32, dead: Option<i64>| {
            ("env".to_owned(), id.to_owned(), lane.to_owned(), attempts, dead, None::<i64>)
        };
        assert_eq!(row(3), env("msg_waits", "env/camera:puerta", 2, None));
        assert_eq!(row(4), env("msg_dead", "env/aside:4", 9, Some(8)));
        assert!(!conn.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    }

    #[test]
    fn every_older_format_becomes_the_newest() {
        let schema = |conn: &Connection| -> Vec<String> {
            let query = "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name";
            let mut query = conn.prepare(query).unwrap();
            query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        let newest = schema(&at_version(MIGRATIONS.len()));
        for before in 1..MIGRATIONS.len() {
            let mut conn = at_version(before);
            conn.execute_batch(ANA).unwrap();
            migrate(&mut conn, Path::new("test")).unwrap();
            assert_eq!(schema(&conn), newest, "from {before}");
            let steps = i64::try_from(MIGRATIONS.len()).unwrap();
            assert_eq!(version(&conn).unwrap(), steps);
            let ana = "SELECT 1 FROM person WHERE name = 'Ana'";
            assert!(conn.prepare(ana).unwrap().exists([]).unwrap(), "from {before}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut conn = at_version(2);
        conn.execute_batch(ANA).unwrap();
        let broken = "DELETE FROM person; CREATE TABLE person (id);";
        let steps = [MIGRATIONS[0], MIGRATIONS[1], MIGRATIONS[2], broken];
        assert!(go_through(&steps, &mut conn, Path::new("test")).is_err());
        assert_eq!(version(&conn).unwrap(), 2);
        assert!(conn.prepare("SELECT 1 FROM person").unwrap().exists([]).unwrap());
        migrate(&mut conn, Path::new("test")).unwrap();
        assert!(conn.prepare("SELECT 1 FROM person").unwrap().exists([]).unwrap());
    }
}
