//! `/v1/upgrades`: the move from `dlib-resnet-v1` to `sface-2021dec`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{UpgradeAnswer, UpgradeStatus};

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;

/// How far it is, and what is proposed.
#[utoipa::path(
    get,
    path = "/v1/upgrades",
    tag = "settings",
    responses((status = 200, description = "How far it is", body = UpgradeStatus)),
)]
pub(crate) async fn show(State(app): State<AppState>) -> Result<Json<UpgradeStatus>, Refusal> {
    let policy = app.settings.get().upgrade;
    Ok(Json(app.people.upgrade_status(policy).await?))
}

/// Accepts or refuses a proposal; how far the move is then.
#[utoipa::path(
    post,
    path = "/v1/upgrades/{id}",
    tag = "settings",
    params(
        ("id" = i64, Path, description = "The proposal's id"),
    ),
    request_body = UpgradeAnswer,
    responses((status = 200, description = "How far the move is then", body = UpgradeStatus)),
)]
pub(crate) async fn decide(
    app: State<AppState>,
    id: Result<Path<i64>, PathRejection>,
    Body(answer): Body<UpgradeAnswer>,
) -> Result<Json<UpgradeStatus>, Refusal> {
    let nothing = || Refusal::new(ErrorCode::NotFound, "nothing is proposed by that id");
    let Path(id) = id.map_err(|_| nothing())?;
    if !app.people.decide_upgrade(id, answer.decision).await? {
        return Err(nothing());
    }
    show(app).await
}
