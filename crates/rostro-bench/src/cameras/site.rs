//! A relay with people enrolled, and its cameras.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reel::PEOPLE;
use crate::relay::client::Client;
use crate::relay::folder::Folder;
use crate::relay::program::{Launch, Relay, free_port, program};
use crate::relay::reports::Numbers;
use crate::speed::scene::portrait;

/// People enrolled in all; nearly all of them pass no camera.
const ENROLLED: usize = 1000;
const MODEL: &str = "sface-2021dec";
/// A camera that is not live by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

/// The relay at work.
pub(super) struct Site {
    pub(super) relay: Relay,
    folder: Folder,
}

/// How a camera is, of what `/v1/cameras` says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) status: Status,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Status {
    pub(super) state: String,
    pub(super) frames_per_second: f64,
    pub(super) looks_per_second: f64,
}

#[derive(Deserialize)]
struct List {
    cameras: Vec<Seen>,
}

impl Site {
    /// Starts it, and enrols whoever passes, and many others.
    ///
    /// # Errors
    /// The relay does not start, or takes somebody not.
    pub(super) fn open(name: &str, cool_down_s: &str) -> Result<Self> {
        let folder = Folder::make(name)?;
        let settings = [
            ("ROSTRO_ALLOWED_CAMERA_HOSTS", "127.0.0.0/8"),
            ("ROSTRO_REPORTS_COOL_DOWN_S", cool_down_s),
        ];
        let relay = Launch::on(folder.path(), free_port()?).with(&settings).start()?;
        let mut client = Client::new(relay.port());
        for name in PEOPLE {
            enrol(&mut client, name, &embedding_of(name)?)?;
        }
        let mut numbers = Numbers::new(1000);
        for person in PEOPLE.len()..ENROLLED {
            let face = json!(numbers.vector().as_slice());
            enrol(&mut client, &format!("Person {person}"), &face)?;
        }
        Ok(Self { relay, folder })
    }

    pub(super) const fn port(&self) -> u16 {
        self.relay.port()
    }

    /// A new connection each time: the relay closes one on which nothing is asked for a while.
    const fn client(&self) -> Client {
        Client::new(self.relay.port())
    }

    /// The relay's file.
    pub(super) fn store(&self) -> PathBuf {
        self.folder.path().join("rostro.db")
    }

    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Adds a camera.
    ///
    /// # Errors
    /// It is not taken.
    pub(super) fn add(&self, id: &str, url: &str) -> Result<()> {
        let mut client = self.client();
        let camera = json!({ "id": id, "name": id, "stream_url": url });
        let status = client.post("/v1/cameras", &camera.to_string())?;
        let said = || String::from_utf8_lossy(client.body()).into_owned();
        ensure!(status == 201, "a camera is refused with {status}: {}", said());
        Ok(())
    }

    /// Removes a camera.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn remove(&self, id: &str) -> Result<()> {
        let status = self.client().delete(&format!("/v1/cameras/{id}"))?;
        ensure!(status == 204, "a camera is not removed: {status}");
        Ok(())
    }

    /// How each camera is that is called by one of `ids`, in their order.
    ///
    /// # Errors
    /// One is not there.
    pub(super) fn seen(&self, ids: &[String]) -> Result<Vec<Seen>> {
        let cameras = seen_by(&mut self.client())?;
        let of = |id: &String| cameras.iter().find(|camera| camera.id == *id).cloned();
        ids.iter().map(|id| of(id).with_context(|| format!("{id} is not there"))).collect()
    }

    /// Waits until all of them are live.
    ///
    /// # Errors
    /// One is not in time.
    pub(super) fn until_live(&self, ids: &[String]) -> Result<()> {
        let begun = Instant::now();
        loop {
            let seen = self.seen(ids)?;
            match seen.iter().find(|camera| camera.status.state != "live") {
                None => return Ok(()),
                Some(camera) if begun.elapsed() > PATIENCE => {
                    bail!("{} is {}", camera.id, camera.status.state)
                }
                Some(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}

fn enrol(client: &mut Client, name: &str, embedding: &Value) -> Result<()> {
    let person = json!({ "name": name, "samples": [{ "model": MODEL, "embedding": embedding }] });
    let status = client.post("/v1/people", &person.to_string())?;
    ensure!(status == 201, "a person is refused with {status}");
    Ok(())
}

/// How every camera is, as that client is told.
///
/// # Errors
/// It is not told.
pub(super) fn seen_by(client: &mut Client) -> Result<Vec<Seen>> {
    let status = client.get("/v1/cameras")?;
    ensure!(status == 200, "cameras are not told: {status}");
    let List { cameras } = serde_json::from_slice(client.body())?;
    Ok(cameras)
}

/// The embedding of a portrait, as the relay's own program prints it.
fn embedding_of(name: &str) -> Result<Value> {
    let mut embed = Command::new(program()?);
    embed.args(["embed", "--json-lines", "--model", MODEL, "--models"]);
    embed.arg(crate::root().join("models")).arg(portrait(name));
    let printed = embed.output().context("starting the relay's program")?.stdout;
    let seen: Value = serde_json::from_slice(&printed).context("what it prints is no JSON")?;
    let embedding = seen["faces"][0]["embedding"].clone();
    ensure!(embedding.is_array(), "{name} shows no face");
    Ok(embedding)
}
