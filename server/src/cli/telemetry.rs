//! Where a running relay says what it does: the log on stderr, and a collector of OpenTelemetry where one is set.

use std::env;
use std::io::IsTerminal as _;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use rostro_server::traces::SPANS;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// What OpenTelemetry calls the setting of a collector's address, for everything and for traces alone.
const COLLECTOR: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const OUR_PROTOCOL: &str = "http/protobuf";

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LogFormat {
    /// For people: the message, then its fields.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The log and the traces; traces that wait are sent when it is dropped.
pub(super) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Logs what `RUST_LOG` asks for, but never what would write out whole messages; sends traces to the collector that
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` names. Not to be called on a thread of an asynchronous runtime: the client that
    /// sends has its own.
    pub(super) fn start(format: LogFormat) -> Result<Self> {
        let traces = provider()?;
        let asked = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let coloured = std::io::stderr().is_terminal();
        let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(coloured);
        let log = match format {
            LogFormat::Text => log.boxed(),
            LogFormat::Json => log.json().boxed(),
        };
        let is_logged = filter_fn(|place| place.target() != SPANS && !spills_messages(place));
        tracing_subscriber::registry()
            .with(log.with_filter(asked.and(is_logged)))
            .with(traces.as_ref().map(spans_to))
            .init();
        Ok(Self { traces })
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            eprintln!("the last traces were not sent: {error}");
        }
    }
}

/// What sends traces; `None` where no collector is set.
fn provider() -> Result<Option<SdkTracerProvider>> {
    let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let Some(setting) = COLLECTOR.into_iter().find(is_set) else { return Ok(None) };
    let protocol = env::var(PROTOCOL).unwrap_or_default();
    ensure!(
        matches!(protocol.as_str(), "" | OUR_PROTOCOL),
        "{PROTOCOL} is {protocol}: traces are sent as {OUR_PROTOCOL} only"
    );
    // An error says that a provider is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build();
    let exporter = exporter.with_context(|| format!("{setting} names no collector of traces"))?;
    let mut resource = Resource::builder();
    if env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name("rostro");
    }
    Ok(Some(
        SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build(),
    ))
}

fn spans_to<S>(traces: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let spans = filter_fn(|place| place.is_span() && place.target() == SPANS);
    tracing_opentelemetry::layer()
        .with_tracer(traces.tracer("rostro"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_filter(spans.with_max_level_hint(LevelFilter::INFO))
}

/// Whether a place in the code logs messages as they are, pictures, embeddings and keys among them.
fn spills_messages(place: &Metadata<'_>) -> bool {
    *place.level() == Level::TRACE && place.target().starts_with("tungstenite")
}
