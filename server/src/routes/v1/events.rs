//! `GET /v1/events?limit=…`, the same as a stream, and corrections of single events.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _};
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
    after: Option<i64>,
}

/// Stored results: newest first, older than the event `before` where one is named; or oldest first, newer than the event
/// `after`.
#[utoipa::path(
    get,
    path = "/v1/events",
    tag = "events",
    params(
        ("limit" = Option<usize>, Query, description = "How many, at most; 1 to 1000 unless the relay is set otherwise"),
        ("before" = Option<i64>, Query, description = "Events older than this one"),
        ("after" = Option<i64>, Query, description = "Events newer than this one, oldest first"),
    ),
    responses((status = 200, description = "A page of them", body = EventList)),
)]
pub(crate) async fn list(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<EventList>, Refusal> {
    let Query(asked) = asked.map_err(|_| {
        Refusal::new(ErrorCode::InvalidRequest, "limit, before and after are whole numbers")
            .at("limit")
    })?;
    let page_max = app.limits.requests.page_max;
    let limit = asked.limit.unwrap_or_else(|| DEFAULT_LIMIT.min(page_max));
    if !(1..=page_max).contains(&limit) {
        let message = format!("limit is 1 to {page_max}");
        return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("limit"));
    }
    match (asked.before, asked.after) {
        (Some(_), Some(_)) => {
            let message = "before asks for older events and after for newer ones: send one of them";
            Err(Refusal::new(ErrorCode::InvalidRequest, message).at("before"))
        }
        (None, Some(after)) => {
            let events = app.captures.events_after(after, limit).await?;
            let next_after = events.last().map_or(after, |last| last.id);
            Ok(Json(EventList { events, next_before: None, next_after: Some(next_after) }))
        }
        (before, None) => {
            let mut events = app.captures.events(limit + 1, before).await?;
            let has_more = events.len() > limit;
            events.truncate(limit);
            let next_before = events.last().filter(|_| has_more).map(|last| last.id);
            Ok(Json(EventList { events, next_before, next_after: None }))
        }
    }
}

/// Every event from now on, or after the one that `Last-Event-ID` or `after` names, as server-sent events: in order, none
/// left out and none twice. It ends when the relay stops; a browser's `EventSource` then connects again and goes on
/// where it was.
#[utoipa::path(
    get,
    path = "/v1/events/stream",
    tag = "events",
    params(
        ("after" = Option<i64>, Query, description = "The event to go on after"),
        ("Last-Event-ID" = Option<i64>, Header, description = "The same, as a browser says it"),
    ),
    responses((status = 200, description = "Server-sent events, named event, each with its id", content_type = "text/event-stream", body = Event)),
)]
pub(crate) async fn stream(
    State(app): State<AppState>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, axum::Error>>>, Refusal> {
    let unusable = |field: &str| {
        Refusal::new(ErrorCode::InvalidRequest, "expected the id of an event").at(field)
    };
    let Query(asked) = asked.map_err(|_| unusable("after"))?;
    let seen = headers.get("last-event-id").map(|id| id.to_str().ok()?.trim().parse().ok());
    let seen = seen.map(|id| id.ok_or_else(|| unusable("last-event-id"))).transpose()?;
    let after = match seen.or(asked.after) {
        Some(after) => after,
        None => app.captures.newest_event().await?,
    };
    let events = app.captures.follow(after).take_until(app.stopping.clone().cancelled_owned());
    let told = events.map(|event: Event| {
        sse::Event::default().id(event.id.to_string()).event("event").json_data(&event)
    });
    // What stands between may close a connection on which nothing comes.
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
}

/// Says that the event's face is not of the person whom it names; the event as it is then.
#[utoipa::path(
    post,
    path = "/v1/events/{id}/correction",
    tag = "events",
    params(
        ("id" = i64, Path, description = "The event's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = NewCorrection,
    responses((status = 200, description = "As it is then", body = Event)),
)]
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
#[utoipa::path(
    delete,
    path = "/v1/events/{id}/correction",
    tag = "events",
    params(
        ("id" = i64, Path, description = "The event's id"),
    ),
    responses((status = 200, description = "As it is then", body = Event)),
)]
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
