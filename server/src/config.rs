//! How the relay is started: addresses, directories, secrets.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A text that never reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret; `None` when it is empty.
    #[must_use]
    pub fn new(secret: String) -> Option<Self> {
        (!secret.is_empty()).then_some(Self(secret))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Where webhooks go.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The receiver's address; `None` switches webhooks off. The operator writes it, so it is trusted: localhost and
    /// private networks are allowed.
    pub url: Option<String>,
    /// Sent as `Authorization: Bearer …`.
    pub secret: Option<Secret>,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one attempt may take in all.
    pub total_timeout: Duration,
}

/// The relay's configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Every address to listen on; they share one state.
    pub listen: Vec<SocketAddr>,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The models' directory.
    pub models_dir: PathBuf,
    /// What callers must send; `None` only where every address is a loopback one.
    pub api_key: Option<Secret>,
    /// Origins that browsers may call from, beside the relay's own.
    pub allowed_origins: Vec<String>,
    /// Where webhooks go.
    pub webhook: WebhookConfig,
}
