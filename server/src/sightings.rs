//! From what a client sends to who was seen: the one service behind every wire.
//!
//! A picture is recognised here; a report was recognised by its sender and is measured again. Either way the relay's
//! own galleries decide, and what is worth keeping is stored as one capture, whatever channels it came by.

pub mod cool_down;
pub mod followed;
mod measure;
mod pictured;
mod report;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rostro_core::ModelId;
use rostro_wire::v1;
use thiserror::Error;
use tracing::warn;
use uuid::Uuid;

use crate::cameras::Cameras;
use crate::captures::{Captures, NewCapture, NewFace, Notify, RecordError};
use crate::config::limits;
use crate::people::{Galleries, People, PersonCard, upgrades};
use crate::recognition::{ImageSource, Recognition, RecognitionError, Seen};
use crate::settings::{Settings, SettingsValues, Upgrade};
use crate::stats::{Outcome, Stats};

use cool_down::CoolDown;
use measure::{MeasuredFace, measure};
pub use report::{ReportError, ReportFault};

/// A picture that a client sent.
pub struct NewPicture {
    /// The picture.
    pub image: ImageSource,
    /// How it came.
    pub channel: v1::Channel,
    /// The sender's id, where it made one: the picture is then stored whatever `keep` says.
    pub capture_id: Option<Uuid>,
    /// The camera, where the sender named one.
    pub camera_id: Option<String>,
    /// What becomes of a picture without an id.
    pub keep: Keep,
    /// Who asks, told from others who ask: a socket, or an address.
    pub caller: String,
}

/// Whether a picture without a capture id is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It is, under an id of the relay's.
    Always,
    /// Of a stream, each person is stored once in a while. A fault in storing is logged, not answered.
    NowAndThen {
        /// What tells this stream from others.
        stream: String,
    },
}

/// What a picture showed.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Faces in it, known or not.
    pub faces: usize,
    /// The best known of them.
    pub known: Option<Known>,
    /// The model that decided on the best known face, else on the largest; `None` where there was nothing to decide.
    pub decided_by: Option<ModelId>,
    /// The threshold that was held, on the legacy scale.
    pub legacy_threshold: f32,
    /// What was stored.
    pub receipt: Option<v1::Receipt>,
    /// From the picture's arrival until now.
    pub elapsed: Duration,
}

/// Somebody who is known.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub person: Arc<PersonCard>,
    /// 0..1, on the legacy scale.
    pub confidence: f32,
}

