//! `GET /v1/gallery` with `since`: whoever keeps a gallery up to date by what changed holds what is answered whole.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rostro_core::{Embedding, ModelId};
use rostro_server::people::{LabelledEncoding, NumberType};
use rostro_server::store::{back_up, restore};
use rostro_wire::v1::GalleryList;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::relay::{Relay, request};

const PATH: &str = "/v1/gallery?model=dlib-resnet-v1";

/// What may happen to one of a few people.
#[derive(Clone, Copy, Debug)]
enum Step {
    Enrol(u8),
    Details(u8),
    Rate(u8),
    RemoveOne(u8),
    Forget(u8),
    /// The face is not theirs, but another's.
    Correct(u8),
    Undo,
    Threshold,
    Import(u8),
    Restart,
    BackUp,
    /// The relay goes on from the last backup, as if nothing had happened since.
    Restore,
    /// The keeper asks what changed.
    Ask,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..4_u8;
    let step = prop_oneof![
        4 => who.clone().prop_map(Step::Enrol),
        1 => who.clone().prop_map(Step::Details),
        1 => who.clone().prop_map(Step::Rate),
        2 => who.clone().prop_map(Step::RemoveOne),
        1 => who.clone().prop_map(Step::Forget),
        2 => who.clone().prop_map(Step::Correct),
        1 => Just(Step::Undo),
        1 => Just(Step::Threshold),
        1 => who.prop_map(Step::Import),
        1 => Just(Step::Restart),
        1 => Just(Step::BackUp),
        1 => Just(Step::Restore),
        4 => Just(Step::Ask),
    ];
    proptest::collection::vec(step, 1..24)
}

/// A relay, and what happens to it.
struct World {
    relay: Relay,
    /// Makes every look another.
    looks: u16,
    corrected: Vec<i64>,
    backup: Option<TempDir>,
}

impl World {
    async fn new() -> Self {
        Self { relay: Relay::new().await, looks: 0, corrected: Vec::new(), backup: None }
    }

    /// A look of somebody, far from everybody else's.
    fn look(&mut self, who: u8) -> Vec<f32> {
        self.looks += 1;
        let mut values = vec![0.0_f32; 128];
        values[usize::from(who)] = 1.0;
        values[127] = f32::from(self.looks) * 1e-4;
        values
    }

    /// Their id, if they are enrolled.
    async fn id(&self, who: u8) -> Option<String> {
        let people = self.relay.get("/v1/people").await.json;
        let mut people = people["people"].as_array().unwrap().iter();
        let found = people.find(|person| person["name"] == json!(name(who)))?;
        Some(found["id"].as_str().unwrap().to_owned())
    }

