//! `GET /v1/events?limit=…&before=…`, and corrections of single events.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{Event, EventList, NewCorrection};
use serde::Deserialize;

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;

/// Events that are answered where no number is asked for.
const DEFAULT_LIMIT: usize = 50;

#[derive(Deserialize)]
pub(crate) struct Asked {
    limit: Option<usize>,
    before: Option<i64>,
}

/// Stored results, newest first, older than the event `before` where one is named.
pub(crate) async fn list(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<EventList>, Refusal> {
    let Query(asked) = asked.map_err(|_| {
        Refusal::new(ErrorCode::InvalidRequest, "limit and before are whole numbers").at("limit")
    })?;
    let page_max = app.limits.requests.page_max;
    let limit = asked.limit.unwrap_or_else(|| DEFAULT_LIMIT.min(page_max));
    if !(1..=page_max).contains(&limit) {
        let message = format!("limit is 1 to {page_max}");
        return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("limit"));
    }
    Ok(Json(EventList { events: app.captures.events(limit, asked.before).await? }))
}

/// Says that the event's face is not of the person whom it names; the event as it is then.
pub(crate) async fn correct(
    State(app): State<AppState>,
    id: Result<Path<i64>, PathRejection>,
    Body(correction): Body<NewCorrection>,
) -> Result<Json<Event>, Refusal> {
    let id = event_id(id)?;
    if !correction.is_not {
        let message = "is_not is true; DELETE takes a correction back";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("is_not"));
    }
    app.people.correct(id, correction.name).await?;
    shown(&app, id).await
}

/// Takes the correction of an event back; the event as it is then.
pub(crate) async fn undo_correction(
    State(app): State<AppState>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Json<Event>, Refusal> {
    let id = event_id(id)?;
    if !app.people.undo_correction(id).await? {
        return Err(Refusal::new(ErrorCode::NotFound, "this event was not corrected"));
    }
    shown(&app, id).await
}

fn event_id(id: Result<Path<i64>, PathRejection>) -> Result<i64, Refusal> {
    id.map(|Path(id)| id).map_err(|_| no_event())
}

async fn shown(app: &AppState, id: i64) -> Result<Json<Event>, Refusal> {
    app.captures.event(id).await?.map(Json).ok_or_else(no_event)
}

fn no_event() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "there is no event by that id")
}
