//! `/v1/webhooks` and what hangs from it, asked without a receiver.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::relay::Relay;

#[tokio::test]
async fn nothing_waits_at_first() {
    let relay = Relay::new().await;
    let empty = json!({"deliveries": [], "next_before": null});
    for query in ["", "?state=dead", "?state=failing&limit=1000", "?state=pending&before=7"] {
        let listed = relay.get(&format!("/v1/webhooks/env/deliveries{query}")).await;
        assert_eq!((listed.status, listed.json), (StatusCode::OK, empty.clone()), "{query}");
    }
    let replayed = relay.post("/v1/webhooks/env/replay", &json!({"from_event": 1})).await;
    assert_eq!((replayed.status, replayed.json), (StatusCode::OK, json!({"replayed": 0})));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let relay = Relay::new().await;
    for query in ["?state=sent", "?limit=0", "?limit=1001", "?before=x"] {
        let refused = relay.get(&format!("/v1/webhooks/env/deliveries{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.json["error"]["code"], "invalid-request", "{query}");
    }
    let cases = [
        (json!({}), 400, "invalid-request"),
        (json!([]), 400, "invalid-request"),
        (json!({"delivery_id": "1"}), 400, "invalid-request"),
        (json!({"since": "yesterday"}), 400, "invalid-request"),
        (json!({"until": "2026-11-22T10:00:00"}), 400, "invalid-request"),
        (json!({"delivery_id": 1}), 404, "not-found"),
    ];
    for (body, status, code) in cases {
        let refused = relay.post("/v1/webhooks/env/replay", &body).await;
        assert_eq!(refused.status.as_u16(), status, "{body}");
        assert_eq!(refused.json["error"]["code"], code, "{body}");
    }
    assert_eq!(relay.get("/v1/webhooks/other/deliveries").await.status, StatusCode::NOT_FOUND);
}

const URL: &str = "https://93.184.215.14/hook";

#[tokio::test]
async fn a_webhook_from_its_making_to_its_end() {
    let relay = Relay::new().await;
    let new = json!({
        "url": URL,
        "description": " Torniquete ",
        "filter": {"topics": ["known"], "cameras": ["puerta"]},
    });
    let made = relay.post("/v1/webhooks", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let (id, secret) = (made.json["id"].as_str().unwrap(), made.json["secret"].as_str().unwrap());
    assert!(id.starts_with("wh_") && secret.starts_with("whsec_"), "{}", made.text);
    let shown = json!({
        "id": id,
        "url": URL,
        "description": "Torniquete",
        "filter": {"topics": ["known"], "cameras": ["puerta"], "people": []},
        "disabled": null,
        "send_bearer": false,
        "previous_secret_until": null,
        "created_at": made.json["created_at"],
    });
    let path = format!("/v1/webhooks/{id}");
    let one = relay.get(&path).await;
    assert_eq!((one.status, &one.json), (StatusCode::OK, &shown));
    let listed = relay.get("/v1/webhooks").await.json;
    assert_eq!(listed["webhooks"][0]["id"], "env");
    assert_eq!(listed["webhooks"][0]["url"], Value::Null);
    assert_eq!(listed["webhooks"][1], shown);

    let change = json!({"enabled": false, "description": "", "filter": {}, "send_bearer": true});
    let changed = relay.send(Method::PATCH, &path, &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(changed.json["disabled"], "operator");
    assert_eq!(changed.json["description"], Value::Null);
    assert_eq!(changed.json["filter"]["topics"], json!(["known", "unknown"]));
    assert_eq!(changed.json["send_bearer"], true);
    assert_eq!(changed.json["url"], URL);

    let rotated = relay.post(&format!("{path}/secret"), &json!({})).await;
    assert_eq!(rotated.status, StatusCode::OK);
    assert_ne!(rotated.json["secret"], made.json["secret"]);
    assert!(rotated.json["previous_secret_until"].is_string());
    for path in [path.as_str(), "/v1/webhooks"] {
        let text = relay.get(path).await.text;
        assert!(!text.contains("whsec_"), "a secret is shown once: {text}");
    }

    assert_eq!(relay.send(Method::DELETE, &path, &json!({})).await.status, StatusCode::NO_CONTENT);
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::GET, format!("{path}/deliveries")),
        (Method::POST, format!("{path}/secret")),
    ] {
        let gone = relay.send(method.clone(), &path, &json!({})).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(gone.json["error"]["code"], "not-found");
    }
}

#[tokio::test]
async fn webhooks_that_cannot_be() {
    let relay = Relay::new().await;
    let cases = [
        (json!({}), "invalid-request", Value::Null),
        (json!({"url": URL, "uri": URL}), "invalid-request", Value::Null),
        (json!({"url": "http://127.0.0.1:3005/"}), "address-refused", json!("url")),
        (json!({"url": "https://[::ffff:169.254.169.254]/"}), "address-refused", json!("url")),
        (json!({"url": "https://localhost/"}), "address-refused", json!("url")),
        (json!({"url": "file:///etc/passwd"}), "address-refused", json!("url")),
        (json!({"url": format!("{URL}?{}", "x".repeat(2048))}), "invalid-request", json!("url")),
        (json!({"url": URL, "secret": "short"}), "invalid-request", json!("secret")),
        (
            json!({"url": URL, "description": "x".repeat(201)}),
            "invalid-request",
            json!("description"),
        ),
        (json!({"url": URL, "filter": {"topics": []}}), "invalid-request", json!("filter.topics")),
        (json!({"url": URL, "filter": {"topics": ["all"]}}), "invalid-request", Value::Null),
        (json!({"url": URL, "filter": {"camera": "x"}}), "invalid-request", Value::Null),
        (
            json!({"url": URL, "filter": {"cameras": [""]}}),
            "invalid-request",
            json!("filter.cameras"),
        ),
    ];
    for (new, code, field) in cases {
        let refused = relay.post("/v1/webhooks", &new).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{new}");
        assert_eq!(refused.json["error"]["code"], code, "{new}");
        assert_eq!(refused.json["error"]["field"], field, "{new}");
    }
    assert_eq!(relay.get("/v1/webhooks").await.json["webhooks"].as_array().unwrap().len(), 1);

    let cases = [
        (Method::PATCH, "/v1/webhooks/env", json!({"url": URL}), 409, "conflict"),
        (Method::PATCH, "/v1/webhooks/env", json!({"send_bearer": true}), 409, "conflict"),
        (Method::PATCH, "/v1/webhooks/env", json!({}), 400, "invalid-request"),
        (Method::PATCH, "/v1/webhooks/wh_0", json!({"enabled": true}), 404, "not-found"),
        (Method::DELETE, "/v1/webhooks/env", json!({}), 409, "conflict"),
        (Method::POST, "/v1/webhooks/env/secret", json!({}), 409, "conflict"),
    ];
    for (method, path, body, status, code) in cases {
        let refused = relay.send(method.clone(), path, &body).await;
        assert_eq!(refused.status.as_u16(), status, "{method} {path} {body}");
        assert_eq!(refused.json["error"]["code"], code, "{method} {path} {body}");
    }
    let off = relay.send(Method::PATCH, "/v1/webhooks/env", &json!({"enabled": false})).await;
    assert_eq!(off.json["disabled"], "operator", "{}", off.text);
}
