//! Files and folders of pictures, for trying out: `file:` and a path within the folder that the operator names. They
//! begin anew when they end.

use std::convert::Infallible;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use rostro_wire::v1::CameraFault;
use tokio::fs;
use tokio::io::AsyncReadExt as _;

use crate::cameras::Reach;
use crate::cameras::address::StreamAddress;
use crate::cameras::fault::Fault;
use crate::cameras::newest::{Newest, RawFrame};
use crate::recognition::mjpeg::{JpegSplitter, TooLong};

/// Pictures of a clip in a second.
const CLIP_EVERY: Duration = Duration::from_millis(40);
/// Pictures of a folder stay for as long.
const FOLDER_EVERY: Duration = Duration::from_secs(1);
/// Bytes of a clip that are read at once.
const READ_BYTES: usize = 64 * 1024;
/// Names of pictures in a folder end in one of these.
const EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// Shows what is there, again and again.
pub(in crate::cameras) async fn read(
    address: &StreamAddress,
    reach: &Reach,
    newest: &Newest,
) -> Result<Infallible, Fault> {
    let path = path_of(address, reach).await?;
    let max_bytes = reach.limits.frame_max_bytes;
    loop {
        let metadata = fs::metadata(&path).await;
        let pictures = if metadata.is_ok_and(|metadata| metadata.is_dir()) {
            folder(&path, max_bytes, newest).await?
        } else {
            clip(&path, max_bytes, newest).await?
        };
        if pictures == 0 {
            return Err(Fault::new(CameraFault::BadPicture, "there are no pictures in it"));
        }
    }
}

/// The path, within the folder that the operator names.
async fn path_of(address: &StreamAddress, reach: &Reach) -> Result<PathBuf, Fault> {
    let refused = |reason: &str| Fault::new(CameraFault::AddressRefused, reason);
    let folder = reach.files.as_deref().ok_or_else(|| {
        refused("the relay's operator has named no folder of clips (ROSTRO_CAMERA_FILES)")
    })?;
    let text = address.expose();
    let path = text.split_once(':').map_or(text, |(_, path)| path);
    let relative = Path::new(path.trim_start_matches('/'));
    let is_plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let outside = || refused("outside the folder of clips");
    if !is_plain {
        return Err(outside());
    }
    let missing = |_| Fault::new(CameraFault::NotFound, "there is no such file");
    let found = fs::canonicalize(folder.join(relative)).await.map_err(missing)?;
    let folder = fs::canonicalize(folder).await.map_err(missing)?;
    if found.starts_with(&folder) { Ok(found) } else { Err(outside()) }
}

/// A file of JPEGs, one after the other; how many.
async fn clip(path: &Path, max_bytes: usize, newest: &Newest) -> Result<usize, Fault> {
    let unreadable =
        |error: std::io::Error| Fault::new(CameraFault::Unreachable, error.to_string());
    let mut file = fs::File::open(path).await.map_err(unreadable)?;
    let mut splitter = JpegSplitter::new(max_bytes);
    let mut bytes = vec![0; READ_BYTES];
    let mut pictures = 0;
    loop {
        let read = file.read(&mut bytes).await.map_err(unreadable)?;
        if read == 0 {
            return Ok(pictures);
        }
        splitter.push(&bytes[..read]);
        while let Some(jpeg) = splitter.next_picture().map_err(too_long)? {
            newest.put(RawFrame::Jpeg(jpeg));
            pictures += 1;
            tokio::time::sleep(CLIP_EVERY).await;
        }
    }
}

/// The pictures of a folder, in the order of their names; how many.
async fn folder(path: &Path, max_bytes: usize, newest: &Newest) -> Result<usize, Fault> {
    let unreadable =
        |error: std::io::Error| Fault::new(CameraFault::Unreachable, error.to_string());
    let mut entries = fs::read_dir(path).await.map_err(unreadable)?;
    let mut files = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(unreadable)? {
        let path = entry.path();
        if is_picture(&path) {
            files.push(path);
        }
    }
    files.sort();
    for file in &files {
        let length = fs::metadata(file).await.map_err(unreadable)?.len();
        if usize::try_from(length).is_ok_and(|length| length <= max_bytes) {
            let bytes = fs::read(file).await.map_err(unreadable)?;
            newest.put(RawFrame::Jpeg(bytes.into()));
        }
        tokio::time::sleep(FOLDER_EVERY).await;
    }
    Ok(files.len())
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension
        .is_some_and(|extension| EXTENSIONS.iter().any(|one| extension.eq_ignore_ascii_case(one)))
}

pub(super) fn too_long(error: TooLong) -> Fault {
    Fault::new(CameraFault::BadPicture, error.to_string())
}
