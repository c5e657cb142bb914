//! Deliveries as rows.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::StoreError;

/// A delivery that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) id: i64,
    /// Who is told.
    pub(super) webhook: String,
    /// The same on every attempt.
    pub(super) webhook_id: String,
    pub(super) lane: String,
    pub(super) body: String,
    /// Attempts made before.
    pub(super) attempts: u32,
    /// The first of them.
    pub(super) first_attempt: Option<Timestamp>,
}

/// The first delivery of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) webhook: String,
    pub(super) lane: String,
    pub(super) due: Timestamp,
}

/// What becomes of a delivery that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It waits at the head of its lane.
    Retry(Timestamp),
    /// It waits in a lane of its own, and those behind it go on.
    RetryAside(Timestamp),
    /// It has been tried for long enough.
    GiveUp,
}

/// Rows that wait, as [`heads`], [`next_due`] and [`pending`] see them; the index `delivery_waiting` has the same words.
const WAITS: &str = "given_up_us IS NULL AND delivered_us IS NULL";

/// A delivery that is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewDelivery<'a> {
    pub(super) webhook: &'a str,
    pub(super) webhook_id: &'a str,
    pub(super) event_id: i64,
    /// What is kept in order, without the receiver.
    pub(super) lane: &'a str,
    pub(super) body: &'a str,
}

pub(super) fn add(
    conn: &Connection,
    new: &NewDelivery<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let NewDelivery { webhook, webhook_id, event_id, lane, body } = new;
    conn.prepare_cached(
        "INSERT INTO delivery (webhook, webhook_id, event_id, lane, body, due_us)
         VALUES (?1, ?2, ?3, ?1 || '/' || ?4, ?5, ?6)",
    )?
    .execute(params![webhook, webhook_id, event_id, lane, body, now.as_microsecond()])?;
    Ok(())
}

/// The first delivery of every lane.
pub(super) fn heads(conn: &Connection) -> Result<Vec<Head>, StoreError> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT id, webhook, lane, due_us FROM delivery WHERE id IN
             (SELECT min(id) FROM delivery WHERE {WAITS} GROUP BY lane)
         ORDER BY due_us",
    ))?;
    query.query_and_then([], read_head)?.collect()
}

fn read_head(row: &Row<'_>) -> Result<Head, StoreError> {
    let due = timestamp(row.get(3)?)?;
    Ok(Head { id: row.get(0)?, webhook: row.get(1)?, lane: row.get(2)?, due })
}

/// The delivery, unless it is gone: the person it tells of was forgotten.
pub(super) fn load(conn: &Connection, id: i64) -> Result<Option<Delivery>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT id, webhook, webhook_id, lane, body, attempts, first_attempt_us FROM delivery WHERE id = ?1",
    )?;
    let row = query.query_row([id], |row| {
        let delivery = Delivery {
            id: row.get(0)?,
            webhook: row.get(1)?,
            webhook_id: row.get(2)?,
            lane: row.get(3)?,
            body: row.get(4)?,
            attempts: row.get(5)?,
            first_attempt: None,
        };
        Ok((delivery, row.get::<_, Option<i64>>(6)?))
    });
    let Some((delivery, first_attempt)) = row.optional()? else { return Ok(None) };
    let first_attempt = first_attempt.map(timestamp).transpose()?;
    Ok(Some(Delivery { first_attempt, ..delivery }))
}

/// The delivery that is now first in `lane`, if it is due.
pub(super) fn next_due(
    conn: &Connection,
    lane: &str,
    now: Timestamp,
) -> Result<Option<Delivery>, StoreError> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT id, webhook, lane, due_us FROM delivery WHERE lane = ?1 AND {WAITS} ORDER BY id LIMIT 1",
    ))?;
    let head = query.query_and_then([lane], read_head)?.next().transpose()?;
    match head.filter(|head| head.due <= now) {
        Some(head) => load(conn, head.id),
        None => Ok(None),
    }
}

pub(super) fn delivered(conn: &Connection, id: i64, now: Timestamp) -> Result<(), StoreError> {
    let delivered = "UPDATE delivery SET delivered_us = ?2, attempts = attempts + 1 WHERE id = ?1";
    conn.prepare_cached(delivered)?.execute([id, now.as_microsecond()])?;
    Ok(())
}

pub(super) fn failed(
    conn: &Connection,
    delivery: &Delivery,
    first_attempt: Timestamp,
    now: Timestamp,
    failure: &str,
    next: &Next,
) -> Result<(), StoreError> {
    let (lane, due, given_up) = match next {
        Next::Retry(due) => (delivery.lane.clone(), *due, None),
        Next::RetryAside(due) => {
            (format!("{}/aside:{}", delivery.webhook, delivery.id), *due, None)
        }
        Next::GiveUp => (delivery.lane.clone(), now, Some(now.as_microsecond())),
    };
    conn.prepare_cached(
        "UPDATE delivery SET lane = ?2, attempts = attempts + 1, first_attempt_us = ?3, due_us = ?4,
             last_failure = ?5, given_up_us = ?6 WHERE id = ?1",
    )?
    .execute(params![
        delivery.id,
        lane,
        first_attempt.as_microsecond(),
        due.as_microsecond(),
        failure,
        given_up,
    ])?;
    Ok(())
}

/// Gives up all that waits for a receiver; how many deliveries that are.
pub(super) fn give_up_all(
    conn: &Connection,
    webhook: &str,
    failure: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let give_up = format!(
        "UPDATE delivery SET given_up_us = ?3, last_failure = ?2 WHERE webhook = ?1 AND {WAITS}"
    );
    Ok(conn.prepare_cached(&give_up)?.execute(params![webhook, failure, now.as_microsecond()])?)
}

pub(super) fn pending(conn: &Connection) -> Result<u32, StoreError> {
    let count = format!("SELECT count(*) FROM delivery WHERE {WAITS}");
    Ok(conn.prepare_cached(&count)?.query_row([], |row| row.get(0))?)
}

/// Whether something that waits has failed before, or something was given up.
pub(super) fn is_failing(conn: &Connection) -> Result<bool, StoreError> {
    let failing = format!(
        "SELECT 1 FROM delivery WHERE {WAITS} AND attempts > 0
         UNION ALL SELECT 1 FROM delivery WHERE given_up_us IS NOT NULL"
    );
    Ok(conn.prepare_cached(&failing)?.exists([])?)
}

pub(super) fn timestamp(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| StoreError::BadValue { what: "a time" })
}
