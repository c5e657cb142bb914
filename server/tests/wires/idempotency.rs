//! Requests that are sent again under one `Idempotency-Key`.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};

use crate::relay::{Answer, Relay, request};

async fn sent(relay: &Relay, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    let request = request(method, path).header("idempotency-key", key);
    relay.ask(request.body(body.to_string().into()).unwrap()).await
}

#[tokio::test]
async fn the_same_again_gets_the_same_answer_and_does_nothing() {
    let relay = Relay::new().await;
    let new = json!({"url": "https://93.184.215.14/hook"});
    let made = sent(&relay, Method::POST, "/v1/webhooks", "one", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert!(!made.headers.contains_key("idempotency-replayed"));
    let again = sent(&relay, Method::POST, "/v1/webhooks", "one", &new).await;
    assert_eq!((again.status, &again.json), (StatusCode::CREATED, &made.json));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let listed =
        async || relay.get("/v1/webhooks").await.json["webhooks"].as_array().unwrap().len();
    assert_eq!(listed().await, 2, "env, and the one");
    sent(&relay, Method::POST, "/v1/webhooks", "two", &new).await;
    assert_eq!(listed().await, 3);

    let other = json!({"url": "https://93.184.215.14/other"});
    for (method, path, body) in
        [(Method::POST, "/v1/webhooks", &other), (Method::POST, "/v1/people", &new)]
    {
        let refused = sent(&relay, method.clone(), path, "one", body).await;
        assert_eq!(
            (refused.status, &refused.json["error"]["code"]),
            (StatusCode::CONFLICT, &json!("conflict"))
        );
    }
    let removed = format!("/v1/webhooks/{}", made.json["id"].as_str().unwrap());
    for _ in 0..2 {
        let gone = sent(&relay, Method::DELETE, &removed, "three", &json!(null)).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT, "not 404 the second time");
    }
    assert_eq!(
        sent(&relay, Method::DELETE, &removed, "four", &json!(null)).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn keys_that_are_none() {
    let relay = Relay::new().await;
    for key in [" ", &"k".repeat(201)] {
        let refused = sent(&relay, Method::POST, "/v1/webhooks", key, &json!({})).await;
        assert_eq!(
            (refused.status, &refused.json["error"]["field"]),
            (StatusCode::BAD_REQUEST, &json!("idempotency-key"))
        );
    }
    let read = sent(&relay, Method::GET, "/v1/webhooks", " ", &json!(null)).await;
    assert_eq!(read.status, StatusCode::OK, "reading needs no key");
}

#[tokio::test]
async fn of_two_at_once_one_is_done() {
    let relay = Relay::new().await;
    let new = json!({"url": "https://93.184.215.14/hook"});
    let answers = futures_util::future::join_all(
        (0..8).map(|_| sent(&relay, Method::POST, "/v1/webhooks", "one", &new)),
    )
    .await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    let busy =
        answers.iter().filter(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE).count();
    assert!(made >= 1 && made + busy == 8, "{made} made, {busy} busy");
    assert_eq!(relay.get("/v1/webhooks").await.json["webhooks"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn forgetting_somebody_forgets_the_answers_that_name_them() {
    let relay = Relay::new().await;
    let enrol = async |name: &str, portrait: &str| {
        let embedding = relay.embedding_of(portrait, ModelId::Sface2021Dec).await.values().to_vec();
        let samples = [json!({"model": "sface-2021dec", "embedding": embedding})];
        let body = json!({"name": name, "samples": samples});
        let answer = sent(&relay, Method::POST, "/v1/people", portrait, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let path = format!("/v1/people/{}", answer.json["id"].as_str().unwrap());
        (path, answer.headers.contains_key("idempotency-replayed"))
    };
    let (ana, _) = enrol("Ana \"la Ñata\"", "obama-2009").await;
    let (joe, _) = enrol("Joe", "biden-2010").await;
    assert_eq!(enrol("Ana \"la Ñata\"", "obama-2009").await, (ana.clone(), true));
    let gone = relay.send(Method::DELETE, &ana, &json!(null)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(enrol("Joe", "biden-2010").await, (joe, true));
    let (again, is_old) = enrol("Ana \"la Ñata\"", "obama-2009").await;
    assert!(!is_old && again != ana, "enrolled anew: the answer of before is not known any more");
}
