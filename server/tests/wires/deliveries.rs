//! `/v1/webhooks/env/*`, asked without a receiver.

use axum::http::StatusCode;
use serde_json::json;

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
