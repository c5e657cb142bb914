//! JSON in, with our own words for what is wrong with it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use rostro_wire::ErrorCode;
use serde::de::DeserializeOwned;

use crate::refusal::Refusal;
use crate::routes::json_object::json_object;

/// A body as JSON, whatever its content type says.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::new(ErrorCode::TooLarge, "the body is too large")
            } else {
                Refusal::new(ErrorCode::InvalidRequest, "the body could not be read")
            }
        })?;
        json_object(&body).map(Self).map_err(|error| bad_json(&error))
    }
}

/// Says where, never what: a body may hold an embedding.
fn bad_json(error: &serde_json::Error) -> Refusal {
    let what = if error.is_data() {
        "a field is missing or of the wrong type"
    } else {
        "the body is not valid JSON"
    };
    let message = format!("{what}: line {}, column {}", error.line(), error.column());
    Refusal::new(ErrorCode::InvalidRequest, message)
}
