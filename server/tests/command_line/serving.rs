//! `rostro serve`: starting, stopping, being killed.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::rostro::{Rostro, encoding};

/// A relay under way; killed with SIGKILL when dropped.
pub(crate) struct Relay {
    child: Child,
    /// One for each address.
    pub(crate) urls: Vec<String>,
    pub(crate) http: reqwest::Client,
}

impl Relay {
    /// Starts on two free ports.
    fn start(rostro: &Rostro, webhook: &str) -> Self {
        Self::start_with(rostro, &[("NEXTJS_WEBHOOK_URL", webhook)])
    }

    /// The same, with this in the environment.
    pub(crate) fn start_with(rostro: &Rostro, environment: &[(&str, &str)]) -> Self {
        let mut command = rostro.command(&["serve", "--listen", "127.0.0.1:0,127.0.0.1:0"]);
        command.envs(environment.iter().copied());
        command.env("FACIAL_RECOGNITION_WEBHOOK_SECRET", "hush-hush");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let urls =
            said.by_ref().filter_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        let urls: Vec<_> = urls.take(2).collect();
        assert_eq!(urls.len(), 2, "the relay did not start");
        // Somebody has to read on, or the relay would stand still.
        thread::spawn(move || said.for_each(drop));
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { child, urls, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.urls[0])).send().await.unwrap();
        serde_json::from_slice(&answer.error_for_status().unwrap().bytes().await.unwrap()).unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let post = self.http.post(format!("{}{path}", self.urls[1])).json(body);
        let answer = post.send().await.unwrap();
        serde_json::from_slice(&answer.error_for_status().unwrap().bytes().await.unwrap()).unwrap()
    }

    /// Stopped as an operator stops it.
    #[cfg(unix)]
    pub(crate) fn stopped(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }

    fn kill_nine(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits for `condition`; gives up after half a minute, which no healthy run comes near.
async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let waited = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.unwrap();
}

/// A receiver of webhooks that answers with `status`, and remembers ids.
#[derive(Clone)]
struct Receiver {
    status: Arc<Mutex<StatusCode>>,
    ids: Arc<Mutex<Vec<(StatusCode, String)>>>,
}

