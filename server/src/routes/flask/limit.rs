//! `?limit=…` as Flask reads it: what is no number counts as absent.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;

use crate::app::AppState;

/// How many results are asked for, 0 to the most that a page may hold; 20 where nothing usable is said.
pub(crate) struct Limit(pub(crate) usize);

/// What the originals answer where nothing is asked for.
const DEFAULT_LIMIT: usize = 20;

#[derive(Deserialize)]
struct Asked {
    limit: Option<String>,
}

impl FromRequestParts<AppState> for Limit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let asked = Query::<Asked>::from_request_parts(parts, app).await;
        let asked = asked.ok().and_then(|Query(asked)| asked.limit);
        Ok(Self(usable(asked.as_deref(), app.limits.requests.page_max)))
    }
}

fn usable(asked: Option<&str>, page_max: usize) -> usize {
    let number = asked.and_then(|text| text.trim().parse::<i64>().ok());
    let limit = number.map_or(DEFAULT_LIMIT, |n| usize::try_from(n.max(0)).unwrap_or(page_max));
    limit.min(page_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_flask_does() {
        for (asked, expected) in [
            (None, 20),
            (Some("5"), 5),
            (Some(" 5 "), 5),
            (Some("abc"), 20),
            (Some(""), 20),
            (Some("-3"), 0),
            (Some("999999999999"), 1000),
            (Some("99999999999999999999999"), 20),
        ] {
            assert_eq!(usable(asked, 1000), expected, "{asked:?}");
        }
        assert_eq!(usable(None, 7), 7);
    }
}
