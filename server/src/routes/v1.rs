//! `/v1/*`: our own protocol.

pub(crate) mod cameras;
pub(crate) mod captures;
pub(crate) mod events;
pub(crate) mod gallery;
pub(crate) mod health;
mod json;
pub(crate) mod lookups;
pub(crate) mod people;
pub(crate) mod reports;
pub(crate) mod settings;
pub(crate) mod tickets;
pub(crate) mod upgrades;
pub(crate) mod webhooks;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rostro_wire::{ErrorCode, ErrorEnvelope};

use crate::refusal::Refusal;

/// Seconds after which a caller may try again when all places are taken.
const RETRY_AFTER_S: &str = "1";

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = self.0.code;
        let answer = (status_of(code), Json(ErrorEnvelope { error: self.0 }));
        match code {
            ErrorCode::Busy => ([("retry-after", RETRY_AFTER_S)], answer).into_response(),
            _ => answer.into_response(),
        }
    }
}

/// The status that goes with a code.
fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidRequest
        | ErrorCode::InvalidEmbedding
        | ErrorCode::InvalidImage
        | ErrorCode::AddressRefused => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Expired => StatusCode::GONE,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::NoFace | ErrorCode::SeveralFaces => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::Busy | ErrorCode::ModelUnavailable | ErrorCode::NoPicture => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ErrorCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
