//! `?limit=…` as Flask reads it: what is no number counts as absent.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;

use crate::routes::limits::MAX_PAGE_LEN;

/// How many results are asked for, 0 to [`MAX_PAGE_LEN`]; 20 where nothing usable is said.
pub(crate) struct Limit(pub(crate) usize);

/// What the originals answer where nothing is asked for.
const DEFAULT_LIMIT: usize = 20;

#[derive(Deserialize)]
struct Asked {
    limit: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Limit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let asked = Query::<Asked>::from_request_parts(parts, state).await;
        let limit = asked.ok().and_then(|Query(asked)| asked.limit?.trim().parse::<i64>().ok());
        Ok(Self(limit.map_or(DEFAULT_LIMIT, usable)))
    }
}

fn usable(limit: i64) -> usize {
    usize::try_from(limit.max(0)).unwrap_or(MAX_PAGE_LEN).min(MAX_PAGE_LEN)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[tokio::test]
    async fn reads_as_flask_does() {
        for (query, expected) in [
            ("", 20),
            ("?limit=5", 5),
            ("?limit=abc", 20),
            ("?limit=", 20),
            ("?limit=-3", 0),
            ("?limit=999999999999", 1000),
            ("?limit=99999999999999999999999", 20),
            ("?other=1", 20),
        ] {
            let request = Request::get(format!("/api/results{query}")).body(()).unwrap();
            let (mut parts, ()) = request.into_parts();
            let Ok(Limit(limit)) = Limit::from_request_parts(&mut parts, &()).await;
            assert_eq!(limit, expected, "{query}");
        }
    }
}
