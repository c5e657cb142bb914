//! The frames of a clip, one after the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::vec;

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

/// The length of the JPEG that `bytes` begin with, up to its end marker: a thumbnail within it has one of its own.
/// `None` when it has no end, or is no JPEG.
fn jpeg_len(bytes: &[u8]) -> Option<usize> {
    const START_OF_IMAGE: u8 = 0xd8;
    const END_OF_IMAGE: u8 = 0xd9;
    const START_OF_SCAN: u8 = 0xda;
    let mut at = 2;
    if bytes.get(..at)? != [0xff, START_OF_IMAGE] {
        return None;
    }
    loop {
        let marker = match bytes.get(at..at + 2)? {
            [0xff, 0xff] => {
                at += 1;
                continue;
            }
            [0xff, marker] => *marker,
            _ => return None,
        };
        if marker == END_OF_IMAGE {
            return Some(at + 2);
        }
        let segment = bytes.get(at + 2..at + 4)?;
        at += 2 + usize::from(u16::from_be_bytes([segment[0], segment[1]]));
        if marker == START_OF_SCAN {
            // Within a scan, 0xff is followed by zero or by a restart marker.
            let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7);
            at += bytes.get(at..)?.windows(2).position(is_marker)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jpegs_are_told_apart_by_their_markers() {
        let plain =
            [&b"\xff\xd8\xff\xda\x00\x03\x01"[..], b"ab\xff\x00c\xff\xd3d\xff\xd9"].concat();
        // A thumbnail in a segment, which is as long as the two bytes of its length and the thumbnail.
        let len = u8::try_from(plain.len() + 2).unwrap();
        let with_thumbnail = [&[0xff, 0xd8, 0xff, 0xe1, 0, len][..], &plain, &plain[2..]].concat();
        struct Case<'a> {
            name: &'static str,
            bytes: Vec<&'a [u8]>,
            len: Option<usize>,
        }
        let cases = [
            Case { name: "one", bytes: vec![&plain], len: Some(plain.len()) },
            Case { name: "two", bytes: vec![&plain, &plain], len: Some(plain.len()) },
            Case {
                name: "with a thumbnail",
                bytes: vec![&with_thumbnail, &plain],
                len: Some(with_thumbnail.len()),
            },
            Case { name: "cut short", bytes: vec![&plain[..plain.len() - 2]], len: None },
            Case { name: "something else", bytes: vec![b"hello"], len: None },
            Case { name: "nothing", bytes: vec![], len: None },
        ];
        for case in cases {
            assert_eq!(jpeg_len(&case.bytes.concat()), case.len, "{}", case.name);
        }
    }
}
