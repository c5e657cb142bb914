//! Model files on their way into the engine.

use std::collections::HashMap;

use rostro_models::verify_for_browsers;
use rostro_wire::ErrorCode;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::Fault;

/// Model files that were checked; [`crate::Recognizer`] takes them.
#[wasm_bindgen]
#[derive(Default)]
pub struct ModelFiles {
    files: HashMap<String, Vec<u8>>,
}

#[wasm_bindgen]
impl ModelFiles {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the file of the model `id`.
    ///
    /// Throws `model-unavailable`, naming the model, unless it is exactly the file that this version was made with;
    /// `invalid-request` for an id that it does not know.
    #[expect(private_interfaces, reason = "JavaScript sees the `Error` that it becomes")]
    pub fn add(&mut self, id: String, bytes: Vec<u8>) -> Result<(), Fault> {
        verify_for_browsers(&id, &bytes)?;
        self.files.insert(id, bytes);
        Ok(())
    }
}

impl ModelFiles {
    pub(crate) fn take(&mut self, id: &str) -> Result<Vec<u8>, Fault> {
        self.files.remove(id).ok_or_else(|| {
            Fault::new(ErrorCode::ModelUnavailable, format!("the model {id} was not loaded"))
        })
    }
}
