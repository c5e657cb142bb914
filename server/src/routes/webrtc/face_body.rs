//! The body of `POST /webrtc/face/`: JSON, or a multipart form with the file in its field `frame`.

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use rostro_wire::webrtc::{Echo, FaceRequest};
use uuid::Uuid;

use super::BAD_JSON;
use crate::recognition::ImageSource;
use crate::routes::json_object::json_object;
use crate::spanish;

const NO_IMAGE: &str = "No se recibió ninguna imagen";
const BAD_FORM: &str = "Formulario inválido";
const BAD_FIELD: &str = "Datos no válidos";

/// What a picture came with.
pub(crate) struct FaceBody {
    pub(crate) image: ImageSource,
    pub(crate) timestamp: Option<Echo>,
    pub(crate) capture_id: Option<Uuid>,
    pub(crate) camera_id: Option<String>,
}

/// Why there is no picture.
#[derive(Debug)]
pub(crate) struct BodyRefusal {
    pub(crate) status: StatusCode,
    pub(crate) message: &'static str,
}

impl BodyRefusal {
    const fn bad(message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message }
    }

    fn of_status(status: StatusCode) -> Self {
        Self { status, message: spanish::of_body(status) }
    }
}

/// Reads either kind. Whatever does not say that it is a form is taken for JSON, as the originals did.
pub(crate) async fn read_face_body(request: Request) -> Result<FaceBody, BodyRefusal> {
    if is_form(&request) { read_form(request).await } else { read_json(request).await }
}

fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

async fn read_json(request: Request) -> Result<FaceBody, BodyRefusal> {
    let body: Bytes =
        request.extract().await.map_err(|rejection: <Bytes as FromRequest<()>>::Rejection| {
            BodyRefusal::of_status(rejection.status())
        })?;
    let sent: FaceRequest = json_object(&body)
        .map_err(|error| BodyRefusal::bad(if error.is_data() { BAD_FIELD } else { BAD_JSON }))?;
    let image = sent.image.filter(|image| !image.is_empty()).ok_or(BodyRefusal::bad(NO_IMAGE))?;
    Ok(FaceBody {
        image: ImageSource::Text(image),
        timestamp: sent.timestamp,
        capture_id: sent.capture_id,
        camera_id: sent.camera_id,
    })
}

/// Fields in any order; those that are not known are skipped.
async fn read_form(request: Request) -> Result<FaceBody, BodyRefusal> {
    let mut form: Multipart = request.extract().await.map_err(|_| BodyRefusal::bad(BAD_FORM))?;
    let (mut image, mut timestamp, mut capture_id, mut camera_id) = (None, None, None, None);
    while let Some(field) = form.next_field().await.map_err(|error| of_form(&error))? {
        match field.name() {
            Some("frame") => image = Some(field.bytes().await.map_err(|error| of_form(&error))?),
            Some("timestamp") => timestamp = Some(Echo::Text(short_text(field).await?)),
            Some("capture_id") => {
                let id = short_text(field).await?;
                capture_id = Some(id.parse().map_err(|_| BodyRefusal::bad(BAD_FIELD))?);
            }
            Some("camera_id") => camera_id = Some(short_text(field).await?),
            _ => {}
        }
    }
    let image = image.filter(|file| !file.is_empty()).ok_or(BodyRefusal::bad(NO_IMAGE))?;
    Ok(FaceBody { image: ImageSource::File(image), timestamp, capture_id, camera_id })
}

async fn short_text(field: Field<'_>) -> Result<String, BodyRefusal> {
    let text = field.text().await.map_err(|error| of_form(&error))?;
    if text.len() > Echo::MAX_BYTES { Err(BodyRefusal::bad(BAD_FIELD)) } else { Ok(text) }
}

fn of_form(error: &MultipartError) -> BodyRefusal {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => BodyRefusal::of_status(StatusCode::PAYLOAD_TOO_LARGE),
        _ => BodyRefusal::bad(BAD_FORM),
    }
}
