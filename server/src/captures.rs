//! What was seen: captures, the events in them, and the queries that the wires ask.
//!
//! A capture is stored once, by whatever channels and however often it comes, together with what the webhook is to
//! be told, in one transaction.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{Stream, stream};
use jiff::{SignedDuration, Timestamp};
use rostro_core::Embedding;
use rostro_wire::result_object::ResultObject;
use rostro_wire::v1;
use rusqlite::Connection;
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

use crate::metrics::{self, CaptureCounts};
use crate::people::upgrades;
use crate::store::{Store, StoreError, as_stored};
use crate::traces;
use crate::webhooks::Outbox;
use rows::Channels;

mod queries;
mod rows;

pub(crate) use queries::result_object;

/// Events that a slow subscriber may lag behind before it misses some.
const BROADCAST_BUFFER: usize = 1024;
/// Events that are read at once for somebody who follows them.
const FOLLOWED_AT_ONCE: usize = 100;
/// The pause of somebody who follows events after the store failed.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// Whether a capture's faces are told to the webhooks that are there for them. A result that the relay did not measure
/// itself ([`v1::Verdict::ClientClaim`]) never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// None of them.
    Never,
    /// Each of them.
    Always,
    /// Each whose person (or an unknown face) the webhook was not told of, by the same camera, within this time
    /// before.
    AtMostEvery(SignedDuration),
}

/// A face of a capture that is to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFace {
    /// What was found.
    pub result: v1::FaceResult,
    /// What it was decided on, to be kept with a named result so that it can be corrected; empty to keep nothing.
    pub probes: Vec<Embedding>,
    /// What may become a derived encoding of the person, where they were recognised surely.
    pub upgrade: Option<Embedding>,
    /// A digest of the embedding that a client reported, by which a second use of it is told.
    pub evidence: Option<[u8; 16]>,
}

impl From<v1::FaceResult> for NewFace {
    /// A face whose embeddings are not kept.
    fn from(result: v1::FaceResult) -> Self {
        Self { result, probes: Vec::new(), upgrade: None, evidence: None }
    }
}

/// A capture to be stored.
#[derive(Clone, Debug)]
pub struct NewCapture {
    /// One for each capture, on whatever channels it comes.
    pub capture_id: Uuid,
    /// How it came.
    pub channel: v1::Channel,
    /// The camera's name, where there is one.
    pub camera_id: Option<String>,
    /// The camera's address; its credentials are taken out before it is stored.
    pub camera_stream_url: Option<String>,
    /// When it was seen.
    pub occurred_at: Timestamp,
    /// What was found, in the order of the report; may be empty.
    pub faces: Vec<NewFace>,
    /// A digest of what was sent: tells a repeat from something else under the same id.
    pub digest: [u8; 32],
    /// Whether the webhook is told.
    pub notify: Notify,
}

/// Why a capture was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Another capture has this id.
    #[error("the capture id was used for something else")]
    Conflict,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Results for the legacy wires.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultsPage {
    /// The last ones, oldest first.
    pub results: Vec<ResultObject>,
    /// How many there are in all.
    pub total: u64,
}

/// Figures over all results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaptureStats {
    /// Results in all.
    pub total_detections: u64,
    /// Results by name.
    pub recognized: BTreeMap<String, u64>,
    /// Results without a name.
    pub unknown_count: u64,
    /// Names among the results.
    pub unique_persons: u64,
    /// The latest result.
    pub last_detection: Option<ResultObject>,
}

/// The captures; clones share them.
#[derive(Clone, Debug)]
pub struct Captures {
    store: Store,
    outbox: Outbox,
    stored: broadcast::Sender<v1::Event>,
    pub(crate) counts: CaptureCounts,
}

impl Captures {
    /// Over `store`; what is to be told goes to `outbox`, in the same transaction.
    #[must_use]
    pub fn load(store: Store, outbox: Outbox) -> Self {
        let stored = broadcast::Sender::new(BROADCAST_BUFFER);
        Self { store, outbox, stored, counts: CaptureCounts::default() }
    }

