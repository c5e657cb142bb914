//! Socket.IO.

use std::time::Duration;

use axum::http::StatusCode;
use rostro_core::ModelId;
use rostro_server::app::App;
use rostro_server::auth::Access;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::polling::{Client, Packet};
use crate::relay::{Relay, data_url, data_url_of, empty_picture, no_models};

const DLIB: ModelId = ModelId::DlibResnetV1;

#[tokio::test]
async fn config_and_stats_come_on_joining() {
    let relay = Relay::new().await;
    let mut client = Client::join(&relay).await;
    let Packet::Event(first, config) = client.next().await else { panic!() };
    let Packet::Event(second, stats) = client.next().await else { panic!() };
    assert_eq!((first.as_str(), second.as_str()), ("config", "stats"));
    assert_eq!(
        config,
        json!({
            "provider": "sface-2021dec",
            "max_fps": 15,
            "supported_formats": ["image/jpeg", "image/png", "image/webp"],
            "max_resolution": {"width": 1280, "height": 720},
        })
    );
    assert_eq!(stats["connected_clients"], 1);
    assert_eq!(stats["total_frames_processed"], 0);
    assert_eq!(stats["current_provider"], "sface-2021dec");
    let mut available: Vec<&str> =
        stats["available_providers"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    available.sort_unstable();
    assert_eq!(available, ["dlib-resnet-v1", "sface-2021dec"]);
}

#[tokio::test]
async fn a_known_frame() {
    let relay = Relay::new().await;
    let id = relay.enrol("Barack Obama", "obama-2009", DLIB).await;
    let mut client = Client::ready(&relay).await;
    let frame = json!({
        "image": data_url("obama-2012"),
        "frame_id": 7,
        "quality": 0.8,
        "timestamp": 1_732_269_600_123_u64,
    });
    client.emit("process_frame", &frame).await;
    let result = client.event("recognition_result").await;
    assert_eq!(result["reconocido"], true);
    assert_eq!(
        result["persona"],
        json!({
            "id": id,
            "nombre": "Barack Obama",
            "vivienda": "4B",
            "tipo_residente": "propietario",
            "documento": "12345678",
        })
    );
    assert!((0.4..=1.0).contains(&result["confianza"].as_f64().unwrap()), "{result}");
    assert_eq!(result["proveedor"], "dlib-resnet-v1");
    assert!((result["threshold_usado"].as_f64().unwrap() - 0.6).abs() < 1e-6);
    assert!(result["processing_time"].as_f64().unwrap() > 0.0);
    assert_eq!(result["frame_id"], 7);
    assert_eq!(result["timestamp"], 1_732_269_600_123_u64);
    assert!(result.get("mensaje").is_none());
    client.emit("get_stats", &json!(null)).await;
    let stats = client.event("stats").await;
    assert_eq!(
        (&stats["total_frames_processed"], &stats["successful_recognitions"]),
        (&json!(1), &json!(1))
    );
    assert!(stats["average_processing_time"].as_f64().unwrap() > 0.0);
    client.send(r#"42["reset_stats"]"#).await;
    assert_eq!(client.event("stats").await["total_frames_processed"], 0);
}

#[tokio::test]
async fn unknown_frames() {
    let relay = Relay::new().await;
    relay.enrol("Barack Obama", "obama-2009", DLIB).await;
    let mut client = Client::ready(&relay).await;
    for (image, faces) in [(data_url("biden-2010"), 1), (data_url_of(&empty_picture()), 0)] {
        client.emit("process_frame", &json!({"image": image})).await;
        let result = client.event("recognition_result").await;
        assert_eq!((&result["reconocido"], &result["persona"]), (&json!(false), &json!(null)));
        assert_eq!((&result["confianza"], &result["faces_detected"]), (&json!(0.0), &json!(faces)));
        assert!(result["mensaje"].is_string() && result["proveedor"].is_string());
        assert_eq!(result["frame_id"], json!(null));
        assert!(result["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(result.get("threshold_usado").is_none());
    }
}

#[tokio::test]
async fn frames_that_are_none_are_invalid_data_and_nothing_falls_over() {
    let relay = Relay::new().await;
    let mut client = Client::ready(&relay).await;
    let cases = [
        (json!({"frame_id": 1}), Some(json!(1))),
        (json!({"image": null, "frame_id": "dos"}), Some(json!("dos"))),
        (json!({"image": "", "frame_id": 3}), Some(json!(3))),
        (json!({"image": "%%%", "frame_id": 4}), Some(json!(4))),
        (json!({"image": "data:image/jpeg;base64,bm8=", "frame_id": 5}), Some(json!(5))),
        (json!({"image": data_url_of(b"<svg/>"), "frame_id": 6}), Some(json!(6))),
        (json!({"image": 7, "frame_id": 7}), None),
        (json!({"image": "aGk=", "frame_id": {}}), None),
        (json!({"image": "aGk=", "capture_id": "7"}), None),
        (json!(null), None),
        (json!("aGk="), None),
        (json!([1, 2]), None),
        (json!(5), None),
    ];
    for (frame, frame_id) in cases {
        client.emit("process_frame", &frame).await;
        let error = client.event("error").await;
        assert_eq!(error["code"], "INVALID_DATA", "{frame}");
        assert!(error["message"].is_string(), "{frame}");
        assert_eq!(error.get("frame_id"), frame_id.as_ref(), "{frame}");
    }
    for raw in [
        r#"42["process_frame"]"#.to_owned(),
        r#"42["process_frame",{"image":"\ud800"}]"#.to_owned(),
        r#"42["process_frame",{"image":"aGk=","frame_id":1e400}]"#.to_owned(),
        r#"42["process_frame",{"image":"aGk=","frame_id":[[[[[[[[]]]]]]]]}]"#.to_owned(),
    ] {
        client.send(&raw).await;
        let error = client.event("error").await;
        assert_eq!(error["code"], "INVALID_DATA", "{}", &raw[..raw.len().min(60)]);
    }
    client.emit("process_frame", &json!({"image": data_url_of(&empty_picture())})).await;
    assert_eq!(client.event("recognition_result").await["faces_detected"], 0, "still at work");
}

#[tokio::test]
async fn a_packet_that_is_no_json_ends_its_session_and_no_other() {
    let relay = Relay::new().await;
    let mut other = Client::ready(&relay).await;
    for raw in [
        r#"42["process_frame",{"image":"aGk=""#.to_owned(),
        format!(r#"42["process_frame",{{"image":"aGk=","x":{}}}]"#, "[".repeat(50_000)),
        "42{}".to_owned(),
        "42".to_owned(),
        "4x".to_owned(),
        "\u{1}".to_owned(),
        "51-[\"process_frame\",{\"_placeholder\":true,\"num\":7}]".to_owned(),
    ] {
        let client = Client::ready(&relay).await;
        let answer = client.try_send(raw.clone()).await;
        assert!(!answer.status.is_server_error(), "{}", &raw[..raw.len().min(60)]);
    }
    other.emit("process_frame", &json!({"image": data_url_of(&empty_picture())})).await;
    assert_eq!(other.event("recognition_result").await["faces_detected"], 0);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused() {
    let relay = Relay::new().await;
    let client = Client::ready(&relay).await;
    let image = "A".repeat(13 << 20);
    let answer = client.try_send(format!(r#"42["process_frame",{{"image":"{image}"}}]"#)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn whoever_asks_for_an_ack_gets_one() {
    let relay = Relay::new().await;
    let mut client = Client::ready(&relay).await;
    let frame = json!({"image": data_url_of(&empty_picture()), "frame_id": 1});
    assert_eq!(client.call("process_frame", &frame).await["reconocido"], false);
    let bad = client.call("process_frame", &json!({"frame_id": 2})).await;
    assert_eq!((&bad["code"], &bad["frame_id"]), (&json!("INVALID_DATA"), &json!(2)));
    let unknown = client.call("no_such_event", &json!({})).await;
    assert_eq!(
        (&unknown["ok"], &unknown["error"]["code"]),
        (&json!(false), &json!("invalid-request"))
    );
}

#[tokio::test]
async fn of_a_burst_the_newest_is_answered_and_the_overtaken_are_not() {
    let relay = Relay::new().await;
    let mut client = Client::ready(&relay).await;
    let image = data_url("obama-2009");
    let burst: Vec<String> = (1..=20)
        .map(|frame_id| {
            format!("42{}", json!(["process_frame", {"image": image, "frame_id": frame_id}]))
        })
        .collect();
    client.send(&burst.join("\u{1e}")).await;
    let mut answered = Vec::new();
    while answered.last() != Some(&20) {
        let result = client.event("recognition_result").await;
        answered.push(result["frame_id"].as_i64().unwrap());
    }
    assert!(answered.is_sorted_by(|a, b| a < b), "{answered:?}");
    assert!(answered.len() < 20, "{answered:?}");
}

#[tokio::test]
async fn providers_are_the_recognisers() {
    let relay = Relay::new().await;
    let mut client = Client::ready(&relay).await;
    let mut other = Client::ready(&relay).await;
    client.emit("change_provider", &json!({"provider": "dlib-resnet-v1"})).await;
    assert_eq!(client.event("config").await["provider"], "dlib-resnet-v1");
    assert_eq!(other.event("config").await["provider"], "dlib-resnet-v1");
    for (payload, code) in [
        (json!({"provider": "facenet"}), "PROVIDER_NOT_AVAILABLE"),
        (json!({"provider": ""}), "PROVIDER_NOT_AVAILABLE"),
        (json!({"provider": 5}), "INVALID_DATA"),
        (json!(null), "INVALID_DATA"),
    ] {
        client.emit("change_provider", &payload).await;
        let error = client.event("error").await;
        assert_eq!(error["code"], code, "{payload}");
        assert!(error.get("frame_id").is_none());
    }
    client.emit("get_stats", &json!(null)).await;
    assert_eq!(client.event("stats").await["current_provider"], "dlib-resnet-v1");
}

#[tokio::test]
async fn without_models_a_frame_is_a_processing_error() {
    let relay = Relay::with(no_models(), Access::new(None, &[])).await;
    let mut client = Client::ready(&relay).await;
    client.emit("process_frame", &json!({"image": data_url("obama-2009"), "frame_id": 3})).await;
    let error = client.event("error").await;
    assert_eq!((&error["code"], &error["frame_id"]), (&json!("PROCESSING_ERROR"), &json!(3)));
    client.emit("change_provider", &json!({"provider": "sface-2021dec"})).await;
    assert_eq!(client.event("error").await["code"], "PROVIDER_NOT_AVAILABLE");
}

#[tokio::test]
async fn a_capture_by_rest_and_socket_is_one() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    let mut client = Client::ready(&relay).await;
    let (id, image) = (Uuid::new_v4(), data_url("obama-2012"));
    let rest = relay.post("/webrtc/face/", &json!({"image": image, "capture_id": id})).await;
    assert_eq!((&rest.json["hybrid"], &rest.json["channels"]), (&json!(false), &json!(["rest"])));
    client.emit("process_frame", &json!({"image": image, "capture_id": id})).await;
    let live = client.event("recognition_result").await;
    assert_eq!((&live["hybrid"], &live["capture_id"]), (&json!(true), &json!(id)));
    assert_eq!(live["persona"]["id"], rest.json["person"]["id"]);
    assert_eq!(relay.get("/api/stats").await.json["total_detections"], 1);
}

async fn report(relay: &Relay, portrait: &str, name: &str) -> Value {
    let embedding = relay.embedding_of(portrait, ModelId::Sface2021Dec).await.values().to_vec();
    json!({
        "capture_id": Uuid::new_v4(),
        "captured_at": jiff::Timestamp::now().to_string(),
        "faces": [{
            "box": {"top": 10, "right": 110, "bottom": 130, "left": 20},
            "score": 0.97,
            "model": "sface-2021dec",
            "embedding": embedding,
            "claim": {"name": name},
        }],
    })
}

#[tokio::test]
async fn a_report_is_acked_once_it_is_stored() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", ModelId::Sface2021Dec).await;
    let mut client = Client::ready(&relay).await;
    let sent = report(&relay, "obama-2012", "Ana").await;
    let ack = client.call("report", &sent).await;
    assert_eq!(ack["ok"], true, "{ack}");
    assert_eq!(ack["receipt"]["channels"], json!(["socket"]));
    assert_eq!(ack["receipt"]["faces"][0]["verified"], "server");
    let rest = relay.post("/v1/reports", &sent).await.json;
    assert_eq!((&rest["hybrid"], &rest["faces"]), (&json!(true), &ack["receipt"]["faces"]));
    assert_eq!(relay.get("/v1/events").await.json["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_report_that_is_none_is_refused_by_its_ack() {
    let relay = Relay::new().await;
    let mut client = Client::ready(&relay).await;
    let good = report(&relay, "obama-2009", "Ana").await;
    let spoiled = |pointer: &str, value: Value| {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = value;
        report
    };
    for (body, code, field) in [
        (json!(null), "invalid-request", None),
        (json!({}), "invalid-request", None),
        (spoiled("/capture_id", json!("7")), "invalid-request", None),
        (spoiled("/faces", json!([])), "invalid-request", Some("faces")),
        (spoiled("/captured_at", json!("ayer")), "invalid-request", Some("captured_at")),
        (spoiled("/faces/0/score", json!(1.5)), "invalid-request", Some("faces[0].score")),
        (spoiled("/faces/0/model", json!("x")), "invalid-embedding", Some("faces[0].model")),
        (
            spoiled("/faces/0/embedding", json!([0.1])),
            "invalid-embedding",
            Some("faces[0].embedding"),
        ),
        (
            spoiled("/faces/0/embedding/3", json!(1e300)),
            "invalid-embedding",
            Some("faces[0].embedding"),
        ),
    ] {
        let ack = client.call("report", &body).await;
        assert_eq!(ack["ok"], false, "{code} {field:?}");
        assert_eq!(ack["error"]["code"], code, "{field:?}: {ack}");
        assert_eq!(ack["error"].get("field").and_then(Value::as_str), field, "{ack}");
    }
    assert_eq!(relay.get("/v1/events").await.json, json!({"events": []}));
}

#[tokio::test]
async fn everybody_is_told_of_results_and_of_new_people() {
    let mut relay = Relay::new().await;
    let App { router, realtime } = App::new(relay.state.clone());
    relay.router = router;
    let stop = CancellationToken::new();
    let telling = tokio::spawn(realtime.run(stop.clone()));
    let mut client = Client::ready(&relay).await;
    let id = relay.enrol("Ana", "obama-2009", DLIB).await;
    let version = client.event("gallery").await["version"].clone();
    assert!(version.is_u64(), "{version}");
    relay.post("/webrtc/face/", &json!({"image": data_url("obama-2012")})).await;
    let event = client.event("event").await;
    assert_eq!(event["face"]["person_id"], json!(id));
    assert_eq!(event, relay.get("/v1/events").await.json["events"][0]);
    stop.cancel();
    telling.await.unwrap();
}

#[tokio::test]
async fn everybody_is_told_the_figures_now_and_then() {
    let mut relay = Relay::new().await;
    let App { router, realtime } = App::new(relay.state.clone());
    relay.router = router;
    let stop = CancellationToken::new();
    let realtime = realtime.with_stats_every(Duration::from_millis(20));
    let telling = tokio::spawn(realtime.run(stop.clone()));
    let mut client = Client::ready(&relay).await;
    for _ in 0..2 {
        assert_eq!(client.event("stats").await["connected_clients"], 1);
    }
    stop.cancel();
    telling.await.unwrap();
}

#[tokio::test]
async fn with_a_key_nobody_joins_without_it() {
    let relay = Relay::with_key("la-clave").await;
    for auth in ["", "{}", r#"{"token":""}"#, r#"{"token":"otra"}"#, r#"{"token":5}"#, "[]"] {
        let mut client = Client::open(&relay).await;
        client.send(&format!("40{auth}")).await;
        let Packet::Refused(error) = client.next().await else { panic!("{auth}") };
        assert!(error["message"].is_string(), "{auth}");
    }
    let mut client = Client::open(&relay).await;
    client.send(r#"40{"token":"la-clave"}"#).await;
    assert_eq!(client.next().await, Packet::Joined);
}
