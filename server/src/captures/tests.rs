use std::path::Path;

use rostro_core::{EMBEDDING_LEN, Embedding, ModelId};
use rostro_wire::v1::{Channel, Verdict};

use super::*;
use crate::config::WebhookConfig;
use crate::people::{EncodingSource, NewPerson, People};
use crate::webhooks::Webhooks;

const CAPTURE: Uuid = Uuid::from_u128(1);

struct Relay {
    people: People,
    captures: Captures,
    webhooks: Webhooks,
}

async fn relay(dir: &Path) -> Relay {
    let store = Store::open(dir).unwrap();
    let config =
        WebhookConfig { url: Some("http://localhost:1/".to_owned()), ..WebhookConfig::default() };
    let webhooks = Webhooks::load(store.clone(), &config).await.unwrap();
    Relay {
        people: People::load(store.clone()).await.unwrap(),
        captures: Captures::load(store, webhooks.outbox()),
        webhooks,
    }
}

async fn enrol(relay: &Relay, name: &str) -> String {
    let person = NewPerson { name: name.to_owned(), ..NewPerson::default() };
    let sample = Embedding::new(ModelId::DlibResnetV1, &[0.1; EMBEDDING_LEN]).unwrap();
    relay.people.enrol(person, vec![sample], EncodingSource::Browser).await.unwrap().id
}

fn face(name: Option<&str>, person_id: Option<&str>) -> v1::FaceResult {
    v1::FaceResult {
        name: name.map(str::to_owned),
        person_id: person_id.map(str::to_owned),
        distance: Some(0.4123),
        threshold: 0.6,
        model: ModelId::DlibResnetV1.as_str().to_owned(),
        confidence: if name.is_some() { 0.5877 } else { 0.0 },
        decision: None,
        verified: Verdict::Server,
        replayed: false,
        liveness: v1::Liveness::NotChecked,
        bounds: v1::PixelBox { top: -1, right: 110, bottom: 120, left: 20 },
    }
}

fn capture(id: Uuid, faces: Vec<v1::FaceResult>) -> NewCapture {
    NewCapture {
        capture_id: id,
        channel: Channel::Rest,
        camera_id: Some("entrada".to_owned()),
        camera_stream_url: None,
        occurred_at: "2026-11-22T10:00:00.123456Z".parse().unwrap(),
        faces: faces.into_iter().map(NewFace::from).collect(),
        digest: [7; 32],
        notify: Notify::Never,
    }
}

#[tokio::test]
async fn a_capture_counts_once_however_it_comes() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path()).await;
    let ana = enrol(&relay, "Ana").await;
    let mut told = relay.captures.subscribe();
    let sent = NewCapture {
        notify: Notify::Always,
        ..capture(CAPTURE, vec![face(Some("Ana"), Some(&ana)), face(None, None)])
    };
    let first = relay.captures.record(sent.clone()).await.unwrap();
    assert_eq!(first.faces, sent.faces.iter().map(|face| face.result.clone()).collect::<Vec<_>>());
    assert_eq!(first.channels, [Channel::Rest]);
    assert!(!first.hybrid && !first.duplicate);

    let again = relay.captures.record(sent.clone()).await.unwrap();
    assert_eq!(again, v1::Receipt { duplicate: true, ..first.clone() });

    // The other channel may have measured a trifle differently: the first result stands.
    let mut other_face = face(Some("Ana"), Some(&ana));
    other_face.distance = Some(0.4124);
    let other = NewCapture {
        channel: Channel::Socket,
        faces: vec![other_face.into(), face(None, None).into()],
        ..sent.clone()
    };
    let completed = relay.captures.record(other).await.unwrap();
    assert_eq!(completed.faces, first.faces);
    assert_eq!(completed.channels, [Channel::Rest, Channel::Socket]);
    assert!(completed.hybrid && completed.duplicate);
    assert_eq!(completed.received_at, first.received_at);

    let conflict = NewCapture { digest: [8; 32], ..sent };
    assert!(matches!(relay.captures.record(conflict).await, Err(RecordError::Conflict)));

    assert_eq!(relay.captures.events(10, None).await.unwrap().len(), 2);
    assert_eq!(relay.webhooks.pending().await.unwrap(), 2);
    let events = [told.recv().await.unwrap(), told.recv().await.unwrap()];
    assert_eq!(events[0].face, first.faces[0]);
    assert!(events[0].id < events[1].id);
    assert!(told.try_recv().is_err(), "told once");
}

