//! Tickets: what a page may do in place of the key.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use rostro_core::ModelId;
use rostro_server::app::App;
use rostro_server::auth::{Access, Ticket};
use rostro_server::config::Secret;
use rostro_wire::v1::TicketUse;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::polling::{Client, Packet};
use crate::relay::{Answer, Relay, all_models, data_url, request};

const KEY: &str = "la-clave";
/// As `request` says.
const PAGE: &str = "http://localhost:3000";

async fn ask(relay: &Relay, method: Method, path: &str, token: &str, body: &Value) -> Answer {
    let request = request(method, path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    relay.ask(request.body(Body::from(body.to_string())).unwrap()).await
}

/// A ticket that the relay made for whoever has the key.
async fn ticket(relay: &Relay, wish: &Value) -> String {
    let answer = ask(relay, Method::POST, "/v1/tickets", KEY, wish).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json["ticket"].as_str().unwrap().to_owned()
}

/// Joins by Socket.IO with a token.
async fn joined<'a>(relay: &'a Relay, token: &str) -> Client<'a> {
    let mut client = Client::open(relay).await;
    client.send(&format!("40{}", json!({"token": token}))).await;
    assert_eq!(client.next().await, Packet::Joined);
    client
}

async fn report(relay: &Relay, camera_id: Option<&str>) -> Value {
    let embedding = relay.embedding_of("obama-2012", ModelId::Sface2021Dec).await.values().to_vec();
    let face = json!({
        "model": "sface-2021dec",
        "embedding": embedding,
        "box": {"top": 10, "right": 110, "bottom": 130, "left": 20},
        "score": 0.97,
    });
    let mut report = json!({
        "capture_id": Uuid::new_v4(),
        "captured_at": Timestamp::now().to_string(),
        "faces": [face],
    });
    if let Some(id) = camera_id {
        report["camera_id"] = json!(id);
    }
    report
}

