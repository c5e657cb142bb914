//! Webhooks: who is told of what.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a webhook may be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The relay recognised somebody itself.
    Known,
    /// The relay found that nobody enrolled was seen.
    Unknown,
    /// A client claimed something else than the relay found. Nothing to open a door on.
    Mismatch,
}

/// Which events a webhook is told of: those that pass all of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookFilter {
    /// Of these kinds; `known` and `unknown` where nothing is said.
    #[serde(default = "known_and_unknown")]
    #[ts(as = "Option<Vec<Topic>>", optional)]
    pub topics: Vec<Topic>,
    /// Of these cameras; empty for all.
    #[serde(default)]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub cameras: Vec<String>,
    /// Of the people with these ids; empty for all, and for faces of nobody.
    #[serde(default)]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub people: Vec<String>,
}

fn known_and_unknown() -> Vec<Topic> {
    vec![Topic::Known, Topic::Unknown]
}

impl Default for WebhookFilter {
    fn default() -> Self {
        Self { topics: known_and_unknown(), cameras: Vec::new(), people: Vec::new() }
    }
}

/// Why a webhook is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// Somebody switched it off. What waits goes on waiting.
    Operator,
    /// The receiver answered 410. What waited was given up.
    Gone,
}

/// A webhook, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// `env` for the receiver that the relay's environment names.
    pub id: String,
    /// The receiver's address; `null` for `env` where the environment names none. That of `env` is shown without what
    /// may be a secret in it.
    pub url: Option<String>,
    /// What it is for, in somebody's words.
    pub description: Option<String>,
    /// What it is told of.
    pub filter: WebhookFilter,
    /// Why it is told nothing; `null` while it is told.
    pub disabled: Option<DisabledReason>,
    /// Whether its secret is sent as `Authorization: Bearer …` too.
    pub send_bearer: bool,
    /// Until when deliveries are signed with the secret before as well, ISO 8601 in UTC; `null` when they are not.
    pub previous_secret_until: Option<String>,
    /// ISO 8601 in UTC; `null` for `env`.
    pub created_at: Option<String>,
}

/// `GET /v1/webhooks`, `env` first, then in the order of their making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookList {
    /// All of them.
    pub webhooks: Vec<Webhook>,
}

/// `POST /v1/webhooks`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where deliveries are posted: `https` at a public address, or what the operator allows besides.
    pub url: String,
    /// What it is for, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub description: Option<String>,
    /// What it is told of.
    #[serde(default)]
    #[ts(as = "Option<WebhookFilter>", optional)]
    pub filter: WebhookFilter,
    /// What deliveries are signed with: `whsec_` and the base64 of 24 to 64 bytes. Made by the relay unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub secret: Option<String>,
    /// Whether the secret is sent as `Authorization: Bearer …` too, for receivers that check no signature.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub send_bearer: bool,
}

impl std::fmt::Debug for NewWebhook {
    /// Without the address and the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhook").field("filter", &self.filter).finish_non_exhaustive()
    }
}

/// What `POST /v1/webhooks` and `POST /v1/webhooks/{id}/secret` answer: the one time that a secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookWithSecret {
    /// As it is now.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What deliveries are signed with from now on.
    pub secret: String,
}

impl std::fmt::Debug for WebhookWithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookWithSecret").field("id", &self.webhook.id).finish_non_exhaustive()
    }
}

/// `PATCH /v1/webhooks/{id}`; what is left out stays as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// Another address; not for `env`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub url: Option<String>,
    /// Other words; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub description: Option<String>,
    /// Another filter, in whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub filter: Option<WebhookFilter>,
    /// `false` switches it off, `true` on again, whatever had switched it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub enabled: Option<bool>,
    /// Whether the secret is sent as Bearer too; not for `env`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub send_bearer: Option<bool>,
}

impl std::fmt::Debug for WebhookChange {
    /// Without the address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookChange")
            .field("filter", &self.filter)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
