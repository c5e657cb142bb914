//! The stages that need a network, with the models that are shipped, against OpenCV, dlib and onnxruntime.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;

use rostro_core::{
    DetectOptions, Detection, Detector, Embedding, Engine, EngineError, InputSide, ModelId,
    NetworkError, Recognizer, Tensor,
};
use rostro_testkit::{Picture, reference, tolerance};

fn model(id: &str) -> Vec<u8> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    rostro_models::read_verified(&models, id).unwrap()
}

fn detector() -> Detector {
    rostro_infer::load_detector(&model(rostro_models::YUNET)).unwrap()
}

fn dlib() -> Recognizer {
    let points = model(rostro_models::SHAPE_PREDICTOR);
    rostro_infer::load_dlib(&model(rostro_models::DLIB), &points).unwrap()
}

fn sface() -> Recognizer {
    rostro_infer::load_sface(&model(rostro_models::SFACE)).unwrap()
}

fn engine() -> Engine {
    let mut engine = Engine::new(detector());
    engine.add_recognizer(dlib());
    engine.add_recognizer(sface());
    engine
}

#[test]
fn the_detector_finds_what_opencv_finds() {
    let detector = detector();
    for face in &reference().faces {
        let found = detector.detect(&face.picture().frame(), &face.detect_options()).unwrap();
        assert_eq!(found.len(), face.detections.len(), "{}", face.picture);
        for (found, expected) in found.iter().zip(&face.detections) {
            let expected = expected.detection();
            let moved = farthest_px(found, &expected);
            assert!(moved <= tolerance::DETECTION_PX, "{}: {moved} px", face.picture);
            let score = (found.score.value() - expected.score.value()).abs();
            assert!(score <= tolerance::SCORE, "{}: score differs by {score}", face.picture);
        }
    }
}