#[tokio::test]
async fn a_ticket_opens_what_it_is_for_and_nothing_else() {
    let relay = Relay::with_key(KEY).await;
    let doors = [
        ("report", Method::POST, "/v1/reports"),
        ("gallery", Method::GET, "/v1/gallery?model=sface-2021dec"),
        ("identify", Method::POST, "/v1/identify"),
        ("events", Method::GET, "/v1/events"),
        ("enrol", Method::POST, "/v1/people"),
        ("frames", Method::POST, "/webrtc/face/"),
    ];
    let for_the_key = [
        (Method::GET, "/v1/people"),
        (Method::DELETE, "/v1/people/p1"),
        (Method::GET, "/v1/settings"),
        (Method::PUT, "/v1/settings"),
        (Method::POST, "/v1/tickets"),
        (Method::GET, "/v1/webhooks"),
        (Method::POST, "/api/register"),
        (Method::GET, "/api/results"),
        (Method::GET, "/metrics"),
        (Method::GET, "/no/such/path"),
    ];
    for (purpose, ..) in &doors {
        let ticket = ticket(&relay, &json!({"uses": [purpose]})).await;
        for (needed, method, path) in &doors {
            let answer = ask(&relay, method.clone(), path, &ticket, &json!({})).await;
            let is_open = purpose == needed;
            assert_eq!(answer.status != StatusCode::FORBIDDEN, is_open, "{purpose} {path}");
        }
        for (method, path) in &for_the_key {
            let answer = ask(&relay, method.clone(), path, &ticket, &json!({})).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{purpose} {path}: {}", answer.text);
        }
        let health = ask(&relay, Method::GET, "/v1/health", &ticket, &json!(null)).await;
        assert_eq!(health.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn reports_are_of_the_tickets_camera() {
    let relay = Relay::with_key(KEY).await;
    let ticket =
        ticket(&relay, &json!({"uses": ["report", "frames"], "camera_id": "puerta"})).await;
    let cameras = async || {
        let events = ask(&relay, Method::GET, "/v1/events", KEY, &json!(null)).await;
        let events = events.json["events"].as_array().unwrap().clone();
        events.iter().map(|event| event["camera_id"].clone()).collect::<Vec<_>>()
    };
    let unnamed = report(&relay, None).await;
    let stored = ask(&relay, Method::POST, "/v1/reports", &ticket, &unnamed).await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.text);
    assert_eq!(cameras().await, ["puerta"]);
    let other = report(&relay, Some("otra")).await;
    let refused = ask(&relay, Method::POST, "/v1/reports", &ticket, &other).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json["error"]["code"], "forbidden");
    let picture = json!({"image": data_url("obama-2012"), "camera_id": "otra"});
    let refused = ask(&relay, Method::POST, "/webrtc/face/", &ticket, &picture).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let mut client = joined(&relay, &ticket).await;
    let ack = client.call("report", &other).await;
    assert_eq!(ack["error"]["code"], "forbidden");
    let ack = client.call("report", &unnamed).await;
    assert_eq!(
        (ack["ok"].as_bool(), ack["receipt"]["hybrid"].as_bool()),
        (Some(true), Some(true)),
        "{ack}"
    );
    client.emit("process_frame", &picture).await;
    assert_eq!(client.event("error").await["code"], "INVALID_DATA");
}

#[tokio::test]
async fn a_socket_hears_of_events_only_with_a_ticket_for_them() {
    let mut relay = Relay::with_key(KEY).await;
    let App { router, realtime } = App::new(relay.state.clone());
    relay.router = router;
    let stop = CancellationToken::new();
    let telling = tokio::spawn(realtime.run(stop.clone()));
    let mut listening = joined(&relay, &ticket(&relay, &json!({"uses": ["events"]})).await).await;
    let mut reporting = joined(&relay, &ticket(&relay, &json!({"uses": ["report"]})).await).await;
    reporting.event("config").await;
    reporting.event("stats").await;
    let ack = reporting.call("report", &report(&relay, None).await).await;
    assert_eq!(ack["ok"], true, "{ack}");
    assert_eq!(listening.event("event").await["face"]["liveness"], "not_checked");
    // What was told to the one was told to the other by now, if it ever is.
    reporting.emit("get_stats", &json!(null)).await;
    assert!(matches!(reporting.next().await, Packet::Event(name, _) if name == "stats"));
    let ack = listening.call("report", &report(&relay, None).await).await;
    assert_eq!(ack["error"]["code"], "forbidden");
    stop.cancel();
    telling.await.unwrap();
}

#[tokio::test]
async fn a_ticket_is_good_for_its_page_and_its_time() {
    let key = Secret::new(KEY.to_owned());
    let access = Access::new(key.as_ref(), &[PAGE.to_owned(), "http://localhost:4000".to_owned()]);
    let signer = access.clone();
    let relay = Relay::with(all_models(), access).await;
    let from = async |origin: &str, token: &str| {
        let mut request = request(Method::GET, "/v1/events")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        relay.ask(request).await.status
    };
    let bound = ticket(&relay, &json!({"uses": ["events"], "origin": format!("{PAGE}/")})).await;
    assert_eq!(from(PAGE, &bound).await, StatusCode::OK);
    assert_eq!(from("http://localhost:4000", &bound).await, StatusCode::FORBIDDEN);

    let ending = |expires_at_s| {
        let uses = vec![TicketUse::Events];
        signer.sign(&Ticket { uses, camera_id: None, origin: None, expires_at_s })
    };
    let now = Timestamp::now().as_second();
    assert_eq!(from(PAGE, &ending(now + 60)).await, StatusCode::OK);
    assert_eq!(from(PAGE, &ending(now - 1)).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_socket_ends_with_its_ticket() {
    let key = Secret::new(KEY.to_owned());
    let access = Access::new(key.as_ref(), &[]);
    let uses = vec![TicketUse::Report];
    let expires_at_s = Timestamp::now().as_second() + 2;
    let ticket = access.sign(&Ticket { uses, camera_id: None, origin: None, expires_at_s });
    let relay = Relay::with(all_models(), access).await;
    let mut client = joined(&relay, &ticket).await;
    client.ended().await;
    assert!(Timestamp::now().as_second() >= expires_at_s);
    let mut late = Client::open(&relay).await;
    late.send(&format!("40{}", json!({"token": ticket}))).await;
    assert!(matches!(late.next().await, Packet::Refused(_)));
}

#[tokio::test]
async fn what_is_no_wish_for_a_ticket() {
    let relay = Relay::with_key(KEY).await;
    let uses = json!(["report"]);
    for (wish, field) in [
        (json!({"uses": []}), "uses"),
        (json!({"uses": ["report"], "lifetime_s": 29}), "lifetime_s"),
        (json!({"uses": ["report"], "lifetime_s": 86_401}), "lifetime_s"),
        (json!({"uses": uses, "camera_id": ""}), "camera_id"),
        (json!({"uses": uses, "camera_id": "x".repeat(201)}), "camera_id"),
        (json!({"uses": uses, "origin": "app.example"}), "origin"),
        (json!({"uses": uses, "origin": "https://app.example/path"}), "origin"),
        (json!({"uses": uses, "origin": "null"}), "origin"),
    ] {
        let answer = ask(&relay, Method::POST, "/v1/tickets", KEY, &wish).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wish}");
        assert_eq!(answer.json["error"]["code"], "invalid-request", "{wish}");
        assert_eq!(answer.json["error"]["field"], field, "{wish}");
    }
    for wish in [json!({}), json!({"uses": ["all"]}), json!({"uses": ["report"], "admin": true})] {
        let answer = ask(&relay, Method::POST, "/v1/tickets", KEY, &wish).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wish}");
    }
}
