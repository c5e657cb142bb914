//! The table of routes. Handlers extract, call a service, and answer; the legacy ones only translate.

mod api;
mod flask;
pub mod idempotency;
mod json_object;
mod metrics;
mod v1;
mod webrtc;

use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use rostro_wire::flask::ErrorText;
use rostro_wire::webrtc::{Echo, Failure};
use rostro_wire::{ErrorCode, ErrorEnvelope};

use crate::app::AppState;
use crate::config::limits::Requests;
use crate::refusal::Refusal;
use idempotency::{Answers, once};

/// Every route but Socket.IO's.
pub(crate) fn table(limits: &Requests, answers: Answers) -> Router<AppState> {
    Router::new()
        .merge(webrtc_table(limits))
        .merge(flask_table(limits))
        .merge(api::table(limits).layer(from_fn_with_state(answers, once)))
        .route("/metrics", get(metrics::show))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
}

/// Each path with and without its last slash.
fn webrtc_table(limits: &Requests) -> Router<AppState> {
    let status = get(webrtc::status);
    let test = get(webrtc::test_get)
        .post(webrtc::test_post)
        .layer(DefaultBodyLimit::max(limits.test_body_max_bytes));
    let face = post(webrtc::face).layer(DefaultBodyLimit::max(limits.picture_body_max_bytes));
    Router::new()
        .route("/webrtc/status", status.clone())
        .route("/webrtc/status/", status)
        .route("/webrtc/test", test.clone())
        .route("/webrtc/test/", test)
        .route("/webrtc/face", face.clone())
        .route("/webrtc/face/", face)
}

fn flask_table(limits: &Requests) -> Router<AppState> {
    Router::new()
        .route("/api/status", get(flask::status))
        .route("/api/start", post(flask::start))
        .route("/api/stop", post(flask::stop))
        .route("/api/results", get(flask::results))
        .route("/api/results/{name}", get(flask::results_of))
        .route("/api/latest", get(flask::latest))
        .route("/api/stats", get(flask::stats))
        .route("/api/config", put(flask::configure))
        .route("/api/register", post(flask::register))
        .route("/video_feed", get(flask::video_feed))
        .layer(DefaultBodyLimit::max(limits.flask_body_max_bytes))
}

async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    let message = if is_own(uri.path()) { "no such path" } else { "No existe esa ruta" };
    problem(uri.path(), StatusCode::NOT_FOUND, ErrorCode::NotFound, message)
}

async fn method_not_allowed(OriginalUri(uri): OriginalUri, method: Method) -> Response {
    let message = if is_own(uri.path()) {
        format!("method {method} is not allowed here")
    } else {
        format!("Método {method} no permitido aquí")
    };
    problem(uri.path(), StatusCode::METHOD_NOT_ALLOWED, ErrorCode::InvalidRequest, &message)
}

/// An answer for what no handler could answer, in the shape that clients of `path` read.
pub(crate) fn problem(path: &str, status: StatusCode, code: ErrorCode, message: &str) -> Response {
    if is_own(path) {
        let error = Refusal::new(code, message).0;
        return (status, Json(ErrorEnvelope { error })).into_response();
    }
    if path.starts_with("/webrtc/") && status.is_server_error() {
        return (status, Json(Failure::of_relay(message, now_as_echo()))).into_response();
    }
    (status, Json(ErrorText::new(message))).into_response()
}

/// Whether it belongs to our own API, whose errors are in English and have codes.
fn is_own(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

/// The time of an answer, ISO 8601 in UTC with milliseconds.
pub(crate) fn now_as_echo() -> Echo {
    Echo::Text(format!("{:.3}", jiff::Timestamp::now()))
}
