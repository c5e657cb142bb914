//! Our own protocol: `/v1/*` over REST, and the Socket.IO event `report` with its ack.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::ErrorBody;

mod deliveries;
mod lookups;
mod tickets;
mod webhooks;

pub use deliveries::{Delivery, DeliveryList, DeliveryState, Replay, Replayed};
pub use lookups::{Encoding, EncodingList, Identified, IdentifyAnswer, Probe, VerifyAnswer};
pub use tickets::{TicketAnswer, TicketRequest, TicketUse};
pub use webhooks::{
    DisabledReason, NewWebhook, Topic, Webhook, WebhookChange, WebhookFilter, WebhookList,
    WebhookWithSecret,
};

/// A face's place in whole pixels of the frame it was found in; `right` and `bottom` are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PixelBox {
    /// First row.
    pub top: i32,
    /// Column after the last.
    pub right: i32,
    /// Row after the last.
    pub bottom: i32,
    /// First column.
    pub left: i32,
}

/// Numbers of an embedding and the model that made them.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaggedEmbedding {
    /// `dlib-resnet-v1` or `sface-2021dec`.
    pub model: String,
    /// 128 finite numbers.
    pub embedding: Vec<f32>,
}

impl std::fmt::Debug for TaggedEmbedding {
    /// The model only: an embedding never reaches a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TaggedEmbedding({})", self.model)
    }
}

/// Whom the sender believes a face to be. The relay measures again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claim {
    /// The name that the sender's gallery gave; `null` for a face it did not know.
    pub name: Option<String>,
    /// Distance to that person, in the model's own metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub distance: Option<f32>,
}

/// One face of a [`Report`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedFace {
    /// Where it was.
    #[serde(rename = "box")]
    pub bounds: PixelBox,
    /// The detector's confidence, 0..1.
    pub score: f32,
    /// What the relay measures again.
    #[serde(flatten)]
    pub embedding: TaggedEmbedding,
    /// Embeddings of the same face by other models: with both, the relay decides by both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub others: Option<Vec<TaggedEmbedding>>,
    /// Whom the sender believes it to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub claim: Option<Claim>,
}

/// What a browser saw: `POST /v1/reports`, or the Socket.IO event `report`.
///
/// It may be sent by both channels, and again after a lost answer, always with the same `capture_id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// Made by the sender, one for each capture.
    pub capture_id: Uuid,
    /// The camera that saw it, where the sender has a name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub camera_id: Option<String>,
    /// When it was seen, ISO 8601 with a zone.
    #[ts(type = "string")]
    pub captured_at: String,
    /// Every face that was found, at least one.
    pub faces: Vec<ReportedFace>,
    /// The frame that the boxes lie in, as a data URL or base64 of a JPEG, PNG or WebP: for relays that judge by pictures
    /// (`verify` of `GET /v1/settings`). It is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub picture: Option<String>,
}

/// How a capture arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Over REST.
    Rest,
    /// Over Socket.IO.
    Socket,
}

/// What the relay's own measurement says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Measured by the relay: the result is its own, and any claim agrees with it.
    Server,
    /// The relay finds somebody else, or nobody, where the sender claimed a name (or a name where it claimed none).
    Mismatch,
    /// The relay could not measure; the claim stands alone.
    ClientClaim,
}

/// Whether a live person was shown to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Liveness {
    /// Nobody looked: a vector that fits is not a person who is present.
    #[default]
    NotChecked,
}

/// What was decided on a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(rename = "DecisionOutcome")]
pub enum Outcome {
    /// It is somebody enrolled.
    Known,
    /// It is nobody who is enrolled.
    Unknown,
    /// Perhaps it is somebody enrolled: another look is needed. It has no name.
    NotSure,
}

/// Why a face is neither known nor unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The nearest person is a little too far away.
    NearThreshold,
    /// Two people are about as near.
    SmallMargin,
}

/// A decision on a face, and what it rests on beside distance and threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// What was decided.
    pub outcome: Outcome,
    /// Why it is not sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub doubt: Option<Doubt>,
    /// How much nearer the nearest person is than the second, in the metric of the result; `null` without a second.
    pub margin: Option<f32>,
    /// How often a stranger comes as near to somebody of this gallery, 0..1.
    pub false_match_rate: f32,
    /// The probability that it is the nearest person, 0..1.
    pub probability: f32,
    /// What the picture of the face is worth, 0..1; left out where the relay saw no picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quality: Option<f32>,
}

impl Decision {
    /// The decision without its subject; `None` where nobody was enrolled.
    #[must_use]
    pub fn new<S>(decision: &rostro_core::decision::Decision<S>) -> Option<Self> {
        use rostro_core::decision;
        let evidence = decision.evidence?;
        let (outcome, doubt) = match decision.outcome {
            decision::Outcome::Known(_) => (Outcome::Known, None),
            decision::Outcome::Unknown => (Outcome::Unknown, None),
            decision::Outcome::NotSure(decision::Doubt::NearThreshold) => {
                (Outcome::NotSure, Some(Doubt::NearThreshold))
            }
            decision::Outcome::NotSure(decision::Doubt::SmallMargin) => {
                (Outcome::NotSure, Some(Doubt::SmallMargin))
            }
        };
        Some(Self {
            outcome,
            doubt,
            margin: evidence.margin,
            false_match_rate: evidence.false_match_rate.value(),
            probability: evidence.probability,
            quality: None,
        })
    }
}

