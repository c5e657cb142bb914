//! The coded frames between a camera and its decoder: few, and never with a gap.

use std::sync::Arc;

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Frames that wait at most: a third of a second or more, at the 25 to 30 a second of most cameras. What is older than
/// that is not worth decoding.
const FRAMES_MAX: usize = 10;

/// Bytes that wait at most. A key frame of 4K in good quality has about two millions.
const BYTES_MAX: usize = 8 << 20;

/// A coded frame: an access unit in the byte-stream format, with the parameter sets before a key frame.
pub(super) struct Coded {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// Whether it can be decoded without those before it.
    pub(super) is_key: bool,
}

/// A coded frame on its way, with its share of the bytes that may wait.
pub(super) struct Waiting {
    /// The frame.
    pub(super) coded: Coded,
    _share: OwnedSemaphorePermit,
}

/// The end where frames come in. Dropping it ends the other.
pub(super) struct Backlog {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    is_broken: bool,
}

/// The decoder does not run any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DecoderGone;

/// Both ends of an empty backlog.
pub(super) fn backlog() -> (Backlog, mpsc::Receiver<Waiting>) {
    let (queue, waiting) = mpsc::channel(FRAMES_MAX);
    (Backlog { queue, room: Arc::new(Semaphore::new(BYTES_MAX)), is_broken: true }, waiting)
}

impl Backlog {
    /// Lets a frame wait for the decoder. It is dropped when it builds on one that was, and when there is no room.
    ///
    /// # Errors
    /// [`DecoderGone`].
    pub(super) fn push(&mut self, coded: Coded) -> Result<(), DecoderGone> {
        if self.is_broken && !coded.is_key {
            return Ok(());
        }
        self.is_broken = true;
        let Some(share) = self.share(coded.bytes.len()) else { return Ok(()) };
        match self.queue.try_send(Waiting { coded, _share: share }) {
            Ok(()) => self.is_broken = false,
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Closed(_)) => return Err(DecoderGone),
        }
        Ok(())
    }

    /// Says that something is missing before the next frame.
    pub(super) fn gap(&mut self) {
        self.is_broken = true;
    }

    fn share(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes).ok()?;
        Arc::clone(&self.room).try_acquire_many_owned(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: bool = true;

    fn coded(length: usize, is_key: bool) -> Coded {
        Coded { bytes: vec![0; length], is_key }
    }

    fn lengths(waiting: &mut mpsc::Receiver<Waiting>) -> Vec<usize> {
        std::iter::from_fn(|| waiting.try_recv().ok()).map(|one| one.coded.bytes.len()).collect()
    }

    #[test]
    fn it_begins_with_a_key_frame_and_goes_on_with_one_after_a_gap() {
        let (mut backlog, mut waiting) = backlog();
        for (length, is_key) in [(1, false), (2, KEY), (3, false)] {
            backlog.push(coded(length, is_key)).unwrap();
        }
        backlog.gap();
        for (length, is_key) in [(4, false), (5, KEY), (6, false)] {
            backlog.push(coded(length, is_key)).unwrap();
        }
        assert_eq!(lengths(&mut waiting), [2, 3, 5, 6]);
    }

    #[test]
    fn a_full_one_drops_all_up_to_the_next_key_frame() {
        let (mut backlog, mut waiting) = backlog();
        for length in 0..FRAMES_MAX + 3 {
            backlog.push(coded(length, length == 0)).unwrap();
        }
        assert_eq!(lengths(&mut waiting), Vec::from_iter(0..FRAMES_MAX));
        backlog.push(coded(50, false)).unwrap();
        backlog.push(coded(51, KEY)).unwrap();
        assert_eq!(lengths(&mut waiting), [51]);
    }

    #[test]
    fn the_bytes_that_wait_are_bounded() {
        let (mut backlog, mut waiting) = backlog();
        backlog.push(coded(BYTES_MAX + 1, KEY)).unwrap();
        backlog.push(coded(BYTES_MAX - 1, KEY)).unwrap();
        backlog.push(coded(2, KEY)).unwrap();
        assert_eq!(lengths(&mut waiting), [BYTES_MAX - 1]);
        backlog.push(coded(2, KEY)).unwrap();
        assert_eq!(lengths(&mut waiting), [2]);
    }

    #[test]
    fn it_says_that_the_decoder_is_gone() {
        let (mut backlog, waiting) = backlog();
        drop(waiting);
        assert_eq!(backlog.push(coded(1, KEY)), Err(DecoderGone));
    }
}
