//! H.264 to pixels, on a thread of its own for every camera.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use openh264::decoder::{DecodedYUV, Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource as _;
use openh264::{Error, OpenH264API};
use tokio::sync::mpsc;
use tracing::debug;

use super::backlog::{Backlog, Coded, DecoderGone, Waiting, backlog};
use super::colour::Range;
use crate::cameras::newest::{Newest, RawFrame};

/// The decoder of one camera, seen from outside its thread. Dropping it ends the thread after the frame it is at.
pub(super) struct DecoderThread {
    backlog: Backlog,
    decoded: Arc<AtomicU64>,
}

impl DecoderThread {
    /// Starts one that puts its pictures, of `frame_max_px` at most, into `frames`.
    ///
    /// # Errors
    /// The system starts no more threads.
    pub(super) fn start(frames: Newest, frame_max_px: u64) -> io::Result<Self> {
        let (backlog, waiting) = backlog();
        let decoded = Arc::new(AtomicU64::new(0));
        let pictures = Pictures::new(frames, frame_max_px, Arc::clone(&decoded));
        thread::Builder::new()
            .name("camera-h264".to_owned())
            .spawn(move || pictures.decode_all(waiting))?;
        Ok(Self { backlog, decoded })
    }

    /// Lets a frame wait to be decoded, or drops it: see [`Backlog::push`].
    ///
    /// # Errors
    /// [`DecoderGone`].
    pub(super) fn push(&mut self, coded: Coded) -> Result<(), DecoderGone> {
        self.backlog.push(coded)
    }

    /// Says that something is missing before the next frame.
    pub(super) fn gap(&mut self) {
        self.backlog.gap();
    }

    /// How many pictures there were.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }
}

/// The decoder inside its thread.
struct Pictures {
    /// `None` until a key frame comes, at the start and after an error.
    decoder: Option<Decoder>,
    range: Range,
    frames: Newest,
    frame_max_px: u64,
    decoded: Arc<AtomicU64>,
}

impl Pictures {
    fn new(frames: Newest, frame_max_px: u64, decoded: Arc<AtomicU64>) -> Self {
        Self { decoder: None, range: Range::default(), frames, frame_max_px, decoded }
    }

    fn decode_all(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        while let Some(next) = waiting.blocking_recv() {
            if waiting.is_closed() {
                break;
            }
            self.decode(&next.coded);
        }
    }

    /// Decodes one frame. After one that is damaged, nothing is decoded up to the next key frame: what is built on it
    /// would be wrong.
    fn decode(&mut self, coded: &Coded) {
        if coded.is_key {
            self.range = Range::of(&coded.bytes);
            if self.decoder.is_none() {
                self.decoder = decoder().ok();
            }
        }
        let Some(decoder) = &mut self.decoder else { return };
        match decoder.decode(&coded.bytes) {
            Ok(Some(picture)) => {
                if show(&picture, self.range, &self.frames, self.frame_max_px) {
                    self.decoded.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok(None) => {}
            Err(error) => {
                debug!(%error, "a camera's frame could not be decoded");
                self.decoder = None;
            }
        }
    }
}

/// One that keeps pictures back until those before them are out. Asked for each picture at once, OpenH264 fails where
/// a camera sends pictures in another order than they are seen in (B-frames).
fn decoder() -> Result<Decoder, Error> {
    let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
    Decoder::with_api_config(OpenH264API::from_source(), config)
}

/// Passes a picture on, in pixels where somebody waits for them. Says whether it has a size that is taken.
fn show(picture: &DecodedYUV<'_>, range: Range, frames: &Newest, frame_max_px: u64) -> bool {
    let (width, height) = picture.dimensions();
    let (Ok(width_px), Ok(height_px)) = (u32::try_from(width), u32::try_from(height)) else {
        return false;
    };
    let area = u64::from(width_px) * u64::from(height_px);
    if area == 0 || area > frame_max_px {
        return false;
    }
    if frames.is_wanted() {
        let pixels = range.pixels(picture, |pixels| picture.write_rgb8(pixels));
        frames.put(RawFrame::Rgb { width: width_px, height: height_px, pixels });
    } else {
        frames.note();
    }
    true
}

#[cfg(test)]
mod tests;
