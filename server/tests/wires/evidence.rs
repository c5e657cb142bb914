//! What a report is believed: replays, channels that disagree, pictures that say otherwise, clocks.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use rostro_server::recognition::ImageSource;
use rostro_wire::v1::{Channel, FaceResult, Receipt, Report};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::relay::{Relay, data_url, file_of};

const SFACE: ModelId = ModelId::Sface2021Dec;

/// A face of a portrait as a browser reports it, where the relay finds it.
async fn face(relay: &Relay, portrait: &str, claim: &str) -> Value {
    let file = ImageSource::File(file_of(portrait).into());
    let seen = relay.state.recognition.recognize(file, vec![SFACE], "test").await.unwrap();
    let bounds = seen.faces[0].detection.bounds;
    json!({
        "box": {
            "top": bounds.top.round(), "right": bounds.right.round(),
            "bottom": bounds.bottom.round(), "left": bounds.left.round(),
        },
        "score": 0.97,
        "model": "sface-2021dec",
        "embedding": seen.faces[0].embeddings[0].values().to_vec(),
        "claim": {"name": claim},
    })
    .as_object()
    .map(|face| {
        let mut face = face.clone();
        for side in face["box"].as_object_mut().unwrap().values_mut() {
            #[expect(clippy::cast_possible_truncation, reason = "whole pixels")]
            let whole = side.as_f64().unwrap() as i64;
            *side = json!(whole);
        }
        Value::Object(face)
    })
    .unwrap()
}

fn report(id: Uuid, face: &Value) -> Value {
    json!({
        "capture_id": id,
        "camera_id": "puerta",
        "captured_at": jiff::Timestamp::now().to_string(),
        "faces": [face],
    })
}

async fn by_socket(relay: &Relay, report: &Value) -> Receipt {
    let report: Report = serde_json::from_value(report.clone()).unwrap();
    relay.state.sightings.report(Channel::Socket, report, "socket").await.unwrap()
}

/// Two people, known by a portrait each.
async fn with_two() -> Relay {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", SFACE).await;
    relay.enrol("Luis", "biden-2010", SFACE).await;
    relay
}

#[tokio::test]
async fn an_embedding_that_was_reported_before_opens_nothing_again() {
    let relay = with_two().await;
    let seen = face(&relay, "obama-2012", "Ana").await;
    let first = report(Uuid::new_v4(), &seen);
    let taken = relay.post("/v1/reports", &first).await.json;
    assert_eq!(taken["faces"][0]["verified"], "server", "{taken}");
    assert_eq!(taken["faces"][0].get("replayed"), None);

    let again = relay.post("/v1/reports", &report(Uuid::new_v4(), &seen)).await.json;
    assert_eq!(again["faces"][0]["verified"], "mismatch", "{again}");
    assert_eq!(again["faces"][0]["replayed"], true);
    let event = &relay.get("/v1/events").await.json["events"][0];
    assert_eq!(event["face"]["replayed"], true, "it is kept, and seen: {event}");

    let repeat = relay.post("/v1/reports", &first).await.json;
    assert_eq!((&repeat["duplicate"], &repeat["faces"]), (&json!(true), &taken["faces"]));
    let other = face(&relay, "obama-2009", "Ana").await;
    let other = relay.post("/v1/reports", &report(Uuid::new_v4(), &other)).await.json;
    assert_eq!(other["faces"][0]["verified"], "server", "another picture of the same person");
}

#[tokio::test]
async fn what_the_second_channel_finds_otherwise_is_an_event_of_its_own() {
    let relay = with_two().await;
    let id = Uuid::new_v4();
    let ana = report(id, &face(&relay, "obama-2012", "Ana").await);
    let luis = report(id, &face(&relay, "biden-2010", "Luis").await);
    let first = relay.post("/v1/reports", &ana).await.json;
    let second = by_socket(&relay, &luis).await;
    assert!(second.hybrid && second.disagreement && second.duplicate);
    let faces: Vec<FaceResult> = serde_json::from_value(first["faces"].clone()).unwrap();
    assert_eq!(second.faces, faces, "the first stands");
    let events = relay.get("/v1/events").await.json["events"].clone();
    let told = |index: usize| {
        (events[index]["face"]["name"].clone(), events[index]["face"]["verified"].clone())
    };
    assert_eq!(told(0), (json!("Luis"), json!("mismatch")));
    assert_eq!(told(1), (json!("Ana"), json!("server")));
    assert_eq!(events[0]["capture_id"], events[1]["capture_id"]);
    assert_eq!(relay.get("/api/results").await.json["total"], 1, "seen once");
    assert_eq!(relay.get("/api/stats").await.json["recognized"], json!({"Ana": 1}));

    for _ in 0..2 {
        assert_eq!(by_socket(&relay, &luis).await, second, "a repeat changes nothing");
        let repeat = relay.post("/v1/reports", &ana).await.json;
        assert_eq!(repeat["disagreement"], true, "both get the same receipt");
        assert_eq!(repeat["faces"], first["faces"]);
    }
    assert_eq!(relay.get("/v1/events").await.json["events"].as_array().unwrap().len(), 2);
    let third = report(id, &face(&relay, "collins", "Eva").await);
    let refused = relay.post("/v1/reports", &third).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "one channel says one thing");
}

