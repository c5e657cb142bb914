//! The legacy wires, frozen: existing clients read every one of these fields.

use std::collections::BTreeMap;

use insta::assert_json_snapshot;
use rostro_wire::flask;
use rostro_wire::result_object::ResultObject;
use rostro_wire::v1::{Channel, PixelBox};
use rostro_wire::webrtc::socket::{
    self, Config, FailureCode, Persona, ProcessFrame, RecognitionResult,
};
use rostro_wire::webrtc::{
    Answered, CaptureMark, Echo, FaceAnswer, FaceRequest, Failure, RestPerson, ServerStatus,
    TestGet, TestPost,
};
use serde_json::json;
use uuid::uuid;

fn answered(faces_detected: usize, capture: Option<CaptureMark>) -> Answered {
    Answered {
        faces_detected,
        provider: "sface-2021dec".to_owned(),
        threshold: 0.6,
        processing_time_ms: 41.5,
        timestamp: Echo::Text("2026-11-22T10:00:00.000Z".to_owned()),
        capture,
    }
}

fn hybrid() -> CaptureMark {
    CaptureMark {
        capture_id: uuid!("0193a7c1-0000-7000-8000-000000000001"),
        hybrid: true,
        channels: vec![Channel::Rest, Channel::Socket],
        disagreement: false,
    }
}

fn rest_person() -> RestPerson {
    RestPerson {
        id: "p1".to_owned(),
        nombre: "José Núñez".to_owned(),
        unidad: "4B".to_owned(),
        tipo: "propietario".to_owned(),
        documento: "12345678".to_owned(),
        activo: true,
    }
}

fn persona() -> Persona {
    Persona {
        id: "p1".to_owned(),
        nombre: "José Núñez".to_owned(),
        vivienda: "4B".to_owned(),
        tipo_residente: "propietario".to_owned(),
        documento: "12345678".to_owned(),
    }
}

fn result(name: &str) -> ResultObject {
    ResultObject {
        timestamp: "2026-11-22T10:00:00.123456".to_owned(),
        name: name.to_owned(),
        confidence: 0.65,
        distance: 0.35,
        bounds: PixelBox { top: 10, right: 110, bottom: 120, left: 20 },
    }
}

#[test]
fn webrtc_status_and_test() {
    assert_json_snapshot!("webrtc_status", ServerStatus::at(8000));
    assert_json_snapshot!("webrtc_test_get", TestGet::default());
    assert_json_snapshot!("webrtc_test_post", TestPost::echoing(json!({"hola": [1, 2.5, null]})));
}

#[test]
fn webrtc_face() {
    assert_json_snapshot!(
        "webrtc_face_known",
        FaceAnswer::known(rest_person(), 0.73, answered(2, Some(hybrid())))
    );
    assert_json_snapshot!("webrtc_face_unknown", FaceAnswer::unknown(answered(1, None)));
    assert_json_snapshot!("webrtc_face_empty", FaceAnswer::unknown(answered(0, None)));
    assert_json_snapshot!("webrtc_failure_of_request", Failure::of_request("JSON inválido"));
    assert_json_snapshot!(
        "webrtc_failure_of_relay",
        Failure::of_relay("no disponible", Echo::Number(1_732_269_600_123_u64.into()))
    );
}

#[test]
fn socket_events() {
    assert_json_snapshot!("socket_config", Config::of("sface-2021dec"));
    let stats = socket::Stats {
        connected_clients: 2,
        total_frames_processed: 30,
        successful_recognitions: 20,
        failed_recognitions: 10,
        average_processing_time: 0.042,
        uptime_seconds: 61.5,
        current_provider: "sface-2021dec".to_owned(),
        available_providers: vec!["dlib-resnet-v1".to_owned(), "sface-2021dec".to_owned()],
    };
    assert_json_snapshot!("socket_stats", stats);
    let frame_id = Some(Echo::Number(7.into()));
    assert_json_snapshot!(
        "socket_result_known",
        RecognitionResult::known(persona(), 0.73, frame_id.clone(), answered(1, Some(hybrid())))
    );
    assert_json_snapshot!(
        "socket_result_unknown",
        RecognitionResult::unknown(None, answered(1, None))
    );
    assert_json_snapshot!(
        "socket_result_empty",
        RecognitionResult::unknown(frame_id.clone(), answered(0, None))
    );
    for (name, code, frame_id) in [
        ("socket_error_invalid", FailureCode::InvalidData, frame_id),
        ("socket_error_processing", FailureCode::ProcessingError, None),
        ("socket_error_provider", FailureCode::ProviderNotAvailable, None),
    ] {
        let message = "un mensaje".to_owned();
        assert_json_snapshot!(name, socket::Failure { message, code, frame_id, busy: false });
    }
}

