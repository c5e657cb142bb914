//! The Socket.IO events of the same clients.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Answered, CaptureMark, Echo, nobody_known};

/// Names of the events.
pub mod event {
    /// From the client: [`ProcessFrame`](super::ProcessFrame).
    pub const PROCESS_FRAME: &str = "process_frame";
    /// From the client, without payload.
    pub const GET_STATS: &str = "get_stats";
    /// From the client, without payload.
    pub const RESET_STATS: &str = "reset_stats";
    /// From the client: [`ChangeProvider`](super::ChangeProvider).
    pub const CHANGE_PROVIDER: &str = "change_provider";
    /// To the client: [`Config`](super::Config).
    pub const CONFIG: &str = "config";
    /// To the client: [`Stats`](super::Stats).
    pub const STATS: &str = "stats";
    /// To the client: [`RecognitionResult`](super::RecognitionResult).
    pub const RECOGNITION_RESULT: &str = "recognition_result";
    /// To the client: [`Failure`](super::Failure).
    pub const ERROR: &str = "error";
}

/// `process_frame`. Only `image` is needed; `quality` changes nothing.
#[derive(Clone, PartialEq, Deserialize)]
pub struct ProcessFrame {
    /// A data URL or bare base64.
    #[serde(default)]
    pub image: Option<String>,
    /// Goes back in the result, unchanged.
    #[serde(default)]
    pub frame_id: Option<Echo>,
    /// Goes back in the result, unchanged.
    #[serde(default)]
    pub timestamp: Option<Echo>,
    /// Extension: the capture that this frame and a `POST /webrtc/face/` share.
    #[serde(default)]
    pub capture_id: Option<Uuid>,
    /// Extension: the camera that saw it.
    #[serde(default)]
    pub camera_id: Option<String>,
}

impl std::fmt::Debug for ProcessFrame {
    /// Without the picture.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProcessFrame").field("frame_id", &self.frame_id).finish_non_exhaustive()
    }
}

/// `change_provider`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChangeProvider {
    /// A model id.
    pub provider: String,
}

/// `config`, on connecting and after `change_provider`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Config {
    provider: String,
    max_fps: u32,
    supported_formats: [&'static str; 3],
    max_resolution: Resolution,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Resolution {
    width: u32,
    height: u32,
}

impl Config {
    /// Frames a second that a client is asked not to exceed.
    pub const MAX_FPS: u32 = 15;

    /// The configuration with `provider` as the model for new encodings.
    #[must_use]
    pub fn of(provider: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            max_fps: Self::MAX_FPS,
            supported_formats: ["image/jpeg", "image/png", "image/webp"],
            max_resolution: Resolution { width: 1280, height: 720 },
        }
    }
}

/// `stats`: on connecting, when asked for, and now and then.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// Sockets that are connected.
    pub connected_clients: usize,
    /// Pictures that were answered, by either channel.
    pub total_frames_processed: u64,
    /// Those in which somebody was known.
    pub successful_recognitions: u64,
    /// Those in which nobody was, or that failed.
    pub failed_recognitions: u64,
    /// Seconds a picture, on average.
    pub average_processing_time: f64,
    /// Seconds since the relay started.
    pub uptime_seconds: f64,
    /// The model for new encodings.
    pub current_provider: String,
    /// The models that are loaded.
    pub available_providers: Vec<String>,
}

/// `recognition_result`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecognitionResult {
    reconocido: bool,
    persona: Option<Persona>,
    confianza: f32,
    proveedor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold_usado: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mensaje: Option<&'static str>,
    processing_time: f64,
    frame_id: Option<Echo>,
    timestamp: Echo,
    faces_detected: usize,
    #[serde(flatten)]
    capture: Option<CaptureMark>,
}

impl RecognitionResult {
    /// The result of a frame with somebody known in it; `confianza` is 0..1.
    #[must_use]
    pub fn known(
        persona: Persona,
        confianza: f32,
        frame_id: Option<Echo>,
        answered: Answered,
    ) -> Self {
        let threshold_usado = Some(answered.threshold);
        let persona = Some(persona);
        let unknown = Self::unknown(frame_id, answered);
        Self { reconocido: true, persona, confianza, threshold_usado, mensaje: None, ..unknown }
    }

    /// The result of a frame with nobody known in it.
    #[must_use]
    pub fn unknown(frame_id: Option<Echo>, answered: Answered) -> Self {
        Self {
            reconocido: false,
            persona: None,
            confianza: 0.0,
            proveedor: answered.provider,
            threshold_usado: None,
            mensaje: Some(nobody_known(answered.faces_detected)),
            processing_time: answered.processing_time_ms,
            frame_id,
            timestamp: answered.timestamp,
            faces_detected: answered.faces_detected,
            capture: answered.capture,
        }
    }
}

/// The person of a [`RecognitionResult`]; what is not on record is an empty text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Persona {
    /// Their id.
    pub id: String,
    /// Name.
    pub nombre: String,
    /// Flat or office.
    pub vivienda: String,
    /// Kind of resident.
    pub tipo_residente: String,
    /// Identity document.
    pub documento: String,
}

/// What kind of `error` it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// The payload or its picture cannot be read.
    InvalidData,
    /// The relay could not recognise: a model is missing, the places are taken, or a fault of ours.
    ProcessingError,
    /// There is no such model, or it is not loaded.
    ProviderNotAvailable,
}

/// `error`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// For people.
    pub message: String,
    /// For programs.
    pub code: FailureCode,
    /// The frame at fault, where it named itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<Echo>,
    /// Whether nothing is wrong with the frame, and it was only not taken: a newer one overtook it, or every place was
    /// taken. Left out where it is not so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub busy: bool,
}
