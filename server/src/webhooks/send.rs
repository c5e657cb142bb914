//! One attempt: the request, and what its answer means.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};
use tracing::instrument;

use super::registry::Registered;
use super::rows::Delivery;
use super::sign::{Keys, sign};
use crate::config::{Secret, WebhookConfig};
use crate::egress::{AddressRefused, Clients, Egress};
use crate::store::StoreError;
use crate::traces::SPANS;

/// The header with the delivery's id, as the Standard Webhooks name it.
const WEBHOOK_ID: &str = "webhook-id";

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
    /// The receivers that came over the API cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
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

impl Outcome {
    const fn failed(cause: Cause) -> Self {
        Self::Failed(Failure { cause, retry_after: None })
    }
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
    #[error("{0} (ROSTRO_ALLOWED_WEBHOOK_HOSTS)")]
    AddressRefused(AddressRefused),
}

impl Cause {
    /// Whether the receiver says that it will not have this very body; others it might.
    pub(super) const fn is_about_the_body(self) -> bool {
        matches!(self, Self::Status(400 | 409 | 413 | 415 | 422))
    }

    /// Whether the receiver says that it takes nothing any more.
    pub(super) const fn is_gone(self) -> bool {
        matches!(self, Self::Status(410))
    }

    /// Whether the receiver asks to be left alone by everything, for as long as it says.
    pub(super) const fn is_about_the_pace(self) -> bool {
        matches!(self, Self::Status(429 | 503))
    }

    /// Whether the receiver answered at all.
    pub(super) const fn is_an_answer(self) -> bool {
        matches!(self, Self::Status(_))
    }
}

/// What deliveries go out with.
#[derive(Clone, Debug)]
pub(super) struct Outbound {
    clients: Clients,
    egress: Egress,
    answer_max_bytes: usize,
}

impl Outbound {
    pub(super) fn new(config: &WebhookConfig) -> Result<Self, WebhookSetupError> {
        let egress = Egress::to_webhooks(config.allowed_hosts.clone());
        let clients = egress.clients(|client| {
            client
                .connect_timeout(config.limits.connect_timeout)
                .timeout(config.limits.attempt_timeout)
        });
        Ok(Self {
            clients: clients.map_err(WebhookSetupError::Client)?,
            egress,
            answer_max_bytes: config.limits.answer_max_bytes,
        })
    }

    pub(super) const fn egress(&self) -> &Egress {
        &self.egress
    }
}

/// A receiver, ready to be sent to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    client: Client,
    /// Refused where the operator allowed the host once, and no longer does.
    url: Result<Url, AddressRefused>,
    headers: HeaderMap,
    keys: Keys,
    /// Signed with as well, until then.
    previous: Option<(Keys, Timestamp)>,
    answer_max_bytes: usize,
}

impl Target {
    /// The receiver of the environment; `None` where there is none.
    pub(super) fn of_env(
        outbound: &Outbound,
        config: &WebhookConfig,
    ) -> Result<Option<Self>, WebhookSetupError> {
        let Some(url) = &config.url else { return Ok(None) };
        let url = Url::parse(url).map_err(|_| WebhookSetupError::Url)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(WebhookSetupError::Url);
        }
        let secrets = [&config.secret, &config.previous_secret].into_iter().flatten();
        Ok(Some(Self {
            client: outbound.clients.trusted.clone(),
            url: Ok(url),
            headers: headers(config.secret.as_ref()).ok_or(WebhookSetupError::Secret)?,
            keys: Keys::new(secrets).ok_or(WebhookSetupError::SigningSecret)?,
            previous: None,
            answer_max_bytes: outbound.answer_max_bytes,
        }))
    }

    /// A receiver that came over the API; `None` where its row is no whole one.
    pub(super) fn of(outbound: &Outbound, webhook: &Registered) -> Option<Self> {
        let bearer = webhook.secret.as_ref().filter(|_| webhook.send_bearer);
        let previous = match &webhook.previous {
            Some((secret, until)) => Some((Keys::new([secret].into_iter())?, *until)),
            None => None,
        };
        Some(Self {
            client: outbound.clients.guarded.clone(),
            url: outbound.egress.url(webhook.url.as_ref()?),
            headers: headers(bearer)?,
            keys: Keys::new(webhook.secret.iter())?,
            previous,
            answer_max_bytes: outbound.answer_max_bytes,
        })
    }

    /// Makes one attempt; it ends within the configured time.
    #[instrument(target = SPANS, name = "webhook.attempt", skip_all, fields(otel.kind = "client"))]
    pub(super) async fn attempt(&self, delivery: &Delivery) -> Outcome {
        let url = match &self.url {
            Ok(url) => url.clone(),
            Err(refused) => return Outcome::failed(Cause::AddressRefused(*refused)),
        };
        let now = Timestamp::now();
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        let keys = [&self.keys].into_iter().chain(previous.map(|(keys, _)| keys));
        let request = self
            .client
            .post(url)
            .headers(self.headers.clone())
            .headers(sign(keys, &delivery.webhook_id, now, &delivery.body))
            .header(WEBHOOK_ID, &delivery.webhook_id)
            .body(delivery.body.clone());
        match request.send().await {
            Ok(answer) => judge(answer, self.answer_max_bytes).await,
            Err(error) => Outcome::failed(cause(&error)),
        }
    }
}

/// What every delivery is sent with; `None` where the secret can be no header.
fn headers(bearer: Option<&Secret>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(secret) = bearer {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", secret.expose())).ok()?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    Some(headers)
}

/// What an answer means. As much as `read_max` bytes of it are read, so that its connection can be used again; of a
/// longer one it is closed.
async fn judge(mut answer: reqwest::Response, read_max: usize) -> Outcome {
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
    while read < read_max
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        read += chunk.len();
    }
    outcome
}

fn cause(error: &reqwest::Error) -> Cause {
    if let Some(refused) = source_of::<AddressRefused>(error) {
        return Cause::AddressRefused(*refused);
    }
    let is_refused = source_of::<std::io::Error>(error)
        .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
    if error.is_timeout() {
        Cause::TimedOut
    } else if error.is_connect() || is_refused {
        Cause::NoConnection
    } else {
        Cause::Broken
    }
}

/// The first cause of that type.
fn source_of<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let sources = std::iter::successors(error.source(), |error| (*error).source());
    sources.into_iter().find_map(|error| error.downcast_ref())
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

    fn of_env(config: &WebhookConfig) -> Result<Option<Target>, WebhookSetupError> {
        Target::of_env(&Outbound::new(config)?, config)
    }

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
            let error = of_env(&config(url, "")).unwrap_err();
            assert!(matches!(error, WebhookSetupError::Url), "{url}");
        }
        let error = of_env(&config("http://localhost/", "line\nbreak")).unwrap_err();
        assert!(matches!(error, WebhookSetupError::Secret));
        let ready = of_env(&config("https://localhost/", "hush-hush")).unwrap().unwrap();
        assert!(!format!("{ready:?}").contains("hush"));
    }
}
