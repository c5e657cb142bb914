//! Cameras that the relay itself reads.
#![cfg_attr(not(test), expect(dead_code, reason = "the workers that read cameras call it"))]

mod newest;
#[cfg(feature = "rtsp")]
pub(crate) mod rtsp;
