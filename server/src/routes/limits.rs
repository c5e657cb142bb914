//! How much one request may hold, and how long it may take.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;

/// A picture in base64 or multipart: about 9 MB of JPEG.
pub const MAX_PICTURE_BODY_BYTES: usize = 12 << 20;
/// The JSON that `POST /webrtc/test/` sends back.
pub const MAX_TEST_BODY_BYTES: usize = 64 << 10;
/// The bodies of `/api/*`: an encoding is about 3 kB of JSON.
pub const MAX_FLASK_BODY_BYTES: usize = 256 << 10;
/// The bodies of `/v1/*`: a hundred samples are about 300 kB of JSON.
pub const MAX_V1_BODY_BYTES: usize = 2 << 20;
/// One Socket.IO message: a picture and what is around it.
pub const MAX_SOCKET_MESSAGE_BYTES: usize = MAX_PICTURE_BODY_BYTES;

/// The head of a request must be there by then.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a body must keep coming at least this often.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A request is answered by then, whatever it does; Socket.IO's long polls are not meant.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// Open connections of one listener, WebSockets not counted; a new one waits.
pub const MAX_CONNECTIONS: usize = 4096;
/// How long answers under way may take once the relay is told to stop.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// Results and events that one request may ask for.
pub const MAX_PAGE_LEN: usize = 1000;

pub(crate) fn body_limit(bytes: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(bytes)
}
