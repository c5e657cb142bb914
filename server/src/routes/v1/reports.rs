//! `POST /v1/reports`.

use axum::extract::State;
use axum::{Extension, Json};
use rostro_wire::v1::{Channel, Receipt, Report};

use super::json::Body;
use crate::app::AppState;
use crate::auth::{Connection, Pass};
use crate::refusal::Refusal;

/// Stores a report; the answer goes out once it is durable.
#[utoipa::path(
    post,
    path = "/v1/reports",
    tag = "events",
    request_body = Report,
    responses((status = 200, description = "It is on disk", body = Receipt)),
)]
pub(crate) async fn create(
    State(app): State<AppState>,
    Extension(connection): Extension<Connection>,
    Extension(pass): Extension<Pass>,
    Body(mut report): Body<Report>,
) -> Result<Json<Receipt>, Refusal> {
    report.camera_id = pass.camera(report.camera_id)?;
    let caller = connection.peer.ip().to_string();
    Ok(Json(app.sightings.report(Channel::Rest, report, &caller).await?))
}
