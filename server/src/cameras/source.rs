//! Where pictures come from: one module for each kind of address.

pub(super) mod files;
pub(super) mod http;

use std::convert::Infallible;

use super::Reach;
use super::address::Kind;
use super::fault::Fault;
use super::newest::Newest;
use super::registry::Registered;
use rostro_wire::v1::CameraFault;

/// Reads what speaks `rtsp`.
#[cfg(feature = "rtsp")]
async fn rtsp(camera: &Registered, reach: &Reach, newest: &Newest) -> Result<Infallible, Fault> {
    use super::rtsp::{Limits, RtspTarget, read};

    let Some(address) = &camera.address else { return Err(Fault::driven_by_a_browser()) };
    let (url, transport) = reach.rtsp(&camera.id, address, camera.rtsp_transport).await?;
    let target = RtspTarget { url, login: camera.login.clone(), transport };
    let limits = Limits {
        answer: reach.limits.answer_timeout,
        // The worker, which sees all kinds of cameras, looks after silence.
        silence: 4 * reach.limits.stall_after,
        // Key frames of some cameras are far apart.
        undecoded: 4 * reach.limits.stall_after,
        frame_max_px: reach.frame_max_px,
    };
    Err(read(&target, &limits, newest).await.into())
}

/// No `rtsp` in this build.
#[cfg(not(feature = "rtsp"))]
async fn rtsp(_: &Registered, _: &Reach, _: &Newest) -> Result<Infallible, Fault> {
    Err(Fault::new(CameraFault::Unsupported, "this build of the relay reads no rtsp"))
}

/// Reads a camera into `newest` until that fails.
pub(super) async fn read(camera: &Registered, reach: &Reach, newest: &Newest) -> Fault {
    let Some(address) = &camera.address else {
        return Fault::driven_by_a_browser();
    };
    let read = match address.kind() {
        Some(Kind::Http) => http::read(camera, address, reach, newest).await,
        Some(Kind::Files) => files::read(address, reach, newest).await,
        Some(Kind::Rtsp) => rtsp(camera, reach, newest).await,
        None => Err(Fault::new(
            CameraFault::Unsupported,
            "not an address such as http://host/path or rtsp://host/path",
        )),
    };
    match read {
        Ok(never) => match never {},
        Err(fault) => fault,
    }
}
