//! The relay's health and what its operator chooses.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::given;

/// Whether one model is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelHealth {
    /// The model's id.
    pub id: String,
    /// Whether it loaded and its checksum fits.
    pub available: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// `GET /v1/health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`, or `degraded` when a model is missing or a webhook has been failing.
    pub status: String,
    /// The relay's version.
    pub version: String,
    /// Each recogniser and the detector.
    pub models: Vec<ModelHealth>,
    /// Webhook deliveries that wait.
    pub deliveries_pending: u32,
}

/// `GET /v1/settings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RelaySettings {
    /// How many days the embedding behind a named event is kept, so that the event can be corrected; 0 keeps none.
    pub correctable_days: u16,
    /// `off`, `ask` or `auto`: whether sightings become encodings of people known in `dlib-resnet-v1` only.
    pub upgrade: String,
    /// How often a stranger may be given a name, in one look: one in so many. `null` where nobody chose: then it is one
    /// in 1,000, and the legacy routes decide by their threshold alone.
    pub stranger_named_one_in: Option<u32>,
    /// What a report is judged by: `embedding`, `picture` (measured by the relay; without one a claim stays a claim), or
    /// `both`, which must agree.
    pub verify: String,
    /// How much of everything there may be: what the relay was started with, which this route does not change.
    pub limits: RelayLimits,
}

/// What the relay was started with; each is a setting of the relay's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RelayLimits {
    /// Seconds in which the same person at the same camera is not told to webhooks again.
    pub cool_down_s: u32,
    /// Seconds after which a report is too old to be taken.
    pub report_age_max_s: u32,
    /// Seconds that a client's clock may run ahead of the relay's.
    pub clock_ahead_max_s: u32,
    /// Faces of one report.
    pub report_faces_max: u32,
    /// Samples of one enrolment.
    pub samples_max: u32,
    /// Area of a picture, in pixels.
    pub picture_max_px: u32,
    /// Pictures that wait for a place in recognition.
    pub pictures_waiting_max: u32,
    /// Sockets at one time.
    pub sockets_max: u32,
    /// Receivers of webhooks.
    pub webhooks_max: u32,
}

/// `PUT /v1/settings`: what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RelaySettingsChange {
    /// See [`RelaySettings::correctable_days`]; at most 366.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub correctable_days: Option<u16>,
    /// See [`RelaySettings::upgrade`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub upgrade: Option<String>,
    /// See [`RelaySettings::stranger_named_one_in`]; 10 to 100,000,000, or `null`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number | null")]
    pub stranger_named_one_in: Option<Option<u32>>,
    /// See [`RelaySettings::verify`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub verify: Option<String>,
}

/// `GET /v1/upgrades`: how far the move from `dlib-resnet-v1` to `sface-2021dec` is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpgradeStatus {
    /// See [`RelaySettings::upgrade`].
    pub policy: String,
    /// People with encodings of `dlib-resnet-v1` only.
    pub dlib_only: u32,
    /// People with encodings of both models.
    pub both: u32,
    /// People with encodings of `sface-2021dec` only.
    pub sface_only: u32,
    /// Encodings that were made from sightings.
    pub derived_encodings: u32,
    /// Sightings that may become encodings.
    pub proposals: Vec<UpgradeProposal>,
}

/// A sure sighting that may become an encoding of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpgradeProposal {
    /// Its id.
    #[ts(type = "number")]
    pub id: i64,
    /// Who was seen.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// The event of the sighting.
    #[ts(type = "number")]
    pub event_id: i64,
    /// When, ISO 8601 UTC.
    pub seen_at: String,
}

/// What becomes of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum UpgradeDecision {
    /// It becomes an encoding.
    Accept,
    /// It does not, and nothing more is proposed for the person until their derived encodings are revoked.
    Refuse,
}

/// `POST /v1/upgrades/{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpgradeAnswer {
    /// What is decided.
    pub decision: UpgradeDecision,
}
