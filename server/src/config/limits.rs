//! How much of everything there may be; `config.default.toml` says what each is for.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::egress::AllowedHost;

/// The settings in their built-in form, with the reasons beside them.
pub const DEFAULT_TOML: &str = include_str!("../../config.default.toml");

/// What a settings file says in all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Vec<SocketAddr>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) webhook_url: String,
    #[serde(deserialize_with = "hosts")]
    pub(super) allowed_webhook_hosts: Vec<AllowedHost>,
    #[serde(deserialize_with = "hosts")]
    pub(super) allowed_camera_hosts: Vec<AllowedHost>,
    pub(super) camera_files: String,
    requests: Requests,
    sockets: Sockets,
    recognition: Recognition,
    reports: Reports,
    store: Store,
    webhooks: Webhooks,
    cameras: Cameras,
}

impl File {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            requests: self.requests,
            sockets: self.sockets,
            recognition: self.recognition,
            reports: self.reports,
            store: self.store,
            webhooks: self.webhooks,
            cameras: self.cameras,
        }
    }
}

/// Every limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of requests over HTTP.
    pub requests: Requests,
    /// Of Socket.IO.
    pub sockets: Sockets,
    /// Of pictures that the relay recognises.
    pub recognition: Recognition,
    /// Of what clients report.
    pub reports: Reports,
    /// Of the store.
    pub store: Store,
    /// Of webhooks.
    pub webhooks: Webhooks,
    /// Of cameras that the relay reads.
    pub cameras: Cameras,
}

impl Default for Limits {
    /// Those of `config.default.toml`.
    fn default() -> Self {
        let file: Result<File, _> = toml::from_str(DEFAULT_TOML);
        file.unwrap_or_else(|error| panic!("config.default.toml: {error}")).limits()
    }
}

/// Of requests over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Requests {
    pub picture_body_max_bytes: usize,
    pub test_body_max_bytes: usize,
    pub flask_body_max_bytes: usize,
    pub v1_body_max_bytes: usize,
    #[serde(rename = "header_timeout_s", deserialize_with = "seconds")]
    pub header_timeout: Duration,
    #[serde(rename = "body_idle_timeout_s", deserialize_with = "seconds")]
    pub body_idle_timeout: Duration,
    #[serde(rename = "request_timeout_s", deserialize_with = "seconds")]
    pub request_timeout: Duration,
    pub connections_max: usize,
    pub page_max: usize,
    pub samples_max: usize,
    #[serde(rename = "shutdown_grace_s", deserialize_with = "seconds")]
    pub shutdown_grace: Duration,
}

/// Of Socket.IO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Sockets {
    pub sockets_max: usize,
    pub message_max_bytes: usize,
    #[serde(rename = "join_timeout_s", deserialize_with = "seconds")]
    pub join_timeout: Duration,
    pub attachments_max: usize,
    pub unread_max: usize,
    #[serde(rename = "ping_every_s", deserialize_with = "seconds")]
    pub ping_every: Duration,
    #[serde(rename = "ping_timeout_s", deserialize_with = "seconds")]
    pub ping_timeout: Duration,
    pub events_a_second_max: u32,
    pub captures_waiting_max: usize,
    #[serde(rename = "stats_every_s", deserialize_with = "seconds")]
    pub stats_every: Duration,
}

/// Of pictures that the relay recognises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Recognition {
    pub places: usize,
    pub waiting_max: usize,
    pub of_one_caller_max: usize,
    pub picture_max_px: u64,
}

/// Of what clients report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Reports {
    pub faces_max: usize,
    #[serde(rename = "age_max_s", deserialize_with = "seconds")]
    pub age_max: Duration,
    #[serde(rename = "clock_ahead_max_s", deserialize_with = "seconds")]
    pub clock_ahead_max: Duration,
    #[serde(rename = "cool_down_s", deserialize_with = "seconds")]
    pub cool_down: Duration,
}

/// Of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Store {
    pub waiting_max: usize,
    pub group_max: usize,
    pub readers_max: usize,
}

/// Of webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Webhooks {
    pub receivers_max: usize,
    pub lanes_max: usize,
    #[serde(rename = "connect_timeout_s", deserialize_with = "seconds")]
    pub connect_timeout: Duration,
    #[serde(rename = "attempt_timeout_s", deserialize_with = "seconds")]
    pub attempt_timeout: Duration,
    pub answer_max_bytes: usize,
    #[serde(rename = "first_wait_s", deserialize_with = "seconds")]
    pub first_wait: Duration,
    #[serde(rename = "early_wait_max_s", deserialize_with = "seconds")]
    pub early_wait_max: Duration,
    #[serde(rename = "early_for_s", deserialize_with = "seconds")]
    pub early_for: Duration,
    #[serde(rename = "give_up_after_s", deserialize_with = "seconds")]
    pub give_up_after: Duration,
    #[serde(rename = "retry_after_max_s", deserialize_with = "seconds")]
    pub retry_after_max: Duration,
    #[serde(rename = "dead_kept_days", deserialize_with = "days")]
    pub dead_kept: Duration,
    #[serde(rename = "delivered_kept_days", deserialize_with = "days")]
    pub delivered_kept: Duration,
}

/// Of cameras that the relay reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config.default.toml says what each is for")]
pub struct Cameras {
    pub cameras_max: usize,
    pub viewers_max: usize,
    #[serde(rename = "connect_timeout_s", deserialize_with = "seconds")]
    pub connect_timeout: Duration,
    #[serde(rename = "answer_timeout_s", deserialize_with = "seconds")]
    pub answer_timeout: Duration,
    #[serde(rename = "stall_after_s", deserialize_with = "seconds")]
    pub stall_after: Duration,
    #[serde(rename = "retry_wait_max_s", deserialize_with = "seconds")]
    pub retry_wait_max: Duration,
    #[serde(rename = "refused_wait_s", deserialize_with = "seconds")]
    pub refused_wait: Duration,
    pub frame_max_bytes: usize,
}

fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    u32::deserialize(from).map(|seconds| Duration::from_secs(seconds.into()))
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    u32::deserialize(from).map(|days| Duration::from_secs(u64::from(days) * 24 * 3600))
}

fn hosts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<AllowedHost>, D::Error> {
    let hosts = Vec::<String>::deserialize(from)?;
    hosts.iter().map(|host| host.parse().map_err(serde::de::Error::custom)).collect()
}
