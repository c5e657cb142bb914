//! The origins that browsers may call from.

use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, Uri};

use super::loopback::is_loopback_name;

/// A list of exact origins, or every loopback origin.
#[derive(Debug)]
pub(super) struct AllowedOrigins {
    /// Lower case, without a last slash; empty for every loopback origin.
    exact: Vec<String>,
}

impl AllowedOrigins {
    pub(super) fn new(origins: &[String]) -> Self {
        let exact =
            origins.iter().map(|origin| origin.trim().trim_end_matches('/').to_ascii_lowercase());
        Self { exact: exact.filter(|origin| !origin.is_empty()).collect() }
    }

    /// Whether `origin` is one of them, or the relay's own as the caller knows it by `host`.
    pub(super) fn contains(&self, origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
        let Some(origin) = origin.to_str().ok().map(str::to_ascii_lowercase) else { return false };
        let Some(authority) = web_authority(&origin) else { return false };
        let is_own = host.is_some_and(|host| {
            host.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes())
        });
        let is_listed = self.exact.contains(&origin)
            || (self.exact.is_empty() && is_loopback_name(authority.host()));
        is_own || is_listed
    }
}

/// Host and port of an `http` or `https` origin; `None` for anything else, such as `null`.
fn web_authority(origin: &str) -> Option<Authority> {
    let parts = origin.parse::<Uri>().ok()?.into_parts();
    let is_web = matches!(parts.scheme.as_ref(), Some(scheme) if [Scheme::HTTP, Scheme::HTTPS].contains(scheme));
    parts.authority.filter(|_| is_web)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_loopback_origin_where_none_is_listed() {
        let allowed = AllowedOrigins::new(&[]);
        let contains = |origin: &str| allowed.contains(&origin.parse().unwrap(), None);
        for origin in [
            "http://localhost",
            "http://localhost:3000",
            "https://127.0.0.1:8443",
            "http://[::1]:3005",
        ] {
            assert!(contains(origin), "{origin}");
        }
        for origin in [
            "null",
            "",
            "localhost:3000",
            "file://",
            "ftp://localhost",
            "http://localhost.evil.example",
            "http://evil.example",
            "http://user@evil.example",
        ] {
            assert!(!contains(origin), "{origin}");
        }
    }
}
