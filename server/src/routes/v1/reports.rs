//! `POST /v1/reports`.

use axum::Json;
use axum::extract::State;
use rostro_wire::v1::{Channel, Receipt, Report};

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;

/// Stores a report; the answer goes out once it is durable.
pub(crate) async fn create(
    State(app): State<AppState>,
    Body(report): Body<Report>,
) -> Result<Json<Receipt>, Refusal> {
    Ok(Json(app.sightings.report(Channel::Rest, report).await?))
}
