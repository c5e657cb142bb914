//! Cameras that the relay itself reads.
#![cfg_attr(not(test), expect(dead_code, reason = "the workers that read cameras call it"))]

pub(crate) mod newest;
#[cfg(feature = "rtsp")]
pub(crate) mod rtsp;
