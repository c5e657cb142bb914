//! Tickets: what a page may do, for a while, in place of the key.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TicketUse {
    /// Sending reports: `POST /v1/reports`, and `report` by Socket.IO.
    Report,
    /// Fetching the gallery, which is everybody's embeddings: `GET /v1/gallery`.
    Gallery,
    /// Asking who a face is: `POST /v1/identify`.
    Identify,
    /// Being told of events, past and new: `GET /v1/events`, its stream, and `event` by Socket.IO.
    Events,
    /// Enrolling people, and adding samples: `POST /v1/people`.
    Enrol,
    /// Having pictures recognised: `POST /webrtc/face/`, and `process_frame` by Socket.IO.
    Frames,
}

/// `POST /v1/tickets`: asks for a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketRequest {
    /// What it is for; at least one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 6))]
    pub uses: Vec<TicketUse>,
    /// The camera that reports are of: a report that names another is refused. Left out, any camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub camera_id: Option<String>,
    /// The page that may use it, such as `https://app.example`. Left out, every page that may call the relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub origin: Option<String>,
    /// For how many seconds it is good, 30 to 86400; 900 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[cfg_attr(feature = "openapi", schema(minimum = 30, maximum = 86400))]
    pub lifetime_s: Option<u32>,
}

/// A ticket. It is sent where the key would be.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketAnswer {
    /// A secret, until it expires.
    pub ticket: String,
    /// When that is, ISO 8601 UTC.
    pub expires_at: String,
}

impl std::fmt::Debug for TicketAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketAnswer").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
