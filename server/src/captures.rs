//! What was seen: captures, the events in them, and the queries that the wires ask.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rostro_wire::result_object::ResultObject;
use rostro_wire::v1;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::store::{Store, StoreError};
use crate::webhooks::Outbox;

/// Whether a capture's faces are told to the webhook. Only a result that the relay measured itself
/// ([`v1::Verdict::Server`]) ever is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// None of them.
    Never,
    /// Each of them.
    Always,
    /// Each whose person (or an unknown face) was not told of by the same camera within this time before.
    AtMostEvery(SignedDuration),
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
    pub faces: Vec<v1::FaceResult>,
    /// A digest of what was sent, the same on both channels: tells a repeat from another capture of the same id.
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
pub struct Captures;

impl Captures {
    /// Over `store`; what is to be told goes to `outbox`, in the same transaction.
    #[must_use]
    pub fn load(store: Store, outbox: Outbox) -> Self {
        let _ = (store, outbox);
        unimplemented!()
    }

    /// Stores a capture, and returns once it is durable. A repeat gets the first receipt and changes nothing; the
    /// other channel completes it.
    ///
    /// # Errors
    /// [`RecordError`].
    pub async fn record(&self, capture: NewCapture) -> Result<v1::Receipt, RecordError> {
        let _ = capture;
        unimplemented!()
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
        let _ = (limit, before);
        unimplemented!()
    }

    /// The last `limit` results, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn results(&self, limit: usize) -> Result<ResultsPage, StoreError> {
        let _ = limit;
        unimplemented!()
    }

    /// The last `limit` results of one name (compared without case; `Desconocido` finds the unknown), oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn results_named(&self, name: &str, limit: usize) -> Result<ResultsPage, StoreError> {
        let _ = (name, limit);
        unimplemented!()
    }

    /// The latest result.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest(&self) -> Result<Option<ResultObject>, StoreError> {
        unimplemented!()
    }

    /// Figures over all results.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stats(&self) -> Result<CaptureStats, StoreError> {
        unimplemented!()
    }

    /// Every event stored from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<v1::Event> {
        unimplemented!()
    }
}
