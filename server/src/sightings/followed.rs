//! One picture of a camera whose faces are followed: found in every picture, embedded by track.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Bytes;
use rostro_core::quality::assess;
use rostro_core::tracks::{LookOutcome, TrackDecision, TrackerOptions};
use rostro_core::watch::{Moment, Watch, WatchedFace};
use rostro_core::{DetectOptions, Detection, Embedding, Engine, EngineError, Frame, ModelId};
use rostro_wire::v1;
use tracing::warn;
use uuid::Uuid;

use super::measure::MeasuredFace;
use super::{Sightings, new_capture};
use crate::captures::NewFace;
use crate::people::{Galleries, PersonCard};
use crate::recognition::RecognitionError;
use crate::recognition::picture::Picture;
use crate::settings::{SettingsValues, Upgrade};
use crate::stats::Outcome;
use crate::verify::pixel_box;

/// What a camera sees over time: whose face is whose.
#[derive(Clone, Debug)]
pub struct Gaze(Watch<Arc<PersonCard>>);

impl Default for Gaze {
    fn default() -> Self {
        Self(Watch::new(DetectOptions::default(), TrackerOptions::default()))
    }
}

/// A picture's pixels, and the digest of what they came in.
pub struct Decoded {
    /// The pixels.
    pub picture: Picture,
    /// SHA-256.
    pub digest: [u8; 32],
}

/// Makes the pixels of a picture.
pub type Decode = Box<dyn FnOnce() -> Result<Decoded, RecognitionError> + Send>;

/// Draws what was found into the picture; `None` where that fails.
pub type Show = Box<dyn FnOnce(Picture, &[FollowedFace]) -> Option<Bytes> + Send>;

/// Whether a face is looked at, in a picture of that width and height.
pub type Counts = Box<dyn Fn(&Detection, u32, u32) -> bool + Send>;

/// The next picture of a camera.
pub struct CameraFrame {
    /// What tells the camera from others: its pictures take turns with theirs.
    pub camera: String,
    /// The name under which events know it.
    pub camera_id: Option<String>,
    /// Its address, whose credentials are taken out before it is told.
    pub stream_url: Option<String>,
    /// Its own threshold, on the legacy scale.
    pub threshold: Option<f32>,
    /// Makes the pixels, on the thread that then looks at them.
    pub decode: Decode,
    /// Which faces are looked at, in a picture of that width and height.
    pub counts: Counts,
    /// Draws the picture for those who watch, on the same thread; `None` while nobody does.
    pub show: Option<Show>,
    /// What was seen before, to be gone on with.
    pub gaze: Arc<Mutex<Gaze>>,
    /// Milliseconds of the camera's clock.
    pub now_ms: u64,
}

/// What a picture of a camera showed.
pub struct Followed {
    /// The faces, the most prominent first.
    pub faces: Vec<FollowedFace>,
    /// Width and height of the picture in pixels, upright.
    pub size: (u32, u32),
    /// What [`CameraFrame::show`] made of it.
    pub shown: Option<Bytes>,
    /// The model that is missing, where one is: then no face was looked for.
    pub missing: Option<&'static str>,
}

/// A face that is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowedFace {
    /// Where.
    pub bounds: v1::PixelBox,
    /// Who, by all looks so far.
    pub decision: TrackDecision<Arc<PersonCard>>,
}

/// A followed picture, and those of its faces that may be told of.
struct Work {
    followed: Followed,
    fresh: Vec<MeasuredFace>,
    digest: [u8; 32],
}

impl Sightings {
    /// Looks at the next picture of a camera. Whoever was not told of lately by the same camera is stored and told. A
    /// picture with a model missing is decoded, and nobody is looked for.
    ///
    /// # Errors
    /// [`RecognitionError`]; a fault in storing is logged.
    pub async fn follow(&self, frame: CameraFrame) -> Result<Followed, RecognitionError> {
        let started = Instant::now();
        let galleries = self.people.galleries();
        let settings = self.settings_of(frame.threshold);
        let models = self.models_to_follow(&galleries, &settings);
        let camera = frame.camera.clone();
        let (camera_id, stream_url) = (frame.camera_id.clone(), frame.stream_url.clone());
        let kept = Arc::clone(&settings);
        let work = self
            .recognition
            .at_a_place(&camera, move |engine| look(engine, frame, &models, &galleries, &settings));
        let work = work.await.and_then(|done| done);
        let is_known = |work: &Work| {
            let mut faces = work.followed.faces.iter();
            faces.any(|face| face.decision.subject().is_some())
        };
        let outcome = match &work {
            Ok(work) if is_known(work) => Some(Outcome::Known),
            Ok(_) => Some(Outcome::Unknown),
            // It was not a picture's turn: the next one is as good.
            Err(RecognitionError::Busy) => None,
            Err(_) => Some(Outcome::Failed),
        };
        outcome.into_iter().for_each(|outcome| self.stats.count(outcome, started.elapsed()));
        let Work { followed, fresh, digest } = work?;
        self.tell_of(&camera, camera_id, stream_url, &fresh, digest, &kept).await;
        Ok(followed)
    }

