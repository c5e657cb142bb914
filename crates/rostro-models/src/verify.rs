//! Refuses what is not exactly the model it is said to be.

#[cfg(not(target_family = "wasm"))]
use std::fs::File;
#[cfg(not(target_family = "wasm"))]
use std::io::Read as _;
#[cfg(not(target_family = "wasm"))]
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{GraphFile, ModelEntry, entry};

/// Why bytes are not taken as a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The manifest has no model of that name.
    #[error("there is no model called {id:?}")]
    Unknown {
        /// The name asked for.
        id: String,
    },
    /// Truncated, or another file altogether.
    #[error("the model {id} has {actual} bytes, expected {expected}")]
    WrongLength {
        /// The model's id.
        id: &'static str,
        /// Bytes the manifest names.
        expected: u64,
        /// Bytes found; for a file that is too long, more than expected, but not necessarily all.
        actual: u64,
    },
    /// As long as it should be, but altered.
    #[error("the model {id} was altered: its sha256 is {actual}, expected {expected}")]
    WrongChecksum {
        /// The model's id.
        id: &'static str,
        /// Checksum the manifest names.
        expected: &'static str,
        /// Checksum found.
        actual: String,
    },
    /// The file is missing or cannot be read.
    #[cfg(not(target_family = "wasm"))]
    #[error("cannot read the model {id} from {}", path.display())]
    Unreadable {
        /// The model's id.
        id: &'static str,
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Accepts `bytes` only if they are the model `id`, whole and unaltered.
///
/// # Errors
/// [`ModelError`], which names the model, what was expected and what was found.
pub fn verify(id: &str, bytes: &[u8]) -> Result<(), ModelError> {
    verify_entry(known(id)?, bytes)
}

/// Accepts `bytes` only if they are the file of the model `id` that browsers load, whole and unaltered.
///
/// # Errors
/// As [`verify`].
pub fn verify_for_browsers(id: &str, bytes: &[u8]) -> Result<(), ModelError> {
    let entry = known(id)?;
    verify_file(entry.id, &entry.for_browsers(), bytes)
}

/// Reads the model `id` from the folder `dir` and verifies it.
///
/// Reads at most one byte more than the manifest names, however long the file is.
///
/// # Errors
/// [`ModelError`] when the file is missing, unreadable or not the one named.
#[cfg(not(target_family = "wasm"))]
pub fn read_verified(dir: &Path, id: &str) -> Result<Vec<u8>, ModelError> {
    let entry = known(id)?;
    let path = dir.join(entry.file);
    let unreadable = |source| ModelError::Unreadable { id: entry.id, path: path.clone(), source };
    let mut bytes = Vec::new();
    File::open(&path)
        .map_err(unreadable)?
        .take(entry.bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    verify_entry(entry, &bytes)?;
    Ok(bytes)
}

/// SHA-256 of `bytes` in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn known(id: &str) -> Result<&'static ModelEntry, ModelError> {
    entry(id).ok_or_else(|| ModelError::Unknown { id: id.to_owned() })
}

fn verify_entry(entry: &ModelEntry, bytes: &[u8]) -> Result<(), ModelError> {
    let ModelEntry { id, file, bytes: len, sha256, .. } = *entry;
    verify_file(id, &GraphFile { file, bytes: len, sha256 }, bytes)
}

fn verify_file(id: &'static str, file: &GraphFile, bytes: &[u8]) -> Result<(), ModelError> {
    let actual = bytes.len() as u64;
    if actual != file.bytes {
        return Err(ModelError::WrongLength { id, expected: file.bytes, actual });
    }
    let actual = sha256_hex(bytes);
    if actual != file.sha256 {
        return Err(ModelError::WrongChecksum { id, expected: file.sha256, actual });
    }
    Ok(())
}
