//! `/api/*`: the calls of the Flask service, translated.

mod limit;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rostro_core::{Embedding, ModelId};
use rostro_wire::flask;
use rostro_wire::result_object::ResultObject;
use serde::de::DeserializeOwned;
use tracing::error;

use crate::app::AppState;
use crate::cameras::address::StreamAddress;
use crate::cameras::{CameraError, DEFAULT, Registered};
use crate::people::{EncodingSource, NewPerson, PeopleError};
use crate::routes::json_object::json_object;
use crate::settings::{SettingsError, SettingsValues};
use crate::spanish;
use crate::store::StoreError;
use limit::Limit;

/// What a call of `/api/*` cannot do, as it is answered: `{error}`.
pub(crate) struct Refused {
    status: StatusCode,
    message: String,
}

type Answer<T> = Result<Json<T>, Refused>;

impl Refused {
    fn bad(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    fn missing(message: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: message.to_owned() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(flask::ErrorText::new(self.message))).into_response()
    }
}

impl From<StoreError> for Refused {
    fn from(fault: StoreError) -> Self {
        let (status, message) = match fault {
            StoreError::Full => {
                (StatusCode::INSUFFICIENT_STORAGE, "Disco lleno: no se guardó nada")
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "Error interno del servidor"),
        };
        error!(error = %fault, "a request failed");
        Self { status, message: message.to_owned() }
    }
}

impl From<PeopleError> for Refused {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Store(error) => error.into(),
            error => Self::bad(error.to_string()),
        }
    }
}

impl From<CameraError> for Refused {
    fn from(error: CameraError) -> Self {
        match error {
            CameraError::Store(error) => error.into(),
            CameraError::Unchanged => Self::bad("El reconocimiento ya está activo"),
            CameraError::IsOn => Self::bad("Detenga el reconocimiento antes de cambiar stream_url"),
            CameraError::OfEnvironment => {
                Self::bad("La dirección de la cámara se define en el servidor (ROSTRO_CAMERA_URL)")
            }
            CameraError::NoFeed => Self::missing("No hay ninguna cámara conectada"),
            CameraError::TooManyViewers => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                message: "Demasiados espectadores: inténtelo más tarde".to_owned(),
            },
            CameraError::Address(fault) => Self::bad(spanish::of_stream_url(fault)),
            error => Self::bad(error.to_string()),
        }
    }
}

impl From<SettingsError> for Refused {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Store(error) => error.into(),
            error => Self::bad(error.to_string()),
        }
    }
}

pub(crate) async fn status(State(app): State<AppState>) -> Answer<flask::Status> {
    let camera = app.cameras.default_camera();
    Ok(Json(flask::Status {
        active: camera.enabled,
        stream_url: shown(&camera),
        total_results: app.captures.results(0).await?.total,
        encodings_loaded: app.people.encoding_count(),
    }))
}

/// Switches recognition of the camera on, once.
pub(crate) async fn start(State(app): State<AppState>) -> Answer<flask::Started> {
    let camera = app.cameras.switch(DEFAULT, true).await?;
    let started = flask::Started::of(shown(&camera));
    Ok(Json(started.warned(app.cameras.refusal_of(&camera).map(spanish::of_address))))
}

