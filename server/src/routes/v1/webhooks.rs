//! `/v1/webhooks/env/*`: what the receiver of the environment has not taken.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use jiff::Timestamp;
use rostro_wire::ErrorCode;
use rostro_wire::v1::{DeliveryList, DeliveryState, Replay, Replayed};
use serde::Deserialize;

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;
use crate::routes::limits::MAX_PAGE_LEN;
use crate::webhooks::Revival;

/// Deliveries that are answered where no number is asked for.
const DEFAULT_LIMIT: usize = 50;

#[derive(Deserialize)]
pub(crate) struct Asked {
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: Option<usize>,
}

/// Deliveries that wait or were given up, newest first, older than the delivery `before` where one is named.
pub(crate) async fn deliveries(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<DeliveryList>, Refusal> {
    let Query(asked) = asked.map_err(|_| {
        let message = "limit and before are whole numbers, state is pending, failing or dead";
        Refusal::new(ErrorCode::InvalidRequest, message)
    })?;
    let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_PAGE_LEN).contains(&limit) {
        let message = format!("limit is 1 to {MAX_PAGE_LEN}");
        return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("limit"));
    }
    let mut deliveries = app.webhooks.deliveries(asked.state, asked.before, limit + 1).await?;
    let has_more = deliveries.len() > limit;
    deliveries.truncate(limit);
    let next_before = deliveries.last().filter(|_| has_more).map(|last| last.id);
    Ok(Json(DeliveryList { deliveries, next_before }))
}

/// Sends again what was given up.
pub(crate) async fn replay(
    State(app): State<AppState>,
    Body(replay): Body<Replay>,
) -> Result<Json<Replayed>, Refusal> {
    if replay == Replay::default() {
        let message = "say which: delivery_id, from_event, to_event, since or until";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    let revival = Revival {
        delivery: replay.delivery_id,
        from_event: replay.from_event,
        to_event: replay.to_event,
        since: time("since", replay.since)?,
        until: time("until", replay.until)?,
    };
    let replayed = app.webhooks.replay(revival).await?;
    if replayed == 0 && replay.delivery_id.is_some() {
        let message = "nothing that was given up fits; what still waits is sent anyway";
        return Err(Refusal::new(ErrorCode::NotFound, message).at("delivery_id"));
    }
    Ok(Json(Replayed { replayed: u32::try_from(replayed).unwrap_or(u32::MAX) }))
}

fn time(field: &str, text: Option<String>) -> Result<Option<Timestamp>, Refusal> {
    let time = text.map(|text| text.parse()).transpose();
    time.map_err(|_| {
        let message = "expected an ISO 8601 time with a zone";
        Refusal::new(ErrorCode::InvalidRequest, message).at(field)
    })
}
