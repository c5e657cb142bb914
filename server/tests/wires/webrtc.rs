//! `/webrtc/*`.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rostro_core::ModelId;
use serde_json::json;

use crate::relay::{Relay, data_url, data_url_of, empty_picture, file_of, side_by_side};

const DLIB: ModelId = ModelId::DlibResnetV1;
const SFACE: ModelId = ModelId::Sface2021Dec;

#[tokio::test]
async fn status_and_test_with_and_without_the_last_slash() {
    let relay = Relay::new().await;
    for slash in ["", "/"] {
        let status = relay.get(&format!("/webrtc/status{slash}")).await;
        assert_eq!(status.status, StatusCode::OK);
        assert_eq!(status.json["status"], "ok");
        assert_eq!(status.json["port"], 8000);
        assert_eq!(status.json["endpoints"]["face"], "/webrtc/face/");
        let path = format!("/webrtc/test{slash}");
        let test = relay.get(&path).await;
        assert_eq!((test.status, &test.json["method"]), (StatusCode::OK, &json!("GET")));
        let sent = json!({"ñ": [1, 2.5, null], "n": -3});
        let test = relay.post(&path, &sent).await;
        assert_eq!(test.json["received_data"], sent);
        assert_eq!(
            (&test.json["status"], &test.json["method"]),
            (&json!("success"), &json!("POST"))
        );
        let bad = relay.send_text(Method::POST, &path, "application/json", "{").await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST);
        assert_eq!(bad.json, json!({"status": "error", "message": "JSON inválido"}));
    }
}

#[tokio::test]
async fn a_known_face_is_named() {
    let relay = Relay::new().await;
    let id = relay.enrol("Barack Obama", "obama-2009", DLIB).await;
    for path in ["/webrtc/face", "/webrtc/face/"] {
        let body = json!({
            "image": data_url("obama-2012"),
            "timestamp": "2026-11-22T10:00:00.000Z",
            "source": "manual_capture",
            "quality": 0.8,
        });
        let answer = relay.post(path, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let face = answer.json;
        assert_eq!(face["status"], "success");
        assert_eq!(face["recognized"], true);
        assert_eq!(face["faces_detected"], 1);
        assert_eq!(face["timestamp"], "2026-11-22T10:00:00.000Z");
        assert_eq!(
            face["person"],
            json!({
                "id": id,
                "nombre": "Barack Obama",
                "unidad": "4B",
                "tipo": "propietario",
                "documento": "12345678",
                "activo": true,
            })
        );
        let confidence = face["confidence"].as_f64().unwrap();
        assert!((0.4..=1.0).contains(&confidence), "{confidence}");
        assert_eq!(face["details"]["provider"], "dlib-resnet-v1");
        assert!((face["details"]["tolerance_used"].as_f64().unwrap() - 0.6).abs() < 1e-6);
        assert_eq!(face["details"]["processing_time"], face["processing_time"]);
        assert!(face["processing_time"].as_f64().unwrap() > 0.0);
    }
}

#[tokio::test]
async fn every_way_to_send_a_picture_is_the_same_picture() {
    let relay = Relay::new().await;
    relay.enrol("Barack Obama", "obama-2009", SFACE).await;
    let base64 = BASE64_STANDARD.encode(file_of("obama-2012"));
    let json = json!({"image": base64, "timestamp": 1_732_269_600_123_u64}).to_string();
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded", ""] {
        let answer = relay.send_text(Method::POST, "/webrtc/face/", kind, json.clone()).await;
        assert_eq!(answer.json["recognized"], true, "{kind}: {}", answer.text);
        assert_eq!(answer.json["timestamp"], 1_732_269_600_123_u64, "a number stays a number");
        assert_eq!(answer.json["details"]["provider"], "sface-2021dec");
    }
    let (kind, form) = form(&[
        ("otro", None, b"da igual"),
        ("frame", Some("foto.jpg"), &file_of("obama-2012")),
        ("timestamp", None, b"ahora"),
    ]);
    let answer = relay.send_text(Method::POST, "/webrtc/face/", &kind, form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json["person"]["nombre"], "Barack Obama");
    assert_eq!(answer.json["timestamp"], "ahora");
}

