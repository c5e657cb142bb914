//! The wire contract of existing clients, whole: every call and event once, its answer held by a snapshot that reads as
//! a transcript. What changes from run to run is replaced by what it is, if it is that: a time that had no zone, or a
//! confidence above 1, would stay as it came and be seen.

mod transcript;

use std::net::Ipv4Addr;

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use insta::assert_snapshot;
use rostro_core::ModelId;
use rostro_server::auth::Access;
use rostro_server::config::{Secret, WebhookConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::polling::{Client, Packet};
use crate::relay::{Relay, data_url, data_url_of, empty_picture, file_of, jpeg_of, no_models};
use crate::webrtc::form;
use transcript::Transcript;

const DLIB: ModelId = ModelId::DlibResnetV1;
const WHEN: &str = "2026-11-22T10:00:00.000Z";

/// `/webrtc/*` with its last slash and without; both must answer alike.
async fn both_ways(
    told: &mut Transcript,
    relay: &Relay,
    call: (Method, &str),
    body: (&str, &Value),
) {
    let (method, path) = call;
    let (said, body) = body;
    let mut answers = Vec::new();
    for slash in ["/", ""] {
        let answer = relay.send(method.clone(), &format!("{path}{slash}"), body).await;
        answers.push(transcript::told(&answer));
    }
    assert_eq!(answers[0], answers[1], "{method} {path} differs without its last slash");
    told.add(&format!("{method} {path}[/] {said}"), &answers[0]);
}

#[tokio::test]
async fn webrtc() {
    let relay = Relay::new().await;
    relay.enrol("José Núñez", "obama-2009", DLIB).await;
    let mut told = Transcript::default();
    let nothing = json!(null);
    both_ways(&mut told, &relay, (Method::GET, "/webrtc/status"), ("", &nothing)).await;
    both_ways(&mut told, &relay, (Method::GET, "/webrtc/test"), ("", &nothing)).await;
    let sent = json!({"hola": "¿qué tal?", "n": [1, 2.5, null]});
    both_ways(&mut told, &relay, (Method::POST, "/webrtc/test"), (&sent.to_string(), &sent)).await;
    for path in ["/webrtc/test/", "/webrtc/test"] {
        let answer = relay.send_text(Method::POST, path, "application/json", "{").await;
        told.answer(&format!("POST {path} {{"), &answer);
    }

    let known = data_url("obama-2012");
    let face = (Method::POST, "/webrtc/face");
    for (said, body) in [
        (
            "an enrolled face: data URL, source, quality, time as text",
            json!({"image": known, "timestamp": WHEN, "source": "manual_capture", "quality": 0.8}),
        ),
        (
            "an enrolled face: bare base64, time as a number",
            json!({"image": BASE64_STANDARD.encode(file_of("obama-2012")), "timestamp": 1_732_269_600_123_u64}),
        ),
        ("an enrolled face: no time", json!({"image": known})),
        ("a stranger's face", json!({"image": data_url("biden-2010"), "timestamp": WHEN})),
        ("nobody", json!({"image": data_url_of(&empty_picture()), "timestamp": WHEN})),
        ("no image", json!({"timestamp": WHEN})),
        ("an empty image", json!({"image": "", "timestamp": WHEN})),
        ("no base64", json!({"image": "no es una imagen"})),
        ("base64 of no picture", json!({"image": "data:image/jpeg;base64,bm8="})),
        ("an image that is a number", json!({"image": 7})),
        ("a list", json!([])),
    ] {
        both_ways(&mut told, &relay, face.clone(), (said, &body)).await;
    }
    let answer = relay.send_text(Method::POST, "/webrtc/face/", "application/json", "{").await;
    told.answer("POST /webrtc/face/ {", &answer);
    let (png, jpeg) = (file_of("obama-2012"), jpeg_of("obama-2012"));
    for (said, fields) in [
        ("PNG in the field frame", &[("frame", Some("foto.png"), png.as_slice())][..]),
        (
            "JPEG in the field frame, and a time",
            &[("timestamp", None, WHEN.as_bytes()), ("frame", Some("foto.jpg"), &jpeg)],
        ),
        ("no field frame", &[("foto", Some("foto.jpg"), &jpeg)]),
        ("an empty file", &[("frame", Some("foto.jpg"), b"")]),
        ("no picture in the field frame", &[("frame", Some("foto.jpg"), b"no")]),
    ] {
        let (kind, form) = form(fields);
        let answer = relay.send_text(Method::POST, "/webrtc/face/", &kind, form).await;
        told.answer(&format!("POST /webrtc/face/ as a form: {said}"), &answer);
    }
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        both_ways(&mut told, &relay, (method, "/webrtc/face"), ("", &nothing)).await;
    }
    let (id, image) = (Uuid::new_v4(), data_url("obama-2009"));
    let capture = json!({"image": image, "timestamp": WHEN, "capture_id": id});
    let first = relay.post("/webrtc/face/", &capture).await;
    told.answer("POST /webrtc/face/ a capture by REST alone", &first);
    let mut client = Client::ready(&relay).await;
    client.emit("process_frame", &json!({"image": image, "capture_id": id})).await;
    client.event("recognition_result").await;
    told.answer(
        "POST /webrtc/face/ the same, once it came by Socket.IO too",
        &relay.post("/webrtc/face/", &capture).await,
    );
    assert_eq!(
        relay.get("/api/results").await.json["total"],
        json!(2 * 4 + 2 + 1),
        "each picture with a face once, the capture once"
    );
    assert_snapshot!(told.text());
}

