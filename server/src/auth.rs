//! Who may call: keys, peers, hosts and origins, decided in one place.
//!
//! With a key, whoever sends it may call from anywhere. Without one, only this machine may: the peer must be a
//! loopback address, and so must the `Host` that the browser believed it was calling, or a page of any site could
//! reach the relay by DNS rebinding. A browser's `Origin` must be an allowed one either way.

mod loopback;
mod origin;
mod pass;
mod ticket;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::config::Secret;
use crate::routes::problem;
use jiff::Timestamp;
use origin::AllowedOrigins;
use rostro_wire::ErrorCode;
use rostro_wire::v1::TicketUse;
use ticket::Tickets;

pub use pass::Pass;
pub use ticket::Ticket;

/// Both ends of the connection that a request came by; [`serve`](crate::app::serve()) adds it to every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Who called.
    pub peer: SocketAddr,
    /// The address that was called.
    pub local: SocketAddr,
}

/// Why a caller is turned away.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denied {
    /// No key, or the wrong one.
    #[error("a key is needed: send Authorization: Bearer, or x-api-key")]
    Key,
    /// The ticket is not one of this relay's, or not any more.
    #[error("this ticket is not good, or not any more: ask for another")]
    Ticket,
    /// The ticket is for something else, another camera or another page.
    #[error("this ticket is not for that")]
    Use,
    /// There is no key, and the caller is another machine or calls through a proxy.
    #[error("without ROSTRO_API_KEY only this machine is served")]
    NotLocal,
    /// There is no key, and the `Host` is not this machine.
    #[error("without ROSTRO_API_KEY the Host must be localhost or a loopback address")]
    Host,
    /// There are as many sockets as there may be.
    #[error("every place for a socket is taken, try again later")]
    Full,
    /// The page's origin is not allowed.
    #[error("this origin is not allowed: add it to ROSTRO_ALLOWED_ORIGINS")]
    Origin,
}

impl Denied {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Key | Self::Ticket => StatusCode::UNAUTHORIZED,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// The code of the answer.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Key | Self::Ticket => ErrorCode::Unauthorized,
            Self::Full => ErrorCode::Busy,
            _ => ErrorCode::Forbidden,
        }
    }
}

/// Decides who may call; clones share it.
#[derive(Clone, Debug)]
pub struct Access {
    /// SHA-256 of the key, so that comparing takes the same time whatever the lengths.
    key_digest: Option<[u8; 32]>,
    origins: Arc<AllowedOrigins>,
    tickets: Tickets,
}

impl Access {
    /// With `key`, or for this machine only; browsers may call from `origins`, or from any loopback origin where
    /// there are none.
    #[must_use]
    pub fn new(key: Option<&Secret>, origins: &[String]) -> Self {
        Self {
            key_digest: key.map(|key| digest(key.expose())),
            origins: Arc::new(AllowedOrigins::new(origins)),
            tickets: Tickets::new(key),
        }
    }

    /// The ticket as text, which is sent in place of the key.
    #[must_use]
    pub fn sign(&self, ticket: &Ticket) -> String {
        self.tickets.sign(ticket)
    }

