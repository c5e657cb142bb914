//! The worker against a real receiver.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rostro_wire::result_object::ResultObject;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::captures::{Captures, NewCapture, Notify as Tell};
use crate::config::Secret;

mod broken;
mod endpoints;
mod ledger;
mod several;

/// How the receiver answers one request.
#[derive(Clone, Debug)]
enum Reply {
    Status(u16),
    RetryAfter(u16, &'static str),
    Redirect,
    Hang,
    EndlessBody(u16),
    Trickle(u16),
}

/// Answers, in turn, to bodies that hold the text.
type RepliesTo = (&'static str, VecDeque<Reply>);

#[derive(Clone, Debug)]
struct Received {
    path: String,
    headers: HeaderMap,
    text: String,
    body: Value,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn name(&self) -> &str {
        self.body["result"]["name"].as_str().unwrap()
    }
}

/// A receiver that answers as it is told, then 201 to all, and remembers what it was sent.
#[derive(Clone, Default)]
struct Receiver {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    /// Answers to bodies that hold a text, before all others.
    replies_to: Arc<Mutex<Vec<RepliesTo>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let this = Self::default();
        *this.replies.lock().unwrap() = replies.into_iter().collect();
        this
    }

    fn answering_to(self, text: &'static str, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.replies_to.lock().unwrap().push((text, replies.into_iter().collect()));
        self
    }

    async fn listen(&self, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind(address).await.unwrap();
        (listener.local_addr().unwrap(), self.serve(listener))
    }

    fn serve(&self, listener: TcpListener) -> JoinHandle<()> {
        let app = Router::new().fallback(receive).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() })
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next_reply(&self, body: &str) -> Reply {
        let mut special = self.replies_to.lock().unwrap();
        let special = special.iter_mut().find(|(text, _)| body.contains(text));
        let special = special.and_then(|(_, replies)| replies.pop_front());
        special.or_else(|| self.replies.lock().unwrap().pop_front()).unwrap_or(Reply::Status(201))
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    uri: Uri,
    headers: HeaderMap,
    text: String,
) -> Response {
    let reply = receiver.next_reply(&text);
    let body = serde_json::from_str(&text).unwrap();
    let path = uri.path().to_owned();
    receiver.received.lock().unwrap().push(Received { path, headers, text, body });
    let status = |status| StatusCode::from_u16(status).unwrap();
    match reply {
        Reply::Status(code) => (status(code), "{}").into_response(),
        Reply::RetryAfter(code, wait) => (status(code), [("retry-after", wait)]).into_response(),
        Reply::Redirect => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Reply::Hang => std::future::pending().await,
        Reply::EndlessBody(code) => {
            let chunk = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 4096]));
            let endless = futures_util::stream::repeat_with(chunk);
            (status(code), Body::from_stream(endless)).into_response()
        }
        Reply::Trickle(code) => {
            let trickle = futures_util::stream::unfold((), async |()| {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
            });
            (status(code), Body::from_stream(trickle)).into_response()
        }
    }
}

const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Waits scaled down a hundredfold or more.
fn quick() -> limits::Webhooks {
    limits::Webhooks {
        attempt_timeout: Duration::from_millis(500),
        first_wait: Duration::from_millis(10),
        early_wait_max: Duration::from_millis(50),
        ..WebhookConfig::default().limits
    }
}

/// No receiver; attempts take half a second at most.
fn brief() -> WebhookConfig {
    WebhookConfig { limits: quick(), ..WebhookConfig::default() }
}

struct Relay {
    captures: Captures,
    webhooks: Webhooks,
    stop: CancellationToken,
    worker: JoinHandle<()>,
}

impl Relay {
    /// Tells the receiver, as the environment's.
    async fn start(dir: &Path, receiver: SocketAddr, limits: limits::Webhooks) -> Self {
        let url = Some(format!("http://{receiver}/hook"));
        let secret = Secret::new("hush-hush".to_owned());
        Self::with(dir, WebhookConfig { url, secret, limits, ..brief() }).await
    }

    async fn with(dir: &Path, config: WebhookConfig) -> Self {
        let store = Store::open(dir).unwrap();
        let webhooks = Webhooks::load(store.clone(), &config).await.unwrap();
        let captures = Captures::load(store, webhooks.outbox());
        let stop = CancellationToken::new();
        let worker = tokio::spawn({
            let (webhooks, stop) = (webhooks.clone(), stop.clone());
            async move { webhooks.run(stop).await }
        });
        Self { captures, webhooks, stop, worker }
    }

