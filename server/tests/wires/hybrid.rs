//! One capture, whatever channels it comes by.

use axum::http::StatusCode;
use rostro_core::ModelId;
use rostro_server::recognition::ImageSource;
use rostro_server::sightings::{Keep, NewPicture};
use rostro_wire::v1::Channel;
use serde_json::json;
use uuid::Uuid;

use crate::relay::{Relay, data_url, data_url_of, empty_picture};

fn live(image: &str, capture_id: Option<Uuid>) -> NewPicture {
    NewPicture {
        image: ImageSource::Text(image.to_owned()),
        channel: Channel::Socket,
        capture_id,
        camera_id: None,
        keep: Keep::NowAndThen { stream: "socket-1".to_owned() },
        caller: "socket-1".to_owned(),
    }
}

#[tokio::test]
async fn both_channels_complete_one_capture() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", ModelId::DlibResnetV1).await;
    let (id, image) = (Uuid::new_v4(), data_url("obama-2012"));
    let first = relay.state.sightings.picture(live(&image, Some(id))).await.unwrap();
    let receipt = first.receipt.unwrap();
    assert!(!receipt.hybrid);
    assert_eq!(receipt.channels, [Channel::Socket]);

    let answer = relay.post("/webrtc/face/", &json!({"image": image, "capture_id": id})).await;
    assert_eq!(answer.json["capture_id"], json!(id));
    assert_eq!(answer.json["hybrid"], true);
    let mut channels: Vec<String> =
        serde_json::from_value(answer.json["channels"].clone()).unwrap();
    channels.sort();
    assert_eq!(channels, ["rest", "socket"]);
    assert_eq!(relay.get("/api/results").await.json["total"], 1, "counted once");

    let other = json!({"image": data_url("biden-2010"), "capture_id": id});
    let conflict = relay.post("/webrtc/face/", &other).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_eq!(conflict.json["status"], "error");
}

#[tokio::test]
async fn a_capture_without_a_face_is_hybrid_too() {
    let relay = Relay::new().await;
    let (id, image) = (Uuid::new_v4(), data_url_of(&empty_picture()));
    let body = json!({"image": image, "capture_id": id});
    assert_eq!(relay.post("/webrtc/face/", &body).await.json["hybrid"], false);
    let second = relay.state.sightings.picture(live(&image, Some(id))).await.unwrap();
    assert!(second.receipt.unwrap().hybrid);
    assert_eq!(relay.get("/api/results").await.json["total"], 0);
}

#[tokio::test]
async fn a_stream_is_told_of_once_in_a_while_and_a_capture_always() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", ModelId::DlibResnetV1).await;
    let sightings = &relay.state.sightings;
    for _ in 0..3 {
        let known = sightings.picture(live(&data_url("obama-2012"), None)).await.unwrap().known;
        assert_eq!(known.unwrap().person.name, "Ana");
        sightings.picture(live(&data_url("biden-2010"), None)).await.unwrap();
    }
    let total = async || relay.get("/api/results").await.json["total"].clone();
    assert_eq!(total().await, 2, "each once");
    let capture = live(&data_url("obama-2012"), Some(Uuid::new_v4()));
    sightings.picture(capture).await.unwrap();
    assert_eq!(total().await, 3);
    relay.post("/webrtc/face/", &json!({"image": data_url("obama-2012")})).await;
    assert_eq!(total().await, 4);
    let counts = relay.state.stats.counts();
    assert_eq!((counts.pictures, counts.known), (8, 5));
}

#[tokio::test]
async fn channels_that_see_other_people_say_so() {
    let relay = Relay::new().await;
    relay.enrol("Ana", "obama-2009", ModelId::DlibResnetV1).await;
    let id = Uuid::new_v4();
    relay.state.sightings.picture(live(&data_url("obama-2012"), Some(id))).await.unwrap();
    let other = json!({"image": data_url("biden-2010"), "capture_id": id});
    let answer = relay.post("/webrtc/face/", &other).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(
        (&answer.json["hybrid"], &answer.json["disagreement"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(answer.json["recognized"], false, "it answers for what it was sent");
    assert_eq!(relay.get("/api/results").await.json["total"], 1);
    let events = relay.get("/v1/events").await.json["events"].clone();
    assert_eq!(events[0]["face"]["verified"], "mismatch");
    assert_eq!(events[1]["face"]["name"], "Ana");
}