#[tokio::test]
async fn webrtc_without_models() {
    let relay = Relay::with(no_models(), Access::new(None, &[])).await;
    let mut told = Transcript::default();
    let body = json!({"image": data_url("obama-2009"), "timestamp": WHEN});
    both_ways(&mut told, &relay, (Method::POST, "/webrtc/face"), ("a face", &body)).await;
    assert_snapshot!(told.text());
}

/// Emits `event` and tells of every event that comes of it, up to `last`.
async fn emitted(
    told: &mut Transcript,
    client: &mut Client<'_>,
    said: &str,
    (event, payload): (&str, &Value),
    last: &str,
) {
    client.emit(event, payload).await;
    told.line(&format!("client → {event} {said}"));
    loop {
        if let Packet::Event(name, payload) = client.next().await {
            told.event(&name, payload);
            if name == last {
                return;
            }
        }
    }
}

#[tokio::test]
async fn socket() {
    let relay = Relay::new().await;
    relay.enrol("José Núñez", "obama-2009", DLIB).await;
    let mut told = Transcript::default();
    let mut client = Client::join(&relay).await;
    told.line("client → connect");
    for _ in 0..2 {
        let Packet::Event(name, payload) = client.next().await else { panic!("no event") };
        told.event(&name, payload);
    }
    let known = data_url("obama-2012");
    let id = Uuid::new_v4();
    for (said, frame) in [
        (
            "an enrolled face, all fields",
            json!({"image": known, "frame_id": 7, "quality": 0.8, "timestamp": 1_732_269_600_123_u64}),
        ),
        (
            "an enrolled face, only the image, as bare base64",
            json!({"image": BASE64_STANDARD.encode(file_of("obama-2012"))}),
        ),
        ("a stranger's face", json!({"image": data_url("biden-2010"), "frame_id": 8})),
        ("nobody", json!({"image": data_url_of(&empty_picture()), "frame_id": 9})),
        ("a capture", json!({"image": known, "frame_id": 10, "capture_id": id})),
    ] {
        let sent = ("process_frame", &frame);
        emitted(&mut told, &mut client, said, sent, "recognition_result").await;
    }
    for (said, frame) in [
        ("no image", json!({"frame_id": 11})),
        ("an empty image", json!({"image": "", "frame_id": 12})),
        ("no base64", json!({"image": "%%%", "frame_id": 13})),
        ("base64 of no picture", json!({"image": "data:image/jpeg;base64,bm8=", "frame_id": 14})),
        ("no object", json!("aGk=")),
        ("nothing", json!(null)),
    ] {
        emitted(&mut told, &mut client, said, ("process_frame", &frame), "error").await;
    }
    emitted(&mut told, &mut client, "", ("get_stats", &json!(null)), "stats").await;
    emitted(&mut told, &mut client, "", ("reset_stats", &json!(null)), "stats").await;
    let dlib = json!({"provider": "dlib-resnet-v1"});
    let sent = ("change_provider", &dlib);
    emitted(&mut told, &mut client, &dlib.to_string(), sent, "config").await;
    for payload in [json!({"provider": "facenet"}), json!({}), json!(null)] {
        let sent = ("change_provider", &payload);
        emitted(&mut told, &mut client, &payload.to_string(), sent, "error").await;
    }
    emitted(&mut told, &mut client, "", ("get_stats", &json!(null)), "stats").await;
    assert_snapshot!(told.text());
}

