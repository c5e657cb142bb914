//! Cameras that speak RTSP: H.264 and motion JPEG, over the connection itself or over UDP.
//!
//! A [`session`] asks the camera what it offers, picks the first video [`offer`] that can be read and plays it. Whole
//! JPEGs go on as they are. H.264 goes through a [`backlog`] of bounded size to a [`decoder`] on a thread of its own,
//! so that neither a slow decoder nor a hung camera holds up anything else.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use reqwest::Url;

mod backlog;
mod colour;
mod decoder;
mod fault;
mod offer;
mod pump;
mod session;
#[cfg(test)]
mod tests;

pub(crate) use fault::RtspFault;

use rostro_wire::v1::RtspTransport;

use super::address::Login;
use super::newest::Newest;

/// What is to be read.
#[derive(Clone, Debug)]
pub(crate) struct RtspTarget {
    /// The camera's address, without user and password; its host is an IP address that was looked at.
    pub(crate) url: Url,
    /// Who the camera is told to be asking, if it asks.
    pub(crate) login: Option<Login>,
    /// How frames travel.
    pub(crate) transport: RtspTransport,
}

/// How long is waited, and how large a picture may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For the connection with the description, and for each answer after it.
    pub(crate) answer: Duration,
    /// Between two frames.
    pub(crate) silence: Duration,
    /// While frames come and no picture comes out of them: damaged ones, or a long time to the next key frame.
    pub(crate) undecoded: Duration,
    /// Width times height.
    pub(crate) frame_max_px: u64,
}

/// Reads a camera until that fails, and says why it did. Dropping the future ends everything: the connection is closed,
/// and the decoder's thread ends with the frame that it is at. Where a camera sends what the RTSP library panics at,
/// that is a fault of the camera.
pub(crate) async fn read(target: &RtspTarget, limits: &Limits, frames: &Newest) -> RtspFault {
    let reading = async {
        match session::open(target, limits).await {
            Ok(session) => pump::run(session, limits, frames).await,
            Err(fault) => fault,
        }
    };
    AssertUnwindSafe(reading)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| RtspFault::Broken { reason: "what was sent makes no sense".to_owned() })
}
