//! "That is not me": events are corrected, and corrections taken back.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};

use crate::relay::{Relay, data_url};

const SFACE: ModelId = ModelId::Sface2021Dec;

/// Shows the relay a picture; the name that it gives.
async fn name_of(relay: &Relay, portrait: &str) -> Value {
    let face = relay.post("/webrtc/face/", &json!({"image": data_url(portrait)})).await;
    assert_eq!(face.status, StatusCode::OK, "{}", face.text);
    if face.json["recognized"] == true {
        face.json["person"]["nombre"].clone()
    } else {
        Value::Null
    }
}

async fn newest_event(relay: &Relay) -> Value {
    relay.get("/v1/events?limit=1").await.json["events"][0].clone()
}

fn correction_path(event: &Value) -> String {
    format!("/v1/events/{}/correction", event["id"])
}

#[tokio::test]
async fn a_corrected_face_is_not_given_the_name_again() {
    let relay = Relay::new().await;
    // A wrong name: the person enrolled as Ana is somebody else.
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    assert_eq!(name_of(&relay, "obama-2012").await, "Ana");
    let event = newest_event(&relay).await;
    assert_eq!((&event["correctable"], event.get("correction")), (&json!(true), None));
    let path = correction_path(&event);
    let changes = relay.state.people.subscribe();
    let before = *changes.borrow();

    let body = json!({"is_not": true, "name": " Luis "});
    let corrected = relay.post(&path, &body).await;
    assert_eq!(corrected.status, StatusCode::OK, "{}", corrected.text);
    assert_eq!(corrected.json["correction"]["name"], "Luis");
    assert_eq!(corrected.json["face"], event["face"], "what was decided stays on record");
    assert_eq!(newest_event(&relay).await, corrected.json);
    assert!(*changes.borrow() > before, "browsers are told to fetch the gallery");

    assert_eq!(name_of(&relay, "obama-2012").await, Value::Null);
    assert_eq!(name_of(&relay, "obama-2009").await, "Ana", "the right person still is known");
    let gallery = relay.get("/v1/gallery?model=sface-2021dec").await.json;
    let negatives = gallery["negatives"].as_array().unwrap();
    assert_eq!((negatives.len(), &negatives[0]["person_id"]), (1, &json!(ana)));
    assert_eq!(negatives[0]["embedding"].as_array().unwrap().len(), 128);

    let again = relay.post(&path, &json!({"is_not": true})).await;
    assert_eq!(again.json["correction"]["name"], json!(null), "the last word counts");
    assert_eq!(relay.get("/v1/gallery").await.json["negatives"].as_array().unwrap().len(), 1);

    let undone = relay.send(Method::DELETE, &path, &json!(null)).await;
    assert_eq!((undone.status, undone.json.get("correction")), (StatusCode::OK, None));
    assert_eq!(name_of(&relay, "obama-2012").await, "Ana");
    let twice = relay.send(Method::DELETE, &path, &json!(null)).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_face_known_in_both_models_is_corrected_in_both() {
    let relay = Relay::new().await;
    for model in ModelId::ALL {
        relay.enrol("Ana", "obama-2009", model).await;
    }
    assert_eq!(name_of(&relay, "obama-2012").await, "Ana");
    let path = correction_path(&newest_event(&relay).await);
    relay.post(&path, &json!({"is_not": true})).await;
    assert_eq!(name_of(&relay, "obama-2012").await, Value::Null);
    for model in ModelId::ALL {
        let gallery = relay.get(&format!("/v1/gallery?model={model}")).await.json;
        assert_eq!(gallery["negatives"].as_array().unwrap().len(), 1, "{model}");
    }
}

#[tokio::test]
async fn what_cannot_be_corrected_says_why() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", SFACE).await;
    name_of(&relay, "biden-2010").await;
    let unknown = newest_event(&relay).await;
    assert_eq!(unknown["correctable"], false);
    name_of(&relay, "obama-2012").await;
    let known = newest_event(&relay).await;
    let good = json!({"is_not": true});
    let cases = [
        ("unknown face", correction_path(&unknown), good.clone(), StatusCode::CONFLICT, "conflict"),
        (
            "no such event",
            "/v1/events/99999/correction".to_owned(),
            good.clone(),
            StatusCode::NOT_FOUND,
            "not-found",
        ),
        (
            "no id",
            "/v1/events/x/correction".to_owned(),
            good.clone(),
            StatusCode::NOT_FOUND,
            "not-found",
        ),
        (
            "not a correction",
            correction_path(&known),
            json!({"is_not": false}),
            StatusCode::BAD_REQUEST,
            "invalid-request",
        ),
        (
            "no name",
            correction_path(&known),
            json!({"is_not": true, "name": " "}),
            StatusCode::BAD_REQUEST,
            "invalid-request",
        ),
        (
            "nothing said",
            correction_path(&known),
            json!({}),
            StatusCode::BAD_REQUEST,
            "invalid-request",
        ),
    ];
    for (name, path, body, status, code) in cases {
        let refused = relay.post(&path, &body).await;
        assert_eq!(
            (refused.status, &refused.json["error"]["code"]),
            (status, &json!(code)),
            "{name}"
        );
    }

    // Nothing is kept from here on, and what was kept is gone.
    let settings = relay.send(Method::PUT, "/v1/settings", &json!({"correctable_days": 0})).await;
    assert_eq!((settings.status, &settings.json["correctable_days"]), (StatusCode::OK, &json!(0)));
    let gone = relay.post(&correction_path(&known), &good).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(
        gone.json["error"]["message"],
        "what the event was decided on is no longer kept, so it cannot be corrected"
    );
    name_of(&relay, "obama-2012").await;
    let event = newest_event(&relay).await;
    assert_eq!((&event["face"]["name"], &event["correctable"]), (&json!("Ana"), &json!(false)));
    let too_long = relay.send(Method::PUT, "/v1/settings", &json!({"correctable_days": 367})).await;
    assert_eq!(too_long.status, StatusCode::BAD_REQUEST);
    assert_eq!(relay.get("/v1/settings").await.json["correctable_days"], 0);
}

