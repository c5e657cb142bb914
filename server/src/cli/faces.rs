//! Pictures from files, and what is wrong with those that cannot be read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rostro_server::recognition::picture::{Picture, PictureError};
use rostro_wire::{ErrorBody, ErrorCode};
use serde::Serialize;
use thiserror::Error;

/// Largest file that is read: no picture within the limits is that large.
pub(super) const FILE_MAX_BYTES: u64 = 512 * 1024 * 1024;

/// What is printed of one file: what was seen, or why it cannot be read.
#[derive(Serialize)]
pub(super) struct Line<T> {
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) outcome: Outcome<T>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Outcome<T> {
    Seen(T),
    Failed { error: ErrorBody },
}

impl<T> Line<T> {
    pub(super) fn new(path: &Path, outcome: Result<T, ErrorBody>) -> Self {
        let outcome = match outcome {
            Ok(seen) => Outcome::Seen(seen),
            Err(error) => Outcome::Failed { error },
        };
        Self { file: shown(path), outcome }
    }

    /// Whether the file could be read.
    pub(super) const fn is_seen(&self) -> bool {
        matches!(self.outcome, Outcome::Seen(_))
    }
}

/// A fault that is not the file's, as it stands in a line of JSON.
pub(super) fn internal(message: String) -> ErrorBody {
    ErrorBody { code: ErrorCode::Internal, message, field: None }
}

/// Why a file gives no picture.
#[derive(Debug, Error)]
pub(super) enum FileError {
    #[error("cannot read the file: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the file has {bytes} bytes, too many for a picture")]
    TooLarge { bytes: u64 },
    #[error(transparent)]
    Picture(#[from] PictureError),
}

impl FileError {
    /// As it stands in a line of JSON.
    pub(super) fn body(&self) -> ErrorBody {
        let code = match self {
            Self::Unreadable(_) => ErrorCode::NotFound,
            Self::TooLarge { .. } | Self::Picture(PictureError::TooLarge { .. }) => {
                ErrorCode::TooLarge
            }
            Self::Picture(_) => ErrorCode::InvalidImage,
        };
        ErrorBody { code, message: self.to_string(), field: None }
    }
}

/// The picture in a file.
pub(super) fn picture(path: &Path) -> Result<Picture, FileError> {
    let bytes = fs::metadata(path)?.len();
    if bytes > FILE_MAX_BYTES {
        return Err(FileError::TooLarge { bytes });
    }
    Ok(Picture::decode(&fs::read(path)?)?)
}

/// A path as it is printed.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The paths of a list, one a line; empty lines are skipped.
pub(super) fn listed(list: &Path) -> io::Result<Vec<PathBuf>> {
    let text = fs::read_to_string(list)?;
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(PathBuf::from).collect())
}
