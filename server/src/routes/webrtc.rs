//! `/webrtc/*`: the calls of the hybrid REST and Socket.IO front end, translated.

mod face_body;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rostro_wire::v1::Channel;
use rostro_wire::webrtc::{Echo, FaceAnswer, Failure, RestPerson, ServerStatus, TestGet, TestPost};

use crate::app::AppState;
use crate::auth::{Connection, Pass};
use crate::people::PersonCard;
use crate::routes::now_as_echo;
use crate::sightings::{Keep, Known, NewPicture};
use crate::spanish;

use face_body::{FaceBody, read_face_body};

/// What is said of a body that is no JSON.
pub(crate) const BAD_JSON: &str = "JSON inválido";

pub(crate) async fn status(Extension(connection): Extension<Connection>) -> Json<ServerStatus> {
    Json(ServerStatus::at(connection.local.port()))
}

pub(crate) async fn test_get() -> Json<TestGet> {
    Json(TestGet::default())
}

pub(crate) async fn test_post(body: Result<Bytes, BytesRejection>) -> Response {
    match body.as_deref().map(serde_json::from_slice) {
        Ok(Ok(received)) => Json(TestPost::echoing(received)).into_response(),
        Ok(Err(_)) => refused(StatusCode::BAD_REQUEST, BAD_JSON),
        Err(rejection) => refused(rejection.status(), spanish::of_body(rejection.status())),
    }
}

/// Recognises one picture and answers for the best known face in it.
pub(crate) async fn face(
    State(app): State<AppState>,
    Extension(connection): Extension<Connection>,
    Extension(pass): Extension<Pass>,
    request: Request,
) -> Response {
    let FaceBody { image, timestamp, capture_id, camera_id } = match read_face_body(request).await {
        Ok(body) => body,
        Err(refusal) => return refused(refusal.status, refusal.message),
    };
    let Ok(camera_id) = pass.camera(camera_id) else {
        return refused(StatusCode::FORBIDDEN, spanish::NOT_FOR_THAT);
    };
    let timestamp = timestamp.unwrap_or_else(now_as_echo);
    let picture = NewPicture {
        image,
        channel: Channel::Rest,
        capture_id,
        camera_id,
        keep: Keep::Always,
        caller: connection.peer.ip().to_string(),
    };
    match app.sightings.picture(picture).await {
        Ok(sighting) => {
            let known = sighting.known.clone();
            let answered = app.answered(sighting, timestamp);
            Json(match known {
                Some(Known { person, confidence }) => {
                    FaceAnswer::known(rest_person(&person), confidence, answered)
                }
                None => FaceAnswer::unknown(answered),
            })
            .into_response()
        }
        Err(error) => failed(&spanish::of_sighting(&error), timestamp),
    }
}

fn rest_person(card: &PersonCard) -> RestPerson {
    RestPerson {
        id: card.id.clone(),
        nombre: card.name.clone(),
        unidad: card.unit.clone().unwrap_or_default(),
        tipo: card.kind.clone().unwrap_or_default(),
        documento: card.document.clone().unwrap_or_default(),
        activo: true,
    }
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, Json(Failure::of_request(message))).into_response()
}

fn failed(fault: &spanish::Fault, timestamp: Echo) -> Response {
    let failure = if fault.status.is_server_error() {
        Failure::of_relay(fault.message.clone(), timestamp)
    } else {
        Failure::of_request(fault.message.clone())
    };
    (fault.status, Json(failure)).into_response()
}
