//! The newest frame of a camera: whoever looks gets the last one, and those in between are gone.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use tokio::sync::Notify;

/// A frame as it leaves a source.
pub(crate) enum RawFrame {
    /// A whole JPEG file.
    Jpeg(Bytes),
    /// RGB, rows from the top, three bytes a pixel.
    Rgb {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// `width * height * 3` bytes.
        pixels: Vec<u8>,
    },
}

/// Room for one frame; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Newest {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    frame: Mutex<Option<RawFrame>>,
    arrived: AtomicU64,
    waiting: AtomicUsize,
    put: Notify,
}

impl Newest {
    /// Puts a frame in the place of one that nobody took.
    pub(crate) fn put(&self, frame: RawFrame) {
        *self.frame() = Some(frame);
        self.shared.put.notify_one();
        self.note();
    }

    /// Whether somebody waits for a frame: only then are pixels worth their conversion.
    pub(crate) fn is_wanted(&self) -> bool {
        self.shared.waiting.load(Ordering::Relaxed) > 0
    }

    /// Counts a whole frame that came, though it was not converted.
    pub(crate) fn note(&self) {
        self.shared.arrived.fetch_add(1, Ordering::Relaxed);
    }

    /// How many frames came.
    pub(crate) fn arrived(&self) -> u64 {
        self.shared.arrived.load(Ordering::Relaxed)
    }

    /// The frame that lies there, or the next that is put.
    pub(crate) async fn take(&self) -> RawFrame {
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.shared.waiting);
        loop {
            let put = self.shared.put.notified();
            if let Some(frame) = self.frame().take() {
                return frame;
            }
            put.await;
        }
    }

    fn frame(&self) -> MutexGuard<'_, Option<RawFrame>> {
        self.shared.frame.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the waiting of one, also when it gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
