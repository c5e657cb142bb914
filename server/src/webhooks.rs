//! Webhooks: an outbox in the store, and a worker that delivers from it.
//!
//! Guaranteed is: what was stored is sent to each receiver at least once, under one id for ever, until the receiver
//! takes it (200, 201, 202 or 204), says that it is gone (410), or about three days are over; in the order of storing
//! for each receiver and camera, but for what the receiver refuses: that steps aside. No receiver waits for another.
//! Nothing is sent while a transaction is open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rostro_wire::v1;
use rostro_wire::webhook::{WebhookBody, without_credentials};
use rusqlite::{Connection, OptionalExtension as _};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::captures::result_object;
use crate::config::{WebhookConfig, limits};
use crate::store::{Store, StoreError};
use crate::traces;
use policy::RetryPolicy;
use registry::ENV;
use send::{Outbound, Target};
use targets::Targets;

mod endpoints;
mod lanes;
mod ledger;
mod policy;
mod registry;
mod rows;
mod send;
mod sign;
mod targets;

pub use endpoints::{WebhookError, without_query};
pub use ledger::Revival;
pub use send::WebhookSetupError;

/// Where captures leave what is to be told; clones share it.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Whether the environment names a receiver.
    has_env: bool,
    wake: Arc<Notify>,
}

/// The delivery worker and what may be asked of it; clones share it.
#[derive(Clone, Debug)]
pub struct Webhooks {
    shared: Shared,
    env_url: Option<Arc<str>>,
    env_sends_bearer: bool,
}

#[derive(Clone, Debug)]
struct Shared {
    store: Store,
    wake: Arc<Notify>,
    policy: RetryPolicy,
    limits: limits::Webhooks,
    outbound: Outbound,
    /// The receiver of the environment.
    env: Option<Arc<Target>>,
    targets: Targets,
    /// Held while receivers change, so that what is sent to is what was stored last.
    changing: Arc<Mutex<()>>,
}

impl Webhooks {
    /// Over `store`, as `config` says.
    ///
    /// # Errors
    /// [`WebhookSetupError`] when the address or the secret of the configuration cannot be used.
    pub async fn load(store: Store, config: &WebhookConfig) -> Result<Self, WebhookSetupError> {
        let outbound = Outbound::new(config)?;
        let env = Target::of_env(&outbound, config)?.map(Arc::new);
        let shared = Shared {
            store,
            wake: Arc::default(),
            policy: config.limits.into(),
            limits: config.limits,
            outbound,
            env,
            targets: Targets::default(),
            changing: Arc::default(),
        };
        shared.store.write(registry::ask_env_again).await?;
        shared.reload().await?;
        let env_url = config.url.as_deref().map(Arc::from);
        Ok(Self { shared, env_url, env_sends_bearer: config.secret.is_some() })
    }

    /// Where captures leave what is to be told.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        Outbox { has_env: self.shared.env.is_some(), wake: Arc::clone(&self.shared.wake) }
    }

    /// Delivers until `stop` is cancelled. An attempt under way is given up then; its delivery waits for the next
    /// start. What waits for a receiver that is switched off goes on waiting.
    pub async fn run(&self, stop: CancellationToken) {
        lanes::serve(&self.shared, &stop).await;
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

    /// At most `limit` deliveries to the receiver `webhook`, newest first, older than `before`.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn deliveries(
        &self,
        webhook: &str,
        state: Option<v1::DeliveryState>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<v1::Delivery>, WebhookError> {
        let webhook = webhook.to_owned();
        self.shared
            .store
            .read(move |conn| {
                if !registry::exists(conn, &webhook)? {
                    return Err(WebhookError::Unknown);
                }
                Ok(ledger::list(conn, &webhook, state, before, limit)?)
            })
            .await
    }

    /// Sends again to the receiver `webhook`, under the same ids; how many deliveries that are.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn replay(&self, webhook: &str, revival: Revival) -> Result<usize, WebhookError> {
        let (webhook, now) = (webhook.to_owned(), Timestamp::now());
        let revived = self
            .shared
            .store
            .write(move |conn| {
                if !registry::exists(conn, &webhook)? {
                    return Err(WebhookError::Unknown);
                }
                Ok(ledger::revive(conn, &webhook, &revival, now)?)
            })
            .await?;
        self.shared.wake.notify_one();
        Ok(revived)
    }

    /// Deletes what was given up or taken longer before `now` than it is to be kept, and secrets that nothing is signed
    /// with any more; how many deliveries that were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_old(&self, now: Timestamp) -> Result<usize, StoreError> {
        let before = |kept: Duration| now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        let limits = self.shared.limits;
        let (given_up, delivered) = (before(limits.dead_kept), before(limits.delivered_kept));
        let mut deleted = 0;
        let secrets =
            self.shared.store.write(move |conn| registry::forget_secrets(conn, now)).await?;
        loop {
            let forget = move |conn: &Connection| ledger::forget(conn, given_up, delivered);
            match self.shared.store.write(forget).await? {
                0 => break,
                some => deleted += some,
            }
        }
        if deleted > 0 || secrets > 0 {
            self.shared.store.empty_log().await?;
        }
        Ok(deleted)
    }

    /// Changes receivers, and sends to them as they are then.
    async fn changing<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, WebhookError> + Send + 'static,
    ) -> Result<T, WebhookError> {
        let shared = self.shared.clone();
        // What was stored is also sent to, even if the caller stops waiting.
        let changed = traces::spawn(async move {
            let _alone = shared.changing.lock().await;
            let changed = shared.store.write(change).await?;
            shared.reload().await?;
            Ok(changed)
        });
        changed.await.map_err(|_| StoreError::Fault)?
    }
}

