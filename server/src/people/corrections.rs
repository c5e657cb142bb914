//! "That is not me": corrections of events, and the negative examples that come of them.

use jiff::Timestamp;
use rostro_core::Embedding;
use rusqlite::{Connection, OptionalExtension, params};

use super::{PeopleError, name, rows, upgrades};
use crate::store::StoreError;

/// Why an event could not be corrected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectionError {
    /// There is no such event.
    #[error("there is no event by that id")]
    NoEvent,
    /// Nobody was recognised in it, or who was has been forgotten.
    #[error("the event names nobody")]
    NobodyNamed,
    /// The embedding that it was decided on is gone.
    #[error("what the event was decided on is no longer kept, so it cannot be corrected")]
    NotKept,
    /// The name given for the face is none.
    #[error(transparent)]
    Name(#[from] PeopleError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for CorrectionError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Stores the correction of an event, in place of an earlier one, and answers whom the event was taken for. Encodings
/// derived from the event are removed.
pub(super) fn add(
    conn: &Connection,
    event_id: i64,
    actual_name: Option<&str>,
    now: Timestamp,
) -> Result<String, CorrectionError> {
    let person_id = conn
        .prepare_cached("SELECT person_id FROM event WHERE id = ?1")?
        .query_row([event_id], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .ok_or(CorrectionError::NoEvent)?
        .ok_or(CorrectionError::NobodyNamed)?;
    conn.prepare_cached(
        "INSERT INTO correction (event_id, person_id, actual_name, actual_name_key, created_at_us)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (event_id) DO UPDATE SET
             actual_name = excluded.actual_name, actual_name_key = excluded.actual_name_key",
    )?
    .execute(params![
        event_id,
        person_id,
        actual_name,
        actual_name.map(name::key),
        now.as_microsecond()
    ])?;
    // A correction made while the probes were kept keeps its negatives beyond them.
    conn.prepare_cached(
        "INSERT OR IGNORE INTO negative (event_id, model, vector)
         SELECT event_id, model, vector FROM probe WHERE event_id = ?1 AND person_id = ?2",
    )?
    .execute(params![event_id, person_id])?;
    let holds_any =
        conn.prepare_cached("SELECT 1 FROM negative WHERE event_id = ?1")?.exists([event_id])?;
    if !holds_any {
        return Err(CorrectionError::NotKept);
    }
    upgrades::withdraw(conn, event_id)?;
    Ok(person_id)
}

/// Removes the correction of an event and its negatives; whom the event was taken for, if there was one.
pub(super) fn remove(conn: &Connection, event_id: i64) -> Result<Option<String>, CorrectionError> {
    let delete = "DELETE FROM correction WHERE event_id = ?1 RETURNING person_id";
    Ok(conn.query_row(delete, [event_id], |row| row.get(0)).optional()?)
}

/// Every negative example, with the id of the person that it is not of.
pub(super) fn negatives(conn: &Connection) -> Result<Vec<(String, Embedding)>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT c.person_id, n.model, n.vector FROM negative n
         JOIN correction c ON c.event_id = n.event_id ORDER BY n.event_id, n.model",
    )?;
    let mut rows = query.query([])?;
    let mut negatives = Vec::new();
    while let Some(row) = rows.next()? {
        let model: String = row.get(1)?;
        let vector: Vec<u8> = row.get(2)?;
        negatives.push((row.get(0)?, rows::from_bytes(&model, &vector)?));
    }
    Ok(negatives)
}

/// Takes a name out of the notes that say who a face really was.
pub(super) fn forget_name(conn: &Connection, key: &str) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE correction SET actual_name = NULL, actual_name_key = NULL WHERE actual_name_key = ?1",
        [key],
    )?;
    Ok(())
}
