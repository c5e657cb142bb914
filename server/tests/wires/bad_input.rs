//! What must be refused: with a 4xx that says why, never a 5xx, and never by falling over.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::relay::{Answer, Relay, data_url_of, file_of, jpeg_of};
use crate::webrtc::form;

/// A JPEG whose header says 65535 × 65535.
fn huge_jpeg() -> Vec<u8> {
    let mut file = jpeg_of("obama-2009");
    let start_of_frame = file
        .windows(2)
        .position(|marker| marker[0] == 0xff && (0xc0..=0xc2).contains(&marker[1]))
        .expect("a JPEG has a frame header");
    file[start_of_frame + 5..start_of_frame + 9].fill(0xff);
    file
}

/// A PNG whose header says 60000 × 60000.
fn huge_png() -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0".to_vec();
    let crc = 0xffff_ffff_u32;
    file.extend_from_slice(&crc.to_be_bytes());
    file
}

fn is_refused(answer: &Answer, what: &str) {
    assert!(answer.status.is_client_error(), "{what}: {} {}", answer.status, answer.text);
    let json = &answer.json;
    let says = [&json["message"], &json["error"], &json["error"]["message"]];
    assert!(says.iter().any(|text| text.is_string()), "{what}: {}", answer.text);
}

#[tokio::test]
async fn pictures_that_are_none() {
    let relay = Relay::new().await;
    let jpeg = jpeg_of("obama-2009");
    let cases: Vec<(&str, Value)> = vec![
        ("no image", json!({})),
        ("null", json!({"image": null})),
        ("empty", json!({"image": ""})),
        ("blank", json!({"image": "   "})),
        ("a number", json!({"image": 5})),
        ("a list", json!({"image": ["aGk="]})),
        ("an object", json!({"image": {"data": "aGk="}})),
        ("junk", json!({"image": "%%%%"})),
        ("no base64 alphabet", json!({"image": "ñandú"})),
        ("base64 of junk", json!({"image": "bm8gZXMgdW5hIGltYWdlbg=="})),
        ("a data URL without comma", json!({"image": "data:image/jpeg;base64"})),
        ("an empty data URL", json!({"image": "data:image/jpeg;base64,"})),
        ("a data URL without base64", json!({"image": "data:image/svg+xml,<svg/>"})),
        ("SVG", json!({"image": data_url_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>")})),
        ("HTML", json!({"image": data_url_of(b"<!doctype html><script>1</script>")})),
        ("GIF", json!({"image": data_url_of(b"GIF89a\x01\0\x01\0\0\0\0;")})),
        ("a JPEG's first bytes", json!({"image": data_url_of(&jpeg[..20])})),
        ("a PNG cut short", json!({"image": data_url_of(&file_of("obama-2009")[..2000])})),
        ("a truncated JPEG", json!({"image": data_url_of(&jpeg[..200])})),
        ("65535² pixels", json!({"image": data_url_of(&huge_jpeg())})),
        ("60000² pixels", json!({"image": data_url_of(&huge_png())})),
        ("a URL", json!({"image": "http://169.254.169.254/latest/meta-data"})),
        ("a path", json!({"image": "../../etc/passwd"})),
        ("a capture id that is none", json!({"image": "aGk=", "capture_id": "7"})),
        ("a timestamp that is a list", json!({"image": "aGk=", "timestamp": [1]})),
        ("a timestamp that is long", json!({"image": "aGk=", "timestamp": "x".repeat(1000)})),
        ("no object", json!([])),
        ("a text", json!("image")),
    ];
    for (what, body) in cases {
        let answer = relay.post("/webrtc/face/", &body).await;
        is_refused(&answer, what);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        assert_eq!(answer.json["status"], "error", "{what}");
    }
    assert_eq!(relay.get("/api/results").await.json["total"], 0);
}

#[tokio::test]
async fn forms_that_are_none() {
    let relay = Relay::new().await;
    let (kind, no_frame) = form(&[("otro", None, b"x")]);
    let (_, empty) = form(&[("frame", Some("a.jpg"), b"")]);
    let (_, junk) = form(&[("frame", Some("a.jpg"), b"no es una imagen")]);
    let (_, bad_id) = form(&[("capture_id", None, b"7"), ("frame", Some("a.jpg"), b"x")]);
    for (what, kind, body) in [
        ("no boundary", "multipart/form-data", no_frame.clone()),
        ("another boundary", "multipart/form-data; boundary=otro", no_frame.clone()),
        ("no frame", kind.as_str(), no_frame),
        ("an empty frame", kind.as_str(), empty),
        ("junk", kind.as_str(), junk),
        ("a capture id that is none", kind.as_str(), bad_id),
        ("cut off", kind.as_str(), b"--limite\r\nContent-Disposition: form-".to_vec()),
        ("nothing", kind.as_str(), Vec::new()),
        ("JSON", kind.as_str(), b"{}".to_vec()),
        ("a bare picture", "image/jpeg", file_of("obama-2009")),
    ] {
        let answer = relay.send_text(Method::POST, "/webrtc/face/", kind, body).await;
        is_refused(&answer, what);
        assert_eq!(answer.json["status"], "error", "{what}");
    }
}

/// Texts that are no JSON, or none that is taken.
fn no_json() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("a brace", b"{".to_vec()),
        ("two values", b"{} {}".to_vec()),
        ("NaN", br#"{"threshold":NaN,"encoding":[NaN]}"#.to_vec()),
        ("Infinity", br#"{"threshold":Infinity,"encoding":[Infinity]}"#.to_vec()),
        ("1e400", br#"{"threshold":1e400,"encoding":[1e400],"image":1e400}"#.to_vec()),
        (
            "a lone surrogate",
            br#"{"name":"\ud800","image":"\ud800","camera_id":"\ud800"}"#.to_vec(),
        ),
        ("no UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec()),
        ("a NUL", b"{\"name\":\"a\0b\"}".to_vec()),
        ("100,000 deep", "[".repeat(100_000).into_bytes()),
        ("1,000 deep and closed", ["[".repeat(1000), "]".repeat(1000)].concat().into_bytes()),
    ]
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let relay = Relay::new().await;
    for (method, path) in [
        (Method::POST, "/webrtc/test/"),
        (Method::POST, "/webrtc/face/"),
        (Method::POST, "/api/register"),
        (Method::PUT, "/api/config"),
        (Method::POST, "/v1/people"),
        (Method::POST, "/v1/reports"),
    ] {
        for (what, body) in no_json() {
            let sent = relay.send_text(method.clone(), path, "application/json", body).await;
            is_refused(&sent, &format!("{path}: {what}"));
        }
    }
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let relay = Relay::new().await;
    for (method, path, bytes) in [
        (Method::POST, "/webrtc/test/", 1 << 20),
        (Method::POST, "/webrtc/face/", 13 << 20),
        (Method::POST, "/api/register", 1 << 20),
        (Method::PUT, "/api/config", 1 << 20),
        (Method::POST, "/v1/people", 3 << 20),
        (Method::POST, "/v1/reports", 13 << 20),
    ] {
        let body = vec![b' '; bytes];
        let sent = relay.send_text(method.clone(), path, "application/json", body).await;
        is_refused(&sent, path);
        assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let (kind, form) = form(&[("frame", Some("a.jpg"), &vec![0; 13 << 20])]);
    let sent = relay.send_text(Method::POST, "/webrtc/face/", &kind, form).await;
    assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn encodings_that_are_none() {
    let relay = Relay::new().await;
    let with = |index: usize, value: Value| {
        let mut numbers = vec![json!(0.1); 128];
        numbers[index] = value;
        Value::Array(numbers)
    };
    let cases: Vec<(&str, Value)> = vec![
        ("127 numbers", json!(vec![0.1; 127])),
        ("129 numbers", json!(vec![0.1; 129])),
        ("one number", json!([1])),
        ("zeros", json!(vec![0.0; 128])),
        ("beyond f32", with(3, json!(1e300))),
        ("far too long", json!(vec![1e30; 128])),
        ("a text inside", with(5, json!("0.1"))),
        ("null inside", with(5, json!(null))),
        ("a list inside", with(5, json!([0.1]))),
        ("a text", json!("0.1,0.2")),
        ("an object", json!({"vector": vec![0.1; 128]})),
        ("nested", json!([vec![0.1; 128]])),
        ("deeply nested", json!([[[[[[0.1]]]]]])),
    ];
    for (what, encoding) in cases {
        let body = json!({"name": "Ana", "encoding": encoding});
        let register = relay.post("/api/register", &body).await;
        is_refused(&register, what);
        let sample = json!({"model": "dlib-resnet-v1", "embedding": encoding});
        let person = json!({"name": "Ana", "samples": [sample]});
        let enrol = relay.post("/v1/people", &person).await;
        is_refused(&enrol, what);
        assert!(enrol.json["error"]["code"].is_string(), "{what}: {}", enrol.text);
    }
    for body in [
        json!({"name": "Ana", "samples": []}),
        json!({"name": " ", "samples": [{"model": "dlib-resnet-v1", "embedding": vec![0.1; 128]}]}),
        json!({"name": "Ana", "samples": [{"model": "facenet", "embedding": vec![0.1; 128]}]}),
        json!({"name": "a".repeat(201), "encoding": vec![0.1; 128], "samples": []}),
        json!({"name": "Ana\nLuis", "samples": [
            {"model": "dlib-resnet-v1", "embedding": vec![0.1; 128]}]}),
    ] {
        is_refused(&relay.post("/v1/people", &body).await, &body["name"].to_string());
    }
    assert_eq!(relay.get("/api/status").await.json["encodings_loaded"], 0);
}

#[tokio::test]
async fn settings_that_are_none() {
    let relay = Relay::new().await;
    for body in [
        json!({"threshold": 0}),
        json!({"threshold": -0.5}),
        json!({"threshold": 3}),
        json!({"threshold": 1e300}),
        json!({"threshold": "0.6"}),
        json!({"stream_url": 5}),
        json!({"camera_id": ["a"]}),
        json!({"encoding_model": "facenet"}),
        json!([]),
    ] {
        let answer = relay.send(Method::PUT, "/api/config", &body).await;
        is_refused(&answer, &body.to_string());
        assert!(answer.json["error"].is_string());
    }
    let now = relay.send(Method::PUT, "/api/config", &json!({})).await;
    assert!((now.json["threshold"].as_f64().unwrap() - 0.6).abs() < 1e-6);
}

#[tokio::test]
async fn paths_and_queries_that_are_none() {
    let relay = Relay::new().await;
    for path in [
        "/api/results/%ff%fe",
        "/v1/people/%ff",
        "/v1/gallery?model=facenet",
        "/v1/gallery?model=%ff",
        "/v1/../etc/passwd",
        "/webrtc/%2e%2e/",
        "/socket.io-admin",
    ] {
        let method = if path.starts_with("/v1/people/") { Method::DELETE } else { Method::GET };
        let answer = relay.send(method, path, &json!(null)).await;
        is_refused(&answer, path);
    }
    let long = format!("/api/results/{}", "a".repeat(8000));
    assert_eq!(relay.get(&long).await.json["total"], 0);
}

#[tokio::test]
async fn names_are_kept_as_they_are() {
    let relay = Relay::new().await;
    let encoding = vec![0.1; 128];
    let names = [
        "../../etc/passwd",
        "<img src=x onerror=alert(1)>",
        "{{7*7}}",
        "=cmd()",
        "Robert'); DROP TABLE people;--",
        "José Núñez 👩‍👩‍👧",
        "محمد",
    ];
    for name in names {
        let body = json!({"name": name, "encoding": encoding});
        let answer = relay.post("/api/register", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text);
        assert_eq!(answer.json["message"], format!("Usuario {name} registrado exitosamente"));
    }
    let people = relay.get("/v1/people").await.json["people"].clone();
    let mut kept: Vec<&str> =
        people.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let mut sent = names.to_vec();
    kept.sort_unstable();
    sent.sort_unstable();
    assert_eq!(kept, sent);
}

#[tokio::test]
async fn base64_in_lines_is_taken() {
    let relay = Relay::new().await;
    let base64 = BASE64_STANDARD.encode(file_of("obama-2009"));
    let lines: Vec<&str> =
        base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let answer = relay.post("/webrtc/face/", &json!({"image": lines.join("\r\n")})).await;
    assert_eq!(answer.json["faces_detected"], 1, "{}", answer.text);
}
