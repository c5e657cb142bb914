//! Tickets: what a page may do in place of the key, for a while. A ticket is signed, not kept: the relay knows its own.
//!
//! `rt1.` and, in base64, what it grants, a dot, and HMAC-SHA256 of that under a key that is made of the relay's own. A new
//! relay key ends every ticket.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use rostro_wire::v1::TicketUse;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::config::Secret;

/// What every ticket begins with.
const PREFIX: &str = "rt1.";
/// Keeps the tickets' key apart from whatever else may ever be made of the relay's.
const PURPOSE: &[u8] = b"rostro ticket 1";
/// Longer than any ticket: nothing longer is looked at.
const MAX_BYTES: usize = 2048;

/// Whether `token` is meant for a ticket, and not for a key.
pub(super) fn is_one(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// What a ticket grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// What it is for.
    pub uses: Vec<TicketUse>,
    /// The camera that reports are of; any, where there is none.
    pub camera_id: Option<String>,
    /// The page that may use it, lower case; any that may call, where there is none.
    pub origin: Option<String>,
    /// Until when it is good, in seconds since 1970.
    pub expires_at_s: i64,
}

/// Signs tickets, and knows its own.
#[derive(Clone)]
pub(super) struct Tickets(Hmac<Sha256>);

impl Tickets {
    /// Under the relay's key; without one, under a key of this process alone.
    pub(super) fn new(key: Option<&Secret>) -> Self {
        let secret = match key {
            Some(key) => Sha256::new_with_prefix(PURPOSE).chain_update(key.expose()).finalize(),
            None => Sha256::digest(uuid::Uuid::new_v4().as_bytes()),
        };
        Self(Hmac::new_from_slice(&secret).expect("a key of any length will do"))
    }

    /// The ticket as text.
    pub(super) fn sign(&self, ticket: &Ticket) -> String {
        let json = serde_json::to_vec(ticket).expect("a ticket is plain data");
        let granted = BASE64_URL_SAFE_NO_PAD.encode(json);
        let signature = self.0.clone().chain_update(&granted).finalize().into_bytes();
        format!("{PREFIX}{granted}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// What `text` grants at `now`; `None` where it is no ticket of ours, or not any more.
    pub(super) fn read(&self, text: &str, now: Timestamp) -> Option<Ticket> {
        let text = text.strip_prefix(PREFIX).filter(|text| text.len() <= MAX_BYTES)?;
        let (granted, signature) = text.split_once('.')?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.0.clone().chain_update(granted).verify_slice(&signature).ok()?;
        let ticket: Ticket =
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(granted).ok()?).ok()?;
        (now.as_second() < ticket.expires_at_s).then_some(ticket)
    }
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tickets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(key: &str) -> Tickets {
        Tickets::new(Secret::new(key.to_owned()).as_ref())
    }

    fn ticket() -> Ticket {
        Ticket {
            uses: vec![TicketUse::Report],
            camera_id: Some("puerta".to_owned()),
            origin: None,
            expires_at_s: 1_000,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn is_read_until_it_expires_and_under_its_own_key() {
        let signed = signer("clave").sign(&ticket());
        assert_eq!(signer("clave").read(&signed, at(999)), Some(ticket()));
        assert_eq!(signer("clave").read(&signed, at(1_000)), None);
        assert_eq!(signer("otra").read(&signed, at(999)), None);
        assert_eq!(Tickets::new(None).read(&signed, at(999)), None);
    }

    #[test]
    fn any_change_spoils_it() {
        let tickets = signer("clave");
        let signed = tickets.sign(&ticket());
        for index in 0..signed.len() {
            let mut bytes = signed.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(tickets.read(&altered, at(0)), None, "{index}");
        }
        let cut = signed.rsplit_once('.').unwrap().0;
        for wrong in ["", "rt1.", "rt1..", "clave", cut, &format!("{cut}."), &"rt1.a".repeat(900)] {
            assert_eq!(tickets.read(wrong, at(0)), None, "{wrong}");
        }
    }
}
