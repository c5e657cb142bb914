//! Spans for a collector of traces: what a request, an event, a picture, a commit and a delivery took, and in whose
//! course. They say routes, states and counts; never who, and nothing of what was sent.

use axum::extract::Request;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tokio::task::JoinHandle;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The target of every span, by which the log leaves them out and a collector takes them and nothing else.
pub const SPANS: &str = "rostro::spans";

/// The span of a request to `route`; within the caller's, where its `traceparent` header names one (W3C Trace Context).
pub(crate) fn of_request(request: &Request, route: &str) -> Span {
    let method = request.method();
    let span = info_span!(
        target: SPANS,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = %method,
        http.route = route,
        http.response.status_code = Empty,
        otel.status_code = Empty,
    );
    if !span.is_disabled() {
        let callers = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
        // A collector that is not there takes no parent.
        drop(span.set_parent(callers));
    }
    span
}

/// Says how the request was answered.
pub(crate) fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// Spawns work that goes on when its caller stops waiting; its spans stay within the caller's.
pub(crate) fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(work.in_current_span())
}