/// A multipart form: name, file name, content.
pub(crate) fn form(fields: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, file, content) in fields {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head =
            format!("--limite\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--limite--\r\n");
    ("multipart/form-data; boundary=limite".to_owned(), body)
}

#[tokio::test]
async fn nobody_known_is_told_from_nobody_there() {
    let relay = Relay::new().await;
    let before_anybody =
        relay.post("/webrtc/face/", &json!({"image": data_url("biden-2010")})).await;
    assert_eq!(before_anybody.json["recognized"], false);
    assert_eq!(before_anybody.json["faces_detected"], 1, "nobody is enrolled, the face is there");
    relay.enrol("Barack Obama", "obama-2009", DLIB).await;
    for (image, faces) in [(data_url("biden-2010"), 1), (data_url_of(&empty_picture()), 0)] {
        let answer = relay.post("/webrtc/face/", &json!({"image": image})).await;
        assert_eq!(answer.status, StatusCode::OK);
        let face = answer.json;
        assert_eq!((&face["recognized"], &face["person"]), (&json!(false), &json!(null)));
        assert_eq!((&face["confidence"], &face["faces_detected"]), (&json!(0.0), &json!(faces)));
        let timestamp = face["timestamp"].as_str().unwrap();
        assert!(timestamp.ends_with('Z'), "{timestamp}");
        timestamp.parse::<jiff::Timestamp>().unwrap();
    }
}

#[tokio::test]
async fn of_several_faces_the_best_known_is_answered() {
    let relay = Relay::new().await;
    relay.enrol("Barack Obama", "obama-2009", DLIB).await;
    let both = data_url_of(&side_by_side("biden-2010", "obama-2012"));
    let answer = relay.post("/webrtc/face/", &json!({"image": both})).await;
    assert_eq!(answer.json["faces_detected"], 2, "{}", answer.text);
    assert_eq!(answer.json["person"]["nombre"], "Barack Obama");
    let results = relay.get("/api/results").await.json;
    assert_eq!(results["total"], 2, "both faces are stored");
}

#[tokio::test]
async fn a_probe_is_held_against_every_model_that_somebody_is_enrolled_in() {
    let relay = Relay::new().await;
    relay.enrol("Barack Obama", "obama-2009", DLIB).await;
    relay.enrol("Joe Biden", "biden-2010", SFACE).await;
    for (portrait, name, model) in [
        ("obama-2012", "Barack Obama", "dlib-resnet-v1"),
        ("biden-2010", "Joe Biden", "sface-2021dec"),
    ] {
        let answer = relay.post("/webrtc/face/", &json!({"image": data_url(portrait)})).await;
        assert_eq!(answer.json["person"]["nombre"], name, "{}", answer.text);
        assert_eq!(answer.json["details"]["provider"], model);
        assert!(
            (answer.json["details"]["tolerance_used"].as_f64().unwrap() - 0.6).abs() < 1e-6,
            "on the legacy scale whatever model decided"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_json_too() {
    let relay = Relay::new().await;
    for (method, path, status) in [
        (Method::GET, "/webrtc/face/", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "/webrtc/face", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, "/webrtc/status/", StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, "/webrtc/test/", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/webrtc/otra/", StatusCode::NOT_FOUND),
        (Method::GET, "/webrtc", StatusCode::NOT_FOUND),
        (Method::GET, "/", StatusCode::NOT_FOUND),
    ] {
        let answer = relay.send(method.clone(), path, &json!({})).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.json["error"].is_string(), "{method} {path}: {}", answer.text);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            assert!(answer.headers.contains_key("allow"), "{method} {path}");
        }
    }
}