/// The largest difference of a side of the box or of a coordinate of a point.
fn farthest_px(a: &Detection, b: &Detection) -> f32 {
    let sides = |it: &Detection| [it.bounds.top, it.bounds.right, it.bounds.bottom, it.bounds.left];
    let numbers = |it: &Detection| {
        let points = it.landmarks.0.into_iter().flat_map(|point| [point.x, point.y]);
        sides(it).into_iter().chain(points).collect::<Vec<f32>>()
    };
    numbers(a).iter().zip(numbers(b)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_face_is_found_in_the_same_place_at_any_input_size() {
    let engine = engine();
    for face in &reference().faces {
        let picture = face.picture();
        let expected = face.detections[0].detection();
        for side_px in [192, 320, 480] {
            let options =
                DetectOptions { input_side: InputSide::Px(side_px), ..DetectOptions::default() };
            let found = engine.detect(&picture.frame(), &options).unwrap();
            assert_eq!(found.len(), 1, "{} at {side_px}", face.picture);
            let overlap = found[0].bounds.iou(&expected.bounds);
            assert!(overlap > 0.8, "{} at {side_px}: {overlap}", face.picture);
        }
    }
}

#[test]
fn nobody_is_found_where_nobody_is() {
    let picture = Picture::plain(640, 480, [127, 127, 127]);
    assert_eq!(engine().detect(&picture.frame(), &DetectOptions::default()), Ok(vec![]));
}

#[test]
fn embeddings_of_the_reference_chips_are_dlibs() {
    let Recognizer::Dlib { network, .. } = dlib() else { panic!("load_dlib gives dlib's") };
    for face in &reference().faces {
        let output = only(network.run(face.dlib.chip().to_planes()));
        let distance = distance(ModelId::DlibResnetV1, output.values(), &face.dlib.encoding);
        assert!(distance <= tolerance::DLIB_NETWORK_DISTANCE, "{}: {distance}", face.picture);
    }
}

#[test]
fn embeddings_of_the_reference_crops_are_sfaces() {
    let Recognizer::Sface { network } = sface() else { panic!("load_sface gives SFace's") };
    for face in &reference().faces {
        let output = only(network.run(face.sface.crop().to_planes()));
        let distance = distance(ModelId::Sface2021Dec, output.values(), &face.sface.embedding);
        assert!(distance <= tolerance::SFACE_NETWORK_DISTANCE, "{}: {distance}", face.picture);
    }
}

fn only(outputs: Result<Vec<Tensor>, NetworkError>) -> Tensor {
    let [output] = <[Tensor; 1]>::try_from(outputs.unwrap()).unwrap();
    output
}

fn distance(model: ModelId, a: &[f32], b: &[f32]) -> f32 {
    let embedding = |values| Embedding::new(model, values).unwrap();
    embedding(a).distance(&embedding(b)).unwrap().value()
}

#[test]
fn a_picture_gives_the_encoding_of_python_face_recognition() {
    let engine = engine();
    let model = ModelId::DlibResnetV1;
    for face in &reference().faces {
        let faces =
            engine.recognize(&face.picture().frame(), &DetectOptions::default(), &[model]).unwrap();
        assert_eq!(faces.len(), 1, "{}", face.picture);
        let expected = &face.dlib.encoding_by_face_recognition;
        let distance = distance(model, faces[0].embeddings[0].values(), expected);
        assert!(distance <= tolerance::END_TO_END_DLIB_DISTANCE, "{}: {distance}", face.picture);
    }
}

#[test]
fn both_models_tell_the_persons_apart() {
    let engine = engine();
    let reference = reference();
    let embedded: Vec<Vec<Embedding>> = reference
        .faces
        .iter()
        .map(|face| {
            let picture = face.picture();
            let faces = engine
                .recognize(&picture.frame(), &DetectOptions::default(), &ModelId::ALL)
                .unwrap();
            faces[0].embeddings.clone()
        })
        .collect();
    for (a, face_a) in embedded.iter().zip(&reference.faces) {
        for (b, face_b) in embedded.iter().zip(&reference.faces) {
            for (a, b) in a.iter().zip(b) {
                let distance = a.distance(b).unwrap();
                let same = a.model().default_threshold().accepts(distance);
                let pictures = (&face_a.picture, &face_b.picture);
                assert_eq!(same, face_a.person == face_b.person, "{} {pictures:?}", a.model());
            }
        }
    }
}

#[test]
fn a_model_that_is_not_loaded_is_unavailable() {
    let mut engine = Engine::new(detector());
    engine.add_recognizer(sface());
    let picture = Picture::named("collins");
    let options = DetectOptions::default();
    let refused = engine.recognize(&picture.frame(), &options, &[ModelId::DlibResnetV1]);
    assert_eq!(refused, Err(EngineError::ModelUnavailable(ModelId::DlibResnetV1)));
}

#[test]
fn a_wrong_input_is_refused() {
    let Recognizer::Sface { network } = sface() else { panic!("load_sface gives SFace's") };
    let input = Tensor::new(&[1, 3, 100, 112], vec![0.0; 3 * 100 * 112]);
    let refused = network.run(input).unwrap_err();
    assert_eq!(refused.network, "sface-2021dec");
    assert!(refused.reason.contains("[1, 3, 112, 112]"), "{refused}");
}

#[test]
fn threads_share_an_engine_and_agree() {
    let engine = engine();
    let picture = Picture::named("collins");
    let recognize = |side_px| {
        let options =
            DetectOptions { input_side: InputSide::Px(side_px), ..DetectOptions::default() };
        engine.recognize(&picture.frame(), &options, &[ModelId::Sface2021Dec]).unwrap()
    };
    let sides = [192, 256, 320];
    let alone = sides.map(recognize);
    std::thread::scope(|scope| {
        // All at once, in two orders.
        let forwards = sides.map(|side| scope.spawn(move || recognize(side)));
        let backwards = [2, 1, 0].map(|i| (i, scope.spawn(move || recognize(sides[i]))));
        for (i, thread) in forwards.into_iter().enumerate().chain(backwards) {
            assert_eq!(thread.join().unwrap(), alone[i]);
        }
    });
}
