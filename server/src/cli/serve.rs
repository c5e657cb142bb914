//! `rostro serve`: puts the relay together and runs it until it is interrupted.

use std::num::NonZero;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result};
use clap::Args;
use rostro_server::app::{self, AppState, Parts};
use rostro_server::auth::Access;
use rostro_server::cameras::Cameras;
use rostro_server::captures::Captures;
use rostro_server::config::{Config, limits};
use rostro_server::people::People;
use rostro_server::recognition::Recognition;
use rostro_server::recognition::load::load_models;
use rostro_server::settings::Settings as StoredSettings;
use rostro_server::sightings::cool_down::CoolDown;
use rostro_server::store::{RelayLock, Store};
use rostro_server::webhooks::Webhooks;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::memory;
use super::settings::Settings;
use super::telemetry::{LogFormat, Telemetry};

/// Runs the relay until it is interrupted (SIGINT or SIGTERM).
///
/// «rostro config --default» shows every setting and what it is for; each can be said in a file, in the environment or
/// by a flag. Secrets come from the environment: ROSTRO_API_KEY, which callers must then send and without which only
/// loopback addresses are served; FACIAL_RECOGNITION_WEBHOOK_SECRET, sent to the webhook's receiver and signed with (so
/// is …_PREVIOUS). RUST_LOG sets what is logged; OTEL_EXPORTER_OTLP_ENDPOINT names a collector of traces, if any.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: Settings,
    /// How the log on stderr is written.
    #[arg(long, env = "ROSTRO_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

impl Serve {
    pub(super) fn run(self) -> Result<ExitCode> {
        memory::give_back_large_blocks();
        let config = self.settings.read()?;
        config.check()?;
        let _telemetry = Telemetry::start(self.log_format)?;
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(serve(config))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve(config: Config) -> Result<()> {
    let stop = stop_on_signal()?;
    let _lock = RelayLock::take(&config.data_dir)?;
    let state = state(&config).await?;
    let mut listeners = Vec::with_capacity(config.listen.len());
    for address in &config.listen {
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
        eprintln!("listening on http://{}", listener.local_addr()?);
        listeners.push(listener);
    }
    app::run(listeners, state, stop).await;
    Ok(())
}

/// The services, each over the one store.
async fn state(config: &Config) -> Result<AppState> {
    eprintln!("data: {}", config.data_dir.display());
    eprintln!("models: {}", config.models_dir.display());
    let limits = config.limits;
    let store = Store::open_within(&config.data_dir, &limits.store)?;
    let webhooks = Webhooks::load(store.clone(), &config.webhook).await?;
    let models_dir = config.models_dir.clone();
    let loaded = tokio::task::spawn_blocking(move || load_models(&models_dir)).await?;
    for model in &loaded.status {
        if let Some(reason) = &model.unavailable {
            tracing::error!(model = model.id, reason, "this model is not available");
        }
    }
    let places = match limits.recognition.places {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        places => places,
    };
    let recognition = limits::Recognition { places, ..limits.recognition };
    Ok(AppState::new(Parts {
        people: People::load(store.clone()).await?,
        captures: Captures::load(store.clone(), webhooks.outbox()),
        settings: StoredSettings::load(store.clone()).await?,
        recognition: Recognition::new(loaded, &recognition),
        webhooks,
        cameras: Cameras::load(store.clone(), &config.cameras).await?,
        access: Access::new(config.api_key.as_ref(), &config.allowed_origins),
        limits,
        store: store.clone(),
        cool_down: CoolDown::new(limits.reports.cool_down),
    }))
}

/// Cancelled by the first SIGINT or SIGTERM; a second one ends the program at once.
fn stop_on_signal() -> Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut signals = Signals::new().context("cannot wait for signals")?;
    let stopping = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping");
        stopping.cancel();
        signals.next().await;
        std::process::exit(1);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    #[expect(clippy::unused_self, reason = "as on Unix")]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