    /// Stores what `camera` saw of `name`, to be told.
    async fn sees(&self, camera: Option<&str>, name: &str) {
        self.finds(camera, name, v1::Verdict::Server).await;
    }

    async fn finds(&self, camera: Option<&str>, name: &str, verified: v1::Verdict) {
        let face = v1::FaceResult {
            name: Some(name.to_owned()),
            person_id: None,
            distance: Some(0.25),
            threshold: 0.6,
            model: "dlib-resnet-v1".to_owned(),
            confidence: 0.75,
            decision: None,
            verified,
            replayed: false,
            liveness: v1::Liveness::NotChecked,
            bounds: v1::PixelBox { top: 1, right: 4, bottom: 3, left: 2 },
        };
        let capture = NewCapture {
            capture_id: Uuid::new_v4(),
            channel: v1::Channel::Rest,
            camera_id: camera.map(str::to_owned),
            camera_stream_url: camera.map(|_| "rtsp://admin:hush@cam/1".to_owned()),
            occurred_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            faces: vec![face.into()],
            digest: [0; 32],
            notify: Tell::Always,
        };
        self.captures.record(capture).await.unwrap();
    }

    async fn until_none_waits(&self) {
        until(async || self.webhooks.pending().await.unwrap() == 0).await;
    }

    /// Deliveries to the environment's receiver.
    async fn deliveries(&self, state: Option<v1::DeliveryState>) -> Vec<v1::Delivery> {
        self.webhooks.deliveries(ENV, state, None, 100).await.unwrap()
    }

    async fn stop(self) {
        self.stop.cancel();
        self.worker.await.unwrap();
    }
}

/// Waits for `condition`; gives up after half a minute, which no healthy run comes near.
async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let waited = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.unwrap();
}

#[tokio::test]
async fn what_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::default();
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    relay.sees(Some("entrada"), "José").await;
    relay.until_none_waits().await;
    let [received] = &receiver.received()[..] else { panic!("sent once") };
    assert_eq!(received.path, "/hook");
    assert_eq!(received.header("authorization"), "Bearer hush-hush");
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("webhook-id").starts_with("msg_"));
    let verifier = standardwebhooks::Webhook::from_bytes(b"hush-hush".to_vec()).unwrap();
    verifier.verify(received.text.as_bytes(), &received.headers).unwrap();
    let result: ResultObject = serde_json::from_value(received.body["result"].clone()).unwrap();
    assert_eq!(Some(result), relay.captures.latest().await.unwrap());
    let mut rest = received.body.clone();
    let rest_of = rest.as_object_mut().unwrap();
    rest_of.remove("result");
    let capture_id = rest_of.remove("capture_id").unwrap();
    assert!(Uuid::parse_str(capture_id.as_str().unwrap()).is_ok());
    assert_eq!(
        rest,
        json!({
            "camera_id": "entrada",
            "camera_stream_url": "rtsp://cam/1",
            "timestamp": "2026-11-22T10:00:00Z",
            "topic": "known",
            "event_id": 1,
        })
    );
    assert!(!relay.webhooks.is_failing().await.unwrap());
    relay.stop().await;
}

#[tokio::test]
async fn whatever_is_not_delivered_is_sent_again_under_the_same_id() {
    let cases = [
        ("error", Reply::Status(500)),
        ("redirect", Reply::Redirect),
        ("not modified", Reply::Status(304)),
        ("unauthorised", Reply::Status(401)),
        ("bad request", Reply::Status(400)),
        ("another success", Reply::Status(206)),
        ("wait", Reply::RetryAfter(429, "0")),
        ("hang", Reply::Hang),
        ("endless error", Reply::EndlessBody(503)),
    ];
    for (name, reply) in cases {
        let dir = tempfile::tempdir().unwrap();
        let receiver = Receiver::answering([reply.clone(), reply]);
        let (address, _server) = receiver.listen(ANY_PORT).await;
        let relay = Relay::start(dir.path(), address, quick()).await;
        relay.sees(None, "Ana").await;
        relay.until_none_waits().await;
        let received = receiver.received();
        assert_eq!(received.len(), 3, "{name}: twice in vain");
        for again in &received {
            assert_eq!(again.path, "/hook", "{name}: never redirected");
            assert_eq!(again.body["camera_id"], json!(null), "nobody named the camera");
            assert_eq!(again.header("webhook-id"), received[0].header("webhook-id"), "{name}");
            assert_eq!(again.body, received[0].body, "{name}");
        }
        relay.stop().await;
    }
}

