//! `GET` and `PUT /v1/settings`: what operators choose, beside what the legacy `PUT /api/config` sets.

use axum::Json;
use axum::extract::State;
use rostro_wire::ErrorCode;
use rostro_wire::v1::{RelayLimits, RelaySettings, RelaySettingsChange};

use super::json::Body;
use crate::app::AppState;
use crate::config::limits::Limits;
use crate::refusal::Refusal;
use crate::settings::{OneIn, SettingsValues, Upgrade, Verify};

/// The settings now.
#[utoipa::path(
    get,
    path = "/v1/settings",
    tag = "settings",
    responses((status = 200, description = "As they are", body = RelaySettings)),
)]
pub(crate) async fn show(State(app): State<AppState>) -> Json<RelaySettings> {
    Json(told(&app.settings.get(), &app.limits))
}

/// Changes those that are given; the settings as they are then.
#[utoipa::path(
    put,
    path = "/v1/settings",
    tag = "settings",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = RelaySettingsChange,
    responses((status = 200, description = "As they are then", body = RelaySettings)),
)]
pub(crate) async fn change(
    State(app): State<AppState>,
    Body(change): Body<RelaySettingsChange>,
) -> Result<Json<RelaySettings>, Refusal> {
    let unknown =
        || Refusal::new(ErrorCode::InvalidRequest, "expected one of: off, ask, auto").at("upgrade");
    let upgrade =
        change.upgrade.map(|word| Upgrade::from_word(&word).ok_or_else(unknown)).transpose()?;
    let one_in = change.stranger_named_one_in.map(|chosen| chosen.map(OneIn::new).transpose());
    let one_in = one_in.transpose().map_err(|error| {
        Refusal::new(ErrorCode::InvalidRequest, error.to_string()).at("stranger_named_one_in")
    })?;
    let unknown = || {
        let message = "expected one of: embedding, picture, both";
        Refusal::new(ErrorCode::InvalidRequest, message).at("verify")
    };
    let verify =
        change.verify.map(|word| Verify::from_word(&word).ok_or_else(unknown)).transpose()?;
    let settings = app
        .settings
        .update(move |settings| {
            if let Some(days) = change.correctable_days {
                settings.correctable_days = days;
            }
            settings.upgrade = upgrade.unwrap_or(settings.upgrade);
            settings.verify = verify.unwrap_or(settings.verify);
            settings.stranger_named = one_in.unwrap_or(settings.stranger_named);
        })
        .await?;
    app.forget_old_probes().await?;
    if one_in.is_some() {
        app.people.announce();
    }
    Ok(Json(told(&settings, &app.limits)))
}

fn told(settings: &SettingsValues, limits: &Limits) -> RelaySettings {
    RelaySettings {
        correctable_days: settings.correctable_days,
        upgrade: settings.upgrade.as_str().to_owned(),
        stranger_named_one_in: settings.stranger_named.map(OneIn::n),
        verify: settings.verify.as_str().to_owned(),
        limits: limits_told(limits),
    }
}

/// What does not fit its field is as good as no limit.
fn limits_told(limits: &Limits) -> RelayLimits {
    let count = |count: usize| count.try_into().unwrap_or(u32::MAX);
    let whole = |whole: u64| whole.try_into().unwrap_or(u32::MAX);
    let Limits { requests, sockets, recognition, reports, webhooks, .. } = limits;
    RelayLimits {
        cool_down_s: whole(reports.cool_down.as_secs()),
        report_age_max_s: whole(reports.age_max.as_secs()),
        clock_ahead_max_s: whole(reports.clock_ahead_max.as_secs()),
        report_faces_max: count(reports.faces_max),
        samples_max: count(requests.samples_max),
        picture_max_px: whole(recognition.picture_max_px),
        pictures_waiting_max: count(recognition.waiting_max),
        sockets_max: count(sockets.sockets_max),
        webhooks_max: count(webhooks.receivers_max),
    }
}
