//! Loads the models: from the directory, checked, into an engine, with a reason for each that is not available.

use std::path::Path;
use std::sync::Arc;

use rostro_core::Engine;

/// The engine, and what became of each model.
pub struct LoadedModels {
    /// `None` when the detector is not available: nothing can be recognised then.
    pub engine: Option<Arc<Engine>>,
    /// Each model, the detector first.
    pub status: Vec<ModelStatus>,
}

/// Whether a model is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelStatus {
    /// Its id in the manifest.
    pub id: &'static str,
    /// Why it is not available; `None` when it is.
    pub unavailable: Option<String>,
}

/// Loads every model from `dir`. A model that is missing, altered or broken is left out, and named.
#[must_use]
pub fn load_models(dir: &Path) -> LoadedModels {
    let _ = dir;
    unimplemented!()
}
