//! Signatures of deliveries, as the Standard Webhooks specification (standardwebhooks.com) has them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use crate::config::Secret;

const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// What a secret begins with that is written in base64.
pub(super) const BASE64_PREFIX: &str = "whsec_";

/// What deliveries are signed with; more than one while receivers change over from one to the other.
#[derive(Clone)]
pub(super) struct Keys(Vec<Hmac<Sha256>>);

impl Keys {
    /// `whsec_` and base64 stands for the bytes so written, anything else for its own; `None` where the base64 is none.
    pub(super) fn new<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Option<Self> {
        let key = |secret: &Secret| match secret.expose().strip_prefix(BASE64_PREFIX) {
            Some(base64) => BASE64_STANDARD.decode(base64).ok().filter(|key| !key.is_empty()),
            None => Some(secret.expose().as_bytes().to_vec()),
        };
        let keyed = |secret| Hmac::new_from_slice(&key(secret)?).ok();
        Some(Self(secrets.map(keyed).collect::<Option<_>>()?))
    }
}

/// The time of the attempt, and a signature by each key of the id, the time and the body.
pub(super) fn sign<'a>(
    keys: impl Iterator<Item = &'a Keys>,
    id: &str,
    at: Timestamp,
    body: &str,
) -> HeaderMap {
    let seconds = at.as_second();
    let signature = |key: &Hmac<Sha256>| {
        let signed = key.clone().chain_update(format!("{id}.{seconds}.")).chain_update(body);
        format!("v1,{}", BASE64_STANDARD.encode(signed.finalize().into_bytes()))
    };
    let mut headers = HeaderMap::from_iter([(TIMESTAMP, HeaderValue::from(seconds))]);
    let signatures: Vec<String> = keys.flat_map(|keys| &keys.0).map(signature).collect();
    if let Ok(signatures) = HeaderValue::from_str(&signatures.join(" "))
        && !signatures.is_empty()
    {
        headers.insert(SIGNATURE, signatures);
    }
    headers
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use standardwebhooks::Webhook;

    use super::*;

    const BODY: &str = r#"{"result":{"name":"Ana Peña"}}"#;

    fn keys(secrets: &[&str]) -> Keys {
        let secrets: Vec<_> = secrets.iter().filter_map(|s| Secret::new((*s).to_owned())).collect();
        Keys::new(secrets.iter()).unwrap()
    }

    /// What a receiver gets, signed so long ago.
    fn signed(keys: &Keys, ago: SignedDuration) -> HeaderMap {
        let mut headers = sign([keys].into_iter(), "msg_1", Timestamp::now() - ago, BODY);
        headers.insert("webhook-id", HeaderValue::from_static("msg_1"));
        headers
    }

    #[test]
    fn others_verify_them() {
        let now = SignedDuration::ZERO;
        let base64 = format!("whsec_{}", BASE64_STANDARD.encode("hush-hush"));
        let receiver = Webhook::from_bytes(b"hush-hush".to_vec()).unwrap();
        let by_base64 = Webhook::new(&base64).unwrap();
        for secrets in
            [&["hush-hush"][..], &[&base64], &["new", "hush-hush"], &["hush-hush", "old"]]
        {
            let headers = signed(&keys(secrets), now);
            assert!(receiver.verify(BODY.as_bytes(), &headers).is_ok(), "{secrets:?}");
            assert!(by_base64.verify(BODY.as_bytes(), &headers).is_ok(), "{secrets:?}");
        }
        let headers = signed(&keys(&["hush-hush"]), now);
        assert!(receiver.verify(BODY.replace("Ana", "Bea").as_bytes(), &headers).is_err());
        assert!(receiver.verify(BODY.as_bytes(), &signed(&keys(&["another"]), now)).is_err());
        let mut other_id = headers.clone();
        other_id.insert("webhook-id", HeaderValue::from_static("msg_2"));
        assert!(receiver.verify(BODY.as_bytes(), &other_id).is_err());
        for (seconds, is_good) in [(290, true), (-290, true), (310, false), (-310, false)] {
            let headers = signed(&keys(&["hush-hush"]), SignedDuration::from_secs(seconds));
            assert_eq!(receiver.verify(BODY.as_bytes(), &headers).is_ok(), is_good, "{seconds} s");
        }
    }

    #[test]
    fn without_a_secret_there_is_a_time_and_no_signature() {
        let headers = signed(&keys(&[]), SignedDuration::ZERO);
        assert!(
            headers.contains_key("webhook-timestamp") && !headers.contains_key("webhook-signature")
        );
    }

    #[test]
    fn base64_that_is_none_is_no_secret() {
        for secret in ["whsec_", "whsec_?", "whsec_abc"] {
            let secret = Secret::new(secret.to_owned()).unwrap();
            assert!(Keys::new([&secret].into_iter()).is_none(), "{secret:?}");
        }
    }
}
