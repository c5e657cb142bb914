//! `Idempotency-Key`: a request that is sent again gets the answer that the first one got, and nothing is done twice.
//!
//! The answer is kept beside what was done, not with it in one transaction: a relay that is killed in between forgets the
//! key. What must never be doubled has an id of its own instead: a report its `capture_id`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use rostro_wire::ErrorCode;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;
use crate::store::{Store, StoreError};

/// The header, and the one that says that an answer is one given before.
const KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotency-replayed";
/// Longest key, in characters; any shorter one of visible ASCII will do.
const KEY_MAX_CHARS: usize = 200;
/// Where the answer is a secret, and asking twice does no harm: nothing is kept.
const SECRET: &str = "/v1/tickets";
/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Answers deleted in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 1000;

/// The answers that were given, and the keys that are being answered; clones share them.
#[derive(Clone, Debug)]
pub struct Answers {
    store: Store,
    under_way: Arc<Mutex<HashSet<String>>>,
    body_max: usize,
}

/// An answer that was given.
struct Answer {
    request: [u8; 32],
    status: u16,
    body: Vec<u8>,
}

/// A key that is being answered; free again when this is dropped.
struct Held<'a> {
    key: &'a str,
    answers: &'a Answers,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut under_way = self.answers.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.remove(self.key);
    }
}

impl Answers {
    /// Kept in `store`; requests hold at most `body_max` bytes.
    #[must_use]
    pub fn new(store: Store, body_max: usize) -> Self {
        Self { store, under_way: Arc::default(), body_max }
    }

    /// Deletes answers that were given more than a day before `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_old(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        while self.store.write(move |conn| forget(conn, before)).await? > 0 {}
        Ok(())
    }

    fn hold<'a>(&'a self, key: &'a str) -> Option<Held<'a>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.insert(key.to_owned()).then(|| Held { key, answers: self })
    }
}

/// Answers a request that was answered before as before; keeps the answer of any other that has a key.
pub(crate) async fn once(State(answers): State<Answers>, request: Request, next: Next) -> Response {
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        && request.uri().path() != SECRET;
    match request.headers().get(KEY) {
        Some(key) if is_change => {
            let key = key.to_str().ok().map(str::trim).map(str::to_owned);
            answered(&answers, key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn answered(
    answers: &Answers,
    key: Option<String>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let is_usable = |key: &String| (1..=KEY_MAX_CHARS).contains(&key.len());
    let key = key.filter(is_usable).ok_or_else(|| {
        let message = format!("a key has 1 to {KEY_MAX_CHARS} visible characters of ASCII");
        Refusal::new(ErrorCode::InvalidRequest, message).at(KEY)
    })?;
    let under_way = || Refusal::new(ErrorCode::Busy, "a request with this key is under way");
    let _held = answers.hold(&key).ok_or_else(under_way)?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, answers.body_max).await;
    let body = body.map_err(|_| Refusal::new(ErrorCode::TooLarge, "the body is too large"))?;
    let digest = digest(&parts.method, parts.uri.path(), &body);
    let sought = key.clone();
    if let Some(answer) = answers.store.read(move |conn| find(conn, &sought)).await? {
        if answer.request != digest {
            let message = "this key was used for another request";
            return Err(Refusal::new(ErrorCode::Conflict, message).at(KEY));
        }
        return Ok(given_before(answer));
    }
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = answer.status();
    // What may go otherwise the next time is not kept.
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Ok(answer);
    }
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let answer = Answer { request: digest, status: status.as_u16(), body: body.to_vec() };
    let stored = key.clone();
    answers.store.write(move |conn| keep(conn, &stored, &answer)).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn given_before(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut given = (status, answer.body).into_response();
    let headers = given.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    given
}

fn digest(method: &Method, path: &str, body: &[u8]) -> [u8; 32] {
    let head = format!("{method} {path}\n");
    Sha256::new().chain_update(head).chain_update(body).finalize().into()
}

fn find(conn: &Connection, key: &str) -> Result<Option<Answer>, StoreError> {
    let mut query =
        conn.prepare_cached("SELECT request, status, body FROM answered WHERE key = ?1")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Answer { request: row.get(0)?, status: row.get(1)?, body: row.get(2)? })
    };
    Ok(query.query_row([key], read).optional()?)
}

fn keep(conn: &Connection, key: &str, answer: &Answer) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT OR REPLACE INTO answered VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
        params![key, answer.request, answer.status, answer.body, Timestamp::now().as_microsecond()],
    )?;
    Ok(())
}

fn forget(conn: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    let delete = "DELETE FROM answered WHERE key IN
                      (SELECT key FROM answered WHERE answered_at_us < ?1 LIMIT ?2)";
    Ok(conn.prepare_cached(delete)?.execute([before.as_microsecond(), FORGOTTEN_AT_ONCE])?)
}
