//! Files that are no models: an error that says so, never a panic.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;

use rostro_infer::{LoadError, LoadErrorKind, load_detector, load_dlib, load_sface};

fn model(id: &str) -> Vec<u8> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    rostro_models::read_verified(&models, id).unwrap()
}

type Load = fn(&[u8]) -> Option<LoadError>;

/// Each file and what loads it.
fn loads() -> [(&'static str, Load); 3] {
    [
        (rostro_models::YUNET, |onnx| load_detector(onnx).err()),
        (rostro_models::DLIB, |onnx| load_dlib(onnx, &model(rostro_models::SHAPE_PREDICTOR)).err()),
        (rostro_models::SFACE, |onnx| load_sface(onnx).err()),
    ]
}

#[test]
fn truncated_and_foreign_bytes_are_refused() {
    for (id, load) in loads() {
        let whole = model(id);
        let cases: [(&str, &[u8]); 6] = [
            ("nothing", &[]),
            ("a byte", &[8]),
            ("text", b"this is no model"),
            ("half", &whole[..whole.len() / 2]),
            ("all but a byte", &whole[..whole.len() - 1]),
            ("zeros", &[0; 4096]),
        ];
        for (name, bytes) in cases {
            let error = load(bytes).unwrap_or_else(|| panic!("{id}: {name} was loaded"));
            assert_eq!(error.model(), id, "{name}");
            assert!(error.to_string().starts_with(&format!("cannot load the model {id}: ")));
        }
    }
}

#[test]
fn another_model_is_refused_for_its_interface() {
    let (yunet, sface) = (model(rostro_models::YUNET), model(rostro_models::SFACE));
    let errors = [load_detector(&sface).err(), load_sface(&yunet).err()];
    for error in errors {
        assert_eq!(error.map(|error| error.kind()), Some(LoadErrorKind::Interface));
    }
    // A graph with the right numbers of inputs and outputs, and a matrix that fits no other size of picture.
    let points = model(rostro_models::SHAPE_PREDICTOR);
    let error = load_dlib(&sface, &points).err().unwrap();
    assert_eq!(error.kind(), LoadErrorKind::Unsupported, "{error}");
}

#[test]
fn altered_bytes_never_panic() {
    let whole = model(rostro_models::YUNET);
    // Spread over the file by a step that is prime to its length; structure is in few places, weights in most.
    for place in (0..whole.len()).step_by(2311) {
        for value in [0, 0x7f, 0xff] {
            let mut altered = whole.clone();
            altered[place] = value;
            // Most single bytes are weights, so that many altered files still load.
            let _ = load_detector(&altered);
        }
    }
}

#[test]
fn a_shape_predictor_that_is_none_is_named() {
    let error = load_dlib(&model(rostro_models::DLIB), b"RSP1").err().unwrap();
    assert_eq!((error.model(), error.kind()), ("shape-predictor-5", LoadErrorKind::Malformed));
}
