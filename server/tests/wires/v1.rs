//! `/v1/*`.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::relay::{Relay, data_url, request};

const SFACE: ModelId = ModelId::Sface2021Dec;

async fn sample(relay: &Relay, portrait: &str) -> Value {
    let embedding = relay.embedding_of(portrait, SFACE).await.values().to_vec();
    json!({"model": "sface-2021dec", "embedding": embedding})
}

async fn report(relay: &Relay, portrait: &str, claim: Option<&str>) -> Value {
    let mut face = sample(relay, portrait).await;
    face["box"] = json!({"top": 10, "right": 110, "bottom": 130, "left": 20});
    face["score"] = json!(0.97);
    face["claim"] = json!({"name": claim, "distance": 0.4});
    // No camera gives the same numbers twice.
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let look = LOOKS.fetch_add(1, Ordering::Relaxed);
    face["embedding"][0] = json!(face["embedding"][0].as_f64().unwrap() + 1e-6 * f64::from(look));
    json!({
        "capture_id": Uuid::new_v4(),
        "camera_id": "entrada",
        "captured_at": jiff::Timestamp::now().to_string(),
        "faces": [face],
    })
}

#[tokio::test]
async fn people_are_enrolled_listed_and_forgotten() {
    let relay = Relay::new().await;
    assert_eq!(relay.get("/v1/people").await.json, json!({"people": []}));
    let samples = [sample(&relay, "obama-2009").await, sample(&relay, "obama-2012").await];
    let body = json!({"name": "Barack Obama", "samples": samples, "unit": "4B"});
    let enrolled = relay.post("/v1/people", &body).await;
    assert_eq!(enrolled.status, StatusCode::CREATED, "{}", enrolled.text);
    assert_eq!(enrolled.json["name"], "Barack Obama");
    assert_eq!(enrolled.json["encodings"], json!({"sface-2021dec": 2}));
    assert_eq!(relay.get("/v1/people").await.json["people"], json!([enrolled.json]));

    let path = format!("/v1/people/{}", enrolled.json["id"].as_str().unwrap());
    let forgotten = relay.send(Method::DELETE, &path, &json!(null)).await;
    assert_eq!((forgotten.status, forgotten.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let again = relay.send(Method::DELETE, &path, &json!(null)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(again.json["error"]["code"], "not-found");
    let face = relay.post("/webrtc/face/", &json!({"image": data_url("obama-2009")})).await;
    assert_eq!(face.json["recognized"], false);
}

#[tokio::test]
async fn what_is_to_be_said_of_samples_comes_with_the_person() {
    let relay = Relay::new().await;
    let enrol = async |name: &str, portraits: &[&str]| {
        let mut samples = Vec::new();
        for portrait in portraits {
            samples.push(sample(&relay, portrait).await);
        }
        let answer = relay.post("/v1/people", &json!({"name": name, "samples": samples})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json.get("warnings").cloned()
    };
    assert_eq!(enrol("Barack", &["obama-2009", "obama-2012"]).await, None);
    assert_eq!(
        enrol("Eileen", &["collins", "collins", "biden-2010"]).await,
        Some(json!([
            {
                "code": "near-identical",
                "message": "take another picture, from another side or in other light",
                "sample": 1,
            },
            {
                "code": "odd-one-out",
                "message": "leave it out: it does not look like the others",
                "sample": 2,
            },
        ]))
    );
    assert_eq!(
        enrol("Luis", &["obama-2012"]).await,
        Some(json!([{
            "code": "already-enrolled",
            "message": "the same face is enrolled as Barack",
        }]))
    );
}

#[tokio::test]
async fn the_gallery_is_fetched_once_and_again_when_it_changed() {
    let relay = Relay::new().await;
    let id = relay.enrol("Ana", "obama-2009", SFACE).await;
    let fetch = async |path: &str, known: &str| {
        let request = request(Method::GET, path).header("if-none-match", known);
        relay.ask(request.body(Body::empty()).unwrap()).await
    };
    let path = "/v1/gallery?model=sface-2021dec";
    let first = relay.get(path).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.json["model"], "sface-2021dec");
    assert!((first.json["threshold"].as_f64().unwrap() - 1.128).abs() < 1e-6);
    let entries = first.json["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0]["person_id"], &entries[0]["name"]), (&json!(id), &json!("Ana")));
    assert_eq!(entries[0]["embedding"].as_array().unwrap().len(), 128);
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");

    let known = fetch(path, &format!("\"otra\", {etag}")).await;
    assert_eq!((known.status, known.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(known.headers["etag"].to_str().unwrap(), etag);
    assert_eq!(fetch("/v1/gallery", &etag).await.status, StatusCode::NOT_MODIFIED);
    let other_model = fetch("/v1/gallery?model=dlib-resnet-v1", &etag).await;
    assert_eq!(other_model.json["entries"], json!([]));

    relay.enrol("Luis", "biden-2010", SFACE).await;
    let changed = fetch(path, &etag).await;
    assert_eq!(changed.json["entries"].as_array().unwrap().len(), 2);
    let etag = changed.headers["etag"].to_str().unwrap().to_owned();
    relay.send(Method::PUT, "/api/config", &json!({"threshold": 0.5})).await;
    assert_eq!(fetch(path, &etag).await.status, StatusCode::OK, "the threshold is part of it");
}

#[tokio::test]
async fn a_report_is_measured_again() {
    let relay = Relay::new().await;
    let alone = report(&relay, "obama-2009", Some("Ana")).await;
    let verdict = |receipt: &Value| receipt["faces"][0]["verified"].clone();
    let receipt = relay.post("/v1/reports", &alone).await;
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
    assert_eq!(verdict(&receipt.json), "client_claim", "nobody to compare with");
    assert_eq!(receipt.json["faces"][0]["name"], json!(null));

    let id = relay.enrol("Ana", "obama-2009", SFACE).await;
    struct Case {
        portrait: &'static str,
        claim: Option<&'static str>,
        verdict: &'static str,
        name: Option<&'static str>,
    }
    for case in [
        Case { portrait: "obama-2012", claim: Some("ana"), verdict: "server", name: Some("Ana") },
        Case {
            portrait: "obama-2012",
            claim: Some("Luis"),
            verdict: "mismatch",
            name: Some("Ana"),
        },
        Case { portrait: "obama-2012", claim: None, verdict: "mismatch", name: Some("Ana") },
        Case { portrait: "biden-2010", claim: Some("Ana"), verdict: "mismatch", name: None },
        Case { portrait: "biden-2010", claim: None, verdict: "server", name: None },
    ] {
        let body = report(&relay, case.portrait, case.claim).await;
        let receipt = relay.post("/v1/reports", &body).await.json;
        let face = &receipt["faces"][0];
        assert_eq!(verdict(&receipt), case.verdict, "{} {:?}", case.portrait, case.claim);
        assert_eq!(face["name"], json!(case.name), "{} {:?}", case.portrait, case.claim);
        assert_eq!(face["person_id"], json!(case.name.map(|_| id.as_str())));
        assert_eq!(face["liveness"], "not_checked");
        assert_eq!(receipt["channels"], json!(["rest"]));
    }
}

#[tokio::test]
async fn a_report_counts_once_however_often_it_is_sent() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", SFACE).await;
    let body = report(&relay, "obama-2012", Some("Ana")).await;
    let first = relay.post("/v1/reports", &body).await.json;
    assert_eq!((&first["duplicate"], &first["hybrid"]), (&json!(false), &json!(false)));
    let again = relay.post("/v1/reports", &body).await.json;
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["faces"], first["faces"]);
    let mut other = report(&relay, "biden-2010", None).await;
    other["capture_id"] = body["capture_id"].clone();
    let conflict = relay.post("/v1/reports", &other).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_eq!(conflict.json["error"]["code"], "conflict");
    let events = relay.get("/v1/events").await.json["events"].clone();
    assert_eq!(events.as_array().unwrap().len(), 1);
    assert_eq!(events[0]["capture_id"], body["capture_id"]);
    assert_eq!(events[0]["camera_id"], "entrada");
    assert_eq!(events[0]["face"]["name"], "Ana");
}

#[tokio::test]
async fn events_are_paged_newest_first() {
    let relay = Relay::new().await;
    for portrait in ["obama-2009", "biden-2010", "obama-2012"] {
        relay.post("/v1/reports", &report(&relay, portrait, None).await).await;
    }
    let ids = |answer: &Value| -> Vec<i64> {
        answer["events"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect()
    };
    let all = ids(&relay.get("/v1/events").await.json);
    assert_eq!(all.len(), 3);
    assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
    assert_eq!(ids(&relay.get("/v1/events?limit=1").await.json), all[..1]);
    let page = relay.get(&format!("/v1/events?limit=1&before={}", all[0])).await;
    assert_eq!(ids(&page.json), all[1..2]);
    for query in ["limit=0", "limit=1001", "limit=-1", "limit=x", "before=x"] {
        let refused = relay.get(&format!("/v1/events?{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.json["error"]["code"], "invalid-request", "{query}");
    }
}

#[tokio::test]
async fn health_is_open_about_every_model() {
    let relay = Relay::new().await;
    let health = relay.get("/v1/health").await;
    assert_eq!((health.status, &health.json["status"]), (StatusCode::OK, &json!("ok")));
    let models: Vec<&Value> =
        health.json["models"].as_array().unwrap().iter().map(|model| &model["id"]).collect();
    for id in ["yunet-2023mar", "dlib-resnet-v1", "sface-2021dec"] {
        assert!(models.contains(&&json!(id)), "{id}");
    }
    assert_eq!(health.json["deliveries_pending"], 0);
}

#[tokio::test]
async fn what_is_not_there_is_an_error_envelope() {
    let relay = Relay::new().await;
    let missing = relay.get("/v1/otra").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.json["error"]["code"], "not-found");
    let wrong = relay.send(Method::PUT, "/v1/people", &json!({})).await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.json["error"]["code"], "invalid-request");
}