    /// What whoever sends `token` from the page of `headers` may do at `now`: everything with the key, or where none is set,
    /// else what a ticket grants.
    ///
    /// # Errors
    /// It is neither, or a ticket of another page.
    pub fn pass(
        &self,
        token: Option<&str>,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Pass, Denied> {
        if self.accepts_key(token) {
            return Ok(Pass::Whole);
        }
        let token = token.filter(|token| ticket::is_one(token)).ok_or(Denied::Key)?;
        let ticket = self.tickets.read(token, now).ok_or(Denied::Ticket)?;
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        let is_page = |granted: &str| origin.is_none_or(|sent| sent.eq_ignore_ascii_case(granted));
        if ticket.origin.as_deref().is_none_or(is_page) {
            Ok(Pass::Ticket(Arc::new(ticket)))
        } else {
            Err(Denied::Use)
        }
    }

    /// Whether `key` is the key. `true` where none is set.
    #[must_use]
    pub fn accepts_key(&self, key: Option<&str>) -> bool {
        match (self.key_digest, key) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(expected), Some(key)) => expected.ct_eq(&digest(key)).into(),
        }
    }

    /// Whether a browser may call from the page of this request.
    #[must_use]
    pub fn accepts_origin(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => self.origins.contains(origin, headers.get(HOST)),
            (Some(_), Some(_)) => false,
        }
    }

    /// Whether this request may pass, but for its key.
    fn check_caller(&self, request: &Request) -> Result<(), Denied> {
        if !self.accepts_origin(request.headers()) {
            return Err(Denied::Origin);
        }
        if self.key_digest.is_some() {
            return Ok(());
        }
        let connection = request.extensions().get::<Connection>();
        let is_local = connection.is_some_and(|c| loopback::is_loopback(c.peer.ip()));
        if !is_local || !loopback::is_forwarded_by_loopback_only(request.headers()) {
            return Err(Denied::NotLocal);
        }
        if loopback::is_loopback_host(request) { Ok(()) } else { Err(Denied::Host) }
    }

    fn check(&self, request: &Request, now: Timestamp) -> Result<Pass, Denied> {
        self.check_caller(request)?;
        let (method, path) = (request.method(), request.uri().path());
        let pass = self.pass(sent_key(request.headers()), request.headers(), now);
        if is_open(method, path) {
            return Ok(pass.unwrap_or(Pass::Nothing));
        }
        let pass = pass?;
        match (&pass, use_of(method, path)) {
            (Pass::Whole, _) => Ok(pass),
            (_, Some(needed)) if pass.is_for(needed) => Ok(pass),
            _ => Err(Denied::Use),
        }
    }
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The key in `Authorization: Bearer …` or `x-api-key`.
#[must_use]
pub fn sent_key(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    bearer.or_else(|| headers.get("x-api-key")?.to_str().ok())
}

/// The key that a Socket.IO client sent over HTTP, where it could.
#[must_use]
pub fn handshake_key(parts: &request::Parts) -> Option<&str> {
    sent_key(&parts.headers)
}

/// What is answered without a key: whether the relay is there, and the description of its API. Socket.IO asks for its key when a namespace is
/// joined, because a browser cannot put a header on a WebSocket.
fn is_open(method: &Method, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    method == Method::OPTIONS
        || path == "/socket.io"
        || path == "/webrtc/test"
        || (matches!(*method, Method::GET | Method::HEAD)
            && (matches!(path, "/webrtc/status" | "/v1/health" | "/v1/openapi.json" | "/v1/docs")
                || path.starts_with("/v1/docs/")))
}

/// What a ticket must be for to ask this; `None` for what only the key may.
fn use_of(method: &Method, path: &str) -> Option<TicketUse> {
    let path = path.strip_suffix('/').unwrap_or(path);
    match (method, path) {
        (&Method::POST, "/v1/reports") => Some(TicketUse::Report),
        (&Method::GET, "/v1/gallery") => Some(TicketUse::Gallery),
        (&Method::POST, "/v1/identify") => Some(TicketUse::Identify),
        (&Method::GET, "/v1/events" | "/v1/events/stream") => Some(TicketUse::Events),
        (&Method::POST, "/v1/people") => Some(TicketUse::Enrol),
        (&Method::POST, "/webrtc/face") => Some(TicketUse::Frames),
        _ => None,
    }
}

