//! From `dlib-resnet-v1` to `sface-2021dec` by sightings.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};

use crate::relay::{Relay, data_url};

const DLIB: ModelId = ModelId::DlibResnetV1;

async fn set(relay: &Relay, policy: &str) {
    let set = relay.send(Method::PUT, "/v1/settings", &json!({"upgrade": policy})).await;
    assert_eq!((set.status, &set.json["upgrade"]), (StatusCode::OK, &json!(policy)));
}

async fn show(relay: &Relay, portrait: &str) {
    let face = relay.post("/webrtc/face/", &json!({"image": data_url(portrait)})).await;
    assert_eq!(face.status, StatusCode::OK, "{}", face.text);
}

async fn status(relay: &Relay) -> Value {
    relay.get("/v1/upgrades").await.json
}

#[tokio::test]
async fn switched_off_nothing_is_proposed() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    show(&relay, "obama-2009").await;
    let expected = json!({"policy": "off", "dlib_only": 1, "both": 0, "sface_only": 0,
        "derived_encodings": 0, "proposals": []});
    assert_eq!(status(&relay).await, expected);
    let refused = relay.send(Method::PUT, "/v1/settings", &json!({"upgrade": "always"})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json["error"]["field"], "upgrade");
}

#[tokio::test]
async fn a_proposal_is_accepted_or_refused() {
    for (decision, derived) in [("accept", 1), ("refuse", 0)] {
        let relay = Relay::new().await;
        let ana = relay.enrol("Ana", "obama-2009", DLIB).await;
        relay.enrol("Luis", "biden-2010", DLIB).await;
        set(&relay, "ask").await;
        show(&relay, "obama-2009").await;
        show(&relay, "collins").await;
        let waiting = status(&relay).await["proposals"].clone();
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["person_id"]), (1, &json!(ana)));
        let path = format!("/v1/upgrades/{}", waiting[0]["id"]);
        let after = relay.post(&path, &json!({"decision": decision})).await;
        assert_eq!(after.status, StatusCode::OK, "{}", after.text);
        assert_eq!(after.json["derived_encodings"], derived, "{decision}");
        assert_eq!((&after.json["both"], &after.json["proposals"]), (&json!(derived), &json!([])));
        let gallery = relay.get("/v1/gallery?model=sface-2021dec").await.json;
        assert_eq!(gallery["entries"].as_array().unwrap().len(), derived, "{decision}");
        let again = relay.post(&path, &json!({"decision": "accept"})).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn by_itself_one_day_is_not_enough_and_a_correction_takes_the_sighting_back() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    set(&relay, "auto").await;
    for _ in 0..4 {
        show(&relay, "obama-2009").await;
    }
    let now = status(&relay).await;
    assert_eq!(now["derived_encodings"], 0);
    assert_eq!(now["proposals"].as_array().unwrap().len(), 1, "one a day");
    let path = format!("/v1/events/{}/correction", now["proposals"][0]["event_id"]);
    assert_eq!(relay.post(&path, &json!({"is_not": true})).await.status, StatusCode::OK);
    assert_eq!(status(&relay).await["proposals"], json!([]));
}

#[tokio::test]
async fn what_a_browser_reports_is_proposed_to_somebody_and_never_added_by_itself() {
    for (policy, proposals) in [("off", 0), ("ask", 1), ("auto", 0)] {
        let relay = Relay::new().await;
        relay.enrol("Ana", "obama-2009", DLIB).await;
        set(&relay, policy).await;
        let tagged = async |model: ModelId| {
            let embedding = relay.embedding_of("obama-2009", model).await.values().to_vec();
            json!({"model": model.as_str(), "embedding": embedding})
        };
        let mut face = tagged(ModelId::Sface2021Dec).await;
        face["others"] = json!([tagged(DLIB).await]);
        face["box"] = json!({"top": 10, "right": 110, "bottom": 130, "left": 20});
        face["score"] = json!(0.97);
        let report = json!({"capture_id": uuid::Uuid::from_u128(1),
            "captured_at": jiff::Timestamp::now().to_string(), "faces": [face]});
        let receipt = relay.post("/v1/reports", &report).await;
        assert_eq!(receipt.json["faces"][0]["name"], "Ana", "{}", receipt.text);
        let now = status(&relay).await;
        assert_eq!(now["proposals"].as_array().unwrap().len(), proposals, "{policy}");
        assert_eq!(now["derived_encodings"], 0, "{policy}");
    }
}