    /// Stores a capture, and returns once it is durable. A repeat gets the first receipt and changes nothing; the
    /// other channel completes it. Where that found other people, what it found is stored beside, as a mismatch.
    ///
    /// A face of a person who was forgotten meanwhile is stored as an unknown one.
    ///
    /// # Errors
    /// [`RecordError`].
    pub async fn record(&self, capture: NewCapture) -> Result<v1::Receipt, RecordError> {
        let this = self.clone();
        let asked = Instant::now();
        // What is stored is also told, even if the caller stops waiting.
        let recorded = traces::spawn(async move {
            let outbox = this.outbox.clone();
            let capture = Arc::new(capture);
            let stored = Arc::clone(&capture);
            let recorded = this.store.write(move |conn| store(conn, &stored, &outbox)).await?;
            this.count(&capture, &recorded, asked.elapsed());
            if !recorded.events.is_empty() {
                this.outbox.wake();
            }
            for event in recorded.events {
                // Nobody may be listening.
                drop(this.stored.send(event));
            }
            Ok(recorded.receipt)
        });
        recorded.await.map_err(|_| StoreError::Fault)?
    }

    fn count(&self, capture: &NewCapture, recorded: &Recorded, took: Duration) {
        let channel = match capture.channel {
            v1::Channel::Rest => "rest",
            v1::Channel::Socket => "socket",
            v1::Channel::Camera => "camera",
        };
        let repeat = if recorded.receipt.duplicate { "yes" } else { "no" };
        let stored = self.counts.stored.get_or_create_owned(&metrics::Capture { channel, repeat });
        stored.observe(took.as_secs_f64());
        for v1::Event { face, .. } in &recorded.events {
            let verified = match face.verified {
                v1::Verdict::Server => "server",
                v1::Verdict::Mismatch => "mismatch",
                v1::Verdict::ClientClaim => "client_claim",
            };
            let outcome = if face.name.is_some() { "known" } else { "unknown" };
            self.counts.events.get_or_create(&metrics::Event { outcome, verified }).inc();
        }
    }