impl Receiver {
    async fn listen(status: StatusCode) -> (Self, SocketAddr) {
        let this = Self { status: Arc::new(Mutex::new(status)), ids: Arc::default() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(receive).with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (this, address)
    }

    fn ids(&self, status: StatusCode) -> Vec<String> {
        let ids = self.ids.lock().unwrap();
        ids.iter().filter(|(answered, _)| *answered == status).map(|(_, id)| id.clone()).collect()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap) -> StatusCode {
    assert_eq!(headers["authorization"], "Bearer hush-hush");
    let status = *receiver.status.lock().unwrap();
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    receiver.ids.lock().unwrap().push((status, id));
    status
}

pub(crate) fn report(capture_id: u128) -> Value {
    json!({
        "capture_id": uuid::Uuid::from_u128(capture_id),
        "captured_at": jiff::Timestamp::now().to_string(),
        "faces": [{
            "box": { "top": 1, "right": 4, "bottom": 3, "left": 2 },
            "score": 0.9,
            "model": "dlib-resnet-v1",
            "embedding": encoding(0.2),
        }],
    })
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() {
    let rostro = Rostro::new();
    let (receiver, address) = Receiver::listen(StatusCode::INTERNAL_SERVER_ERROR).await;
    let webhook = format!("http://{address}/hook");
    let relay = Relay::start(&rostro, &webhook);
    let sample = json!({ "model": "dlib-resnet-v1", "embedding": encoding(0.1) });
    relay.post("/v1/people", &json!({ "name": "Ana", "samples": [sample] })).await;
    let told = report(1);
    let receipt = relay.post("/v1/reports", &told).await;
    assert_eq!(receipt["faces"][0]["name"], "Ana");
    assert_eq!(receipt["duplicate"], false);
    until(async || receiver.ids(StatusCode::INTERNAL_SERVER_ERROR).len() >= 2).await;
    relay.kill_nine();

    *receiver.status.lock().unwrap() = StatusCode::CREATED;
    let relay = Relay::start(&rostro, &webhook);
    until(async || receiver.ids(StatusCode::CREATED).len() == 1).await;
    let before = receiver.ids(StatusCode::INTERNAL_SERVER_ERROR);
    let after = receiver.ids(StatusCode::CREATED);
    assert!(before.iter().all(|id| *id == after[0]), "one id for ever: {before:?} {after:?}");
    until(async || relay.get("/v1/health").await["deliveries_pending"] == 0).await;

    let again = relay.post("/v1/reports", &told).await;
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["received_at"], receipt["received_at"]);
    let events = relay.get("/v1/events?limit=10").await;
    assert_eq!(events["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_running_relay_hears_of_what_the_command_line_does() {
    let rostro = Rostro::new();
    let relay = Relay::start(&rostro, "");
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/src/npy/golden");
    let (encodings, labels) = (format!("{golden}/f4-le-c-v1.npy"), format!("{golden}/labels.json"));
    let held = async || {
        let gallery = relay.get("/v1/gallery?model=dlib-resnet-v1").await;
        gallery["entries"].as_array().unwrap().len()
    };
    assert_eq!(held().await, 0);
    rostro.output(&["import", "--encodings", &encodings, "--labels", &labels]);
    until(async || held().await == 3).await;
    rostro.output(&["forget", "José Núñez"]);
    until(async || held().await == 1).await;
}

#[cfg(unix)]
#[tokio::test]
async fn it_stops_when_it_is_told_to() {
    let rostro = Rostro::new();
    let mut relay = Relay::start(&rostro, "");
    assert_eq!(relay.get("/v1/health").await["status"], "ok");
    let refused = rostro.complaint(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(
        refused,
        "another relay uses data: stop it, or give this one its own directory with --data"
    );
    relay.stopped();
}

#[test]
fn it_refuses_to_start_where_it_should_not() {
    let rostro = Rostro::new();
    assert_eq!(
        rostro.complaint(&["serve", "--listen", "127.0.0.1:0,0.0.0.0:0"]),
        "0.0.0.0:0 can be reached from other machines, and no key is set: \
         set ROSTRO_API_KEY to a long random text, or listen on 127.0.0.1"
    );
    assert!(!rostro.data().exists());

    std::fs::create_dir(rostro.data()).unwrap();
    rostro.file("data/rostro.db", b"");
    assert_eq!(
        rostro.complaint(&["serve", "--listen", "127.0.0.1:0"]),
        "the store data/rostro.db is damaged (it is empty) and was left as it is: \
         restore a backup, or move it away to start empty"
    );
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let elsewhere = rostro.path("elsewhere");
    let data = ["--data", elsewhere.to_str().unwrap()];
    let complaint = rostro.complaint(&[&["serve", "--listen", &address], &data[..]].concat());
    assert!(complaint.starts_with(&format!("cannot listen on {address}: ")), "{complaint}");
}

#[cfg(unix)]
#[test]
fn it_says_which_directory_it_cannot_use() {
    use std::os::unix::fs::PermissionsExt;

    let rostro = Rostro::new();
    rostro.file("a-file", b"");
    std::fs::create_dir_all(rostro.path("no-store/rostro.db")).unwrap();
    let closed = rostro.path("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).unwrap();
    let mut cases = vec![
        ("a-file", "cannot use a-file: Not a directory (os error 20)"),
        ("a-file/below", "cannot use a-file/below: Not a directory (os error 20)"),
        (
            "no-store",
            "the store no-store/rostro.db is damaged (it is no file) and was left as it is: \
             restore a backup, or move it away to start empty",
        ),
    ];
    // The administrator may write anywhere.
    if std::fs::write(closed.join("probe"), "").is_err() {
        let complaint = "cannot use closed/below: Permission denied (os error 13)";
        cases.push(("closed/below", complaint));
    }
    for (name, expected) in cases {
        let data = rostro.path(name);
        let data = ["--data", data.to_str().unwrap()];
        let complaint =
            rostro.complaint(&[&["serve", "--listen", "127.0.0.1:0"], &data[..]].concat());
        assert_eq!(complaint, expected, "{name}");
    }
}
