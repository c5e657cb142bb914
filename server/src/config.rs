//! How the relay is started: addresses, directories, limits, secrets. `config.default.toml` has every setting; a file,
//! the environment and flags say otherwise. Secrets come from the environment only, as arguments can be read by every
//! user of the machine.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::egress::AllowedHost;
use limits::Limits;

pub mod layers;
pub mod limits;

use layers::{Layers, Source};

/// Names of the environment's settings.
pub mod env {
    /// A settings file.
    pub const CONFIG: &str = "ROSTRO_CONFIG";
    /// The data directory.
    pub const DATA: &str = "ROSTRO_DATA";
    /// The models' directory.
    pub const MODELS: &str = "ROSTRO_MODELS";
    /// What callers must send.
    pub const API_KEY: &str = "ROSTRO_API_KEY";
    /// Origins of browsers, with commas between them: `allowed_origins`.
    pub const ALLOWED_ORIGINS: &str = "ROSTRO_ALLOWED_ORIGINS";
    /// The webhook's receiver; empty for none: `webhook_url`.
    pub const WEBHOOK_URL: &str = "NEXTJS_WEBHOOK_URL";
    /// The default camera's address, with its login.
    pub const CAMERA_URL: &str = "ROSTRO_CAMERA_URL";
    /// The webhook's bearer secret.
    pub const WEBHOOK_SECRET: &str = "FACIAL_RECOGNITION_WEBHOOK_SECRET";
    /// The secret before it, while receivers change over.
    pub const WEBHOOK_SECRET_PREVIOUS: &str = "FACIAL_RECOGNITION_WEBHOOK_SECRET_PREVIOUS";
}

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
#[derive(Clone)]
pub struct WebhookConfig {
    /// The receiver's address; `None` for none. The operator writes it, so it is trusted: localhost and private networks
    /// are allowed.
    pub url: Option<String>,
    /// Sent as `Authorization: Bearer …`, and signed with.
    pub secret: Option<Secret>,
    /// Signed with as well, while receivers change over to the new one.
    pub previous_secret: Option<Secret>,
    /// Where webhooks that come over the API may go besides public addresses.
    pub allowed_hosts: Vec<AllowedHost>,
    /// How often, how long, how many.
    pub limits: limits::Webhooks,
}

impl Default for WebhookConfig {
    /// No receiver, and the built-in limits.
    fn default() -> Self {
        Self {
            url: None,
            secret: None,
            previous_secret: None,
            allowed_hosts: Vec::new(),
            limits: Limits::default().webhooks,
        }
    }
}

