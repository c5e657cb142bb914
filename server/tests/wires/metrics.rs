//! `GET /metrics`.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::json;
use uuid::Uuid;

use crate::relay::{Relay, data_url, request};

/// Every line that is a value, by its name and labels.
async fn read(relay: &Relay) -> BTreeMap<String, f64> {
    let answer = relay.get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.ends_with("# EOF\n"));
    let lines = answer.text.lines().filter(|line| !line.starts_with('#'));
    let value = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(value).collect()
}

#[tokio::test]
async fn what_happened_is_counted_and_nobody_is_named() {
    let relay = Relay::new().await;
    relay.enrol("Barack Obama", "obama-2009", ModelId::Sface2021Dec).await;
    let before = read(&relay).await;
    assert_eq!(before["rostro_encodings"], 1.0);
    assert_eq!(before[r#"rostro_model_available{model="yunet-2023mar"}"#], 1.0);
    assert_eq!(before["rostro_webhooks_waiting"], 0.0);

    let capture_id = Uuid::new_v4();
    for portrait in ["obama-2012", "obama-2012", "collins"] {
        let capture_id = if portrait == "collins" { Uuid::new_v4() } else { capture_id };
        let picture = json!({"image": data_url(portrait), "capture_id": capture_id});
        assert_eq!(relay.post("/webrtc/face/", &picture).await.status, StatusCode::OK);
    }
    assert_eq!(relay.post("/webrtc/face/", &json!({"image": "?"})).await.status.as_u16(), 400);
    for method in ["BREW", "WHEN"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = request(method, "/Barack%20Obama").body(axum::body::Body::empty()).unwrap();
        assert_eq!(relay.ask(request).await.status, StatusCode::NOT_FOUND);
    }

    let after = read(&relay).await;
    let count = |name: &str, labels: &str| after[&format!("rostro_{name}{{{labels}}}")];
    let pictures = "picture_duration_seconds_count";
    assert_eq!(count(pictures, r#"outcome="known""#), 2.0);
    assert_eq!(count(pictures, r#"outcome="unknown""#), 1.0);
    assert_eq!(count(pictures, r#"outcome="failed""#), 1.0);
    let captures = "capture_duration_seconds_count";
    assert_eq!(count(captures, r#"channel="rest",repeat="no""#), 2.0);
    assert_eq!(count(captures, r#"channel="rest",repeat="yes""#), 1.0);
    assert_eq!(count("events_total", r#"outcome="known",verified="server""#), 1.0);
    assert_eq!(count("events_total", r#"outcome="unknown",verified="server""#), 1.0);
    let requests = "http_request_duration_seconds_count";
    assert_eq!(count(requests, r#"method="POST",route="/webrtc/face/",status="200""#), 3.0);
    assert_eq!(count(requests, r#"method="POST",route="/webrtc/face/",status="400""#), 1.0);
    assert_eq!(count(requests, r#"method="other",route="none",status="404""#), 2.0);
    let text = relay.get("/metrics").await.text;
    assert!(!text.contains("Obama") && !text.contains(&capture_id.to_string()), "{text}");
}

#[tokio::test]
async fn they_are_for_those_with_the_key() {
    let relay = Relay::with_key("long-random-text").await;
    assert_eq!(relay.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    let request =
        request(Method::GET, "/metrics").header("authorization", "Bearer long-random-text");
    let answer = relay.ask(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let kind = answer.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
}
