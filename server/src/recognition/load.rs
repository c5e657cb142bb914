//! Loads the models: from the directory, checked, into an engine, with a reason for each that is not available.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rostro_core::{Engine, ModelId, Recognizer};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET, read_verified};

/// The engine, and what became of each model.
#[derive(Debug)]
pub struct LoadedModels {
    /// `None` when the detector is not available: nothing can be recognised then.
    pub engine: Option<Arc<Engine>>,
    /// Each model that was asked for, the detector first.
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

/// Loads every model from `dir`; see [`load_some`].
#[must_use]
pub fn load_models(dir: &Path) -> LoadedModels {
    load_some(dir, &ModelId::ALL)
}

/// Loads the detector and the recognisers of `wanted` from `dir`, at the same time. A model that is missing, altered
/// or broken is left out, and named.
///
/// Cost: a few tenths of a second.
#[must_use]
pub fn load_some(dir: &Path, wanted: &[ModelId]) -> LoadedModels {
    let (detector, recognizers) = thread::scope(|scope| {
        let loading = wanted.iter().map(|&model| scope.spawn(move || recognizer(dir, model)));
        let loading: Vec<_> = loading.collect();
        let detector = detector(dir);
        let recognizers = loading
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("loading it failed".to_owned())));
        (detector, recognizers.collect::<Vec<_>>())
    });
    let mut status = vec![ModelStatus { id: YUNET, unavailable: detector.as_ref().err().cloned() }];
    let mut engine = detector.ok().map(Engine::new);
    for (model, recognizer) in wanted.iter().zip(recognizers) {
        let unavailable = match recognizer {
            Ok(recognizer) => {
                if let Some(engine) = &mut engine {
                    engine.add_recognizer(recognizer);
                }
                None
            }
            Err(reason) => Some(reason),
        };
        status.push(ModelStatus { id: model.as_str(), unavailable });
    }
    LoadedModels { engine: engine.map(Arc::new), status }
}

/// Where the models are: `given`, or else beside the program, two levels above it (as a build in a checkout lies),
/// or in the working directory. Only the first of those that is there is looked into.
#[must_use]
pub fn models_dir(given: Option<&Path>) -> PathBuf {
    if let Some(given) = given {
        return given.to_owned();
    }
    let program = std::env::current_exe().unwrap_or_default();
    let above = [1, 3].into_iter().filter_map(|levels| program.ancestors().nth(levels));
    let found = above.map(|dir| dir.join("models")).find(|dir| dir.is_dir());
    found.unwrap_or_else(|| PathBuf::from("models"))
}

fn detector(dir: &Path) -> Result<rostro_core::Detector, String> {
    let onnx = read_verified(dir, YUNET).map_err(|error| reason(&error))?;
    rostro_infer::load_detector(&onnx).map_err(|error| reason(&error))
}

fn recognizer(dir: &Path, model: ModelId) -> Result<Recognizer, String> {
    let read = |id| read_verified(dir, id).map_err(|error| reason(&error));
    let loaded = match model {
        ModelId::DlibResnetV1 => rostro_infer::load_dlib(&read(DLIB)?, &read(SHAPE_PREDICTOR)?),
        ModelId::Sface2021Dec => rostro_infer::load_sface(&read(SFACE)?),
        _ => return Err("this program cannot run it".to_owned()),
    };
    loaded.map_err(|error| reason(&error))
}

/// The error and its causes on one line.
fn reason(error: &dyn Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    reason
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn shipped() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
    }

    #[test]
    fn what_is_missing_or_altered_is_named_and_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let nothing = load_models(dir.path());
        assert!(nothing.engine.is_none());
        let ids: Vec<_> = nothing.status.iter().map(|status| status.id).collect();
        assert_eq!(ids, [YUNET, DLIB, SFACE]);
        for status in nothing.status {
            let reason = status.unavailable.unwrap();
            assert!(reason.contains("cannot read the model"), "{reason}");
            assert!(reason.contains(&*dir.path().to_string_lossy()), "{reason}");
        }

        for entry in rostro_models::manifest() {
            fs::copy(shipped().join(entry.file), dir.path().join(entry.file)).unwrap();
        }
        let altered = dir.path().join(rostro_models::entry(SHAPE_PREDICTOR).unwrap().file);
        let mut bytes = fs::read(&altered).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&altered, bytes).unwrap();
        let loaded = load_models(dir.path());
        assert_eq!(loaded.engine.unwrap().models(), [ModelId::Sface2021Dec]);
        let [detector, dlib, sface] = &loaded.status[..] else { panic!("three models") };
        assert_eq!((&detector.unavailable, &sface.unavailable), (&None, &None));
        let reason = dlib.unavailable.as_deref().unwrap();
        assert!(reason.contains("shape-predictor-5 was altered"), "{reason}");
    }

    #[test]
    fn the_shipped_models_load() {
        let loaded = load_models(&shipped());
        assert_eq!(loaded.engine.unwrap().models(), ModelId::ALL);
        assert!(loaded.status.iter().all(|status| status.unavailable.is_none()));
    }

    #[test]
    fn a_given_directory_is_taken_as_it_is() {
        assert_eq!(models_dir(Some(Path::new("/nowhere"))), Path::new("/nowhere"));
    }
}