    /// The settings, with a camera's own threshold.
    fn settings_of(&self, threshold: Option<f32>) -> Arc<SettingsValues> {
        let settings = self.settings.get();
        match threshold {
            Some(legacy_threshold) => {
                Arc::new(SettingsValues { legacy_threshold, ..SettingsValues::clone(&settings) })
            }
            None => settings,
        }
    }

    /// Those that pictures are embedded with; while nobody is enrolled, one, so that a face can be found to be nobody's.
    fn models_to_follow(&self, galleries: &Galleries, settings: &SettingsValues) -> Vec<ModelId> {
        let models = self.models_to_ask(galleries, settings);
        if models.is_empty() {
            self.recognition.available().into_iter().take(1).collect()
        } else {
            models
        }
    }

    async fn tell_of(
        &self,
        camera: &str,
        camera_id: Option<String>,
        stream_url: Option<String>,
        fresh: &[MeasuredFace],
        digest: [u8; 32],
        settings: &SettingsValues,
    ) {
        let now = Instant::now();
        let due: Vec<NewFace> = fresh
            .iter()
            .filter(|face| self.cool_down.is_due(camera, face.person_id(), now))
            .map(|face| face.to_store(settings))
            .collect();
        if due.is_empty() {
            return;
        }
        let channel = v1::Channel::Camera;
        let capture = new_capture(Uuid::now_v7(), channel, camera_id, stream_url, due, digest);
        if let Err(error) = self.captures.record(capture).await {
            warn!(%error, "what a camera saw was not stored");
            return;
        }
        if settings.upgrade == Upgrade::Auto {
            self.settle_upgrades(fresh).await;
        }
    }
}

/// One picture, on the calling thread.
fn look(
    engine: Option<&Engine>,
    frame: CameraFrame,
    models: &[ModelId],
    galleries: &Galleries,
    settings: &SettingsValues,
) -> Result<Work, RecognitionError> {
    let CameraFrame { decode, counts, show, gaze, now_ms, .. } = frame;
    let Decoded { picture, digest } = decode()?;
    let size = (picture.width(), picture.height());
    let loaded = engine.map(Engine::models).unwrap_or_default();
    let missing = models.iter().find(|model| !loaded.contains(model)).map(|model| model.as_str());
    let missing = engine.map_or(Some(rostro_models::YUNET), |_| missing);
    let (Some(engine), None) = (engine, missing) else {
        let shown = show.and_then(|show| show(picture, &[]));
        let followed = Followed { faces: Vec::new(), size, shown, missing };
        return Ok(Work { followed, fresh: Vec::new(), digest });
    };
    let mut gaze = gaze.lock().unwrap_or_else(PoisonError::into_inner);
    let Gaze(watch) = &mut *gaze;
    let pixels = picture.frame().map_err(|_| RecognitionError::Ended)?;
    let rule = settings.legacy_rule();
    let faces = watched(watch, engine, &pixels, models, now_ms, &*counts, |probes| {
        LookOutcome::of_decision(galleries.decide(probes, &rule))
    })
    .map_err(RecognitionError::Engine)?;
    // The cool-down says what is told, whatever begins or ends here; they are taken, as they would pile up.
    drop(watch.visits());
    let (width, height) = size;
    let quality = |face: &WatchedFace<_>| Some(assess(&pixels, &face.detection)?.score());
    let fresh = faces.iter().filter(|face| face.looked.is_some()).filter_map(|face| {
        let bounds = pixel_box(&face.detection.bounds, width, height);
        let measured =
            MeasuredFace::of(&face.embeddings, quality(face), bounds, galleries, settings);
        agrees(&face.decision, &measured).then_some(measured)
    });
    let fresh = fresh.collect();
    let faces: Vec<FollowedFace> = faces
        .into_iter()
        .map(|face| FollowedFace {
            bounds: pixel_box(&face.detection.bounds, width, height),
            decision: face.decision,
        })
        .collect();
    let shown = show.and_then(|show| show(picture, &faces));
    let followed = Followed { faces, size, shown, missing: None };
    Ok(Work { followed, fresh, digest })
}

/// The followed faces of a picture, but for those that do not count.
fn watched(
    watch: &mut Watch<Arc<PersonCard>>,
    engine: &Engine,
    pixels: &Frame<'_>,
    models: &[ModelId],
    now_ms: u64,
    counts: &dyn Fn(&Detection, u32, u32) -> bool,
    identify: impl FnMut(&[Embedding]) -> LookOutcome<Arc<PersonCard>>,
) -> Result<Vec<WatchedFace<Arc<PersonCard>>>, EngineError> {
    let mut detections = watch.detect(engine, pixels, now_ms)?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(pixels.width()), side(pixels.height()));
    detections.retain(|detection| counts(detection, width, height));
    watch.follow(pixels, detections, &Moment { engine, models, now_ms }, identify)
}

/// Whether this look found what all looks together say: only that is told, with this look's distance.
fn agrees(decision: &TrackDecision<Arc<PersonCard>>, measured: &MeasuredFace) -> bool {
    match decision {
        TrackDecision::Known { subject } => measured.person_id() == Some(subject.id.as_str()),
        TrackDecision::Unknown => measured.is_nobody(),
        TrackDecision::Undecided | TrackDecision::NotSure => false,
    }
}
