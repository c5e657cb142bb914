//! What is this machine, and what is not.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;

/// Headers in which proxies name the machine that they call for.
const FORWARDING: [&str; 3] = ["x-forwarded-for", "x-real-ip", "forwarded"];

/// Whether an address is this machine's own, also where IPv4 is written as IPv6.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Whether a host, without its port, is this machine.
pub(super) fn is_loopback_name(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_loopback)
}

/// Whether the one `Host` of a request is this machine.
pub(super) fn is_loopback_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    let asked_for = request.uri().authority();
    let is_local = |authority: &Authority| is_loopback_name(authority.host());
    authority.as_ref().is_some_and(is_local) && asked_for.is_none_or(is_local)
}

/// Whether every machine that a proxy says it calls for is this one. Without a proxy there is none.
pub(super) fn is_forwarded_by_loopback_only(headers: &HeaderMap) -> bool {
    FORWARDING.iter().flat_map(|name| headers.get_all(*name)).all(|value| {
        value.to_str().is_ok_and(|value| value.split(',').map(str::trim).all(is_loopback_name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_machine() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "[::1]", "::1"] {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in ["", "localhost.", "example.org", "10.0.0.1", "[::2]", "2130706433", "0.0.0.0"]
        {
            assert!(!is_loopback_name(host), "{host}");
        }
    }
}
