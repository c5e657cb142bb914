//! People, their enrolment, and what is set for one person alone.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{TaggedEmbedding, given};

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
}