impl Shared {
    /// Sends to the receivers as they are stored.
    async fn reload(&self) -> Result<(), StoreError> {
        let mut targets = HashMap::new();
        for webhook in self.store.read(registry::all).await? {
            if webhook.disabled.is_some() {
                continue;
            }
            let target = match webhook.id.as_str() {
                ENV => self.env.clone(),
                _ => Target::of(&self.outbound, &webhook).map(Arc::new),
            };
            if let Some(target) = target {
                targets.insert(webhook.id, target);
            }
        }
        self.targets.set(targets);
        self.wake.notify_one();
        Ok(())
    }

    /// Switches a receiver off that said it is gone, and gives up what waits for it.
    async fn disable_gone(&self, webhook: String, failure: String) -> Result<(), StoreError> {
        let _alone = self.changing.lock().await;
        let id = webhook.clone();
        let given_up = self
            .store
            .write(move |conn| {
                registry::disable(conn, &id, v1::DisabledReason::Gone)?;
                rows::give_up_all(conn, &id, &failure, Timestamp::now())
            })
            .await?;
        tracing::warn!(webhook, given_up, "a webhook's receiver is gone: it is told no more");
        self.reload().await
    }
}

impl Outbox {
    /// Who is told of an event like this one; empty where nobody is.
    pub(crate) fn told_of(
        &self,
        conn: &Connection,
        camera: Option<&str>,
        face: &v1::FaceResult,
    ) -> Result<Vec<String>, StoreError> {
        let Some(topic) = topic(face) else { return Ok(Vec::new()) };
        let mut told = registry::told_of(conn, topic, camera, face.person_id.as_deref())?;
        told.retain(|webhook| self.has_env || webhook != ENV);
        Ok(told)
    }

    /// Adds an event to what is to be told to each of `webhooks`, within the caller's transaction.
    pub(crate) fn add(
        conn: &Connection,
        webhooks: &[String],
        event: &v1::Event,
        stream_url: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
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
            client_id: client_id(conn, &event.face)?,
            timestamp: Some(event.occurred_at.clone()),
            topic: topic(&event.face),
            event_id: Some(event.id),
            capture_id: Some(event.capture_id.to_string()),
        };
        let body =
            serde_json::to_string(&body).map_err(|_| StoreError::BadValue { what: "a result" })?;
        for webhook in webhooks {
            let delivery = rows::NewDelivery {
                webhook,
                webhook_id: &format!("msg_{}", Uuid::now_v7().simple()),
                event_id: event.id,
                lane: &lane,
                body: &body,
            };
            rows::add(conn, &delivery, now)?;
        }
        Ok(())
    }

    /// Lets the worker look: something was added and committed.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Who somebody is in the receivers' own records.
fn client_id(conn: &Connection, face: &v1::FaceResult) -> Result<Option<String>, StoreError> {
    let Some(person) = &face.person_id else { return Ok(None) };
    let query = "SELECT client_id FROM person WHERE id = ?1";
    let found = conn.prepare_cached(query)?.query_row([person], |row| row.get(0)).optional()?;
    Ok(found.flatten())
}

/// What kind of event a face is; `None` for what the relay could not measure, which nobody is told of.
const fn topic(face: &v1::FaceResult) -> Option<v1::Topic> {
    match (face.verified, &face.name) {
        (v1::Verdict::Server, Some(_)) => Some(v1::Topic::Known),
        (v1::Verdict::Server, None) => Some(v1::Topic::Unknown),
        (v1::Verdict::Mismatch, _) => Some(v1::Topic::Mismatch),
        (v1::Verdict::ClientClaim, _) => None,
    }
}

#[cfg(test)]
mod tests;
