//! Cameras: those that the relay reads itself, and those that a browser drives.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::given;

/// How a camera is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CameraState {
    /// The relay tries to reach it, again and again; of one that a browser drives: nothing was heard of it lately.
    Connecting,
    /// Pictures come.
    Live,
    /// It is connected, or was, and no whole picture comes.
    Stalled,
    /// It wants a login, or another one than it was given.
    AuthFailed,
    /// What is there cannot be read, or the relay may not call that address.
    Unsupported,
    /// It is switched off.
    Stopped,
}

/// Why a camera is not live. A code is never renamed; new ones may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CameraFault {
    /// Nobody answers at that address.
    Unreachable,
    /// It ended the stream.
    Ended,
    /// No whole picture came in time.
    NoPicture,
    /// What comes is no picture that is taken, or is too large.
    BadPicture,
    /// It wants a login, and has none.
    LoginNeeded,
    /// It refuses the login.
    LoginRefused,
    /// It answers that there is no such stream.
    NotFound,
    /// It answers something else than a stream.
    BadAnswer,
    /// A codec or a kind of stream that the relay does not read; the message says what was offered.
    Unsupported,
    /// The relay may not call that address: its operator has not allowed it.
    AddressRefused,
    /// A model is missing: pictures are shown, and nobody is recognised.
    ModelUnavailable,
}

/// How pictures of an `rtsp` camera travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RtspTransport {
    /// Within the connection, and by UDP where the camera refuses that.
    #[default]
    Auto,
    /// Within the connection.
    Tcp,
    /// By UDP.
    Udp,
}

/// How a camera is at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CameraStatus {
    /// In a word.
    pub state: CameraState,
    /// Why it is not live, for programs; `null` where there is nothing to say.
    pub fault: Option<CameraFault>,
    /// Why it is not live, for people; never with credentials.
    pub reason: Option<String>,
    /// Since when it is in that state, ISO 8601 in UTC.
    pub since: String,
    /// Milliseconds since the last whole picture; `null` before the first.
    #[ts(type = "number | null")]
    pub last_frame_age_ms: Option<u64>,
    /// Pictures that came in a second, over the last seconds.
    pub frames_per_second: f32,
    /// Pictures in which faces were looked for, in a second, over the last seconds.
    pub looks_per_second: f32,
    /// Width of the last picture in pixels.
    pub width: Option<u32>,
    /// Height of the last picture in pixels.
    pub height: Option<u32>,
    /// Who watches its feed.
    pub viewers: u32,
}

/// A camera.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Camera {
    /// `default` is the one that `/api/*` steers.
    pub id: String,
    /// For people.
    pub name: String,
    /// Its address without credentials; `null` for one that a browser drives.
    pub stream_url: Option<String>,
    /// Whether the relay has a login for it.
    pub has_credentials: bool,
    /// Whether its address is set in the relay's environment, and cannot be changed here.
    pub of_environment: bool,
    /// Whether it is on.
    pub enabled: bool,
    /// The name under which events and webhooks know it.
    pub camera_id: Option<String>,
    /// Its own threshold on the scale where every model's default reads 0.6; `null` for the relay's.
    pub threshold: Option<f32>,
    /// Faces lower than this, in pixels of its pictures, are not looked at; 0 for all.
    pub min_face_px: u32,
    /// The part of the picture in which faces count: corners `[x, y]` as fractions, from the top left; `null` for all.
    pub zone: Option<Vec<[f32; 2]>>,
    /// For `rtsp` addresses.
    pub rtsp_transport: RtspTransport,
    /// ISO 8601 in UTC.
    pub created_at: String,
    /// How it is.
    pub status: CameraStatus,
}

/// `GET /v1/cameras`, in the order of their making.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CameraList {
    /// All of them.
    pub cameras: Vec<Camera>,
}

/// `POST /v1/cameras`.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCamera {
    /// Letters, digits, `-` and `_`, at most 64; made by the relay unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub id: Option<String>,
    /// For people, at most 100 characters.
    pub name: String,
    /// `http`, `https` or `rtsp`, with or without a login; `file:` within the folder that the operator names. Left out
    /// for a camera that a browser drives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stream_url: Option<String>,
    /// A login apart from the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username: Option<String>,
    /// Its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub password: Option<String>,
    /// Whether it is on; it is, where nothing is said.
    #[serde(default = "yes")]
    #[ts(as = "Option<bool>", optional)]
    pub enabled: bool,
    /// See [`Camera::threshold`]; above 0, at most 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub threshold: Option<f32>,
    /// See [`Camera::min_face_px`]; at most 4096.
    #[serde(default)]
    #[ts(as = "Option<u32>", optional)]
    pub min_face_px: u32,
    /// See [`Camera::zone`]; 3 to 32 corners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub zone: Option<Vec<[f32; 2]>>,
    /// See [`Camera::rtsp_transport`].
    #[serde(default)]
    #[ts(as = "Option<RtspTransport>", optional)]
    pub rtsp_transport: RtspTransport,
}

/// `PATCH /v1/cameras/{id}`: what is left out stays as it is.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CameraChange {
    /// See [`NewCamera::name`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// See [`NewCamera::stream_url`]; `null` for one that a browser drives. The login stays where only the path changes,
    /// and is forgotten where the host does.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | null")]
    pub stream_url: Option<Option<String>>,
    /// A login apart from the address; `null` for none.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | null")]
    pub username: Option<Option<String>>,
    /// Its password.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | null")]
    pub password: Option<Option<String>>,
    /// Whether it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub enabled: Option<bool>,
    /// See [`Camera::threshold`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number | null")]
    pub threshold: Option<Option<f32>>,
    /// See [`Camera::min_face_px`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub min_face_px: Option<u32>,
    /// See [`Camera::zone`].
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "Array<[number, number]> | null")]
    pub zone: Option<Option<Vec<[f32; 2]>>>,
    /// See [`Camera::rtsp_transport`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rtsp_transport: Option<RtspTransport>,
}

const fn yes() -> bool {
    true
}

impl std::fmt::Debug for NewCamera {
    /// Without the address, which may hold a login, and without the login.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCamera").field("id", &self.id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CameraChange {
    /// Without the address, which may hold a login, and without the login.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CameraChange").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}
