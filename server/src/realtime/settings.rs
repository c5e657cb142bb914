//! `config` and `stats`, and the events that ask for them.

use std::time::Instant;

use rostro_core::ModelId;
use rostro_wire::webrtc::socket::{ChangeProvider, Config, Failure, FailureCode, Stats, event};
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, State, TryData};
use tracing::debug;

use super::pace::InPace;
use super::{emit, pass_of};
use crate::app::AppState;
use crate::auth::Pass;
use crate::spanish;

const BAD_PROVIDER_DATA: &str = "Datos no válidos: se espera {provider: texto}";

/// The configuration now.
pub(super) fn config(app: &AppState) -> Config {
    Config::of(app.provider().as_str())
}

/// The figures now.
pub(super) fn stats(sockets: &SocketIo, app: &AppState) -> Stats {
    let counts = app.stats.counts();
    Stats {
        connected_clients: sockets.sockets().len(),
        total_frames_processed: counts.pictures,
        successful_recognitions: counts.known,
        failed_recognitions: counts.not_known(),
        average_processing_time: counts.average_seconds(),
        uptime_seconds: app.stats.uptime(Instant::now()).as_secs_f64(),
        current_provider: app.provider().as_str().to_owned(),
        available_providers: names(&app.recognition.available()),
    }
}

fn names(models: &[ModelId]) -> Vec<String> {
    models.iter().map(|model| model.as_str().to_owned()).collect()
}

pub(super) async fn get_stats(
    _pace: InPace,
    socket: SocketRef,
    sockets: SocketIo,
    State(app): State<AppState>,
) {
    emit(&socket, event::STATS, &stats(&sockets, &app));
}

/// Sets the counts back, and shows that it did; with a ticket it shows them only.
pub(super) async fn reset_stats(
    _pace: InPace,
    socket: SocketRef,
    sockets: SocketIo,
    State(app): State<AppState>,
) {
    if pass_of(&socket) == Pass::Whole {
        app.stats.reset();
    }
    emit(&socket, event::STATS, &stats(&sockets, &app));
}

/// Chooses a model, for everybody; every socket is told. Matching goes on in every model that people are enrolled
/// in.
pub(super) async fn change_provider(
    _pace: InPace,
    socket: SocketRef,
    sockets: SocketIo,
    TryData(change): TryData<ChangeProvider>,
    State(app): State<AppState>,
) {
    let refuse = |code, message: String| {
        emit(&socket, event::ERROR, &Failure { message, code, frame_id: None, busy: false });
    };
    let Ok(change) = change else {
        return refuse(FailureCode::InvalidData, BAD_PROVIDER_DATA.to_owned());
    };
    if pass_of(&socket) != Pass::Whole {
        return refuse(FailureCode::InvalidData, spanish::NOT_FOR_THAT.to_owned());
    }
    let available = app.recognition.available();
    match change.provider.parse::<ModelId>() {
        Ok(model) if available.contains(&model) => {
            app.provider.send_replace(model);
            if let Err(error) = sockets.emit(event::CONFIG, &config(&app)).await {
                debug!(%error, "a socket was not told of the configuration");
            }
        }
        _ => {
            let there = match names(&available).join(", ") {
                none if none.is_empty() => "no hay ninguno".to_owned(),
                names => format!("hay: {names}"),
            };
            let message = format!("Proveedor no disponible; {there}");
            refuse(FailureCode::ProviderNotAvailable, message);
        }
    }
}