#[tokio::test]
async fn captures_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = relay(dir.path()).await;
    let receipt = first.captures.record(capture(CAPTURE, vec![face(None, None)])).await.unwrap();
    let events = first.captures.events(10, None).await.unwrap();
    drop(first);
    let second = relay(dir.path()).await;
    assert_eq!(second.captures.events(10, None).await.unwrap(), events);
    let again = second.captures.record(capture(CAPTURE, Vec::new())).await.unwrap();
    assert_eq!(again, v1::Receipt { duplicate: true, ..receipt });
}

#[tokio::test]
async fn many_at_once_are_each_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..200_u128 {
        let captures = relay.captures.clone();
        tasks.spawn(async move {
            let id = Uuid::from_u128(i / 2);
            captures.record(capture(id, vec![face(None, None)])).await.unwrap().duplicate
        });
    }
    let duplicates = tasks.join_all().await.into_iter().filter(|duplicate| *duplicate).count();
    assert_eq!(duplicates, 100);
    assert_eq!(relay.captures.results(0).await.unwrap().total, 100);
}

#[tokio::test]
async fn the_questions_of_the_legacy_wires() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path()).await;
    assert_eq!(relay.captures.latest().await.unwrap(), None);
    assert_eq!(relay.captures.stats().await.unwrap(), CaptureStats::default());
    let jose = enrol(&relay, "José").await;
    let ana = enrol(&relay, "Ana").await;
    let seen = [
        face(Some("José"), Some(&jose)),
        face(None, None),
        face(Some("Ana"), Some(&ana)),
        face(Some("José"), Some(&jose)),
    ];
    for (id, face) in (1_u32..).zip(seen) {
        let new = NewCapture {
            occurred_at: Timestamp::from_second(1_000_000 + i64::from(id)).unwrap(),
            ..capture(Uuid::from_u128(id.into()), vec![face])
        };
        relay.captures.record(new).await.unwrap();
    }
    let names = |page: &ResultsPage| {
        page.results.iter().map(|result| result.name.clone()).collect::<Vec<_>>()
    };
    let last = relay.captures.results(3).await.unwrap();
    assert_eq!(
        (names(&last), last.total),
        (vec!["Desconocido".into(), "Ana".into(), "José".into()], 4)
    );
    assert!(last.results[0].timestamp < last.results[2].timestamp, "oldest first");
    let named = relay.captures.results_named("JOSE\u{301}", 1).await.unwrap();
    assert_eq!((names(&named), named.total), (vec!["José".to_owned()], 2));
    let unknown = relay.captures.results_named("desconocido", 20).await.unwrap();
    assert_eq!((unknown.results.len(), unknown.total), (1, 1));
    assert_eq!(relay.captures.results_named("Luis", 20).await.unwrap().total, 0);
    assert_eq!(relay.captures.latest().await.unwrap().as_ref(), last.results.last());

    let stats = relay.captures.stats().await.unwrap();
    assert_eq!((stats.total_detections, stats.unknown_count, stats.unique_persons), (4, 1, 2));
    assert_eq!(stats.recognized, [("Ana".to_owned(), 1), ("José".to_owned(), 2)].into());
    assert_eq!(stats.last_detection.as_ref(), last.results.last());

    let newest = relay.captures.events(2, None).await.unwrap();
    let ids: Vec<i64> = newest.iter().map(|event| event.id).collect();
    assert_eq!(ids, [4, 3]);
    let older = relay.captures.events(10, Some(3)).await.unwrap();
    assert_eq!(older.iter().map(|event| event.id).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(newest[0].face.bounds.top, -1);
}

