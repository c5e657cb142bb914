//! Questions that store nothing, and single encodings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Decision, PixelBox, TaggedEmbedding};

/// What is held against the gallery: one face by its embeddings, or every face of a picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// One face, at most once in each model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<TaggedEmbedding>>", optional)]
    pub embeddings: Vec<TaggedEmbedding>,
    /// A data URL or base64 of a JPEG, PNG or WebP. It is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub picture: Option<String>,
}

/// Who a face is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Identified {
    /// Who it is; `null` for somebody unknown, or where it is not sure.
    pub name: Option<String>,
    /// Their id.
    pub person_id: Option<String>,
    /// Distance to the nearest enrolled person, in the metric of `model`; `null` when nobody is enrolled.
    pub distance: Option<f32>,
    /// The threshold it was held against, in the same metric.
    pub threshold: f32,
    /// The model that decided, or `combined` where both did.
    pub model: String,
    /// What was decided, and why; `null` where nobody is enrolled.
    pub decision: Option<Decision>,
    /// Where the face is in the picture; `null` for embeddings.
    #[serde(rename = "box")]
    pub bounds: Option<PixelBox>,
}

/// `POST /v1/identify` (1:N).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdentifyAnswer {
    /// The face of the embeddings, or those of the picture, the most prominent first.
    pub faces: Vec<Identified>,
}

/// `POST /v1/people/{id}/verify` (1:1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyAnswer {
    /// Whether it is that person. A vector or picture that fits is not a person who is present.
    pub is_match: bool,
    /// Distance to them, in the metric of `model`; `null` where they have no encoding of such a model.
    pub distance: Option<f32>,
    /// The threshold it was held against, in the same metric.
    pub threshold: f32,
    /// The model that decided, or `combined` where both did.
    pub model: String,
    /// What was decided, and why; `null` where there was nothing to compare with.
    pub decision: Option<Decision>,
}

/// An encoding of a person, without its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Encoding {
    /// Its id; later encodings have greater ids.
    #[ts(type = "number")]
    pub id: i64,
    /// The model that made it.
    pub model: String,
    /// Where it is from: `import`, `import-float64`, `register`, `browser`, `picture` or `derived`.
    pub source: String,
    /// The sighting that it was derived from; `null` for any other.
    #[ts(type = "number | null")]
    pub event_id: Option<i64>,
    /// ISO 8601 in UTC.
    pub created_at: String,
}

/// `GET /v1/people/{id}/encodings`, in the order of their making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EncodingList {
    /// All of them.
    pub encodings: Vec<Encoding>,
}
