//! The stages in order, on networks that answer what a test wants.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use rostro_core::shape_predictor::ShapePredictor;
use rostro_core::{
    DetectOptions, Detection, Detector, Embedding, EmbeddingError, Engine, EngineError, FrameBox,
    ModelId, Network, Recognizer, Score, Tensor,
};
use rostro_testkit::Picture;
use rostro_testkit::networks::{Broken, Constant, InTurn, PlacedFace, Recorder, Yunet};

/// 320 × 256 pixels, which the detector is fed as they are.
fn picture() -> Picture {
    Picture::plain(320, 256, [90, 60, 30])
}

/// Finds `faces`, and whoever looks again from near finds nothing.
fn detector(faces: &[PlacedFace]) -> Detector {
    Detector::new(Box::new(InTurn::new(vec![Yunet(faces.to_vec()), Yunet::default()])))
}

fn sface(network: impl Network + 'static) -> Recognizer {
    Recognizer::Sface { network: Box::new(network) }
}

fn dlib(network: impl Network + 'static) -> Recognizer {
    Recognizer::Dlib { network: Box::new(network), shape_predictor: mean_face() }
}

/// A shape predictor whose one tree corrects nothing: the points lie in the box as in dlib's mean face.
fn mean_face() -> ShapePredictor {
    let mut packed = b"RSP1".to_vec();
    for size in [5_u16, 1, 1, 1, 1] {
        packed.extend(size.to_le_bytes());
    }
    let mean: [f32; 10] = [0.86, 0.21, 0.65, 0.23, 0.12, 0.21, 0.33, 0.23, 0.49, 0.63];
    packed.extend(mean.iter().flat_map(|value| value.to_le_bytes()));
    let (anchor, offset, split, leaves) = ([0; 1], [0; 8], [0; 6], [0; 80]);
    packed.extend(anchor.into_iter().chain(offset).chain(split).chain(leaves));
    ShapePredictor::from_packed(&packed).unwrap()
}

fn person(model: ModelId, index: usize) -> Embedding {
    Embedding::new(model, Constant::person(index).0[0].values()).unwrap()
}

#[test]
fn every_face_is_embedded_with_every_model_asked_for() {
    let behind = PlacedFace::around(60.0, 60.0, 40.0, 0.95);
    let in_front = PlacedFace::around(170.0, 130.0, 120.0, 0.8);
    let mut engine = Engine::new(detector(&[behind, in_front]));
    engine.add_recognizer(dlib(Constant::person(1)));
    engine.add_recognizer(sface(Constant::person(2)));
    let models = [ModelId::Sface2021Dec, ModelId::DlibResnetV1];

    let picture = picture();
    let faces = engine.recognize(&picture.frame(), &DetectOptions::default(), &models).unwrap();

    let lefts: Vec<f32> = faces.iter().map(|face| face.detection.bounds.left.round()).collect();
    assert_eq!(lefts, [110.0, 40.0], "who stands in front comes first, whatever the scores");
    for face in faces {
        assert_eq!(face.embeddings, [person(models[0], 2), person(models[1], 1)]);
    }
}

