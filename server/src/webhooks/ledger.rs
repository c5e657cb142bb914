//! Deliveries: listed, sent again on request, and after a time forgotten.

use jiff::Timestamp;
use rostro_wire::v1::{Delivery, DeliveryState};
use rusqlite::{Connection, Row, named_params};

use super::rows::timestamp;
use crate::store::StoreError;

/// Rows that one transaction deletes, so that no report waits for long behind it.
const FORGOTTEN_AT_ONCE: usize = 2000;

/// What is to be sent again; everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Also what the receiver took, not only what was given up; what `delivery` names may be either.
    pub delivered: bool,
}

/// At most `limit` deliveries to a receiver, newest first, older than `before`.
pub(super) fn list(
    conn: &Connection,
    webhook: &str,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Delivery>, StoreError> {
    let wanted = match state {
        None => "",
        Some(DeliveryState::Pending) => {
            "AND given_up_us IS NULL AND delivered_us IS NULL AND attempts = 0"
        }
        Some(DeliveryState::Failing) => {
            "AND given_up_us IS NULL AND delivered_us IS NULL AND attempts > 0"
        }
        Some(DeliveryState::Dead) => "AND given_up_us IS NOT NULL",
        Some(DeliveryState::Delivered) => "AND delivered_us IS NOT NULL",
    };
    let mut query = conn.prepare_cached(&format!(
        "SELECT id, webhook_id, event_id, attempts, due_us, last_failure, given_up_us, delivered_us FROM delivery
         WHERE webhook = :webhook AND id < :before {wanted} ORDER BY id DESC LIMIT :limit"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = before.unwrap_or(i64::MAX);
    let page = named_params! { ":webhook": webhook, ":before": before, ":limit": limit };
    query.query_and_then(page, read)?.collect()
}

fn read(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let attempts: u32 = row.get(3)?;
    let given_up = row.get::<_, Option<i64>>(6)?.map(timestamp).transpose()?;
    let delivered = row.get::<_, Option<i64>>(7)?.map(timestamp).transpose()?;
    let state = match (delivered, given_up, attempts) {
        (Some(_), ..) => DeliveryState::Delivered,
        (None, Some(_), _) => DeliveryState::Dead,
        (None, None, 0) => DeliveryState::Pending,
        (None, None, _) => DeliveryState::Failing,
    };
    let due = timestamp(row.get(4)?)?;
    Ok(Delivery {
        id: row.get(0)?,
        webhook_id: row.get(1)?,
        event_id: row.get(2)?,
        state,
        attempts,
        due_at: (given_up.is_none() && delivered.is_none()).then(|| due.to_string()),
        last_failure: row.get(5)?,
        given_up_at: given_up.map(|at| at.to_string()),
        delivered_at: delivered.map(|at| at.to_string()),
    })
}

/// Lets what was given up or taken be tried as if for the first time, under the same id; how many they are.
///
/// They have a lane of their own for each camera: among themselves they keep their order, and nothing new waits for
/// them.
pub(super) fn revive(
    conn: &Connection,
    webhook: &str,
    revival: &Revival,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut revive = conn.prepare_cached(
        "UPDATE delivery SET given_up_us = NULL, delivered_us = NULL, attempts = 0, first_attempt_us = NULL, due_us = :now,
             lane = webhook || '/replay:' || coalesce((SELECT camera_id FROM event WHERE event.id = event_id), '')
         WHERE webhook = :webhook
           AND (given_up_us IS NOT NULL OR (delivered_us IS NOT NULL AND (:delivered OR id = :delivery)))
           AND (:delivery IS NULL OR id = :delivery)
           AND (:from_event IS NULL OR event_id >= :from_event)
           AND (:to_event IS NULL OR event_id <= :to_event)
           AND (:since IS NULL OR (SELECT occurred_at_us FROM event WHERE event.id = event_id) >= :since)
           AND (:until IS NULL OR (SELECT occurred_at_us FROM event WHERE event.id = event_id) < :until)",
    )?;
    Ok(revive.execute(named_params! {
        ":now": now.as_microsecond(),
        ":webhook": webhook,
        ":delivered": revival.delivered,
        ":delivery": revival.delivery,
        ":from_event": revival.from_event,
        ":to_event": revival.to_event,
        ":since": revival.since.map(Timestamp::as_microsecond),
        ":until": revival.until.map(Timestamp::as_microsecond),
    })?)
}

/// Deletes some of what was given up before `given_up` or taken before `delivered`; how many they were, 0 once there
/// are no more.
pub(super) fn forget(
    conn: &Connection,
    given_up: Timestamp,
    delivered: Timestamp,
) -> Result<usize, StoreError> {
    let mut delete = conn.prepare_cached(
        "DELETE FROM delivery WHERE id IN (
             SELECT id FROM delivery WHERE given_up_us < ?1
             UNION ALL SELECT id FROM delivery WHERE delivered_us < ?2
             LIMIT ?3)",
    )?;
    let limit = i64::try_from(FORGOTTEN_AT_ONCE).unwrap_or(i64::MAX);
    Ok(delete.execute([given_up.as_microsecond(), delivered.as_microsecond(), limit])?)
}
