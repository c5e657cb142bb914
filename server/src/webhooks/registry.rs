//! Who is told of what, as rows.

use jiff::Timestamp;
use rostro_wire::v1::{DisabledReason, Topic, WebhookFilter};
use rusqlite::{Connection, Row, named_params};

use super::rows::timestamp;
use crate::config::Secret;
use crate::store::StoreError;

/// The receiver that the environment names.
pub(super) const ENV: &str = "env";

/// A receiver; of [`ENV`], address and secrets are in the configuration.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Registered {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) filter: WebhookFilter,
    pub(super) secret: Option<Secret>,
    /// What is signed with as well, and until when.
    pub(super) previous: Option<(Secret, Timestamp)>,
    pub(super) send_bearer: bool,
    pub(super) disabled: Option<DisabledReason>,
    pub(super) created_at: Timestamp,
}

const COLUMNS: &str = "id, url, description, filter, secret, previous_secret, previous_until_us, send_bearer, disabled, created_at_us";

/// All of them, [`ENV`] first, then in the order of their making.
pub(super) fn all(conn: &Connection) -> Result<Vec<Registered>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM webhook ORDER BY created_at_us, id");
    conn.prepare_cached(&query)?.query_and_then([], read)?.collect()
}

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<Registered>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM webhook WHERE id = ?1");
    conn.prepare_cached(&query)?.query_and_then([id], read)?.next().transpose()
}

pub(super) fn exists(conn: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("SELECT 1 FROM webhook WHERE id = ?1")?.exists([id])?)
}

/// Puts it in the place of the one with its id, if there is one.
pub(super) fn put(conn: &Connection, webhook: &Registered) -> Result<(), StoreError> {
    let filter = serde_json::to_string(&webhook.filter)
        .map_err(|_| StoreError::BadValue { what: "a filter" })?;
    let previous = webhook.previous.as_ref();
    conn.prepare_cached(
        "INSERT INTO webhook (id, url, description, filter, secret, previous_secret, previous_until_us, send_bearer,
                              disabled, created_at_us)
         VALUES (:id, :url, :description, :filter, :secret, :previous, :until, :bearer, :disabled, :created)
         ON CONFLICT (id) DO UPDATE SET
             url = :url, description = :description, filter = :filter, secret = :secret, previous_secret = :previous,
             previous_until_us = :until, send_bearer = :bearer, disabled = :disabled",
    )?
    .execute(named_params! {
        ":id": webhook.id,
        ":url": webhook.url,
        ":description": webhook.description,
        ":filter": filter,
        ":secret": webhook.secret.as_ref().map(Secret::expose),
        ":previous": previous.map(|(secret, _)| secret.expose()),
        ":until": previous.map(|(_, until)| until.as_microsecond()),
        ":bearer": webhook.send_bearer,
        ":disabled": webhook.disabled.map(word),
        ":created": webhook.created_at.as_microsecond(),
    })?;
    Ok(())
}

/// Forgets secrets that were changed long enough before `now`; how many.
pub(super) fn forget_secrets(conn: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    let forget = "UPDATE webhook SET previous_secret = NULL, previous_until_us = NULL WHERE previous_until_us <= ?1";
    Ok(conn.prepare_cached(forget)?.execute([now.as_microsecond()])?)
}

/// Removes it, and its deliveries with it. Whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("DELETE FROM webhook WHERE id = ?1")?.execute([id])? > 0)
}

/// Switches it off, unless it is.
pub(super) fn disable(
    conn: &Connection,
    id: &str,
    reason: DisabledReason,
) -> Result<(), StoreError> {
    let disable = "UPDATE webhook SET disabled = ?2 WHERE id = ?1 AND disabled IS NULL";
    conn.prepare_cached(disable)?.execute([id, word(reason)])?;
    Ok(())
}

