//! A model that is missing is said to be so: it is never "unknown", and never a name.

use axum::http::StatusCode;
use rostro_core::ModelId;
use rostro_server::auth::Access;
use rostro_server::recognition::load::LoadedModels;
use serde_json::json;

use crate::relay::{Relay, all_models, data_url, no_models};

#[tokio::test]
async fn without_models_no_picture_is_judged() {
    let relay = Relay::with(no_models(), Access::new(None, &[])).await;
    let body = json!({"image": data_url("obama-2009"), "timestamp": "2026-11-22T10:00:00Z"});
    let answer = relay.post("/webrtc/face/", &body).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.json["status"], "error");
    assert_eq!(answer.json["timestamp"], "2026-11-22T10:00:00Z");
    assert!(answer.json["message"].as_str().unwrap().contains("yunet-2023mar"));
    assert!(answer.json.get("recognized").is_none());
    assert_eq!(relay.get("/api/results").await.json["total"], 0);
    let health = relay.get("/v1/health").await;
    assert_eq!((health.status, &health.json["status"]), (StatusCode::OK, &json!("degraded")));
    for model in health.json["models"].as_array().unwrap() {
        assert_eq!(model["available"], false, "{model}");
        assert!(model["reason"].is_string(), "{model}");
    }
}

#[tokio::test]
async fn without_the_model_that_people_are_enrolled_in_nobody_is_judged() {
    let whole = Relay::new().await;
    let sample = whole.embedding_of("obama-2009", ModelId::DlibResnetV1).await;
    let detector_only = rostro_core::Engine::new(
        rostro_infer::load_detector(
            &rostro_models::read_verified(
                std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").as_path(),
                rostro_models::YUNET,
            )
            .unwrap(),
        )
        .unwrap(),
    );
    let models = LoadedModels {
        engine: Some(std::sync::Arc::new(detector_only)),
        status: all_models().status,
    };
    let relay = Relay::with(models, Access::new(None, &[])).await;
    let body = json!({"image": data_url("obama-2009")});
    let nobody_enrolled = relay.post("/webrtc/face/", &body).await;
    assert_eq!(nobody_enrolled.json["faces_detected"], 1, "{}", nobody_enrolled.text);
    let person = json!({"name": "Ana", "encoding": sample.values().to_vec()});
    assert_eq!(relay.post("/api/register", &person).await.status, StatusCode::OK);
    let answer = relay.post("/webrtc/face/", &body).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.json["message"].as_str().unwrap().contains("dlib-resnet-v1"));
}
