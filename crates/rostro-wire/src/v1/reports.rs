//! Reports, what is decided of their faces, and receipts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{PixelBox, TaggedEmbedding};
use crate::ErrorBody;

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
    /// From a camera that the relay reads itself.
    Camera,
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