/// The configuration is a fresh word of the operator's: a receiver that said it was gone is asked again.
pub(super) fn ask_env_again(conn: &Connection) -> Result<(), StoreError> {
    let again = "UPDATE webhook SET disabled = NULL WHERE id = ?1 AND disabled = 'gone'";
    conn.prepare_cached(again)?.execute([ENV])?;
    Ok(())
}

/// Who is told of an event like this one.
pub(super) fn told_of(
    conn: &Connection,
    topic: Topic,
    camera: Option<&str>,
    person: Option<&str>,
) -> Result<Vec<String>, StoreError> {
    let mut query = conn.prepare_cached("SELECT id, filter FROM webhook WHERE disabled IS NULL")?;
    let mut told = Vec::new();
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        if passes(&filter(&row.get::<_, String>(1)?)?, topic, camera, person) {
            told.push(row.get(0)?);
        }
    }
    Ok(told)
}

/// Whether an event passes a filter.
fn passes(
    filter: &WebhookFilter,
    topic: Topic,
    camera: Option<&str>,
    person: Option<&str>,
) -> bool {
    let holds = |wanted: &[String], found: Option<&str>| {
        wanted.is_empty() || found.is_some_and(|found| wanted.iter().any(|one| one == found))
    };
    filter.topics.contains(&topic)
        && holds(&filter.cameras, camera)
        && holds(&filter.people, person)
}

fn read(row: &Row<'_>) -> Result<Registered, StoreError> {
    let secret =
        |index| Ok::<_, StoreError>(row.get::<_, Option<String>>(index)?.and_then(Secret::new));
    let until = row.get::<_, Option<i64>>(6)?.map(timestamp).transpose()?;
    let disabled: Option<String> = row.get(8)?;
    Ok(Registered {
        id: row.get(0)?,
        url: row.get(1)?,
        description: row.get(2)?,
        filter: filter(&row.get::<_, String>(3)?)?,
        secret: secret(4)?,
        previous: secret(5)?.zip(until),
        send_bearer: row.get(7)?,
        disabled: disabled.as_deref().map(reason).transpose()?,
        created_at: timestamp(row.get(9)?)?,
    })
}

fn filter(json: &str) -> Result<WebhookFilter, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::BadValue { what: "a filter" })
}

const fn word(reason: DisabledReason) -> &'static str {
    match reason {
        DisabledReason::Operator => "operator",
        DisabledReason::Gone => "gone",
    }
}

fn reason(word: &str) -> Result<DisabledReason, StoreError> {
    match word {
        "operator" => Ok(DisabledReason::Operator),
        "gone" => Ok(DisabledReason::Gone),
        _ => Err(StoreError::BadValue { what: "why a webhook is off" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_a_filter() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let default = WebhookFilter::default();
        let door = WebhookFilter { cameras: list(&["puerta"]), ..default.clone() };
        let ana = WebhookFilter { people: list(&["ana", "eva"]), ..default.clone() };
        let alarm = WebhookFilter { topics: vec![Topic::Mismatch], ..default.clone() };
        let both = WebhookFilter { people: list(&["ana"]), ..door.clone() };
        let known = |camera| (Topic::Known, Some(camera), Some("ana"));
        let unknown = (Topic::Unknown, Some("puerta"), None);
        let mismatch = (Topic::Mismatch, None, Some("ana"));
        let cases = [
            (&default, known("patio"), true),
            (&default, unknown, true),
            (&default, (Topic::Unknown, None, None), true),
            (&default, mismatch, false),
            (&door, known("puerta"), true),
            (&door, known("patio"), false),
            (&door, (Topic::Known, None, Some("ana")), false),
            (&door, unknown, true),
            (&ana, known("patio"), true),
            (&ana, (Topic::Known, None, Some("luis")), false),
            (&ana, unknown, false),
            (&both, known("puerta"), true),
            (&both, known("patio"), false),
            (&alarm, mismatch, true),
            (&alarm, known("puerta"), false),
        ];
        for (filter, (topic, camera, person), expected) in cases {
            assert_eq!(passes(filter, topic, camera, person), expected, "{filter:?} {topic:?}");
        }
    }
}
