//! `/v1/webhooks`: who is told of what, and what became of it.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use rostro_wire::ErrorCode;
use rostro_wire::v1::{
    DeliveryList, DeliveryState, NewWebhook, Replay, Replayed, Webhook, WebhookChange, WebhookList,
    WebhookWithSecret,
};
use serde::Deserialize;

use super::json::Body;
use crate::app::AppState;
use crate::refusal::Refusal;
use crate::webhooks::Revival;

/// Deliveries that are answered where no number is asked for.
const DEFAULT_LIMIT: usize = 50;

#[derive(Deserialize)]
pub(crate) struct Asked {
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: Option<usize>,
}

/// All of them.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    tag = "webhooks",
    responses((status = 200, description = "env first", body = WebhookList)),
)]
pub(crate) async fn list(State(app): State<AppState>) -> Result<Json<WebhookList>, Refusal> {
    Ok(Json(WebhookList { webhooks: app.webhooks.list().await? }))
}

/// Adds one, and shows its secret this once.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    tag = "webhooks",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = NewWebhook,
    responses((status = 201, description = "With its secret, this once", body = WebhookWithSecret)),
)]
pub(crate) async fn create(
    State(app): State<AppState>,
    Body(new): Body<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookWithSecret>), Refusal> {
    Ok((StatusCode::CREATED, Json(app.webhooks.create(new).await?)))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id; env for the receiver that the environment names"),
    ),
    responses((status = 200, description = "Without its secret", body = Webhook)),
)]
pub(crate) async fn show(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<Webhook>, Refusal> {
    Ok(Json(app.webhooks.find(&id).await?))
}

/// Changes one.
#[utoipa::path(
    patch,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id; env for the receiver that the environment names"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = WebhookChange,
    responses((status = 200, description = "As it is then", body = Webhook)),
)]
pub(crate) async fn change(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(change): Body<WebhookChange>,
) -> Result<Json<Webhook>, Refusal> {
    if change == WebhookChange::default() {
        let message = "say what to change: url, description, filter, enabled or send_bearer";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    Ok(Json(app.webhooks.change(&id, change).await?))
}

/// Removes one, and what waits for it.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id; env for the receiver that the environment names"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    responses((status = 204, description = "It is gone, with what waited for it")),
)]
pub(crate) async fn remove(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.webhooks.remove(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives one a new secret, and shows it this once.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/secret",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id; env for the receiver that the environment names"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    responses((status = 200, description = "With its secret, this once", body = WebhookWithSecret)),
)]
pub(crate) async fn rotate_secret(
    State(app): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<WebhookWithSecret>, Refusal> {
    Ok(Json(app.webhooks.rotate_secret(&id).await?))
}

/// Its deliveries, newest first, older than the delivery `before` where one is named.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id; env for the receiver that the environment names"),
        ("limit" = Option<usize>, Query, description = "How many, at most; 1 to 1000 unless the relay is set otherwise"),
        ("state" = Option<DeliveryState>, Query, description = "Only those"),
        ("before" = Option<i64>, Query, description = "The next_before of the page before"),
    ),
    responses((status = 200, description = "Newest first", body = DeliveryList)),
)]
pub(crate) async fn deliveries(
    State(app): State<AppState>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<DeliveryList>, Refusal> {
    let Query(asked) = asked.map_err(|_| {
        let message =
            "limit and before are whole numbers, state is pending, failing, dead or delivered";
        Refusal::new(ErrorCode::InvalidRequest, message)
    })?;
    let page_max = app.limits.requests.page_max;
    let limit = asked.limit.unwrap_or_else(|| DEFAULT_LIMIT.min(page_max));
    if !(1..=page_max).contains(&limit) {
        let message = format!("limit is 1 to {page_max}");
        return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("limit"));
    }
    let mut deliveries = app.webhooks.deliveries(&id, asked.state, asked.before, limit + 1).await?;
    let has_more = deliveries.len() > limit;
    deliveries.truncate(limit);
    let next_before = deliveries.last().filter(|_| has_more).map(|last| last.id);
    Ok(Json(DeliveryList { deliveries, next_before }))
}

/// Sends again what was given up or taken.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/replay",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id; env for the receiver that the environment names"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = Replay,
    responses((status = 200, description = "They are sent again", body = Replayed)),
)]
pub(crate) async fn replay(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Body(replay): Body<Replay>,
) -> Result<Json<Replayed>, Refusal> {
    if (Replay { delivered: false, ..replay.clone() }) == Replay::default() {
        let message = "say which: delivery_id, from_event, to_event, since or until";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    let revival = Revival {
        delivery: replay.delivery_id,
        from_event: replay.from_event,
        to_event: replay.to_event,
        since: time("since", replay.since)?,
        until: time("until", replay.until)?,
        delivered: replay.delivered,
    };
    let replayed = app.webhooks.replay(&id, revival).await?;
    if replayed == 0 && replay.delivery_id.is_some() {
        let message = "nothing that was given up or taken fits; what still waits is sent anyway";
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
