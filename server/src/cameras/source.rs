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

/// No `rtsp` in this build.
#[cfg(not(feature = "rtsp"))]
async fn rtsp(_: &Registered, _: &Reach, _: &Newest) -> Result<Infallible, Fault> {
    Err(Fault::new(CameraFault::Unsupported, "this build of the relay reads no rtsp"))
}

/// Reads a camera into `newest` until that fails.
pub(super) async fn read(camera: &Registered, reach: &Reach, newest: &Newest) -> Fault {
    let Some(address) = &camera.address else {
        return Fault::new(CameraFault::Unsupported, "a browser drives this camera");
    };
    let read = match address.kind() {
        Some(Kind::Http) => http::read(address, camera.login.as_ref(), reach, newest).await,
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
