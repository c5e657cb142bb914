//! Captures and events as rows.

use jiff::Timestamp;
use rostro_core::Embedding;
use rostro_wire::v1;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::NewCapture;
use crate::people::{name, to_bytes};
use crate::store::StoreError;

/// An event's columns, in the order of [`read_event`].
pub(super) const EVENT: &str = "id, capture_id, camera_id, occurred_at_us, name, person_id, distance, \
    threshold, model, confidence, verified, box_top, box_right, box_bottom, box_left, \
    EXISTS (SELECT 1 FROM probe WHERE probe.event_id = event.id), \
    (SELECT actual_name FROM correction WHERE correction.event_id = event.id), \
    (SELECT created_at_us FROM correction WHERE correction.event_id = event.id), decision, replayed";

/// A capture that is stored.
pub(super) struct StoredCapture {
    /// What the first channel sent.
    pub(super) digest: [u8; 32],
    /// What the second sent, where it was something else.
    pub(super) second_digest: Option<[u8; 32]>,
    /// Whether the second found other people than the first.
    pub(super) disagrees: bool,
    pub(super) channels: Channels,
    pub(super) received_at: Timestamp,
}

/// What a second channel brought that differs from the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Second {
    pub(super) digest: [u8; 32],
    pub(super) disagrees: bool,
}

/// The channels that a capture came by, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channels(u8);

impl Channels {
    pub(super) const fn only(channel: v1::Channel) -> Self {
        Self(match channel {
            v1::Channel::Rest => 1,
            v1::Channel::Socket => 2,
            v1::Channel::Camera => 4,
        })
    }

    pub(super) const fn and(self, channel: v1::Channel) -> Self {
        Self(self.0 | Self::only(channel).0)
    }

    pub(super) fn list(self) -> Vec<v1::Channel> {
        let holds = |channel: &v1::Channel| self.and(*channel) == self;
        let all = [v1::Channel::Rest, v1::Channel::Socket, v1::Channel::Camera];
        all.into_iter().filter(holds).collect()
    }
}

pub(super) fn capture(conn: &Connection, id: Uuid) -> Result<Option<StoredCapture>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT digest, second_digest, disagrees, channels, received_at_us FROM capture WHERE id = ?1",
    )?;
    let columns =
        |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    let row = query.query_row([id.into_bytes()], columns).optional()?;
    let Some((digest, second_digest, disagrees, channels, received_at)) = row else {
        return Ok(None);
    };
    let (channels, received_at) = (Channels(channels), timestamp(received_at)?);
    Ok(Some(StoredCapture { digest, second_digest, disagrees, channels, received_at }))
}

pub(super) fn add_capture(
    conn: &Connection,
    capture: &NewCapture,
    received_at: Timestamp,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO capture (id, digest, channels, camera_id, occurred_at_us, received_at_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        capture.capture_id.into_bytes(),
        capture.digest,
        Channels::only(capture.channel).0,
        capture.camera_id,
        capture.occurred_at.as_microsecond(),
        received_at.as_microsecond(),
    ])?;
    Ok(())
}

pub(super) fn set_channels(
    conn: &Connection,
    id: Uuid,
    channels: Channels,
) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE capture SET channels = ?2 WHERE id = ?1")?
        .execute(params![id.into_bytes(), channels.0])?;
    Ok(())
}

pub(super) fn set_second(conn: &Connection, id: Uuid, second: Second) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE capture SET second_digest = ?2, disagrees = ?3 WHERE id = ?1")?
        .execute(params![id.into_bytes(), second.digest, second.disagrees])?;
    Ok(())
}

/// Whether another capture has brought this evidence; if none has, this one is the first.
pub(super) fn is_replayed(
    conn: &Connection,
    evidence: [u8; 16],
    capture_id: Uuid,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let id = capture_id.into_bytes();
    let add = "INSERT OR IGNORE INTO evidence (digest, capture_id, kept_at_us) VALUES (?1, ?2, ?3)";
    if conn.prepare_cached(add)?.execute(params![evidence, id, now.as_microsecond()])? > 0 {
        return Ok(false);
    }
    let other = "SELECT 1 FROM evidence WHERE digest = ?1 AND capture_id <> ?2";
    Ok(conn.prepare_cached(other)?.exists(params![evidence, id])?)
}

/// Deletes some of the evidence that was kept before `before`; how many, 0 once there is no more.
pub(super) fn delete_evidence(conn: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    let delete = "DELETE FROM evidence WHERE digest IN
                      (SELECT digest FROM evidence WHERE kept_at_us < ?1 LIMIT 5000)";
    Ok(conn.prepare_cached(delete)?.execute([before.as_microsecond()])?)
}

/// Whether the person is still enrolled; somebody may have been forgotten since the face was measured.
pub(super) fn is_enrolled(conn: &Connection, person_id: &str) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("SELECT 1 FROM person WHERE id = ?1")?.exists([person_id])?)
}

