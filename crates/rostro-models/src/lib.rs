//! The models that Rostro ships: their manifest, their checksums, and how they are made.
//!
//! The files lie in `models/` of the repository with their licences. [`manifest()`] lists them; [`verify()`] refuses
//! bytes that are not exactly what the manifest names, so that an altered or truncated file can never decide who
//! somebody is. Rebuilding the files from the published packages is in the module `convert` (feature
//! `convert`, used by `cargo xtask models`).
//!
//! ```
//! let entry = rostro_models::entry(rostro_models::YUNET).expect("it is in the manifest");
//! assert_eq!(entry.file, "yunet-2023mar.onnx");
//! assert!(rostro_models::verify(entry.id, b"something else").is_err());
//! ```
#![forbid(unsafe_code)]

#[cfg(feature = "convert")]
pub mod convert;
mod manifest;
mod verify;

pub use manifest::{
    DLIB, GraphFile, ModelEntry, ModelSource, SFACE, SHAPE_PREDICTOR, YUNET, entry, manifest,
};
#[cfg(not(target_family = "wasm"))]
pub use verify::read_verified;
pub use verify::{ModelError, sha256_hex, verify, verify_for_browsers};
