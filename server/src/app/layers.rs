//! What stands around every route: the log, caught panics, CORS, the guard at the door, and time limits.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderName, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use futures_util::FutureExt;
use rostro_wire::ErrorCode;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::timeout::RequestBodyTimeoutLayer;
use tracing::{Instrument, debug, error, warn};

use super::AppState;
use crate::auth::{Access, guard};
use crate::metrics::Metrics;
use crate::routes::problem;
use crate::traces;

/// How long a browser may remember what a preflight allowed.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(600);

/// Puts everything around `routes`; the last layer is the outermost.
pub(super) fn around(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes
        .layer(RequestBodyTimeoutLayer::new(state.limits.requests.body_idle_timeout))
        .layer(from_fn_with_state(state.limits.requests.request_timeout, within_time))
        .layer(from_fn_with_state(state.access.clone(), guard))
        .layer(cors(state.access.clone()))
        .layer(from_fn(catch_panic))
        .layer(from_fn_with_state(state.metrics.clone(), log))
}

fn cors(access: Access) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |_, parts| access.accepts_origin(&parts.headers)))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_NONE_MATCH,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([ETAG, RETRY_AFTER, HeaderName::from_static("idempotency-replayed")])
        .max_age(PREFLIGHT_MAX_AGE)
}

/// Answers 503 in place of a handler that takes too long. Long polls end by themselves.
async fn within_time(State(timeout): State<Duration>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/socket.io") {
        return next.run(request).await;
    }
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => problem(
            &path,
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Busy,
            "the request took too long",
        ),
    }
}

/// Answers 500 in place of a handler that panicked.
async fn catch_panic(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(_) => {
            error!("a handler panicked");
            problem(
                &path,
                StatusCode::INTERNAL_SERVER_ERROR,
                ErrorCode::Internal,
                "a fault of the relay; its log says more",
            )
        }
    }
}

/// Logs and counts the route, never the path itself: a path may hold a name.
async fn log(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = traces::of_request(&request, route);
    let started = Instant::now();
    let answer = next.run(request).instrument(span.clone()).await;
    let status = answer.status().as_u16();
    traces::answered(&span, status);
    let took = started.elapsed();
    let ms = took.as_millis();
    metrics.answered(&method, route, status, took);
    if answer.status().is_server_error() {
        warn!(%method, route, status, ms, "request");
    } else {
        debug!(%method, route, status, ms, "request");
    }
    answer
}
