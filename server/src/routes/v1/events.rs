//! `GET /v1/events?limit=…&before=…`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use rostro_wire::ErrorCode;
use rostro_wire::v1::EventList;
use serde::Deserialize;

use crate::app::AppState;
use crate::refusal::Refusal;
use crate::routes::limits::MAX_PAGE_LEN;

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
    let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_PAGE_LEN).contains(&limit) {
        let message = format!("limit is 1 to {MAX_PAGE_LEN}");
        return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("limit"));
    }
    Ok(Json(EventList { events: app.captures.events(limit, asked.before).await? }))
}
