//! Receivers that are added, changed and removed while the relay runs.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use rostro_wire::v1::{
    DisabledReason, NewWebhook, Webhook, WebhookChange, WebhookFilter, WebhookWithSecret,
};
use rostro_wire::webhook::without_credentials;
use uuid::Uuid;

use super::registry::{self, ENV, Registered};
use super::{Webhooks, sign};
use crate::config::Secret;
use crate::egress::AddressRefused;
use crate::store::{StoreError, as_stored};

/// Longest address, in bytes.
const URL_MAX_BYTES: usize = 2048;
/// Longest description, and longest name of a camera or person in a filter, in characters.
const TEXT_MAX_CHARS: usize = 200;
/// Most cameras, and most people, in a filter.
const FILTER_MAX: usize = 1000;
/// How long deliveries are signed with the secret before as well.
const PREVIOUS_SIGNS_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Bytes of a secret that the relay makes.
const SECRET_BYTES: usize = 32;

/// Why a webhook is not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// There is none by that id.
    #[error("there is no webhook by that id")]
    Unknown,
    /// The relay is not sent there on somebody's word.
    #[error("{0} (ROSTRO_ALLOWED_WEBHOOK_HOSTS)")]
    Address(#[from] AddressRefused),
    /// A field is not what it should be.
    #[error("{expected}")]
    Field {
        /// Which one.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// As many as there may be.
    #[error("there are {0} webhooks already, as many as there may be")]
    TooMany(usize),
    /// What the environment says is not changed over the API.
    #[error("the address and the secret of «env» are set in the relay's environment")]
    OfEnvironment,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Webhooks {
    /// All of them, `env` first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self) -> Result<Vec<Webhook>, StoreError> {
        let all = self.shared.store.read(registry::all).await?;
        Ok(all.into_iter().map(|one| self.shown(one)).collect())
    }

    /// The one of that id.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn find(&self, id: &str) -> Result<Webhook, WebhookError> {
        let id = id.to_owned();
        let found = self.shared.store.read(move |conn| registry::find(conn, &id)).await?;
        found.map(|one| self.shown(one)).ok_or(WebhookError::Unknown)
    }

    /// Adds one. It is told of what is stored from then on.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn create(&self, new: NewWebhook) -> Result<WebhookWithSecret, WebhookError> {
        let url = self.checked_url(&new.url).await?;
        let secret = match new.secret {
            Some(secret) => given_secret(secret)?,
            None => made_secret()?,
        };
        let webhook = Registered {
            id: format!("wh_{}", Uuid::now_v7().simple()),
            url: Some(url),
            description: description(new.description)?,
            filter: checked_filter(new.filter)?,
            secret: Some(secret.clone()),
            previous: None,
            send_bearer: new.send_bearer,
            disabled: None,
            created_at: as_stored(Timestamp::now()),
        };
        let added = webhook.clone();
        let receivers_max = self.shared.limits.receivers_max;
        self.changing(move |conn| {
            if registry::all(conn)?.len() >= receivers_max {
                return Err(WebhookError::TooMany(receivers_max));
            }
            Ok(registry::put(conn, &added)?)
        })
        .await?;
        Ok(WebhookWithSecret { webhook: self.shown(webhook), secret: secret.expose().to_owned() })
    }

    /// Changes one; as it is then.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn change(&self, id: &str, change: WebhookChange) -> Result<Webhook, WebhookError> {
        if id == ENV && (change.url.is_some() || change.send_bearer.is_some()) {
            return Err(WebhookError::OfEnvironment);
        }
        let url = match &change.url {
            Some(url) => Some(self.checked_url(url).await?),
            None => None,
        };
        let filter = change.filter.map(checked_filter).transpose()?;
        let is_described = change.description.is_some();
        let words = description(change.description)?;
        let id = id.to_owned();
        let changed = self
            .changing(move |conn| {
                let mut webhook = registry::find(conn, &id)?.ok_or(WebhookError::Unknown)?;
                if url.is_some() {
                    webhook.url = url;
                }
                if is_described {
                    webhook.description = words;
                }
                webhook.filter = filter.unwrap_or(webhook.filter);
                webhook.send_bearer = change.send_bearer.unwrap_or(webhook.send_bearer);
                webhook.disabled = match change.enabled {
                    Some(true) => None,
                    Some(false) => Some(DisabledReason::Operator),
                    None => webhook.disabled,
                };
                registry::put(conn, &webhook)?;
                Ok(webhook)
            })
            .await?;
        Ok(self.shown(changed))
    }

    /// Gives one a new secret. For a day, deliveries are signed with the one before as well.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn rotate_secret(&self, id: &str) -> Result<WebhookWithSecret, WebhookError> {
        if id == ENV {
            return Err(WebhookError::OfEnvironment);
        }
        let secret = made_secret()?;
        let until = Timestamp::now().saturating_add(PREVIOUS_SIGNS_FOR);
        let until = as_stored(until.unwrap_or(Timestamp::MAX));
        let (id, next) = (id.to_owned(), secret.clone());
        let changed = self
            .changing(move |conn| {
                let mut webhook = registry::find(conn, &id)?.ok_or(WebhookError::Unknown)?;
                webhook.previous = webhook.secret.replace(next).map(|before| (before, until));
                registry::put(conn, &webhook)?;
                Ok(webhook)
            })
            .await?;
        Ok(WebhookWithSecret { webhook: self.shown(changed), secret: secret.expose().to_owned() })
    }

    /// Removes one, and what waits for it.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn remove(&self, id: &str) -> Result<(), WebhookError> {
        if id == ENV {
            return Err(WebhookError::OfEnvironment);
        }
        let id = id.to_owned();
        self.changing(move |conn| match registry::remove(conn, &id)? {
            true => Ok(()),
            false => Err(WebhookError::Unknown),
        })
        .await
    }

    async fn checked_url(&self, url: &str) -> Result<String, WebhookError> {
        if url.len() > URL_MAX_BYTES {
            return Err(WebhookError::Field {
                field: "url",
                expected: "an address has at most 2048 bytes",
            });
        }
        Ok(self.shared.outbound.egress().url_resolved(url).await?.into())
    }

    fn shown(&self, webhook: Registered) -> Webhook {
        let is_env = webhook.id == ENV;
        let now = Timestamp::now();
        let previous = webhook.previous.filter(|(_, until)| now < *until);
        let of_env = || self.env_url.as_deref().map(without_query);
        Webhook {
            url: if is_env { of_env() } else { webhook.url },
            description: webhook.description,
            filter: webhook.filter,
            disabled: webhook.disabled,
            send_bearer: if is_env { self.env_sends_bearer } else { webhook.send_bearer },
            previous_secret_until: previous.map(|(_, until)| until.to_string()),
            created_at: (!is_env).then(|| webhook.created_at.to_string()),
            id: webhook.id,
        }
    }
}