#[test]
fn with_its_mirror_a_face_is_seen_twice() {
    let recorder = Recorder::new(Constant::person(2));
    let inputs = recorder.inputs();
    let face = PlacedFace::around(170.0, 130.0, 120.0, 0.8);
    let mut engine = Engine::new(detector(&[face]));
    engine.add_recognizer(sface(recorder));
    let (model, picture) = (ModelId::Sface2021Dec, picture());
    let faces = engine.detect(&picture.frame(), &DetectOptions::default()).unwrap();
    let aligned = engine.align(&picture.frame(), &faces[0], model).unwrap();
    assert_eq!(engine.embed_averaged(&aligned), Ok(person(model, 2)));
    let [seen, mirrored] = &inputs.get()[..] else { panic!("the face, and its mirror image") };
    let rows = |input: &Tensor| input.values().chunks(112).map(<[f32]>::to_vec).collect::<Vec<_>>();
    let turned = rows(mirrored).into_iter().map(|row| row.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(rows(seen), turned.collect::<Vec<_>>());
}

#[test]
fn networks_are_fed_what_they_were_made_for() {
    let recorders = [Recorder::new(Constant::person(1)), Recorder::new(Constant::person(2))];
    let inputs = recorders.each_ref().map(Recorder::inputs);
    let [for_dlib, for_sface] = recorders;
    let mut engine = Engine::new(detector(&[PlacedFace::around(170.0, 130.0, 120.0, 0.8)]));
    engine.add_recognizer(dlib(for_dlib));
    engine.add_recognizer(sface(for_sface));
    let picture = picture();
    engine.recognize(&picture.frame(), &DetectOptions::default(), &ModelId::ALL).unwrap();
    for (inputs, side) in inputs.iter().zip([150, 112]) {
        let [input] = &inputs.get()[..] else { panic!("one face, one run") };
        assert_eq!(input.shape(), [1, 3, side, side]);
        // The middle lies in the picture: red, green and blue, 0 to 255.
        let middle = side / 2 * side + side / 2;
        let colour = [0, 1, 2].map(|channel| input.values()[channel * side * side + middle]);
        assert_eq!(colour, [90.0, 60.0, 30.0]);
    }
}

#[test]
fn faults_keep_their_kind() {
    let model = ModelId::Sface2021Dec;
    let face = PlacedFace::around(170.0, 130.0, 120.0, 0.8);
    let picture = picture();
    let recognize = |engine: &Engine| {
        engine.recognize(&picture.frame(), &DetectOptions::default(), &[model]).unwrap_err()
    };

    let mut engine = Engine::new(detector(&[face]));
    assert_eq!(recognize(&engine), EngineError::ModelUnavailable(model));

    engine.add_recognizer(sface(Broken));
    assert!(matches!(recognize(&engine), EngineError::Network(error) if error.network == "broken"));

    let outputs: [(Vec<Tensor>, EmbeddingError); 3] = [
        (vec![], EmbeddingError::WrongLength { actual: 0 }),
        (vec![Tensor::new(&[1, 2], vec![1.0; 2])], EmbeddingError::WrongLength { actual: 2 }),
        (vec![Tensor::new(&[1, 128], vec![f32::NAN; 128])], EmbeddingError::NotFinite { index: 0 }),
    ];
    for (outputs, source) in outputs {
        // A recogniser takes the place of an earlier one of its model.
        let mut engine = Engine::new(detector(&[face]));
        engine.add_recognizer(sface(Broken));
        engine.add_recognizer(sface(Constant(outputs)));
        assert_eq!(engine.models(), [model]);
        assert_eq!(recognize(&engine), EngineError::Embedding { model, source });
    }

    let engine = Engine::new(Detector::new(Box::new(Broken)));
    assert!(matches!(
        engine.detect(&picture.frame(), &DetectOptions::default()),
        Err(EngineError::Network(_))
    ));
}

#[test]
fn what_cannot_be_aligned_is_left_out() {
    let mut flat = PlacedFace::around(60.0, 60.0, 40.0, 0.95);
    flat.landmarks.0 = [flat.landmarks.0[0]; 5];
    let face = PlacedFace::around(170.0, 130.0, 120.0, 0.8);
    let looks = [Yunet(vec![flat, face]), Yunet::default(), Yunet::default()];
    let mut engine = Engine::new(Detector::new(Box::new(InTurn::new(looks.to_vec()))));
    engine.add_recognizer(sface(Constant::person(2)));
    let picture = picture();
    let model = [ModelId::Sface2021Dec];
    let faces = engine.recognize(&picture.frame(), &DetectOptions::default(), &model).unwrap();
    assert_eq!(faces.len(), 1);
    assert_eq!(faces[0].detection.bounds.left.round(), 110.0);
}

/// A face of 100 × 100 pixels, of which the second look shows 140 × 140 at 256 × 256.
fn seen_first() -> Detection {
    let PlacedFace { bounds, landmarks, score } = PlacedFace::around(120.0, 110.0, 100.0, 0.8);
    Detection { bounds, landmarks, score: Score::new(score).unwrap() }
}

#[test]
fn a_second_look_gives_the_points_it_finds() {
    let shift = 256.0 / 140.0;
    // Found 3 px further right and 2 px higher.
    let again = PlacedFace::around(128.0 + 3.0 * shift, 128.0 - 2.0 * shift, 100.0 * shift, 0.5);
    let stranger = PlacedFace::around(20.0, 20.0, 30.0, 0.99);
    let recorder = Recorder::new(Yunet(vec![stranger, again]));
    let inputs = recorder.inputs();
    let picture = picture();
    let refined =
        Detector::new(Box::new(recorder)).refine(&picture.frame(), &seen_first()).unwrap();
    assert_eq!(inputs.get()[0].shape(), [1, 3, 256, 256]);
    for (refined, first) in refined.landmarks.0.iter().zip(seen_first().landmarks.0) {
        assert!(
            (refined.x - first.x - 3.0).abs() < 1e-3 && (refined.y - first.y + 2.0).abs() < 1e-3
        );
    }
    assert!((refined.bounds.left - 73.0).abs() < 1e-3);
}

#[test]
fn what_is_not_found_again_stays_as_it_was() {
    let picture = picture();
    let elsewhere = PlacedFace::around(20.0, 20.0, 30.0, 0.99);
    for faces in [vec![], vec![elsewhere]] {
        let refined = Detector::new(Box::new(Yunet(faces))).refine(&picture.frame(), &seen_first());
        assert_eq!(refined, Ok(seen_first()));
    }
    let nowhere = Detection { bounds: FrameBox::from_tlwh(0.0, 0.0, 0.0, 0.0), ..seen_first() };
    let detector = Detector::new(Box::new(Broken));
    assert_eq!(detector.refine(&picture.frame(), &nowhere), Ok(nowhere));
    assert!(detector.refine(&picture.frame(), &seen_first()).is_err());
}
