//! `GET /metrics`, for Prometheus.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::app::AppState;
use crate::metrics;
use crate::refusal::Refusal;

/// Everything that is counted, and how things stand, as OpenMetrics text.
pub(crate) async fn show(State(app): State<AppState>) -> Result<impl IntoResponse, Refusal> {
    let text = app.metrics.text(&app).await?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