#[test]
fn flask_answers() {
    let status = flask::Status {
        active: true,
        stream_url: Some("rtsp://cam/1".to_owned()),
        total_results: 12,
        encodings_loaded: 3,
    };
    assert_json_snapshot!("flask_status", status);
    assert_json_snapshot!("flask_started", flask::Started::of(None));
    assert_json_snapshot!("flask_stopped", flask::Stopped::default());
    let results = vec![result("Desconocido"), result("Ana")];
    assert_json_snapshot!("flask_results", flask::Results { results, total: 12 });
    let results = vec![result("Ana")];
    let of = flask::ResultsOf { user: "ANA".to_owned(), results, total: 4, returned: 1 };
    assert_json_snapshot!("flask_results_of", of);
    let stats = flask::Stats {
        total_detections: 12,
        recognized: BTreeMap::from([("Ana".to_owned(), 4), ("Luis".to_owned(), 1)]),
        unknown_count: 7,
        unique_persons: 2,
        last_detection: Some(result("Ana")),
    };
    assert_json_snapshot!("flask_stats", stats);
    let fresh = flask::Stats {
        total_detections: 0,
        recognized: BTreeMap::new(),
        unknown_count: 0,
        unique_persons: 0,
        last_detection: None,
    };
    assert_json_snapshot!("flask_stats_fresh", fresh);
    assert_json_snapshot!(
        "flask_config",
        flask::ConfigAnswer { stream_url: None, threshold: 0.55, warning: None }
    );
    assert_json_snapshot!("flask_registered", flask::Registered::of("Ana", 5));
    assert_json_snapshot!("flask_error", flask::ErrorText::new("name and encoding are required"));
}

#[test]
fn an_echo_keeps_its_type() {
    for json in ["1732269600123", "-3", "1.5", r#""2026-11-22T10:00:00.000Z""#, r#""""#] {
        let echo: Echo = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&echo).unwrap(), json);
    }
    let long = format!("\"{}\"", "x".repeat(Echo::MAX_BYTES + 1));
    for json in ["null", "true", "[1]", "{}", long.as_str()] {
        assert!(serde_json::from_str::<Echo>(json).is_err(), "{json}");
    }
}

#[test]
fn old_clients_may_send_more_and_less() {
    let old = r#"{"image":"aGk=","source":"webcam","quality":0.8,"timestamp":"t"}"#;
    let request: FaceRequest = serde_json::from_str(old).unwrap();
    assert_eq!(request.image.as_deref(), Some("aGk="));
    assert_eq!(request.timestamp, Some(Echo::Text("t".to_owned())));
    assert_eq!(request.capture_id, None);
    let frame: ProcessFrame =
        serde_json::from_str(r#"{"image":"aGk=","frame_id":3,"quality":0.8,"timestamp":5}"#)
            .unwrap();
    assert_eq!(frame.frame_id, Some(Echo::Number(3.into())));
    assert_eq!(serde_json::from_str::<FaceRequest>("{}").unwrap().image, None);
}

#[test]
fn no_picture_and_no_encoding_in_debug_output() {
    let request: FaceRequest = serde_json::from_str(r#"{"image":"c2VjcmV0"}"#).unwrap();
    let frame: ProcessFrame = serde_json::from_str(r#"{"image":"c2VjcmV0"}"#).unwrap();
    let registration: flask::Registration =
        serde_json::from_str(r#"{"name":"Ana","encoding":[0.123]}"#).unwrap();
    let printed = format!("{request:?} {frame:?} {registration:?}");
    for secret in ["c2VjcmV0", "0.123", "Ana"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
