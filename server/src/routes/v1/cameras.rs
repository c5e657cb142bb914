//! `/v1/cameras`: what the relay reads, what browsers drive, and how each is.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{Camera, CameraChange, CameraList, NewCamera};

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;

/// All of them, the one of `/api/*` first.
#[utoipa::path(
    get,
    path = "/v1/cameras",
    tag = "cameras",
    responses((status = 200, description = "default first, each with how it is", body = CameraList)),
)]
pub(crate) async fn list(State(app): State<AppState>) -> Json<CameraList> {
    Json(CameraList { cameras: app.cameras.list() })
}

/// Adds one.
#[utoipa::path(
    post,
    path = "/v1/cameras",
    tag = "cameras",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = NewCamera,
    responses((status = 201, description = "Without its login; it is read from now on", body = Camera)),
)]
pub(crate) async fn create(
    State(app): State<AppState>,
    Body(new): Body<NewCamera>,
) -> Result<(StatusCode, Json<Camera>), Refusal> {
    Ok((StatusCode::CREATED, Json(app.cameras.create(new).await?)))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/v1/cameras/{id}",
    tag = "cameras",
    params(("id" = String, Path, description = "The camera's id; default for the one of /api/*")),
    responses((status = 200, description = "With how it is, without its login", body = Camera)),
)]
pub(crate) async fn show(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<Camera>, Refusal> {
    Ok(Json(app.cameras.find(&id)?))
}

/// Changes one, or switches it on or off.
#[utoipa::path(
    patch,
    path = "/v1/cameras/{id}",
    tag = "cameras",
    params(
        ("id" = String, Path, description = "The camera's id; default for the one of /api/*"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = CameraChange,
    responses((status = 200, description = "As it is then", body = Camera)),
)]
pub(crate) async fn change(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(change): Body<CameraChange>,
) -> Result<Json<Camera>, Refusal> {
    if change == CameraChange::default() {
        let message = "say what to change: name, stream_url, username, password, enabled, threshold, min_face_px, \
            zone or rtsp_transport";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    Ok(Json(app.cameras.change(&id, change).await?))
}

/// Removes one. What it saw stays.
#[utoipa::path(
    delete,
    path = "/v1/cameras/{id}",
    tag = "cameras",
    params(
        ("id" = String, Path, description = "The camera's id; default cannot be removed"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    responses((status = 204, description = "It is gone; its events stay")),
)]
pub(crate) async fn remove(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.cameras.remove(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Its pictures with boxes and names, as motion JPEG without end; a card with the reason where there are none.
#[utoipa::path(
    get,
    path = "/v1/cameras/{id}/feed",
    tag = "cameras",
    params(("id" = String, Path, description = "The camera's id; default for the one of /api/*")),
    responses((status = 200, description = "multipart/x-mixed-replace, a part a picture", content_type = "multipart/x-mixed-replace", body = Vec<u8>)),
)]
pub(crate) async fn feed(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (viewer, card) = app.cameras.watch(&id).await?;
    Ok(viewer.into_response(card, app.stopping.clone().cancelled_owned()))
}

/// Its next picture, with boxes and names.
#[utoipa::path(
    get,
    path = "/v1/cameras/{id}/snapshot",
    tag = "cameras",
    params(("id" = String, Path, description = "The camera's id; default for the one of /api/*")),
    responses((status = 200, description = "A JPEG", content_type = "image/jpeg", body = Vec<u8>)),
)]
pub(crate) async fn snapshot(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let jpeg = app.cameras.snapshot(&id).await?;
    Ok(([(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "no-store")], jpeg))
}
