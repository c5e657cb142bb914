//! `/api/*`.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};

use crate::relay::{Relay, data_url};

const DLIB: ModelId = ModelId::DlibResnetV1;

async fn show(relay: &Relay, portrait: &str) {
    let answer = relay.post("/webrtc/face/", &json!({"image": data_url(portrait)})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn an_empty_relay_has_nothing() {
    let relay = Relay::new().await;
    assert_eq!(
        relay.get("/api/status").await.json,
        json!({"active": false, "stream_url": null, "total_results": 0, "encodings_loaded": 0})
    );
    assert_eq!(relay.get("/api/results").await.json, json!({"results": [], "total": 0}));
    assert_eq!(
        relay.get("/api/stats").await.json,
        json!({"total_detections": 0, "recognized": {}, "unknown_count": 0, "unique_persons": 0})
    );
    for path in ["/api/latest", "/video_feed", "/api/otra", "/api"] {
        let answer = relay.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.json["error"].is_string(), "{path}");
    }
    let wrong = relay.get("/api/start").await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(wrong.json["error"].is_string());
}

#[tokio::test]
async fn register_counts_encodings() {
    let relay = Relay::new().await;
    for (total_users, portrait) in [(1, "obama-2009"), (2, "obama-2012")] {
        let encoding = relay.embedding_of(portrait, DLIB).await.values().to_vec();
        let body = json!({
            "name": "José Núñez",
            "encoding": encoding,
            "image_url": "http://169.254.169.254/latest",
            "client_id": 42,
        });
        let answer = relay.post("/api/register", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(
            answer.json,
            json!({
                "success": true,
                "message": "Usuario José Núñez registrado exitosamente",
                "total_users": total_users,
            })
        );
    }
    let people = relay.get("/v1/people").await.json["people"].clone();
    assert_eq!(people.as_array().unwrap().len(), 1);
    assert_eq!(people[0]["client_id"], "42");
    assert_eq!(people[0]["encodings"], json!({"dlib-resnet-v1": 2}));
    show(&relay, "obama-2012").await;
    assert_eq!(relay.get("/api/latest").await.json["name"], "José Núñez");
}

#[tokio::test]
async fn register_refuses_in_the_words_of_the_original() {
    let relay = Relay::new().await;
    let numbers = |count: usize| vec![0.1; count];
    for (body, error) in [
        (json!({}), "name and encoding are required"),
        (json!({"name": "Ana"}), "name and encoding are required"),
        (json!({"name": "", "encoding": numbers(128)}), "name and encoding are required"),
        (
            json!({"name": "Ana", "encoding": numbers(127)}),
            "Encoding must be 128-dimensional, got (127,)",
        ),
        (
            json!({"name": "Ana", "encoding": [numbers(128)]}),
            "Encoding must be 128-dimensional, got (1, 128)",
        ),
    ] {
        let answer = relay.post("/api/register", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json, json!({"error": error}));
    }
    assert_eq!(relay.get("/api/status").await.json["encodings_loaded"], 0);
}

#[tokio::test]
async fn register_adds_warnings_only_where_there_are_any() {
    let relay = Relay::new().await;
    let encoding = |name: &'static str| relay.embedding_of(name, ModelId::DlibResnetV1);
    let (first, second) = (encoding("obama-2012").await, encoding("biden-2010").await);
    let register = async |name: &str, encoding: &rostro_core::Embedding| {
        let body = json!({"name": name, "encoding": encoding.values().to_vec()});
        let answer = relay.post("/api/register", &body).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json
    };
    assert_eq!(
        register("Ana", &first).await,
        json!({
            "success": true,
            "message": "Usuario Ana registrado exitosamente",
            "total_users": 1,
        })
    );
    let codes = |answer: serde_json::Value| {
        let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
        warnings.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(register("Ana", &first).await), ["near-identical"]);
    assert_eq!(codes(register("Joe", &second).await), [""; 0]);
    let double = register("Luis", &first).await;
    assert_eq!(
        double["warnings"],
        json!([{"code": "already-enrolled", "message": "La misma cara ya está registrada como Ana"}])
    );
    assert_eq!(double["success"], true);
}

#[tokio::test]
async fn register_takes_the_model_that_is_named() {
    let relay = Relay::new().await;
    let sface = relay.embedding_of("obama-2009", ModelId::Sface2021Dec).await.values().to_vec();
    let body = json!({"name": "Ana", "encoding": sface, "model": "sface-2021dec"});
    assert_eq!(relay.post("/api/register", &body).await.status, StatusCode::OK);
    let people = relay.get("/v1/people").await.json;
    assert_eq!(people["people"][0]["encodings"], json!({"sface-2021dec": 1}));
    let unknown = json!({"name": "Ana", "encoding": sface, "model": "facenet"});
    assert_eq!(relay.post("/api/register", &unknown).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn start_and_stop() {
    let relay = Relay::new().await;
    let started = relay.post("/api/start", &json!(null)).await;
    assert_eq!(started.status, StatusCode::OK);
    assert_eq!(started.json["status"], "started");
    assert!(started.json["message"].is_string() && started.json["stream_url"].is_null());
    let again = relay.post("/api/start", &json!(null)).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.json["error"].is_string());
    assert_eq!(relay.get("/api/status").await.json["active"], true);
    for _ in 0..2 {
        let stopped = relay.post("/api/stop", &json!(null)).await;
        assert_eq!((stopped.status, &stopped.json["status"]), (StatusCode::OK, &json!("stopped")));
    }
    assert_eq!(relay.get("/api/status").await.json["active"], false);
    assert_eq!(relay.post("/api/start", &json!(null)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn results_latest_and_stats() {
    let relay = Relay::new().await;
    relay.enrol("José Núñez", "obama-2009", DLIB).await;
    for portrait in ["obama-2012", "biden-2010", "obama-2009"] {
        show(&relay, portrait).await;
    }
    let results = relay.get("/api/results").await.json;
    assert_eq!(results["total"], 3);
    let names: Vec<&Value> =
        results["results"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["José Núñez", "Desconocido", "José Núñez"]);
    for result in results["results"].as_array().unwrap() {
        is_result_object(result);
    }
    assert_eq!(relay.get("/api/latest").await.json, results["results"][2]);
    let two = relay.get("/api/results?limit=2").await.json;
    assert_eq!(two["results"], json!([results["results"][1], results["results"][2]]));
    let mine = relay.get("/api/results/jos%C3%A9%20n%C3%BA%C3%91ez?limit=1").await.json;
    assert_eq!(
        mine,
        json!({"user": "josé núÑez", "results": [results["results"][2]], "total": 2, "returned": 1})
    );
    let nobody = relay.get("/api/results/nadie").await.json;
    assert_eq!(nobody, json!({"user": "nadie", "results": [], "total": 0, "returned": 0}));
    assert_eq!(
        relay.get("/api/stats").await.json,
        json!({
            "total_detections": 3,
            "recognized": {"José Núñez": 2},
            "unknown_count": 1,
            "unique_persons": 1,
            "last_detection": results["results"][2],
        })
    );
    assert_eq!(relay.get("/api/status").await.json["total_results"], 3);
}

fn is_result_object(result: &Value) {
    let timestamp = result["timestamp"].as_str().unwrap();
    timestamp.parse::<jiff::civil::DateTime>().expect("local, without a zone");
    assert!(!timestamp.ends_with('Z'), "{timestamp}");
    let (confidence, distance) =
        (result["confidence"].as_f64().unwrap(), result["distance"].as_f64().unwrap());
    assert!((confidence - (1.0 - distance).max(0.0)).abs() < 0.0056, "{result}");
    assert_eq!((confidence * 100.0).round() / 100.0, confidence);
    assert_eq!((distance * 1000.0).round() / 1000.0, distance);
    let side = |name: &str| result["box"][name].as_i64().unwrap();
    assert!(side("top") < side("bottom") && side("left") < side("right"), "{result}");
}

#[tokio::test]
async fn config() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    let put = async |body: Value| relay.send(Method::PUT, "/api/config", &body).await;
    let answer = put(json!({"threshold": 0.01})).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json, json!({"stream_url": null, "threshold": 0.01}));
    show(&relay, "obama-2012").await;
    assert_eq!(relay.get("/api/latest").await.json["name"], "Desconocido");
    put(json!({"threshold": 0.6})).await;
    show(&relay, "obama-2012").await;
    assert_eq!(relay.get("/api/latest").await.json["name"], "Ana");

    let url = "rtsp://10.0.0.8/stream";
    assert_eq!(put(json!({"stream_url": url})).await.json["stream_url"], url);
    relay.post("/api/start", &json!(null)).await;
    let moved = put(json!({"stream_url": "rtsp://10.0.0.9/", "threshold": 0.5})).await;
    assert_eq!(moved.status, StatusCode::BAD_REQUEST);
    assert!(moved.json["error"].is_string());
    let same = put(json!({"stream_url": url, "camera_id": "entrada"})).await;
    assert_eq!(same.json["stream_url"], url);
    assert!((same.json["threshold"].as_f64().unwrap() - 0.6).abs() < 1e-6, "nothing was changed");
    relay.post("/api/stop", &json!(null)).await;
    assert_eq!(put(json!({"stream_url": null})).await.json["stream_url"], json!(null));
}
