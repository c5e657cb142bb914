//! Who may call, route by route.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use rostro_server::auth::Connection;

use crate::relay::{Answer, Relay, request};

/// Every route, and whether it is answered without a key.
const ROUTES: [(&str, &str, bool); 24] = [
    ("GET", "/webrtc/status/", true),
    ("GET", "/webrtc/test/", true),
    ("POST", "/webrtc/test/", true),
    ("GET", "/v1/health", true),
    ("POST", "/webrtc/face/", false),
    ("POST", "/webrtc/face", false),
    ("GET", "/api/status", false),
    ("POST", "/api/start", false),
    ("POST", "/api/stop", false),
    ("GET", "/api/results", false),
    ("GET", "/api/results/Ana", false),
    ("GET", "/api/latest", false),
    ("GET", "/api/stats", false),
    ("PUT", "/api/config", false),
    ("POST", "/api/register", false),
    ("GET", "/video_feed", false),
    ("POST", "/v1/reports", false),
    ("GET", "/v1/people", false),
    ("POST", "/v1/people", false),
    ("DELETE", "/v1/people/p1", false),
    ("GET", "/v1/gallery", false),
    ("GET", "/v1/events", false),
    ("GET", "/v1/webhooks/env/deliveries", false),
    ("POST", "/v1/webhooks/env/replay", false),
];

fn from_afar(method: &str, path: &str) -> axum::http::request::Builder {
    let connection = Connection {
        peer: "192.168.1.20:50000".parse().unwrap(),
        local: "192.168.1.5:8000".parse().unwrap(),
    };
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "relay.example:8000")
        .extension(connection)
}

async fn ask(relay: &Relay, request: axum::http::request::Builder) -> Answer {
    relay.ask(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn with_a_key_every_route_but_the_open_ones_needs_it() {
    let relay = Relay::with_key("la-clave").await;
    for (method, path, is_open) in ROUTES {
        for wrong in [None, Some("Bearer otra"), Some("Bearer "), Some("Basic la-clave")] {
            let mut request = from_afar(method, path);
            if let Some(wrong) = wrong {
                request = request.header("authorization", wrong);
            }
            let answer = ask(&relay, request).await;
            assert_eq!(
                answer.status == StatusCode::UNAUTHORIZED,
                !is_open,
                "{method} {path} {wrong:?}: {}",
                answer.status
            );
            if !is_open {
                assert_eq!(answer.headers["www-authenticate"], "Bearer");
                assert!(!answer.json["error"].is_null(), "{method} {path}: {}", answer.text);
            }
        }
        let right = from_afar(method, path).header("authorization", "Bearer la-clave");
        let answer = ask(&relay, right).await;
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        let header = from_afar(method, path).header("x-api-key", "la-clave");
        assert_ne!(ask(&relay, header).await.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

#[tokio::test]
async fn without_a_key_nobody_from_afar_is_served() {
    let relay = Relay::new().await;
    for (method, path, _) in ROUTES.into_iter().chain([("GET", "/socket.io/", false)]) {
        let answer = ask(&relay, from_afar(method, path)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
        let renamed = request(Method::GET, path).method(method);
        let rebound = {
            let mut request = renamed.body(Body::empty()).unwrap();
            request.headers_mut().insert("host", "evil.example".parse().unwrap());
            request
        };
        assert_eq!(relay.ask(rebound).await.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_turned_away_and_ours_get_cors() {
    let relay = Relay::new().await;
    let handshake = "/socket.io/?EIO=4&transport=polling";
    for path in ["/webrtc/status/", "/api/results", "/v1/people", handshake] {
        for (origin, is_allowed) in [
            ("http://localhost:3000", true),
            ("https://127.0.0.1:8443", true),
            ("https://evil.example", false),
            ("null", false),
        ] {
            let mut sent = request(Method::GET, path).body(Body::empty()).unwrap();
            sent.headers_mut().insert("origin", origin.parse().unwrap());
            let answer = relay.ask(sent).await;
            let allowed = answer.headers.get("access-control-allow-origin");
            if is_allowed {
                assert_eq!(answer.status, StatusCode::OK, "{path} {origin}");
                assert_eq!(allowed.unwrap(), origin, "{path}");
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {origin}");
                assert_eq!(allowed, None, "{path} {origin}");
            }
        }
    }
}

#[tokio::test]
async fn a_websocket_of_another_origin_is_not_opened() {
    let relay = Relay::new().await;
    let upgrade = |origin: &str| {
        let mut sent = request(Method::GET, "/socket.io/?EIO=4&transport=websocket")
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .body(Body::empty())
            .unwrap();
        sent.headers_mut().insert("origin", origin.parse().unwrap());
        sent
    };
    assert_eq!(relay.ask(upgrade("https://evil.example")).await.status, StatusCode::FORBIDDEN);
    assert_ne!(relay.ask(upgrade("http://localhost:3000")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn preflights_are_answered_without_a_key() {
    let relay = Relay::with_key("la-clave").await;
    for (path, method) in [
        ("/webrtc/face/", "POST"),
        ("/api/config", "PUT"),
        ("/v1/people/p1", "PATCH"),
        ("/v1/people/p1", "DELETE"),
    ] {
        let preflight = from_afar("OPTIONS", path)
            .header("origin", "http://localhost:3005")
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "content-type,authorization");
        let answer = ask(&relay, preflight).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers["access-control-allow-origin"], "http://localhost:3005");
        let methods = answer.headers["access-control-allow-methods"].to_str().unwrap();
        assert!(methods.contains(method), "{methods}");
        let headers = answer.headers["access-control-allow-headers"].to_str().unwrap();
        assert!(headers.contains("authorization") && headers.contains("content-type"), "{headers}");
    }
    let evil = from_afar("OPTIONS", "/webrtc/face/")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST");
    assert!(!ask(&relay, evil).await.headers.contains_key("access-control-allow-origin"));
}
