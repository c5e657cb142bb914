//! Webhooks: an outbox in the store, and a worker that delivers from it.
//!
//! Guaranteed is: what was stored is sent at least once, under one id for ever, until the receiver takes it (200,
//! 201, 202 or 204) or about three days are over; in the order of storing for each camera, but for what the receiver
//! refuses: that steps aside. Nothing is sent while a transaction is open.

use std::sync::Arc;

use jiff::Timestamp;
use rostro_wire::v1;
use rostro_wire::webhook::{WebhookBody, without_credentials};
use rusqlite::Connection;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::captures::result_object;
use crate::config::WebhookConfig;
use crate::store::{Store, StoreError};

mod dead;
mod lanes;
mod policy;
mod rows;
mod send;
mod sign;

pub use dead::Revival;
pub use policy::RetryPolicy;
pub use send::WebhookSetupError;

/// Where captures leave what is to be told; clones share it.
#[derive(Clone, Debug)]
pub struct Outbox {
    open: bool,
    wake: Arc<Notify>,
}

/// The delivery worker and what may be asked of it; clones share it.
#[derive(Clone, Debug)]
pub struct Webhooks {
    shared: Shared,
    sender: Option<send::Sender>,
}

#[derive(Clone, Debug)]
struct Shared {
    store: Store,
    wake: Arc<Notify>,
    policy: RetryPolicy,
}

impl Webhooks {
    /// Over `store`, as `config` says.
    ///
    /// # Errors
    /// [`WebhookSetupError`] when the address or the secret cannot be used.
    pub fn new(store: Store, config: &WebhookConfig) -> Result<Self, WebhookSetupError> {
        let sender = send::Sender::new(config)?;
        let shared = Shared { store, wake: Arc::default(), policy: config.retry };
        Ok(Self { shared, sender })
    }

    /// Where captures leave what is to be told. Closed where webhooks are switched off.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        Outbox { open: self.sender.is_some(), wake: Arc::clone(&self.shared.wake) }
    }

    /// Delivers until `stop` is cancelled. An attempt under way is given up then; its delivery waits for the next
    /// start. What waits while webhooks are switched off goes on waiting.
    pub async fn run(&self, stop: CancellationToken) {
        match &self.sender {
            Some(sender) => lanes::serve(&self.shared, sender, &stop).await,
            None => stop.cancelled().await,
        }
    }

    /// Deliveries that wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending(&self) -> Result<u32, StoreError> {
        self.shared.store.read(rows::pending).await
    }

    /// Whether a delivery that waits has failed, or one was given up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_failing(&self) -> Result<bool, StoreError> {
        self.shared.store.read(rows::is_failing).await
    }

    /// At most `limit` deliveries that the receiver has not taken, newest first, older than `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliveries(
        &self,
        state: Option<v1::DeliveryState>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<v1::Delivery>, StoreError> {
        self.shared.store.read(move |conn| dead::list(conn, state, before, limit)).await
    }

    /// Sends again, under the same ids, what was given up; how many deliveries that are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay(&self, revival: Revival) -> Result<usize, StoreError> {
        let now = Timestamp::now();
        let revived = self.shared.store.write(move |conn| dead::revive(conn, revival, now)).await?;
        self.shared.wake.notify_one();
        Ok(revived)
    }

    /// Deletes what was given up more than 30 days before `now`; how many deliveries that were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_dead(&self, now: Timestamp) -> Result<usize, StoreError> {
        let before = now.saturating_sub(dead::DEAD_KEPT).unwrap_or(Timestamp::MIN);
        let deleted = self.shared.store.write(move |conn| dead::forget(conn, before)).await?;
        if deleted > 0 {
            self.shared.store.empty_log().await?;
        }
        Ok(deleted)
    }
}

impl Outbox {
    /// Whether webhooks are switched on.
    pub(crate) const fn is_open(&self) -> bool {
        self.open
    }

    /// Adds an event to what is to be told, within the caller's transaction. A closed outbox takes nothing.
    pub(crate) fn add(
        &self,
        conn: &Connection,
        event: &v1::Event,
        stream_url: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.open {
            return Ok(());
        }
        let stream_url = stream_url.map(without_credentials);
        let lane = match (&event.camera_id, &stream_url) {
            (Some(camera), _) => format!("camera:{camera}"),
            (None, Some(url)) => format!("stream:{url}"),
            (None, None) => "none".to_owned(),
        };
        let body = WebhookBody {
            result: result_object(event)?,
            camera_id: event.camera_id.clone(),
            camera_stream_url: stream_url,
            timestamp: Some(event.occurred_at.clone()),
        };
        let body =
            serde_json::to_string(&body).map_err(|_| StoreError::BadValue { what: "a result" })?;
        let webhook_id = format!("msg_{}", Uuid::now_v7().simple());
        rows::add(conn, &webhook_id, event.id, &lane, &body, now)
    }

    /// Lets the worker look: something was added and committed.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

#[cfg(test)]
mod tests;
