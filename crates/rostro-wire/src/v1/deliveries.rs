//! Deliveries of webhooks: what waits, what was given up, what was taken.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its first attempt.
    Pending,
    /// Every attempt so far failed; it is tried again.
    Failing,
    /// It was given up, and is not tried again unless somebody asks for it. Kept for 30 days.
    Dead,
    /// The receiver took it. Kept for three days.
    Delivered,
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id; later deliveries have greater ids.
    #[ts(type = "number")]
    pub id: i64,
    /// What the receiver knows it by, the same on every attempt.
    pub webhook_id: String,
    /// The event that it tells of.
    #[ts(type = "number")]
    pub event_id: i64,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts made; a replay counts from 0 again.
    pub attempts: u32,
    /// When the next attempt is due, ISO 8601 in UTC; `null` for what was taken or given up.
    pub due_at: Option<String>,
    /// How the last attempt failed, such as `HTTP 500`; `null` before the first.
    pub last_failure: Option<String>,
    /// When it was given up, ISO 8601 in UTC; `null` unless it was.
    pub given_up_at: Option<String>,
    /// When the receiver took it, ISO 8601 in UTC; `null` unless it did.
    pub delivered_at: Option<String>,
}

/// `GET /v1/webhooks/{id}/deliveries`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryList {
    /// One page of them.
    pub deliveries: Vec<Delivery>,
    /// What to ask for as `before` to get the next page; `null` on the last one.
    #[ts(type = "number | null")]
    pub next_before: Option<i64>,
}

/// `POST /v1/webhooks/{id}/replay`: which of what was given up is to be sent again. What several fields say must all
/// hold; at least one beside `delivered` is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// This delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub delivery_id: Option<i64>,
    /// Those that tell of this event or a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub from_event: Option<i64>,
    /// Those that tell of this event or an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub to_event: Option<i64>,
    /// Those of faces seen at this time or later, ISO 8601 with a zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub since: Option<String>,
    /// Those of faces seen before this time, ISO 8601 with a zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<String>,
    /// Also those that the receiver took. One that `delivery_id` names is meant in any case.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub delivered: bool,
}

/// How many deliveries are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replayed {
    /// 0 where nothing is meant.
    pub replayed: u32,
}
