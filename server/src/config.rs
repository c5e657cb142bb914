//! How the relay is started: addresses, directories, secrets. Secrets come from the environment only, as arguments
//! can be read by every user of the machine.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::egress::{AllowedHost, NoHost};
use crate::webhooks::RetryPolicy;

/// Names of the environment's settings.
pub mod env {
    /// Addresses to listen on, see [`Config::listen`](super::Config::listen).
    pub const LISTEN: &str = "ROSTRO_LISTEN";
    /// The data directory.
    pub const DATA: &str = "ROSTRO_DATA";
    /// The models' directory.
    pub const MODELS: &str = "ROSTRO_MODELS";
    /// What callers must send.
    pub const API_KEY: &str = "ROSTRO_API_KEY";
    /// Origins of browsers, with commas between them.
    pub const ALLOWED_ORIGINS: &str = "ROSTRO_ALLOWED_ORIGINS";
    /// The webhook's receiver; empty switches webhooks off.
    pub const WEBHOOK_URL: &str = "NEXTJS_WEBHOOK_URL";
    /// The webhook's bearer secret.
    pub const WEBHOOK_SECRET: &str = "FACIAL_RECOGNITION_WEBHOOK_SECRET";
    /// Hosts that webhooks of the API may be sent to though they are not public, with commas between them.
    pub const ALLOWED_WEBHOOK_HOSTS: &str = "ROSTRO_ALLOWED_WEBHOOK_HOSTS";
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
    /// The receiver's address; `None` switches webhooks off. The operator writes it, so it is trusted: localhost and
    /// private networks are allowed.
    pub url: Option<String>,
    /// Sent as `Authorization: Bearer …`, and signed with.
    pub secret: Option<Secret>,
    /// Signed with as well, while receivers change over to the new one.
    pub previous_secret: Option<Secret>,
    /// Where webhooks that come over the API may go besides public addresses.
    pub allowed_hosts: Vec<AllowedHost>,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one attempt may take in all.
    pub total_timeout: Duration,
    /// When what failed is tried again.
    pub retry: RetryPolicy,
}

impl WebhookConfig {
    /// The receiver where nothing is configured: the web app on the same machine.
    pub const DEFAULT_URL: &str = "http://localhost:3005/api/facial-recognition/webhook";

    /// The webhook that the environment asks for; `var` reads one of its variables.
    ///
    /// # Errors
    /// [`ConfigError::AllowedHost`].
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let hosts = comma_separated(&var(env::ALLOWED_WEBHOOK_HOSTS).unwrap_or_default());
        let url = var(env::WEBHOOK_URL).unwrap_or_else(|| Self::DEFAULT_URL.to_owned());
        let url = url.trim();
        Ok(Self {
            url: (!url.is_empty()).then(|| url.to_owned()),
            secret: var(env::WEBHOOK_SECRET).and_then(Secret::new),
            previous_secret: var(env::WEBHOOK_SECRET_PREVIOUS).and_then(Secret::new),
            allowed_hosts: hosts.iter().map(|host| host.parse()).collect::<Result<_, _>>()?,
            ..Self::default()
        })
    }
}

impl Default for WebhookConfig {
    /// Switched off; 5 s for a connection, 15 s for an attempt.
    fn default() -> Self {
        Self {
            url: None,
            secret: None,
            previous_secret: None,
            allowed_hosts: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(15),
            retry: RetryPolicy::default(),
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
    /// What webhooks may be sent to is no host.
    #[error("{hosts}: {0}", hosts = env::ALLOWED_WEBHOOK_HOSTS)]
    AllowedHost(#[from] NoHost),
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
}

impl Config {
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
mod tests {
    use super::*;

    fn config(listen: &str, key: &str) -> Config {
        Config {
            listen: comma_separated(listen)
                .iter()
                .map(|address| address.parse().unwrap())
                .collect(),
            data_dir: PathBuf::new(),
            models_dir: PathBuf::new(),
            api_key: Secret::new(key.to_owned()),
            allowed_origins: Vec::new(),
            webhook: WebhookConfig::default(),
        }
    }

    #[test]
    fn a_relay_that_others_can_reach_needs_a_key() {
        let cases = [
            ("127.0.0.1:8000", "", true),
            ("127.0.0.1:8000, [::1]:5001", "", true),
            ("[::ffff:127.0.0.1]:8000", "", true),
            ("0.0.0.0:8000", "", false),
            ("127.0.0.1:8000,192.168.1.5:8000", "", false),
            ("[::]:8000", "", false),
            ("0.0.0.0:8000", "long-random-text", true),
            ("", "long-random-text", false),
        ];
        for (listen, key, starts) in cases {
            let mut config = config(listen, key);
            config.allowed_origins = vec!["none".to_owned()];
            assert_eq!(config.check().is_ok(), starts, "{listen} / {key}");
        }
        let refused = config("0.0.0.0:8000", "").check().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "0.0.0.0:8000 can be reached from other machines, and no key is set: \
             set ROSTRO_API_KEY to a long random text, or listen on 127.0.0.1"
        );
    }

    #[test]
    fn a_relay_that_others_can_reach_says_what_else_to_set() {
        let open = config("127.0.0.1:8000,0.0.0.0:5001", "long-random-text");
        let refused = open.check().unwrap_err().to_string();
        assert!(refused.contains("set ROSTRO_ALLOWED_ORIGINS to the origins"), "{refused}");
        let allowed_origins = vec!["https://gym.example.com".to_owned()];
        let webhook = WebhookConfig { url: Some("http://localhost/".to_owned()), ..open.webhook };
        let open = Config { allowed_origins, webhook, ..open };
        let refused = open.check().unwrap_err().to_string();
        assert!(refused.contains("set FACIAL_RECOGNITION_WEBHOOK_SECRET to a long"), "{refused}");
        let webhook = WebhookConfig { secret: Secret::new("another".to_owned()), ..open.webhook };
        assert!(Config { webhook, ..open }.check().is_ok());
    }

    #[test]
    fn the_webhook_of_the_environment() {
        let cases = [
            (None, Some(WebhookConfig::DEFAULT_URL)),
            (Some(""), None),
            (Some("  "), None),
            (Some("https://example.org/hook"), Some("https://example.org/hook")),
        ];
        for (set, expected) in cases {
            let read = |name: &str| (name == env::WEBHOOK_URL).then_some(set?).map(str::to_owned);
            assert_eq!(WebhookConfig::from_env(read).unwrap().url.as_deref(), expected, "{set:?}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = |_: &str| Some("https://hush-hush.example/".to_owned());
        let secret = |name: &str| secret(name).filter(|_| name != env::ALLOWED_WEBHOOK_HOSTS);
        let webhook = WebhookConfig::from_env(secret).unwrap();
        let config = Config { webhook, ..config("127.0.0.1:8000", "hush-hush") };
        assert!(!format!("{config:?}").contains("hush"));
    }
}