#[tokio::test]
async fn socket_without_models() {
    let relay = Relay::with(no_models(), Access::new(None, &[])).await;
    let mut told = Transcript::default();
    let mut client = Client::ready(&relay).await;
    let frame = json!({"image": data_url("obama-2009"), "frame_id": 3});
    emitted(&mut told, &mut client, "a face", ("process_frame", &frame), "error").await;
    let provider = json!({"provider": "sface-2021dec"});
    let sent = ("change_provider", &provider);
    emitted(&mut told, &mut client, &provider.to_string(), sent, "error").await;
    assert_snapshot!(told.text());
}

/// Calls `/api/*` and tells what it answers.
async fn called(told: &mut Transcript, relay: &Relay, method: Method, path: &str, body: Value) {
    let said = if body.is_null() { String::new() } else { short(&body) };
    let answer = relay.send(method.clone(), path, &body).await;
    told.answer(&format!("{method} {path} {said}"), &answer);
}

/// A body without its 128 numbers.
fn short(body: &Value) -> String {
    let mut body = body.clone();
    if let Some(encoding) = body.get_mut("encoding")
        && let Some(numbers) = encoding.as_array()
        && numbers.len() > 3
    {
        *encoding = json!(format!("<{} numbers>", numbers.len()));
    }
    body.to_string()
}

#[tokio::test]
async fn flask() {
    let relay = Relay::new().await;
    let mut told = Transcript::default();
    let encoding = relay.embedding_of("obama-2009", DLIB).await.values().to_vec();
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let none = || json!(null);

    told.line("# Nobody is enrolled, nothing was seen");
    for path in ["status", "results", "results/nadie", "latest", "stats"] {
        called(&mut told, &relay, get.clone(), &format!("/api/{path}"), none()).await;
    }
    called(&mut told, &relay, get.clone(), "/video_feed", none()).await;

    told.line("# Enrolling");
    for body in [
        json!({"name": "José Núñez", "encoding": encoding}),
        json!({
            "name": "José Núñez",
            "encoding": relay.embedding_of("obama-2012", DLIB).await.values().to_vec(),
            "image_url": "https://example.com/jose.jpg",
            "client_id": "c-42",
        }),
        json!({}),
        json!({"name": "Ana"}),
        json!({"encoding": encoding}),
        json!({"name": "", "encoding": encoding}),
        json!({"name": "Ana", "encoding": encoding[..127]}),
        json!({"name": "Ana", "encoding": [1, 2, 3]}),
        json!({"name": "Ana", "encoding": []}),
        json!({"name": "Ana", "encoding": "no"}),
    ] {
        called(&mut told, &relay, post.clone(), "/api/register", body).await;
    }
    let answer = relay.send_text(post.clone(), "/api/register", "application/json", "{").await;
    told.answer("POST /api/register {", &answer);

    told.line("# On");
    for _ in 0..2 {
        called(&mut told, &relay, post.clone(), "/api/start", none()).await;
    }
    for portrait in ["obama-2012", "biden-2010"] {
        let seen = relay.post("/webrtc/face/", &json!({"image": data_url(portrait)})).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    }
    for path in [
        "status",
        "results",
        "results?limit=1",
        "results?limit=0",
        "results?limit=no",
        "results/jos%C3%A9%20N%C3%9A%C3%91EZ",
        "results/Desconocido?limit=5",
        "latest",
        "stats",
    ] {
        called(&mut told, &relay, get.clone(), &format!("/api/{path}"), none()).await;
    }

    told.line("# Settings");
    let url = "http://10.0.0.8:81/stream";
    for body in [json!({"threshold": 0.5}), json!({"stream_url": url})] {
        called(&mut told, &relay, put.clone(), "/api/config", body).await;
    }
    for _ in 0..2 {
        called(&mut told, &relay, post.clone(), "/api/stop", none()).await;
    }
    for body in [
        json!({"stream_url": url, "camera_id": "entrada"}),
        json!({"encoding_model": "sface-2021dec", "threshold": 0.6}),
        json!({}),
        json!({"threshold": 0}),
        json!({"threshold": "mucho"}),
        json!({"encoding_model": "facenet"}),
    ] {
        called(&mut told, &relay, put.clone(), "/api/config", body).await;
    }
    called(&mut told, &relay, post.clone(), "/api/start", none()).await;
    called(&mut told, &relay, get.clone(), "/api/status", none()).await;

    told.line("# What is not there");
    for (method, path) in [(get.clone(), "/api/start"), (post, "/api/status"), (get, "/api/otra")] {
        called(&mut told, &relay, method, path, none()).await;
    }
    assert_snapshot!(told.text());
}