    /// Events, newest first, with ids below `before` where that is given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events(
        &self,
        limit: usize,
        before: Option<i64>,
    ) -> Result<Vec<v1::Event>, StoreError> {
        self.store.read(move |conn| queries::events(conn, limit, before)).await
    }

    /// Events with ids above `after`, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events_after(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<v1::Event>, StoreError> {
        self.store.read(move |conn| queries::events_after(conn, after, limit)).await
    }

    /// The id of the newest event; 0 where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_event(&self) -> Result<i64, StoreError> {
        self.store.read(queries::newest_id).await
    }

    /// What a repeat of that capture would get.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(&self, id: Uuid) -> Result<Option<v1::Receipt>, StoreError> {
        self.store
            .read(move |conn| {
                let Some(capture) = rows::capture(conn, id)? else { return Ok(None) };
                let faces = rows::faces_of(conn, id)?;
                let receipt = receipt(id, faces, capture.channels, true, capture.received_at);
                Ok(Some(v1::Receipt { disagreement: capture.disagrees, ..receipt }))
            })
            .await
    }

    /// The event of that id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn event(&self, id: i64) -> Result<Option<v1::Event>, StoreError> {
        self.store.read(move |conn| queries::event(conn, id)).await
    }

    /// Deletes the embeddings behind events that were kept before `before`; how many. What was deleted is overwritten
    /// in the store's file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_probes(&self, before: Timestamp) -> Result<usize, StoreError> {
        let deleted = self.store.write(move |conn| rows::delete_probes(conn, before)).await?;
        if deleted > 0 {
            self.store.empty_log().await?;
        }
        Ok(deleted)
    }

    /// Deletes the digests of embeddings that were reported before `before`: reports as old are not taken any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_evidence(&self, before: Timestamp) -> Result<usize, StoreError> {
        let mut deleted = 0;
        loop {
            match self.store.write(move |conn| rows::delete_evidence(conn, before)).await? {
                0 => return Ok(deleted),
                some => deleted += some,
            }
        }
    }

    /// The last `limit` results, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn results(&self, limit: usize) -> Result<ResultsPage, StoreError> {
        self.store.read(move |conn| queries::results(conn, limit)).await
    }

    /// The last `limit` results of one name (compared without case; `Desconocido` finds the unknown), oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn results_named(&self, name: &str, limit: usize) -> Result<ResultsPage, StoreError> {
        let name = name.to_owned();
        self.store.read(move |conn| queries::results_named(conn, &name, limit)).await
    }

    /// The latest result.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest(&self) -> Result<Option<ResultObject>, StoreError> {
        self.store.read(queries::latest).await
    }

    /// Figures over all results.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stats(&self) -> Result<CaptureStats, StoreError> {
        self.store.read(queries::stats).await
    }

    /// Every event after that one, from the store, in order, none left out and none twice; it waits for those to come.
    /// A store that fails is asked again.
    pub fn follow(&self, after: i64) -> impl Stream<Item = v1::Event> + Send + use<> {
        let state = (self.clone(), self.subscribe(), after, VecDeque::new());
        stream::unfold(state, async |(captures, mut news, mut after, mut page)| {
            loop {
                if let Some(event) = page.pop_front() {
                    return Some((event, (captures, news, after, page)));
                }
                match captures.events_after(after, FOLLOWED_AT_ONCE).await {
                    Ok(events) if !events.is_empty() => {
                        after = events.last().map_or(after, |last| last.id);
                        page = events.into();
                    }
                    Ok(_) => match news.recv().await {
                        Ok(_) | Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => return None,
                    },
                    Err(error) => {
                        tracing::error!(%error, "cannot read the events that are followed");
                        tokio::time::sleep(AFTER_FAULT).await;
                    }
                }
            }
        })
    }

    /// Every event stored from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<v1::Event> {
        self.stored.subscribe()
    }
}

struct Recorded {
    receipt: v1::Receipt,
    /// Those that are new.
    events: Vec<v1::Event>,
}

fn store(
    conn: &Connection,
    capture: &NewCapture,
    outbox: &Outbox,
) -> Result<Recorded, RecordError> {
    match rows::capture(conn, capture.capture_id)? {
        None => Ok(store_first(conn, capture, outbox)?),
        Some(before) => store_again(conn, capture, outbox, &before),
    }
}

/// A capture that is there already: a repeat, the other channel, or something else under its id.
fn store_again(
    conn: &Connection,
    capture: &NewCapture,
    outbox: &Outbox,
    before: &rows::StoredCapture,
) -> Result<Recorded, RecordError> {
    let id = capture.capture_id;
    let channels = before.channels.and(capture.channel);
    let is_repeat = [Some(before.digest), before.second_digest].contains(&Some(capture.digest));
    if !is_repeat && channels == before.channels {
        return Err(RecordError::Conflict);
    }
    if channels != before.channels {
        rows::set_channels(conn, id, channels)?;
    }
    let first = rows::faces_of(conn, id)?;
    let mut disagrees = before.disagrees;
    let mut events = Vec::new();
    if !is_repeat {
        disagrees = people(&first) != people(capture.faces.iter().map(|face| &face.result));
        rows::set_second(conn, id, rows::Second { digest: capture.digest, disagrees })?;
        if disagrees {
            events = store_faces(conn, capture, outbox, as_stored(Timestamp::now()), Role::Second)?;
        }
    }
    let receipt = receipt(id, first, channels, true, before.received_at);
    Ok(Recorded { receipt: v1::Receipt { disagreement: disagrees, ..receipt }, events })
}

/// Who is named in faces.
fn people<'a>(faces: impl IntoIterator<Item = &'a v1::FaceResult>) -> BTreeSet<&'a str> {
    faces.into_iter().filter_map(|face| face.person_id.as_deref()).collect()
}