    async fn enrol(&mut self, who: u8, client_id: Option<String>) {
        let sample = json!({"model": "dlib-resnet-v1", "embedding": self.look(who)});
        let body = json!({"name": name(who), "client_id": client_id, "samples": [sample]});
        let answer = self.relay.post("/v1/people", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    }

    async fn act(&mut self, step: Step) {
        match step {
            Step::Enrol(who) => self.enrol(who, None).await,
            Step::Details(who) => self.enrol(who, Some(self.looks.to_string())).await,
            Step::Rate(who) => {
                let Some(id) = self.id(who).await else { return };
                let rate = if self.looks.is_multiple_of(2) { json!(1000) } else { json!(null) };
                let body = json!({"stranger_named_one_in": rate});
                let answer =
                    self.relay.send(Method::PATCH, &format!("/v1/people/{id}"), &body).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            }
            Step::RemoveOne(who) => {
                let Some(id) = self.id(who).await else { return };
                let path = format!("/v1/people/{id}/encodings");
                let encodings = self.relay.get(&path).await.json;
                let Some(encoding) = encodings["encodings"][0]["id"].as_i64() else { return };
                let path = format!("{path}/{encoding}");
                let answer = self.relay.send(Method::DELETE, &path, &json!(null)).await;
                assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
            }
            Step::Forget(who) => {
                let Some(id) = self.id(who).await else { return };
                self.relay.send(Method::DELETE, &format!("/v1/people/{id}"), &json!(null)).await;
            }
            Step::Correct(who) => {
                let face = json!({
                    "box": {"top": 1, "right": 4, "bottom": 3, "left": 2},
                    "score": 0.9,
                    "model": "dlib-resnet-v1",
                    "embedding": self.look(who),
                });
                let report = json!({
                    "capture_id": Uuid::new_v4(),
                    "captured_at": jiff::Timestamp::now().to_string(),
                    "faces": [face],
                });
                let receipt = self.relay.post("/v1/reports", &report).await;
                assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
                let newest = self.relay.get("/v1/events?limit=1").await.json["events"][0].clone();
                if newest["correctable"] != json!(true) {
                    return;
                }
                let event = newest["id"].as_i64().unwrap();
                let path = format!("/v1/events/{event}/correction");
                let body = json!({"is_not": true, "name": name((who + 1) % 4)});
                let answer = self.relay.post(&path, &body).await;
                assert!(answer.status.is_success(), "{}", answer.text);
                self.corrected.push(event);
            }
            Step::Undo => {
                let Some(event) = self.corrected.pop() else { return };
                let path = format!("/v1/events/{event}/correction");
                self.relay.send(Method::DELETE, &path, &json!(null)).await;
            }
            Step::Threshold => {
                let threshold = 0.4 + f32::from(self.looks % 10) * 0.01;
                let body = json!({"threshold": threshold});
                self.relay.send(Method::PUT, "/api/config", &body).await;
            }
            Step::Import(who) => {
                let values = self.look(who);
                let imported = LabelledEncoding {
                    label: name(who),
                    number_type: NumberType::Float32,
                    embedding: Embedding::new(ModelId::DlibResnetV1, &values).unwrap(),
                };
                self.relay.state.people.import(vec![imported]).await.unwrap();
            }
            Step::Restart => {
                let empty = Relay::new().await;
                let Relay { state, router, folder } = std::mem::replace(&mut self.relay, empty);
                drop((state, router));
                self.relay = Relay::again(folder).await;
            }
            Step::BackUp => {
                let folder = tempfile::tempdir().unwrap();
                back_up(self.relay.folder.path(), &folder.path().join("backup")).unwrap();
                self.backup = Some(folder);
            }
            Step::Restore => {
                let Some(backup) = &self.backup else { return };
                let folder = tempfile::tempdir().unwrap();
                restore(folder.path(), &backup.path().join("backup")).unwrap();
                self.relay = Relay::again(folder).await;
                self.corrected.clear();
            }
            Step::Ask => {}
        }
    }

    async fn whole(&self) -> GalleryList {
        serde_json::from_value(self.relay.get(PATH).await.json).unwrap()
    }

    async fn since(&self, version: &str) -> GalleryList {
        let answer = self.relay.get(&format!("{PATH}&since={version}")).await;
        serde_json::from_value(answer.json).unwrap()
    }
}

fn name(who: u8) -> String {
    format!("Persona {who}")
}

/// Puts what changed in the place of what was held.
fn merged(held: GalleryList, changes: GalleryList) -> GalleryList {
    let Some(replaced) = &changes.replaces else { return changes };
    let stays = |id: &String| !replaced.contains(id);
    let mut merged = GalleryList { replaces: None, ..changes.clone() };
    merged.entries.extend(held.entries.into_iter().filter(|it| stays(&it.person_id)));
    merged.negatives.extend(held.negatives.into_iter().filter(|it| stays(&it.person_id)));
    merged.own_rates.extend(held.own_rates.into_iter().filter(|it| stays(&it.person_id)));
    merged
}

/// In one order, whatever order it came in.
fn sorted(list: &GalleryList) -> Value {
    let mut list = serde_json::to_value(list).unwrap();
    for field in ["entries", "negatives", "own_rates"] {
        list[field].as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    list
}

fn kept_up_to_date(steps: Vec<Step>) -> TestCaseResult {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new().await;
        world.act(Step::Enrol(0)).await;
        let mut held = world.whole().await;
        for step in steps.into_iter().chain([Step::Ask]) {
            world.act(step).await;
            if matches!(step, Step::Ask) {
                let changes = world.since(&held.version).await;
                held = merged(held, changes);
                prop_assert_eq!(sorted(&held), sorted(&world.whole().await));
            }
        }
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_gallery_that_is_kept_up_to_date_is_the_whole_one(steps in steps()) {
        kept_up_to_date(steps)?;
    }
}

#[tokio::test]
async fn only_who_changed_is_answered() {
    let mut world = World::new().await;
    for who in 0..3 {
        world.act(Step::Enrol(who)).await;
    }
    let before = world.whole().await;
    assert_eq!((before.entries.len(), before.replaces.clone()), (3, None));
    let nothing = world.since(&before.version).await;
    assert_eq!((nothing.entries.len(), nothing.replaces.unwrap().len()), (0, 0));

    let one = world.id(1).await.unwrap();
    world.act(Step::Enrol(1)).await;
    let changes = world.since(&before.version).await;
    assert_eq!(changes.replaces, Some(vec![one.clone()]));
    assert_eq!(changes.entries.len(), 2, "all of theirs");
    let two = world.id(2).await.unwrap();
    world.act(Step::Forget(2)).await;
    let changes = world.since(&changes.version).await;
    assert_eq!((changes.replaces, changes.entries.len()), (Some(vec![two]), 0));

    world.act(Step::Import(3)).await;
    let whole = world.since(&changes.version).await;
    assert_eq!((whole.entries.len(), whole.replaces), (4, None), "a file may be about anybody");
    for other in ["", "0", "otra-3", "0193a7c100007000800000000000000a-1", "x".repeat(99).as_str()]
    {
        assert_eq!(world.since(other).await.replaces, None, "{other}");
    }
    let (run, version) = whole.version.split_once('-').unwrap();
    let ahead = version.parse::<u64>().unwrap() + 1;
    assert_eq!(world.since(&format!("{run}-{ahead}")).await.replaces, None);
}

#[tokio::test]
async fn nothing_is_sent_where_nothing_changed() {
    let mut world = World::new().await;
    world.act(Step::Enrol(0)).await;
    let first = world.relay.get(PATH).await;
    let version = first.json["version"].as_str().unwrap();
    let path = format!("{PATH}&since={version}");
    let asked = request(Method::GET, &path).header("if-none-match", &first.headers["etag"]);
    let same = world.relay.ask(asked.body(Body::empty()).unwrap()).await;
    assert_eq!((same.status, same.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn what_is_known_of_one_person_never_depends_on_whether_another_is_enrolled() {
    let mut world = World::new().await;
    for who in [0, 1] {
        world.act(Step::Enrol(who)).await;
        world.act(Step::Correct(who)).await;
    }
    let mut held = world.whole().await;
    assert_eq!((held.entries.len(), held.negatives.len()), (2, 2));
    let steps = [Step::RemoveOne(0), Step::RemoveOne(1), Step::Enrol(2), Step::Forget(0)];
    for (step, negatives) in steps.into_iter().zip([2, 2, 2, 1]) {
        world.act(step).await;
        held = merged(held.clone(), world.since(&held.version).await);
        assert_eq!(sorted(&held), sorted(&world.whole().await), "{step:?}");
        assert_eq!(held.negatives.len(), negatives, "{step:?}");
    }
}

#[tokio::test]
async fn another_history_is_answered_whole() {
    let mut world = World::new().await;
    world.act(Step::Enrol(0)).await;
    world.act(Step::BackUp).await;
    world.act(Step::Enrol(1)).await;
    let held = world.whole().await;
    world.act(Step::Restart).await;
    let restarted = world.since(&held.version).await;
    assert_eq!((restarted.entries.len(), restarted.replaces), (2, None));
    world.act(Step::Restore).await;
    for version in [&held.version, &restarted.version] {
        let restored = world.since(version).await;
        assert_eq!((restored.entries.len(), restored.replaces), (1, None));
    }
}
