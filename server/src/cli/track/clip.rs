//! The frames of a clip, one after the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::vec;

use rostro_server::recognition::mjpeg::jpeg_len;
use rostro_server::recognition::picture::Picture;

use crate::cli::faces::{FILE_MAX_BYTES, FileError, picture};

/// A clip: a file of JPEGs, one after the other (motion JPEG), or a folder of pictures in the order of their names.
pub(super) enum Clip {
    Jpegs { bytes: Vec<u8>, at: usize },
    Folder(vec::IntoIter<PathBuf>),
}

impl Clip {
    /// Names of pictures end in one of these, in any case.
    const EXTENSIONS: [&'static str; 4] = ["jpg", "jpeg", "png", "webp"];

    pub(super) fn open(path: &Path) -> Result<Self, FileError> {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            let entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
            let mut files = entries.collect::<Result<Vec<_>, _>>()?;
            files.retain(|path| is_picture(path));
            files.sort();
            return Ok(Self::Folder(files.into_iter()));
        }
        if metadata.len() > FILE_MAX_BYTES {
            return Err(FileError::TooLarge { bytes: metadata.len() });
        }
        Ok(Self::Jpegs { bytes: fs::read(path)?, at: 0 })
    }
}

impl Iterator for Clip {
    type Item = Result<Picture, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Folder(files) => files.next().map(|path| picture(&path)),
            Self::Jpegs { bytes, at } => {
                let rest = bytes.get(*at..).filter(|rest| !rest.is_empty())?;
                let len = jpeg_len(rest).unwrap_or(rest.len());
                *at += len;
                Some(Picture::decode(&rest[..len]).map_err(FileError::from))
            }
        }
    }
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        Clip::EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}
