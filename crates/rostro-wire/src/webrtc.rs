//! The REST calls `/webrtc/*` as existing clients send and read them. Frozen: fields may be added, never renamed or
//! retyped. The Socket.IO events of the same clients are in [`socket`].
//!
//! Confidences are 0..1, durations milliseconds.

pub mod socket;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;
use uuid::Uuid;

use crate::v1::Channel;

/// A text or a number that goes back to its sender as it came: `timestamp`, `frame_id`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Echo {
    /// A number, with or without a fraction.
    Number(Number),
    /// A text of up to [`Echo::MAX_BYTES`].
    Text(String),
}

impl Echo {
    /// Longest text that is sent back.
    pub const MAX_BYTES: usize = 256;
}

impl<'de> Deserialize<'de> for Echo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EchoVisitor)
    }
}

struct EchoVisitor;

impl serde::de::Visitor<'_> for EchoVisitor {
    type Value = Echo;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a number or a text of up to {} bytes", Echo::MAX_BYTES)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Echo, E> {
        Ok(Echo::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Echo, E> {
        Ok(Echo::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Echo, E> {
        Number::from_f64(number)
            .map(Echo::Number)
            .ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Echo, E> {
        if text.len() > Echo::MAX_BYTES {
            return Err(E::invalid_length(text.len(), &self));
        }
        Ok(Echo::Text(text.to_owned()))
    }
}

/// `GET /webrtc/status/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerStatus {
    status: &'static str,
    server: &'static str,
    port: u16,
    message: &'static str,
    endpoints: Endpoints,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Endpoints {
    status: &'static str,
    test: &'static str,
    face: &'static str,
}

impl ServerStatus {
    /// The status of a relay that was reached at `port`.
    #[must_use]
    pub const fn at(port: u16) -> Self {
        Self {
            status: "ok",
            server: "Rostro",
            port,
            message: "Servidor de reconocimiento facial activo",
            endpoints: Endpoints {
                status: "/webrtc/status/",
                test: "/webrtc/test/",
                face: "/webrtc/face/",
            },
        }
    }
}

/// `GET /webrtc/test/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestGet {
    message: &'static str,
    method: &'static str,
}

impl Default for TestGet {
    fn default() -> Self {
        Self { message: "Conexión REST correcta", method: "GET" }
    }
}

/// `POST /webrtc/test/`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestPost {
    status: &'static str,
    message: &'static str,
    received_data: serde_json::Value,
    method: &'static str,
}

impl TestPost {
    /// Gives back the JSON that was sent.
    #[must_use]
    pub const fn echoing(received_data: serde_json::Value) -> Self {
        Self {
            status: "success",
            message: "Datos recibidos correctamente",
            received_data,
            method: "POST",
        }
    }
}

/// `POST /webrtc/face/` as JSON. Fields that old clients send beside these (`source`, `quality`) change nothing.
#[derive(Clone, PartialEq, Deserialize)]
pub struct FaceRequest {
    /// A data URL or bare base64.
    #[serde(default)]
    pub image: Option<String>,
    /// Goes back in the answer, unchanged.
    #[serde(default)]
    pub timestamp: Option<Echo>,
    /// Extension: the capture that this picture and a `process_frame` share.
    #[serde(default)]
    pub capture_id: Option<Uuid>,
    /// Extension: the camera that saw it.
    #[serde(default)]
    pub camera_id: Option<String>,
}

impl std::fmt::Debug for FaceRequest {
    /// Without the picture.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaceRequest").field("capture_id", &self.capture_id).finish_non_exhaustive()
    }
}

/// `POST /webrtc/face/`, answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaceAnswer {
    status: &'static str,
    message: String,
    recognized: bool,
    confidence: f32,
    faces_detected: usize,
    person: Option<RestPerson>,
    processing_time: f64,
    details: Details,
    timestamp: Echo,
    #[serde(flatten)]
    capture: Option<CaptureMark>,
}

/// How an answer of either channel was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// Faces in the picture, known or not.
    pub faces_detected: usize,
    /// The model that decided.
    pub provider: String,
    /// The threshold on the legacy scale, where every model's default reads 0.6.
    pub threshold: f32,
    /// Milliseconds from the picture's arrival to the answer.
    pub processing_time_ms: f64,
    /// What the request carried, else the time of the answer, ISO 8601 UTC.
    pub timestamp: Echo,
    /// The stored capture, where the picture was stored as one.
    pub capture: Option<CaptureMark>,
}

impl FaceAnswer {
    /// The answer for a picture with somebody known in it; `confidence` is 0..1.
    #[must_use]
    pub fn known(person: RestPerson, confidence: f32, answered: Answered) -> Self {
        let message = format!("Persona reconocida: {}", person.nombre);
        Self { recognized: true, confidence, person: Some(person), ..Self::new(message, answered) }
    }

    /// The answer for a picture with nobody known in it.
    #[must_use]
    pub fn unknown(answered: Answered) -> Self {
        Self::new(nobody_known(answered.faces_detected).to_owned(), answered)
    }

    fn new(message: String, answered: Answered) -> Self {
        Self {
            status: "success",
            message,
            recognized: false,
            confidence: 0.0,
            faces_detected: answered.faces_detected,
            person: None,
            processing_time: answered.processing_time_ms,
            details: Details {
                tolerance_used: answered.threshold,
                provider: answered.provider,
                processing_time: answered.processing_time_ms,
            },
            timestamp: answered.timestamp,
            capture: answered.capture,
        }
    }
}

/// What both channels say where nobody is known.
const fn nobody_known(faces_detected: usize) -> &'static str {
    if faces_detected == 0 {
        "No se detectó ningún rostro en la imagen"
    } else {
        "Rostro detectado, persona no reconocida"
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Details {
    tolerance_used: f32,
    provider: String,
    processing_time: f64,
}

/// The person of a [`FaceAnswer`]; what is not on record is an empty text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestPerson {
    /// Their id.
    pub id: String,
    /// Name.
    pub nombre: String,
    /// Flat or office.
    pub unidad: String,
    /// Kind of resident.
    pub tipo: String,
    /// Identity document.
    pub documento: String,
    /// Whether they may match.
    pub activo: bool,
}

/// Extension of both channels' answers: the capture as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaptureMark {
    /// The capture's id: the client's, or the relay's where it sent none.
    pub capture_id: Uuid,
    /// Whether it came by both channels.
    pub hybrid: bool,
    /// Every channel by which it came so far.
    pub channels: Vec<Channel>,
    /// Whether the channel that came second found other people than the first. Left out where it is not so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disagreement: bool,
}

/// Every answer of `/webrtc/*` that is an error, but for 404 and 405.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    status: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Echo>,
}

impl Failure {
    /// A fault in the request.
    #[must_use]
    pub fn of_request(message: impl Into<String>) -> Self {
        Self { status: "error", message: message.into(), timestamp: None }
    }

    /// A fault of the relay.
    #[must_use]
    pub fn of_relay(message: impl Into<String>, timestamp: Echo) -> Self {
        Self { status: "error", message: message.into(), timestamp: Some(timestamp) }
    }
}