pub(super) fn add_event(
    conn: &Connection,
    capture: &NewCapture,
    face: &v1::FaceResult,
    notified: bool,
    of_second: bool,
) -> Result<i64, StoreError> {
    let unwritable = |_| StoreError::BadValue { what: "a decision" };
    let decision =
        face.decision.as_ref().map(serde_json::to_string).transpose().map_err(unwritable)?;
    conn.prepare_cached(
        "INSERT INTO event (capture_id, camera_id, occurred_at_us, name, name_key, person_id, distance,
             threshold, model, confidence, verified, box_top, box_right, box_bottom, box_left, notified, decision,
             replayed, of_second)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?
    .execute(params![
        capture.capture_id.into_bytes(),
        capture.camera_id,
        capture.occurred_at.as_microsecond(),
        face.name,
        face.name.as_deref().map(name::key),
        face.person_id,
        face.distance,
        face.threshold,
        face.model,
        face.confidence,
        verdict_word(face.verified),
        face.bounds.top,
        face.bounds.right,
        face.bounds.bottom,
        face.bounds.left,
        notified,
        decision,
        face.replayed,
        of_second,
    ])?;
    Ok(conn.last_insert_rowid())
}

/// Keeps what an event about `person_id` was decided on.
pub(super) fn add_probes(
    conn: &Connection,
    event_id: i64,
    person_id: &str,
    probes: &[Embedding],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut insert = conn.prepare_cached(
        "INSERT OR IGNORE INTO probe (event_id, model, person_id, vector, kept_at_us)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for probe in probes {
        insert.execute(params![
            event_id,
            probe.model().as_str(),
            person_id,
            to_bytes(probe),
            now.as_microsecond()
        ])?;
    }
    Ok(())
}

/// Deletes what was kept before `before`; how many embeddings.
pub(super) fn delete_probes(conn: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    Ok(conn.execute("DELETE FROM probe WHERE kept_at_us < ?1", [before.as_microsecond()])?)
}

/// Whether a webhook was told of the face's name (or of an unknown face), with the same verdict, by this camera after
/// `since`.
pub(super) fn was_notified_since(
    conn: &Connection,
    camera_id: Option<&str>,
    face: &v1::FaceResult,
    since: Timestamp,
) -> Result<bool, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM event WHERE notified = 1 AND name_key IS ?1 AND camera_id IS ?2
             AND occurred_at_us > ?3 AND verified = ?4",
        )?
        .exists(params![
            face.name.as_deref().map(name::key),
            camera_id,
            since.as_microsecond(),
            verdict_word(face.verified),
        ])?)
}

pub(super) fn faces_of(conn: &Connection, id: Uuid) -> Result<Vec<v1::FaceResult>, StoreError> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT {EVENT} FROM event WHERE capture_id = ?1 AND of_second = 0 ORDER BY id"
    ))?;
    let events = query.query_and_then([id.into_bytes()], read_event)?;
    events.map(|event| Ok(event?.face)).collect()
}

pub(super) fn read_event(row: &Row<'_>) -> Result<v1::Event, StoreError> {
    let verified: String = row.get(10)?;
    let correction = match row.get(17)? {
        None => None,
        Some(corrected_at) => Some(v1::Correction {
            name: row.get(16)?,
            corrected_at: timestamp(corrected_at)?.to_string(),
        }),
    };
    let unreadable = |_| StoreError::BadValue { what: "a decision" };
    let decision: Option<String> = row.get(18)?;
    let decision =
        decision.map(|json| serde_json::from_str(&json)).transpose().map_err(unreadable)?;
    Ok(v1::Event {
        id: row.get(0)?,
        capture_id: Uuid::from_bytes(row.get(1)?),
        camera_id: row.get(2)?,
        occurred_at: timestamp(row.get(3)?)?.to_string(),
        correctable: row.get(15)?,
        correction,
        face: v1::FaceResult {
            name: row.get(4)?,
            person_id: row.get(5)?,
            distance: row.get(6)?,
            threshold: row.get(7)?,
            model: row.get(8)?,
            confidence: row.get(9)?,
            decision,
            verified: verdict(&verified)?,
            replayed: row.get(19)?,
            liveness: v1::Liveness::NotChecked,
            bounds: v1::PixelBox {
                top: row.get(11)?,
                right: row.get(12)?,
                bottom: row.get(13)?,
                left: row.get(14)?,
            },
        },
    })
}

fn timestamp(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| StoreError::BadValue { what: "a time" })
}

const fn verdict_word(verdict: v1::Verdict) -> &'static str {
    match verdict {
        v1::Verdict::Server => "server",
        v1::Verdict::Mismatch => "mismatch",
        v1::Verdict::ClientClaim => "client_claim",
    }
}

fn verdict(word: &str) -> Result<v1::Verdict, StoreError> {
    [v1::Verdict::Server, v1::Verdict::Mismatch, v1::Verdict::ClientClaim]
        .into_iter()
        .find(|verdict| verdict_word(*verdict) == word)
        .ok_or(StoreError::BadValue { what: "a verdict" })
}
