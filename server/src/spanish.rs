//! What the legacy wires say of faults, in the language of their clients.

use axum::http::StatusCode;
use rostro_core::enrolment::SampleFault;
use rostro_wire::v1::CameraState;
use rostro_wire::webrtc::socket::FailureCode;
use tracing::error;

use crate::cameras::address::AddressFault;
use crate::captures::RecordError;
use crate::egress::AddressRefused;
use crate::people::SampleWarning;
use crate::recognition::RecognitionError;
use crate::recognition::image_text::ImageTextError;
use crate::recognition::picture::PictureError;
use crate::sightings::SightingError;
use crate::store::StoreError;

/// To whoever has a ticket, for something else.
pub(crate) const NOT_FOR_THAT: &str = "Este pase no sirve para eso";

/// A fault as both legacy channels tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// For REST.
    pub(crate) status: StatusCode,
    /// For Socket.IO.
    pub(crate) code: FailureCode,
    /// For people.
    pub(crate) message: String,
}

impl Fault {
    fn of_data(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: FailureCode::InvalidData, message: message.into() }
    }

    fn of_relay(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: FailureCode::ProcessingError, message: message.into() }
    }
}

/// Why an address is not gone to.
pub(crate) fn of_address(refused: AddressRefused) -> String {
    let why = match refused {
        AddressRefused::NotPublic => "La cámara no está en una dirección pública",
        AddressRefused::Port => "Ese puerto no se permite",
        _ => "Esa dirección no se permite",
    };
    format!("{why}: quien administra el servidor puede permitirla con ROSTRO_ALLOWED_CAMERA_HOSTS")
}

/// Why a text is no camera's address.
pub(crate) const fn of_stream_url(fault: AddressFault) -> &'static str {
    match fault {
        AddressFault::TooLong => "stream_url es demasiado largo",
        _ => "stream_url no es una dirección: se espera http://, https://, rtsp:// o file:",
    }
}

/// What a camera without a picture shows in its place.
pub(crate) const fn of_camera(state: CameraState) -> &'static str {
    match state {
        CameraState::Connecting => "Conectando con la cámara…",
        CameraState::Live => "Esperando la primera imagen…",
        CameraState::Stalled => "La cámara no envía imágenes",
        CameraState::AuthFailed => "La cámara rechaza el acceso",
        CameraState::Unsupported => "No se puede leer esta cámara",
        CameraState::Stopped => "Cámara apagada",
    }
}

/// What is said of a body that could not be read.
pub(crate) fn of_body(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "El contenido es demasiado grande",
        _ => "No se pudo leer el contenido",
    }
}

/// What is said of an encoding that was added all the same.
pub(crate) fn of_sample(warning: &SampleWarning) -> String {
    match (warning.fault, &warning.other) {
        (SampleFault::NearIdentical, _) => {
            "La muestra es casi idéntica a otra: use otra foto, con otra pose o luz".to_owned()
        }
        (SampleFault::AlreadyEnrolled, Some(other)) => {
            format!("La misma cara ya está registrada como {}", other.name)
        }
        (SampleFault::AlreadyEnrolled, None) => {
            "La misma cara ya está registrada con otro nombre".to_owned()
        }
        _ => "La muestra no se parece a las demás de esta persona".to_owned(),
    }
}

/// What is said of a picture without a sighting. A fault of ours is logged here.
pub(crate) fn of_sighting(fault: &SightingError) -> Fault {
    match fault {
        SightingError::Recognition(fault) => of_recognition(fault),
        SightingError::Record(RecordError::Store(StoreError::Full)) => {
            Fault::of_relay(StatusCode::INSUFFICIENT_STORAGE, "Disco lleno: no se guardó nada")
        }
        SightingError::Record(RecordError::Store(fault)) => {
            error!(error = %fault, "a capture was not stored");
            of_fault()
        }
        SightingError::Record(_) => {
            Fault::of_data(StatusCode::CONFLICT, "El capture_id ya se usó para otra captura")
        }
    }
}

fn of_recognition(fault: &RecognitionError) -> Fault {
    let bad_request = StatusCode::BAD_REQUEST;
    match fault {
        RecognitionError::Text(ImageTextError::Empty) => {
            Fault::of_data(bad_request, "No se recibió ninguna imagen")
        }
        RecognitionError::Text(_) => {
            Fault::of_data(bad_request, "La imagen no es base64 válido ni una data URL válida")
        }
        RecognitionError::Picture(PictureError::TooLarge { width, height, .. }) => Fault::of_data(
            bad_request,
            format!("La imagen de {width}x{height} píxeles es demasiado grande"),
        ),
        RecognitionError::Picture(_) => Fault::of_data(
            bad_request,
            "No se pudo decodificar la imagen: se aceptan JPEG, PNG y WebP",
        ),
        RecognitionError::Unavailable { model } => Fault::of_relay(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("Reconocimiento no disponible: falta el modelo {model}"),
        ),
        RecognitionError::Busy => Fault::of_relay(
            StatusCode::SERVICE_UNAVAILABLE,
            "El servidor está ocupado: inténtelo de nuevo en un momento",
        ),
        RecognitionError::Engine(_) | RecognitionError::Ended => {
            error!(error = %fault, "a picture was not recognised");
            of_fault()
        }
    }
}

fn of_fault() -> Fault {
    Fault::of_relay(StatusCode::INTERNAL_SERVER_ERROR, "Error interno del servidor")
}
