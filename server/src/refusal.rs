//! Why a request of our own protocol is refused: one list for REST answers and Socket.IO acks.

use rostro_wire::{ErrorBody, ErrorCode};
use tracing::error;

use crate::auth::Denied;
use crate::cameras::CameraError;
use crate::captures::RecordError;
use crate::people::{CorrectionError, PeopleError};
use crate::recognition::RecognitionError;
use crate::settings::SettingsError;
use crate::sightings::{ReportError, ReportFault};
use crate::store::StoreError;
use crate::webhooks::WebhookError;

/// A refusal, ready to be sent. It holds nothing that is not for the caller's eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub ErrorBody);

impl Refusal {
    /// A refusal with a message for people.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(ErrorBody { code, message: message.into(), field: None })
    }

    /// The same, naming the field at fault.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> Self {
        Self(ErrorBody { field: Some(field.into()), ..self.0 })
    }

    /// A fault of ours: the details go to the log, and only there.
    #[must_use]
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        error!(cause = cause_chain(cause), "a request failed");
        Self::new(ErrorCode::Internal, "a fault of the relay; its log says more")
    }
}

/// An error and what caused it, on one line.
fn cause_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::new(ErrorCode::StorageFull, error.to_string()),
            StoreError::Closed => Self::new(ErrorCode::Busy, "the relay is shutting down"),
            error => Self::internal(&error),
        }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::new(denied.code(), denied.to_string())
    }
}

impl From<PeopleError> for Refusal {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Store(error) => error.into(),
            PeopleError::NoSamples => {
                Self::new(ErrorCode::InvalidRequest, error.to_string()).at("samples")
            }
            error => Self::new(ErrorCode::InvalidRequest, error.to_string()).at("name"),
        }
    }
}

impl From<CorrectionError> for Refusal {
    fn from(error: CorrectionError) -> Self {
        match error {
            CorrectionError::Store(error) => error.into(),
            CorrectionError::Name(error) => error.into(),
            CorrectionError::NobodyNamed => Self::new(ErrorCode::Conflict, error.to_string()),
            error => Self::new(ErrorCode::NotFound, error.to_string()),
        }
    }
}

impl From<SettingsError> for Refusal {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Store(error) => error.into(),
            error => Self::new(ErrorCode::InvalidRequest, error.to_string()),
        }
    }
}

impl From<WebhookError> for Refusal {
    fn from(error: WebhookError) -> Self {
        let message = error.to_string();
        match error {
            WebhookError::Store(error) => error.into(),
            WebhookError::Unknown => Self::new(ErrorCode::NotFound, message),
            WebhookError::Address(_) => Self::new(ErrorCode::AddressRefused, message).at("url"),
            WebhookError::Field { field, .. } => {
                Self::new(ErrorCode::InvalidRequest, message).at(field)
            }
            _ => Self::new(ErrorCode::Conflict, message),
        }
    }
}

impl From<CameraError> for Refusal {
    fn from(error: CameraError) -> Self {
        let message = error.to_string();
        match error {
            CameraError::Store(error) => error.into(),
            CameraError::Unknown | CameraError::NoFeed => Self::new(ErrorCode::NotFound, message),
            CameraError::AddressRefused(_) => {
                Self::new(ErrorCode::AddressRefused, message).at("stream_url")
            }
            CameraError::Address(_) => {
                Self::new(ErrorCode::InvalidRequest, message).at("stream_url")
            }
            CameraError::Field { field, .. } => {
                Self::new(ErrorCode::InvalidRequest, message).at(field)
            }
            CameraError::TooManyViewers => Self::new(ErrorCode::Busy, message),
            CameraError::NoPicture => Self::new(ErrorCode::NoPicture, message),
            CameraError::Reach(error) => Self::internal(&error),
            _ => Self::new(ErrorCode::Conflict, message),
        }
    }
}

impl From<RecognitionError> for Refusal {
    fn from(error: RecognitionError) -> Self {
        let message = error.to_string();
        match error {
            RecognitionError::Text(_) | RecognitionError::Picture(_) => {
                Self::new(ErrorCode::InvalidImage, message)
            }
            RecognitionError::Unavailable { .. } => Self::new(ErrorCode::ModelUnavailable, message),
            RecognitionError::Busy => Self::new(ErrorCode::Busy, message),
            error => Self::internal(&error),
        }
    }
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Store(error) => error.into(),
            error => Self::new(ErrorCode::Conflict, error.to_string()).at("capture_id"),
        }
    }
}

impl From<ReportError> for Refusal {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Record(error) => error.into(),
            ReportError::Picture(error) => Self::from(error).at("picture"),
            ReportError::Expired { .. } => {
                Self::new(ErrorCode::Expired, error.to_string()).at("captured_at")
            }
            ReportError::Field { field, fault } => {
                let code = match fault {
                    ReportFault::Embedding(_) | ReportFault::Model => ErrorCode::InvalidEmbedding,
                    _ => ErrorCode::InvalidRequest,
                };
                Self::new(code, fault.to_string()).at(field)
            }
        }
    }
}
