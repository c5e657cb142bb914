//! `GET /v1/health`.

use axum::Json;
use axum::extract::State;
use rostro_wire::v1::{Health, ModelHealth};

use crate::app::AppState;
use crate::recognition::load::ModelStatus;
use crate::refusal::Refusal;

/// Always 200 while the relay answers at all; `degraded` names what does not work.
#[utoipa::path(
    get,
    path = "/v1/health",
    tag = "settings",
    security(()),
    responses((status = 200, description = "Answered without a key", body = Health)),
)]
pub(crate) async fn show(State(app): State<AppState>) -> Result<Json<Health>, Refusal> {
    let models: Vec<ModelHealth> = app.recognition.models().iter().map(model_health).collect();
    let is_degraded =
        models.iter().any(|model| !model.available) || app.webhooks.is_failing().await?;
    Ok(Json(Health {
        status: if is_degraded { "degraded" } else { "ok" }.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        models,
        deliveries_pending: app.webhooks.pending().await?,
    }))
}

fn model_health(status: &ModelStatus) -> ModelHealth {
    ModelHealth {
        id: status.id.to_owned(),
        available: status.unavailable.is_none(),
        reason: status.unavailable.clone(),
    }
}
