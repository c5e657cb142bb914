//! `/v1` as it describes itself.

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::relay::Relay;

/// Every `$ref` of the description.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn what_is_described_is_there_and_whole() {
    let relay = Relay::new().await;
    let described = relay.get("/v1/openapi.json").await.json;
    assert_eq!(described["openapi"], "3.1.0");
    let mut names = HashSet::new();
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.len() > 20, "{}", paths.len());
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} twice");
            assert!(operation["summary"].is_string(), "{name}");
            assert!(operation["responses"]["default"].is_object(), "{name}");
            if path == "/v1/events/stream" {
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            let asked = path.replace("{id}", "0").replace("{encoding_id}", "0");
            let answer = relay.send(method.clone(), &asked, &json!({})).await;
            assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(!answer.text.contains("no such path"), "{method} {path}");
        }
    }
    assert!(
        names.contains("getPeopleByIdEncodings")
            && names.contains("deletePeopleByIdEncodingsByEncodingId")
    );
    let mut found = Vec::new();
    references(&described, &mut found);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(described.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn anybody_may_read_it() {
    let relay = Relay::with_key("long-random-text").await;
    for path in ["/v1/openapi.json", "/v1/docs/", "/v1/docs/swagger-ui-bundle.js"] {
        assert_eq!(relay.get(path).await.status, StatusCode::OK, "{path}");
    }
    let page = relay.get("/v1/docs/").await.text;
    assert!(!page.contains("//unpkg") && !page.contains("https://"), "nothing from elsewhere");
    assert_eq!(relay.get("/v1/people").await.status, StatusCode::UNAUTHORIZED);
}