/// Whose faces are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Those of the channel that came first: what was seen.
    First,
    /// Those of the second, which found other people: nothing that was seen, and a mismatch each.
    Second,
}

fn store_first(
    conn: &Connection,
    capture: &NewCapture,
    outbox: &Outbox,
) -> Result<Recorded, StoreError> {
    let received_at = as_stored(Timestamp::now());
    rows::add_capture(conn, capture, received_at)?;
    let events = store_faces(conn, capture, outbox, received_at, Role::First)?;
    let faces = events.iter().map(|event| event.face.clone()).collect();
    let channels = Channels::only(capture.channel);
    let receipt = receipt(capture.capture_id, faces, channels, false, received_at);
    Ok(Recorded { receipt, events })
}

fn store_faces(
    conn: &Connection,
    capture: &NewCapture,
    outbox: &Outbox,
    received_at: Timestamp,
    role: Role,
) -> Result<Vec<v1::Event>, StoreError> {
    let mut events = Vec::with_capacity(capture.faces.len());
    for NewFace { result, probes, upgrade, evidence } in &capture.faces {
        let mut face = without_the_forgotten(conn, result)?;
        if let Some(evidence) = *evidence {
            face.replayed = rows::is_replayed(conn, evidence, capture.capture_id, received_at)?;
        }
        if face.replayed || role == Role::Second {
            face.verified = v1::Verdict::Mismatch;
        }
        // What does not hold makes nobody's encoding.
        let upgrade = upgrade.as_ref().filter(|_| face.verified == v1::Verdict::Server);
        let told = outbox.told_of(conn, capture.camera_id.as_deref(), &face)?;
        let notify = !told.is_empty() && is_to_be_told(conn, capture, &face)?;
        let id = rows::add_event(conn, capture, &face, notify, role == Role::Second)?;
        if let Some(person_id) = &face.person_id {
            rows::add_probes(conn, id, person_id, probes, received_at)?;
            if let Some(embedding) = upgrade {
                upgrades::note(conn, id, person_id, embedding, received_at)?;
            }
        }
        let event = v1::Event {
            id,
            correctable: face.person_id.is_some() && !probes.is_empty(),
            correction: None,
            capture_id: capture.capture_id,
            camera_id: capture.camera_id.clone(),
            occurred_at: as_stored(capture.occurred_at).to_string(),
            face,
        };
        if notify {
            let stream_url = capture.camera_stream_url.as_deref();
            Outbox::add(conn, &told, &event, stream_url, received_at)?;
        }
        events.push(event);
    }
    Ok(events)
}

fn without_the_forgotten(
    conn: &Connection,
    face: &v1::FaceResult,
) -> Result<v1::FaceResult, StoreError> {
    let mut face = face.clone();
    if let Some(person_id) = &face.person_id
        && !rows::is_enrolled(conn, person_id)?
    {
        face = v1::FaceResult {
            name: None,
            person_id: None,
            distance: None,
            confidence: 0.0,
            decision: None,
            ..face
        };
    }
    Ok(face)
}

fn is_to_be_told(
    conn: &Connection,
    capture: &NewCapture,
    face: &v1::FaceResult,
) -> Result<bool, StoreError> {
    match capture.notify {
        Notify::Never => Ok(false),
        Notify::Always => Ok(true),
        Notify::AtMostEvery(pause) => {
            let since = capture.occurred_at.saturating_sub(pause);
            let since = since.unwrap_or(Timestamp::MIN);
            let camera = capture.camera_id.as_deref();
            Ok(!rows::was_notified_since(conn, camera, face, since)?)
        }
    }
}

fn receipt(
    capture_id: Uuid,
    faces: Vec<v1::FaceResult>,
    channels: Channels,
    duplicate: bool,
    received_at: Timestamp,
) -> v1::Receipt {
    let channels = channels.list();
    v1::Receipt {
        capture_id,
        faces,
        hybrid: channels.len() > 1,
        disagreement: false,
        channels,
        duplicate,
        received_at: received_at.to_string(),
    }
}

#[cfg(test)]
mod tests;
