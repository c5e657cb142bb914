//! One camera at work: it is read, again and again, and its newest picture is looked at.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use axum::body::Bytes;
use rostro_core::Detection;
use rostro_wire::v1::{CameraFault, CameraState};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Reach;
use super::draw::{self, Label, Who};
use super::fault::Fault;
use super::live::Live;
use super::newest::{Newest, RawFrame};
use super::registry::Registered;
use super::{show_card, source};
use crate::recognition::RecognitionError;
use crate::recognition::picture::Picture;
use crate::sightings::Sightings;
use crate::sightings::followed::{CameraFrame, Decoded, Followed, FollowedFace, Gaze, Show};

/// How long a camera waits when there is no place for its picture.
const AFTER_BUSY: Duration = Duration::from_millis(100);

/// A camera that gave pictures for less than this is no less flighty than one that gave none.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// A camera that is on, and what it works with.
pub(super) struct Worker {
    pub(super) id: String,
    /// As it is now: what is changed while it is read holds from the next picture on.
    pub(super) camera: Arc<ArcSwap<Registered>>,
    pub(super) live: Arc<Live>,
    pub(super) reach: Arc<Reach>,
    pub(super) sightings: Sightings,
}

impl Worker {
    /// Works until `stop` is cancelled.
    pub(super) async fn run(self, stop: CancellationToken) {
        let live = Arc::clone(&self.live);
        let newest = Newest::telling(move || live.arrived());
        self.live.started();
        tokio::select! {
            () = self.keep_reading(&newest) => {}
            () = self.keep_looking(&newest) => {}
            () = stop.cancelled() => {}
        }
    }

    async fn keep_reading(&self, newest: &Newest) {
        let limits = &self.reach.limits;
        let mut failures: u32 = 0;
        loop {
            let begun = Instant::now();
            let camera = self.camera.load_full();
            let fault = tokio::select! {
                fault = source::read(&camera, &self.reach, newest) => fault,
                fault = self.live.stalls(begun, limits.stall_after) => fault,
            };
            let was_steady = self.live.has_arrived_since(begun) && begun.elapsed() > STEADY_AFTER;
            failures = if was_steady { 1 } else { failures.saturating_add(1) };
            let wait = fault.wait(failures, limits);
            newest.end();
            if failures == 1 {
                warn!(camera = self.id, %fault, "a camera gives no pictures");
            }
            self.live.failed(fault);
            show_card(&self.live).await;
            tokio::time::sleep(wait).await;
        }
    }

    async fn keep_looking(&self, newest: &Newest) {
        let gaze = Arc::new(Mutex::new(Gaze::default()));
        let begun = Instant::now();
        let mut is_failing = false;
        loop {
            let frame = newest.take().await;
            let ends = newest.ends();
            let now_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            let looked = self.sightings.follow(self.camera_frame(frame, &gaze, now_ms)).await;
            if matches!(looked, Err(RecognitionError::Busy)) {
                tokio::time::sleep(AFTER_BUSY).await;
            }
            if newest.ends() != ends {
                // It says nothing any more of how the camera is.
                continue;
            }
            match looked {
                Ok(followed) => {
                    is_failing = false;
                    self.seen(followed);
                }
                Err(RecognitionError::Busy) => {}
                Err(RecognitionError::Picture(error)) => self.live.undecodable(error.to_string()),
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        warn!(camera = self.id, %error, "a camera's pictures are not looked at");
                    }
                    self.live.undecodable(error.to_string());
                    tokio::time::sleep(AFTER_BUSY).await;
                }
            }
        }
    }

    fn camera_frame(&self, frame: RawFrame, gaze: &Arc<Mutex<Gaze>>, now_ms: u64) -> CameraFrame {
        let camera = self.camera.load_full();
        let max_px = self.sightings.picture_max_px();
        CameraFrame {
            camera: format!("camera:{}", self.id),
            camera_id: camera.camera_id.clone(),
            stream_url: camera.address.as_ref().map(|address| address.expose().to_owned()),
            threshold: camera.threshold,
            decode: Box::new(move || decoded(frame, max_px)),
            counts: Box::new(move |face, width, height| counts(&camera, face, width, height)),
            show: self.live.feed.is_watched().then(|| Box::new(shown) as Show),
            gaze: Arc::clone(gaze),
            now_ms,
        }
    }

    /// Notes how the camera is, and shows its picture to those who watch.
    fn seen(&self, followed: Followed) {
        let Followed { size, shown, missing, .. } = followed;
        let missing = missing.map(|model| {
            Fault::new(CameraFault::ModelUnavailable, format!("the model {model} is not available"))
        });
        if self.live.state().0 != CameraState::Live {
            info!(camera = self.id, "a camera is live");
        }
        self.live.looked(size, missing);
        if let Some(jpeg) = shown {
            self.live.feed.show(jpeg);
        }
    }
}

/// A picture with what was found in it.
fn shown(picture: Picture, faces: &[FollowedFace]) -> Option<Bytes> {
    draw::labelled(picture.into_rgb(), &labels(faces)).ok()
}

fn decoded(frame: RawFrame, max_px: u64) -> Result<Decoded, RecognitionError> {
    match frame {
        RawFrame::Jpeg(bytes) => {
            let digest = Sha256::digest(&bytes).into();
            Ok(Decoded { picture: Picture::decode_within(&bytes, max_px)?, digest })
        }
        RawFrame::Rgb { width, height, pixels } => {
            let digest = Sha256::digest(&pixels).into();
            Ok(Decoded { picture: Picture::of_pixels(pixels, width, height)?, digest })
        }
    }
}

/// Whether a face of that camera is looked at.
#[expect(clippy::cast_precision_loss, reason = "at most 4096, exact in f32")]
fn counts(camera: &Registered, face: &Detection, width: u32, height: u32) -> bool {
    let is_large = face.bounds.bottom - face.bounds.top >= camera.min_face_px as f32;
    let is_within = |zone: &super::zone::Zone| zone.contains(&face.bounds, width, height);
    is_large && camera.zone.as_ref().is_none_or(is_within)
}

fn labels(faces: &[FollowedFace]) -> Vec<Label> {
    use rostro_core::tracks::TrackDecision;
    let label = |face: &FollowedFace| {
        let (who, text) = match &face.decision {
            TrackDecision::Known { subject } => (Who::Known, subject.name.clone()),
            TrackDecision::Unknown => {
                (Who::Unknown, rostro_wire::result_object::UNKNOWN_NAME.to_owned())
            }
            TrackDecision::Undecided | TrackDecision::NotSure => (Who::Undecided, String::new()),
        };
        Label { bounds: face.bounds, who, text }
    };
    faces.iter().map(label).collect()
}