/// A request that the receiver got: method and path, headers of the contract, body.
type Sent = (String, Vec<String>, Value);

/// A receiver that answers `status`, and what it was sent.
async fn receiver(status: StatusCode) -> (String, UnboundedReceiver<Sent>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, sent) = unbounded_channel();
    let receive = async move |method: Method, uri: Uri, headers: HeaderMap, body: String| {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let said = |name: &str| Some(format!("{name}: {}", header(name)?));
        let named = ["authorization", "content-type"].into_iter().filter_map(said);
        let body = serde_json::from_str(&body).unwrap();
        tell.send((format!("{method} {uri}"), named.collect(), body)).unwrap();
        status
    };
    let app = axum::Router::new().fallback(receive);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (format!("http://{address}/api/facial-recognition/webhook"), sent)
}

#[tokio::test]
async fn webhook() {
    let (url, mut sent) = receiver(StatusCode::CREATED).await;
    let secret = Secret::new("el-secreto-del-webhook".to_owned());
    let config = WebhookConfig { url: Some(url), secret, ..WebhookConfig::default() };
    let relay = Relay::telling(&config).await;
    let (stop, webhooks) = (CancellationToken::new(), relay.state.webhooks.clone());
    let delivering = tokio::spawn({
        let stop = stop.clone();
        async move { webhooks.run(stop).await }
    });
    relay.enrol("José Núñez", "obama-2009", DLIB).await;
    let mut told = Transcript::default();
    let mut show = async |said: &str, portrait: &str, camera_id: Value| {
        let body = json!({"image": data_url(portrait), "camera_id": camera_id});
        relay.post("/webrtc/face/", &body).await;
        let (call, headers, body) = sent.recv().await.unwrap();
        told.line(&format!("{said}\n{call}"));
        headers.iter().for_each(|header| told.line(header));
        told.json(body);
    };
    show("# An enrolled face; no camera is named", "obama-2012", json!(null)).await;
    show("# A stranger's face; the picture names its camera", "biden-2010", json!("patio")).await;
    let camera = json!({
        "camera_id": "entrada",
        "stream_url": "http://admin:s3creto@10.0.0.8:81/stream?usr=admin&pwd=s3creto&res=vga",
    });
    relay.send(Method::PUT, "/api/config", &camera).await;
    show("# The relay's own camera has a name and an address", "obama-2009", json!(null)).await;
    stop.cancel();
    delivering.await.unwrap();
    assert_snapshot!(told.text());
}