/// An address without what may be a secret in it.
#[must_use]
pub fn without_query(url: &str) -> String {
    let url = without_credentials(url);
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn description(text: Option<String>) -> Result<Option<String>, WebhookError> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX_CHARS) {
        let expected = "a description has at most 200 characters";
        return Err(WebhookError::Field { field: "description", expected });
    }
    Ok(text)
}

fn checked_filter(mut filter: WebhookFilter) -> Result<WebhookFilter, WebhookError> {
    let mut seen = Vec::new();
    filter.topics.retain(|topic| {
        !seen.contains(topic) && {
            seen.push(*topic);
            true
        }
    });
    if filter.topics.is_empty() {
        let expected = "topics has at least one of known, unknown, mismatch";
        return Err(WebhookError::Field { field: "filter.topics", expected });
    }
    for (field, list) in [("filter.cameras", &filter.cameras), ("filter.people", &filter.people)] {
        let is_long = |text: &String| text.is_empty() || text.chars().count() > TEXT_MAX_CHARS;
        if list.len() > FILTER_MAX || list.iter().any(is_long) {
            let expected = "at most 1000 names of 1 to 200 characters";
            return Err(WebhookError::Field { field, expected });
        }
    }
    Ok(filter)
}

fn given_secret(secret: String) -> Result<Secret, WebhookError> {
    let bytes = secret
        .strip_prefix(sign::BASE64_PREFIX)
        .and_then(|base64| BASE64_STANDARD.decode(base64).ok());
    match Secret::new(secret) {
        Some(secret) if bytes.is_some_and(|bytes| (24..=64).contains(&bytes.len())) => Ok(secret),
        _ => {
            let expected =
                "a secret is whsec_ and the base64 of 24 to 64 bytes; leave it out to be given one";
            Err(WebhookError::Field { field: "secret", expected })
        }
    }
}

fn made_secret() -> Result<Secret, WebhookError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Fault)?;
    let secret = format!("{}{}", sign::BASE64_PREFIX, BASE64_STANDARD.encode(bytes));
    Secret::new(secret).ok_or(WebhookError::Store(StoreError::Fault))
}

#[cfg(test)]
mod tests {
    use rostro_wire::v1::Topic;

    use super::*;

    #[test]
    fn secrets_are_made_and_taken() {
        let made = made_secret().unwrap();
        assert_ne!(made.expose(), made_secret().unwrap().expose());
        assert!(given_secret(made.expose().to_owned()).is_ok());
        for (bytes, is_taken) in [(23, false), (24, true), (64, true), (65, false)] {
            let secret = format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes]));
            assert_eq!(given_secret(secret).is_ok(), is_taken, "{bytes}");
        }
        for secret in ["", "whsec_", "a-long-secret-of-many-characters", "whsec_%%%%%%%%%%%%%%%%%%"]
        {
            assert!(given_secret(secret.to_owned()).is_err(), "{secret}");
        }
    }

    #[test]
    fn filters_are_checked() {
        let default = WebhookFilter::default();
        let with = |topics: &[Topic]| WebhookFilter { topics: topics.to_vec(), ..default.clone() };
        assert!(checked_filter(with(&[])).is_err());
        let twice = checked_filter(with(&[Topic::Known, Topic::Known])).unwrap();
        assert_eq!(twice.topics, [Topic::Known]);
        for (cameras, is_taken) in [
            (vec!["x".repeat(200)], true),
            (vec!["x".repeat(201)], false),
            (vec![String::new()], false),
            (vec!["x".to_owned(); 1000], true),
            (vec!["x".to_owned(); 1001], false),
        ] {
            let people = WebhookFilter { people: cameras.clone(), ..default.clone() };
            let cameras = WebhookFilter { cameras, ..default.clone() };
            assert_eq!(checked_filter(cameras).is_ok(), is_taken);
            assert_eq!(checked_filter(people).is_ok(), is_taken);
        }
    }

    #[test]
    fn the_address_of_the_environment_is_shown_without_secrets() {
        for (url, shown) in [
            ("http://localhost:3005/hook", "http://localhost:3005/hook"),
            ("https://user:hush@host/hook?hush=1#hush", "https://host/hook"),
        ] {
            assert_eq!(without_query(url), shown);
        }
    }
}
