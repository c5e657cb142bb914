//! Cameras that the relay reads: names, states, what is refused, and a camera that comes back.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use futures_util::StreamExt as _;
use rostro_core::ModelId;
use rostro_server::config::limits::Limits;
use rostro_server::config::{CameraConfig, Secret, WebhookConfig};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::camera_sender::{Sender, Style};
use crate::relay::{Relay, empty_picture, jpeg_of, request};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A relay that reads cameras of this machine; it stops once this is dropped.
struct Reading {
    relay: Relay,
    stop: CancellationToken,
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn config() -> CameraConfig {
    let mut limits = Limits::default().cameras;
    limits.stall_after = Duration::from_secs(1);
    limits.refused_wait = Duration::from_secs(1);
    let allowed_hosts = vec!["127.0.0.0/8".parse().unwrap()];
    CameraConfig { allowed_hosts, limits, ..CameraConfig::default() }
}

async fn reading() -> Reading {
    reading_as(tempfile::tempdir().unwrap(), &config()).await
}

async fn reading_as(folder: TempDir, config: &CameraConfig) -> Reading {
    let relay = Relay::reading(folder, &WebhookConfig::default(), config).await;
    let stop = CancellationToken::new();
    let (state, ended) = (relay.state.clone(), stop.clone());
    tokio::spawn(async move { state.cameras.run(state.sightings.clone(), ended).await });
    Reading { relay, stop }
}

/// The first answer of `ask` that is right.
async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match ask().await {
            Ok(right) => return right,
            Err(found) if begun.elapsed() > PATIENCE => panic!("{what}: {found}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn camera(relay: &Relay, id: &str) -> Value {
    relay.get(&format!("/v1/cameras/{id}")).await.json
}

async fn until_state(relay: &Relay, id: &str, state: &str) -> Value {
    until(&format!("{id} is {state}"), async || {
        let camera = camera(relay, id).await;
        if camera["status"]["state"] == state { Ok(camera) } else { Err(camera.to_string()) }
    })
    .await
}

async fn until_named(relay: &Relay, camera_id: &str, name: &str) -> Value {
    until(&format!("{camera_id} sees {name}"), async || {
        let events = relay.get("/v1/events").await.json;
        let found = events["events"].as_array().unwrap().iter().find(|event| {
            event["camera_id"] == camera_id && event["face"]["name"].as_str() == Some(name)
        });
        found.cloned().ok_or_else(|| events.to_string())
    })
    .await
}

async fn add(relay: &Relay, id: &str, url: &str) {
    let body = json!({"id": id, "name": id, "stream_url": url});
    let added = relay.post("/v1/cameras", &body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
}

#[tokio::test]
async fn whoever_stands_before_a_camera_is_named() {
    let begun = Instant::now();
    let reading = reading().await;
    let relay = &reading.relay;
    relay.enrol("José Núñez", "obama-2009", ModelId::Sface2021Dec).await;
    let sender = Sender::new(Style::Proper, vec![jpeg_of("obama-2012")]).await;
    add(relay, "puerta", &sender.url()).await;
    let event = until_named(relay, "puerta", "José Núñez").await;
    assert_eq!(event["face"]["verified"], "server");
    let live = until_state(relay, "puerta", "live").await;
    assert_eq!(live["status"]["reason"], json!(null));
    assert!(live["status"]["frames_per_second"].as_f64().unwrap() > 0.0);
    assert!(live["status"]["last_frame_age_ms"].as_u64().is_some());

    let snapshot = until("a snapshot", async || {
        let request = request(Method::GET, "/v1/cameras/puerta/snapshot").body(Body::empty());
        let answer = relay.router.clone().oneshot(request.unwrap()).await.unwrap();
        if answer.status() == StatusCode::OK {
            Ok(answer)
        } else {
            Err(answer.status().to_string())
        }
    })
    .await;
    assert_eq!(snapshot.headers()["content-type"], "image/jpeg");
    let bytes = axum::body::to_bytes(snapshot.into_body(), 1 << 20).await.unwrap();
    assert!(image::load_from_memory(&bytes).is_ok());

    let feed = request(Method::GET, "/v1/cameras/puerta/feed").body(Body::empty()).unwrap();
    let feed = relay.router.clone().oneshot(feed).await.unwrap();
    assert_eq!(feed.headers()["content-type"], "multipart/x-mixed-replace; boundary=frame");
    let mut parts = feed.into_body().into_data_stream();
    for _ in 0..3 {
        let part = parts.next().await.unwrap().unwrap();
        assert!(part.ends_with(b"\r\n--frame\r\n"));
    }
    assert_eq!(camera(relay, "puerta").await["status"]["viewers"], 1);
    drop(parts);
    until("the viewer is gone", async || {
        let viewers = camera(relay, "puerta").await["status"]["viewers"].clone();
        if viewers == 0 { Ok(()) } else { Err(viewers.to_string()) }
    })
    .await;
    // One in ten seconds is told, not one a picture.
    let events = relay.get("/v1/events").await.json["events"].as_array().unwrap().len();
    let seconds = begun.elapsed().as_secs();
    assert!(u64::try_from(events).unwrap() <= 1 + seconds / 10, "{events} events in {seconds} s");
}

#[tokio::test]
async fn a_camera_that_sends_wrongly_is_read_all_the_same() {
    let reading = reading().await;
    let relay = &reading.relay;
    relay.enrol("Ana", "obama-2009", ModelId::Sface2021Dec).await;
    let styles = [
        Style::NoLengths,
        Style::WrongLengths,
        Style::Truncated,
        Style::Bare,
        Style::Snapshots,
        Style::HangsUp,
    ];
    for style in styles {
        let id = format!("{style:?}");
        let sender = Sender::new(style, vec![jpeg_of("obama-2012")]).await;
        add(relay, &id, &sender.url()).await;
        until_named(relay, &id, "Ana").await;
    }
}

#[tokio::test]
async fn what_is_no_stream_is_said_to_be_none_and_holds_up_nobody() {
    let reading = reading().await;
    let relay = &reading.relay;
    relay.enrol("Ana", "obama-2009", ModelId::Sface2021Dec).await;
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";
    let moved = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let cases = [
        (Style::Drip, "stalled", "no-picture"),
        (Style::EndlessHead, "stalled", "bad-picture"),
        (Style::EndlessAnswerHead, "connecting", "unreachable"),
        (Style::Junk, "stalled", "bad-picture"),
        (Style::Mute, "stalled", "no-picture"),
        (Style::Says(html), "unsupported", "unsupported"),
        (Style::Says(moved), "unsupported", "bad-answer"),
        (Style::Says(missing), "unsupported", "not-found"),
        (Style::Says("SSH-2.0-OpenSSH_9.2\r\n"), "connecting", "unreachable"),
        (Style::Basic("Basic dTpw"), "auth-failed", "login-needed"),
    ];
    let mut senders = Vec::new();
    for (index, (style, ..)) in cases.iter().enumerate() {
        let sender = Sender::new(style.clone(), vec![jpeg_of("obama-2012")]).await;
        add(relay, &format!("bad-{index}"), &sender.url()).await;
        senders.push(sender);
    }
    let good = Sender::new(Style::Proper, vec![jpeg_of("obama-2012")]).await;
    add(relay, "good", &good.url()).await;
    until_named(relay, "good", "Ana").await;
    for (index, (style, state, fault)) in cases.iter().enumerate() {
        let id = format!("bad-{index}");
        until(&format!("{style:?} is {state}, {fault}"), async || {
            let status = camera(relay, &id).await["status"].clone();
            let is_right = status["state"] == *state && status["fault"] == *fault;
            if is_right { Ok(()) } else { Err(status.to_string()) }
        })
        .await;
        let reason = camera(relay, &id).await["status"]["reason"].as_str().unwrap().to_owned();
        assert!(!reason.contains("127.0.0.1"), "{reason}");
    }
    until_state(relay, "good", "live").await;
}

#[tokio::test]
async fn a_login_is_used_and_never_shown() {
    let reading = reading().await;
    let relay = &reading.relay;
    relay.enrol("Ana", "obama-2009", ModelId::Sface2021Dec).await;
    // «admin:s3creto»
    let right = Style::Basic("Basic YWRtaW46czNjcmV0bw==");
    let sender = Sender::new(right, vec![jpeg_of("obama-2012")]).await;
    let port = sender.port;
    add(relay, "cam", &format!("http://admin:falso@127.0.0.1:{port}/a?pwd=s3creto&res=vga")).await;
    let refused = until_state(relay, "cam", "auth-failed").await;
    assert_eq!(refused["status"]["fault"], "login-refused");
    assert_eq!(refused["stream_url"], format!("http://127.0.0.1:{port}/a?res=vga"));
    assert_eq!(refused["has_credentials"], true);
    let patch = async |body: Value| relay.send(Method::PATCH, "/v1/cameras/cam", &body).await;
    let renamed = patch(json!({"name": "Puerta"})).await;
    assert_eq!(renamed.json["status"]["state"], "auth-failed", "a name is not read anew");
    let changed = patch(json!({"password": "s3creto"})).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    until_named(relay, "cam", "Ana").await;
    // The path may change without giving the login anew; another host does not get it.
    patch(json!({"stream_url": format!("http://127.0.0.1:{port}/b")})).await;
    until_state(relay, "cam", "live").await;
    let without = patch(json!({"username": null})).await;
    assert_eq!((without.status, &without.json["has_credentials"]), (StatusCode::OK, &json!(false)));
    until_state(relay, "cam", "auth-failed").await;
    patch(json!({"username": "admin", "password": "s3creto"})).await;
    until_state(relay, "cam", "live").await;
    let other = Sender::new(Style::Basic("Basic YWRtaW46czNjcmV0bw=="), vec![]).await;
    let moved = patch(json!({"stream_url": other.url()})).await;
    assert_eq!(moved.json["has_credentials"], false);
    assert_eq!(until_state(relay, "cam", "auth-failed").await["status"]["fault"], "login-needed");
    for path in ["/v1/cameras", "/v1/events", "/api/status", "/api/results", "/metrics"] {
        assert!(!relay.get(path).await.text.contains("s3creto"), "{path}");
    }
}

#[tokio::test]
async fn a_camera_that_comes_back_is_seen_within_five_seconds() {
    let mut config = config();
    config.limits = Limits::default().cameras;
    let reading = reading_as(tempfile::tempdir().unwrap(), &config).await;
    let relay = &reading.relay;
    let sender = Sender::new(Style::Proper, vec![jpeg_of("obama-2012")]).await;
    let (port, url) = (sender.port, sender.url());
    add(relay, "cam", &url).await;
    until_state(relay, "cam", "live").await;
    drop(sender);
    let gone = until_state(relay, "cam", "connecting").await;
    assert!(gone["status"]["reason"].is_string());
    // Long enough for the waits to have grown.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let _back = Sender::at(port, Style::Proper, vec![jpeg_of("obama-2012")]).await;
    let since = Instant::now();
    until_state(relay, "cam", "live").await;
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_zone_and_a_smallest_face() {
    let reading = reading().await;
    let relay = &reading.relay;
    relay.enrol("Ana", "obama-2009", ModelId::Sface2021Dec).await;
    let sender = Sender::new(Style::Proper, vec![jpeg_of("obama-2012")]).await;
    let with = async |id: &str, more: Value| {
        let mut body = json!({"id": id, "name": id, "stream_url": sender.url()});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(relay.post("/v1/cameras", &body).await.status, StatusCode::CREATED);
    };
    with("corner", json!({"zone": [[0, 0.9], [0.1, 0.9], [0, 1]]})).await;
    with("large", json!({"min_face_px": 4000})).await;
    with("strict", json!({"threshold": 0.01})).await;
    with("all", json!({"zone": [[0, 0], [1, 0], [1, 1], [0, 1]], "min_face_px": 10})).await;
    until_named(relay, "all", "Ana").await;
    for id in ["corner", "large", "strict"] {
        until_state(relay, id, "live").await;
    }
    let unknown = until("a strict camera knows nobody", async || {
        let events = relay.get("/v1/events").await.json["events"].clone();
        let events = events.as_array().unwrap().clone();
        let is_strict = |event: &&Value| event["camera_id"] == "strict";
        events.iter().find(is_strict).cloned().ok_or_else(|| json!(events).to_string())
    });
    assert_eq!(unknown.await["face"]["name"], json!(null));
    let events = relay.get("/v1/events").await.json["events"].clone();
    let of =
        |id: &str| events.as_array().unwrap().iter().filter(|it| it["camera_id"] == id).count();
    assert_eq!((of("corner"), of("large")), (0, 0));
}

#[tokio::test]
async fn cameras_and_what_is_on_survive_a_restart() {
    let first = reading().await;
    let relay = &first.relay;
    let sender = Sender::new(Style::Proper, vec![empty_jpeg()]).await;
    add(relay, "a", &sender.url()).await;
    let body = json!({"name": "b", "id": "b", "enabled": false, "stream_url": "rtsp://u:p@127.0.0.1:9/1",
        "zone": [[0, 0], [1, 0], [0.5, 1]], "min_face_px": 60, "threshold": 0.5, "rtsp_transport": "udp"});
    assert_eq!(relay.post("/v1/cameras", &body).await.status, StatusCode::CREATED);
    until_state(relay, "a", "live").await;
    let before = camera(relay, "b").await;
    first.stop.cancel();
    let folder = std::mem::replace(&mut { first }.relay.folder, tempfile::tempdir().unwrap());
    let second = reading_as(folder, &config()).await;
    until_state(&second.relay, "a", "live").await;
    let after = camera(&second.relay, "b").await;
    for field in [
        "name",
        "stream_url",
        "has_credentials",
        "enabled",
        "zone",
        "min_face_px",
        "threshold",
        "rtsp_transport",
    ] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(after["status"]["state"], "stopped");
    assert_eq!(after["has_credentials"], true);
}

#[tokio::test]
async fn switched_off_it_is_let_go_and_the_legacy_routes_steer_the_default_one() {
    let reading = reading().await;
    let relay = &reading.relay;
    relay.enrol("Ana", "obama-2009", ModelId::DlibResnetV1).await;
    let sender = Sender::new(Style::Proper, vec![jpeg_of("obama-2012")]).await;
    let body = json!({"stream_url": sender.url(), "threshold": 0.6, "camera_id": "entrada"});
    let configured = relay.send(Method::PUT, "/api/config", &body).await;
    assert_eq!(configured.json["stream_url"], sender.url());
    assert_eq!(configured.json.get("warning"), None);
    assert_eq!(relay.post("/api/start", &json!(null)).await.status, StatusCode::OK);
    until_named(relay, "entrada", "Ana").await;
    let status = relay.get("/api/status").await.json;
    assert_eq!((&status["active"], &status["stream_url"]), (&json!(true), &json!(sender.url())));
    assert_eq!(relay.get("/api/latest").await.json["name"], "Ana");
    let feed = request(Method::GET, "/video_feed").body(Body::empty()).unwrap();
    let feed = relay.router.clone().oneshot(feed).await.unwrap();
    assert_eq!(feed.headers()["content-type"], "multipart/x-mixed-replace; boundary=frame");
    drop(feed);
    // A front end that sends all of its settings at once sends the address as it is.
    let again = relay.send(Method::PUT, "/api/config", &body).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_eq!(relay.post("/api/stop", &json!(null)).await.status, StatusCode::OK);
    until_state(relay, "default", "stopped").await;
    let with_login = sender.url().replace("//", "//u:s3creto@");
    for _ in 0..2 {
        let body = json!({"stream_url": with_login});
        let taken = relay.send(Method::PUT, "/api/config", &body).await;
        assert_eq!(
            (taken.status, &taken.json["stream_url"]),
            (StatusCode::OK, &json!(sender.url()))
        );
        relay.post("/api/start", &json!(null)).await;
    }
    relay.post("/api/stop", &json!(null)).await;
    let connections = sender.connections.load(std::sync::atomic::Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(sender.connections.load(std::sync::atomic::Ordering::Relaxed), connections);
}

#[tokio::test]
async fn an_address_is_gone_to_only_where_that_is_allowed() {
    let nobody = CameraConfig { allowed_hosts: Vec::new(), ..config() };
    let reading = reading_as(tempfile::tempdir().unwrap(), &nobody).await;
    let relay = &reading.relay;
    let sender = Sender::new(Style::Proper, vec![empty_jpeg()]).await;
    for url in [
        sender.url(),
        "rtsp://192.168.1.20/1".to_owned(),
        "http://2130706433/".to_owned(),
        "http://[::1]:81/".to_owned(),
        "http://cam.example:22/".to_owned(),
    ] {
        let body = json!({"name": "cam", "stream_url": url});
        let refused = relay.post("/v1/cameras", &body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{url}");
        assert_eq!(refused.json["error"]["code"], "address-refused", "{url}");
        assert_eq!(refused.json["error"]["field"], "stream_url");
        assert!(refused.text.contains("ROSTRO_ALLOWED_CAMERA_HOSTS"));
    }
    // Existing front ends set any address; it is not gone to, and that is said.
    let body = json!({"stream_url": sender.url()});
    let taken = relay.send(Method::PUT, "/api/config", &body).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert!(taken.json["warning"].as_str().unwrap().contains("ROSTRO_ALLOWED_CAMERA_HOSTS"));
    let started = relay.post("/api/start", &json!(null)).await;
    assert!(started.json["warning"].is_string(), "{}", started.text);
    let refused = until_state(relay, "default", "unsupported").await;
    assert_eq!(refused["status"]["fault"], "address-refused");
    // A name that points where the relay may not go.
    let named = json!({"name": "cam", "id": "named", "stream_url": "http://localhost:8080/"});
    assert_eq!(relay.post("/v1/cameras", &named).await.status, StatusCode::CREATED);
    let refused = until_state(relay, "named", "unsupported").await;
    assert_eq!(refused["status"]["fault"], "address-refused");
    assert_eq!(sender.connections.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_operators_own_address_is_trusted_and_is_changed_by_nobody_else() {
    let sender = Sender::new(Style::Proper, vec![empty_jpeg()]).await;
    let url = Secret::new(sender.url().replace("//", "//admin:s3creto@"));
    let own = CameraConfig { allowed_hosts: Vec::new(), url, ..config() };
    let reading = reading_as(tempfile::tempdir().unwrap(), &own).await;
    let relay = &reading.relay;
    relay.post("/api/start", &json!(null)).await;
    let live = until_state(relay, "default", "live").await;
    assert_eq!(
        (&live["of_environment"], &live["stream_url"]),
        (&json!(true), &json!(sender.url()))
    );
    relay.post("/api/stop", &json!(null)).await;
    let body = json!({"stream_url": "http://cam.example/"});
    let refused = relay.send(Method::PUT, "/api/config", &body).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let refused = relay.send(Method::PATCH, "/v1/cameras/default", &body).await;
    assert_eq!(refused.json["error"]["code"], "conflict");
    let same = relay.send(Method::PUT, "/api/config", &json!({"stream_url": sender.url()})).await;
    assert_eq!(same.status, StatusCode::OK, "an address as it was shown is no other");
    // The trust is in that camera, not in its address.
    let another = json!({"name": "another", "stream_url": sender.url()});
    let refused = relay.post("/v1/cameras", &another).await;
    assert_eq!(refused.json["error"]["code"], "address-refused");
    // Without the variable nothing of it is left.
    reading.stop.cancel();
    let mut reading = reading;
    let folder = std::mem::replace(&mut reading.relay.folder, tempfile::tempdir().unwrap());
    let nobodys = CameraConfig { allowed_hosts: Vec::new(), ..config() };
    let after = reading_as(folder, &nobodys).await;
    let camera = camera(&after.relay, "default").await;
    assert_eq!((&camera["stream_url"], &camera["has_credentials"]), (&json!(null), &json!(false)));
}

#[tokio::test]
async fn files_of_the_operators_folder_and_no_others() {
    let clips = tempfile::tempdir().unwrap();
    std::fs::write(clips.path().join("clip.mjpeg"), jpeg_of("obama-2012")).unwrap();
    std::fs::create_dir(clips.path().join("pictures")).unwrap();
    std::fs::write(clips.path().join("pictures/1.jpg"), jpeg_of("obama-2012")).unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::os::unix::fs::symlink(outside.path(), clips.path().join("link")).unwrap();
    let config = CameraConfig { files: Some(clips.path().to_owned()), ..config() };
    let reading = reading_as(tempfile::tempdir().unwrap(), &config).await;
    let relay = &reading.relay;
    relay.enrol("Ana", "obama-2009", ModelId::Sface2021Dec).await;
    for (id, url) in [("clip", "file:clip.mjpeg"), ("folder", "file:pictures")] {
        add(relay, id, url).await;
        until_named(relay, id, "Ana").await;
    }
    for (id, url) in [
        ("up", "file:../../etc/passwd"),
        ("link", "file:link"),
        ("absolute", "file:/etc/passwd"),
        ("slashes", "file:///etc/passwd"),
    ] {
        add(relay, id, url).await;
        let refused = until_state(relay, id, "unsupported").await;
        let fault = refused["status"]["fault"].as_str().unwrap();
        assert!(["address-refused", "not-found"].contains(&fault), "{url}: {fault}");
    }
}

#[tokio::test]
async fn what_is_refused() {
    let reading = reading().await;
    let relay = &reading.relay;
    let cases = [
        (json!({}), "invalid-request", None),
        (json!({"name": ""}), "invalid-request", Some("name")),
        (json!({"name": "x".repeat(101)}), "invalid-request", Some("name")),
        (json!({"name": "a\nb"}), "invalid-request", Some("name")),
        (json!({"name": "a", "id": "a/b"}), "invalid-request", Some("id")),
        (json!({"name": "a", "id": "default"}), "conflict", None),
        (json!({"name": "a", "stream_url": "/dev/video0"}), "invalid-request", Some("stream_url")),
        (
            json!({"name": "a", "stream_url": "rtsps://cam/1"}),
            "invalid-request",
            Some("stream_url"),
        ),
        (json!({"name": "a", "threshold": 0}), "invalid-request", Some("threshold")),
        (json!({"name": "a", "threshold": 2.5}), "invalid-request", Some("threshold")),
        (json!({"name": "a", "min_face_px": 5000}), "invalid-request", Some("min_face_px")),
        (json!({"name": "a", "zone": [[0, 0], [1, 1]]}), "invalid-request", Some("zone")),
        (json!({"name": "a", "zone": [[0, 0], [1, 1], [2, 0]]}), "invalid-request", Some("zone")),
        (json!({"name": "a", "password": "p"}), "invalid-request", Some("username")),
        (json!({"name": "a", "rtsp_transport": "pigeon"}), "invalid-request", None),
        (json!({"name": "a", "colour": "red"}), "invalid-request", None),
    ];
    for (body, code, field) in cases {
        let refused = relay.post("/v1/cameras", &body).await;
        assert_eq!(refused.json["error"]["code"], code, "{body}: {}", refused.text);
        if let Some(field) = field {
            assert_eq!(refused.json["error"]["field"], field, "{body}");
        }
    }
    for path in ["/v1/cameras/nobody", "/v1/cameras/nobody/feed", "/v1/cameras/nobody/snapshot"] {
        assert_eq!(relay.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(relay.get("/v1/cameras/default/feed").await.json["error"]["code"], "not-found");
    let removed = relay.send(Method::DELETE, "/v1/cameras/default", &json!(null)).await;
    assert_eq!(removed.json["error"]["code"], "conflict");
    let nothing = relay.send(Method::PATCH, "/v1/cameras/default", &json!({})).await;
    assert_eq!(nothing.json["error"]["code"], "invalid-request");
    add(relay, "gone", "http://127.0.0.1:1/").await;
    let removed = relay.send(Method::DELETE, "/v1/cameras/gone", &json!(null)).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(relay.get("/v1/cameras/gone").await.status, StatusCode::NOT_FOUND);
}

/// A grey picture, as JPEG.
fn empty_jpeg() -> Vec<u8> {
    let picture = image::load_from_memory(&empty_picture()).unwrap().to_rgb8();
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    file.into_inner()
}
