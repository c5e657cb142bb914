//! How sure a name must be: the rate that operators choose, a person's own, and what a decision tells.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::relay::{Relay, data_url};

const DLIB: ModelId = ModelId::DlibResnetV1;
const SFACE: ModelId = ModelId::Sface2021Dec;

/// A report of one portrait, embedded by these models.
async fn reported(relay: &Relay, portrait: &str, models: &[ModelId]) -> Value {
    let mut tagged = Vec::new();
    for &model in models {
        let embedding = relay.embedding_of(portrait, model).await.values().to_vec();
        tagged.push(json!({"model": model.as_str(), "embedding": embedding}));
    }
    let mut face = tagged.remove(0);
    face["box"] = json!({"top": 10, "right": 110, "bottom": 130, "left": 20});
    face["score"] = json!(0.97);
    if !tagged.is_empty() {
        face["others"] = json!(tagged);
    }
    let captured_at = jiff::Timestamp::now().to_string();
    let body = json!({"capture_id": Uuid::new_v4(), "captured_at": captured_at, "faces": [face]});
    let receipt = relay.post("/v1/reports", &body).await;
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
    receipt.json["faces"][0].clone()
}

async fn choose(relay: &Relay, one_in: Value) {
    let change = json!({"stranger_named_one_in": one_in});
    let set = relay.send(Method::PUT, "/v1/settings", &change).await;
    assert_eq!((set.status, &set.json["stranger_named_one_in"]), (StatusCode::OK, &one_in));
}

#[tokio::test]
async fn a_decision_says_what_it_rests_on_and_is_kept() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", SFACE).await;
    relay.enrol("Luis", "biden-2010", SFACE).await;
    let known = reported(&relay, "obama-2012", &[SFACE]).await;
    let decision = &known["decision"];
    assert_eq!((&known["name"], &decision["outcome"]), (&json!("Ana"), &json!("known")));
    let number = |value: &Value| value.as_f64().unwrap();
    assert!(number(&known["distance"]) < number(&known["threshold"]));
    assert!(number(&decision["margin"]) > 0.1);
    assert!((0.0..0.001).contains(&number(&decision["false_match_rate"])));
    assert_eq!(known["confidence"], decision["probability"]);
    assert!((0.99..=1.0).contains(&number(&known["confidence"])));

    let stranger = reported(&relay, "collins", &[SFACE]).await;
    assert_eq!((&stranger["name"], &stranger["confidence"]), (&json!(null), &json!(0.0)));
    assert_eq!(stranger["decision"]["outcome"], "unknown");

    let events = relay.get("/v1/events").await.json["events"].clone();
    assert_eq!(events[0]["face"]["decision"], stranger["decision"]);
    assert_eq!(events[1]["face"]["decision"], known["decision"]);
}

#[tokio::test]
async fn who_is_forgotten_leaves_no_decision_behind() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    reported(&relay, "obama-2012", &[SFACE]).await;
    relay.send(Method::DELETE, &format!("/v1/people/{ana}"), &json!(null)).await;
    let face = relay.get("/v1/events").await.json["events"][0]["face"].clone();
    assert_eq!((&face["distance"], face.get("decision")), (&json!(null), None));
}

#[tokio::test]
async fn the_chosen_rate_holds_on_every_wire() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    let legacy = async || {
        let body = json!({"image": data_url("obama-2012")});
        relay.post("/webrtc/face/", &body).await.json["recognized"].clone()
    };
    let ours = async || reported(&relay, "obama-2012", &[DLIB]).await;
    let before = relay.get("/v1/settings").await.json;
    assert_eq!(before["stranger_named_one_in"], json!(null), "nobody chose");
    assert_eq!((legacy().await, &ours().await["name"]), (json!(true), &json!("Ana")));

    // Another portrait of him is not as near as that.
    choose(&relay, json!(100_000_000)).await;
    let strict = ours().await;
    assert_eq!((legacy().await, &strict["name"]), (json!(false), &json!(null)));
    assert_ne!(strict["decision"]["outcome"], "known");
    let gallery = relay.get("/v1/gallery?model=dlib-resnet-v1").await.json;
    assert_eq!(gallery["stranger_named_one_in"], 100_000_000);

    choose(&relay, json!(null)).await;
    assert_eq!(legacy().await, true);

    // The threshold holds whatever the rate.
    relay.send(Method::PUT, "/api/config", &json!({"threshold": 0.1})).await;
    assert_eq!((legacy().await, &ours().await["name"]), (json!(false), &json!(null)));
}

