//! What the wires ask of the events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rostro_wire::result_object::{ResultObject, UNKNOWN_NAME};
use rostro_wire::v1;
use rusqlite::{Connection, Params, params};

use super::rows::{EVENT, read_event};
use super::{CaptureStats, ResultsPage};
use crate::people::name;
use crate::store::StoreError;

/// Python's `datetime.isoformat()`: local time, microseconds, no zone.
const LOCAL_ISO: &str = "%Y-%m-%dT%H:%M:%S.%6f";

/// What the legacy wires count: a capture that came by two channels was seen once.
const DETECTION: &str = "of_second = 0";

/// The result object of an event, in the relay's local time.
///
/// # Errors
/// [`StoreError::BadValue`] when the event's time cannot be read.
pub(crate) fn result_object(event: &v1::Event) -> Result<ResultObject, StoreError> {
    let occurred_at: Timestamp =
        event.occurred_at.parse().map_err(|_| StoreError::BadValue { what: "a time" })?;
    let local = occurred_at.to_zoned(TimeZone::system()).datetime();
    Ok(ResultObject::new(local.strftime(LOCAL_ISO).to_string(), &event.face))
}

pub(super) fn events(
    conn: &Connection,
    limit: usize,
    before: Option<i64>,
) -> Result<Vec<v1::Event>, StoreError> {
    let before = before.unwrap_or(i64::MAX);
    newest(conn, "id < ?2", params![at_most(limit), before])
}

pub(super) fn event(conn: &Connection, id: i64) -> Result<Option<v1::Event>, StoreError> {
    Ok(newest(conn, "id = ?2", params![1, id])?.pop())
}

pub(super) fn results(conn: &Connection, limit: usize) -> Result<ResultsPage, StoreError> {
    let events = newest(conn, DETECTION, params![at_most(limit)])?;
    let total = count(conn, DETECTION, [])?;
    Ok(ResultsPage { results: oldest_first(events)?, total })
}

pub(super) fn results_named(
    conn: &Connection,
    name: &str,
    limit: usize,
) -> Result<ResultsPage, StoreError> {
    let key = (!name::same(name, UNKNOWN_NAME)).then(|| name::key(name));
    let events = newest(conn, "name_key IS ?2 AND of_second = 0", params![at_most(limit), key])?;
    let total = count(conn, "name_key IS ?1 AND of_second = 0", [key])?;
    Ok(ResultsPage { results: oldest_first(events)?, total })
}

pub(super) fn latest(conn: &Connection) -> Result<Option<ResultObject>, StoreError> {
    newest(conn, DETECTION, params![1])?.first().map(result_object).transpose()
}

pub(super) fn stats(conn: &Connection) -> Result<CaptureStats, StoreError> {
    // One name may have been spelled in several ways over time: the latest spelling counts for all.
    let mut query = conn.prepare_cached(
        "SELECT name, count(*), max(id) FROM event WHERE name_key IS NOT NULL AND of_second = 0 GROUP BY name_key",
    )?;
    let recognized: BTreeMap<String, u64> = query
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?.into())))?
        .collect::<Result<_, _>>()?;
    let known: u64 = recognized.values().sum();
    let total_detections = count(conn, DETECTION, [])?;
    Ok(CaptureStats {
        unique_persons: recognized.len() as u64,
        recognized,
        total_detections,
        unknown_count: total_detections - known,
        last_detection: latest(conn)?,
    })
}

/// Events that `condition` picks, newest first; the first parameter is their limit.
fn newest(
    conn: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<v1::Event>, StoreError> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT {EVENT} FROM event WHERE {condition} ORDER BY id DESC LIMIT ?1"
    ))?;
    query.query_and_then(parameters, read_event)?.collect()
}

fn count(conn: &Connection, condition: &str, parameters: impl Params) -> Result<u64, StoreError> {
    let mut query =
        conn.prepare_cached(&format!("SELECT count(*) FROM event WHERE {condition}"))?;
    Ok(query.query_row(parameters, |row| row.get::<_, u32>(0))?.into())
}

fn oldest_first(mut events: Vec<v1::Event>) -> Result<Vec<ResultObject>, StoreError> {
    events.reverse();
    events.iter().map(result_object).collect()
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
