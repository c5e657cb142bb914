//! Everybody active in one model, for browsers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