/// The relay's result for one face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaceResult {
    /// Who it is; `null` for an unknown face.
    pub name: Option<String>,
    /// Their id.
    pub person_id: Option<String>,
    /// Distance to the nearest enrolled person, in the metric of `model`; `null` when nobody is enrolled.
    pub distance: Option<f32>,
    /// The threshold it was held against, in the same metric.
    pub threshold: f32,
    /// The model that decided, or `combined` where both did.
    pub model: String,
    /// The calibrated probability that it is that person, 0..1; 0 for a face that is not known.
    pub confidence: f32,
    /// What was decided, and why; left out where nobody is enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub decision: Option<Decision>,
    /// What became of the claim.
    pub verified: Verdict,
    /// Whether another capture had brought the very same embedding before, which no camera does: then `verified` is
    /// `mismatch`, whatever fits. Left out where it is not so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub replayed: bool,
    /// Never more than was checked.
    pub liveness: Liveness,
    /// Where the face was.
    #[serde(rename = "box")]
    pub bounds: PixelBox,
}

/// Says that a capture is on disk. A repeat of the capture gets the same faces, and `duplicate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The capture's id.
    pub capture_id: Uuid,
    /// The result for each face, in the order of the report.
    pub faces: Vec<FaceResult>,
    /// Every channel by which the capture came.
    pub channels: Vec<Channel>,
    /// Whether it came by both.
    pub hybrid: bool,
    /// Whether the channel that came second found other people than the first, whose faces these are; what it found is a
    /// `mismatch` of its own. Left out where it is not so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub disagreement: bool,
    /// Whether it was already stored when this came.
    pub duplicate: bool,
    /// When it was first stored, ISO 8601 UTC.
    pub received_at: String,
}

/// The ack of a Socket.IO `report`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum ReportAck {
    /// Stored.
    Stored {
        /// Always `true`.
        ok: bool,
        /// What was stored.
        receipt: Receipt,
    },
    /// Not stored.
    Refused {
        /// Always `false`.
        ok: bool,
        /// Why.
        error: ErrorBody,
    },
}

/// A person who is enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Stable id.
    pub id: String,
    /// Name, unique when compared without case.
    pub name: String,
    /// Flat or office ("unidad", "vivienda").
    #[serde(default)]
    pub unit: Option<String>,
    /// Kind of resident ("tipo").
    #[serde(default)]
    pub kind: Option<String>,
    /// Identity document.
    #[serde(default)]
    pub document: Option<String>,
    /// The id that the customer's own system gives.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Whether they may match.
    pub active: bool,
    /// How often a stranger may be given this person's name, one in so many; `null` for the relay's own choice.
    #[serde(default)]
    pub stranger_named_one_in: Option<u32>,
    /// Encodings held, by model id.
    #[ts(type = "Record<string, number>")]
    pub encodings: std::collections::BTreeMap<String, u32>,
    /// When they were added, ISO 8601 UTC.
    pub created_at: String,
}

/// `GET /v1/people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeopleList {
    /// Everybody, by name; one page of them where `limit` asked for pages.
    pub people: Vec<Person>,
    /// What to ask for as `after` to get the next page; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next_after: Option<String>,
}

/// `POST /v1/people`: adds a person, or samples to the person of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolment {
    /// Name, 1 to 200 characters.
    pub name: String,
    /// At least one; several make recognition surer.
    pub samples: Vec<TaggedEmbedding>,
    /// See [`Person::unit`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unit: Option<String>,
    /// See [`Person::kind`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kind: Option<String>,
    /// See [`Person::document`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub document: Option<String>,
    /// See [`Person::client_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client_id: Option<String>,
}

/// `PATCH /v1/people/{id}`: what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonChange {
    /// See [`Person::stranger_named_one_in`]; 10 to 100,000,000, `null` for the relay's own choice.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number | null")]
    pub stranger_named_one_in: Option<Option<u32>>,
    /// See [`RelaySettings::verify`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub verify: Option<String>,
}

/// A field that is there, be it `null`.
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// One enrolled embedding, for a browser that matches locally.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GalleryEntry {
    /// Whose it is.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// 128 numbers.
    pub embedding: Vec<f32>,
}

impl std::fmt::Debug for GalleryEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GalleryEntry({})", self.person_id)
    }
}

/// An embedding that was taken for a person and is not of them, for a browser that matches locally.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GalleryNegative {
    /// Whose it is not.
    pub person_id: String,
    /// 128 numbers.
    pub embedding: Vec<f32>,
}

impl std::fmt::Debug for GalleryNegative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GalleryNegative({})", self.person_id)
    }
}

/// A person's own rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnRate {
    /// Whose it is.
    pub person_id: String,
    /// How often a stranger may be given their name: one in so many.
    pub stranger_named_one_in: u32,
}

/// `GET /v1/gallery?model=…`: everybody active, in one model; with `&since=…` where that can be, only who changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GalleryList {
    /// The model of all entries.
    pub model: String,
    /// Nobody is named beyond this, in that model's metric.
    pub threshold: f32,
    /// How often a stranger may be given a name, in one look: one in so many.
    pub stranger_named_one_in: u32,
    /// The embeddings.
    pub entries: Vec<GalleryEntry>,
    /// The people who have a rate of their own.
    #[serde(default)]
    pub own_rates: Vec<OwnRate>,
    /// What was corrected: a probe that lies as near to one of these as to that person's entries is not that person.
    #[serde(default)]
    pub negatives: Vec<GalleryNegative>,
    /// What to ask for as `since` next time.
    #[serde(default)]
    pub version: String,
    /// Where `since` was asked for, and whom the changes since then were about is still known: these people. Entries,
    /// negatives and rates are theirs alone, and take the place of all that were held of them; people without any are
    /// gone. Left out where everybody is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replaces: Option<Vec<String>>,
}

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