#[tokio::test]
async fn successes_are_delivered_whatever_their_body() {
    for reply in
        [200, 201, 202, 204].map(Reply::Status).into_iter().chain([Reply::EndlessBody(200)])
    {
        let dir = tempfile::tempdir().unwrap();
        let receiver = Receiver::answering([reply.clone()]);
        let (address, _server) = receiver.listen(ANY_PORT).await;
        let relay = Relay::start(dir.path(), address, quick()).await;
        relay.sees(None, "Ana").await;
        relay.until_none_waits().await;
        assert_eq!(receiver.received().len(), 1, "{reply:?}");
        relay.stop().await;
    }
}

#[tokio::test]
async fn each_camera_keeps_its_order_and_waits_for_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let down = std::iter::repeat_n(Reply::Status(500), 12);
    let receiver = Receiver::default().answering_to("\"puerta\"", down);
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    for i in 0..5 {
        relay.sees(Some("puerta"), &format!("p{i}")).await;
        relay.sees(Some("patio"), &format!("q{i}")).await;
    }
    relay.until_none_waits().await;
    let received = receiver.received();
    let of = |camera: &str| {
        let of_camera = received.iter().filter(|one| one.body["camera_id"] == camera);
        of_camera.map(Received::name).collect::<Vec<_>>()
    };
    assert_eq!(of("patio"), ["q0", "q1", "q2", "q3", "q4"]);
    let door = of("puerta");
    assert_eq!(door.len(), 12 + 5);
    assert!(door[..12].iter().all(|name| *name == "p0"), "none overtakes the first: {door:?}");
    assert_eq!(door[12..], ["p0", "p1", "p2", "p3", "p4"]);
    relay.stop().await;
}

#[tokio::test]
async fn what_the_receiver_refuses_steps_aside() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::default()
        .answering_to("\"refused\"", std::iter::repeat_n(Reply::RetryAfter(422, "1"), 1));
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    for name in ["before", "refused", "after"] {
        relay.sees(Some("puerta"), name).await;
    }
    relay.until_none_waits().await;
    let names: Vec<_> = receiver.received().iter().map(|one| one.name().to_owned()).collect();
    assert_eq!(names, ["before", "refused", "after", "refused"]);
    relay.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::answering([Reply::Status(500), Reply::Hang]);
    let (address, _server) = receiver.listen(ANY_PORT).await;
    let relay = Relay::start(dir.path(), address, quick()).await;
    relay.sees(None, "Ana").await;
    relay.sees(None, "Luis").await;
    // The second attempt hangs when the relay stops.
    until(async || receiver.received().len() == 2).await;
    assert!(relay.webhooks.is_failing().await.unwrap());
    relay.stop().await;

    let relay = Relay::start(dir.path(), address, quick()).await;
    relay.until_none_waits().await;
    let received = receiver.received();
    let names: Vec<_> = received.iter().map(Received::name).collect();
    assert_eq!(names, ["Ana", "Ana", "Ana", "Luis"]);
    assert_eq!(received[0].header("webhook-id"), received[2].header("webhook-id"));
    assert_ne!(received[0].header("webhook-id"), received[3].header("webhook-id"));
    relay.stop().await;
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_all_of_it_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::default();
    let (address, server) = receiver.listen(ANY_PORT).await;
    server.abort();
    drop(server.await);
    let relay = Relay::start(dir.path(), address, quick()).await;
    for i in 0..50 {
        relay.sees(None, &format!("p{i}")).await;
    }
    until(async || relay.webhooks.is_failing().await.unwrap()).await;
    assert_eq!(receiver.received().len(), 0);
    let (_, _server) = receiver.listen(address).await;
    relay.until_none_waits().await;
    let received = receiver.received();
    assert!(received.iter().enumerate().all(|(i, one)| one.name() == format!("p{i}")));
    assert_eq!(received.len(), 50);
    relay.stop().await;
}

#[tokio::test]
async fn switched_off_nothing_is_kept_to_be_sent() {
    let dir = tempfile::tempdir().unwrap();
    let relay = Relay::with(dir.path(), brief()).await;
    relay.sees(None, "Ana").await;
    assert_eq!(relay.deliveries(None).await, []);
    relay.stop().await;
}
