//! Recognition on the relay: a picture in, faces with embeddings out, a bounded number of pictures at a time.

mod callers;
pub mod image_text;
pub mod load;
pub mod mjpeg;
pub mod picture;
mod places;
mod threads;

use std::sync::Arc;

use axum::body::Bytes;
use rostro_core::quality::assess;
use rostro_core::{DetectOptions, Engine, EngineError, Face, ModelId};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tracing::field::Empty;
use tracing::{info_span, instrument};

use crate::config::limits;
use crate::traces::SPANS;
use callers::Callers;
use image_text::ImageTextError;
use load::{LoadedModels, ModelStatus};
use picture::{Picture, PictureError};
use places::Places;
use threads::Threads;

/// A picture as it arrived.
pub enum ImageSource {
    /// A data URL or bare base64.
    Text(String),
    /// The file itself.
    File(Bytes),
}

/// What was found in a picture.
#[derive(Debug)]
pub struct Seen {
    /// Every face, the most prominent first; none is an empty list.
    pub faces: Vec<Face>,
    /// What the picture of each face is worth, 0..1, in their order.
    pub qualities: Vec<Option<f32>>,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// SHA-256 of the picture's file.
    pub digest: [u8; 32],
}

/// Why a picture was not recognised. No face is not among the reasons.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecognitionError {
    /// The text holds no file.
    #[error(transparent)]
    Text(#[from] ImageTextError),
    /// The file is no picture that is taken.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A model that is needed is not there.
    #[error("the model {model} is not available")]
    Unavailable {
        /// Its id.
        model: &'static str,
    },
    /// All places are taken, and all waiting places too, or all that one caller may have.
    #[error("every place is taken, try again shortly")]
    Busy,
    /// A network failed.
    #[error("recognition failed")]
    Engine(#[source] EngineError),
    /// The work ended without a result: a fault of ours.
    #[error("recognition ended early")]
    Ended,
}

const NO_DETECTOR: RecognitionError = RecognitionError::Unavailable { model: rostro_models::YUNET };

/// The engine behind a bounded number of places; clones share it.
#[derive(Clone)]
pub struct Recognition {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Option<Arc<Engine>>,
    models: Vec<ModelStatus>,
    options: DetectOptions,
    places: Places,
    threads: Threads,
    callers: Callers,
    limits: limits::Recognition,
}

impl Recognition {
    /// Recognises with what was loaded, as many pictures at a time as `limits` say.
    ///
    /// # Panics
    /// When the system starts no threads.
    #[must_use]
    pub fn new(loaded: LoadedModels, limits: &limits::Recognition) -> Self {
        let places = limits.places.max(1);
        Self {
            shared: Arc::new(Shared {
                engine: loaded.engine,
                models: loaded.status,
                options: DetectOptions::default(),
                places: Places::new(places, limits.waiting_max),
                threads: Threads::start(places).expect("the system starts threads"),
                callers: Callers::new(limits.of_one_caller_max),
                limits: *limits,
            }),
        }
    }

    /// Each model, and why it is not available.
    #[must_use]
    pub fn models(&self) -> &[ModelStatus] {
        &self.shared.models
    }

    /// The recognisers that are loaded; none while the detector is not.
    #[must_use]
    pub fn available(&self) -> Vec<ModelId> {
        self.shared.engine.as_ref().map(|engine| engine.models()).unwrap_or_default()
    }

    /// The faces in a picture, each embedded with every one of `models`. Of one `caller` so many pictures wait or are
    /// in work at one time, so that the others find places too.
    ///
    /// The work keeps its place until it ends, even when the caller gives up.
    ///
    /// # Errors
    /// [`RecognitionError`]; a model that is not loaded is found out before the picture is looked at.
    #[instrument(target = SPANS, name = "recognition", skip_all)]
    pub async fn recognize(
        &self,
        source: ImageSource,
        models: Vec<ModelId>,
        caller: &str,
    ) -> Result<Seen, RecognitionError> {
        self.check_models(&models)?;
        let options = self.shared.options;
        let max_px = self.shared.limits.picture_max_px;
        let span = info_span!(target: SPANS, "recognition.work", faces = Empty);
        let seen = self.at_a_place(caller, move |engine| {
            let engine = engine.ok_or(NO_DETECTOR)?;
            let seen = span.in_scope(|| see(engine, &options, &source, &models, max_px));
            if let Ok(seen) = &seen {
                span.record("faces", seen.faces.len());
            }
            seen
        });
        seen.await?
    }

    /// Does `work` on a thread of recognition, once it is the caller's turn; the engine is `None` where a model of
    /// everybody's is missing. The place is kept until the work ends, even when the caller gives up.
    ///
    /// # Errors
    /// [`RecognitionError::Busy`] and [`RecognitionError::Ended`].
    pub async fn at_a_place<T: Send + 'static>(
        &self,
        caller: &str,
        work: impl FnOnce(Option<&Engine>) -> T + Send + 'static,
    ) -> Result<T, RecognitionError> {
        let turn = self.shared.callers.take_turn(caller).ok_or(RecognitionError::Busy)?;
        let place = self.shared.places.take(caller).await.ok_or(RecognitionError::Busy)?;
        let engine = self.shared.engine.clone();
        let work = self.shared.threads.run(move || {
            let done = work(engine.as_deref());
            drop((place, turn));
            done
        });
        work.await.map_err(|_| RecognitionError::Ended)
    }

    /// Largest area of a picture, in pixels.
    #[must_use]
    pub fn picture_max_px(&self) -> u64 {
        self.shared.limits.picture_max_px
    }

    /// Whether everything that is asked for is there.
    fn check_models(&self, models: &[ModelId]) -> Result<(), RecognitionError> {
        let loaded = self.shared.engine.as_ref().ok_or(NO_DETECTOR)?.models();
        match models.iter().find(|model| !loaded.contains(model)) {
            Some(missing) => Err(RecognitionError::Unavailable { model: missing.as_str() }),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Recognition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recognition({} models)", self.available().len())
    }
}

/// One picture through the pipeline, on the calling thread.
fn see(
    engine: &Engine,
    options: &DetectOptions,
    source: &ImageSource,
    models: &[ModelId],
    max_px: u64,
) -> Result<Seen, RecognitionError> {
    let decoded;
    let file: &[u8] = match source {
        ImageSource::Text(text) => {
            decoded = image_text::decode(text)?;
            &decoded
        }
        ImageSource::File(bytes) => bytes,
    };
    let picture = Picture::decode_within(file, max_px)?;
    let frame = picture.frame().map_err(|_| RecognitionError::Ended)?;
    let faces = engine.recognize(&frame, options, models).map_err(|error| match error {
        EngineError::ModelUnavailable(model) => {
            RecognitionError::Unavailable { model: model.as_str() }
        }
        error => RecognitionError::Engine(error),
    })?;
    let qualities =
        faces.iter().map(|face| Some(assess(&frame, &face.detection)?.score())).collect();
    let digest = Sha256::digest(file).into();
    Ok(Seen { faces, qualities, width: picture.width(), height: picture.height(), digest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::limits::Limits;

    fn without_models() -> Recognition {
        let status = vec![ModelStatus {
            id: rostro_models::YUNET,
            unavailable: Some("the file is missing".to_owned()),
        }];
        Recognition::new(LoadedModels { engine: None, status }, &Limits::default().recognition)
    }

    #[tokio::test]
    async fn without_a_detector_nothing_is_recognised_and_nobody_unknown() {
        let recognition = without_models();
        assert!(recognition.available().is_empty());
        let junk = ImageSource::Text("%%%".to_owned());
        let refused = recognition.recognize(junk, vec![], "test").await.unwrap_err();
        assert_eq!(refused.to_string(), "the model yunet-2023mar is not available");
    }
}
