//! `process_frame`, translated.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::FutureExt;
use rostro_wire::v1::{Channel, TicketUse};
use rostro_wire::webrtc::Echo;
use rostro_wire::webrtc::socket::{
    Failure, FailureCode, Persona, ProcessFrame, RecognitionResult, event,
};
use serde::Serialize;
use socketioxide::extract::{AckSender, Extension, SocketRef, State, TryData};
use tracing::{error, instrument};

use super::desk::{Desk, Intake};
use super::emit;
use super::pace::InPace;
use super::pass_of;
use crate::app::AppState;
use crate::auth::Denied;
use crate::people::PersonCard;
use crate::recognition::ImageSource;
use crate::routes::now_as_echo;
use crate::sightings::{Keep, Known, NewPicture};
use crate::spanish;
use crate::traces::SPANS;

const NO_IMAGE: &str = "No se recibió ninguna imagen";
const BAD_DATA: &str = "Datos no válidos: se espera {image: data URL o base64}";
const TOO_MANY: &str = "Demasiadas capturas en espera";
const OVERTAKEN: &str = "Fotograma descartado: llegó otro más nuevo";
const FAULT: &str = "Error interno del servidor";

/// A frame that waits for its turn, and the ack of clients that asked for one.
pub(super) struct Job {
    frame: ProcessFrame,
    ack: AckSender,
}

/// Takes a frame in. The task that finds nobody at work works until no frame waits.
pub(super) async fn process_frame(
    _pace: InPace,
    socket: SocketRef,
    TryData(frame): TryData<ProcessFrame>,
    Extension(desk): Extension<Arc<Desk<Job>>>,
    State(app): State<AppState>,
    ack: AckSender,
) {
    let Ok(mut frame) = frame else {
        return answer(&socket, ack, failure(FailureCode::InvalidData, BAD_DATA, None));
    };
    let pass = pass_of(&socket);
    let camera = match pass.is_for(TicketUse::Frames) {
        true => pass.camera(frame.camera_id.take()),
        false => Err(Denied::Use),
    };
    let Ok(camera_id) = camera else {
        let refused = failure(FailureCode::InvalidData, spanish::NOT_FOR_THAT, frame.frame_id);
        return answer(&socket, ack, refused);
    };
    frame.camera_id = camera_id;
    let is_capture = frame.capture_id.is_some();
    match desk.take_in(Job { frame, ack }, is_capture) {
        Intake::Work(job) => {
            let mut next = Some(job);
            while let Some(job) = next {
                work_on(&socket, &app, job).await;
                next = desk.next();
            }
        }
        Intake::Waits(None) => {}
        Intake::Waits(Some(Job { frame, ack })) => {
            // No event: a live view wants no word of frames that it never missed.
            ack_only(ack, &not_taken(OVERTAKEN, frame.frame_id));
        }
        Intake::Full(Job { frame, ack }) => {
            answer(&socket, ack, Err(not_taken(TOO_MANY, frame.frame_id)));
        }
    }
}

/// One frame to its answer; a panic on the way is answered too, and does not stop the next frame.
#[instrument(target = SPANS, name = "socket process_frame", skip_all)]
async fn work_on(socket: &SocketRef, app: &AppState, job: Job) {
    if !socket.connected() {
        return;
    }
    let Job { frame, ack } = job;
    let frame_id = frame.frame_id.clone();
    let stream = socket.id.to_string();
    let outcome = AssertUnwindSafe(recognised(app, frame, stream)).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_| {
        error!("a frame's handler panicked");
        failure(FailureCode::ProcessingError, FAULT, frame_id)
    });
    answer(socket, ack, outcome);
}

/// What goes back for a frame.
type Outcome = Result<RecognitionResult, Failure>;

async fn recognised(app: &AppState, frame: ProcessFrame, stream: String) -> Outcome {
    let ProcessFrame { image, frame_id, timestamp, capture_id, camera_id } = frame;
    let Some(image) = image.filter(|image| !image.is_empty()) else {
        return failure(FailureCode::InvalidData, NO_IMAGE, frame_id);
    };
    let picture = NewPicture {
        image: ImageSource::Text(image),
        channel: Channel::Socket,
        capture_id,
        camera_id,
        caller: stream.clone(),
        keep: Keep::NowAndThen { stream },
    };
    let sighting = app.sightings.picture(picture).await.map_err(|error| {
        let fault = spanish::of_sighting(&error);
        let busy = fault.status == StatusCode::SERVICE_UNAVAILABLE;
        Failure { message: fault.message, code: fault.code, frame_id: frame_id.clone(), busy }
    })?;
    let known = sighting.known.clone();
    let answered = app.answered(sighting, timestamp.unwrap_or_else(now_as_echo));
    Ok(match known {
        Some(Known { person, confidence }) => {
            RecognitionResult::known(persona(&person), confidence, frame_id, answered)
        }
        None => RecognitionResult::unknown(frame_id, answered),
    })
}

fn persona(card: &PersonCard) -> Persona {
    Persona {
        id: card.id.clone(),
        nombre: card.name.clone(),
        vivienda: card.unit.clone().unwrap_or_default(),
        tipo_residente: card.kind.clone().unwrap_or_default(),
        documento: card.document.clone().unwrap_or_default(),
    }
}

fn failure(code: FailureCode, message: &str, frame_id: Option<Echo>) -> Outcome {
    Err(failure_of(code, message, frame_id))
}

fn failure_of(code: FailureCode, message: &str, frame_id: Option<Echo>) -> Failure {
    Failure { message: message.to_owned(), code, frame_id, busy: false }
}

/// What is said of a frame that is well, and was not taken.
fn not_taken(message: &str, frame_id: Option<Echo>) -> Failure {
    Failure { busy: true, ..failure_of(FailureCode::ProcessingError, message, frame_id) }
}

/// The event, and the ack of clients that asked for one.
fn answer(socket: &SocketRef, ack: AckSender, outcome: Outcome) {
    match outcome {
        Ok(result) => {
            emit(socket, event::RECOGNITION_RESULT, &result);
            ack_only(ack, &result);
        }
        Err(failure) => {
            emit(socket, event::ERROR, &failure);
            ack_only(ack, &failure);
        }
    }
}

/// A client that is gone, or asked for no ack, gets none.
fn ack_only(ack: AckSender, payload: &impl Serialize) {
    ack.send(payload).ok();
}
