//! One attempt: the request, and what its answer means.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url, redirect};

use super::rows::Delivery;
use super::sign::Keys;
use crate::config::WebhookConfig;

/// The header with the delivery's id, as the Standard Webhooks name it.
const WEBHOOK_ID: &str = "webhook-id";
/// Bytes of an answer that are read, so that its connection can be used again; of a longer one it is closed.
const ANSWER_READ_MAX_BYTES: usize = 64 * 1024;

/// Why webhooks cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookSetupError {
    /// The address is not one.
    #[error("the webhook's address (NEXTJS_WEBHOOK_URL) is no http or https URL")]
    Url,
    /// The secret cannot be sent as a header.
    #[error(
        "the webhook's secret (FACIAL_RECOGNITION_WEBHOOK_SECRET) holds characters that no header may"
    )]
    Secret,
    /// The secret cannot be signed with.
    #[error(
        "the webhook's secret begins with whsec_, and what follows is no base64: \
         check FACIAL_RECOGNITION_WEBHOOK_SECRET, and …_PREVIOUS where it is set"
    )]
    SigningSecret,
    /// The HTTP client cannot be made.
    #[error("cannot set up the webhook's HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The receiver took it.
    Delivered,
    /// It did not.
    Failed(Failure),
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    /// How long the receiver asks to be left alone.
    pub(super) retry_after: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cause {
    /// The receiver answered, but not that it took it.
    #[error("HTTP {0}")]
    Status(u16),
    #[error("no connection")]
    NoConnection,
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection broke")]
    Broken,
}

impl Cause {
    /// Whether the receiver says that it will not have this very body; others it might.
    pub(super) const fn is_about_the_body(self) -> bool {
        matches!(self, Self::Status(400 | 409 | 413 | 415 | 422))
    }

    /// Whether the receiver answered at all.
    pub(super) const fn is_an_answer(self) -> bool {
        matches!(self, Self::Status(_))
    }
}

/// Sends deliveries to the one receiver.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    client: Client,
    url: Url,
    headers: HeaderMap,
    keys: Keys,
}

impl Sender {
    /// `None` when webhooks are switched off.
    pub(super) fn new(config: &WebhookConfig) -> Result<Option<Self>, WebhookSetupError> {
        let Some(url) = &config.url else { return Ok(None) };
        let url = Url::parse(url).map_err(|_| WebhookSetupError::Url)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(WebhookSetupError::Url);
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(secret) = &config.secret {
            let bearer = HeaderValue::from_str(&format!("Bearer {}", secret.expose()));
            let mut bearer = bearer.map_err(|_| WebhookSetupError::Secret)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        // An error says that a provider is installed already, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("rostro/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(config.connect_timeout)
            .timeout(config.total_timeout)
            .build()
            .map_err(WebhookSetupError::Client)?;
        let secrets = [&config.secret, &config.previous_secret].into_iter().flatten();
        let keys = Keys::new(secrets).ok_or(WebhookSetupError::SigningSecret)?;
        Ok(Some(Self { client, url, headers, keys }))
    }

    /// Makes one attempt; it ends within the configured time.
    pub(super) async fn attempt(&self, delivery: &Delivery) -> Outcome {
        let request = self
            .client
            .post(self.url.clone())
            .headers(self.headers.clone())
            .headers(self.keys.headers(&delivery.webhook_id, Timestamp::now(), &delivery.body))
            .header(WEBHOOK_ID, &delivery.webhook_id)
            .body(delivery.body.clone());
        match request.send().await {
            Ok(answer) => judge(answer).await,
            Err(error) => Outcome::Failed(Failure { cause: cause(&error), retry_after: None }),
        }
    }
}

async fn judge(mut answer: reqwest::Response) -> Outcome {
    let outcome = match answer.status() {
        StatusCode::OK | StatusCode::CREATED | StatusCode::ACCEPTED | StatusCode::NO_CONTENT => {
            Outcome::Delivered
        }
        status => Outcome::Failed(Failure {
            cause: Cause::Status(status.as_u16()),
            retry_after: answer
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| retry_after(value.to_str().ok()?, Timestamp::now())),
        }),
    };
    let mut read = 0;
    while read < ANSWER_READ_MAX_BYTES
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        read += chunk.len();
    }
    outcome
}

fn cause(error: &reqwest::Error) -> Cause {
    if error.is_timeout() {
        Cause::TimedOut
    } else if error.is_connect() || is_refused(error) {
        Cause::NoConnection
    } else {
        Cause::Broken
    }
}

fn is_refused(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::ConnectionRefused;
        }
        source = error.source();
    }
    false
}

/// The wait that a `Retry-After` header asks for: seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Duration::try_from(at.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn reads_retry_after() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", Some(30)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", None),
            ("-5", None),
            ("soon", None),
            ("99999999999999999999999", None),
        ];
        for (value, expected) in cases {
            assert_eq!(retry_after(value, now), expected.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_called() {
        let config = |url: &str, secret: &str| WebhookConfig {
            url: Some(url.to_owned()),
            secret: Secret::new(secret.to_owned()),
            ..WebhookConfig::default()
        };
        for url in ["", "localhost:3005", "ftp://host/", "http://", "/api", "javascript:alert(1)"] {
            let error = Sender::new(&config(url, "")).unwrap_err();
            assert!(matches!(error, WebhookSetupError::Url), "{url}");
        }
        let error = Sender::new(&config("http://localhost/", "line\nbreak")).unwrap_err();
        assert!(matches!(error, WebhookSetupError::Secret));
        let ready = Sender::new(&config("https://localhost/", "hush-hush")).unwrap().unwrap();
        assert!(!format!("{ready:?}").contains("hush"));
    }
}