#[tokio::test]
async fn timestamps_are_local_and_zoneless() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path()).await;
    let receipt = relay.captures.record(capture(CAPTURE, vec![face(None, None)])).await.unwrap();
    let latest = relay.captures.latest().await.unwrap().unwrap();
    let read: jiff::civil::DateTime = latest.timestamp.parse().unwrap();
    let occurred_at: Timestamp = "2026-11-22T10:00:00.123456Z".parse().unwrap();
    assert_eq!(read, occurred_at.to_zoned(jiff::tz::TimeZone::system()).datetime());
    assert_eq!(latest.timestamp.len(), "2026-11-22T10:00:00.123456".len());
    assert_eq!(
        relay.captures.events(1, None).await.unwrap()[0].occurred_at,
        occurred_at.to_string()
    );
    assert!(receipt.received_at.ends_with('Z'));
}

#[tokio::test]
async fn the_webhook_is_told_what_the_relay_measured_and_not_too_often() {
    struct Case {
        name: &'static str,
        at_second: i64,
        camera: Option<&'static str>,
        face: v1::FaceResult,
        told: bool,
    }
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path()).await;
    let ana = enrol(&relay, "Ana").await;
    let known = || face(Some("Ana"), Some(&ana));
    let unmeasured = |verified| v1::FaceResult { verified, ..face(None, None) };
    let door = Some("puerta");
    let cases = [
        Case { name: "the first", at_second: 0, camera: door, face: known(), told: true },
        Case { name: "a repeat", at_second: 9, camera: door, face: known(), told: false },
        Case {
            name: "somebody else",
            at_second: 9,
            camera: door,
            face: face(None, None),
            told: true,
        },
        Case { name: "another camera", at_second: 9, camera: None, face: known(), told: true },
        Case { name: "after the pause", at_second: 11, camera: door, face: known(), told: true },
        Case {
            name: "only claimed",
            at_second: 50,
            camera: door,
            face: unmeasured(Verdict::ClientClaim),
            told: false,
        },
        Case {
            name: "disputed",
            at_second: 90,
            camera: door,
            face: unmeasured(Verdict::Mismatch),
            told: false,
        },
    ];
    let mut waiting = 0;
    for (id, case) in (1_u128..).zip(cases) {
        let new = NewCapture {
            camera_id: case.camera.map(str::to_owned),
            occurred_at: Timestamp::from_second(1_000_000 + case.at_second).unwrap(),
            notify: Notify::AtMostEvery(SignedDuration::from_secs(10)),
            ..capture(Uuid::from_u128(id), vec![case.face])
        };
        relay.captures.record(new).await.unwrap();
        waiting += u32::from(case.told);
        assert_eq!(relay.webhooks.pending().await.unwrap(), waiting, "{}", case.name);
    }
}

#[tokio::test]
async fn the_forgotten_leave_their_sightings_without_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let relay = relay(dir.path()).await;
    let eva = enrol(&relay, "Eva").await;
    let before = NewCapture {
        notify: Notify::Always,
        ..capture(CAPTURE, vec![face(Some("Eva"), Some(&eva)), face(None, None)])
    };
    relay.captures.record(before.clone()).await.unwrap();
    assert_eq!(relay.webhooks.pending().await.unwrap(), 2);
    relay.people.forget(&eva).await.unwrap();
    assert_eq!(relay.webhooks.pending().await.unwrap(), 1, "what told of her is gone");

    // Measured before she was forgotten, stored after.
    let late = NewCapture { capture_id: Uuid::from_u128(2), ..before.clone() };
    let receipt = relay.captures.record(late).await.unwrap();
    assert_eq!(receipt.faces[0].name, None);
    // A repeat of the first capture does not bring the name back either.
    let repeat = relay.captures.record(before).await.unwrap();
    assert_eq!(repeat.faces[0].name, None);

    for event in relay.captures.events(10, None).await.unwrap() {
        assert_eq!((&event.face.name, &event.face.person_id), (&None, &None));
    }
    let first = relay.captures.results(10).await.unwrap().results.remove(0);
    assert_eq!((first.name.as_str(), first.distance, first.confidence), ("Desconocido", 1.0, 0.0));
    assert_eq!(relay.captures.results_named("Eva", 10).await.unwrap().total, 0);
    assert_eq!(relay.captures.stats().await.unwrap().unknown_count, 4);
}
