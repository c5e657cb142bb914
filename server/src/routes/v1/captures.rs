//! `GET /v1/captures/{id}`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use rostro_wire::ErrorCode;
use rostro_wire::v1::Receipt;
use uuid::Uuid;

use crate::app::AppState;
use crate::refusal::Refusal;

/// The receipt of a capture, as a repeat of it would get.
#[utoipa::path(
    get,
    path = "/v1/captures/{id}",
    tag = "events",
    params(
        ("id" = uuid::Uuid, Path, description = "The capture's id"),
    ),
    responses((status = 200, description = "Its receipt", body = Receipt)),
)]
pub(crate) async fn show(
    State(app): State<AppState>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<Receipt>, Refusal> {
    let none = || Refusal::new(ErrorCode::NotFound, "there is no capture by that id");
    let Path(id) = id.map_err(|_| none())?;
    app.captures.receipt(id).await?.map(Json).ok_or_else(none)
}