#[tokio::test]
async fn rates_that_make_no_sense_are_refused() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    let person = format!("/v1/people/{ana}");
    for path in ["/v1/settings", person.as_str()] {
        let method = if path == "/v1/settings" { Method::PUT } else { Method::PATCH };
        for one_in in [json!(0), json!(9), json!(100_000_001)] {
            let change = json!({"stranger_named_one_in": one_in});
            let refused = relay.send(method.clone(), path, &change).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path} {one_in}");
            assert_eq!(refused.json["error"]["field"], "stranger_named_one_in");
        }
        let words = json!({"stranger_named_one_in": "often"});
        assert_eq!(relay.send(method, path, &words).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_person_may_have_a_rate_of_their_own() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", DLIB).await;
    relay.enrol("Luis", "biden-2010", DLIB).await;
    let mut galleries = relay.state.people.subscribe();
    let path = format!("/v1/people/{ana}");
    let strict = json!({"stranger_named_one_in": 100_000_000});
    let changed = relay.send(Method::PATCH, &path, &strict).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(changed.json["stranger_named_one_in"], 100_000_000);
    assert!(galleries.has_changed().unwrap(), "browsers are told");
    galleries.mark_unchanged();
    let gallery = relay.get("/v1/gallery?model=dlib-resnet-v1").await.json;
    let own = json!([{"person_id": ana, "stranger_named_one_in": 100_000_000}]);
    assert_eq!(gallery["own_rates"], own);

    assert_eq!(reported(&relay, "obama-2012", &[DLIB]).await["name"], json!(null));
    assert_eq!(reported(&relay, "obama-2009", &[DLIB]).await["name"], "Ana", "the very picture");
    assert_eq!(reported(&relay, "biden-2010", &[DLIB]).await["name"], "Luis");

    let untouched = relay.send(Method::PATCH, &path, &json!({})).await;
    assert_eq!(untouched.json["stranger_named_one_in"], 100_000_000);
    let none = json!({"stranger_named_one_in": null});
    assert_eq!(relay.send(Method::PATCH, &path, &none).await.status, StatusCode::OK);
    assert_eq!(reported(&relay, "obama-2012", &[DLIB]).await["name"], "Ana");
    let nobody = relay.send(Method::PATCH, "/v1/people/nobody", &strict).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn both_models_decide_together_where_both_know_the_person() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    relay.enrol("Ana", "obama-2009", SFACE).await;
    let combined = reported(&relay, "obama-2012", &[SFACE, DLIB]).await;
    assert_eq!((&combined["name"], &combined["model"]), (&json!("Ana"), &json!("combined")));
    let alone = reported(&relay, "obama-2012", &[SFACE]).await;
    assert_eq!((&alone["name"], &alone["model"]), (&json!("Ana"), &json!("sface-2021dec")));

    // The relay's own check of a picture runs both; the legacy wires keep their scale.
    let answer = relay.post("/webrtc/face/", &json!({"image": data_url("obama-2012")})).await.json;
    assert_eq!(answer["recognized"], true);
    assert!((0.4..=1.0).contains(&answer["confidence"].as_f64().unwrap()));
    let event = relay.get("/v1/events?limit=1").await.json["events"][0].clone();
    assert_eq!(event["face"]["model"], "combined");
    let quality = event["face"]["decision"]["quality"].as_f64().unwrap();
    assert!((0.5..=1.0).contains(&quality), "a good portrait: {quality}");
    assert_eq!(combined["decision"].get("quality"), None, "no picture, no quality");
    let latest = relay.get("/api/latest").await.json;
    let (distance, confidence) = (&latest["distance"], &latest["confidence"]);
    assert!((distance.as_f64().unwrap() + confidence.as_f64().unwrap() - 1.0).abs() < 0.006);
}
