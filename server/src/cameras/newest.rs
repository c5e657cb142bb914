//! Where a camera's pictures wait for whoever looks at them: one place, and the newest wins.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use tokio::sync::Notify;

/// A picture as its source gave it.
pub(super) enum RawFrame {
    /// A JPEG, from its start to its end.
    Jpeg(Bytes),
    /// Decoded already: RGB, rows from the top, three bytes a pixel.
    Rgb {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// `3 · width · height` bytes.
        pixels: Vec<u8>,
    },
}

/// The place; clones share it.
#[derive(Clone)]
pub(super) struct Newest {
    shared: Arc<Shared>,
}

struct Shared {
    frame: Mutex<Option<RawFrame>>,
    came: Notify,
    is_wanted: AtomicBool,
    /// How often the source ended.
    ends: AtomicU64,
    arrived: Box<dyn Fn() + Send + Sync>,
}

impl Default for Newest {
    /// Tells nobody of arrivals.
    fn default() -> Self {
        Self::telling(|| {})
    }
}

impl Newest {
    /// Calls `arrived` for every whole picture that comes.
    #[must_use]
    pub(super) fn telling(arrived: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Shared {
            frame: Mutex::default(),
            came: Notify::new(),
            is_wanted: AtomicBool::new(false),
            ends: AtomicU64::new(0),
            arrived: Box::new(arrived),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Puts a picture in the place of one that nobody took.
    pub(super) fn put(&self, frame: RawFrame) {
        self.note();
        *self.frame() = Some(frame);
        self.shared.came.notify_one();
    }

    /// A whole picture came that was not worth converting, as nobody waits for one.
    pub(super) fn note(&self) {
        (self.shared.arrived)();
    }

    /// Whether somebody waits in [`Newest::take`].
    #[must_use]
    pub(super) fn is_wanted(&self) -> bool {
        self.shared.is_wanted.load(Ordering::Acquire)
    }

    /// The picture that waits, or the next.
    pub(super) async fn take(&self) -> RawFrame {
        loop {
            let waiting = self.frame().take();
            if let Some(frame) = waiting {
                self.shared.is_wanted.store(false, Ordering::Release);
                return frame;
            }
            self.shared.is_wanted.store(true, Ordering::Release);
            self.shared.came.notified().await;
        }
    }

    /// The source has ended: a picture that nobody took is forgotten.
    pub(super) fn end(&self) {
        self.shared.ends.fetch_add(1, Ordering::AcqRel);
        *self.frame() = None;
    }

    /// How often the source has ended: a picture that was taken before the last end says nothing of how it is now.
    pub(super) fn ends(&self) -> u64 {
        self.shared.ends.load(Ordering::Acquire)
    }

    /// Every step leaves what is held whole, so a panic elsewhere spoils nothing.
    fn frame(&self) -> MutexGuard<'_, Option<RawFrame>> {
        self.shared.frame.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Newest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Newest")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn jpeg(byte: u8) -> RawFrame {
        RawFrame::Jpeg(Bytes::from(vec![byte]))
    }

    fn first_byte(frame: &RawFrame) -> u8 {
        match frame {
            RawFrame::Jpeg(bytes) => bytes[0],
            RawFrame::Rgb { pixels, .. } => pixels[0],
        }
    }

    #[tokio::test]
    async fn the_newest_wins_and_every_arrival_is_told() {
        let arrivals = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&arrivals);
        let newest = Newest::telling(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        for byte in 1..=3 {
            newest.put(jpeg(byte));
        }
        assert_eq!(first_byte(&newest.take().await), 3);
        assert_eq!(arrivals.load(Ordering::Relaxed), 3);
        assert!(!newest.is_wanted());
        let waiting = tokio::spawn({
            let newest = newest.clone();
            async move { first_byte(&newest.take().await) }
        });
        while !newest.is_wanted() {
            tokio::task::yield_now().await;
        }
        newest.put(jpeg(4));
        assert_eq!(waiting.await.unwrap(), 4);
        newest.put(jpeg(5));
        newest.end();
        assert_eq!(newest.ends(), 1);
        let nothing = tokio::time::timeout(std::time::Duration::from_millis(20), newest.take());
        assert!(nothing.await.is_err());
    }
}