/// Lets a request pass, with its [`Pass`], or answers in its place.
pub async fn guard(State(access): State<Access>, mut request: Request, next: Next) -> Response {
    match access.check(&request, Timestamp::now()) {
        Ok(pass) => {
            request.extensions_mut().insert(pass);
            next.run(request).await
        }
        Err(denied) => {
            let path = request.uri().path();
            let answer = problem(path, denied.status(), denied.code(), &denied.to_string());
            match denied {
                Denied::Key | Denied::Ticket => {
                    ([("www-authenticate", "Bearer")], answer).into_response()
                }
                _ => answer,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const LOCAL: &str = "127.0.0.1:50000";
    const REMOTE: &str = "192.168.1.20:50000";

    fn request(method: &str, path: &str, peer: &str, headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let connection =
            Connection { peer: peer.parse().unwrap(), local: "127.0.0.1:8000".parse().unwrap() };
        builder.extension(connection).body(Body::empty()).unwrap()
    }

    #[test]
    fn without_a_key_only_this_machine_is_served() {
        use Denied::{Host, NotLocal, Origin};
        let access = Access::new(None, &[]);
        let host = ("host", "localhost:8000");
        let cases = [
            (LOCAL, vec![host], Ok(())),
            ("[::1]:50000", vec![("host", "[::1]:8000")], Ok(())),
            ("[::ffff:127.0.0.1]:50000", vec![host], Ok(())),
            (LOCAL, vec![("host", "127.0.0.1")], Ok(())),
            (REMOTE, vec![host], Err(NotLocal)),
            (LOCAL, vec![], Err(Host)),
            (LOCAL, vec![("host", "evil.example:8000")], Err(Host)),
            (LOCAL, vec![("host", "localhost.evil.example")], Err(Host)),
            (LOCAL, vec![host, ("x-forwarded-for", "127.0.0.1")], Ok(())),
            (LOCAL, vec![host, ("x-forwarded-for", "127.0.0.1, 203.0.113.9")], Err(NotLocal)),
            (LOCAL, vec![host, ("x-real-ip", "203.0.113.9")], Err(NotLocal)),
            (LOCAL, vec![host, ("forwarded", "for=203.0.113.9")], Err(NotLocal)),
            (LOCAL, vec![host, ("origin", "http://localhost:3000")], Ok(())),
            (LOCAL, vec![host, ("origin", "https://evil.example")], Err(Origin)),
            (LOCAL, vec![host, ("origin", "null")], Err(Origin)),
        ];
        for (peer, headers, expected) in cases {
            let request = request("POST", "/api/stop", peer, &headers);
            assert_eq!(
                access.check(&request, Timestamp::UNIX_EPOCH).map(drop),
                expected,
                "{peer} {headers:?}"
            );
        }
        let unknown_peer = Request::builder().header("host", "localhost").body(Body::empty());
        let denied = access.check(&unknown_peer.unwrap(), Timestamp::UNIX_EPOCH).map(drop);
        assert_eq!(denied, Err(NotLocal));
    }

    #[test]
    fn with_a_key_whoever_sends_it_may_call() {
        let key = Secret::new("clave-larga".to_owned());
        let access = Access::new(key.as_ref(), &[]);
        let sent = |headers: &[(&str, &str)], path| {
            let request = request("GET", path, REMOTE, headers);
            access.check(&request, Timestamp::UNIX_EPOCH).map(drop)
        };
        let path = "/api/results";
        assert_eq!(sent(&[("authorization", "Bearer clave-larga")], path), Ok(()));
        assert_eq!(sent(&[("authorization", "bearer  clave-larga ")], path), Ok(()));
        assert_eq!(sent(&[("x-api-key", "clave-larga")], path), Ok(()));
        for headers in [
            &[][..],
            &[("authorization", "Bearer otra")],
            &[("authorization", "Bearer ")],
            &[("authorization", "Basic clave-larga")],
            &[("x-api-key", "clave-larg")],
            &[("x-api-key", "clave-larga2")],
        ] {
            assert_eq!(sent(headers, path), Err(Denied::Key), "{headers:?}");
        }
        for open in ["/webrtc/status", "/webrtc/status/", "/webrtc/test/", "/v1/health"] {
            assert_eq!(sent(&[], open), Ok(()), "{open}");
        }
        let face = request("POST", "/webrtc/face/", REMOTE, &[]);
        let denied = access.check(&face, Timestamp::UNIX_EPOCH).map(drop);
        assert_eq!(denied, Err(Denied::Key));
    }

    #[test]
    fn configured_origins_are_exact() {
        let origins = ["https://app.example".to_owned(), "http://10.0.0.5:3005/".to_owned()];
        let access = Access::new(None, &origins);
        let accepts = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ORIGIN, origin.parse().unwrap());
            headers.insert(HOST, "localhost:8000".parse().unwrap());
            access.accepts_origin(&headers)
        };
        for origin in [
            "https://app.example",
            "https://APP.example",
            "http://10.0.0.5:3005",
            "http://localhost:8000",
        ] {
            assert!(accepts(origin), "{origin}");
        }
        for origin in [
            "http://app.example",
            "https://app.example:8443",
            "https://app.example.evil.example",
            "http://localhost:3000",
            "null",
            "",
        ] {
            assert!(!accepts(origin), "{origin}");
        }
    }

    #[test]
    fn no_key_in_debug_output() {
        let access = Access::new(Secret::new("clave-larga".to_owned()).as_ref(), &[]);
        assert!(!format!("{access:?}").contains("clave"));
    }
}