pub(crate) async fn stop(State(app): State<AppState>) -> Answer<flask::Stopped> {
    match app.cameras.switch(DEFAULT, false).await {
        Ok(_) | Err(CameraError::Unchanged) => Ok(Json(flask::Stopped::default())),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn results(
    State(app): State<AppState>,
    Limit(limit): Limit,
) -> Answer<flask::Results> {
    let page = app.captures.results(limit).await?;
    Ok(Json(flask::Results { results: page.results, total: page.total }))
}

pub(crate) async fn results_of(
    State(app): State<AppState>,
    name: Result<Path<String>, PathRejection>,
    Limit(limit): Limit,
) -> Answer<flask::ResultsOf> {
    let Path(user) = name.map_err(|_| Refused::bad("El nombre no es UTF-8 válido"))?;
    let page = app.captures.results_named(&user, limit).await?;
    let returned = page.results.len();
    Ok(Json(flask::ResultsOf { user, results: page.results, total: page.total, returned }))
}

pub(crate) async fn latest(State(app): State<AppState>) -> Answer<ResultObject> {
    let latest = app.captures.latest().await?;
    latest.map(Json).ok_or_else(|| Refused::missing("Aún no hay resultados"))
}

pub(crate) async fn stats(State(app): State<AppState>) -> Answer<flask::Stats> {
    let stats = app.captures.stats().await?;
    Ok(Json(flask::Stats {
        total_detections: stats.total_detections,
        recognized: stats.recognized,
        unknown_count: stats.unknown_count,
        unique_persons: stats.unique_persons,
        last_detection: stats.last_detection,
    }))
}

/// Changes what the body names; a camera's address only while recognition of the camera is off.
pub(crate) async fn configure(
    State(app): State<AppState>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<flask::ConfigAnswer> {
    let change: flask::ConfigChange = parsed(body)?;
    let encoding_model = change.encoding_model.as_deref().map(known_model).transpose()?;
    let legacy_threshold = change.threshold.map(usable_threshold).transpose()?;
    let camera = app.cameras.configure(change.stream_url, change.camera_id).await?;
    let settings = app
        .settings
        .update(move |settings| {
            encoding_model.into_iter().for_each(|model| settings.encoding_model = model);
            legacy_threshold.into_iter().for_each(|legacy| settings.legacy_threshold = legacy);
        })
        .await?;
    if legacy_threshold.is_some() {
        app.people.announce();
    }
    Ok(Json(flask::ConfigAnswer {
        stream_url: shown(&camera),
        threshold: settings.legacy_threshold,
        warning: app.cameras.refusal_of(&camera).map(spanish::of_address),
    }))
}

/// Adds an encoding that the client made.
pub(crate) async fn register(
    State(app): State<AppState>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<flask::Registered> {
    let registration: flask::Registration = parsed(body)?;
    let (name, numbers) =
        registration.name_and_encoding().map_err(|fault| Refused::bad(fault.to_string()))?;
    let untagged = app.settings.get().encoding_model;
    let model = registration.model.as_deref().map_or(Ok(untagged), known_model)?;
    let encoding =
        Embedding::new(model, &numbers).map_err(|fault| Refused::bad(fault.to_string()))?;
    let person = NewPerson {
        name: name.to_owned(),
        client_id: registration.client_id(),
        ..NewPerson::default()
    };
    let samples = vec![encoding];
    let warnings = app.people.check(name, &samples).await?;
    app.people.enrol(person, samples, EncodingSource::Register).await?;
    let warnings = warnings.iter().map(|warning| flask::RegisterWarning {
        code: warning.fault.code(),
        message: spanish::of_sample(warning),
    });
    let registered = flask::Registered::of(name, app.people.encoding_count());
    Ok(Json(registered.warned(warnings.collect())))
}

/// The camera with boxes and names, as motion JPEG without end.
pub(crate) async fn video_feed(State(app): State<AppState>) -> Result<Response, Refused> {
    let (viewer, card) = app.cameras.watch(DEFAULT).await?;
    Ok(viewer.into_response(card, app.stopping.clone().cancelled_owned()))
}

/// The camera's address, without what may be a credential in it.
fn shown(camera: &Registered) -> Option<String> {
    camera.address.as_ref().map(StreamAddress::shown)
}

fn parsed<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Refused> {
    let body = body.map_err(|rejection| Refused {
        status: rejection.status(),
        message: spanish::of_body(rejection.status()).to_owned(),
    })?;
    json_object(&body).map_err(|error| {
        Refused::bad(if error.is_data() { "Datos no válidos" } else { "JSON inválido" })
    })
}

fn known_model(id: &str) -> Result<ModelId, Refused> {
    id.parse().map_err(|error: rostro_core::UnknownModel| Refused::bad(error.to_string()))
}

/// The nearest `f32`, above 0 and not beyond what still tells people apart.
fn usable_threshold(threshold: f64) -> Result<f32, Refused> {
    #[expect(clippy::cast_possible_truncation, reason = "the nearest f32 is what is asked for")]
    let legacy = threshold as f32;
    if legacy > 0.0 && legacy <= SettingsValues::MAX_LEGACY_THRESHOLD {
        Ok(legacy)
    } else {
        Err(Refused::bad("threshold debe ser mayor que 0 y como máximo 2"))
    }
}
