//! A video through the pipeline, on networks that answer what a test wants.

use rostro_core::tracks::{Change, LookOutcome, TrackDecision, TrackerOptions, VisitEvent};
use rostro_core::watch::{Moment, Watch, WatchedFace};
use rostro_core::{DetectOptions, Detector, Engine, EngineError, ModelId, Recognizer};
use rostro_testkit::Picture;
use rostro_testkit::networks::{Constant, PlacedFace, Recorder, Yunet};

const MODELS: [ModelId; 1] = [ModelId::Sface2021Dec];

/// An engine that sees one person in every face.
fn engine(faces: &[PlacedFace]) -> (Engine, rostro_testkit::networks::Inputs) {
    let recorder = Recorder::new(Constant::person(1));
    let inputs = recorder.inputs();
    let mut engine = Engine::new(Detector::new(Box::new(Yunet(faces.to_vec()))));
    engine.add_recognizer(Recognizer::Sface { network: Box::new(recorder) });
    (engine, inputs)
}

fn frame(
    watch: &mut Watch<&'static str>,
    engine: &Engine,
    now_ms: u64,
) -> Result<Vec<WatchedFace<&'static str>>, EngineError> {
    let picture = Picture::plain(320, 256, [90, 60, 30]);
    let moment = Moment { engine, models: &MODELS, now_ms };
    watch.frame(&picture.frame(), &moment, |probes| {
        assert_eq!(probes.len(), 1, "one of each model");
        LookOutcome::Known { subject: "Ana", sureness: 0.9 }
    })
}

#[test]
fn a_face_is_embedded_now_and_then_and_keeps_its_name() {
    let (engine, runs) = engine(&[PlacedFace::around(170.0, 130.0, 120.0, 0.9)]);
    let mut watch = Watch::new(DetectOptions::default(), TrackerOptions::default());
    let (mut looks, mut visits) = (0, Vec::new());
    for now_ms in (0..3000).step_by(50) {
        let faces = frame(&mut watch, &engine, now_ms).unwrap();
        let [face] = &faces[..] else { panic!("one face") };
        looks += usize::from(face.looked == Some(Change::Kept));
        assert_eq!(face.embeddings.len(), 1, "also where none was made");
        let is_named = face.decision == TrackDecision::Known { subject: "Ana" };
        assert_eq!(is_named, now_ms >= 100, "two looks name, at {now_ms} ms");
        visits.extend(watch.visits());
    }
    assert_eq!(looks, runs.get().len());
    assert!((3..6).contains(&looks), "{looks} looks in 60 frames");
    assert!(matches!(&visits[..], [VisitEvent::Began(visit)] if visit.subject == Some("Ana")));
}

#[test]
fn a_faint_face_is_not_followed_unless_it_was_clear() {
    let mut watch = Watch::new(DetectOptions::default(), TrackerOptions::default());
    let at = |score| engine(&[PlacedFace::around(170.0, 130.0, 120.0, score)]).0;
    assert_eq!(frame(&mut watch, &at(0.5), 0).unwrap(), []);
    let clear = frame(&mut watch, &at(0.9), 50).unwrap()[0].track;
    assert_eq!(frame(&mut watch, &at(0.5), 100).unwrap()[0].track, clear);
    assert_eq!(frame(&mut watch, &at(0.3), 150).unwrap(), [], "too faint to be a face");
}

#[test]
fn an_empty_room_is_looked_at_closely_twice_a_second() {
    let recorder = Recorder::new(Yunet(Vec::new()));
    let runs = recorder.inputs();
    let engine = Engine::new(Detector::new(Box::new(recorder)));
    let picture = Picture::plain(640, 480, [90, 60, 30]);
    let mut watch = Watch::<u32>::new(DetectOptions::default(), TrackerOptions::default());
    for now_ms in (0..2000).step_by(50) {
        assert_eq!(watch.detect(&engine, &picture.frame(), now_ms), Ok(vec![]));
    }
    let widths: Vec<usize> = runs.get().iter().map(|input| input.shape()[3]).collect();
    let closely = widths.iter().filter(|width| **width == 640).count();
    assert_eq!((widths.len() - closely, closely), (40, 4));
}

#[test]
fn who_is_followed_from_afar_is_looked_at_closely_in_every_frame() {
    // 20 px of the first look's input: small.
    let recorder = Recorder::new(Yunet(vec![PlacedFace::around(170.0, 130.0, 20.0, 0.9)]));
    let runs = recorder.inputs();
    let engine = Engine::new(Detector::new(Box::new(recorder)));
    let picture = Picture::plain(640, 480, [90, 60, 30]);
    let mut watch = Watch::<u32>::new(DetectOptions::default(), TrackerOptions::default());
    for now_ms in (0..400).step_by(50) {
        watch.detect(&engine, &picture.frame(), now_ms).unwrap();
    }
    assert_eq!(runs.get().len(), 2 * 8);
}

#[test]
fn a_model_that_is_not_loaded_is_named() {
    let engine = Engine::new(Detector::new(Box::new(Yunet(vec![PlacedFace::around(
        170.0, 130.0, 120.0, 0.9,
    )]))));
    let mut watch = Watch::new(DetectOptions::default(), TrackerOptions::default());
    assert_eq!(
        frame(&mut watch, &engine, 0).unwrap_err(),
        EngineError::ModelUnavailable(ModelId::Sface2021Dec)
    );
}
