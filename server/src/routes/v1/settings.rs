//! `GET` and `PUT /v1/settings`: what operators choose, beside what the legacy `PUT /api/config` sets.

use axum::Json;
use axum::extract::State;
use rostro_wire::v1::{RelaySettings, RelaySettingsChange};

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;
use crate::settings::SettingsValues;

/// The settings now.
pub(crate) async fn show(State(app): State<AppState>) -> Json<RelaySettings> {
    Json(told(&app.settings.get()))
}

/// Changes those that are given; the settings as they are then.
pub(crate) async fn change(
    State(app): State<AppState>,
    Body(change): Body<RelaySettingsChange>,
) -> Result<Json<RelaySettings>, Refusal> {
    let settings = app
        .settings
        .update(move |settings| {
            if let Some(days) = change.correctable_days {
                settings.correctable_days = days;
            }
        })
        .await?;
    app.forget_old_probes().await?;
    Ok(Json(told(&settings)))
}

fn told(settings: &SettingsValues) -> RelaySettings {
    RelaySettings { correctable_days: settings.correctable_days }
}