#[tokio::test]
async fn forgetting_somebody_forgets_their_corrections() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    let luis = relay.enrol("Luis", "biden-2010", SFACE).await;
    name_of(&relay, "obama-2012").await;
    let path = correction_path(&newest_event(&relay).await);
    relay.post(&path, &json!({"is_not": true, "name": "LUIS"})).await;

    relay.send(Method::DELETE, &format!("/v1/people/{luis}"), &json!(null)).await;
    let event = newest_event(&relay).await;
    assert_eq!(event["correction"]["name"], json!(null), "his name is gone from the note");

    relay.send(Method::DELETE, &format!("/v1/people/{ana}"), &json!(null)).await;
    let event = newest_event(&relay).await;
    assert_eq!((&event["correctable"], event.get("correction")), (&json!(false), None));
    relay.enrol("Ana", "obama-2009", SFACE).await;
    assert_eq!(name_of(&relay, "obama-2012").await, "Ana", "a new start");
}

#[tokio::test]
async fn a_browsers_report_can_be_corrected_too() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", SFACE).await;
    let probe = relay.embedding_of("obama-2012", SFACE).await.values().to_vec();
    let report = |id: u128| {
        json!({
            "capture_id": uuid::Uuid::from_u128(id),
            "captured_at": jiff::Timestamp::now().to_string(),
            "faces": [{
                "box": {"top": 10, "right": 110, "bottom": 130, "left": 20}, "score": 0.97,
                "model": "sface-2021dec", "embedding": probe, "claim": {"name": "Ana"},
            }],
        })
    };
    let receipt = relay.post("/v1/reports", &report(1)).await.json;
    assert_eq!(receipt["faces"][0]["name"], "Ana");
    let event = newest_event(&relay).await;
    relay.post(&correction_path(&event), &json!({"is_not": true})).await;
    let receipt = relay.post("/v1/reports", &report(2)).await.json;
    assert_eq!(receipt["faces"][0]["name"], json!(null));
    assert_eq!(receipt["faces"][0]["verified"], "mismatch");
}
