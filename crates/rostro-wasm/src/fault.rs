//! Errors as JavaScript sees them.

use rostro_core::embedding::InvalidThreshold;
use rostro_core::{EmbeddingError, EngineError, FrameError, UnknownModel};
use rostro_infer::LoadError;
use rostro_models::ModelError;
use rostro_wire::ErrorCode;
use wasm_bindgen::JsValue;

/// What went wrong: for programs and for people.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn of(code: ErrorCode, error: &impl std::error::Error) -> Self {
        Self::new(code, error.to_string())
    }
}

impl From<Fault> for JsValue {
    /// An `Error` with the property `code`.
    fn from(fault: Fault) -> Self {
        let error = js_sys::Error::new(&fault.message);
        let code = serde_wasm_bindgen::to_value(&fault.code).expect("a code is a string");
        js_sys::Reflect::set(&error, &"code".into(), &code).expect("a new object takes a property");
        error.into()
    }
}

impl From<ModelError> for Fault {
    fn from(error: ModelError) -> Self {
        let code = match error {
            ModelError::Unknown { .. } => ErrorCode::InvalidRequest,
            _ => ErrorCode::ModelUnavailable,
        };
        Self::of(code, &error)
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        Self::of(ErrorCode::ModelUnavailable, &error)
    }
}

impl From<FrameError> for Fault {
    fn from(error: FrameError) -> Self {
        let code = match error {
            FrameError::TooLarge { .. } => ErrorCode::TooLarge,
            _ => ErrorCode::InvalidImage,
        };
        Self::of(code, &error)
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        Self::of(ErrorCode::ModelUnavailable, &error)
    }
}

impl From<EmbeddingError> for Fault {
    fn from(error: EmbeddingError) -> Self {
        Self::of(ErrorCode::InvalidEmbedding, &error)
    }
}

impl From<UnknownModel> for Fault {
    fn from(error: UnknownModel) -> Self {
        Self::of(ErrorCode::InvalidRequest, &error)
    }
}

impl From<InvalidThreshold> for Fault {
    fn from(error: InvalidThreshold) -> Self {
        Self::of(ErrorCode::InvalidRequest, &error)
    }
}
