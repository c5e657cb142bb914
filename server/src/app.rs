//! The relay put together: its state, its router, and serving it.

mod in_turns;
mod layers;
mod serve;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use jiff::Timestamp;
use rostro_core::ModelId;
use rostro_wire::webrtc::{Answered, CaptureMark, Echo};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use crate::auth::Access;
use crate::cameras::Cameras;
use crate::captures::Captures;
use crate::config::limits::Limits;
use crate::metrics::Metrics;
use crate::people::People;
use crate::realtime::Realtime;
use crate::recognition::Recognition;
use crate::routes::idempotency::Answers;
use crate::settings::Settings;
use crate::sightings::{Sighting, Sightings, cool_down::CoolDown};
use crate::stats::Stats;
use crate::store::{Store, StoreError};
use crate::webhooks::Webhooks;

pub use serve::serve;

/// How often the relay looks for what has been kept long enough.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// What the relay is made of.
#[derive(Debug)]
pub struct Parts {
    /// Who is enrolled.
    pub people: People,
    /// What was seen.
    pub captures: Captures,
    /// What operators change.
    pub settings: Settings,
    /// The engine.
    pub recognition: Recognition,
    /// Deliveries.
    pub webhooks: Webhooks,
    /// What is read, and what browsers drive.
    pub cameras: Cameras,
    /// Who may call.
    pub access: Access,
    /// How often a stream tells of the same person.
    pub cool_down: CoolDown,
    /// How much of everything there may be.
    pub limits: Limits,
    /// Where all of it is kept.
    pub store: Store,
}

/// What handlers work with; clones share it.
#[derive(Clone, Debug)]
pub struct AppState {
    /// Who is enrolled.
    pub people: People,
    /// What was seen.
    pub captures: Captures,
    /// What operators change.
    pub settings: Settings,
    /// The engine.
    pub recognition: Recognition,
    /// Deliveries.
    pub webhooks: Webhooks,
    /// What is read, and what browsers drive.
    pub cameras: Cameras,
    /// Who may call.
    pub access: Access,
    /// The service behind every wire.
    pub sightings: Sightings,
    /// Figures of the pictures so far.
    pub stats: Stats,
    /// What Prometheus reads.
    pub metrics: Metrics,
    /// The model that `change_provider` chose, told wherever no model has decided.
    pub provider: Arc<watch::Sender<ModelId>>,
    /// This run of the relay, told from every other.
    pub run_id: Uuid,
    /// How much of everything there may be.
    pub limits: Limits,
    /// Answers to requests with an `Idempotency-Key`.
    pub answers: Answers,
    /// Cancelled once the relay is to stop.
    pub stopping: CancellationToken,
}

impl AppState {
    /// The state of a relay that starts now.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            people,
            captures,
            settings,
            recognition,
            webhooks,
            cameras,
            access,
            cool_down,
            limits,
            store,
        } = parts;
        let answers = Answers::new(store, limits.requests.picture_body_max_bytes);
        let stats = Stats::since(Instant::now());
        let metrics = Metrics::of(&stats.times, &captures.counts);
        let sightings = Sightings::new(
            people.clone(),
            captures.clone(),
            settings.clone(),
            recognition.clone(),
            stats.clone(),
            cool_down,
            cameras.clone(),
            &limits.reports,
        );
        Self {
            people,
            captures,
            settings,
            recognition,
            webhooks,
            cameras,
            access,
            sightings,
            stats,
            metrics,
            provider: Arc::new(watch::Sender::new(ModelId::DEFAULT)),
            run_id: Uuid::new_v4(),
            answers,
            limits,
            stopping: CancellationToken::new(),
        }
    }

    /// Deletes the embeddings behind events that were kept for longer than the settings say.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_old_probes(&self) -> Result<(), StoreError> {
        let since = self.settings.get().probes_since(Timestamp::now());
        let deleted = self.captures.forget_probes(since).await?;
        if deleted > 0 {
            info!(deleted, "embeddings behind old events were deleted");
        }
        Ok(())
    }

    /// Deletes what is kept for a time only, once it is over, until `stop` is cancelled.
    async fn keep_tidy(&self, stop: CancellationToken) {
        let mut rounds = tokio::time::interval(TIDY_EVERY);
        loop {
            tokio::select! {
                _ = rounds.tick() => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.forget_old_probes().await {
                warn!(%error, "embeddings behind old events could not be deleted");
            }
            let limits = self.limits.reports;
            let before = Timestamp::now().saturating_sub(limits.age_max + limits.clock_ahead_max);
            let before = before.unwrap_or(Timestamp::MIN);
            if let Err(error) = self.captures.forget_evidence(before).await {
                warn!(%error, "what old reports brought could not be deleted");
            }
            if let Err(error) = self.answers.forget_old(Timestamp::now()).await {
                warn!(%error, "old answers could not be deleted");
            }
            match self.webhooks.forget_old(Timestamp::now()).await {
                Ok(0) => {}
                Ok(deleted) => info!(deleted, "old deliveries of webhooks were deleted"),
                Err(error) => warn!(%error, "old deliveries of webhooks could not be deleted"),
            }
        }
    }

    /// The model that `change_provider` chose.
    #[must_use]
    pub fn provider(&self) -> ModelId {
        *self.provider.borrow()
    }

    /// What both legacy channels say of a sighting beside the person.
    pub(crate) fn answered(&self, sighting: Sighting, timestamp: Echo) -> Answered {
        Answered {
            faces_detected: sighting.faces,
            provider: sighting.decided_by.unwrap_or_else(|| self.provider()).as_str().to_owned(),
            threshold: sighting.legacy_threshold,
            processing_time_ms: (sighting.elapsed.as_secs_f64() * 1e5).round() / 100.0,
            timestamp,
            capture: sighting.receipt.map(|receipt| CaptureMark {
                capture_id: receipt.capture_id,
                hybrid: receipt.hybrid,
                channels: receipt.channels,
                disagreement: receipt.disagreement,
            }),
        }
    }
}

/// The router, and what runs beside it.
#[derive(Debug)]
pub struct App {
    /// Every route, with everything around them. Each request must carry a
    /// [`Connection`](crate::auth::Connection), as [`serve()`] adds it.
    pub router: Router,
    /// Tells connected sockets what happens.
    pub realtime: Realtime,
}

impl App {
    /// Puts the router together.
    #[must_use]
    pub fn new(state: AppState) -> Self {
        let (sockets, realtime) = Realtime::new(state.clone());
        let router = layers::around(
            crate::routes::table(&state.limits.requests, state.answers.clone()).merge(sockets),
            &state,
        );
        Self { router: router.with_state(state), realtime }
    }
}

/// The router alone, for those who send requests to it without a socket.
pub fn router(state: AppState) -> Router {
    App::new(state).router
}

/// Serves on every listener and delivers webhooks until `stop` is cancelled, then ends what is under way.
pub async fn run(listeners: Vec<TcpListener>, state: AppState, stop: CancellationToken) {
    let webhooks = state.webhooks.clone();
    let cameras = state.cameras.clone();
    let sightings = state.sightings.clone();
    let App { router, realtime } = App::new(state.clone());
    let limits = state.limits.requests;
    let servers =
        listeners.into_iter().map(|listener| serve(listener, router.clone(), stop.clone(), limits));
    let stopping = state.stopping.clone();
    tokio::join!(
        async {
            stop.cancelled().await;
            stopping.cancel()
        },
        futures_util::future::join_all(servers),
        realtime.run(stop.clone()),
        webhooks.run(stop.clone()),
        cameras.run(sightings, stop.clone()),
        state.keep_tidy(stop.clone()),
    );
}