#[tokio::test]
async fn the_second_channel_may_say_the_same_in_other_words() {
    let relay = with_two().await;
    let id = Uuid::new_v4();
    let mut seen = face(&relay, "obama-2012", "Ana").await;
    relay.post("/v1/reports", &report(id, &seen)).await;
    seen["score"] = json!(0.5);
    let second = by_socket(&relay, &report(id, &seen)).await;
    assert!(second.hybrid && !second.disagreement);
    assert!(!second.faces[0].replayed, "of one capture it is no replay");
    assert_eq!(relay.get("/v1/events").await.json["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn pictures_are_measured_where_the_policy_asks() {
    let relay = with_two().await;
    let verdict = async |policy: &str, face: &Value, picture: Option<&str>| {
        let set = relay.send(Method::PUT, "/v1/settings", &json!({"verify": policy})).await;
        assert_eq!(set.json["verify"], policy, "{}", set.text);
        let mut report = report(Uuid::new_v4(), face);
        // A frame of its own each time: another last bit, or it would be a replay.
        let bit = relay.get("/v1/events").await.json["events"].as_array().unwrap().len();
        let value = report["faces"][0]["embedding"][0].as_f64().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "a few events")]
        let other = value + bit as f64 * 1e-6;
        report["faces"][0]["embedding"][0] = json!(other);
        if let Some(portrait) = picture {
            report["picture"] = json!(data_url(portrait));
        }
        let receipt = relay.post("/v1/reports", &report).await;
        assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
        let face = receipt.json["faces"][0].clone();
        (face["name"].clone(), face["verified"].clone())
    };
    let ana = face(&relay, "obama-2012", "Ana").await;
    let result = |name: &str, verified: &str| (json!(name), json!(verified));
    assert_eq!(verdict("embedding", &ana, None).await, result("Ana", "server"));
    assert_eq!(verdict("embedding", &ana, Some("biden-2010")).await, result("Ana", "server"));
    for policy in ["picture", "both"] {
        assert_eq!(verdict(policy, &ana, None).await, result("Ana", "client_claim"), "{policy}");
        let shown = verdict(policy, &ana, Some("obama-2012")).await;
        assert_eq!(shown, result("Ana", "server"), "{policy}");
    }
    // Somebody sends Ana's copied embedding with their own face before the camera.
    let mut forged = face(&relay, "biden-2010", "Ana").await;
    forged["embedding"] = ana["embedding"].clone();
    assert_eq!(verdict("both", &forged, Some("biden-2010")).await, result("Ana", "mismatch"));
    assert_eq!(verdict("picture", &forged, Some("biden-2010")).await, result("Luis", "mismatch"));
    assert_eq!(
        verdict("embedding", &forged, Some("biden-2010")).await,
        result("Ana", "server"),
        "what this policy cannot see"
    );
    let mut elsewhere = ana.clone();
    elsewhere["box"] = json!({"top": 0, "right": 8, "bottom": 8, "left": 0});
    assert_eq!(verdict("both", &elsewhere, Some("obama-2012")).await, result("Ana", "mismatch"));

    let mut broken = report(Uuid::new_v4(), &ana);
    broken["picture"] = json!("data:image/png;base64,AAAA");
    relay.send(Method::PUT, "/v1/settings", &json!({"verify": "both"})).await;
    let refused = relay.post("/v1/reports", &broken).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json["error"]["code"], "invalid-image");
    assert_eq!(refused.json["error"]["field"], "picture");
    let unknown = relay.send(Method::PUT, "/v1/settings", &json!({"verify": "none"})).await;
    assert_eq!(unknown.json["error"]["field"], "verify");
}

#[tokio::test]
async fn neither_yesteryear_s_nor_tomorrow_s() {
    let relay = with_two().await;
    let seen = face(&relay, "obama-2012", "Ana").await;
    let hours =
        |hours: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours)).to_string();
    for (captured_at, status, code) in [
        (hours(-24 * 8), StatusCode::GONE, "expired"),
        (hours(1), StatusCode::BAD_REQUEST, "invalid-request"),
        (hours(-24 * 6), StatusCode::OK, ""),
    ] {
        let mut report = report(Uuid::new_v4(), &seen);
        report["captured_at"] = json!(captured_at);
        let answer = relay.post("/v1/reports", &report).await;
        assert_eq!(answer.status, status, "{captured_at}: {}", answer.text);
        if !code.is_empty() {
            assert_eq!(answer.json["error"]["code"], code);
            assert_eq!(answer.json["error"]["field"], "captured_at");
        }
    }
}