/// Why a picture has no [`Sighting`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SightingError {
    /// It was not recognised.
    #[error(transparent)]
    Recognition(#[from] RecognitionError),
    /// It was recognised, and could not be stored.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// The service; clones share everything.
#[derive(Clone, Debug)]
pub struct Sightings {
    people: People,
    captures: Captures,
    settings: Settings,
    recognition: Recognition,
    stats: Stats,
    cool_down: CoolDown,
    cameras: Cameras,
    limits: limits::Reports,
}

impl Sightings {
    /// The service over its parts.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "one for each service that it stands on")]
    pub const fn new(
        people: People,
        captures: Captures,
        settings: Settings,
        recognition: Recognition,
        stats: Stats,
        cool_down: CoolDown,
        cameras: Cameras,
        limits: &limits::Reports,
    ) -> Self {
        Self { people, captures, settings, recognition, stats, cool_down, cameras, limits: *limits }
    }

    /// Largest area of a picture, in pixels.
    #[must_use]
    pub fn picture_max_px(&self) -> u64 {
        self.recognition.picture_max_px()
    }

    /// Recognises a picture, and stores what is worth keeping.
    ///
    /// # Errors
    /// [`SightingError`].
    pub async fn picture(&self, picture: NewPicture) -> Result<Sighting, SightingError> {
        let started = Instant::now();
        let sighting = self.look_at(picture, started).await;
        let outcome = match &sighting {
            Ok(Sighting { known: Some(_), .. }) => Outcome::Known,
            Ok(_) => Outcome::Unknown,
            Err(_) => Outcome::Failed,
        };
        self.stats.count(outcome, started.elapsed());
        sighting
    }

    async fn look_at(
        &self,
        picture: NewPicture,
        started: Instant,
    ) -> Result<Sighting, SightingError> {
        let NewPicture { image, channel, capture_id, camera_id, keep, caller } = picture;
        self.cameras.heard_of(camera_id.as_deref());
        let galleries = self.people.galleries();
        let settings = self.settings.get();
        let models = self.models_to_ask(&galleries, &settings);
        let seen = self.recognition.recognize(image, models, &caller).await?;
        let faces = measure(&seen, &galleries, &settings);
        let stored = match (capture_id, keep) {
            (None, Keep::NowAndThen { stream }) => {
                self.keep_now_and_then(&faces, &seen, channel, camera_id, &stream, &settings).await
            }
            (None, Keep::Always) if faces.is_empty() => None,
            (id, _) => {
                let id = id.unwrap_or_else(Uuid::now_v7);
                let faces = faces.iter().map(|face| face.to_store(&settings)).collect();
                let (camera_id, stream_url) = self.place(camera_id);
                let capture = new_capture(id, channel, camera_id, stream_url, faces, seen.digest);
                Some(self.captures.record(capture).await?)
            }
        };
        if settings.upgrade == Upgrade::Auto && stored.is_some() {
            self.settle_upgrades(&faces).await;
        }
        let shown = MeasuredFace::to_show(&faces);
        Ok(Sighting {
            faces: faces.len(),
            known: shown.and_then(MeasuredFace::known),
            decided_by: shown.and_then(MeasuredFace::decided_by),
            legacy_threshold: settings.legacy_threshold,
            receipt: stored,
            elapsed: started.elapsed(),
        })
    }

    /// The camera that a picture is of, and its address: without a name of its own, the one that `/api/*` steers.
    fn place(&self, camera_id: Option<String>) -> (Option<String>, Option<String>) {
        match camera_id {
            Some(id) => (Some(id), None),
            None => self.cameras.default_place(),
        }
    }

    /// Every model that somebody is enrolled in, and the one that people are to be moved to.
    fn models_to_ask(&self, galleries: &Galleries, settings: &SettingsValues) -> Vec<ModelId> {
        let mut models = galleries.models();
        let is_moving = settings.upgrade != Upgrade::Off && !models.is_empty();
        if is_moving
            && !models.contains(&upgrades::TO)
            && self.recognition.available().contains(&upgrades::TO)
        {
            models.push(upgrades::TO);
        }
        models
    }

    /// Makes encodings of the sightings that have become enough. A fault is logged: the result stands without.
    async fn settle_upgrades(&self, faces: &[MeasuredFace]) {
        for person_id in faces.iter().filter_map(MeasuredFace::upgradable) {
            if let Err(error) = self.people.settle_upgrade(person_id).await {
                warn!(%error, "derived encodings were not stored");
            }
        }
    }

    /// Stores those faces of a stream that were not told of lately.
    async fn keep_now_and_then(
        &self,
        faces: &[MeasuredFace],
        seen: &Seen,
        channel: v1::Channel,
        camera_id: Option<String>,
        stream: &str,
        settings: &SettingsValues,
    ) -> Option<v1::Receipt> {
        let source = camera_id.as_deref().unwrap_or(stream);
        let now = Instant::now();
        let due: Vec<NewFace> = faces
            .iter()
            .filter(|face| self.cool_down.is_due(source, face.person_id(), now))
            .map(|face| face.to_store(settings))
            .collect();
        if due.is_empty() {
            return None;
        }
        let (camera_id, stream_url) = self.place(camera_id);
        let capture = new_capture(Uuid::now_v7(), channel, camera_id, stream_url, due, seen.digest);
        match self.captures.record(capture).await {
            Ok(receipt) => Some(receipt),
            Err(error) => {
                warn!(%error, "a frame's result was not stored");
                None
            }
        }
    }
}

/// A capture of a picture that has just arrived.
fn new_capture(
    capture_id: Uuid,
    channel: v1::Channel,
    camera_id: Option<String>,
    camera_stream_url: Option<String>,
    faces: Vec<NewFace>,
    digest: [u8; 32],
) -> NewCapture {
    NewCapture {
        capture_id,
        channel,
        camera_id,
        camera_stream_url,
        occurred_at: Timestamp::now(),
        faces,
        digest,
        notify: Notify::Always,
    }
}
