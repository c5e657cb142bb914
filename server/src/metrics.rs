//! What Prometheus reads: counts and times, and how things stand at that moment.
//!
//! Each service counts for itself; here everything has its name. No label holds anything about a person or a camera.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::Method;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use rostro_wire::v1::CameraState;

use crate::app::AppState;
use crate::cameras::state_word;
use crate::store::StoreError;

/// The media type of [`Metrics::text`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds: from a millisecond to a minute.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// Those that are told apart.
const METHODS: [Method; 6] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// How long something took, by labels.
pub(crate) type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// How often something happened, by labels.
pub(crate) type Counts<L> = Family<L, Counter>;

/// Nothing has happened yet.
pub(crate) fn times<L: Clone + std::hash::Hash + Eq>() -> Times<L> {
    Times::new_with_constructor(|| Histogram::new(SECONDS))
}

/// An answered request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    /// The route, never the path itself: a path may hold a name.
    route: String,
    status: u16,
}

/// Which model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Model {
    model: String,
}

/// All that is told; clones share it.
#[derive(Clone)]
pub struct Metrics {
    shared: Arc<Shared>,
}

struct Shared {
    registry: Registry,
    requests: Times<Request>,
    now: Now,
    /// One reading at a time: what it sets is what it tells.
    reading: Mutex<()>,
}

/// How things stand when somebody reads.
#[derive(Default)]
struct Now {
    uptime_seconds: Gauge,
    encodings: Gauge,
    models: Family<Model, Gauge>,
    webhooks_waiting: Gauge,
    webhooks_failing: Gauge,
    cameras: Family<CameraLabel, Gauge>,
}

impl Metrics {
    /// Of a relay whose services are those of `state`, which count for themselves.
    pub(crate) fn of(pictures: &Times<Picture>, captures: &CaptureCounts) -> Self {
        let mut registry = Registry::with_prefix("rostro");
        let requests = times();
        let now = Now::default();
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The relay", version);
        let (seconds, name) = (Unit::Seconds, "http_request_duration");
        registry.register_with_unit(name, "Answered requests", seconds, requests.clone());
        let (seconds, name) = (Unit::Seconds, "picture_duration");
        registry.register_with_unit(name, "Recognised pictures", seconds, pictures.clone());
        let (seconds, name) = (Unit::Seconds, "capture_duration");
        registry.register_with_unit(
            name,
            "Captures made durable",
            seconds,
            captures.stored.clone(),
        );
        registry.register("events", "Faces in captures", captures.events.clone());
        registry.register("uptime_seconds", "Since the start", now.uptime_seconds.clone());
        registry.register("encodings", "Encodings held", now.encodings.clone());
        registry.register("model_available", "1 if it is loaded", now.models.clone());
        let waiting = now.webhooks_waiting.clone();
        registry.register("webhooks_waiting", "Deliveries not yet taken", waiting);
        let failing = now.webhooks_failing.clone();
        registry.register("webhooks_failing", "1 if a delivery has failed", failing);
        registry.register("cameras", "Cameras by how they are", now.cameras.clone());
        Self { shared: Arc::new(Shared { registry, requests, now, reading: Mutex::default() }) }
    }

    /// Counts an answered request. Methods that callers make up are one, as each label is kept for ever.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let method = if METHODS.contains(method) { method.as_str() } else { "other" };
        let request = Request { method: method.to_owned(), route: route.to_owned(), status };
        self.shared.requests.get_or_create(&request).observe(took.as_secs_f64());
    }

    /// Everything, as text.
    ///
    /// # Errors
    /// [`StoreError`] when the deliveries that wait cannot be counted.
    pub(crate) async fn text(&self, app: &AppState) -> Result<String, StoreError> {
        let waiting = app.webhooks.pending().await?;
        let is_failing = app.webhooks.is_failing().await?;
        let _alone = self.shared.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let Now { uptime_seconds, encodings, models, webhooks_waiting, webhooks_failing, cameras } =
            &self.shared.now;
        for state in CAMERA_STATES {
            let label = CameraLabel { state: state_word(state) };
            let count = app.cameras.count_in(state);
            cameras.get_or_create_owned(&label).set(whole(count as u64));
        }
        uptime_seconds.set(whole(app.stats.uptime(Instant::now()).as_secs()));
        encodings.set(whole(app.people.encoding_count() as u64));
        for status in app.recognition.models() {
            let model = Model { model: status.id.to_owned() };
            models.get_or_create(&model).set(i64::from(status.unavailable.is_none()));
        }
        webhooks_waiting.set(waiting.into());
        webhooks_failing.set(is_failing.into());
        let mut text = String::new();
        text::encode(&mut text, &self.shared.registry).expect("a String takes any text");
        Ok(text)
    }
}

const CAMERA_STATES: [CameraState; 6] = [
    CameraState::Connecting,
    CameraState::Live,
    CameraState::Stalled,
    CameraState::AuthFailed,
    CameraState::Unsupported,
    CameraState::Stopped,
];

/// Cameras in one state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CameraLabel {
    state: &'static str,
}

/// A recognised picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Picture {
    /// `known`, `unknown` or `failed`.
    pub(crate) outcome: &'static str,
}

/// A capture that was stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Capture {
    /// `rest`, `socket` or `camera`.
    pub(crate) channel: &'static str,
    /// Whether it had been stored before, by this channel or the other.
    pub(crate) repeat: &'static str,
}

/// A face in a capture.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Event {
    /// `known` or `unknown`.
    pub(crate) outcome: &'static str,
    /// `server`, `mismatch` or `client_claim`.
    pub(crate) verified: &'static str,
}

/// What captures count; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct CaptureCounts {
    /// From asking until it is on disk.
    pub(crate) stored: Times<Capture>,
    pub(crate) events: Counts<Event>,
}

impl Default for CaptureCounts {
    fn default() -> Self {
        Self { stored: times(), events: Counts::default() }
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