impl fmt::Debug for WebhookConfig {
    /// Without the address: it may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookConfig")
            .field("is_on", &self.url.is_some())
            .field("has_secret", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}

/// Which cameras the relay reads.
#[derive(Clone, Debug)]
pub struct CameraConfig {
    /// The default camera's address. The operator writes it, so it is trusted: private networks are allowed.
    pub url: Option<Secret>,
    /// Where cameras that come over the API may be besides public addresses.
    pub allowed_hosts: Vec<AllowedHost>,
    /// The folder of clips that cameras may be.
    pub files: Option<PathBuf>,
    /// Largest area of a picture, in pixels.
    pub frame_max_px: u64,
    /// How often, how long, how many.
    pub limits: limits::Cameras,
}

impl Default for CameraConfig {
    /// No camera, and the built-in limits.
    fn default() -> Self {
        let Limits { cameras: limits, recognition, .. } = Limits::default();
        let frame_max_px = recognition.picture_max_px;
        Self { url: None, allowed_hosts: Vec::new(), files: None, frame_max_px, limits }
    }
}

/// Why the relay does not start as it is configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Anybody on the network could read everybody's encodings.
    #[error(
        "{address} can be reached from other machines, and no key is set: \
         set {key} to a long random text, or listen on 127.0.0.1", key = env::API_KEY
    )]
    KeyNeeded {
        /// The address that is not a loopback one.
        address: SocketAddr,
    },
    /// Anybody who finds the webhook's receiver could tell it whatever they like.
    #[error(
        "{address} can be reached from other machines, and webhooks are sent without a secret: \
         set {secret} to a long random text, which the receiver checks, or set {url} to nothing to send none",
        secret = env::WEBHOOK_SECRET, url = env::WEBHOOK_URL
    )]
    WebhookSecretNeeded {
        /// The address that is not a loopback one.
        address: SocketAddr,
    },
    /// It is not said which pages may call.
    #[error(
        "{address} can be reached from other machines, and no page may call it: set {origins} to the \
         origins of the pages that may, such as https://gym.example.com, with commas between them, or to «none»",
        origins = env::ALLOWED_ORIGINS
    )]
    OriginsNeeded {
        /// The address that is not a loopback one.
        address: SocketAddr,
    },
    /// The settings file cannot be read.
    #[error("cannot read the settings in {}: {source}", file.display())]
    File {
        /// Its path.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The settings file is no TOML.
    #[error("the settings in {} are no TOML: {error}", file.display())]
    Toml {
        /// Its path.
        file: PathBuf,
        /// Where, and why.
        error: Box<toml::de::Error>,
    },
    /// There is no setting of that name.
    #[error("there is no setting «{name}» ({said_by}); «rostro config» lists them")]
    NoSetting {
        /// The name.
        name: String,
        /// Who named it.
        said_by: Source,
    },
    /// A setting is not what it should be.
    #[error("{path} ({said_by}): {expected}")]
    BadSetting {
        /// Which one.
        path: String,
        /// Who said so.
        said_by: Source,
        /// What it should be.
        expected: &'static str,
    },
    /// An address or a host is none.
    #[error("{0}")]
    BadValue(String),
    /// No address to listen on.
    #[error("there is no address to listen on")]
    NoAddress,
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
    /// Which cameras the relay reads.
    pub cameras: CameraConfig,
    /// How much of everything there may be.
    pub limits: Limits,
}

impl Config {
    /// What `layers` say, in these directories, with the secrets of the environment; `var` reads one of its variables.
    ///
    /// # Errors
    /// [`ConfigError::BadValue`] for an address or a host that is none.
    pub fn new(
        layers: &Layers,
        data_dir: PathBuf,
        models_dir: PathBuf,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let file: limits::File = layers.table().try_into().map_err(|error: toml::de::Error| {
            ConfigError::BadValue(error.to_string().trim().replace('\n', ": "))
        })?;
        let limits = file.limits();
        let url = file.webhook_url.trim();
        Ok(Self {
            data_dir,
            models_dir,
            api_key: var(env::API_KEY).and_then(Secret::new),
            webhook: WebhookConfig {
                url: (!url.is_empty()).then(|| url.to_owned()),
                secret: var(env::WEBHOOK_SECRET).and_then(Secret::new),
                previous_secret: var(env::WEBHOOK_SECRET_PREVIOUS).and_then(Secret::new),
                allowed_hosts: file.allowed_webhook_hosts,
                limits: limits.webhooks,
            },
            cameras: CameraConfig {
                url: var(env::CAMERA_URL).and_then(Secret::new),
                allowed_hosts: file.allowed_camera_hosts,
                files: Some(PathBuf::from(file.camera_files))
                    .filter(|folder| !folder.as_os_str().is_empty()),
                frame_max_px: limits.recognition.picture_max_px,
                limits: limits.cameras,
            },
            listen: file.listen,
            allowed_origins: file.allowed_origins,
            limits,
        })
    }

    /// Refuses what would open the relay to everybody.
    ///
    /// # Errors
    /// [`ConfigError`], which says what to set.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.listen.is_empty() {
            return Err(ConfigError::NoAddress);
        }
        let open = self.listen.iter().find(|address| !address.ip().to_canonical().is_loopback());
        let Some(&address) = open else { return Ok(()) };
        if self.api_key.is_none() {
            return Err(ConfigError::KeyNeeded { address });
        }
        if self.webhook.url.is_some() && self.webhook.secret.is_none() {
            return Err(ConfigError::WebhookSecretNeeded { address });
        }
        if self.allowed_origins.is_empty() {
            return Err(ConfigError::OriginsNeeded { address });
        }
        Ok(())
    }
}

/// The parts of a comma-separated list, without blanks and empty parts.
#[must_use]
pub fn comma_separated(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
