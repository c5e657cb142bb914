//! Stored results, and corrections of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::FaceResult;

/// A stored result: `GET /v1/events`, newest first, and the Socket.IO event `event`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Stable id; later events have greater ids.
    #[ts(type = "number")]
    pub id: i64,
    /// The capture it belongs to.
    pub capture_id: Uuid,
    /// The camera, where one was named.
    pub camera_id: Option<String>,
    /// When it was seen, ISO 8601.
    pub occurred_at: String,
    /// What was found.
    pub face: FaceResult,
    /// Whether it can be corrected: it names somebody, and the embedding it was decided on is still kept.
    #[serde(default)]
    pub correctable: bool,
    /// What somebody said against it; `face` stays as it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub correction: Option<Correction>,
}

/// That an event's face is not of the person whom it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correction {
    /// Who it was instead, where somebody said so.
    pub name: Option<String>,
    /// When it was corrected, ISO 8601 UTC.
    pub corrected_at: String,
}

/// `POST /v1/events/{id}/correction`: the event's face is not of the person whom it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCorrection {
    /// Always `true`; a correction is taken back by `DELETE`.
    pub is_not: bool,
    /// Who it was, 1 to 200 characters: kept as a note beside the event. Nobody is enrolled by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
}

/// `GET /v1/events?limit=…`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventList {
    /// Newest first; oldest first where `after` was asked for.
    pub events: Vec<Event>,
    /// What to ask for as `before` to get the next older page; left out on the last one, and where `after` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next_before: Option<i64>,
    /// Where `after` was asked for: what to ask for as `after` next time, now or once there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next_after: Option<i64>,
}
