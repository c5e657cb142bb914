//! What the receiver has not taken: listed, sent again on request, and after a time forgotten.

use jiff::{SignedDuration, Timestamp};
use rostro_wire::v1::{Delivery, DeliveryState};
use rusqlite::{Connection, Row, named_params};

use super::rows::timestamp;
use crate::store::StoreError;

/// How long what was given up is kept: it holds a name.
pub(super) const DEAD_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What was given up and is to be sent again; everything that is set must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revival {
    /// This delivery.
    pub delivery: Option<i64>,
    /// The first event.
    pub from_event: Option<i64>,
    /// The last event.
    pub to_event: Option<i64>,
    /// When the face was seen, at the earliest.
    pub since: Option<Timestamp>,
    /// When the face was seen: before this.
    pub until: Option<Timestamp>,
}

/// At most `limit` deliveries that the receiver has not taken, newest first, older than `before`.
pub(super) fn list(
    conn: &Connection,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let wanted = match state {
        None => "",
        Some(DeliveryState::Pending) => "AND given_up_us IS NULL AND attempts = 0",
        Some(DeliveryState::Failing) => "AND given_up_us IS NULL AND attempts > 0",
        Some(DeliveryState::Dead) => "AND given_up_us IS NOT NULL",
    };
    let mut query = conn.prepare_cached(&format!(
        "SELECT id, webhook_id, event_id, attempts, due_us, last_failure, given_up_us FROM delivery
         WHERE id < :before {wanted} ORDER BY id DESC LIMIT :limit"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let page = named_params! { ":before": before.unwrap_or(i64::MAX), ":limit": limit };
    query.query_and_then(page, read)?.collect()
}

fn read(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let attempts: u32 = row.get(3)?;
    let given_up = row.get::<_, Option<i64>>(6)?.map(timestamp).transpose()?;
    let state = match (given_up, attempts) {
        (Some(_), _) => DeliveryState::Dead,
        (None, 0) => DeliveryState::Pending,
        (None, _) => DeliveryState::Failing,
    };
    let due = timestamp(row.get(4)?)?;
    Ok(Delivery {
        id: row.get(0)?,
        webhook_id: row.get(1)?,
        event_id: row.get(2)?,
        state,
        attempts,
        due_at: given_up.is_none().then(|| due.to_string()),
        last_failure: row.get(5)?,
        given_up_at: given_up.map(|at| at.to_string()),
    })
}

/// Lets what was given up be tried as if for the first time, under the same id; how many they are.
///
/// They have a lane of their own for each camera: among themselves they keep their order, and nothing new waits for
/// them.
pub(super) fn revive(
    conn: &Connection,
    revival: Revival,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut revive = conn.prepare_cached(
        "UPDATE delivery SET given_up_us = NULL, attempts = 0, first_attempt_us = NULL, due_us = :now,
             lane = 'replay:' || coalesce((SELECT camera_id FROM event WHERE event.id = event_id), '')
         WHERE given_up_us IS NOT NULL
           AND (:delivery IS NULL OR id = :delivery)
           AND (:from_event IS NULL OR event_id >= :from_event)
           AND (:to_event IS NULL OR event_id <= :to_event)
           AND (:since IS NULL OR (SELECT occurred_at_us FROM event WHERE event.id = event_id) >= :since)
           AND (:until IS NULL OR (SELECT occurred_at_us FROM event WHERE event.id = event_id) < :until)",
    )?;
    Ok(revive.execute(named_params! {
        ":now": now.as_microsecond(),
        ":delivery": revival.delivery,
        ":from_event": revival.from_event,
        ":to_event": revival.to_event,
        ":since": revival.since.map(Timestamp::as_microsecond),
        ":until": revival.until.map(Timestamp::as_microsecond),
    })?)
}

/// Deletes what was given up before `before`; how many they were.
pub(super) fn forget(conn: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    let mut delete = conn.prepare_cached("DELETE FROM delivery WHERE given_up_us < ?1")?;
    Ok(delete.execute([before.as_microsecond()])?)
}
